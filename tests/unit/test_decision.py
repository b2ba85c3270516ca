"""Each cell of the prefetch decision table."""

import pytest

from cds_service.clinical.fact import Outcome
from cds_service.fhir.decision import Delivered, Step, next_step, outcome_of

# What was seen, what to do with access to a FHIR server and without, and what stays without.
TABLE = [
    (Delivered.ABSENT, Step.FETCH, Step.GAP, Outcome.NOT_ASKED),
    (Delivered.NULL, Step.NOTHING, Step.NOTHING, Outcome.COMPLETE),
    (Delivered.EMPTY, Step.NOTHING, Step.NOTHING, Outcome.COMPLETE),
    (Delivered.KNOWN, Step.NOTHING, Step.NOTHING, Outcome.COMPLETE),
    (Delivered.PAGED, Step.FOLLOW, Step.GAP, Outcome.PARTIAL),
    (Delivered.FLAWED, Step.GAP, Step.GAP, Outcome.PARTIAL),
    (Delivered.FAILED, Step.GAP, Step.GAP, Outcome.FAILED),
    (Delivered.UNUSABLE, Step.FETCH, Step.GAP, Outcome.NOT_ASKED),
]
IDS = [row[0].name.lower() for row in TABLE]


@pytest.mark.requirement(
    "PREF-12", "PREF-13", "PREF-14", "PREF-15", "PREF-16", "PREF-17", "PREF-23"
)
@pytest.mark.parametrize(("value", "with_access", "without", "outcome"), TABLE, ids=IDS)
def test_the_cells_of_the_table(
    value: Delivered, with_access: Step, without: Step, outcome: Outcome
) -> None:
    """What is missing is fetched, pages are followed, a failed query is not repeated."""
    assert next_step(value, access=True) is with_access
    assert next_step(value, access=False) is without
    assert outcome_of(value) is outcome


def test_the_table_is_whole() -> None:
    """No value is left without a row."""
    assert {row[0] for row in TABLE} == set(Delivered)
