"""The hip as a source of the pain: table HIP. It suggests an examination and proves nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import Assessment, Names, Note, first_match, otherwise
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.limb.leg import LEGS, Verdict, joined
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.spine import pain

ID = "hip"
SUPPLIES = frozenset({"finding", "side"})
NOTES = frozenset({"faber-positive"})
NEEDS = Needs(groups=frozenset({"signs", "tests"}))

_GROIN, _FABER = "groin_pain", "sij_faber"


@dataclass(frozen=True, slots=True)
class Hip:
    """One painful groin, with the hip signs of the same side."""

    groin: Finding
    signs: tuple[Finding, ...]


PREDICATES: Mapping[str, Callable[[Hip], bool]] = {
    "HIP1": lambda hip: bool(hip.signs),
    "HIP2": otherwise,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """At most one assessment; groin pain alone opens nothing (ruling 53)."""
    rules = book.topics[ID]
    del earlier
    if not pain.of_leg_or_buttock(findings, book):
        return ()
    verdict = joined(_verdicts(findings, rules), rules.rows)
    if verdict is None:
        return ()
    signs = tuple(f.id for f in verdict.findings if f.id != _GROIN)
    return (
        Assessment(
            topic=ID,
            row=verdict.row,
            side=verdict.leg,
            values={"finding": Names(signs, present=True), "side": verdict.leg},
            notes=_notes(findings, verdict.leg),
            findings=verdict.findings,
            missing=_missing(findings, rules, verdict.leg),
        ),
    )


def _verdicts(findings: Findings, rules: TopicRules) -> list[Verdict]:
    verdicts = []
    for leg in LEGS:
        hip = Hip(findings.of(_GROIN, leg), _signs(findings, rules, leg))
        row = first_match(rules.rows, PREDICATES, hip)
        if hip.groin.present and row:
            verdicts.append(Verdict(leg, row, (hip.groin, *hip.signs)))
    return verdicts


def _signs(findings: Findings, rules: TopicRules, leg: Side) -> tuple[Finding, ...]:
    found = (findings.of(name, leg) for name in rules.groups["signs"])
    return tuple(sign for sign in found if sign.present)


def _missing(findings: Findings, rules: TopicRules, side: Side) -> tuple[str, ...]:
    leg = side if side.one_sided else None
    return tuple(name for name in rules.groups["tests"] if findings.of(name, leg).unknown)


def _notes(findings: Findings, side: Side) -> tuple[Note, ...]:
    leg = side if side.one_sided else None
    return (Note("faber-positive"),) if findings.present(_FABER, leg) else ()
