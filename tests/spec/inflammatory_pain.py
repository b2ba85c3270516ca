"""Inflammatory back pain and its disease in the musculoskeletal vignettes, as charts hold them."""

from collections.abc import Mapping

from tests.spec.complaints import HISTORY_TAKEN
from tests.spec.fhir_json import (
    HL7,
    LOINC,
    Json,
    coding,
    concept,
    condition,
    icd,
    observation,
    quantity,
    resource,
    snomed,
)
from tests.spec.moments import ago, day_ago, years_ago
from tests.spec.red_flags import Carrier
from tests.spec.signs import Sign, observed
from tests.spec.variety import Variety
from tests.spec.vignette import MusculoskeletalVignette

# What the patient tells; the age at the beginning is told too, or follows from onset and birth.
TOLD = ("wakes_second_half_night", "improves_with_movement", "nsaid_response_48h")
_SPONDYLITIS = (
    icd("M45.7", "Ankylosing spondylitis of lumbosacral region"),
    snomed("9631008", "Ankylosing spondylitis (disorder)"),
)
_LISTED = {
    "ibd": (
        icd("K50.90", "Crohn's disease, unspecified, without complications"),
        snomed("34000006", "Crohn's disease"),
    ),
    "psoriasis": (icd("L40.9", "Psoriasis, unspecified"), snomed("9014002", "Psoriasis")),
    "uveitis": (snomed("4927003", "Acute anterior uveitis (disorder)"),),
}


def spondylitis(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """Ankylosing spondylitis on the problem list for years."""
    code = Variety(vignette.id).choose("spondylitis", _SPONDYLITIS)
    return [condition(concept(code), onsetDateTime=years_ago(9), recordedDate=years_ago(9))]


def told_by_the_diagnosis(_: MusculoskeletalVignette, __: str | None) -> list[Json]:
    """Nothing more: the disease that stands beside it says so."""
    return []


def raised_crp(_: MusculoskeletalVignette, __: str | None) -> list[Json]:
    """A C-reactive protein above the laboratory's limit."""
    return [
        observation(
            "laboratory",
            concept(coding(LOINC, "1988-5", "C reactive protein")),
            effectiveDateTime=day_ago(2),
            valueQuantity=quantity(24, "mg/L", "mg/L"),
            referenceRange=[{"high": quantity(5, "mg/L", "mg/L")}],
        )
    ]


def positive_hla_b27(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """The blood test of a year ago, by value or by flag."""
    flag = coding(f"{HL7}/v3-ObservationInterpretation", "POS", "Positive")
    value = concept(snomed("10828004", "Positive (qualifier value)"))
    answered: tuple[Json, ...] = (
        {"valueCodeableConcept": value},
        {"interpretation": [concept(flag)]},
    )
    return [
        observation(
            "laboratory",
            concept(coding(LOINC, "4821-5", "HLA-B27 [Presence]")),
            effectiveDateTime=day_ago(380),
            **Variety(vignette.id).choose("hla-b27", answered),
        )
    ]


def mother(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """A mother with ankylosing spondylitis, by family history."""
    disease = Variety(vignette.id).choose("mother", _SPONDYLITIS)
    return [
        resource(
            "FamilyMemberHistory",
            status="completed",
            relationship=concept(coding(f"{HL7}/v3-RoleCode", "MTH", "mother")),
            condition=[{"code": concept(disease)}],
            date=day_ago(400),
        )
    ]


def _young(finding: str) -> Carrier:
    """Answered as such in some charts; in the others birth date and onset say it."""

    def carrier(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
        variety = Variety(vignette.id)
        if variety.choose("age at onset", (True, False)):
            return [observed(Sign(finding, present=True), "survey", HISTORY_TAKEN, variety)]
        return []

    return carrier


def _listed(finding: str) -> Carrier:
    def carrier(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
        code = Variety(vignette.id).choose(finding, _LISTED[finding])
        return [condition(concept(code), onsetDateTime=years_ago(4), recordedDate=ago(days=300))]

    return carrier


CARRIERS: Mapping[str, Carrier] = {
    "axspa_known": spondylitis,
    "inflammatory_disease": told_by_the_diagnosis,
    "crp_raised": raised_crp,
    "hla_b27": positive_hla_b27,
    "fdr_spa": mother,
    "onset_before_45": _young("onset_before_45"),
    "onset_before_35": _young("onset_before_35"),
    **{finding: _listed(finding) for finding in _LISTED},
}
