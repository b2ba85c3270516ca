"""Spinal and sacroiliac infection: table INF."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_service.clinical import laboratory
from cds_service.clinical.assessment import Assessment, Names, first_match
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.spine import deficits, pain
from cds_service.clinical.spine.onset import new_continence
from cds_service.clinical.spine.worsening import worsening

ID = "spinal_infection"
SUPPLIES = frozenset({"finding"})
NOTES: frozenset[str] = frozenset()
NEEDS = Needs(
    thresholds=frozenset({"fever"}),
    windows=frozenset({"new_pain", "fever", "inflammation"}),
    groups=frozenset(
        {"pain", "direct", "risks", "explains_inflammation", "neurology", "questions"}
    ),
)


@dataclass(frozen=True, slots=True)
class Infection:
    """Pain with what points to an infection, and any deficit."""

    signs: tuple[Finding, ...]
    deficit: tuple[Finding, ...]


PREDICATES: Mapping[str, Callable[[Infection], bool]] = {
    "I1": lambda infection: bool(infection.signs and infection.deficit),
    "I2": lambda infection: bool(infection.signs),
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """At most one assessment; none unless back or buttock pain is new or getting worse."""
    rules = book.topics[ID]
    del earlier
    here = pain.recorded(findings, rules.groups["pain"])
    window = rules.windows["new_pain"]
    if not (pain.is_new(findings, here, window) or (here and worsening(findings, here, book))):
        return ()
    infection = Infection(_signs(findings, rules), _deficit(findings, book))
    open_ = _open_questions(findings, rules)
    row = first_match(rules.table("INF"), PREDICATES, infection)
    if row is None:
        return ()
    return (
        Assessment(
            topic=ID,
            row=row,
            values={"finding": Names(tuple(sign.id for sign in infection.signs), present=True)},
            findings=(*infection.signs, *infection.deficit, *here),
            missing=tuple(finding.id for finding in open_),
            unknown=open_,
        ),
    )


def _signs(findings: Findings, rules: TopicRules) -> tuple[Finding, ...]:
    """Fever or bacteremia alone; raised CRP or ESR only unexplained and with a risk.

    What an inflammatory disease explains supports nothing, but hides no fever either.
    """
    heat = laboratory.fever(findings, rules.thresholds["fever"], rules.windows["fever"])
    direct = (*((heat,) if heat.present else ()), *pain.recorded(findings, rules.groups["direct"]))
    inflamed = _inflammation(findings, rules)
    risks = pain.recorded(findings, rules.groups["risks"])
    together = (*inflamed, *risks) if inflamed and (direct or risks) else ()
    return tuple({found.id: found for found in (*direct, *together)}.values())


def _inflammation(findings: Findings, rules: TopicRules) -> tuple[Finding, ...]:
    if findings.any_present(rules.groups["explains_inflammation"]):
        return ()
    return tuple(result for result in _inflamed(findings, rules) if result.present)


def _inflamed(findings: Findings, rules: TopicRules) -> tuple[Finding, ...]:
    """CRP and ESR, each by its own limit."""
    window = rules.windows["inflammation"]
    return tuple(
        laboratory.above_limit(findings, name, test, window)
        for name, test in (("crp_raised", "reader:crp"), ("esr_raised", "reader:esr"))
    )


def _open_questions(findings: Findings, rules: TopicRules) -> tuple[Finding, ...]:
    """What nobody answered, measured or examined."""
    heat = laboratory.fever(findings, rules.thresholds["fever"], rules.windows["fever"])
    measured = {found.id: found for found in (heat, *_inflamed(findings, rules))}
    asked = (
        measured.get(name) or deficits.examined(findings, rules, name)
        for name in rules.groups["questions"]
    )
    return tuple(finding for finding in asked if finding.unknown)


def _deficit(findings: Findings, book: Rulebook) -> tuple[Finding, ...]:
    """Any objective deficit of a leg, the cord or the cauda equina."""
    rules = book.topics[ID]
    sides = (Side.LEFT, Side.RIGHT)
    of_legs = (
        *(deficits.motor(findings, rules, side) for side in sides),
        *(deficits.reflexes(findings, side) for side in sides),
        *(deficits.sensation(findings, side) for side in sides),
    )
    found = (
        *of_legs,
        deficits.new_gait(findings, rules),
        *(findings.of(name) for name in rules.groups["neurology"]),
        *new_continence(findings, book),
    )
    return tuple({f.id: f for f in found if f.present}.values())
