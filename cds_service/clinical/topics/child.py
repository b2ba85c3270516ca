"""Children: table CHILD. The adult tables do not apply below 16 years."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_service.clinical import laboratory
from cds_service.clinical.assessment import Assessment, Names, first_match, otherwise
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Row, Rulebook, TopicRules
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
    asked = _flags(findings, rules)
    flags = tuple(flag for flag in asked if flag.present)
    child = Child(flags, _lasting(findings, rules, here))
    row = first_match(rules.table("CHILD"), PREDICATES, child)
    open_ = tuple(flag for flag in asked if flag.unknown)
    return (_assessment(row, flags, here, open_),) if row else ()


def _assessment(
    row: Row, flags: tuple[Finding, ...], here: tuple[Finding, ...], open_: tuple[Finding, ...]
) -> Assessment:
    return Assessment(
        topic=ID,
        row=row,
        values={"finding": Names(tuple(flag.id for flag in flags), present=True)},
        findings=(*flags, *here),
        missing=tuple(flag.id for flag in open_),
        unknown=open_,
    )


def _flags(findings: Findings, rules: TopicRules) -> tuple[Finding, ...]:
    """Every red flag as it was answered, measured or examined."""
    heat = laboratory.fever(findings, rules.thresholds["fever"], rules.windows["fever"])
    return (heat, *(deficits.examined(findings, rules, name) for name in rules.groups["flags"]))


def _lasting(findings: Findings, rules: TopicRules, here: tuple[Finding, ...]) -> bool:
    """Four weeks or more since the earliest record of the pain."""
    began = findings.onset(*(finding.id for finding in here))
    return began is not None and began.age(findings.as_of) >= rules.windows["lasting"]
