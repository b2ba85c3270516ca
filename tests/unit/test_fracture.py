"""Fracture: rows F0 to F2 and what an injury code says (rulings 39 and 44)."""

import pytest

from tests.spec.fhir_json import RXNORM, Json, coding, concept, resource, snomed
from tests.spec.moments import day_ago
from tests.unit.record import PATIENT, advice, shown
from tests.unit.red_flag_record import concluded, listed, problem, told

TOPIC = "fracture"
TRAUMA, FRAGILITY, KNOWN = "fracture-trauma", "fracture-fragility", "fracture-known"
BUTTOCK = told("buttock_pain", side="R", onset=2)
PAIN = problem("M54.50", onset=2)
OSTEOPOROSIS = problem("M81.0", recorded=900)
FALL = problem("W01.0XXA")
SITES = "http://snomed.info/sct"


def state(*resources: Json, **more: object) -> str | None:
    """The state of the topic, None when it does not open."""
    return concluded(TOPIC, *resources, **more)


def prednisone(
    days: int, *, route: str = "26643006", code: str = "8640", status: str = "active"
) -> Json:
    """An order of an oral steroid, so many days old."""
    return resource(
        "MedicationRequest",
        status=status,
        intent="order",
        medicationCodeableConcept=concept(coding(RXNORM, code)),
        authoredOn=day_ago(days),
        dosageInstruction=[{"route": concept(snomed(route, ""))}],
    )


@pytest.mark.parametrize("code", ["W11.XXXA", "V43.52XA", "W13.0XXA", "X36.1XXA", "V89.2XXA"])
def test_major_trauma_with_back_pain_is_a_warning(code: str) -> None:
    """Row F1 and ruling 39: V00 to V99, W11 to W17 and X34 to X39 say major trauma."""
    advised = advice(PAIN, problem(code))
    assert shown(advised)[0] == TRAUMA
    assert advised.cards[0].indicator == "warning"


@pytest.mark.parametrize("pain", ["low_back_pain", "buttock_pain", "posterior_pelvic_pain"])
def test_our_own_code_says_major_trauma_too(pain: str) -> None:
    """Row F1: back or buttock pain of any age, but no other pain."""
    assert state(told(pain, onset=400), told("major_trauma")) == TRAUMA
    assert state(told("leg_pain", side="L"), told("major_trauma")) is None


@pytest.mark.parametrize("letter", "DGKPS")
def test_a_later_encounter_is_no_new_injury(letter: str) -> None:
    """Ruling 39: only 7th characters A, B and C, or none."""
    assert state(PAIN, problem(f"W11.XXX{letter}")) is None


@pytest.mark.parametrize(("days", "expected"), [(41, TRAUMA), (42, TRAUMA), (43, None)])
def test_an_injury_counts_for_forty_two_days(days: int, expected: str | None) -> None:
    """Trauma items are read for 42 days."""
    assert state(PAIN, problem("W11.XXXA", onset=days, recorded=days)) == expected


@pytest.mark.parametrize("code", ["W01.0XXA", "W18.30XA", "W19.XXXA", "S33.5XXA", "S39.012A"])
def test_a_fall_on_the_level_is_a_minor_trauma(code: str) -> None:
    """Ruling 39: W00 to W10, W18, W19, S30, S33 and S39 need a fragile bone."""
    assert state(PAIN, problem(code)) is None
    assert state(PAIN, problem(code), OSTEOPOROSIS) == FRAGILITY


@pytest.mark.parametrize("code", ["1912002", "217082002"])
def test_a_fall_by_its_snomed_code_is_a_minor_trauma(code: str) -> None:
    """Ruling 39: a fall does not say major."""
    assert state(PAIN, listed(code)) is None
    assert state(PAIN, listed(code), OSTEOPOROSIS) == FRAGILITY


@pytest.mark.parametrize(
    "event", ["minor_trauma", "sudden_onset", "sacral_tenderness", "cannot_weightbear"]
)
@pytest.mark.parametrize("risk", ["osteoporosis", "steroid_longterm", "pelvic_radiotherapy"])
def test_fragile_bone_with_an_event_is_a_warning(risk: str, event: str) -> None:
    """Row F2: bone risk, new pain and an event."""
    assert state(PAIN, told(risk, days=400)) is None
    assert state(PAIN, told(event)) is None
    advised = advice(PAIN, told(risk, days=400), told(event))
    assert shown(advised)[0] == FRAGILITY
    assert advised.cards[0].indicator == "warning"


