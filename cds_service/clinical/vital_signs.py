"""Vital signs: the latest readable value of each within its window (ruling 6)."""

from dataclasses import dataclass

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding, Findings
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
    """The newest value of `sign` within the vital-sign window, None when there is none.

    Values arrive already converted to mm[Hg], /min or %; unreadable units were left out.
    """
    values = [
        (statement.noted, statement)
        for statement in findings.statements(sign)
        if statement.quantity is not None
        and statement.noted is not None
        and not statement.issued_only
        and not statement.preliminary
        and statement.noted.within(rules.windows["vital_signs"], findings.as_of)
    ]
    if not values:
        return None
    _, newest = max(values, key=lambda pair: (pair[0].last, pair[1].source))
    return Reading(newest.quantity.value, newest) if newest.quantity else None
