"""The tests of the pelvic girdle on one side, in pregnancy and in the two years after birth."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding, Unknown
from cds_service.clinical.findings import Findings
from cds_service.clinical.pregnancy import read_pregnancy
from cds_service.clinical.reading import simultaneous
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.spine import pain

_SCORED = "aslr"
_BONY = "posterior_pelvic_pain"


@dataclass(frozen=True, slots=True)
class Girdle:
    """One side as the rows see it."""

    side: Side
    findings: Findings
    rules: TopicRules
    tests: Mapping[str, Finding]
    unsuitable: frozenset[str]

    @property
    def recorded(self) -> bool:
        """Whether any test is recorded; one recorded as both counts as recorded."""
        return any(
            not test.unknown or test.reason is Unknown.CONFLICTING for test in self.tests.values()
        )

    @property
    def supported(self) -> bool:
        """The test that decides alone is positive, or enough of the others are."""
        decided = any(self.tests[name].present for name in self.rules.groups["decides_alone"])
        positive = sum(test.present for test in self.tests.values())
        return decided or positive >= self.rules.thresholds["others_positive"]

    @property
    def core_negative(self) -> bool:
        """The core tests are recorded negative, and no other is positive."""
        core = self.rules.groups["core"]
        return all(self.tests[name].absent for name in core) and not any(
            test.present for test in self.tests.values()
        )

    @property
    def left_to_do(self) -> tuple[str, ...]:
        """Suitable tests still open, in the order they should be done."""
        return tuple(
            name
            for name, test in self.tests.items()
            if test.unknown and name not in self.unsuitable
        )


def read_girdle(findings: Findings, rules: TopicRules, side: Side) -> Girdle:
    """Read one side: results, and the tests that should not be done over a hip prosthesis."""
    tests = {name: _result(findings, rules, name, side) for name in rules.groups["tests"]}
    prosthesis = findings.present("hip_arthroplasty", side)
    unsuitable = frozenset(rules.groups["loads_hip"]) if prosthesis else frozenset[str]()
    return Girdle(side, findings, rules, tests, unsuitable)


def expecting(findings: Findings, rules: TopicRules) -> tuple[Finding, ...]:
    """Pregnancy, or a delivery so short ago that girdle pain may still come of it; else nothing.

    A stray entry in a male chart is not enough; a due date or gestation is (ruling 25).
    """
    pregnancy = read_pregnancy(findings, rules)
    if pregnancy.pregnant and (pregnancy.dated or not findings.facts.person.male):
        return (Finding("pregnant", Status.PRESENT, evidence=pregnancy.evidence),)
    window = rules.windows["after_delivery"]
    delivered = findings.of("postpartum_24m", window=window)
    began = [statement.onset or statement.noted for statement in delivered.evidence]
    recent = any(when is None or when.within(window, findings.as_of) for when in began)
    return (delivered,) if delivered.present and recent else ()


def complaints(findings: Findings, rules: TopicRules) -> tuple[Finding, ...]:
    """The pain that opens the table; bony pelvic pain counts by its code here (ruling 23)."""
    here = pain.recorded(findings, rules.groups["complaint"])
    return here or _bony_pain(findings, rules)


def _bony_pain(findings: Findings, rules: TopicRules) -> tuple[Finding, ...]:
    codes = rules.groups["bony_pain_codes"]
    entries = tuple(
        statement
        for statement in findings.statements(_BONY)
        if statement.status is Status.PRESENT
        and statement.current is not False
        and findings.recent(statement)
        and any(code.rpartition("|")[-1] in codes for code in statement.codes)
    )
    return (Finding(_BONY, Status.PRESENT, evidence=entries),) if entries else ()


def _result(findings: Findings, rules: TopicRules, name: str, side: Side) -> Finding:
    answered = findings.of(name, side)
    score = next(iter(findings.measurements(name, side)), None) if name == _SCORED else None
    if score is None or score.quantity is None:
        return answered
    positive = score.quantity.value >= rules.thresholds["leg_raise_score"]
    status = Status.PRESENT if positive else Status.ABSENT
    return _later(answered, Finding(name, status, score.side, (score,)))


def _later(answered: Finding, scored: Finding) -> Finding:
    """The later of an answer and a score; at one time they must agree (ruling 27)."""
    if answered.unknown and answered.reason is not Unknown.CONFLICTING:
        return scored
    answer, score = answered.evidence[0], scored.evidence[0]
    if simultaneous(answer, score):
        if answered.status is scored.status:
            return answered
        both = (answer, score)
        return replace(scored, status=Status.UNKNOWN, evidence=both, reason=Unknown.CONFLICTING)
    return answered if _noted(answer) > _noted(score) else scored


def _noted(statement: Statement) -> float:
    return statement.noted.last.timestamp() if statement.noted else 0.0
