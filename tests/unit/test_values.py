"""Observation values in every form, read as present, absent or unknown."""

import pytest

from cds_service.clinical.fact import Status
from cds_service.facts.values import read_quantity, read_status
from cds_service.fhir.resources import CodeableConcept, Coding, Component, Quantity
from tests.unit.record import words

PRESENT, ABSENT, UNKNOWN = Status.PRESENT, Status.ABSENT, Status.UNKNOWN
SNOMED = "http://snomed.info/sct"
FLAGS = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


def coded(code: str, system: str = SNOMED) -> CodeableConcept:
    """A concept of one coding."""
    return CodeableConcept(coding=[Coding(system=system, code=code)])


def flagged(*codes: str) -> list[CodeableConcept]:
    """Interpretation flags."""
    return [coded(code, FLAGS) for code in codes]


@pytest.mark.parametrize(("value", "status"), [(True, PRESENT), (False, ABSENT)])
def test_a_boolean_is_an_answer(*, value: bool, status: Status) -> None:
    """True is present, false is absent."""
    assert read_status(Component(value_boolean=value), words()) is status


@pytest.mark.parametrize(
    ("code", "status"),
    [
        pytest.param("52101004", PRESENT, id="present"),
        pytest.param("10828004", PRESENT, id="positive"),
        pytest.param("373066001", PRESENT, id="yes"),
        pytest.param("410515003", PRESENT, id="known present"),
        pytest.param("255604002", PRESENT, id="mild"),
        pytest.param("6736007", PRESENT, id="moderate"),
        pytest.param("24484000", PRESENT, id="severe"),
        pytest.param("2667000", ABSENT, id="absent"),
        pytest.param("260385009", ABSENT, id="negative"),
        pytest.param("373067005", ABSENT, id="no"),
        pytest.param("410516002", ABSENT, id="known absent"),
        pytest.param("410594000", ABSENT, id="definitely not present"),
        pytest.param("261665006", UNKNOWN, id="unknown"),
        pytest.param("415684004", UNKNOWN, id="suspected"),
        pytest.param("7771000", UNKNOWN, id="a side is no answer"),
        pytest.param("999999999", UNKNOWN, id="a code outside the sets"),
    ],
)
def test_a_coded_answer_is_read_from_closed_sets(code: str, status: Status) -> None:
    """Only the qualifiers of the tables answer; anything else stays unknown."""
    component = Component(value_codeable_concept=coded(code))
    assert read_status(component, words()) is status


@pytest.mark.parametrize(
    ("flags", "status"),
    [
        (["POS"], PRESENT),
        (["A"], PRESENT),
        (["AA"], PRESENT),
        (["H"], PRESENT),
        (["HH"], PRESENT),
        (["pos"], PRESENT),
        (["NEG"], ABSENT),
        (["N"], ABSENT),
        (["IND"], UNKNOWN),
        (["L"], UNKNOWN),
        (["W"], UNKNOWN),
        ([], UNKNOWN),
    ],
)
def test_an_interpretation_answers_where_no_value_does(flags: list[str], status: Status) -> None:
    """POS, A, AA, H, HH are present, NEG and N absent, indeterminate is unknown."""
    assert read_status(Component(interpretation=flagged(*flags)), words()) is status


@pytest.mark.parametrize("flag", ["H", "A", "N", "POS", "NEG"])
def test_the_flag_of_a_measurement_is_no_answer(flag: str) -> None:
    """A number flagged high or normal is a number, not a finding."""
    number = Component(value_quantity=Quantity(value=41), interpretation=flagged(flag))
    integer = Component(value_integer=41, interpretation=flagged(flag))
    assert read_status(number, words()) is UNKNOWN
    assert read_status(integer, words()) is UNKNOWN


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("positive", PRESENT),
        ("Present", PRESENT),
        ("abnormal", PRESENT),
        ("YES", PRESENT),
        ("+", PRESENT),
        (" positive ", PRESENT),
        ("negative", ABSENT),
        ("absent", ABSENT),
        ("Normal", ABSENT),
        ("no", ABSENT),
        ("-", ABSENT),
        ("\N{MINUS SIGN}", ABSENT),
        ("not tested", UNKNOWN),
        ("unable", UNKNOWN),
        ("positive on the left", UNKNOWN),
        ("no pain", UNKNOWN),
        ("negative?", UNKNOWN),
        ("none", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_text_is_read_only_from_a_closed_list_of_exact_words(word: str, status: Status) -> None:
    """One exact word answers; any sentence is prose and stays unread."""
    assert read_status(Component(value_string=word), words()) is status


def test_a_code_without_any_value_was_merely_mentioned() -> None:
    """No value, no interpretation, no reason for absence: unknown, never positive."""
    assert read_status(Component(), words()) is UNKNOWN


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"value_boolean": True}, id="boolean"),
        pytest.param({"value_codeable_concept": coded("52101004")}, id="code"),
        pytest.param({"interpretation": flagged("POS")}, id="flag"),
        pytest.param({"value_string": "positive"}, id="word"),
    ],
)
def test_a_reason_for_absence_makes_any_answer_unknown(answer: dict[str, object]) -> None:
    """A test that was not performed has no result, whatever else stands there."""
    component = Component(data_absent_reason=coded("not-performed"), **answer)  # type: ignore[arg-type]  # any one of the value members
    assert read_status(component, words()) is UNKNOWN


