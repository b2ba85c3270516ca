"""History findings of the musculoskeletal vignettes, as charts hold them."""

from collections.abc import Callable, Mapping

from tests.spec.complaints import HISTORY_TAKEN
from tests.spec.fhir_json import (
    HL7,
    LOINC,
    Json,
    body_site,
    coding,
    concept,
    condition,
    icd,
    own,
    procedure,
    resource,
    snomed,
)
from tests.spec.moments import ago, day_ago, years_ago
from tests.spec.signs import HIP, LOWER_LIMB, Sign, observed
from tests.spec.variety import Variety
from tests.spec.vignette import MusculoskeletalVignette

_Carrier = Callable[[MusculoskeletalVignette, str | None], list[Json]]

_WEAK_SINCE = {"msk-v29": "1966", "msk-v84": "2009"}
_MRI = (
    coding(LOINC, "24968-0", "MR Lumbar spine"),
    snomed(
        "394451000119106",
        "Magnetic resonance imaging of lumbar spine without contrast (procedure)",
    ),
)


def bilateral_sciatica(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """Sciatica entered once for each leg on the same day."""
    onset = day_ago(vignette.n.onset_days or 0)
    sides = icd("M54.31", "Sciatica, right side"), icd("M54.32", "Sciatica, left side")
    return [
        condition(concept(code), visit=True, onsetDateTime=onset, recordedDate=HISTORY_TAKEN)
        for code in sides
    ]


def stress_incontinence(_: MusculoskeletalVignette, __: str | None) -> list[Json]:
    """Stress incontinence on the problem list for six years."""
    codes = (
        icd("N39.3", "Stress incontinence (female) (male)"),
        snomed("22220005", "Genuine stress incontinence (finding)"),
    )
    return [condition(concept(*codes), onsetDateTime=years_ago(6), recordedDate=years_ago(6))]


def mri_requested(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """An emergency MRI ordered this morning, or noted yesterday as requested."""
    if vignette.id == "msk-v86":
        sign = Sign("ces_mri_requested", present=True)
        return [observed(sign, "survey", ago(days=1), Variety(vignette.id))]
    order = resource(
        "ServiceRequest",
        status="active",
        intent="order",
        priority="stat",
        code=concept(*_MRI),
        authoredOn=ago(hours=3),
    )
    return [order]


def hip_replacement(_: MusculoskeletalVignette, side: str | None) -> list[Json]:
    """An artificial hip joint of one side."""
    sided = {
        "R": icd("Z96.641", "Presence of right artificial hip joint"),
        "L": icd("Z96.642", "Presence of left artificial hip joint"),
    }
    codes = [own("hip_arthroplasty"), *([sided[side]] if side in sided else [])]
    return [
        condition(
            concept(*codes),
            bodySite=[body_site(HIP, side)],
            onsetDateTime=years_ago(4),
            recordedDate=years_ago(4),
        )
    ]


def basal_cell_carcinoma(_: MusculoskeletalVignette, __: str | None) -> list[Json]:
    """Skin cancer that is no melanoma."""
    code = icd("C44.319", "Basal cell carcinoma of skin of other parts of face")
    return [condition(concept(code), onsetDateTime=years_ago(2), recordedDate=years_ago(2))]


def lumbar_fusion(_: MusculoskeletalVignette, __: str | None) -> list[Json]:
    """Lumbar fusion two years ago."""
    return [
        procedure(concept(snomed("50172003", "Lumbar spinal fusion (procedure)")), years_ago(2))
    ]


def spondylolisthesis(_: MusculoskeletalVignette, __: str | None) -> list[Json]:
    """A slip known since it was found on a radiograph."""
    code = icd("M43.16", "Spondylolisthesis, lumbar region")
    return [condition(concept(code), onsetDateTime=years_ago(1.5), recordedDate=years_ago(1))]


def managed_radiculopathy(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """Lumbar radiculopathy on the problem list, imaged four months ago."""
    onset = day_ago(vignette.n.onset_days or 0)
    disease = concept(icd("M54.16", "Radiculopathy, lumbar region"))
    report = resource(
        "DiagnosticReport",
        status="final",
        category=[concept(coding(f"{HL7}/v2-0074", "RAD", "Radiology"))],
        code=concept(*_MRI),
        effectiveDateTime=day_ago(118),
        conclusion="Disc herniation L5/S1.",
    )
    return [condition(disease, onsetDateTime=onset, recordedDate=day_ago(30)), report]


def old_weakness(vignette: MusculoskeletalVignette, side: str | None) -> list[Json]:
    """A weakness on the problem list, for years or since a known day."""
    days = vignette.n.weakness_days
    since = _WEAK_SINCE[vignette.id] if days is None else day_ago(days)
    return [
        condition(
            concept(own("motor_deficit"), text="Weak foot"),
            bodySite=[body_site(LOWER_LIMB, side)],
            onsetDateTime=since,
            recordedDate="2009-03-12" if days is None else since,
        )
    ]


def known_stable(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """The clinician's note that the weakness is old and unchanged."""
    sign = Sign("motor_longstanding_stable", present=True)
    return [observed(sign, "exam", HISTORY_TAKEN, Variety(vignette.id))]


CARRIERS: Mapping[str, _Carrier] = {
    "bilateral_radicular_pain": bilateral_sciatica,
    "longstanding_incontinence": stress_incontinence,
    "ces_mri_requested": mri_requested,
    "hip_arthroplasty": hip_replacement,
    "nmsc_history": basal_cell_carcinoma,
    "prior_lumbar_fusion": lumbar_fusion,
    "spondylolisthesis_dx": spondylolisthesis,
    "radiculopathy_known_managed": managed_radiculopathy,
    "motor_deficit": old_weakness,
    "motor_longstanding_stable": known_stable,
}
