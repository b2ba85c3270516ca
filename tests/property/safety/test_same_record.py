"""Properties 4 and 5: what is irrelevant, and how a record is ordered or delivered, is nothing."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.property.charts import FEW, MANY, Chart, advised, anyone, face, recorded
from tests.property.entries import told
from tests.spec.fhir_json import (
    LOINC,
    Json,
    coding,
    concept,
    condition,
    icd,
    observation,
    quantity,
    snomed,
)
from tests.spec.moments import ago, day_ago
from tests.unit.record import numbered, prefetch

SOMEBODY_ELSE: dict[str, Any] = {"subject": {"reference": "Patient/p2"}}
GLUCOSE = observation(
    "laboratory",
    concept(coding(LOINC, "2345-7", "Glucose")),
    effectiveDateTime=ago(hours=1),
    valueQuantity=quantity(5.4, "mmol/L", "mmol/L"),
)
ELSEWHERE: list[Json] = [
    GLUCOSE,
    condition(concept(icd("J06.9", "")), recordedDate=day_ago(1)),
    condition(concept(snomed("38341003", "Hypertension")), recordedDate=day_ago(9)),
    {"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/p1"}},
    {"resourceType": "Immunization", "patient": {"reference": "Patient/p1"}},
    {"resourceType": "Claim", "status": {"odd": True}},
    condition(concept(icd("I82.402", "")), recordedDate=day_ago(1)) | SOMEBODY_ELSE,
    told("saddle_sensory_change") | SOMEBODY_ELSE,
    told("saddle_sensory_change") | {"status": "cancelled"},
]
IRRELEVANT = st.lists(st.sampled_from(ELSEWHERE), min_size=1, max_size=6).map(
    lambda more: numbered(*(entry | {"id": f"x{n}"} for n, entry in enumerate(more)))
)


@MANY
@given(chart=anyone, more=IRRELEVANT)
def test_unrelated_entries_change_nothing(chart: Chart, more: Chart) -> None:
    """Property 4: other diseases, types and patients, and cancelled entries, leave every word."""
    assert face(advised([*chart, *more])) == face(advised(chart))


@MANY
@given(chart=anyone, order=st.randoms(use_true_random=False))
def test_the_order_of_entries_changes_nothing(chart: Chart, order: Any) -> None:
    """Property 5: shuffled, the same chart gives the same cards, word for word."""
    assert face(advised(order.sample(chart, len(chart)))) == face(advised(chart))


@FEW
@given(chart=anyone, twice=st.lists(st.integers(0, 9), max_size=5))
def test_entries_sent_twice_count_once(chart: Chart, twice: list[int]) -> None:
    """Property 5: duplicates under the same or under another key change nothing."""
    known = recorded(chart)
    repeated = [known[n % len(known)] for n in twice]
    page = prefetch(*repeated)["conditions"]
    assert face(advised([*chart, *repeated])) == face(advised(chart))
    assert face(advised(chart, exam=page)) == face(advised(chart))


@FEW
@given(chart=anyone, cut=st.integers(0, 9))
def test_a_record_in_two_pages_is_the_same_record(chart: Chart, cut: int) -> None:
    """Property 5: entries may come under one key or be split over two."""
    known = recorded(chart)
    person = [entry for entry in chart if entry not in known]
    one, other = known[:cut], known[cut:]
    page = prefetch(*other)["conditions"]
    assert face(advised([*person, *one], exam=page)) == face(advised(chart))
