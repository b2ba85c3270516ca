"""Spinal infection: rows I1 and I2, fever in either unit, and raised CRP or ESR (rulings 6, 28)."""

from typing import Any

import pytest

from tests.spec.fhir_json import (
    HL7,
    LOINC,
    Json,
    coding,
    concept,
    observation,
    quantity,
    resource,
)
from tests.spec.moments import ago
from tests.unit.record import advice, shown
from tests.unit.red_flag_record import (
    concluded,
    crp,
    grade,
    listed,
    problem,
    temperature,
    told,
)

TOPIC = "spinal_infection"
DEFICIT, INFECTION = "spinal-infection-deficit", "spinal-infection"
BACK = problem("M54.50", onset=9)
OLD_BACK = problem("M54.50", onset=1100)
FEVER = temperature(38.6, days=1)
RAISED = crp(80)


def state(*resources: Json) -> str | None:
    """The state of the topic, None when it does not open."""
    return concluded(TOPIC, *resources)


@pytest.mark.parametrize("pain", ["low_back_pain", "buttock_pain", "posterior_pelvic_pain"])
@pytest.mark.parametrize(
    "sign",
    [
        FEVER,
        told("fever"),
        problem("R50.9"),
        told("bacteraemia"),
        problem("R78.81"),
        listed("5758002"),
    ],
    ids=str,
)
def test_fever_or_bacteremia_with_new_pain_is_a_warning(pain: str, sign: Json) -> None:
    """Row I2."""
    advised = advice(told(pain, onset=9), sign)
    assert shown(advised)[0] == INFECTION
    assert advised.cards[0].indicator == "warning"


@pytest.mark.parametrize(
    "sign",
    [
        told("motor_deficit", side="L"),
        told("reflex_reduced", side="L"),
        told("sensory_deficit", side="R"),
        told("gait_disturbance"),
        told("umn_signs"),
        told("saddle_sensory_change"),
        told("anal_tone_reduced"),
        told("bladder_dysfunction"),
        told("bowel_dysfunction"),
        told("bilateral_leg_deficit"),
    ],
    ids=lambda entry: entry["code"]["coding"][0]["code"],
)
def test_any_deficit_makes_it_an_emergency(sign: Json) -> None:
    """Row I1."""
    advised = advice(BACK, FEVER, sign)
    assert DEFICIT in shown(advised)
    card = next(card for card in advised.cards if card.id == DEFICIT)
    assert card.indicator == "critical"


@pytest.mark.parametrize(
    "sign",
    [
        [told("motor_deficit", side="L"), told("motor_longstanding_stable", side="L")],
        [told("gait_disturbance", onset=31)],
        [problem("R32", onset=91)],
        [told("sensory_deficit", side="B"), told("symmetrical_distal_sensory")],
        [told("reflex_reduced", side="B"), told("reflex_symmetrical")],
    ],
    ids=["old weakness", "old gait", "old incontinence", "stocking loss", "even reflexes"],
)
def test_an_old_or_symmetrical_deficit_is_none(sign: list[Json]) -> None:
    """Old and symmetrical deficits have another cause: row I2."""
    assert state(BACK, FEVER, *sign) == INFECTION


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (37.9, "Cel", None),
        (38.0, "Cel", INFECTION),
        (38.1, "Cel", INFECTION),
        (98.6, "[degF]", None),
        (100.3, "[degF]", None),
        (100.4, "[degF]", INFECTION),
        (101.5, "[degF]", INFECTION),
        (101.5, "Cel", None),
        (38.6, "[degF]", None),
        (38.6, None, None),
        (101.5, None, None),
        (45.0, "Cel", INFECTION),
        (45.1, "Cel", None),
        (38.6, "K", None),
    ],
)
def test_temperature_needs_a_unit_and_a_plausible_value(
    value: float, unit: str | None, expected: str | None
) -> None:
    """Ruling 6: Cel or [degF], 30 to 45 degrees; 98.6 [degF] is no fever; no unit is unknown."""
    assert state(BACK, temperature(value, unit)) == expected


