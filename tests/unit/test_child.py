"""Children: rows K1 to K3 and what is left out below 16 years (gate row G2, ruling 44)."""

import pytest

from tests.spec.fhir_json import Json
from tests.unit.record import PATIENT, advice, shown, states
from tests.unit.red_flag_record import concluded, problem, temperature, told

TOPIC = "child"
FLAG, SILENT = "child-red-flag", "child-silent"
CHILD = {"resourceType": "Patient", "id": PATIENT, "birthDate": "2016-04-17"}
PAIN = told("buttock_pain", side="R", onset=3)


def state(*resources: Json, birth: str | None = "2016-04-17") -> str | None:
    """The state of the topic for somebody born then, None when it does not open."""
    born = {"birthDate": birth} if birth else {}
    who = {"resourceType": "Patient", "id": PATIENT} | born
    return concluded(TOPIC, *resources, patient=who)


@pytest.mark.parametrize(
    "flag",
    [
        told("night_pain"),
        told("fever"),
        temperature(38.0),
        told("weight_loss"),
        told("gait_disturbance", onset=5),
        told("spinal_tenderness"),
        told("motor_deficit", side="R"),
        told("sensory_deficit", side="R"),
        told("reflex_reduced", side="R"),
        told("umn_signs"),
    ],
    ids=lambda entry: entry["code"]["coding"][0]["code"],
)
def test_a_red_flag_is_a_warning(flag: Json) -> None:
    """Row K1: night pain, fever, weight loss, gait change, deficit, spinal tenderness."""
    advised = advice(PAIN, flag, patient=CHILD)
    card = next(card for card in advised.cards if card.id == FLAG)
    assert card.indicator == "warning"
    assert state(PAIN, flag) == FLAG


@pytest.mark.parametrize(
    "flag",
    [
        told("night_pain", value=False),
        temperature(37.9),
        told("gait_disturbance", onset=31),
        told("night_pain", days=91),
    ],
    ids=["denied", "no fever", "old gait", "old night pain"],
)
def test_what_is_denied_or_old_is_no_flag(flag: Json) -> None:
    """Row K3."""
    assert state(PAIN, flag) == SILENT


def test_an_old_deficit_is_no_flag() -> None:
    """A long-standing weakness is no new red flag."""
    weak, old = told("motor_deficit", side="R"), told("motor_longstanding_stable", side="R")
    assert state(PAIN, weak, old) == SILENT


@pytest.mark.parametrize(("onset", "expected"), [(27, SILENT), (28, FLAG), (29, FLAG)])
def test_four_weeks_of_pain_are_a_reason(onset: int, expected: str) -> None:
    """Row K2: four weeks or more."""
    assert state(problem("M54.50", onset=onset)) == expected


def test_the_earliest_record_tells_how_long() -> None:
    """Pain recorded four weeks ago and again today has lasted four weeks."""
    assert state(problem("M54.50"), problem("M54.50", recorded=28)) == FLAG


@pytest.mark.parametrize(
    "pain",
    ["low_back_pain", "buttock_pain", "posterior_pelvic_pain", "leg_pain", "radicular_pain"],
)
def test_a_child_in_pain_without_a_flag_is_silent(pain: str) -> None:
    """Row K3: no card, and the state says so."""
    advised = advice(told(pain, side="R", onset=3), patient=CHILD)
    assert shown(advised) == []
    assert states(advised)[TOPIC] == SILENT


def test_a_child_without_pain_does_not_open() -> None:
    """A red flag without pain is not this table's business."""
    assert state(told("night_pain")) is None


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ("2010-11-21", SILENT),
        ("2010-11-20", None),
        ("2010", SILENT),
        ("2009", None),
        (None, None),
    ],
)
def test_the_table_applies_below_sixteen(birth: str | None, expected: str | None) -> None:
    """Ruling 44: 16 and 17 are adults here; a partial birth date counts as the youngest age."""
    assert state(PAIN, birth=birth) == expected


def test_the_adult_tables_stay_closed_below_sixteen() -> None:
    """Gate row G2: no joint tests and no root table for a child, emergencies at any age."""
    root = told("radicular_pain", side="R", onset=3)
    opened = states(advice(PAIN, root, told("umn_signs"), patient=CHILD))
    assert not {"sij", "radiculopathy"} & set(opened)
    assert opened["gate"] == "child-tables-only"
    assert opened["spinal_metastasis"] == "cord-compression"


def test_the_card_names_the_flag() -> None:
    """The summary names the flag as found, not as a question."""
    summaries = {
        name: advice(PAIN, told(name, side=side), patient=CHILD).cards[0].summary
        for name, side in (("night_pain", None), ("reflex_reduced", "R"))
    }
    assert "night pain" in summaries["night_pain"]
    assert "reduced reflex" in summaries["reflex_reduced"]
    lasting = advice(problem("M54.50", onset=40), patient=CHILD).cards[0].summary
    assert "4 weeks or more" in lasting
