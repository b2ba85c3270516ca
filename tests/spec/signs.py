"""Findings as Observations of the project's own codes: one each, or components of one panel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.spec.answers import answer
from tests.spec.fhir_json import (
    HL7,
    LOCAL,
    Json,
    body_site,
    coding,
    concept,
    observation,
    own,
    snomed,
)
from tests.spec.variety import Variety

LOWER_LIMB = snomed("61685007", "Lower limb structure (body structure)")
LOWER_LEG = snomed("30021000", "Structure of lower extremity from knee to ankle (body structure)")
CALF = snomed("53840002", "Structure of calf of leg (body structure)")
BUTTOCK = snomed("46862004", "Buttock structure (body structure)")
SACROILIAC = snomed("39723000", "Sacroiliac joint structure (body structure)")
GROIN = snomed("26893007", "Inguinal region structure (body structure)")
HIP = snomed("24136001", "Hip joint structure (body structure)")

_SITES: Mapping[str, Json] = {
    "calf_pain": CALF,
    "calf_swelling": CALF,
    "calf_swelling_3cm": CALF,
    "calf_circumference": CALF,
    "leg_pain_below_knee": LOWER_LEG,
    "buttock_pain": BUTTOCK,
    "buttock_leg_pain": BUTTOCK,
    "posterior_pelvic_pain": SACROILIAC,
    "groin_pain": GROIN,
    "hip_arthroplasty": HIP,
} | {
    f"sij_{test}": SACROILIAC
    for test in ("thigh_thrust", "distraction", "compression", "sacral_thrust", "gaenslen", "faber")
}
_PANELS: Mapping[str, Json] = {
    "exam": snomed("5880005", "Physical examination procedure (procedure)"),
    "survey": coding(LOCAL, "leg-history", "Leg complaint questionnaire"),
}


@dataclass(frozen=True, slots=True)
class Sign:
    """One finding recorded present or absent, on a side where the finding has one."""

    finding: str
    present: bool
    side: str | None = None


def site(finding: str, side: str | None) -> Json | None:
    """Where a finding with a side is; without a side no site is written."""
    return body_site(_SITES.get(finding, LOWER_LIMB), side) if side else None


def charted(signs: Sequence[Sign], category: str, when: str, variety: Variety) -> list[Json]:
    """Record signs observed together: as one panel if the chart does so, else one by one."""
    sides = {sign.side for sign in signs}
    if len(signs) > 1 and len(sides) == 1 and variety.choose(category, (True, False, False)):
        return [panel(signs, category, when, variety)]
    return [observed(sign, category, when, variety) for sign in signs]


def observed(sign: Sign, category: str, when: str, variety: Variety) -> Json:
    """One sign as an Observation of its own."""
    return observation(
        category,
        concept(own(sign.finding)),
        effectiveDateTime=when,
        bodySite=site(sign.finding, sign.side),
        **answer(sign.finding, present=sign.present, variety=variety),
    )


def panel(signs: Sequence[Sign], category: str, when: str, variety: Variety) -> Json:
    """Several signs of one side as components of one Observation."""
    return observation(
        category,
        concept(_PANELS[category]),
        effectiveDateTime=when,
        bodySite=site(signs[0].finding, signs[0].side),
        component=[
            {"code": concept(own(sign.finding))}
            | answer(sign.finding, present=sign.present, variety=variety)
            for sign in signs
        ],
    )


def asserted(sign: Sign, category: str, when: str) -> Json:
    """One present sign by the assertion pattern: the finding is the value, not the code."""
    return observation(
        category,
        concept(coding(f"{HL7}/v3-ActCode", "ASSERTION", "Assertion")),
        effectiveDateTime=when,
        bodySite=site(sign.finding, sign.side),
        valueCodeableConcept=concept(own(sign.finding)),
    )
