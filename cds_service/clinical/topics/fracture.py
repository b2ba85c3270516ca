"""Fracture of spine, sacrum or pelvis: table FRX, with rulings 39 and 44."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import Assessment, Names, first_match
from cds_service.clinical.fact import Statement, Status, Strength
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.spine import deficits, pain

ID = "fracture"
SUPPLIES = frozenset({"finding"})
NOTES: frozenset[str] = frozenset()
NEEDS = Needs(
    thresholds=frozenset({"high_age", "steroid_days"}),
    windows=frozenset({"known", "new_pain"}),
    groups=frozenset({"pain", "major", "bone_risk", "events", "fracture_sites", "questions"}),
)

_KNOWN = "reader:spinal_pelvic_fracture"
_STEROID = "steroid_longterm"


@dataclass(frozen=True, slots=True)
class Bones:
    """Pain, injury and bone risk as the rows see them."""

    known: tuple[Statement, ...]
    pain: tuple[Finding, ...]
    new_pain: bool
    major: tuple[Finding, ...]
    risk: tuple[Finding, ...]
    old: bool
    events: tuple[Finding, ...]


PREDICATES: Mapping[str, Callable[[Bones], bool]] = {
    "F0": lambda bones: bool(bones.known),
    "F1": lambda bones: bool(bones.major and bones.pain),
    "F2": lambda bones: bones.new_pain and bool(bones.events) and (bones.old or bool(bones.risk)),
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """At most one assessment; none without an injury, an event in fragile bone or a known one."""
    rules = book.topics[ID]
    del earlier
    bones = _read(findings, rules)
    row = first_match(rules.table("FRX"), PREDICATES, bones)
    if row is None:
        return ()
    reasons = {
        "F0": (Finding(_KNOWN, Status.PRESENT, evidence=bones.known),),
        "F1": (*bones.major, *bones.pain),
        "F2": (*bones.risk, *bones.events, *bones.pain),
    }[row.id]
    signs = bones.major if row.id == "F1" else (*bones.risk, *bones.events)
    asked = (deficits.examined(findings, rules, name) for name in rules.groups["questions"])
    open_ = tuple(finding for finding in asked if finding.unknown)
    return (
        Assessment(
            topic=ID,
            row=row,
            values={"finding": Names(tuple(sign.id for sign in signs), present=True)},
            findings=reasons,
            missing=tuple(finding.id for finding in open_),
            unknown=open_,
        ),
    )


def _read(findings: Findings, rules: TopicRules) -> Bones:
    groups = rules.groups
    here = pain.recorded(findings, groups["pain"])
    age = findings.facts.person.oldest_age(findings.as_of)
    steroid = _steroid(findings, rules)
    return Bones(
        known=_known(findings, rules),
        pain=here,
        new_pain=pain.is_new(findings, here, rules.windows["new_pain"]),
        major=pain.recorded(findings, groups["major"]),
        risk=(
            *pain.recorded(findings, groups["bone_risk"]),
            *((steroid,) if steroid.present else ()),
        ),
        old=age is not None and age >= rules.thresholds["high_age"],
        events=pain.recorded(findings, groups["events"]),
    )


def _known(findings: Findings, rules: TopicRules) -> tuple[Statement, ...]:
    """A coded fracture is the diagnosis; codes of any bone need a pelvic site (ruling 39)."""
    sites = {site.removeprefix("site:") for site in rules.groups["fracture_sites"]}
    return tuple(
        s
        for s in findings.statements(_KNOWN)
        if s.status is Status.PRESENT
        and s.current is not False
        and (s.strength is Strength.STRONG or s.sites & sites)
        and s.noted is not None
        and s.noted.within(rules.windows["known"], findings.as_of)
    )


def _steroid(findings: Findings, rules: TopicRules) -> Finding:
    """Recorded as long-term, or an active systemic order of three months or more."""
    answered = findings.of(_STEROID)
    days = rules.thresholds["steroid_days"]
    orders = tuple(
        Statement(_STEROID, Status.PRESENT, drug.source, drug.label, noted=drug.since)
        for drug in findings.facts.medications
        if _STEROID in drug.uses
        and drug.active
        and not drug.topical
        and drug.since is not None
        and drug.since.age(findings.as_of).days >= days
    )
    if answered.unknown and orders:
        return Finding(_STEROID, Status.PRESENT, evidence=orders)
    return answered