@pytest.mark.parametrize(("days", "expected"), [(13, INFECTION), (13.9, INFECTION), (14.1, None)])
def test_a_temperature_counts_for_fourteen_days(days: float, expected: str | None) -> None:
    """Fever is read for 14 days."""
    assert state(BACK, temperature(38.6, days=days)) == expected


def test_the_highest_temperature_of_the_window_counts() -> None:
    """A normal temperature today does not take back the fever of last week."""
    assert state(BACK, temperature(38.6, days=6), temperature(36.8)) == INFECTION
    assert state(BACK, temperature(38.6, days=6), told("fever", value=False)) == INFECTION


@pytest.mark.parametrize(
    ("comparator", "expected"), [(">", INFECTION), (">=", INFECTION), ("<", None), ("<=", None)]
)
def test_a_bound_counts_only_upwards(comparator: str, expected: str | None) -> None:
    """Above 38.5 is fever; below 38.5 says nothing."""
    reading = temperature(38.5)
    reading["valueQuantity"] = quantity(38.5, "Cel", "Cel") | {"comparator": comparator}
    assert state(BACK, reading) == expected


def test_a_preliminary_temperature_counts() -> None:
    """Ruling 27: preliminary is present for red flags."""
    assert state(BACK, temperature(38.6, status="preliminary")) == INFECTION


@pytest.mark.parametrize(
    "risk",
    ["ivdu", "immunosuppression", "recent_spinal_procedure", "night_pain", "unremitting_pain"],
)
def test_a_raised_crp_needs_a_risk_or_pain_at_rest(risk: str) -> None:
    """Row I2: raised CRP or ESR alone is not enough, nor is a risk alone."""
    assert state(BACK, RAISED) is None
    assert state(BACK, told(risk)) is None
    assert state(BACK, RAISED, told(risk)) == INFECTION
    assert state(BACK, told("esr_raised"), told(risk)) == INFECTION


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        pytest.param(crp(5.0), None, id="at the limit"),
        pytest.param(crp(5.1), INFECTION, id="above the limit"),
        pytest.param(crp(80, high=None), None, id="no limit given"),
        pytest.param(crp(80, high=100), None, id="below this lab's limit"),
        pytest.param(
            crp(80, high=None, interpretation=[concept(coding("", "H"))]), INFECTION, id="flag H"
        ),
        pytest.param(
            crp(80, high=None, interpretation=[concept(coding("", "HH"))]), INFECTION, id="flag HH"
        ),
        pytest.param(
            crp(80, high=100, interpretation=[concept(coding("", "H"))]), INFECTION, id="both"
        ),
        pytest.param(crp(80, days=29), INFECTION, id="29 days"),
        pytest.param(crp(80, days=31), None, id="31 days"),
        pytest.param(crp(80, status="preliminary"), None, id="preliminary"),
    ],
)
def test_crp_is_judged_by_the_laboratory(result: Json, expected: str | None) -> None:
    """Above the lab's own upper limit or flagged; without a range it is unknown."""
    assert state(BACK, result, told("ivdu")) == expected


def test_the_newest_crp_counts() -> None:
    """A normal result after a raised one."""
    assert state(BACK, crp(80, days=20), crp(2, days=1), told("ivdu")) is None
    assert state(BACK, crp(2, days=20), crp(80, days=1), told("ivdu")) == INFECTION


def test_a_sedimentation_rate_is_read_too() -> None:
    """ESR by its LOINC code against its own limit."""
    esr = observation(
        "laboratory",
        concept(coding(LOINC, "30341-2", "ESR")),
        effectiveDateTime=ago(days=1),
        valueQuantity=quantity(90, "mm/h", "mm/h"),
        referenceRange=[{"high": {"value": 20, "unit": "mm/h"}}],
    )
    assert state(BACK, esr, told("ivdu")) == INFECTION


def test_an_answer_overrules_the_laboratory_value() -> None:
    """A clinician who recorded "CRP not raised" has judged it."""
    assert state(BACK, RAISED, told("crp_raised", value=False), told("ivdu")) is None


