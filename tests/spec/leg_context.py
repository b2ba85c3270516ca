"""What else the chart of a leg holds: known clots, treatment, pregnancy, skin, amputation."""

from tests.spec.fhir_json import (
    ATC,
    LOINC,
    RXNORM,
    Json,
    coding,
    concept,
    condition,
    icd,
    observation,
    procedure,
    quantity,
    resource,
    snomed,
)
from tests.spec.moments import ago, day_ago, years_ago
from tests.spec.signs import Sign, observed
from tests.spec.variety import Variety
from tests.spec.vignette import VascularVignette
from tests.spec.wells_signs import EXAMINED

_APIXABAN = coding(RXNORM, "1364445", "apixaban 5 MG Oral Tablet")
_APIXABAN_BY_ATC = (coding(RXNORM, "1364430", "apixaban"), coding(ATC, "B01AF02", "apixaban"))
_PREGNANT = snomed("77386006", "Pregnant (finding)")
_DYSPNEA = (icd("R06.02", "Shortness of breath"), snomed("267036007", "Dyspnea (finding)"))
_BY_SIDE = {
    "dvt": {
        "L": icd("I82.412", "Acute embolism and thrombosis of left femoral vein"),
        "R": icd("I82.411", "Acute embolism and thrombosis of right femoral vein"),
    },
    "amputation": {
        "L": icd("Z89.512", "Acquired absence of left leg below knee"),
        "R": icd("Z89.511", "Acquired absence of right leg below knee"),
    },
    "cellulitis": {
        "L": icd("L03.116", "Cellulitis of left lower limb"),
        "R": icd("L03.115", "Cellulitis of right lower limb"),
    },
}


def leg_context(vignette: VascularVignette) -> list[Json]:
    """Resources for the conditions of the vignette's context."""
    ctx, variety = vignette.ctx, Variety(vignette.id)
    leg = vignette.leg or "L"
    found: list[Json] = []
    if ctx.pregnant:
        found.append(pregnancy(variety))
    if ctx.pp_days is not None:
        normal = snomed("177184002", "Normal delivery procedure (procedure)")
        found.append(procedure(concept(normal), day_ago(ctx.pp_days)))
    if ctx.current_dvt:
        found += _known_dvt(leg, new_signs=ctx.current_dvt.new_signs)
    if ctx.anticoag:
        found.append(_apixaban(variety, day_ago(300), "Atrial fibrillation"))
    if ctx.current_dvt and ctx.current_dvt.anticoag:
        found.append(_apixaban(variety, ago(days=6.5), "Deep vein thrombosis"))
    if ctx.amputated_side:
        code = concept(_BY_SIDE["amputation"][leg])
        found.append(condition(code, onsetDateTime=years_ago(6), recordedDate=years_ago(6)))
    if ctx.cellulitis_same_leg:
        code = concept(_BY_SIDE["cellulitis"][leg])
        found.append(condition(code, visit=True, onsetDateTime=day_ago(3), recordedDate=EXAMINED))
    if ctx.cyanosis:
        found.append(observed(Sign("cyanosis", present=True, side=leg), "exam", EXAMINED, variety))
    return found + [_new_symptom(symptom, variety) for symptom in ctx.pe]


def pregnancy(variety: Variety) -> Json:
    """Thirty weeks pregnant: a due date, a status observation or a problem-list entry."""
    return variety.choose("pregnancy", (_due_date, pregnancy_status, _pregnancy_problem))()


def _due_date() -> Json:
    code = concept(coding(LOINC, "11778-8", "Delivery date Estimated"))
    return observation("survey", code, effectiveDateTime=day_ago(120), valueDateTime=day_ago(-70))


def pregnancy_status() -> Json:
    """The pregnancy status question answered "pregnant" three weeks ago."""
    code = concept(coding(LOINC, "82810-3", "Pregnancy status"))
    return observation(
        "survey", code, effectiveDateTime=day_ago(20), valueCodeableConcept=concept(_PREGNANT)
    )


def _pregnancy_problem() -> Json:
    codes = _PREGNANT, icd("Z3A.30", "30 weeks gestation of pregnancy")
    return condition(concept(*codes), recordedDate=ago(days=1))


def _apixaban(variety: Variety, since: str, reason: str) -> Json:
    """Apixaban 5 mg twice a day, ordered as a product or as an ingredient."""
    codes = variety.choose("apixaban", ((_APIXABAN,), _APIXABAN_BY_ATC))
    tablets = {"doseQuantity": quantity(5, "mg", "mg")}
    return resource(
        "MedicationRequest",
        status="active",
        intent="order",
        medicationCodeableConcept=concept(*codes),
        authoredOn=since,
        reasonCode=[concept(text=reason)],
        dosageInstruction=[{"text": "5 mg twice daily", "doseAndRate": [tablets]}],
    )


def _known_dvt(leg: str, *, new_signs: bool) -> list[Json]:
    """Confirmed a week ago in the index leg, or in the other one when new signs appeared."""
    side = {"L": "R", "R": "L"}[leg] if new_signs else leg
    code = concept(_BY_SIDE["dvt"][side])
    return [condition(code, onsetDateTime=day_ago(8), recordedDate=ago(days=7))]


def _new_symptom(symptom: str, variety: Variety) -> Json:
    if symptom != "dyspnea_new":
        raise KeyError(symptom)
    code = concept(variety.choose("dyspnea", _DYSPNEA))
    return condition(code, visit=True, onsetDateTime=day_ago(1), recordedDate=EXAMINED)
