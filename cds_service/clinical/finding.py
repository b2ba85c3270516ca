"""Findings: facts read as present, absent or unknown, per side, each with its evidence.

The reading rules are those of the clinical documents: windows, doubtful entries, contradictions
and sides; `cards/_codes/findings.toml` says which rule each finding follows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cds_service.clinical.fact import Facts, Statement, Status, Strength
from cds_service.clinical.moment import Moment, earliest
from cds_service.clinical.rulebook import FindingRule, Reading
from cds_service.clinical.side import Side


class Unknown(StrEnum):
    """Why a finding is unknown."""

    NOT_RECORDED = "not-recorded"
    OUTSIDE_WINDOW = "outside-window"
    CONFLICTING = "conflicting"
    NOT_READABLE = "not-readable"


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


class Findings:
    """All findings of one patient as of one instant; reading the same finding twice is cheap."""

    def __init__(
        self,
        facts: Facts,
        rules: Mapping[str, FindingRule],
        implied: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.facts = facts
        self._rules = rules
        self._known: dict[tuple[str, Side | None, timedelta | None], Finding] = {}
        self._by_finding: dict[str, list[Statement]] = defaultdict(list)
        for statement in facts.statements:
            self._by_finding[statement.finding].append(statement)
            if statement.status is Status.PRESENT:
                for finding in implied.get(statement.finding, ()):
                    self._by_finding[finding].append(statement)

    @property
    def as_of(self) -> datetime:
        """The instant of the assessment."""
        return self.facts.as_of

    @property
    def age(self) -> int | None:
        """Youngest possible age in years, None when unknown."""
        return self.facts.person.age(self.as_of)

    def statements(self, *findings: str) -> tuple[Statement, ...]:
        """Everything recorded of these findings, whatever its age or doubt."""
        return tuple(s for finding in findings for s in self._by_finding.get(finding, ()))

    def of(
        self, finding: str, side: Side | None = None, *, window: timedelta | None = None
    ) -> Finding:
        """The finding for one leg, or for any side when `side` is None.

        `window` replaces the finding's own. For any side, present on one leg is present, and
        absent needs both legs, or an entry without side.
        """
        key = (finding, side, window)
        if key not in self._known:
            self._known[key] = self._read(finding, side, window)
        return self._known[key]

    def _read(self, finding: str, side: Side | None, window: timedelta | None) -> Finding:
        readable = self._readable(finding, window)
        if not readable:
            asked = side or Side.UNSPECIFIED
            return Finding(finding, Status.UNKNOWN, asked, reason=Unknown.NOT_RECORDED)
        if side is not None:
            return self._decide(finding, [s for s in readable if s.side.covers(side)], side)
        left, right = (
            self._decide(finding, [s for s in readable if s.side.covers(leg)], leg)
            for leg in (Side.LEFT, Side.RIGHT)
        )
        unsided = [s for s in readable if not s.side.one_sided]
        return _any_side(left, right, self._decide(finding, unsided, Side.UNSPECIFIED))

    def present(
        self, finding: str, side: Side | None = None, *, window: timedelta | None = None
    ) -> bool:
        """Whether the finding is recorded present."""
        return self.of(finding, side, window=window).present

    def any_present(self, findings: Iterable[str], side: Side | None = None) -> bool:
        """Whether at least one of the findings is recorded present."""
        return any(self.present(finding, side) for finding in findings)

    def measurements(
        self,
        finding: str,
        side: Side | None = None,
        *,
        window: timedelta | None = None,
        doubtful: bool = False,
    ) -> tuple[Statement, ...]:
        """Readable measurements in the window, newest first.

        `doubtful` keeps preliminary ones, those with a time of issue only, and bounds (`>400`).
        """
        span = window or self._rules[finding].window
        found = [
            s
            for s in self._by_finding.get(finding, ())
            if s.quantity is not None
            and s.noted is not None
            and (doubtful or not (s.preliminary or s.issued_only or s.quantity.comparator))
            and (side is None or s.side.covers(side))
            and self._in_window(s, span)
        ]
        return tuple(sorted(found, key=_newest_first))

    def onset(self, *findings: str) -> Moment | None:
        """Earliest onset (or first record) of present entries of these findings, any side.

        Re-recording an old problem does not make it new (rulings 5, 19, 35, 38); a resolved one
        does not make a new one old.
        """
        return earliest(
            *(
                earliest(s.onset, s.noted)
                for s in self.statements(*findings)
                if s.status is Status.PRESENT and s.current is not False
            )
        )

    def _readable(self, finding: str, window: timedelta | None) -> list[Statement]:
        rule = self._rules[finding]
        span = window or rule.window
        found = [s for s in self._by_finding.get(finding, ()) if _counts(s, rule)]
        if rule.reading is Reading.HISTORY:
            return found
        inside = [s for s in found if self._in_window(s, span) or _undated(s, rule)]
        if found and not inside:
            return [_aged(s) for s in found]
        return inside

    def _in_window(self, statement: Statement, window: timedelta | None) -> bool:
        if statement.named or window is None:
            return True
        return statement.noted is not None and statement.noted.within(window, self.as_of)

    def _decide(self, finding: str, entries: list[Statement], side: Side) -> Finding:
        reading = self._rules[finding].reading
        known = sorted(
            (s for s in entries if _status(s, reading) is not Status.UNKNOWN),
            key=lambda s: (s.noted is not None, s.noted.last if s.noted else self.as_of),
            reverse=True,
        )
        if not known:
            return Finding(finding, Status.UNKNOWN, side, tuple(entries), _why_unknown(entries))
        newest = [s for s in known if _simultaneous(s, known[0])]
        present = tuple(s for s in newest if _status(s, reading) is Status.PRESENT)
        absent = tuple(s for s in newest if _status(s, reading) is Status.ABSENT)
        if present and absent and reading is Reading.TEST:
            return Finding(finding, Status.UNKNOWN, side, present + absent, Unknown.CONFLICTING)
        if present:
            since = tuple(_since_absent(known, reading, present))
            return Finding(finding, Status.PRESENT, present[0].side, since)
        return Finding(finding, Status.ABSENT, absent[0].side, absent)


def _since_absent(
    known: list[Statement], reading: Reading, newest: tuple[Statement, ...]
) -> Iterator[Statement]:
    """The newest present entries, and older ones that no absent entry came after."""
    yield from newest
    for statement in known:
        if _status(statement, reading) is Status.ABSENT:
            return
        if statement not in newest:
            yield statement


def _newest_first(statement: Statement) -> tuple[float, str]:
    return -(statement.noted.last.timestamp() if statement.noted else 0.0), statement.source


def _any_side(left: Finding, right: Finding, unsided: Finding) -> Finding:
    """Present on one leg is present; absent needs both legs or an entry without side."""
    for status in (Status.PRESENT, Status.ABSENT):
        if left.status is status and right.status is status:
            both_named = left.side is Side.LEFT and right.side is Side.RIGHT
            return _both(left, right) if both_named or unsided.status is not status else unsided
        if status is Status.PRESENT and (found := _first_present(unsided, left, right)):
            return found
    return left if left.unknown else right


def _first_present(*findings: Finding) -> Finding | None:
    return next((finding for finding in findings if finding.present), None)


def _both(left: Finding, right: Finding) -> Finding:
    return Finding(left.id, left.status, Side.BOTH, left.evidence + right.evidence)


def _counts(statement: Statement, rule: FindingRule) -> bool:
    """Weak codes need a site or a side; resolved problems are history only."""
    if statement.strength is Strength.WEAK:
        if statement.elsewhere:
            return False
        sided = rule.weak_side and statement.side.one_sided
        if not (sided or statement.sites & rule.weak_sites):
            return False
    return rule.reading is Reading.HISTORY or statement.current is not False


def _undated(statement: Statement, rule: FindingRule) -> bool:
    """An emergency sign that is active and carries no date at all is current (onset unknown)."""
    return rule.undated and statement.noted is None and statement.current is True


def _status(statement: Statement, reading: Reading) -> Status:
    """How one entry is read once its doubts are weighed (ruling 27)."""
    if statement.status is Status.PRESENT:
        doubtful = statement.suspected or statement.preliminary
        if reading is Reading.SAFETY or not doubtful:
            return _dated(statement, reading)
        return Status.UNKNOWN
    if statement.status is Status.ABSENT and not statement.preliminary:
        return _dated(statement, reading)
    return Status.UNKNOWN


def _dated(statement: Statement, reading: Reading) -> Status:
    """Scores and tests need the time of the observation; the time of issue is not enough."""
    if reading in (Reading.ITEM, Reading.TEST) and (statement.issued_only or not statement.noted):
        return Status.UNKNOWN
    return statement.status


def _aged(statement: Statement) -> Statement:
    """An entry outside its window, kept only to say why the finding is unknown."""
    return Statement(
        finding=statement.finding,
        status=Status.UNKNOWN,
        source=statement.source,
        label=statement.label,
        side=statement.side,
        onset=statement.onset,
        noted=statement.noted,
        current=False,
    )


def _simultaneous(one: Statement, other: Statement) -> bool:
    if one.noted is None or other.noted is None:
        return one.noted is other.noted
    if one.noted.exact and other.noted.exact:
        return one.noted.first == other.noted.first
    return one.noted.last.date() == other.noted.last.date()


def _why_unknown(entries: list[Statement]) -> Unknown:
    if not entries:
        return Unknown.NOT_RECORDED
    if all(entry.current is False for entry in entries):
        return Unknown.OUTSIDE_WINDOW
    return Unknown.NOT_READABLE
