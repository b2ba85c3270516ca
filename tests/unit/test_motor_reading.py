"""Power, recorded as an answer or as an MRC grade: the newer one counts, safety first on a tie."""

import pytest

from cds_service.clinical.fact import Quantity, Status
from cds_service.clinical.finding import Unknown
from cds_service.clinical.side import Side
from cds_service.clinical.spine.deficits import bilateral_leg_deficit, motor
from tests.unit.record import ago, found, measured, rules, said

LEFT = Side.LEFT
RULES = rules("radiculopathy")
PRESENT, ABSENT = Status.PRESENT, Status.ABSENT


@pytest.mark.parametrize(
    ("grade", "graded_days", "answer", "answered_days", "expected"),
    [
        (5, 1, PRESENT, 2, ABSENT),
        (5, 2, PRESENT, 1, PRESENT),
        (4, 1, ABSENT, 2, PRESENT),
        (4, 2, ABSENT, 1, ABSENT),
        (4, 1, ABSENT, 1, PRESENT),
        (5, 1, PRESENT, 1, PRESENT),
    ],
)
def test_the_newer_of_grade_and_answer_counts(
    grade: int, graded_days: int, answer: Status, answered_days: int, expected: Status
) -> None:
    """Contradictions: the latest wins; at one instant the deficit does."""
    findings = found(
        measured("mrc", grade, when=ago(graded_days), side=LEFT),
        said("motor_deficit", answer, when=ago(answered_days), side=LEFT),
    )
    assert motor(findings, RULES, LEFT).status is expected


@pytest.mark.parametrize(("grade", "expected"), [(3, PRESENT), (5, ABSENT)])
def test_an_answer_without_a_date_is_overruled_by_a_deficit_only(
    grade: int, expected: Status
) -> None:
    """Without a date nobody knows which came last: a graded deficit holds."""
    undated = said("motor_deficit", ABSENT, when=None, side=LEFT, named=True)
    findings = found(measured("mrc", grade, side=LEFT), undated)
    assert motor(findings, RULES, LEFT).status is expected


def test_a_deficit_of_both_legs_may_be_recorded_as_such() -> None:
    """An explicit entry needs no derivation."""
    entry = said("bilateral_leg_deficit", when=ago(1))
    assert bilateral_leg_deficit(found(entry), RULES).evidence == (entry,)


def test_a_measurement_in_an_odd_unit_says_so() -> None:
    """A number that could not be converted is not 'not recorded'."""
    entry = said("calf_circumference", Status.UNKNOWN, when=ago(1), unit_refused=True, side=LEFT)
    assert found(entry).gap("calf_circumference", LEFT).reason is Unknown.UNIT_NOT_READABLE


def test_a_dated_answer_comes_before_an_undated_entry() -> None:
    """A problem-list entry without any date does not overrule today's answer."""
    undated = said("saddle_sensory_change", when=None, source="Condition/1")
    today = said("saddle_sensory_change", ABSENT, when=ago(hours=1))
    assert found(undated).present("saddle_sensory_change")
    assert found(undated, today).of("saddle_sensory_change").absent


@pytest.mark.parametrize(
    ("preliminary", "final", "expected"),
    [(2, None, PRESENT), (2, 5, PRESENT), (5, None, Status.UNKNOWN), (5, 2, PRESENT)],
)
def test_a_preliminary_grade_may_show_a_deficit_but_no_full_power(
    preliminary: int, final: int | None, expected: Status
) -> None:
    """Ruling 27: what is preliminary counts for an emergency and is no absence."""
    today = measured("mrc", preliminary, when=ago(hours=1), side=LEFT, preliminary=True)
    before = [measured("mrc", final, when=ago(2), side=LEFT)] if final is not None else []
    assert motor(found(today, *before), RULES, LEFT).status is expected


@pytest.mark.parametrize(("comparator", "expected"), [("<", PRESENT), (">", Status.UNKNOWN)])
def test_a_bound_counts_only_where_it_leaves_no_full_power(
    comparator: str, expected: Status
) -> None:
    """Less than 4 is a deficit; more than 4 may be full power."""
    bound = Quantity(4, unit="", comparator=comparator)
    entry = said("mrc", Status.UNKNOWN, when=ago(hours=1), side=LEFT, quantity=bound)
    assert motor(found(entry), RULES, LEFT).status is expected
