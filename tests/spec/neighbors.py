"""Stenosis, hip, deep gluteal pain and calf strain in the musculoskeletal vignettes."""

from collections.abc import Mapping

from tests.spec.complaints import HISTORY_TAKEN
from tests.spec.fhir_json import Json, concept, condition, icd, snomed
from tests.spec.leg_tests import leg_scan
from tests.spec.moments import day_ago, years_ago
from tests.spec.red_flags import Carrier
from tests.spec.signs import Sign, observed
from tests.spec.variety import Variety
from tests.spec.vignette import Imaging, MusculoskeletalVignette

# Asked of the patient; what is not here and has no carrier is examined.
TOLD = (
    "no_pain_seated",
    "relief_bending_forward",
    "bilateral_leg_pain",
    "sitting_intolerance",
    "calf_strain_mechanism",
)


def claudication(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """The visit's diagnosis, by one code or the other, or an answer."""
    variety = Variety(vignette.id)
    codes = (
        icd("M48.062", "Spinal stenosis, lumbar region with neurogenic claudication"),
        snomed("303081002", "Neurogenic claudication (finding)"),
        None,
    )
    code = variety.choose("claudication", codes)
    if code is None:
        sign = Sign("neurogenic_claudication", present=True)
        return [observed(sign, "survey", HISTORY_TAKEN, variety)]
    onset = day_ago(vignette.n.onset_days or 0)
    recorded = HISTORY_TAKEN
    return [condition(concept(code), visit=True, onsetDateTime=onset, recordedDate=recorded)]


def hip_osteoarthritis(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """Osteoarthritis on the problem list for years, its side not recorded."""
    codes = (
        icd("M16.9", "Osteoarthritis of hip, unspecified"),
        snomed("239872002", "Osteoarthritis of hip (disorder)"),
    )
    code = Variety(vignette.id).choose("hip osteoarthritis", codes)
    return [condition(concept(code), onsetDateTime=years_ago(5), recordedDate=years_ago(5))]


CARRIERS: Mapping[str, Carrier] = {
    "neurogenic_claudication": claudication,
    "hip_oa": hip_osteoarthritis,
}
_NEGATIVE = Imaging(result="negative", kind="whole", age_d=0.2)
RAW: Mapping[str, tuple[Json, ...]] = {"msk-f20": (leg_scan(_NEGATIVE, "R"),)}
