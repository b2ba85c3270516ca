"""Pregnancy and the weeks after delivery (ruling 25)."""

from dataclasses import dataclass
from datetime import timedelta

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment, latest
from cds_service.clinical.rulebook import TopicRules

_END = "reader:pregnancy_end"


@dataclass(frozen=True, slots=True)
class Pregnancy:
    """`dated` tells that a delivery date or gestation proves it; one stray entry does not.

    `outdated` is when a pregnancy was last recorded that neither runs on nor is known to have
    ended: whether the patient is pregnant is then unknown.
    """

    pregnant: bool
    dated: bool
    postpartum_days: int | None
    evidence: tuple[Statement, ...] = ()
    outdated: Moment | None = None

    def or_puerperium(self, rules: TopicRules) -> bool:
        """Pregnant, or still in the weeks after delivery in which a thrombosis is likelier."""
        days = self.postpartum_days
        return self.pregnant or (days is not None and days <= rules.windows["postpartum"].days)


def read_pregnancy(findings: Findings, rules: TopicRules) -> Pregnancy:
    """Current pregnancy, unless a later delivery, miscarriage or 'not pregnant' ends it."""
    dated = _by_due_date(findings, rules) or _by_gestation(findings, rules)
    recorded = findings.of("pregnant", window=rules.windows["pregnancy_record"])
    undated = recorded.evidence if recorded.present else ()
    evidence = dated or tuple(s for s in undated if _weeks(s) is None)
    ended = _ended_since(findings, evidence)
    delivered = _delivery(findings)
    days = delivered.age(findings.as_of).days if delivered else _assumed_days(findings, rules)
    pregnant = bool(evidence) and not ended
    return Pregnancy(
        pregnant=pregnant,
        dated=bool(dated),
        postpartum_days=days,
        evidence=evidence if pregnant else _puerperal(findings, days),
        outdated=None if pregnant else _outdated(findings),
    )


def _outdated(findings: Findings) -> Moment | None:
    records = tuple(
        s
        for s in findings.statements("pregnant", "reader:edd", "reader:gestation")
        if s.noted is not None and s.status is not Status.ABSENT
    )
    if not records or _ended_since(findings, records):
        return None
    return latest(*(s.noted for s in records))


def _by_due_date(findings: Findings, rules: TopicRules) -> tuple[Statement, ...]:
    overdue, ahead = rules.windows["due_date_past"], rules.windows["due_date_ahead"]
    return tuple(
        statement
        for statement in findings.statements("reader:edd")
        if statement.moment_value is not None
        and statement.moment_value.within(overdue, findings.as_of)
        and statement.moment_value.first - findings.as_of <= ahead
    )


def _by_gestation(findings: Findings, rules: TopicRules) -> tuple[Statement, ...]:
    """Weeks of gestation stand in the code itself (Z3A.nn); refuted or resolved ones are over."""
    term = rules.windows["gestation_term"]
    return tuple(
        statement
        for statement in findings.statements("reader:gestation")
        if statement.status is Status.PRESENT
        and statement.current is not False
        and statement.noted is not None
        and (weeks := _weeks(statement)) is not None
        and statement.noted.first - timedelta(weeks=weeks) + term > findings.as_of
    )


def _weeks(statement: Statement) -> int | None:
    tails = [code.rpartition(".")[2] for code in statement.codes if "Z3A." in code.upper()]
    return int(tails[0]) if tails and tails[0].isdigit() else None


def _ended_since(findings: Findings, evidence: tuple[Statement, ...]) -> bool:
    began = latest(*(statement.noted for statement in evidence))
    ends = [s.noted for s in findings.statements(_END) if s.status is Status.PRESENT and s.noted]
    ends += [
        s.noted for s in findings.statements("pregnant") if s.status is Status.ABSENT and s.noted
    ]
    return any(began is None or end.not_before(began) for end in ends)


def _delivery(findings: Findings) -> Moment | None:
    """The newest delivery; puerperal diagnoses do not date it."""
    deliveries = {s.source for s in findings.statements("pp_days")}
    return latest(
        *(
            statement.onset or statement.noted
            for statement in findings.statements(_END)
            if statement.source in deliveries and statement.status is Status.PRESENT
        )
    )


def _puerperal(findings: Findings, days: int | None) -> tuple[Statement, ...]:
    """The records that the days since the delivery are counted from."""
    return tuple(
        statement
        for statement in findings.statements("pp_days")
        if statement.status is Status.PRESENT
        and (began := statement.onset or statement.noted)
        and began.age(findings.as_of).days == days
    )


def _assumed_days(findings: Findings, rules: TopicRules) -> int | None:
    """A puerperal record without a delivery date counts for as long as the puerperium."""
    recent = [
        statement.noted.age(findings.as_of).days
        for statement in findings.statements("pp_days")
        if statement.noted
        and statement.status is Status.PRESENT
        and statement.noted.within(rules.windows["postpartum"], findings.as_of)
    ]
    return min(recent, default=None)
