"""The ten Wells items for one leg; the alternative item is never inferred (vascular section 3)."""

from typing import Any

import pytest

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.side import Side
from cds_service.clinical.venous.wells import ALTERNATIVE, read_wells
from tests.spec.fhir_json import concept, condition, icd, observation, own
from tests.spec.moments import ago as instant
from tests.spec.moments import day_ago
from tests.unit.record import ago, found, rules, said, seen

L, R = Side.LEFT, Side.RIGHT
PRESENT, ABSENT, UNKNOWN = Status.PRESENT, Status.ABSENT, Status.UNKNOWN
DVT = rules("dvt")
NINE = DVT.groups["wells_items"]


def answer(status: Status = PRESENT, **more: Any) -> Statement:
    """A practitioner's answer to the alternative item, an hour ago."""
    given: dict[str, Any] = {"when": ago(hours=1), "by_practitioner": True} | more
    return said(ALTERNATIVE, **{"status": status} | given)


def alternative(*statements: Statement, leg: Side = L) -> Status:
    """The alternative item of one leg."""
    return read_wells(found(*statements), DVT, leg).alternative.status


@pytest.mark.parametrize("status", [PRESENT, ABSENT])
def test_a_practitioners_answer_counts(status: Status) -> None:
    """R1: an explicit, final answer in this encounter counts in either direction."""
    assert alternative(answer(status)) is status


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"by_practitioner": False}, id="nobody says who answered"),
        pytest.param({"when": ago(hours=25)}, id="older than 24 hours"),
        pytest.param({"when": None}, id="undated"),
        pytest.param({"other_encounter": True}, id="another encounter"),
        pytest.param({"preliminary": True}, id="preliminary"),
        pytest.param({"issued_only": True}, id="only issued"),
        pytest.param({"suspected": True}, id="provisional"),
        pytest.param({"status": UNKNOWN}, id="no value"),
        pytest.param({"side": R}, id="the other leg"),
    ],
)
def test_any_other_answer_is_unknown(more: dict[str, Any]) -> None:
    """R1: everything else is unknown."""
    assert alternative(answer(**more)) is UNKNOWN


def test_an_answer_from_before_the_newest_sign_is_unknown() -> None:
    """R1: not earlier than the newest examination finding."""
    sign = said("entire_leg_swollen", side=L, when=ago(hours=2))
    assert alternative(answer(), sign) is PRESENT
    assert alternative(answer(when=ago(hours=3)), sign) is UNKNOWN


def test_the_newest_answer_counts() -> None:
    """A changed mind is the mind."""
    first, second = answer(when=ago(hours=3)), answer(ABSENT, when=ago(hours=1))
    assert alternative(first, second) is ABSENT
    assert alternative(second, first) is ABSENT


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(
            condition(concept(icd("L03.116", "")), recordedDate=day_ago(1)), id="cellulitis"
        ),
        pytest.param(condition(concept(icd("M54.32", "")), recordedDate=day_ago(1)), id="sciatica"),
        pytest.param(
            condition(concept(icd("M71.22", "")), recordedDate=day_ago(1)), id="Baker cyst"
        ),
        pytest.param(
            observation(
                "exam", concept(own("slr")), effectiveDateTime=instant(hours=1), valueBoolean=True
            ),
            id="straight-leg raise",
        ),
        pytest.param(
            observation(
                "exam",
                concept(own("sij_faber")),
                effectiveDateTime=instant(hours=1),
                valueBoolean=True,
            ),
            id="sacroiliac test",
        ),
    ],
)
def test_the_machine_never_infers_the_alternative(entry: dict[str, object]) -> None:
    """R2: a diagnosis or test of another cause scores 0, never -2."""
    assert read_wells(seen(entry), DVT, L).alternative.unknown


def test_an_empty_record_leaves_all_ten_items_unknown() -> None:
    """Nine unknown items and an unknown alternative span -2 to 9."""
    wells = read_wells(found(), DVT, L)
    assert wells.missing == NINE
    assert (wells.interval.lower, wells.interval.upper) == (-2, 9)


def test_the_nine_items_are_those_of_the_guideline() -> None:
    """NG158 table 1, without the alternative item."""
    assert set(NINE) == {
        "active_cancer",
        "paralysis_or_leg_immobilization",
        "bedridden_or_major_surgery",
        "deep_vein_tenderness",
        "entire_leg_swollen",
        "calf_swelling_3cm",
        "pitting_edema",
        "collateral_superficial_veins",
        "previous_dvt",
    }
    assert (DVT.thresholds["wells_likely"], DVT.thresholds["wells_alternative_points"]) == (2, 2)


@pytest.mark.parametrize("item", NINE)
@pytest.mark.parametrize("status", [PRESENT, ABSENT])
def test_every_item_can_be_answered_directly(item: str, status: Status) -> None:
    """An answer of an hour ago to any of the nine items moves one end of the interval by one."""
    wells = read_wells(found(said(item, status, when=ago(hours=1))), DVT, L)
    assert wells.items[item].status is status
    bounds = (wells.interval.lower, wells.interval.upper)
    assert bounds == ((-1, 9) if status is PRESENT else (-2, 8))


def test_history_items_count_for_either_leg_and_signs_for_their_own() -> None:
    """Cancer has no side; pitting of the right leg does not score the left."""
    record = (said("active_cancer"), said("pitting_edema", side=R))
    assert read_wells(found(*record), DVT, L).present == 1
    assert read_wells(found(*record), DVT, R).present == 2
