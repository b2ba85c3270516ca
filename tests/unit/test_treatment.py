"""Anticoagulation as present, unknown or absent (ruling 12)."""

from typing import Any

import pytest

from cds_service.clinical.engine import find
from cds_service.clinical.fact import Facts, Outcome, Status
from cds_service.clinical.venous.treatment import Anticoagulation, read_anticoagulation
from tests.spec.fhir_json import (
    ATC,
    RXNORM,
    Json,
    coding,
    concept,
    condition,
    icd,
    observation,
    own,
    resource,
)
from tests.spec.moments import ago, day_ago
from tests.unit.record import ALL_READ, library, read

PRESENT, ABSENT, UNKNOWN = Status.PRESENT, Status.ABSENT, Status.UNKNOWN
APIXABAN_5 = coding(RXNORM, "1364445", "apixaban 5 MG Oral Tablet")


def drug(code: Json, **more: Any) -> Json:
    """A medication order."""
    given = {"status": "active", "intent": "order", "authoredOn": day_ago(5)} | more
    return resource("MedicationRequest", medicationCodeableConcept=concept(code), **given)


def treated(*resources: Json) -> Anticoagulation:
    """What the record says of anticoagulation when everything was read."""
    return judged(read(*resources))


def judged(facts: Facts) -> Anticoagulation:
    """What these facts say of anticoagulation."""
    return read_anticoagulation(find(facts, library().rulebook))


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(APIXABAN_5, id="product"),
        pytest.param(coding(RXNORM, "1364430"), id="ingredient"),
        pytest.param(coding(RXNORM, "855332"), id="warfarin tablet"),
        pytest.param(coding(RXNORM, "11289"), id="warfarin"),
        pytest.param(coding(ATC, "B01AF02"), id="ATC"),
    ],
)
def test_an_active_anticoagulant_is_present(code: Json) -> None:
    """An active order matched to an ingredient or product is treatment."""
    assert treated(drug(code)).status is PRESENT


def test_the_record_without_any_drug_is_absent_only_when_it_was_read() -> None:
    """Absent needs a complete list; not asked, partial and failed are unknown."""
    assert treated().status is ABSENT
    for outcome in (Outcome.NOT_ASKED, Outcome.PARTIAL, Outcome.FAILED):
        facts = read()
        unread = Facts(facts.as_of, facts.person, queries=ALL_READ | {"medications": outcome})
        assert judged(unread).status is UNKNOWN
        assert not judged(unread).read


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(coding(RXNORM, "2059015"), id="rivaroxaban 2.5 mg"),
        pytest.param(coding(RXNORM, "854235"), id="enoxaparin 40 mg"),
        pytest.param(coding(RXNORM, "861360"), id="fondaparinux 2.5 mg"),
    ],
)
def test_a_prophylactic_product_does_not_count(code: Json) -> None:
    """The dose for arteries or prophylaxis is not therapeutic anticoagulation."""
    assert treated(drug(code)).status is ABSENT


@pytest.mark.parametrize(
    ("code", "known"),
    [
        pytest.param(APIXABAN_5, True, id="treatment product"),
        pytest.param(coding(RXNORM, "1364435"), False, id="apixaban 2.5 mg"),
        pytest.param(coding(RXNORM, "67108"), False, id="enoxaparin, no dose"),
    ],
)
def test_the_dose_is_known_only_from_a_treatment_product(code: Json, *, known: bool) -> None:
    """An undeterminable dose counts, and is told apart."""
    read_drug = treated(drug(code))
    assert read_drug.status is PRESENT
    assert read_drug.dose_known is known


