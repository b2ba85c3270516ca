"""Property 7: an equivalent unit says the same, an unknown one is unknown and no number."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.fhir.resources import Quantity
from tests.property.charts import MANY, Chart, advised, anyone, outline
from tests.property.edges.answer import concluded
from tests.property.edges.limits import PLACES, Place
from tests.property.edges.probe import state
from tests.property.edges.registry import Named, threshold_probes, thresholds
from tests.property.entries import measured as measurement
from tests.property.entries import told
from tests.spec.fhir_json import LOINC, UCUM, Json, coding, concept
from tests.unit.record import library, words

Convert = Callable[[float], float]


def times(factor: float) -> Convert:
    """A proportional unit; more digits than any device states are cut."""
    return lambda value: round(value * factor, 9)


# UCUM: the same quantity in other units, by the unit it is recorded in.
EQUIVALENT: Mapping[str, tuple[tuple[str, Convert], ...]] = {
    "cm": (("mm", times(10)), ("[in_i]", times(1 / 2.54))),
    "mL": (("L", times(1 / 1000)),),
    "Cel": (("[degF]", lambda value: round(value * 9 / 5 + 32, 9)),),
    "ng/mL FEU": (
        ("ug/L FEU", times(1)),
        ("ug/mL{FEU}", times(1 / 1000)),
        ("mg/L FEU", times(1 / 1000)),
    ),
    "ng/mL DDU": (("ug/L DDU", times(1)), ("mg/L{DDU}", times(1 / 1000))),
    "/min": (("1/min", times(1)),),
    "{score}": (("1", times(1)),),
}
UNKNOWN_UNITS = ("[stone_av]", "furlong", "mol", "dB", "?")
# Compared with the limit that the laboratory gives in the same unit, whatever that unit is.
C_REACTIVE_PROTEIN = concept(coding(LOINC, "1988-5"))

CONTENT, PROBES = thresholds(), threshold_probes()


def spelled(quantity: Mapping[str, Any]) -> str:
    """The unit a quantity is recorded in."""
    return str(quantity.get("code") or quantity.get("unit") or "")


def measured(entry: Mapping[str, Any]) -> str:
    """The unit of a measurement, empty where nothing was measured in one."""
    return spelled(entry["valueQuantity"]) if "valueQuantity" in entry else ""


def converted(entry: Any, choice: int) -> Any:
    """The same entry with its quantity in one of the equivalent units."""
    units = EQUIVALENT.get(measured(entry), ())
    if not units:
        return entry
    unit, convert = units[choice % len(units)]
    value = convert(entry["valueQuantity"]["value"])
    basis = "DU" in unit or "EU" in unit
    coded = {} if basis else {"system": UCUM, "code": unit}
    return entry | {"valueQuantity": {"value": value, "unit": unit} | coded}


MEASURED = [
    pytest.param(name, place, id=f"{name}-{place.name.lower()}")
    for name, probe in sorted(PROBES.items(), key=str)
    for place in PLACES
    if (level := probe.at(CONTENT[name].value, place))
    and any(measured(entry) in EQUIVALENT for entry in probe.chart(level))
]


@pytest.mark.parametrize("choice", range(3))
@pytest.mark.parametrize(("name", "place"), MEASURED)
def test_a_threshold_divides_alike_in_every_unit(name: Named, place: Place, choice: int) -> None:
    """Property 7: just below, on and just above each threshold, told in another unit."""
    probe = PROBES[name]
    level = probe.at(CONTENT[name].value, place)
    assert level
    chart = [converted(entry, choice) for entry in probe.chart(level)]
    assert concluded(chart, probe.outcome) == probe.expects(place)


@MANY
@given(chart=anyone, choices=st.lists(st.integers(0, 2), min_size=1, max_size=9))
def test_an_equivalent_unit_changes_nothing(chart: Chart, choices: list[int]) -> None:
    """Property 7: every quantity of a chart converted, the conclusions are the same."""
    others = [converted(entry, choices[n % len(choices)]) for n, entry in enumerate(chart)]
    assert outline(advised(others)) == outline(advised(chart))


def spoiled(entry: Any, unit: str | None) -> Any:
    """The same entry with its number in an unknown unit, or without it."""
    if "valueQuantity" not in entry or entry["code"] == C_REACTIVE_PROTEIN:
        return entry
    if unit is not None:
        return entry | {"valueQuantity": {"value": entry["valueQuantity"]["value"], "unit": unit}}
    bare = {key: value for key, value in entry.items() if key != "valueQuantity"}
    return bare | {"dataAbsentReason": {"text": "unknown"}}


@MANY
@given(chart=anyone, unit=st.sampled_from(UNKNOWN_UNITS))
def test_an_unknown_unit_is_no_number(chart: Chart, unit: str) -> None:
    """Property 7: a value in an unknown unit is the same as a value that is missing."""
    odd, missing = ([spoiled(entry, u) for entry in chart] for u in (unit, None))
    assert outline(advised(odd)) == outline(advised(missing))


BOUNDS = [
    pytest.param(name, bound, outwards, id=f"{name}-{bound:g}")
    for name, unit in library().units.items()
    for bound, outwards in zip(unit.plausible, (-1, 1), strict=True)
]


@pytest.mark.parametrize(("name", "bound", "outwards"), BOUNDS)
def test_what_nobody_can_measure_is_no_number(name: str, bound: float, outwards: int) -> None:
    """Property 7: a value beyond the plausible range is unknown, as a wrong unit makes it."""
    unit = words().units[name]
    spelling = next(iter(unit.factors))

    def read(value: float) -> bool:
        return unit.convert(Quantity(value=value, unit=spelling)) is not None

    assert read(bound - outwards * 0.1)
    assert read(bound)
    assert not read(bound + outwards * 0.1)


def crp(value: float, unit: str, limit: str) -> Json:
    """A C-reactive protein with the laboratory's limit of 5 in a unit of its own."""
    told_in = {"valueQuantity": {"value": value, "unit": unit}}
    return (
        measurement("1988-5", value)
        | told_in
        | {"referenceRange": [{"high": {"value": 5, "unit": limit}}]}
    )


@pytest.mark.parametrize(
    ("value", "unit", "limit", "expected"),
    [
        pytest.param(6, "mg/L", "mg/L", "spinal-infection", id="the same unit"),
        pytest.param(6, "mg/L", "", "spinal-infection", id="a limit without unit"),
        pytest.param(0.6, "mg/dL", "mg/L", None, id="too small for another unit"),
        pytest.param(6, "mg/dL", "mg/L", None, id="large in another unit"),
    ],
)
def test_a_limit_in_another_unit_is_no_limit(
    value: float, unit: str, limit: str, expected: str | None
) -> None:
    """Property 7: numbers of two units are never compared; the result is then unknown."""
    chart = [told("low_back_pain"), told("ivdu"), crp(value, unit, limit)]
    assert concluded(chart, state("spinal_infection")) == expected
