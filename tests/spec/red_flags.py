"""Red flags of the musculoskeletal vignettes, as charts hold them."""

from collections.abc import Callable, Mapping

from tests.spec.complaints import HISTORY_TAKEN
from tests.spec.fhir_json import (
    LOINC,
    Json,
    body_site,
    coding,
    concept,
    condition,
    icd,
    observation,
    own,
    procedure,
    quantity,
    snomed,
)
from tests.spec.moments import ago, day_ago, years_ago
from tests.spec.signs import CALF, LOWER_LIMB, Sign, observed
from tests.spec.variety import Variety
from tests.spec.vignette import MusculoskeletalVignette
from tests.spec.wells_signs import EXAMINED

Carrier = Callable[[MusculoskeletalVignette, str | None], list[Json]]

_CANCERS = {
    "msk-f40": icd("C61", "Malignant neoplasm of prostate"),
    "msk-v39": icd("C61", "Malignant neoplasm of prostate"),
    "msk-v41": icd("Z85.038", "Personal history of other malignant neoplasm of large intestine"),
    "msk-v74": icd("Z85.3", "Personal history of malignant neoplasm of breast"),
    "msk-v75": icd("C34.11", "Malignant neoplasm of upper lobe, right bronchus or lung"),
}


def cancer(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """A cancer on the problem list for years, present or past."""
    code = concept(_CANCERS[vignette.id])
    return [condition(code, onsetDateTime=years_ago(3), recordedDate=years_ago(3))]


def fever(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """A temperature of yesterday in Celsius or Fahrenheit, or the diagnosis."""
    variety = Variety(vignette.id)
    form = variety.choose("fever", ("Cel", "[degF]", "diagnosis"))
    if form == "diagnosis":
        code = icd("R50.9", "Fever, unspecified")
        return [condition(concept(code), visit=True, recordedDate=HISTORY_TAKEN)]
    value = 38.6 if form == "Cel" else 101.5
    return [
        observation(
            "vital-signs",
            concept(coding(LOINC, "8310-5", "Body temperature")),
            effectiveDateTime=ago(days=1),
            valueQuantity=quantity(value, "C" if form == "Cel" else "F", form),
        )
    ]


def injecting(_: MusculoskeletalVignette, __: str | None) -> list[Json]:
    """Injecting drug use on the problem list."""
    code = snomed("228388006", "Intravenous drug user (finding)")
    return [condition(concept(code), recordedDate=years_ago(1))]


def fall_from_ladder(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """The cause of the injury, coded at the visit."""
    code = icd("W11.XXXA", "Fall on and from ladder, initial encounter")
    when = day_ago(vignette.n.onset_days or 0)
    return [condition(concept(code), visit=True, onsetDateTime=when, recordedDate=HISTORY_TAKEN)]


def brittle_bones(_: MusculoskeletalVignette, __: str | None) -> list[Json]:
    """Osteoporosis on the problem list for years."""
    code = icd("M81.0", "Age-related osteoporosis without current pathological fracture")
    return [condition(concept(code), onsetDateTime=years_ago(4), recordedDate=years_ago(4))]


def stumble(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """A fall on the level, coded at the visit."""
    code = icd("W01.0XXA", "Fall on same level from slipping, tripping and stumbling")
    when = day_ago(vignette.n.onset_days or 0)
    return [condition(concept(code), visit=True, onsetDateTime=when, recordedDate=HISTORY_TAKEN)]


def sacral_fracture(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """A fracture of the sacrum that was found and coded."""
    code = icd("S32.10XA", "Unspecified fracture of sacrum, initial encounter")
    when = day_ago(vignette.n.onset_days or 0)
    return [condition(concept(code), onsetDateTime=when, recordedDate=when)]


def grade_a_week_ago(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """An earlier grade of the same leg, one higher than today's."""
    side = next(entry for entry in vignette.present if entry.startswith("motor_deficit"))
    return [
        observation(
            "exam",
            concept(own("mrc")),
            effectiveDateTime=ago(days=7),
            bodySite=body_site(LOWER_LIMB, side.partition("@")[2] or None),
            valueQuantity=quantity((vignette.n.mrc or 0) + 1, None, "{score}"),
        )
    ]


def joint_injection(_: MusculoskeletalVignette, __: str | None) -> list[Json]:
    """A sacroiliac joint injection three hours ago."""
    return [procedure(concept(own("sij_injection_48h")), ago(hours=3))]


def _told(finding: str) -> Carrier:
    def carrier(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
        return [
            observed(Sign(finding, present=True), "survey", HISTORY_TAKEN, Variety(vignette.id))
        ]

    return carrier


CARRIERS: Mapping[str, Carrier] = {
    "cancer_history": cancer,
    "fever": fever,
    "ivdu": injecting,
    "major_trauma": fall_from_ladder,
    "minor_trauma": stumble,
    "osteoporosis": brittle_bones,
    "spinal_fracture": sacral_fracture,
    "motor_progressive": grade_a_week_ago,
    "sij_injection_48h": joint_injection,
    "night_pain": _told("night_pain"),
    "radicular_quality": _told("radicular_quality"),
    "worsening_14d": _told("worsening_14d"),
}


def _pulseless_leg() -> tuple[Json, ...]:
    """What the vascular vignettes call acute limb ischemia of the right leg."""
    signs = [Sign(name, present=True, side="R") for name in ("pulseless", "cold")]
    return tuple(observed(sign, "exam", EXAMINED, Variety("msk-v64")) for sign in signs)


def _swollen_calf() -> tuple[Json, ...]:
    """Enough Wells items for a likely DVT: cancer under treatment and a swollen, tender calf."""
    chemotherapy = condition(
        concept(icd("Z51.11", "Encounter for antineoplastic chemotherapy")),
        recordedDate=day_ago(20),
    )
    judged = observation(
        "exam",
        concept(own("alternative_diagnosis_as_likely")),
        effectiveDateTime=ago(hours=0.5),
        bodySite=body_site(CALF, "R"),
        performer=[{"reference": "Practitioner/dr-adams"}],
        valueBoolean=False,
    )
    signs = [Sign(name, present=True, side="R") for name in ("calf_swelling_3cm", "calf_swelling")]
    swollen = tuple(observed(sign, "exam", EXAMINED, Variety("msk-v75")) for sign in signs)
    return (chemotherapy, judged, *swollen)


RAW: Mapping[str, tuple[Json, ...]] = {"msk-v64": _pulseless_leg(), "msk-v75": _swollen_calf()}
