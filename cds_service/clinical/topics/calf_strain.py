"""Calf strain: table CALF. It speaks only where a DVT is excluded or was never in question."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import Assessment, Note, first_match, otherwise
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.limb.leg import LEGS, Verdict, joined
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.side import Side

ID = "calf_strain"
SUPPLIES = frozenset({"leg"})
NOTES = frozenset({"dvt-worked-up"})
NEEDS = Needs(groups=frozenset({"complaint", "focal", "swelling"}))

_DVT, _EXCLUDED = "dvt", "dvt_excluded"


@dataclass(frozen=True, slots=True)
class Calf:
    """One calf that hurts after a strain mechanism."""

    complaint: tuple[Finding, ...]
    focal: tuple[Finding, ...]
    dvt_open: bool


PREDICATES: Mapping[str, Callable[[Calf], bool]] = {
    "CALF1": lambda calf: bool(calf.focal) and not calf.dvt_open,
    "CALF2": lambda calf: bool(calf.focal),
    "CALF3": otherwise,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """At most one assessment; none without calf pain and a mechanism on the same leg."""
    rules = book.topics[ID]
    verdict = joined(_verdicts(findings, rules, earlier), rules.rows)
    if verdict is None:
        return ()
    leg = verdict.leg if verdict.leg.one_sided else None
    worked_up = any(a.row.vascular == _EXCLUDED for a in _dvt(earlier))
    return (
        Assessment(
            topic=ID,
            row=verdict.row,
            side=verdict.leg,
            values={"leg": verdict.leg},
            notes=(Note("dvt-worked-up"),) if worked_up else (),
            findings=verdict.findings,
            missing=tuple(n for n in rules.groups["swelling"] if findings.of(n, leg).unknown),
        ),
    )


def _verdicts(
    findings: Findings, rules: TopicRules, earlier: tuple[Assessment, ...]
) -> list[Verdict]:
    dvt_open = _dvt_open(earlier)
    verdicts = []
    for leg in LEGS:
        complaint = tuple(findings.of(name, leg) for name in rules.groups["complaint"])
        calf = Calf(complaint, _focal(findings, rules, leg), dvt_open)
        row = first_match(rules.rows, PREDICATES, calf)
        if row and all(found.present for found in complaint):
            verdicts.append(Verdict(leg, row, (*complaint, *calf.focal)))
    return verdicts


def _dvt(earlier: Iterable[Assessment]) -> tuple[Assessment, ...]:
    return tuple(assessment for assessment in earlier if assessment.topic == _DVT)


def _dvt_open(earlier: Iterable[Assessment]) -> bool:
    """Anything but excluded or never suspected; a DVT check that failed leaves it open."""
    made = _dvt(earlier)
    return not made or any(a.row.vascular not in (None, _EXCLUDED) for a in made)


def _focal(findings: Findings, rules: TopicRules, leg: Side) -> tuple[Finding, ...]:
    found = (findings.of(name, leg) for name in rules.groups["focal"])
    return tuple(sign for sign in found if sign.present)
