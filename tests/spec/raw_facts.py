"""Chart facts that a vignette gives literally, in its `raw` line or its title."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.spec.fhir_json import (
    HL7,
    RXNORM,
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
    resource,
    snomed,
)
from tests.spec.moments import ago, day_ago
from tests.spec.signs import LOWER_LIMB
from tests.spec.wells_history import DVT, DVT_LEFT, resolved_dvt
from tests.spec.wells_signs import EXAMINED, circumference

_FOREARM = snomed("14975008", "Forearm structure (body structure)")


@dataclass(frozen=True, slots=True)
class RawFacts:
    """Resources of a chart, and the Wells items of the vignette that they already tell."""

    resources: tuple[Json, ...]
    items: frozenset[str] = frozenset()


def _pitting(side: str, **members: object) -> Json:
    return observation(
        "exam",
        concept(own("pitting_edema")),
        effectiveDateTime=EXAMINED,
        bodySite=body_site(LOWER_LIMB, side),
        **members,
    )


def _calf(side: str, centimeters: float, when: str) -> Json:
    return circumference(side, quantity(centimeters, "cm", "cm"), when)


_REFUTED_DVT = condition(
    concept(DVT, DVT_LEFT),
    clinical=None,
    verification="refuted",
    recordedDate=day_ago(3),
)
_LEFT_DVT_OF_2015 = resolved_dvt(
    DVT, onset="2014-11-03", end="2015-05-20", site=body_site(LOWER_LIMB, "L")
)
_SPINAL_FUSION = (
    procedure(concept(snomed("50172003", "Lumbar spinal fusion (procedure)")), day_ago(14)),
    procedure(concept(snomed("50697003", "General anesthesia (procedure)")), day_ago(14)),
)
_NOT_PERFORMED = concept(coding(f"{HL7}/data-absent-reason", "not-performed", "Not Performed"))
_MOTHER_HAD_DVT = resource(
    "FamilyMemberHistory",
    status="completed",
    relationship=concept(coding(f"{HL7}/v3-RoleCode", "MTH", "mother")),
    condition=[{"code": concept(DVT)}],
)
_FOREARM_CAST = procedure(
    concept(snomed("274474001", "Bone immobilization"), text="Forearm cast"),
    day_ago(5),
    bodySite=[body_site(_FOREARM, "L")],
)
_STOPPED_APIXABAN = resource(
    "MedicationRequest",
    status="stopped",
    intent="order",
    medicationCodeableConcept=concept(
        coding(RXNORM, "1364445", "apixaban 5 MG Oral Tablet"), text="Apixaban 5 mg"
    ),
    authoredOn=day_ago(200),
    dispenseRequest={"validityPeriod": {"start": day_ago(200), "end": day_ago(61)}},
)
_BASAL_CELL_CARCINOMA = condition(
    concept(
        snomed("254701007", "Basal cell carcinoma of skin (disorder)"),
        icd("C44.91", "Basal cell carcinoma of skin, unspecified"),
    ),
    onsetDateTime=day_ago(70),
    recordedDate=day_ago(70),
)
_PROSTATE_CANCER_OF_2011 = condition(
    concept(
        icd("C61", "Malignant neoplasm of prostate"),
        snomed("399068003", "Malignant tumor of prostate (disorder)"),
    ),
    onsetDateTime="2011-06",
    recordedDate="2011-06-14",
)
_KNEE_REPLACEMENT_85_DAYS_AGO = procedure(
    concept(snomed("609588000", "Total knee replacement (procedure)")), day_ago(85)
)
_CATARACT = procedure(
    concept(snomed("54885007", "Extraction of cataract (procedure)")),
    day_ago(7),
    note=[{"text": "Topical anesthesia."}],
)

_CALF3CM = frozenset({"calf3cm"})

RAW_FACTS: Mapping[str, RawFacts] = {
    "vasc-v13": RawFacts(_SPINAL_FUSION, frozenset({"bed_surgery"})),
    "vasc-v14": RawFacts((_REFUTED_DVT,)),
    "vasc-v15": RawFacts((_LEFT_DVT_OF_2015,), frozenset({"prior_dvt"})),
    "vasc-v16": RawFacts((_pitting("L", status="entered-in-error", valueBoolean=True),)),
    "vasc-v17": RawFacts((_pitting("L", valueBoolean=True),)),
    "vasc-v18": RawFacts((_calf("R", 36.0, EXAMINED), _calf("L", 40.0, EXAMINED)), _CALF3CM),
    "vasc-v20": RawFacts(
        (
            circumference("L", quantity(409, "mm", "mm"), EXAMINED),
            _calf("R", 38.0, EXAMINED),
        ),
        _CALF3CM,
    ),
    "vasc-v21": RawFacts((_calf("L", 41, EXAMINED), _calf("R", 37, ago(days=9)))),
    "vasc-v23": RawFacts((_KNEE_REPLACEMENT_85_DAYS_AGO,)),
    "vasc-v24": RawFacts((_CATARACT,)),
    "vasc-v45": RawFacts((_STOPPED_APIXABAN,)),
    "vasc-v85": RawFacts((_BASAL_CELL_CARCINOMA,)),
    "vasc-v86": RawFacts((_PROSTATE_CANCER_OF_2011,)),
    "vasc-v97": RawFacts((_pitting("L", dataAbsentReason=_NOT_PERFORMED),)),
    "vasc-v98": RawFacts((_MOTHER_HAD_DVT,)),
    "vasc-v101": RawFacts((_FOREARM_CAST,)),
}
