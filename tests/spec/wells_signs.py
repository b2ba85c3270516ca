"""The examination items of Wells, and the clinician's judgement on the alternative diagnosis."""

from collections.abc import Sequence

from tests.spec.answers import answer
from tests.spec.fhir_json import (
    ENCOUNTER,
    PRACTITIONER,
    Json,
    body_site,
    concept,
    condition,
    observation,
    own,
    quantity,
    snomed,
)
from tests.spec.moments import ago
from tests.spec.signs import CALF, Sign, asserted, charted, observed, site
from tests.spec.variety import Variety

SIGNS = {
    "tenderness": "deep_vein_tenderness",
    "whole_leg": "entire_leg_swollen",
    "calf3cm": "calf_swelling_3cm",
    "pitting": "pitting_edema",
    "collaterals": "collateral_superficial_veins",
}
EXAMINED = ago(hours=2)
_JUDGED = ago(hours=0.5)
_OTHER = {"L": "R", "R": "L"}
_ASSERTED = {("vasc-v37", "pitting")}
_UNSIDED = {("vasc-v100", "pitting")}
_PITTING_GRADE_2 = snomed("421605005", "2+ pitting edema (finding)")


def signs(
    present: Sequence[str], absent: Sequence[str], leg: str | None, variety: Variety
) -> list[Json]:
    """Signs found on the index leg, and those looked for there and not found."""
    missed = [item for item in absent if item in SIGNS]
    measured = "calf3cm" in missed and leg in _OTHER and variety.choose("tape", (True, False))
    ticked = [item for item in missed if not (measured and item == "calf3cm")]
    side = variety.choose("absent side", (leg, leg, None))
    found = [entry for item in present if item in SIGNS for entry in _found(item, leg, variety)]
    tape = _calves(leg, 0.5, variety) if measured and leg else []
    denied = [Sign(SIGNS[item], present=False, side=side) for item in ticked]
    return found + tape + charted(denied, "exam", EXAMINED, variety)


def _found(item: str, leg: str | None, variety: Variety) -> list[Json]:
    sign = Sign(SIGNS[item], present=True, side=leg)
    if (variety.vignette, item) in _ASSERTED:
        return [asserted(sign, "exam", EXAMINED)]
    if (variety.vignette, item) in _UNSIDED:
        return [observed(Sign(sign.finding, present=True), "exam", EXAMINED, variety)]
    if item == "calf3cm" and leg in _OTHER and variety.choose("tape", (True, False)):
        return _calves(leg, 3.4, variety)
    if item == "pitting" and variety.choose("pitting grade", (True, False)):
        return [_graded_pitting(leg, variety)]
    if item in ("tenderness", "whole_leg") and variety.choose(f"{item} entry", (True, False)):
        return [_as_condition(sign)]
    return [observed(sign, "exam", EXAMINED, variety)]


def _graded_pitting(leg: str | None, variety: Variety) -> Json:
    codes = variety.choose(
        "pitting code", ((_PITTING_GRADE_2,), (own("pitting_edema"), _PITTING_GRADE_2))
    )
    return observation(
        "exam",
        concept(*codes),
        effectiveDateTime=EXAMINED,
        bodySite=site("pitting_edema", leg),
        **answer("pitting_edema", present=True, variety=variety),
    )


def _as_condition(sign: Sign) -> Json:
    place = site(sign.finding, sign.side)
    return condition(
        concept(own(sign.finding)),
        visit=True,
        bodySite=[place] if place else None,
        onsetDateTime=ago(days=1),
        recordedDate=EXAMINED,
    )


def _calves(leg: str, difference_cm: float, variety: Variety) -> list[Json]:
    """Both calves taped at one visit, sometimes in two units."""
    larger = 38.5 + difference_cm
    in_unit = variety.choose("tape unit", (_centimeters, _millimeters, _inches))
    return [
        circumference(leg, in_unit(larger), EXAMINED),
        circumference(_OTHER[leg], _centimeters(38.5), EXAMINED),
    ]


def _centimeters(value: float) -> Json:
    return quantity(value, "cm", "cm")


def _millimeters(value: float) -> Json:
    return quantity(round(value * 10), "mm", "mm")


def _inches(value: float) -> Json:
    return quantity(round(value / 2.54, 2), "in", "[in_i]")


def circumference(side: str, value: Json, when: str) -> Json:
    """One calf measured with a tape."""
    code = concept(own("calf_circumference"), text="Calf circumference")
    place = body_site(CALF, side)
    return observation("exam", code, effectiveDateTime=when, bodySite=place, valueQuantity=value)


def judgement(*, present: bool, leg: str | None, variety: Variety) -> Json:
    """The treating clinician's answer on an alternative at least as likely, after examining."""
    finding = "alternative_diagnosis_as_likely"
    return observation(
        "survey",
        concept(own(finding)),
        effectiveDateTime=_JUDGED,
        bodySite=site(finding, leg),
        performer=[{"reference": PRACTITIONER}],
        encounter={"reference": f"Encounter/{ENCOUNTER}"},
        **answer(finding, present=present, variety=variety),
    )
