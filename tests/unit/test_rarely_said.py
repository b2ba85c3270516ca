"""Sentences and readings that few charts call for."""

from typing import Any

import pytest

from cds_service.clinical.vital_signs import latest_reading
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
    resource,
    snomed,
)
from tests.spec.moments import ago, day_ago, years_ago
from tests.unit.record import advice, library, rules, seen, shown, states

LEG = snomed("61685007", "Lower limb structure")
NINE = rules("dvt").groups["wells_items"]


def noted(finding: str, *, there: bool = True, **more: Any) -> Json:
    """A finding of the left leg, an hour ago."""
    given = {"effectiveDateTime": ago(hours=1), "bodySite": body_site(LEG, "L")} | more
    return observation("exam", concept(own(finding)), valueBoolean=there, **given)


def recorded(*present: str) -> list[Json]:
    """All nine Wells items answered, these present; history has no side."""
    history = rules("dvt").groups["history"]
    return [
        noted(item, there=item in present, **({"bodySite": None} if item in history else {}))
        for item in NINE
    ]


def note(topic: str, name: str) -> str:
    """The fixed beginning of a note."""
    return library().notes[topic][name].partition("{{")[0]


def test_a_trigger_without_any_date_is_recent_and_never_acted_on() -> None:
    """Ruling 4: with the onset unknown no MRI can be said to follow it."""
    saddle = condition(concept(snomed("449813001", "Numbness of saddle area")))
    mri = resource(
        "ServiceRequest",
        status="active",
        intent="order",
        priority="stat",
        code=concept(coding(LOINC, "24968-0")),
        authoredOn=ago(hours=1),
    )
    assert shown(advice(saddle, mri)) == ["cauda-equina-suspected"]


def test_a_clinician_may_record_that_radiculopathy_is_under_care() -> None:
    """The recorded answer stands for MRI and referral (MSK table RAD, row 1)."""
    pain = (noted("radicular_pain"), noted("low_back_pain"))
    assert states(advice(*pain))["radiculopathy"] == "radiculopathy-examine"
    known = noted("radiculopathy_known_managed")
    assert states(advice(*pain, known))["radiculopathy"] == "radiculopathy-known"


def test_after_lumbar_surgery_new_neurology_changes_the_imaging_advice() -> None:
    """Imaging row b: prior lumbar surgery with new symptoms."""
    fusion = procedure(concept(snomed("50172003", "Lumbar spinal fusion")), years_ago(2))
    pain = (noted("radicular_pain"), noted("low_back_pain"), noted("reflex_reduced"), fusion)
    (card,) = advice(*pain).cards
    assert card.id == "radiculopathy-supported"
    assert note("radiculopathy", "imaging-prior-surgery") in card.detail


def test_a_qualitative_d_dimer_is_named_without_a_number() -> None:
    """Vascular 1.5 rule 8: only a site list admits qualitative assays."""
    test = observation(
        "laboratory",
        concept(coding(LOINC, "48065-7")),
        effectiveDateTime=ago(hours=1),
        valueCodeableConcept=concept(snomed("260385009", "Negative")),
    )
    (card,) = advice(noted("calf_pain"), *recorded(), test).cards
    assert card.id == "dvt-d-dimer-unusable"
    assert library().sentences["problems"]["qualitative"] in card.detail


def test_an_old_dvt_that_is_still_active_is_told_as_history() -> None:
    """Ruling 19: an old diagnosis never resolved counts as previous, and is pointed out."""
    old = condition(concept(icd("I82.402", "")), onsetDateTime=years_ago(3), recordedDate="2023")
    detail = advice(noted("calf_pain"), old).cards[0].detail
    assert note("dvt", "old-diagnosis") in detail


def test_recent_surgery_without_anesthesia_is_asked_about() -> None:
    """Ruling 45: a completed surgical procedure that no list knows is a hint, not a point."""
    surgery = procedure(
        concept(snomed("80146002", "Appendectomy")),
        day_ago(20),
        category=concept(snomed("387713003", "Surgical procedure")),
    )
    detail = advice(noted("calf_pain"), surgery).cards[0].detail
    assert note("dvt", "surgery-hint") in detail


def test_an_alternative_that_lowers_the_class_without_risk_says_only_that() -> None:
    """Vascular R4: the flip is printed; the warning of risk needs a history item."""
    answers = recorded("deep_vein_tenderness", "entire_leg_swollen")
    judged = noted(
        "alternative_diagnosis_as_likely",
        performer=[{"reference": "Practitioner/1"}],
        effectiveDateTime=ago(hours=0.5),
    )
    detail = advice(noted("calf_pain"), *answers, judged).cards[0].detail
    assert note("dvt", "alternative-lowers") in detail
    assert note("dvt", "alternative-risk") not in detail


@pytest.mark.parametrize(("unit", "value"), [("/min", 120.0), ("furlong", None)])
def test_only_the_latest_vital_sign_counts_readable_or_not(unit: str, value: float | None) -> None:
    """An unreadable newest value is not replaced by an older one."""

    def pulse(beats: float, hours: float, unit: str) -> Json:
        return observation(
            "vital-signs",
            concept(coding(LOINC, "8867-4")),
            effectiveDateTime=ago(hours=hours),
            valueQuantity=quantity(beats, unit, unit),
        )

    findings = seen(pulse(80, 5, "/min"), pulse(120, 1, unit))
    reading = latest_reading(findings, "reader:vital_heart_rate", rules("pulmonary_embolism"))
    assert (reading.value if reading else None) == value
