"""Wells items 4 to 8: the examination of the index leg."""

from dataclasses import replace
from typing import Any

import pytest

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.moment import Moment
from cds_service.clinical.side import Side
from cds_service.clinical.venous.wells_signs import (
    calf_difference,
    larger_calf,
    pitting_edema,
    sign,
)
from tests.unit.record import ago, day, found, measured, rules, said

L, R, B, N = Side.LEFT, Side.RIGHT, Side.BOTH, Side.UNSPECIFIED
PRESENT, ABSENT, UNKNOWN = Status.PRESENT, Status.ABSENT, Status.UNKNOWN
DVT = rules("dvt")
SIGNS = ("deep_vein_tenderness", "entire_leg_swollen", "collateral_superficial_veins")


@pytest.mark.parametrize("item", SIGNS)
@pytest.mark.parametrize(
    ("side", "status"),
    [(L, PRESENT), (R, UNKNOWN), (B, PRESENT), (N, PRESENT)],
)
def test_a_sign_of_the_other_leg_leaves_the_item_unknown(
    item: str, side: Side, status: Status
) -> None:
    """Ruling 48: recorded on the other leg is unknown, not absent, for the index leg."""
    assert sign(found(said(item, side=side)), item, L).status is status


@pytest.mark.parametrize(
    ("entries", "status"),
    [
        pytest.param((said("pitting_edema", side=L),), PRESENT, id="index leg only"),
        pytest.param((said("pitting_edema", side=R),), UNKNOWN, id="other leg only"),
        pytest.param((said("pitting_edema", side=B),), ABSENT, id="bilateral"),
        pytest.param(
            (
                said("pitting_edema", side=L, source="Observation/l"),
                said("pitting_edema", side=R, source="Observation/r"),
            ),
            ABSENT,
            id="left and right",
        ),
        pytest.param((said("pitting_edema"),), PRESENT, id="our own code without side"),
        pytest.param((said("pitting_edema", ABSENT),), ABSENT, id="recorded absent"),
        pytest.param((), UNKNOWN, id="not recorded"),
    ],
)
def test_pitting_counts_only_when_confined_to_the_index_leg(
    entries: tuple[Statement, ...], status: Status
) -> None:
    """Pitting of both legs is absent for the item."""
    assert pitting_edema(found(*entries), L).status is status


def calf(side: Side, centimeters: float, when: Moment | None = ago(hours=2)) -> Statement:  # noqa: B008 - a moment is immutable
    """One measured calf."""
    source = f"Observation/{side}-{centimeters}"
    return measured("calf_circumference", centimeters, when=when, side=side, source=source)


@pytest.mark.parametrize(
    ("left", "right", "status"),
    [
        pytest.param(43.0, 40.0, PRESENT, id="3.0 larger"),
        pytest.param(42.9, 40.0, ABSENT, id="2.9 larger"),
        pytest.param(42.99, 40.0, ABSENT, id="2.99 is not rounded up"),
        pytest.param(43.1, 40.0, PRESENT, id="3.1 larger"),
        pytest.param(41.3, 38.3, PRESENT, id="3.0 in binary fractions"),
        pytest.param(40.9, 37.9, PRESENT, id="3.0 in other binary fractions"),
        pytest.param(40.0, 40.0, ABSENT, id="equal"),
        pytest.param(36.0, 40.0, ABSENT, id="the other leg is larger"),
    ],
)
def test_the_measured_difference(left: float, right: float, status: Status) -> None:
    """At least 3 cm larger on the index leg; never rounded up."""
    item = calf_difference(found(calf(L, left), calf(R, right)), DVT, L)
    assert item.status is status
    assert len(item.evidence) == 2


def test_the_larger_calf_is_told_with_its_difference() -> None:
    """The card names the larger side, also when it is not the index leg."""
    assert larger_calf(found(calf(L, 36), calf(R, 40)), DVT) == (R, 4)


@pytest.mark.parametrize("right", [tenths / 10 for tenths in range(250, 450)])
def test_a_difference_of_binary_fractions_is_the_measured_one(right: float) -> None:
    """The LEFt rule counts 2.0 cm, whichever two values differ by it."""
    larger = larger_calf(found(calf(L, round(right + 2, 1)), calf(R, right)), DVT)
    assert larger == (L, 2)


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param((calf(L, 43),), id="only one side"),
        pytest.param((calf(L, 43), calf(R, 40, ago(hours=30))), id="more than 24 hours apart"),
        pytest.param((calf(L, 43, day(4)), calf(R, 40, day(4))), id="older than 72 hours"),
        pytest.param((calf(L, 43, None), calf(R, 40, None)), id="undated"),
        pytest.param((calf(N, 43), calf(R, 40)), id="a side is missing"),
        pytest.param((said("calf_swelling", side=L),), id="swollen but not measured"),
    ],
)
def test_without_two_calves_of_one_day_the_item_is_unknown(
    entries: tuple[Statement, ...],
) -> None:
    """One side, an old or undated measurement, or an unmeasured swelling proves nothing."""
    assert calf_difference(found(*entries), DVT, L).unknown


@pytest.mark.parametrize("doubt", [{"preliminary": True}, {"issued_only": True}])
def test_a_doubtful_measurement_is_not_used(doubt: dict[str, Any]) -> None:
    """A preliminary value, or one without time of measurement, scores nothing."""
    doubtful = replace(calf(L, 43), **doubt)
    assert calf_difference(found(doubtful, calf(R, 40)), DVT, L).unknown


def test_measurements_exactly_a_day_apart_belong_together() -> None:
    """Both sides within 24 hours of each other."""
    findings = found(calf(L, 43, ago(hours=1)), calf(R, 40, ago(hours=25)))
    assert calf_difference(findings, DVT, L).present


def test_the_newest_measurement_of_each_side_counts() -> None:
    """A calf measured again today replaces yesterday's value, in whatever order they stand."""
    yesterday, today = calf(L, 44, ago(hours=20)), calf(L, 41, ago(hours=1))
    for order in ((yesterday, today), (today, yesterday)):
        assert calf_difference(found(*order, calf(R, 40)), DVT, L).absent


@pytest.mark.parametrize(
    ("answered", "status"),
    [
        pytest.param(ago(hours=1), PRESENT, id="the answer is newer"),
        pytest.param(ago(hours=5), ABSENT, id="the measurement is newer"),
        pytest.param(ago(hours=2), PRESENT, id="a tie is present"),
    ],
)
def test_the_newer_of_answer_and_measurement_counts(answered: Moment, status: Status) -> None:
    """A recorded answer and two measured calves: the latest wins, present wins a tie."""
    answer = said("calf_swelling_3cm", side=L, when=answered)
    findings = found(answer, calf(L, 41), calf(R, 40))
    assert calf_difference(findings, DVT, L).status is status
