"""The provocation tests of one sacroiliac joint, counted with bounds inside published clusters."""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import Interval
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side


@dataclass(frozen=True, slots=True)
class Joint:
    """One side as the rows see it."""

    side: Side
    findings: Findings
    rules: TopicRules
    tests: Mapping[str, Finding]
    unsuitable: frozenset[str]

    def cluster(self, name: str) -> Interval:
        """Positives now and at most possible in one published cluster."""
        tests = [self.tests[test] for test in self.rules.groups[name]]
        positive = sum(test.present for test in tests)
        open_ = sum(test.unknown and test.id not in self.unsuitable for test in tests)
        return Interval(positive, positive + open_)

    @property
    def clusters(self) -> Mapping[str, Interval]:
        """The three clusters by name."""
        return {name: self.cluster(name) for name in ("w5", "l5", "l4")}

    @property
    def reached(self) -> bool:
        """Three or more inside W5 or L5."""
        need = self.rules.thresholds["cluster_of_five"]
        return any(self.cluster(name).lower >= need for name in ("w5", "l5"))

    @property
    def two_of_four(self) -> bool:
        """Two or more of the best four."""
        return self.cluster("l4").lower >= self.rules.thresholds["cluster_of_four"]

    @property
    def five_out_of_reach(self) -> bool:
        """Neither cluster of five can be met any more."""
        need = self.rules.thresholds["cluster_of_five"]
        return all(self.cluster(name).upper < need for name in ("w5", "l5"))

    @property
    def out_of_reach(self) -> bool:
        """No cluster can be met any more."""
        four = self.rules.thresholds["cluster_of_four"]
        return self.five_out_of_reach and self.cluster("l4").upper < four

    @property
    def unlikely(self) -> bool:
        """Tested until no cluster can be met, with fewer positive than a cluster asks for."""
        few = self.positive < self.rules.thresholds["cluster_of_five"]
        return self.out_of_reach and few and not self.fused

    @property
    def fused(self) -> bool:
        """Fused by an operation, so that no test speaks of it."""
        return self.findings.present("sij_fusion", self.side)

    @property
    def positive(self) -> int:
        """Positive tests among all six."""
        return sum(test.present for test in self.tests.values())

    @property
    def recorded(self) -> bool:
        """Whether any of the six is recorded."""
        return any(not test.unknown for test in self.tests.values())

    @property
    def left_to_do(self) -> tuple[str, ...]:
        """Suitable tests still open, in the order they should be done."""
        return tuple(
            name
            for name in self.rules.groups["test_order"]
            if self.tests[name].unknown and name not in self.unsuitable
        )

    @property
    def centralizes(self) -> bool:
        """Pain moves to the midline on repeated movement."""
        return self.findings.present("centralizes")


def read_joint(findings: Findings, rules: TopicRules, side: Side) -> Joint:
    """Read one side: results, and the tests that should not be done there."""
    tests = {name: findings.of(name, side) for name in rules.groups["six"]}
    unsuitable: set[str] = set()
    if findings.present("hip_arthroplasty", side):
        unsuitable |= set(rules.groups["loads_hip"])
    if findings.any_present(rules.groups["bone_risk"]) or stray_pregnancy(findings):
        unsuitable |= set(rules.groups["prone"])
    return Joint(side, findings, rules, tests, frozenset(unsuitable))


def stray_pregnancy(findings: Findings) -> bool:
    """An implausible entry in a male chart: not used, but no prone test is suggested."""
    return findings.facts.person.male and findings.present("pregnant")