def test_the_more_direct_value_wins() -> None:
    """Boolean before code before interpretation before word."""
    everything = Component(
        value_boolean=False,
        value_codeable_concept=coded("52101004"),
        interpretation=flagged("POS"),
        value_string="positive",
    )
    assert read_status(everything, words()) is ABSENT
    everything.value_boolean = None
    assert read_status(everything, words()) is PRESENT
    everything.value_codeable_concept = None
    everything.interpretation = flagged("NEG")
    assert read_status(everything, words()) is ABSENT
    everything.interpretation = []
    assert read_status(everything, words()) is PRESENT


def test_a_denial_in_the_code_is_absent() -> None:
    """A code that says `not pregnant` denies the finding it names."""
    component = Component(value_codeable_concept=coded("60001007"))
    assert read_status(component, words()) is ABSENT


def test_a_measurement_keeps_comparator_limit_and_flag() -> None:
    """What the laboratory says with a number is kept for the rules that need it."""
    component = Component(
        value_quantity=Quantity(value=620, comparator="<", unit="ng/mL FEU", code="ng/mL"),
        interpretation=flagged("H"),
    )
    read = read_quantity(component, "reader:d_dimer", words())
    assert read is not None
    assert (read.value, read.comparator, read.unit, read.code) == (620, "<", "ng/mL FEU", "ng/mL")
    assert read.flagged_high


@pytest.mark.parametrize(
    "component",
    [
        pytest.param(Component(), id="no quantity"),
        pytest.param(Component(value_quantity=Quantity(unit="cm")), id="no number"),
        pytest.param(
            Component(
                value_quantity=Quantity(value=40, unit="cm"), data_absent_reason=coded("error")
            ),
            id="a reason for absence",
        ),
    ],
)
def test_no_number_is_no_measurement(component: Component) -> None:
    """Without a usable number there is no quantity."""
    assert read_quantity(component, "calf_circumference", words()) is None


def measurement(
    finding: str, value: float, code: str | None = None, unit: str | None = None
) -> float | None:
    """What a number in a unit is read as, in the unit of the tables."""
    recorded = Component(value_quantity=Quantity(value=value, unit=unit or "", code=code or ""))
    read = read_quantity(recorded, finding, words())
    return None if read is None else round(read.value, 2)


SPO2, PRESSURE, CALF = "reader:vital_spo2", "reader:vital_sbp", "calf_circumference"
HEART, BREATHS, FEVER = (
    "reader:vital_heart_rate",
    "reader:vital_resp_rate",
    "reader:vital_temperature",
)


@pytest.mark.parametrize(
    ("finding", "value", "code", "expected"),
    [
        (FEVER, 38.5, "Cel", 38.5),
        (FEVER, 98.6, "[degF]", 37),
        (FEVER, 98.6, "Cel", None),
        (FEVER, 29.9, "Cel", None),
        (FEVER, 45, "Cel", 45),
        (FEVER, 45.1, "Cel", None),
        (FEVER, 38.5, "K", None),
        (FEVER, 38.5, None, None),
        (SPO2, 97, "%", 97),
        (SPO2, 0.97, "%", None),
        (SPO2, 1, "%", None),
        (SPO2, 49.9, "%", None),
        (SPO2, 50, "%", 50),
        (SPO2, 100.1, "%", None),
        (SPO2, 0.97, "1", None),
        (SPO2, 97, None, None),
        (PRESSURE, 85, "mm[Hg]", 85),
        (PRESSURE, 39.9, "mm[Hg]", None),
        (PRESSURE, 40, "mm[Hg]", 40),
        (PRESSURE, 300, "mm[Hg]", 300),
        (PRESSURE, 301, "mm[Hg]", None),
        (PRESSURE, 12, "kPa", None),
        (PRESSURE, 85, None, None),
        (HEART, 110, "/min", 110),
        (HEART, 110, None, None),
        (BREATHS, 24, "/min", 24),
        (BREATHS, 24, "/h", None),
        (CALF, 38, "cm", 38),
        (CALF, 380, "mm", 38),
        (CALF, 15, "[in_i]", 38.1),
        (CALF, 38, "m", None),
        (CALF, 38, None, None),
        (CALF, 14.9, "cm", None),
        (CALF, 15, "cm", 15),
        (CALF, 80, "cm", 80),
        (CALF, 80.1, "cm", None),
        ("pvr_ml", 300, "mL", 300),
        ("pvr_ml", 300, "dL", None),
        ("pvr_ml", 300, None, None),
        ("mrc", 3, None, 3),
        ("mrc", 3, "1", 3),
        ("mrc", 3, "{score}", 3),
        ("mrc", 3, "%", None),
        ("mrc", 5, "{score}", 5),
        ("mrc", 5.1, "{score}", None),
        ("abi", 0.8, None, 0.8),
        ("abi", 0.8, "1", 0.8),
        ("abi", 80, "%", None),
        ("abi", 3.1, None, None),
    ],
)
def test_a_number_is_read_in_a_unit_of_the_table_and_a_plausible_range(
    finding: str, value: float, code: str | None, expected: float | None
) -> None:
    """Ruling 6: another unit, a missing one or an impossible value is unknown."""
    assert measurement(finding, value, code) == expected


@pytest.mark.parametrize(
    ("code", "unit", "expected"),
    [
        pytest.param("[degF]", "C", 37, id="code"),
        pytest.param(None, "degF", 37, id="text without a code"),
        pytest.param("258712004", "degF", 37, id="text beside a code outside the table"),
        pytest.param(None, "warm", None, id="text outside the table"),
    ],
)
def test_the_code_of_a_unit_is_read_before_its_text(
    code: str | None, unit: str, expected: float | None
) -> None:
    """Ruling 6: the code first, the text where no known code stands."""
    assert measurement(FEVER, 98.6, code, unit) == expected
