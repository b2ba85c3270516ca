"""FHIR resources read as facts: status, side, time, encounter, and what is left unread."""

from typing import Any

import pytest

from cds_service.clinical.fact import Facts, Statement, Status
from cds_service.clinical.side import Side
from tests.spec.fhir_json import (
    ENCOUNTER,
    HL7,
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
from tests.spec.moments import ago, day_ago
from tests.unit.record import ago as before
from tests.unit.record import day, patient, read, seen

PRESENT, ABSENT, UNKNOWN = Status.PRESENT, Status.ABSENT, Status.UNKNOWN
LEG = snomed("61685007", "Lower limb structure")
YES, NO = snomed("373066001", "Yes"), snomed("373067005", "No")
NOT_DONE = concept(coding(f"{HL7}/data-absent-reason", "not-performed"))
SLR = concept(own("slr"))


def exam(code: Json = SLR, **more: Any) -> Json:
    """An examination Observation of two hours ago."""
    return observation("exam", code, **{"effectiveDateTime": ago(hours=2)} | more)


def only(facts: Facts, finding: str) -> Statement:
    """The one statement of a finding."""
    (statement,) = (s for s in facts.statements if s.finding == finding)
    return statement


def told(*resources: Json, **more: Any) -> set[str]:
    """All findings that anything is said of."""
    return {statement.finding for statement in read(*resources, **more).statements}


@pytest.mark.parametrize(
    ("status", "read_at_all"),
    [
        ("final", True),
        ("amended", True),
        ("corrected", True),
        ("preliminary", True),
        ("registered", True),
        ("entered-in-error", False),
        ("cancelled", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_which_observations_exist(status: str, *, read_at_all: bool) -> None:
    """Retracted, cancelled and statusless Observations do not exist."""
    assert bool(told(exam(status=status, valueBoolean=True))) is read_at_all


@pytest.mark.parametrize("status", ["preliminary", "registered"])
def test_an_unfinished_observation_is_marked(status: str) -> None:
    """Preliminary entries serve emergencies only."""
    assert only(read(exam(status=status, valueBoolean=True)), "slr").preliminary


@pytest.mark.parametrize(("status", "answer"), [("preliminary", PRESENT), ("registered", UNKNOWN)])
def test_what_is_only_registered_has_no_result(status: str, answer: Status) -> None:
    """Ruling 27: preliminary is a first result; registered is none, whatever stands in it."""
    entry = only(read(exam(status=status, valueBoolean=True)), "slr")
    assert entry.status is answer
    number = exam(concept(own("pvr_ml")), status=status, valueQuantity=quantity(400, "mL", "mL"))
    assert (only(read(number), "pvr_ml").quantity is None) is (answer is UNKNOWN)


@pytest.mark.parametrize(
    ("verification", "status", "suspected"),
    [
        ("confirmed", PRESENT, False),
        (None, PRESENT, False),
        ("provisional", PRESENT, True),
        ("unconfirmed", PRESENT, True),
        ("differential", PRESENT, True),
        ("refuted", ABSENT, False),
    ],
)
def test_the_verification_of_a_condition(
    verification: str | None, status: Status, *, suspected: bool
) -> None:
    """Refuted is absent, provisional is suspected, missing counts as confirmed."""
    entry = condition(concept(own("calf_pain")), verification=verification, recordedDate=day_ago(1))
    statement = only(read(entry), "calf_pain")
    assert (statement.status, statement.suspected) == (status, suspected)


def test_a_condition_entered_in_error_does_not_exist() -> None:
    """Nothing is said by a mistake."""
    assert not told(condition(concept(own("calf_pain")), verification="entered-in-error"))


@pytest.mark.parametrize(
    ("clinical", "more", "current"),
    [
        ("active", {}, True),
        ("recurrence", {}, True),
        ("relapse", {}, True),
        ("inactive", {}, False),
        ("remission", {}, False),
        ("resolved", {}, False),
        (None, {}, None),
        (None, {"abatementDateTime": "2020-01-01"}, False),
        (None, {"abatementBoolean": True}, False),
        (None, {"abatementPeriod": {"end": "2020-01-01"}}, False),
        ("active", {"abatementDateTime": "2020-01-01"}, True),
    ],
)
def test_the_currency_of_a_condition(
    clinical: str | None, more: dict[str, Any], *, current: bool | None
) -> None:
    """The clinical status decides; without it the abatement; without either nothing is said."""
    entry = condition(concept(own("calf_pain")), clinical=clinical, recordedDate=day_ago(1), **more)
    assert only(read(entry), "calf_pain").current is current


@pytest.mark.parametrize("clinical", ["recurrence", "relapse"])
def test_a_recurrence_is_worse(clinical: str) -> None:
    """Ruling 28: recurrence and relapse mean worsening."""
    entry = condition(concept(own("calf_pain")), clinical=clinical, recordedDate=day_ago(1))
    assert only(read(entry), "calf_pain").worse


def test_a_stated_onset_is_told_from_an_assumed_one() -> None:
    """Onset before recorded date; without an onset the record assumes it."""
    stated = condition(concept(own("calf_pain")), onsetDateTime=day_ago(9), recordedDate=day_ago(2))
    assumed = condition(concept(own("leg_pain")), recordedDate=day_ago(2))
    period = condition(
        concept(own("buttock_pain")),
        onsetPeriod={"start": day_ago(9), "end": day_ago(5)},
        recordedDate=day_ago(2),
    )
    facts = read(stated, assumed, period)
    calf, leg, buttock = (only(facts, f"{place}_pain") for place in ("calf", "leg", "buttock"))
    assert (calf.onset, calf.noted, calf.onset_assumed) == (day(9), day(2), False)
    assert (leg.onset, leg.noted, leg.onset_assumed) == (day(2), day(2), True)
    assert (buttock.onset, buttock.onset_assumed) == (day(9), False)


def test_a_period_ends_for_windows_and_begins_for_onset() -> None:
    """Ruling 49."""
    during = exam(
        effectiveDateTime=None,
        effectivePeriod={"start": ago(hours=90), "end": ago(hours=5)},
        valueBoolean=True,
    )
    statement = only(read(during), "slr")
    assert statement.noted == before(hours=5)
    assert statement.onset == before(hours=90)


def test_the_time_of_issue_is_marked_as_such() -> None:
    """Without an effective time the issue time stands in, and says so."""
    issued = only(read(exam(effectiveDateTime=None, issued=ago(hours=1), valueBoolean=True)), "slr")
    assert issued.issued_only
    assert issued.noted == before(hours=1)


def test_what_is_dated_after_the_assessment_is_not_seen() -> None:
    """A fact of tomorrow is no fact of today."""
    assert not told(exam(effectiveDateTime=ago(days=-2), valueBoolean=True))


def test_every_component_is_read_by_the_same_rules() -> None:
    """One Observation may carry the whole examination; the parent overrides no component."""
    panel = exam(
        concept(own("sij_faber")),
        valueBoolean=True,
        component=[
            {"code": SLR, "valueBoolean": False},
            {"code": concept(own("sij_gaenslen")), "valueCodeableConcept": concept(YES)},
            {"code": concept(own("sij_distraction")), "dataAbsentReason": NOT_DONE},
            {"code": concept(own("sij_compression"))},
        ],
    )
    facts = read(panel)
    expected = {
        "sij_faber": PRESENT,
        "slr": ABSENT,
        "sij_gaenslen": PRESENT,
        "sij_distraction": UNKNOWN,
        "sij_compression": UNKNOWN,
    }
    assert {s.finding: s.status for s in facts.statements} == expected


def test_blood_pressure_is_read_from_its_component() -> None:
    """A panel code with systolic and diastolic components."""
    panel = observation(
        "vital-signs",
        concept(coding(LOINC, "85354-9")),
        effectiveDateTime=ago(hours=1),
        component=[
            {
                "code": concept(coding(LOINC, "8480-6")),
                "valueQuantity": quantity(84, "mmHg", "mm[Hg]"),
            }
        ],
    )
    statement = only(read(panel), "reader:vital_sbp")
    assert statement.quantity is not None
    assert statement.quantity.value == 84


@pytest.mark.parametrize(
    ("side", "expected"),
    [("L", Side.LEFT), ("R", Side.RIGHT), ("B", Side.BOTH), (None, Side.UNSPECIFIED)],
)
def test_the_side_of_an_observation(side: str | None, expected: Side) -> None:
    """The body site names it; a missing side is a state of its own."""
    entry = exam(valueBoolean=True, bodySite=body_site(LEG, side))
    assert only(read(entry), "slr").side is expected


def test_a_negated_value_of_an_asserting_code_is_absent() -> None:
    """`Calf pain: no` is absent, not present."""
    said = only(
        read(exam(concept(own("calf_pain")), valueCodeableConcept=concept(NO))), "calf_pain"
    )
    assert said.status is ABSENT


@pytest.mark.parametrize(
    "asking",
    [
        pytest.param(coding(LOINC, "10154-3"), id="chief complaint"),
        pytest.param(coding(f"{HL7}/v3-ActCode", "ASSERTION"), id="assertion"),
    ],
)
def test_the_value_names_the_finding_where_the_code_only_asks(asking: Json) -> None:
    """A chief complaint, or an assertion, carries its finding in the value."""
    entry = exam(concept(asking), valueCodeableConcept=concept(snomed("449614009", "Swelling")))
    assert only(read(entry), "leg_swelling").status is PRESENT


@pytest.mark.parametrize(("score", "status"), [(0, ABSENT), (6, PRESENT)])
def test_a_pain_score_at_a_body_site_is_that_complaint(score: int, status: Status) -> None:
    """0 denies pain there, anything more asserts it."""
    entry = observation(
        "survey",
        concept(coding(LOINC, "72514-3")),
        effectiveDateTime=ago(hours=1),
        valueQuantity=quantity(score, "{score}", "{score}"),
        bodySite=body_site(snomed("53840002", "Calf"), "L"),
    )
    assert only(read(entry), "calf_pain").status is status


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_the_reasons_of_a_retracted_visit_are_not_read(status: str) -> None:
    """A visit that did not happen has no reason."""
    visit = resource("Encounter", status=status, reasonCode=[concept(icd("M79.605", ""))])
    assert not told(visit)


def visit(**more: Any) -> Json:
    """A visit that began two hours ago."""
    return resource(
        "Encounter",
        id="v1",
        status="in-progress",
        period={"start": ago(hours=2)},
        **more,
    )


def test_coded_visit_reasons_are_complaints() -> None:
    """Encounter.reasonCode counts; the visit of the context names its own."""
    reasons = visit(reasonCode=[concept(icd("M79.605", ""))])
    assert not only(read(reasons), "leg_pain").named
    assert only(read(reasons, encounter="v1"), "leg_pain").named


@pytest.mark.parametrize(
    "naming",
    [
        pytest.param({"reasonReference": [{"reference": "Condition/c1"}]}, id="reason"),
        pytest.param(
            {"reasonReference": [{"reference": "https://ehr.example/fhir/Condition/c1"}]},
            id="absolute",
        ),
        pytest.param({"diagnosis": [{"condition": {"reference": "Condition/c1"}}]}, id="diagnosis"),
    ],
)
def test_the_current_visit_names_problems(naming: dict[str, Any]) -> None:
    """Reason references and diagnoses of the visit bring an old problem back."""
    old = condition(concept(own("calf_pain")), recordedDate=day_ago(400)) | {"id": "c1"}
    assert only(read(old, visit(**naming), encounter="v1"), "calf_pain").named
    assert not only(read(old, visit(**naming)), "calf_pain").named
    assert seen(old, visit(**naming), encounter="v1").present("calf_pain")


def test_a_diagnosis_recorded_in_the_visit_is_named_by_it() -> None:
    """Condition.encounter points to the visit of the context."""
    entry = condition(concept(own("calf_pain")), recordedDate=day_ago(400), visit=True)
    assert only(read(entry, encounter=ENCOUNTER), "calf_pain").named
    assert not only(read(entry, encounter="another"), "calf_pain").named


@pytest.mark.parametrize(
    ("entry", "count"),
    [
        pytest.param(
            condition(concept(text="Swollen left leg"), recordedDate=day_ago(1)), 1, id="problem"
        ),
        pytest.param(visit(reasonCode=[concept(text="Leg pain")]), 1, id="visit reason"),
        pytest.param(
            condition(concept(text="Swollen leg"), recordedDate=day_ago(100)), 0, id="old problem"
        ),
        pytest.param(
            condition(concept(text="Leg pain"), recordedDate=day_ago(-3)), 0, id="later problem"
        ),
        pytest.param(
            visit(reasonCode=[concept(text="Leg pain")]) | {"period": {"start": day_ago(-30)}},
            0,
            id="later visit",
        ),
        pytest.param(
            condition(concept(icd("Z00.0", ""), text="Leg pain"), recordedDate=day_ago(1)),
            0,
            id="coded",
        ),
        pytest.param(exam(concept(text="Calf swollen"), valueBoolean=True), 0, id="observation"),
    ],
)
def test_entries_without_a_code_are_counted_never_read(entry: Json, count: int) -> None:
    """Prose is no finding; recent complaints in words are counted as a gap, later ones unseen."""
    facts = read(entry)
    assert facts.text_only == count
    assert not facts.statements


@pytest.mark.parametrize("status", ["completed", "in-progress"])
def test_a_done_procedure_is_read(status: str) -> None:
    """Completed and running procedures happened."""
    fusion = procedure(concept(snomed("50172003", "Lumbar spinal fusion")), day_ago(900))
    assert "prior_lumbar_fusion" in told(fusion | {"status": status})


@pytest.mark.parametrize(
    ("more", "placed"),
    [
        ({}, True),
        ({"status": "completed"}, True),
        ({"status": "draft"}, False),
        ({"status": "revoked"}, False),
        ({"status": "on-hold"}, False),
        ({"status": "unknown"}, False),
        ({"intent": "proposal"}, False),
        ({"intent": "plan"}, False),
        ({"intent": "directive"}, False),
        ({"intent": "filler-order"}, True),
        ({"doNotPerform": True}, False),
    ],
)
def test_what_is_a_real_order(more: dict[str, Any], *, placed: bool) -> None:
    """Ruling 4: drafts, proposals, held and revoked orders, and orders not to do, never count."""
    given = {"status": "active", "intent": "order", "authoredOn": ago(hours=1)} | more
    order = resource("ServiceRequest", code=concept(coding(LOINC, "39432-0")), **given)
    (found,) = read(order).orders
    assert found.placed is placed


@pytest.mark.parametrize(
    ("code", "inpatient"),
    [
        ("IMP", True),
        ("ACUTE", True),
        ("NONAC", True),
        ("OBSENC", True),
        ("imp", True),
        ("AMB", False),
        ("EMER", False),
        ("", False),
    ],
)
def test_which_visits_are_inpatient(code: str, *, inpatient: bool) -> None:
    """Ruling 42: admitted and observation classes; unknown is not inpatient."""
    (found,) = read(visit(**{"class": coding(f"{HL7}/v3-ActCode", code)})).visits
    assert found.inpatient is inpatient


def test_a_visit_without_class_is_not_inpatient() -> None:
    """Unknown is not inpatient."""
    (found,) = read(visit()).visits
    assert not found.inpatient


@pytest.mark.parametrize(
    ("birth", "age"),
    [
        ("1966-04-17", 60),
        ("1966-11-20", 60),
        ("1966-11-21", 59),
        ("1966", 59),
        ("1966-11", 59),
        ("1966-04", 60),
        ("", None),
        ("unknown", None),
    ],
)
def test_a_partial_birth_date_gives_the_youngest_possible_age(birth: str, age: int | None) -> None:
    """Ruling 44: the youngest age never inflates an age-adjusted threshold."""
    facts = read(patient=patient(birthDate=birth))
    assert facts.person.age(facts.as_of) == age


@pytest.mark.parametrize(
    ("more", "deceased"),
    [
        ({"deceasedBoolean": True}, True),
        ({"deceasedDateTime": "2026-01-01"}, True),
        ({"deceasedBoolean": False}, False),
        ({}, False),
    ],
)
def test_who_is_deceased(more: dict[str, Any], *, deceased: bool) -> None:
    """A date of death, or the plain statement."""
    assert read(patient=patient(**more)).person.deceased is deceased


def test_a_provisional_dvt_is_a_suspicion() -> None:
    """It may trigger; it is never a known DVT."""
    entry = condition(
        concept(icd("I82.402", "")), verification="provisional", recordedDate=day_ago(1)
    )
    facts = read(entry)
    assert only(facts, "suspected_dvt").status is PRESENT
    assert only(facts, "current_dvt").suspected


def test_an_order_placed_for_a_dvt_is_a_suspicion() -> None:
    """The reason of a real order says what the clinician thinks; a draft's does not."""
    order = resource(
        "ServiceRequest",
        status="active",
        intent="order",
        code=concept(coding(LOINC, "39432-0")),
        authoredOn=ago(hours=1),
        reasonCode=[concept(icd("I82.402", ""))],
    )
    assert "suspected_dvt" in told(order)
    assert "suspected_dvt" not in told(order | {"status": "draft"})


@pytest.mark.parametrize(
    ("performer", "practitioner"),
    [
        ({"reference": "Practitioner/1"}, True),
        ({"reference": "https://ehr.example/fhir/PractitionerRole/1"}, True),
        ({"reference": "Patient/p1"}, False),
        ({"reference": "Organization/1"}, False),
        ({}, False),
    ],
)
def test_who_answered(performer: Json, *, practitioner: bool) -> None:
    """Only a practitioner's answer can be the Wells alternative item."""
    statement = only(read(exam(valueBoolean=True, performer=[performer])), "slr")
    assert statement.by_practitioner is practitioner


def test_an_answer_of_another_visit_is_told_apart() -> None:
    """The alternative item counts in this encounter only."""
    here = exam(valueBoolean=True, encounter={"reference": "Encounter/v1"})
    there = exam(valueBoolean=True, encounter={"reference": "Encounter/v9"})
    assert only(read(here, encounter="v1"), "slr").in_encounter
    assert only(read(there, encounter="v1"), "slr").other_encounter
    assert not only(read(exam(valueBoolean=True), encounter="v1"), "slr").other_encounter
