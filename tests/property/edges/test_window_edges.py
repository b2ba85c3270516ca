"""Properties 9 and 13: each window one step inside, at its end and one step beyond."""

from datetime import timedelta

import pytest

from tests.property.edges.answer import concluded
from tests.property.edges.limits import PLACES, Place, Writing
from tests.property.edges.moved import MovedContent
from tests.property.edges.registry import Named, span, step, window_probes, windows

CONTENT, PROBES = windows(), window_probes()
PROBED = sorted(CONTENT.keys() & PROBES.keys(), key=str)
INSTANTS = [writing for writing in Writing if writing is not Writing.DATE]
EDGES = [
    pytest.param(name, place, writing, id=f"{name}-{place.name.lower()}-{writing}")
    for name in PROBED
    for writing in INSTANTS
    for place in PLACES
]
DATES = [
    pytest.param(name, place, id=f"{name}-{place.name.lower()}-date")
    for name in PROBED
    for place in PLACES
    if PROBES[name].last_date(span(CONTENT[name])) + place.value >= 0
]


def ends(name: Named) -> tuple[int, int]:
    """The two ends a window is moved to."""
    return PROBES[name].moved or CONTENT[name].allowed


MOVED = [
    pytest.param(name, end, id=f"{name}-to-{end}")
    for name in PROBED
    for end in dict.fromkeys(ends(name))
    if end not in (CONTENT[name].days, CONTENT[name].hours)
]


def test_every_window_has_a_probe() -> None:
    """Property 9: no window of the content is left out, and no probe outlives its window."""
    assert sorted(str(name) for name in CONTENT.keys() - PROBES.keys()) == []
    assert sorted(str(name) for name in PROBES.keys() - CONTENT.keys()) == []


def test_every_probe_tells_its_sides_apart() -> None:
    """Property 9: a probe that expects the same inside and outside would prove nothing."""
    assert [str(name) for name, probe in PROBES.items() if probe.inside == probe.outside] == []


@pytest.mark.parametrize(("name", "place", "writing"), EDGES)
def test_a_window_ends_where_its_table_says(name: Named, place: Place, writing: Writing) -> None:
    """Property 9: one step inside, at the end, one step beyond, in whatever offset it is told."""
    probe, window = PROBES[name], CONTENT[name]
    edge = probe.edge(span(window), place.value * step(window), writing)
    assert concluded(probe.chart(edge), probe.outcome) == probe.expects(place)


@pytest.mark.parametrize(("name", "place"), DATES)
def test_a_date_alone_is_compared_by_whole_days(name: Named, place: Place) -> None:
    """Property 9: the furthest date inside, the one before it and the one beyond."""
    probe = PROBES[name]
    days = probe.last_date(span(CONTENT[name])) + place.value
    edge = probe.edge_by_date(days)
    assert concluded(probe.chart(edge), probe.outcome) == probe.expects_by_date(place)


@pytest.mark.parametrize(("name", "end"), MOVED)
def test_a_window_moved_in_the_content_moves_the_logic(
    name: Named, end: int, moved_content: MovedContent
) -> None:
    """Property 9: at either end of its allowed range a window ends as it does as shipped."""
    probe, window = PROBES[name], CONTENT[name]
    key = "hours" if window.days is None else "days"
    content = moved_content.library(name.file, f"windows.{name.name}", key, end)
    found = {
        place: concluded(
            probe.chart(
                probe.edge(timedelta(**{key: end}), place.value * step(window), Writing.UTC)
            ),
            probe.outcome,
            content,
        )
        for place in PLACES
    }
    assert found == {place: probe.expects(place) for place in PLACES}
