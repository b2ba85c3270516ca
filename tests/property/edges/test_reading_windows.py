"""Property 9: how long an entry of each finding counts after it was last recorded."""

from datetime import timedelta

import pytest

from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding, Unknown
from tests.property.edges.limits import DAY, PLACES, Place, Writing
from tests.property.entries import told
from tests.spec.fhir_json import concept, condition, icd
from tests.spec.moments import AS_OF
from tests.unit.record import library, read, seen

CONTENT = library().findings
LIMITED = {name: model.window_days for name, model in CONTENT.finding.items() if model.window_days}
LIFELONG = sorted(CONTENT.finding.keys() - LIMITED.keys())
EDGES = [
    pytest.param(name, days, place, id=f"{name}-{place.name.lower()}")
    for name, days in LIMITED.items()
    for place in PLACES
]


def counted(finding: str, past: timedelta, writing: Writing) -> Finding:
    """A finding recorded present so long ago."""
    return seen(told(finding, writing.text(AS_OF - past))).of(finding)


@pytest.mark.parametrize(("finding", "days", "place"), EDGES)
def test_an_entry_counts_to_the_end_of_its_window(finding: str, days: int, place: Place) -> None:
    """Property 9: in every offset, and as a date alone; a day later it is unknown, never absent."""
    past = timedelta(days=days + place.value)
    found = {writing: counted(finding, past, writing) for writing in Writing}
    expected = Status.UNKNOWN if place is Place.ABOVE else Status.PRESENT
    assert {writing: one.status for writing, one in found.items()} == dict.fromkeys(
        Writing, expected
    )
    reason = Unknown.OUTSIDE_WINDOW if place is Place.ABOVE else None
    assert {one.reason for one in found.values()} == {reason}


@pytest.mark.parametrize("finding", LIFELONG)
def test_an_entry_without_a_window_counts_for_life(finding: str) -> None:
    """Property 9: what has no window is present however long ago it was recorded."""
    assert counted(finding, timedelta(days=20_000), Writing.DATE).present


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("writing", Writing)
def test_a_complaint_without_a_code_is_counted_to_the_end_of_its_window(
    place: Place, writing: Writing
) -> None:
    """Property 9: prose is counted as a gap only while it could be the complaint of today."""
    past = (CONTENT.answers.text_only_days + place.value) * DAY
    prose = condition({"text": "leg hurts"}, recordedDate=writing.text(AS_OF - past))
    coded = condition(concept(icd("I10", "")), recordedDate=writing.text(AS_OF))
    assert read(prose, coded).text_only == (0 if place is Place.ABOVE else 1)