@pytest.mark.parametrize(
    ("more", "status"),
    [
        pytest.param({"status": "stopped"}, ABSENT, id="stopped"),
        pytest.param({"status": "on-hold"}, ABSENT, id="on hold"),
        pytest.param({"status": "completed"}, ABSENT, id="completed"),
        pytest.param({"status": "entered-in-error"}, ABSENT, id="entered in error"),
        pytest.param({"intent": "proposal"}, ABSENT, id="proposal"),
        pytest.param({"intent": "plan"}, ABSENT, id="plan"),
    ],
)
def test_only_active_orders_are_treatment(more: dict[str, Any], status: Status) -> None:
    """Stopped, held, retracted or merely planned drugs do not anticoagulate."""
    assert treated(drug(APIXABAN_5, **more)).status is status


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(coding("urn:local", "drug-17"), id="local code"),
        pytest.param(coding(RXNORM, "1"), id="product outside the table"),
    ],
)
def test_an_active_drug_that_cannot_be_classified_leaves_it_unknown(code: Json) -> None:
    """It might be an anticoagulant."""
    assert treated(drug(code)).status is UNKNOWN


def test_an_unclassified_drug_beside_a_known_one_changes_nothing() -> None:
    """Known treatment stays present."""
    assert treated(drug(coding("urn:local", "drug-17")), drug(APIXABAN_5)).status is PRESENT


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(coding(RXNORM, "1191", "Aspirin"), id="aspirin"),
        pytest.param(coding(ATC, "B01AC04", "clopidogrel"), id="clopidogrel"),
        pytest.param(coding(ATC, "N02BE01", "paracetamol"), id="another ATC class"),
    ],
)
def test_a_classified_other_drug_is_no_anticoagulant(code: Json) -> None:
    """Antiplatelets and drugs of another known class leave it absent."""
    assert treated(drug(code)).status is ABSENT


def test_a_long_term_use_code_alone_is_unknown() -> None:
    """Ruling 12: Z79.01 outlives the treatment; alone it gives unknown, never present."""
    code = condition(concept(icd("Z79.01", "")), recordedDate="2019-03-01")
    assert treated(code).status is UNKNOWN
    assert treated(code, drug(APIXABAN_5)).status is PRESENT


@pytest.mark.parametrize(("answer", "status"), [(True, PRESENT), (False, ABSENT)])
def test_a_recorded_answer_counts(*, answer: bool, status: Status) -> None:
    """Our own code asks whether the patient is anticoagulated."""
    said = observation(
        "survey", concept(own("anticoag")), effectiveDateTime=ago(hours=1), valueBoolean=answer
    )
    assert treated(said).status is status


def test_a_given_dose_dates_treatment_but_is_not_treatment() -> None:
    """Ruling 51: an administration invalidates a later D-dimer; only an order anticoagulates."""
    given = resource(
        "MedicationAdministration",
        status="completed",
        medicationCodeableConcept=concept(APIXABAN_5),
        effectiveDateTime=ago(hours=10),
    )
    read_dose = treated(given)
    assert read_dose.status is ABSENT
    assert read_dose.first_dose is not None


def test_the_first_dose_is_the_earliest() -> None:
    """Of two orders the older one began the treatment."""
    old, new = drug(APIXABAN_5, authoredOn=day_ago(9)), drug(APIXABAN_5, authoredOn=day_ago(2))
    first = treated(new, old).first_dose
    assert first is not None
    assert first.last.date().isoformat() == day_ago(9)


def test_a_contained_or_referenced_drug_is_read() -> None:
    """The drug may stand inside the order or beside it in the Bundle."""
    medication: Json = {"resourceType": "Medication", "id": "m1", "code": concept(APIXABAN_5)}
    order = resource("MedicationRequest", status="active", intent="order", authoredOn=day_ago(5))
    inside = order | {"contained": [medication], "medicationReference": {"reference": "#m1"}}
    beside = order | {"medicationReference": {"reference": "Medication/m1"}}
    assert treated(inside).status is PRESENT
    assert treated(beside, medication).status is PRESENT


def test_a_drug_reference_that_leads_nowhere_is_unknown() -> None:
    """A drug that cannot be looked up might be an anticoagulant."""
    lost = resource(
        "MedicationRequest",
        status="active",
        intent="order",
        medicationReference={"reference": "Medication/elsewhere"},
    )
    assert treated(lost).status is UNKNOWN