@pytest.mark.parametrize("disease", ["inflammatory_disease", "axspa_known"])
def test_an_inflammatory_disease_explains_a_raised_crp_but_no_fever(disease: str) -> None:
    """Row I1: raised CRP or ESR counts unexplained only."""
    assert state(BACK, RAISED, told("ivdu"), told(disease)) is None
    assert state(BACK, FEVER, told(disease)) == INFECTION


@pytest.mark.parametrize(("onset", "expected"), [(89, INFECTION), (90, INFECTION), (91, None)])
def test_pain_is_new_for_ninety_days(onset: int, expected: str | None) -> None:
    """New means 90 days or less."""
    assert state(problem("M54.50", onset=onset), FEVER) == expected


def test_pain_without_any_date_is_new_when_the_visit_names_it() -> None:
    """Row I2: undated pain may be new, but only the visit makes it current."""
    undated = {"id": "pain"} | problem("M54.50", recorded=None)
    visit = resource(
        "Encounter",
        id="now",
        status="in-progress",
        reasonReference=[{"reference": "Condition/pain"}],
        **{"class": coding(f"{HL7}/v3-ActCode", "AMB")},
    )
    assert state(undated, FEVER) is None
    assert concluded(TOPIC, undated, FEVER, visit, encounter="now") == INFECTION


def test_pain_without_an_onset_is_new_unless_recorded_before() -> None:
    """Undated counts as new; an older record of the same pain dates it."""
    assert state(problem("M54.50"), FEVER) == INFECTION
    assert state(problem("M54.50"), problem("M54.50", recorded=400), FEVER) is None


@pytest.mark.parametrize(
    "worse",
    [
        told("worsening_14d"),
        told("low_back_pain", onset=1100)
        | {
            "interpretation": [
                concept(coding("http://hl7.org/fhir/v3/ObservationInterpretation", "W"))
            ]
        },
        problem("M54.50", onset=1100, clinical="recurrence"),
        problem("M54.50", onset=1100, clinical="relapse"),
    ],
    ids=["answered", "interpretation", "recurrence", "relapse"],
)
def test_worsening_reopens_the_table(worse: dict[str, Any]) -> None:
    """Ruling 28: worsening has a carrier of its own, and old pain that gets worse counts."""
    assert state(OLD_BACK, FEVER) is None
    assert state(OLD_BACK, FEVER, worse) == INFECTION


def test_pain_without_any_date_may_be_new() -> None:
    """Row I2 speaks of new or undated pain: here the current visit names it, and no more."""
    undated = problem("M54.50", recorded=None, visit=True)
    assert shown(advice(undated, FEVER, encounter="visit-1")) == [INFECTION]


def test_leg_pain_alone_does_not_open_the_table() -> None:
    """Fever with leg pain is the business of other tables."""
    assert state(told("leg_pain", side="L"), FEVER) is None


def unknown(*resources: Json) -> list[str]:
    """The names listed as not known on the first card."""
    _, _, rest = advice(*resources).cards[0].detail.partition("**Not known**\n\n")
    return [line[2:].partition(":")[0] for line in rest.split("\n\n")[0].splitlines()]


@pytest.mark.parametrize(
    ("recorded", "name"),
    [
        pytest.param([temperature(36.8)], "fever", id="temperature normal"),
        pytest.param([RAISED], "CRP above the lab's limit", id="CRP measured"),
        pytest.param([told("motor_deficit", value=False)], "power", id="power denied"),
        pytest.param([grade(5, side="L"), grade(5, side="R")], "power", id="both legs graded"),
    ],
)
def test_what_was_measured_or_examined_is_not_listed_as_unknown(
    recorded: list[Json], name: str
) -> None:
    """The list comes from the same readings as the verdict: a card never contradicts itself."""
    chart = (BACK, told("bacteraemia"))
    assert name in unknown(*chart)
    assert name not in unknown(*chart, *recorded)


def test_the_cards_name_the_signs() -> None:
    """The summary says what points to an infection, and what is missing is listed."""
    card = advice(BACK, RAISED, told("ivdu")).cards[0]
    assert "CRP above the lab" in card.summary
    assert "ESR above the lab" in card.detail
