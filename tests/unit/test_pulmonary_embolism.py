"""Chest symptoms beside a leg complaint (table E and ruling 13)."""

from typing import Any

import pytest

from tests.spec.fhir_json import (
    ICD10CM,
    ICPC2,
    LOINC,
    SNOMED,
    Json,
    coding,
    concept,
    condition,
    icd,
    observation,
    own,
    quantity,
    resource,
    snomed,
)
from tests.spec.moments import ago, day_ago
from tests.unit.record import advice, shown, states

CALF_PAIN = observation(
    "exam", concept(own("calf_pain")), effectiveDateTime=ago(hours=1), valueBoolean=True
)
LEG_PAIN = condition(concept(icd("M79.605", "")), recordedDate=day_ago(0))
BOTH_LEGS = condition(concept(snomed("762898005", "")), recordedDate=day_ago(0))


def problem(code: str, days: int = 1, **more: Any) -> Json:
    """A problem recorded so many days ago."""
    return condition(concept(icd(code, "")), recordedDate=day_ago(days), **more)


def vital(code: str, value: float, *, hours: float = 1, status: str = "final") -> Json:
    """A vital sign in its usual unit."""
    unit = {"8480-6": "mm[Hg]", "8867-4": "/min", "9279-1": "/min", "59408-5": "%"}[code]
    return observation(
        "vital-signs",
        concept(coding(LOINC, code)),
        status=status,
        effectiveDateTime=ago(hours=hours),
        valueQuantity=quantity(value, unit, unit),
    )


PRESSURE, HEART, BREATH, SATURATION = "8480-6", "8867-4", "9279-1", "59408-5"
DYSPNEA, CHEST_PAIN = "R06.00", "R07.9"


def lung(*resources: Json) -> str | None:
    """The card of the lung, None where it stays silent."""
    return next((card for card in shown(advice(*resources)) if card.startswith("pe-")), None)


@pytest.mark.parametrize(
    ("resources", "card"),
    [
        pytest.param([CALF_PAIN, vital(PRESSURE, 89)], "pe-unstable", id="SBP 89"),
        pytest.param([CALF_PAIN, vital(PRESSURE, 90)], None, id="SBP 90"),
        pytest.param([CALF_PAIN, vital(PRESSURE, 80, hours=25)], None, id="old pressure"),
        pytest.param(
            [CALF_PAIN, vital(PRESSURE, 80, hours=3), vital(PRESSURE, 120)], None, id="newer normal"
        ),
        pytest.param(
            [CALF_PAIN, vital(PRESSURE, 80, status="preliminary")], "pe-unstable", id="preliminary"
        ),
        pytest.param([LEG_PAIN, vital(PRESSURE, 80)], None, id="weak trigger without symptom"),
        pytest.param(
            [LEG_PAIN, vital(PRESSURE, 80), problem(DYSPNEA)], "pe-unstable", id="weak with symptom"
        ),
        pytest.param([vital(PRESSURE, 80), problem(DYSPNEA)], None, id="no leg complaint"),
    ],
)
def test_low_pressure_beside_leg_signs(resources: list[Json], card: str | None) -> None:
    """E1: latest systolic pressure below 90 within 24 hours."""
    assert lung(*resources) == card


@pytest.mark.parametrize("code", ["R06.00", "R06.02", "R06.03", "R07.1", "R07.81", "R04.2", "R55"])
def test_new_chest_symptoms_beside_leg_signs(code: str) -> None:
    """E2: each symptom of ruling 13 suspects pulmonary embolism."""
    assert lung(CALF_PAIN, problem(code)) == "pe-suspected"


@pytest.mark.parametrize(("days", "card"), [(14, "pe-suspected"), (15, None)])
def test_a_symptom_is_new_for_14_days(days: int, card: str | None) -> None:
    """Ruling 13: onset at most 14 days ago."""
    assert lung(CALF_PAIN, problem(DYSPNEA, days)) == card


