"""Children: table CHILD. The adult tables do not apply below 16 years."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_service.clinical import laboratory
from cds_service.clinical.assessment import Assessment, Names, first_match, otherwise
from cds_service.clinical.finding import Finding, Findings
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.spine import deficits, pain

ID = "child"
SUPPLIES = frozenset({"finding"})
NOTES: frozenset[str] = frozenset()
NEEDS = Needs(
    thresholds=frozenset({"adult_age", "fever"}),
    windows=frozenset({"fever", "lasting"}),
    groups=frozenset({"pain", "flags"}),
)


@dataclass(frozen=True, slots=True)
class Child:
    """A child in pain, with the red flags on record."""

    flags: tuple[Finding, ...]
    lasting: bool


PREDICATES: Mapping[str, Callable[[Child], bool]] = {
    "K1": lambda child: bool(child.flags),
    "K2": lambda child: child.lasting,
    "K3": otherwise,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """One assessment for a child with pain; none for others, and none where age is unknown."""
    rules = book.topics[ID]
    del earlier
    age = findings.age
    here = pain.recorded(findings, rules.groups["pain"])
    if age is None or age >= rules.thresholds["adult_age"] or not here:
        return ()
    child = Child(_flags(findings, rules), _lasting(findings, rules, here))
    row = first_match(rules.table("CHILD"), PREDICATES, child)
    values = {"finding": Names(tuple(flag.id for flag in child.flags), present=True)}
    found = (*child.flags, *here)
    return (Assessment(topic=ID, row=row, values=values, findings=found),) if row else ()


def _flags(findings: Findings, rules: TopicRules) -> tuple[Finding, ...]:
    heat = laboratory.fever(findings, rules.thresholds["fever"], rules.windows["fever"])
    found = (
        heat,
        *(findings.of(name) for name in rules.groups["flags"]),
        deficits.new_gait(findings, rules),
        deficits.motor(findings, rules, None),
        deficits.sensation(findings, None),
        deficits.reflexes(findings, None),
    )
    return tuple(finding for finding in found if finding.present)


def _lasting(findings: Findings, rules: TopicRules, here: tuple[Finding, ...]) -> bool:
    """Four weeks or more since the earliest record of the pain."""
    began = findings.onset(*(finding.id for finding in here))
    return began is not None and began.age(findings.as_of) >= rules.windows["lasting"]