@pytest.mark.parametrize(("onset", "expected"), [(41, FRAGILITY), (42, FRAGILITY), (43, None)])
def test_fragile_bone_needs_new_pain(onset: int, expected: str | None) -> None:
    """Row F2: pain of 42 days or less."""
    assert state(problem("M54.50", onset=onset), OSTEOPOROSIS, FALL) == expected


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ("1951-11-21", None),
        ("1951-11-20", FRAGILITY),
        ("1950-01-01", FRAGILITY),
        ("1951", FRAGILITY),
        ("1951-11", FRAGILITY),
        ("1952", None),
        (None, None),
    ],
)
def test_age_from_seventy_five_is_a_bone_risk(birth: str | None, expected: str | None) -> None:
    """Ruling 44: a partial birth date counts with the oldest possible age."""
    born = {"birthDate": birth} if birth else {}
    who = {"resourceType": "Patient", "id": PATIENT} | born
    assert state(PAIN, FALL, patient=who) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        pytest.param(prednisone(89), None, id="89 days"),
        pytest.param(prednisone(90), FRAGILITY, id="90 days"),
        pytest.param(prednisone(91), FRAGILITY, id="91 days"),
        pytest.param(prednisone(400, status="stopped"), None, id="stopped"),
        pytest.param(prednisone(400, route="6064005"), None, id="on the skin"),
        pytest.param(prednisone(400, code="5640"), None, id="ibuprofen"),
    ],
)
def test_a_steroid_order_of_three_months_is_long_term(order: Json, expected: str | None) -> None:
    """Bone risk: systemic steroid for 3 months or more, as far as the record carries it."""
    assert state(PAIN, FALL, order) == expected


def test_an_answer_on_steroids_overrules_the_order() -> None:
    """A clinician who recorded "no long-term steroid" has looked."""
    assert state(PAIN, FALL, prednisone(400), told("steroid_longterm", value=False)) is None


def test_a_steroid_code_counts_while_it_is_active() -> None:
    """Z79.52 is long-term current use; resolved it is history."""
    assert state(PAIN, FALL, problem("Z79.52", recorded=900)) == FRAGILITY
    assert state(PAIN, FALL, problem("Z79.52", recorded=900, clinical="resolved")) is None


@pytest.mark.parametrize("code", ["S32.020A", "S32.10XA", "M80.08XA", "M48.56XA"])
def test_a_coded_fracture_is_the_diagnosis(code: str) -> None:
    """Ruling 39: no fracture card once the fracture is coded."""
    fracture = problem(code, onset=30, recorded=30)
    assert state(PAIN, problem("W11.XXXA")) == TRAUMA
    assert state(PAIN, problem("W11.XXXA"), fracture) == KNOWN
    assert TRAUMA not in shown(advice(PAIN, problem("W11.XXXA"), fracture))


@pytest.mark.parametrize(("days", "expected"), [(89, KNOWN), (90, KNOWN), (91, None)])
def test_a_coded_fracture_counts_for_ninety_days(days: int, expected: str | None) -> None:
    """Ruling 39: recorded 90 days ago or less."""
    assert state(PAIN, problem("S32.020A", recorded=days)) == expected


def test_a_refuted_or_resolved_fracture_is_none() -> None:
    """Only a present fracture is the diagnosis."""
    assert state(PAIN, problem("S32.020A", verification="refuted")) is None
    assert state(PAIN, problem("S32.020A", clinical="resolved")) is None


@pytest.mark.parametrize(
    ("site", "expected"), [("39723000", KNOWN), (None, None), ("30021000", None)]
)
def test_a_stress_fracture_of_any_site_needs_a_pelvic_one(
    site: str | None, expected: str | None
) -> None:
    """Ruling 39: M84.x are any other site and need pelvis or sacrum as body site."""
    place = [concept(coding(SITES, site))] if site else None
    assert state(PAIN, problem("M84.38XA", bodySite=place)) == expected


def test_a_known_fracture_holds_the_joint_tests_with_one_line() -> None:
    """Ruling 39: the tests of the joint are held, and one line says why."""
    fracture = problem("S32.10XA", recorded=10)
    assert shown(advice(BUTTOCK)) == ["sij-examine"]
    advised = advice(BUTTOCK, fracture)
    assert shown(advised) == ["assessment-incomplete"]
    assert "fracture of spine or pelvis is on record" in advised.cards[0].summary
    beside = advice(BUTTOCK, fracture, told("radicular_pain", side="R", onset=5))
    assert shown(beside) == ["radiculopathy-examine"]
    assert "fracture of spine or pelvis is on record" in beside.cards[0].detail


@pytest.mark.parametrize("cause", [[problem("W11.XXXA")], [OSTEOPOROSIS, FALL]])
def test_a_suspected_fracture_holds_the_joint_tests_and_keeps_root_pain(cause: list[Json]) -> None:
    """The deferral matrix: provocation of a fractured pelvis waits, radiculopathy stays."""
    root = told("radicular_pain", side="R", onset=5)
    advised = advice(BUTTOCK, root, *cause)
    assert "radiculopathy-examine" in shown(advised)
    assert "sij-examine" not in shown(advised)
    assert "Deferred until the red flag is settled" in advised.cards[0].detail