def test_an_old_symptom_recorded_again_is_not_new() -> None:
    """Ruling 13: an earlier record of the same family makes it old."""
    assert lung(CALF_PAIN, problem(DYSPNEA), problem(DYSPNEA, 400)) is None


@pytest.mark.parametrize("code", ["R07.89", "R07.9", "R06.09"])
@pytest.mark.parametrize(
    ("sign", "card"),
    [
        (vital(HEART, 101), "pe-suspected"),
        (vital(HEART, 100), None),
        (vital(SATURATION, 94), "pe-suspected"),
        (vital(SATURATION, 95), None),
        (vital(BREATH, 21), "pe-suspected"),
        (vital(BREATH, 20), None),
    ],
)
def test_unspecific_symptoms_need_abnormal_vital_signs(
    code: str, sign: Json, card: str | None
) -> None:
    """Ruling 13: they count only with HR over 100, SpO2 under 95 or RR over 20."""
    assert lung(CALF_PAIN, problem(code), sign) == card


@pytest.mark.parametrize(("value", "card"), [(89, "pe-suspected"), (90, None)])
def test_a_low_saturation_is_a_symptom(value: float, card: str | None) -> None:
    """SpO2 below 90 counts as a symptom, with its caveat printed."""
    advised = advice(CALF_PAIN, vital(SATURATION, value))
    assert lung(CALF_PAIN, vital(SATURATION, value)) == card
    if card:
        assert "saturation" in advised.cards[0].detail.lower()


def bound(comparator: str, value: float, code: str = SATURATION) -> Json:
    """A vital sign reported as a bound."""
    sign = vital(code, value)
    number = sign["valueQuantity"]
    assert isinstance(number, dict)
    return sign | {"valueQuantity": number | {"comparator": comparator}}


@pytest.mark.parametrize(
    ("sign", "card"),
    [
        pytest.param(bound("<", 90), "pe-suspected", id="saturation below 90"),
        pytest.param(bound("<=", 89), "pe-suspected", id="saturation at most 89"),
        pytest.param(bound("<", 96), None, id="below 96 may be 95"),
        pytest.param(bound(">", 85), None, id="above 85 may be 99"),
        pytest.param(bound("<", 90, PRESSURE), "pe-unstable", id="pressure below 90"),
        pytest.param(bound("<", 100, PRESSURE), None, id="pressure below 100 may be 95"),
        pytest.param(bound(">", 80, PRESSURE), None, id="pressure above 80 may be 120"),
    ],
)
def test_a_bound_decides_only_on_its_own_side(sign: Json, card: str | None) -> None:
    """`< 90` is surely below 90; a bound that leaves both open decides nothing."""
    assert lung(CALF_PAIN, sign) == card


@pytest.mark.parametrize(
    ("resources", "card"),
    [
        pytest.param([BOTH_LEGS, problem(DYSPNEA)], None, id="both legs"),
        pytest.param(
            [BOTH_LEGS, problem(DYSPNEA), vital(HEART, 110)], "pe-consider", id="both legs, fast"
        ),
        pytest.param([LEG_PAIN, problem(DYSPNEA)], None, id="leg pain"),
        pytest.param(
            [LEG_PAIN, problem(DYSPNEA), vital(HEART, 110)], "pe-consider", id="leg pain, fast"
        ),
    ],
)
def test_without_one_swollen_leg_it_is_only_considered(
    resources: list[Json], card: str | None
) -> None:
    """E6 and ruling 13: heart failure with swollen legs is no critical alarm."""
    assert lung(*resources) == card


@pytest.mark.parametrize(
    ("known", "card"),
    [
        pytest.param(problem("I26.99", 10), None, id="confirmed, 10 days"),
        pytest.param(problem("I26.99", 91), "pe-suspected", id="confirmed, 91 days"),
        pytest.param(
            problem("I26.99", 10, verification="provisional"), "pe-suspected", id="provisional"
        ),
        pytest.param(
            resource(
                "ServiceRequest",
                status="active",
                intent="order",
                code=concept(coding(LOINC, "72251-2")),
                authoredOn=ago(hours=5),
            ),
            None,
            id="CT ordered",
        ),
    ],
)
def test_a_known_embolism_is_not_suspected_again(known: Json, card: str | None) -> None:
    """E0: confirmed within 90 days, or CT angiography ordered within 24 hours."""
    assert lung(CALF_PAIN, problem(DYSPNEA), known) == card


