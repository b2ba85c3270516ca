"""Vital signs: the latest readable value of each within its window (ruling 6)."""

from dataclasses import dataclass

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.rulebook import TopicRules


@dataclass(frozen=True, slots=True)
class Reading:
    """One vital sign in its canonical unit, with the statement it came from."""

    value: float
    statement: Statement

    def as_finding(self) -> Finding:
        """The reading as evidence of an assessment."""
        statement = self.statement
        return Finding(statement.finding, Status.PRESENT, statement.side, (statement,))


def latest_reading(findings: Findings, sign: str, rules: TopicRules) -> Reading | None:
    """The newest value of `sign` within the vital-sign window, None when it is not readable.

    Values arrive already converted to mmHg, /min or %. Preliminary values count, because the
    emergencies need them (ruling 27). An older value never stands in for a newest one whose unit
    could not be read.
    """
    recent = [
        (statement.noted.last, statement)
        for statement in findings.statements(sign)
        if statement.noted is not None
        and statement.noted.within(rules.windows["vital_signs"], findings.as_of)
    ]
    if not recent:
        return None
    newest = max(when for when, _ in recent)
    readable = [s for when, s in recent if when == newest and s.quantity is not None]
    if not readable:
        return None
    chosen = min(readable, key=lambda s: s.source)
    return Reading(chosen.quantity.value, chosen) if chosen.quantity else None
