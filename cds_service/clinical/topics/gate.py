"""Who is in scope at all: table G. Emergencies pass every gate but death."""

from collections.abc import Callable, Mapping

from cds_service.clinical.assessment import Assessment, first_match, otherwise
from cds_service.clinical.findings import Findings
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook, TopicRules

ID = "gate"
SUPPLIES: frozenset[str] = frozenset()
NOTES: frozenset[str] = frozenset()
NEEDS = Needs(
    thresholds=frozenset({"adult_age"}),
    groups=frozenset({"leg_or_buttock", "opens_support", "pain", "painless", "vascular"}),
)


class Scope:
    """The patient as the gate sees it."""

    def __init__(self, findings: Findings, rules: TopicRules) -> None:
        self.findings = findings
        self.rules = rules

    def has(self, group: str) -> bool:
        """Whether any finding of a group of `cards/gate/topic.toml` is recorded present."""
        return self.findings.any_present(self.rules.groups[group])

    @property
    def pain(self) -> bool:
        """Any pain finding of the support tables."""
        return self.has("pain")

    @property
    def child(self) -> bool:
        """Younger than the adult tables allow; unknown age counts as adult (ruling 44)."""
        age = self.findings.age
        return age is not None and age < self.rules.thresholds["adult_age"]

    @property
    def nothing(self) -> bool:
        """Neither pain nor any trigger of another table."""
        return not (self.pain or self.has("vascular") or self.has("painless"))


PREDICATES: Mapping[str, Callable[[Scope], bool]] = {
    "G0": lambda scope: scope.findings.facts.person.deceased,
    "G1": lambda scope: scope.nothing,
    "G2": lambda scope: scope.child,
    "G3": lambda scope: scope.pain and not scope.has("leg_or_buttock"),
    "G4": otherwise,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """Exactly one gate result."""
    rules = book.topics[ID]
    del earlier
    row = first_match(rules.table("G"), PREDICATES, Scope(findings, rules))
    return (Assessment(topic=ID, row=row),) if row else ()


def support_tables_open(gate: Assessment, rules: TopicRules) -> bool:
    """Whether the tables beyond emergencies and safety may run."""
    return gate.state in rules.groups["opens_support"]
