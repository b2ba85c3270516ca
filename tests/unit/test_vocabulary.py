"""Units and plausible ranges of measurements (ruling 6), sides and sites of codes."""

import pytest

from cds_service.clinical.side import Side
from cds_service.facts.values import read_quantity
from cds_service.facts.vocabulary import as_list, side_of, sites_of
from cds_service.fhir.resources import CodeableConcept, Coding, Component, Quantity
from tests.unit.record import words

SNOMED = "http://snomed.info/sct"
SBP, HEART = "reader:vital_sbp", "reader:vital_heart_rate"
SPO2, BREATH = "reader:vital_spo2", "reader:vital_resp_rate"
CALF, RESIDUAL, MRC = "calf_circumference", "pvr_ml", "mrc"


def converted(finding: str, value: float, unit: str, code: str) -> float | None:
    """The number that the rules see, None when it is not trusted."""
    component = Component(value_quantity=Quantity(value=value, unit=unit, code=code))
    read = read_quantity(component, finding, words())
    return round(read.value, 6) if read else None


@pytest.mark.parametrize(
    ("finding", "value", "unit", "code", "expected"),
    [
        pytest.param(CALF, 40.9, "cm", "cm", 40.9, id="calf cm"),
        pytest.param(CALF, 409, "mm", "mm", 40.9, id="calf mm"),
        pytest.param(CALF, 15, "in", "[in_i]", 38.1, id="calf inches by UCUM code"),
        pytest.param(CALF, 15, "inches", "", 38.1, id="calf inches by text"),
        pytest.param(CALF, 40, "CM", "", 40, id="unit in capitals"),
        pytest.param(SPO2, 97, "%", "%", 97, id="saturation in percent"),
        pytest.param(SPO2, 93, "percent", "", 93, id="saturation in words"),
        pytest.param(SBP, 84, "mmHg", "mm[Hg]", 84, id="pressure by UCUM code"),
        pytest.param(SBP, 84, "mm Hg", "", 84, id="pressure by text with a blank"),
        pytest.param(HEART, 104, "beats/minute", "/min", 104, id="heart rate"),
        pytest.param(HEART, 104, "{beats}/min", "", 104, id="heart rate with annotation"),
        pytest.param(HEART, 104, "bpm", "", 104, id="heart rate as bpm"),
        pytest.param(BREATH, 24, "breaths/min", "", 24, id="respiratory rate"),
        pytest.param(RESIDUAL, 250, "mL", "mL", 250, id="residual volume in mL"),
        pytest.param(RESIDUAL, 0.25, "L", "L", 250, id="residual volume in L"),
        pytest.param(MRC, 3, "", "", 3, id="grade without unit"),
        pytest.param(MRC, 3, "{score}", "{score}", 3, id="grade as a score"),
        pytest.param(MRC, 3, "", "1", 3, id="grade as a pure number"),
    ],
)
def test_accepted_units_are_converted(
    finding: str, value: float, unit: str, code: str, expected: float
) -> None:
    """Every accepted spelling gives the same number in the canonical unit."""
    assert converted(finding, value, unit, code) == expected


@pytest.mark.parametrize(
    ("finding", "value", "unit", "code"),
    [
        pytest.param(SPO2, 0.97, "", "1", id="saturation as a fraction"),
        pytest.param(SPO2, 0.97, "%", "%", id="fraction called percent"),
        pytest.param(SPO2, 1, "%", "%", id="saturation of 1"),
        pytest.param(SPO2, 97, "", "", id="saturation without unit"),
        pytest.param(SPO2, 101, "%", "%", id="saturation above 100"),
        pytest.param(SPO2, 49, "%", "%", id="saturation below 50"),
        pytest.param(SBP, 11.2, "kPa", "kPa", id="pressure in kPa"),
        pytest.param(SBP, 84, "", "", id="pressure without unit"),
        pytest.param(SBP, 39, "mmHg", "mm[Hg]", id="pressure too low"),
        pytest.param(SBP, 301, "mmHg", "mm[Hg]", id="pressure too high"),
        pytest.param(HEART, 104, "", "", id="heart rate without unit"),
        pytest.param(HEART, 1.7, "Hz", "Hz", id="heart rate in Hz"),
        pytest.param(CALF, 40, "", "", id="calf without unit"),
        pytest.param(CALF, 40, "m", "m", id="calf in meters"),
        pytest.param(CALF, 14.9, "cm", "cm", id="calf too small"),
        pytest.param(CALF, 80.1, "cm", "cm", id="calf too large"),
        pytest.param(CALF, 4.0, "mm", "mm", id="calf too small in mm"),
        pytest.param(RESIDUAL, 250, "", "", id="residual volume without unit"),
        pytest.param(RESIDUAL, -1, "mL", "mL", id="negative volume"),
        pytest.param(MRC, 6, "", "", id="grade above 5"),
        pytest.param(MRC, -1, "", "", id="grade below 0"),
        pytest.param(MRC, 3, "kg", "kg", id="grade in kilograms"),
    ],
)
def test_other_units_and_implausible_values_are_unknown(
    finding: str, value: float, unit: str, code: str
) -> None:
    """Missing unit, foreign unit or implausible value: unknown, never a number."""
    assert converted(finding, value, unit, code) is None


