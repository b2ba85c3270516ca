"""One finding: present, absent or unknown with its evidence, and how two legs make one answer."""

from dataclasses import dataclass
from enum import StrEnum

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.moment import Moment
from cds_service.clinical.side import Side


class Unknown(StrEnum):
    """Why a finding is unknown.

    NOT_ASKED: none of the queries that could carry it was supplied; QUERY_FAILED: one of them
    failed or is partial, so that it may be recorded where this call could not look. NO_LIMIT: a
    result without the limit of its laboratory. LONGSTANDING: a deficit that is old and stable,
    which says nothing of the present complaint.
    """

    NOT_RECORDED = "not-recorded"
    NOT_ASKED = "not-asked"
    QUERY_FAILED = "query-failed"
    OUTSIDE_WINDOW = "outside-window"
    CONFLICTING = "conflicting"
    UNIT_NOT_READABLE = "unit-not-readable"
    NOT_READABLE = "not-readable"
    NO_LIMIT = "no-limit"
    LONGSTANDING = "longstanding"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding on one side (or any side), with the statements that decided."""

    id: str
    status: Status
    side: Side = Side.UNSPECIFIED
    evidence: tuple[Statement, ...] = ()
    reason: Unknown | None = None

    @property
    def present(self) -> bool:
        """Recorded present."""
        return self.status is Status.PRESENT

    @property
    def absent(self) -> bool:
        """Recorded absent; never merely unrecorded."""
        return self.status is Status.ABSENT

    @property
    def unknown(self) -> bool:
        """Neither recorded present nor recorded absent."""
        return self.status is Status.UNKNOWN

    @property
    def noted(self) -> Moment | None:
        """When the deciding entry was last recorded or observed."""
        return self.evidence[0].noted if self.evidence else None


def any_side(left: Finding, right: Finding, unsided: Finding) -> Finding:
    """Present on one leg is present; absent needs both legs or an entry without side."""
    for wanted in (Status.PRESENT, Status.ABSENT):
        if left.status is wanted and right.status is wanted:
            return _on_both(left, right, unsided)
        if wanted is Status.PRESENT and (found := _first_present(unsided, left, right)):
            return found
    return _undecided(left, right)


def _on_both(left: Finding, right: Finding, unsided: Finding) -> Finding:
    """Both legs read alike: each by its own entries, or by an entry without side.

    Where only one leg is named, that is where it is present, and its entries tell more.
    """
    named = [leg for leg in (left, right) if leg.side.one_sided]
    if len(named) > 1 or unsided.status is not left.status:
        return _both(left, right)
    if left.present and named and unsided.side is Side.UNSPECIFIED:
        return named[0]
    return unsided


def _undecided(left: Finding, right: Finding) -> Finding:
    """The leg that is still open; with both open, the one that has entries at all."""
    open_ = [leg for leg in (left, right) if leg.unknown]
    if len(open_) == 1:
        return open_[0]
    spoken = [leg for leg in open_ if leg.evidence]
    if len(spoken) == 1:
        return spoken[0]
    both = sorted({*left.evidence, *right.evidence}, key=lambda statement: statement.source)
    reasons = [reason for reason in (left.reason, right.reason) if reason]
    return Finding(left.id, Status.UNKNOWN, evidence=tuple(both), reason=max(reasons))


def _first_present(*findings: Finding) -> Finding | None:
    return next((finding for finding in findings if finding.present), None)


def _both(left: Finding, right: Finding) -> Finding:
    return Finding(left.id, left.status, Side.BOTH, left.evidence + right.evidence)
