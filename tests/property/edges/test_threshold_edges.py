"""Property 13: each threshold just below, equal and just above, at the value of the content."""

import pytest

from tests.property.edges.answer import concluded
from tests.property.edges.limits import PLACES, Place
from tests.property.edges.moved import MovedContent
from tests.property.edges.registry import Named, threshold_probes, thresholds

CONTENT, PROBES = thresholds(), threshold_probes()
PROBED = sorted(CONTENT.keys() & PROBES.keys(), key=str)
EDGES = [
    pytest.param(name, place, id=f"{name}-{place.name.lower()}")
    for name in PROBED
    for place in PLACES
    if PROBES[name].at(CONTENT[name].value, place)
]
MOVED = [
    pytest.param(name, end, id=f"{name}-to-{end:g}")
    for name in PROBED
    for end in dict.fromkeys(CONTENT[name].allowed)
    if end != CONTENT[name].value
]


def test_every_threshold_has_a_probe() -> None:
    """Property 13: no threshold of the content is left out, and no probe outlives its threshold."""
    assert sorted(str(name) for name in CONTENT.keys() - PROBES.keys()) == []
    assert sorted(str(name) for name in PROBES.keys() - CONTENT.keys()) == []


def test_every_probe_tells_its_sides_apart() -> None:
    """Property 13: a probe that expects the same everywhere would prove nothing."""
    assert [str(name) for name, probe in PROBES.items() if len(set(probe.expected)) == 1] == []


@pytest.mark.parametrize(("name", "place"), EDGES)
def test_a_threshold_divides_where_its_table_says(name: Named, place: Place) -> None:
    """Property 13: one step below, on and one step above the content's value."""
    probe = PROBES[name]
    level = probe.at(CONTENT[name].value, place)
    assert level
    assert concluded(probe.chart(level), probe.outcome) == probe.expects(place)


@pytest.mark.parametrize(("name", "end"), MOVED)
def test_a_threshold_moved_in_the_content_moves_the_logic(
    name: Named, end: float, moved_content: MovedContent
) -> None:
    """Property 13: at either end of its allowed range a value divides as it does as shipped."""
    probe = PROBES[name]
    content = moved_content.library(name.file, f"thresholds.{name.name}", "value", end)
    levels = {place: level for place in PLACES if (level := probe.at(end, place))}
    found = {
        place: concluded(probe.chart(level), probe.outcome, content)
        for place, level in levels.items()
    }
    assert found == {place: probe.expects(place) for place in levels}
