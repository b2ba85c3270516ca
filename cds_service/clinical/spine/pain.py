"""Pain of the spine and pelvis: what is recorded, where, and whether it is new."""

from collections.abc import Iterable
from datetime import timedelta

from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.limb.leg import LEGS
from cds_service.clinical.rulebook import Rulebook
from cds_service.clinical.side import Side

_GATE, _IN_SCOPE = "gate", "leg_or_buttock"


def recorded(findings: Findings, names: Iterable[str]) -> tuple[Finding, ...]:
    """Those of the findings that are recorded present in their window."""
    return tuple(found for name in names if (found := findings.of(name)).present)


def of_leg_or_buttock(findings: Findings, book: Rulebook) -> bool:
    """Pain that opens the support tables (gate row G4); a vascular trigger alone does not."""
    return findings.any_present(book.topics[_GATE].groups[_IN_SCOPE])


def sides(findings: Findings, names: Iterable[str]) -> tuple[Side, ...]:
    """The legs that present entries of these findings name; none where no entry has a side."""
    return _named(findings, names, (Status.PRESENT,))


def assessed_sides(
    findings: Findings, complaints: Iterable[str], tests: Iterable[str]
) -> tuple[Side, ...]:
    """The painful sides; pain without a side is assessed on the sides that were tested."""
    tested = (Status.PRESENT, Status.ABSENT)
    named = sides(findings, complaints) or _named(findings, tests, tested)
    return named or (Side.UNSPECIFIED,)


def _named(
    findings: Findings, names: Iterable[str], wanted: tuple[Status, ...]
) -> tuple[Side, ...]:
    """The sides that deciding entries of these findings name."""
    named = {
        statement.side
        for name in names
        for leg in LEGS
        if not (found := findings.of(name, leg)).unknown
        for statement in found.evidence
        if statement.status in wanted
    }
    return tuple(leg for leg in LEGS if leg in named or Side.BOTH in named)


def is_new(findings: Findings, pain: Iterable[Finding], window: timedelta) -> bool:
    """Whether any of it began within the window.

    A stated onset counts as it is; without one the earliest record of the finding does, so that
    writing an old pain down again does not make it new (rulings 5, 14 and 38).
    """
    return any(began_within(findings, found, window) for found in pain)


def began_within(findings: Findings, found: Finding, window: timedelta) -> bool:
    """The same of one finding; what carries no date at all may be new."""
    stated = [s.onset for s in found.evidence if s.onset and not s.onset_assumed]
    if stated:
        began = max(stated, key=lambda moment: moment.first)
    else:
        earliest = findings.onset(found.id)
        if earliest is None:
            return True
        began = earliest
    return began.within(window, findings.as_of)


def family_is_new(
    findings: Findings, found: Iterable[Finding], family: Iterable[str], window: timedelta
) -> bool:
    """Whether symptoms of a family are new: one stated so, or none on record before the window.

    An undated entry beside an older one of the same family is that one written down again
    (rulings 14 and 38).
    """
    here = tuple(found)
    stated = (s.onset for f in here for s in f.evidence if s.onset and not s.onset_assumed)
    if any(onset.within(window, findings.as_of) for onset in stated):
        return True
    began = findings.onset(*{*family, *(f.id for f in here)})
    return bool(here) and (began is None or began.within(window, findings.as_of))