def test_a_known_embolism_is_told_as_worked_up() -> None:
    """Ruling 13: row E0 stays silent and is named where someone asks why."""
    advised = advice(CALF_PAIN, problem(DYSPNEA), problem("I26.99", 10))
    assert states(advised)["pulmonary_embolism"] == "pe-worked-up"


def test_a_known_embolism_does_not_hide_instability() -> None:
    """Ruling 13: E1 still fires."""
    chart = (CALF_PAIN, problem(DYSPNEA), problem("I26.99", 10), vital(PRESSURE, 80))
    assert lung(*chart) == "pe-unstable"


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (SNOMED, "267036007"),
        (SNOMED, "161941007"),
        (SNOMED, "2237002"),
        (SNOMED, "66857006"),
        (SNOMED, "271594007"),
        (ICPC2, "R02"),
        (ICPC2, "R24"),
        (ICPC2, "A06"),
    ],
)
def test_chest_symptoms_of_other_code_systems(system: str, code: str) -> None:
    """Ruling 13: dyspnea, pleuritic pain, hemoptysis and syncope by SNOMED CT and ICPC-2."""
    symptom = condition(concept(coding(system, code)), recordedDate=day_ago(0))
    assert lung(CALF_PAIN, symptom) == "pe-suspected"


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (SNOMED, "29857009"),
        (SNOMED, "60845006"),
        (SNOMED, "49727002"),
        (SNOMED, "404640003"),
        (ICD10CM, "R00.0"),
    ],
)
def test_supporting_codes_need_abnormal_vital_signs(system: str, code: str) -> None:
    """Ruling 13: chest pain, exertional dyspnea, cough, dizziness and tachycardia only support."""
    symptom = condition(concept(coding(system, code)), recordedDate=day_ago(0))
    assert lung(CALF_PAIN, symptom) is None
    assert lung(CALF_PAIN, symptom, vital(HEART, 101)) == "pe-suspected"


@pytest.mark.parametrize("code", ["72251-2", "87848-8", "87849-6"])
@pytest.mark.parametrize(
    ("kind", "time", "limit"),
    [("ServiceRequest", "authoredOn", 24), ("DiagnosticReport", "effectiveDateTime", 72)],
)
def test_how_long_an_angiography_speaks_for_itself(
    code: str, kind: str, time: str, limit: int
) -> None:
    """Ruling 13: ordered within 24 hours or resulted within 72."""
    real = {"status": "active", "intent": "order"} if kind == "ServiceRequest" else {}
    angiography = resource(kind, **{"status": "final"} | real, code=concept(coding(LOINC, code)))
    for hours, card in ((limit, None), (limit + 1, "pe-suspected")):
        at = angiography | {time: ago(hours=hours)}
        assert lung(CALF_PAIN, problem(DYSPNEA), at) == card


def test_a_known_embolism_is_not_considered_again() -> None:
    """Ruling 13: E0 keeps E6 silent too."""
    chart = (LEG_PAIN, problem(DYSPNEA), vital(HEART, 110))
    assert lung(*chart) == "pe-consider"
    assert lung(*chart, problem("I26.99", 10)) is None


def test_heart_failure_with_unsided_edema_is_no_alarm() -> None:
    """Ruling 13: edema and dyspnea twice over, neither with a side, stay silent."""
    edema = condition(concept(snomed("267038008", "Edema")), recordedDate=day_ago(0))
    dyspnea = condition(concept(snomed("267036007", "Dyspnea")), recordedDate=day_ago(0))
    assert lung(edema, edema, dyspnea, dyspnea) is None