@pytest.mark.parametrize(
    ("finding", "value", "unit"),
    [
        (SPO2, 50, "%"),
        (SPO2, 100, "%"),
        (SBP, 40, "mmHg"),
        (SBP, 300, "mmHg"),
        (CALF, 15, "cm"),
        (CALF, 80, "cm"),
        (MRC, 0, ""),
        (MRC, 5, ""),
    ],
)
def test_the_edges_of_the_plausible_range_count(finding: str, value: float, unit: str) -> None:
    """The documented limits themselves are plausible."""
    assert converted(finding, value, unit, "") == value


def test_the_unit_code_is_read_before_its_text() -> None:
    """A UCUM code decides; the text beside it is for people."""
    assert converted(CALF, 400, "size", "mm") == 40


@pytest.mark.parametrize("comparator", ["<", "<=", ">=", ">"])
def test_a_bound_stays_a_bound(comparator: str) -> None:
    """`SpO2 < 90` is not a value of 90: the comparator stays with it."""
    component = Component(value_quantity=Quantity(value=90, unit="%", comparator=comparator))
    read = read_quantity(component, SPO2, words())
    assert read is not None
    assert (read.value, read.comparator) == (90, comparator)


def concept(*codes: str) -> CodeableConcept:
    """A SNOMED CT concept."""
    return CodeableConcept(coding=[Coding(system=SNOMED, code=code) for code in codes])


@pytest.mark.parametrize(
    ("site", "code", "side"),
    [
        pytest.param(("61685007", "7771000"), "449614009", Side.LEFT, id="leg and left qualifier"),
        pytest.param(("61685007", "24028007"), "449614009", Side.RIGHT, id="right qualifier"),
        pytest.param(("61685007", "51440002"), "449614009", Side.BOTH, id="both qualifier"),
        pytest.param(("7771000", "24028007"), "449614009", Side.BOTH, id="left and right"),
        pytest.param(("61396006",), "449614009", Side.LEFT, id="sided body structure"),
        pytest.param(("61685007",), "762898005", Side.BOTH, id="bilateral code, unsided site"),
        pytest.param(("61396006",), "762898005", Side.LEFT, id="body site before code"),
        pytest.param(("61685007",), "449614009", Side.UNSPECIFIED, id="no side anywhere"),
        pytest.param((), "449614009", Side.UNSPECIFIED, id="nothing at all"),
    ],
)
def test_the_side_comes_from_the_body_site_then_from_the_code(
    site: tuple[str, ...], code: str, side: Side
) -> None:
    """Body site first, then the code's own side; otherwise unspecified, never bilateral."""
    meanings = words().meanings(concept(code))
    assert side_of(meanings, words().meanings(concept(*site))) is side


def test_all_sites_named_are_kept() -> None:
    """Several body structures of one concept all count as sites."""
    assert sites_of(words().meanings(concept("53840002", "72696002"))) == {"calf", "knee"}


def test_one_or_many_body_sites_are_read_alike() -> None:
    """FHIR gives Observation one body site and Condition a list."""
    site = concept("61685007")
    assert as_list(None) == []
    assert as_list(site) == [site]
    assert as_list([site]) == [site]
