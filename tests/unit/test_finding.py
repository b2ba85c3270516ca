"""Facts read as present, absent or unknown."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cds_service.clinical.fact import Status, Strength
from cds_service.clinical.finding import Unknown
from cds_service.clinical.moment import Moment
from cds_service.clinical.side import Side
from tests.unit.record import ago, day, found, said

L, R, B, N = Side.LEFT, Side.RIGHT, Side.BOTH, Side.UNSPECIFIED
PRESENT, ABSENT, UNKNOWN = Status.PRESENT, Status.ABSENT, Status.UNKNOWN

# One finding of each reading: a trigger, a score item, an examination test, history.
SAFETY, ITEM, TEST, HISTORY = "calf_pain", "entire_leg_swollen", "slr", "previous_dvt"


@pytest.mark.parametrize("finding", [SAFETY, ITEM, TEST, HISTORY])
def test_what_is_not_recorded_is_unknown(finding: str) -> None:
    """Nothing is inferred absent from silence."""
    read = found().of(finding)
    assert read.status is UNKNOWN
    assert read.reason is Unknown.NOT_RECORDED
    assert not read.absent


@pytest.mark.parametrize("status", [PRESENT, ABSENT])
@pytest.mark.parametrize("finding", [SAFETY, ITEM, TEST])
def test_a_recorded_answer_is_read_as_recorded(finding: str, status: Status) -> None:
    """Present is present and absent is absent, with the entry as evidence."""
    entry = said(finding, status)
    read = found(entry).of(finding)
    assert read.status is status
    assert read.evidence == (entry,)


def test_an_entry_without_readable_value_is_unknown_and_says_so() -> None:
    """A code that was only mentioned is never positive."""
    read = found(said(TEST, UNKNOWN)).of(TEST)
    assert read.unknown
    assert read.reason is Unknown.NOT_READABLE


@pytest.mark.parametrize(
    ("recorded", "asked", "status"),
    [
        pytest.param(L, L, PRESENT, id="same leg"),
        pytest.param(L, R, UNKNOWN, id="other leg says nothing"),
        pytest.param(B, L, PRESENT, id="both legs, left"),
        pytest.param(B, R, PRESENT, id="both legs, right"),
        pytest.param(N, L, PRESENT, id="side not recorded"),
    ],
)
def test_sides_match_but_opposite_legs_never(recorded: Side, asked: Side, status: Status) -> None:
    """An entry speaks of its own leg; bilateral and unsided entries of either."""
    assert found(said(TEST, side=recorded)).of(TEST, asked).status is status


def test_absent_without_side_is_absent_on_both_legs() -> None:
    """A negative without side speaks of both legs."""
    findings = found(said(TEST, ABSENT))
    assert findings.of(TEST, L).absent
    assert findings.of(TEST, R).absent


@pytest.mark.parametrize(
    ("entries", "status", "side"),
    [
        pytest.param([(PRESENT, L)], PRESENT, L, id="present on one leg is present"),
        pytest.param([(ABSENT, L)], UNKNOWN, N, id="absent on one leg only is unknown"),
        pytest.param([(ABSENT, L), (ABSENT, R)], ABSENT, B, id="absent on both is absent"),
        pytest.param([(PRESENT, L), (PRESENT, R)], PRESENT, B, id="present on both"),
        pytest.param([(PRESENT, L), (ABSENT, R)], PRESENT, L, id="present left, absent right"),
        pytest.param([(ABSENT, N)], ABSENT, N, id="absent without side is absent"),
    ],
)
def test_any_side(entries: list[tuple[Status, Side]], status: Status, side: Side) -> None:
    """For any side, present on one leg is present, and absent needs both legs or no side."""
    read = found(*(said(TEST, s, side=leg, source=f"o/{leg}") for s, leg in entries)).of(TEST)
    assert read.status is status
    assert status is UNKNOWN or read.side is side


@pytest.mark.parametrize("order", [1, -1], ids=["as told", "reversed"])
def test_of_one_day_the_entry_that_tells_most_speaks(order: int) -> None:
    """A visit reason names neither side nor onset; the diagnosis beside it does, and is told."""
    reason = said(SAFETY, when=day(0), source="Encounter/e")
    sided = said(SAFETY, when=day(0), side=R, source="Condition/c")
    dated = replace(sided, source="Condition/d", onset=day(21), onset_assumed=False)
    read = found(*(reason, sided, dated)[::order]).of(SAFETY)
    assert read.side is R
    assert read.evidence[0] == dated
    assert set(read.evidence) == {reason, sided, dated}


@pytest.mark.parametrize("other", [N, R], ids=["no side", "one side"])
def test_pain_said_to_be_on_both_sides_stays_on_both(other: Side) -> None:
    """An entry of both legs is not narrowed by another one of the same day."""
    both = said(SAFETY, side=B, source="Observation/b")
    for entries in ((both, said(SAFETY, side=other)), (said(SAFETY, side=other), both)):
        assert found(*entries).of(SAFETY).side is B


@pytest.mark.parametrize("finding", [SAFETY, ITEM, TEST])
@pytest.mark.parametrize(
    ("old", "new"), [pytest.param(PRESENT, ABSENT), pytest.param(ABSENT, PRESENT)]
)
def test_the_latest_entry_wins(finding: str, old: Status, new: Status) -> None:
    """Of contradicting entries the one observed last counts, in whatever order they arrive."""
    entries = (said(finding, old, when=ago(hours=5)), said(finding, new, when=ago(hours=1)))
    assert found(*entries).of(finding).status is new
    assert found(*reversed(entries)).of(finding).status is new


@pytest.mark.parametrize(
    ("finding", "status", "reason"),
    [
        pytest.param(SAFETY, PRESENT, None, id="a trigger or emergency sign"),
        pytest.param(ITEM, PRESENT, None, id="a score item"),
        pytest.param(TEST, UNKNOWN, Unknown.CONFLICTING, id="an examination test"),
    ],
)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(ago(hours=2), ago(hours=2), id="same instant"),
        pytest.param(day(0), ago(hours=2), id="same day, one without time"),
        pytest.param(day(1), day(1), id="same date"),
    ],
)
def test_a_tie_is_present_for_safety_and_unknown_for_tests(
    one: Moment, other: Moment, finding: str, status: Status, reason: Unknown | None
) -> None:
    """Ruling 27: opposite entries of one instant are present for triggers and items only."""
    read = found(said(finding, PRESENT, when=one), said(finding, ABSENT, when=other)).of(finding)
    assert read.status is status
    assert read.reason is reason


@pytest.mark.parametrize(
    ("finding", "status"), [(SAFETY, PRESENT), (ITEM, UNKNOWN), (TEST, UNKNOWN)]
)
@pytest.mark.parametrize("doubt", [{"preliminary": True}, {"suspected": True}])
def test_doubtful_entries_count_for_safety_only(
    finding: str, status: Status, doubt: dict[str, Any]
) -> None:
    """Ruling 27: provisional and preliminary are present for triggers, unknown for scores."""
    assert found(said(finding, **doubt)).of(finding).status is status


@pytest.mark.parametrize("finding", [SAFETY, ITEM, TEST])
def test_a_preliminary_absence_is_unknown(finding: str) -> None:
    """A result that is not final never reassures."""
    assert found(said(finding, ABSENT, preliminary=True)).of(finding).unknown


@pytest.mark.parametrize(
    ("finding", "status"), [(SAFETY, PRESENT), (ITEM, UNKNOWN), (TEST, UNKNOWN)]
)
def test_the_time_of_issue_serves_safety_only(finding: str, status: Status) -> None:
    """Without time of observation an entry counts for triggers, not for scores and tests."""
    assert found(said(finding, issued_only=True)).of(finding).status is status


@pytest.mark.parametrize("finding", [ITEM, TEST])
def test_a_score_or_test_without_any_time_is_unknown(finding: str) -> None:
    """An undated examination proves nothing about today."""
    assert found(said(finding, when=None)).of(finding).unknown


@pytest.mark.parametrize(
    ("finding", "inside", "outside"),
    [
        pytest.param("entire_leg_swollen", ago(hours=72), ago(hours=73), id="exam sign 72 h"),
        pytest.param("pitting_edema", day(3), day(4), id="exam sign as a date"),
        pytest.param("sij_faber", day(90), day(91), id="provocation test 90 d"),
        pytest.param("slr", day(90), day(91), id="straight-leg raise 90 d"),
        pytest.param("saddle_sensory_change", day(30), day(31), id="cauda equina sign 30 d"),
        pytest.param("motor_deficit", day(30), day(31), id="motor sign 30 d"),
        pytest.param("low_back_pain", day(90), day(91), id="complaint 90 d"),
        pytest.param("leg_pain", day(90), day(91), id="leg pain 90 d"),
        pytest.param("active_cancer", day(183), day(184), id="cancer 183 d"),
        pytest.param("cellulitis_same_leg", day(14), day(15), id="cellulitis 14 d"),
        pytest.param("pe", day(14), day(15), id="chest symptom 14 d"),
        pytest.param("pvr_ml", day(7), day(8), id="residual volume 7 d"),
    ],
)
def test_the_window_of_a_finding(finding: str, inside: Moment, outside: Moment) -> None:
    """An entry counts up to the documented age and is unknown beyond it."""
    assert found(said(finding, when=inside)).of(finding).present
    beyond = found(said(finding, when=outside)).of(finding)
    assert beyond.unknown
    assert beyond.reason is Unknown.OUTSIDE_WINDOW


def test_a_fresh_entry_of_the_other_leg_does_not_hide_an_old_one() -> None:
    """The left leg was examined too long ago; what the right one shows is beside the point."""
    old = said("slr", when=ago(days=100), side=Side.LEFT, source="Observation/old")
    fresh = said("slr", when=ago(days=1), side=Side.RIGHT, source="Observation/fresh")
    left = found(old, fresh).of("slr", Side.LEFT)
    assert left.reason is Unknown.OUTSIDE_WINDOW
    assert [entry.source for entry in left.evidence] == ["Observation/old"]


def test_an_old_absence_is_unknown_not_absent() -> None:
    """What was absent last year may be present today."""
    assert found(said(TEST, ABSENT, when=day(91))).of(TEST).unknown


def test_history_counts_whatever_its_age_and_status() -> None:
    """A resolved problem of twenty years ago is still history."""
    old = said(HISTORY, when=day(7300), current=False)
    assert found(old).of(HISTORY).present


def test_a_resolved_problem_is_not_current() -> None:
    """Inactive, resolved and remission are history only."""
    assert found(said(SAFETY, current=False)).of(SAFETY).unknown


def test_a_problem_without_clinical_status_counts_inside_its_window() -> None:
    """Ruling 27: no clinical status and no abatement is current if recorded in the window."""
    assert found(said(SAFETY, current=None, when=day(10))).of(SAFETY).present
    assert found(said(SAFETY, current=None, when=day(100))).of(SAFETY).unknown


def test_the_current_encounter_brings_an_old_problem_back() -> None:
    """A problem named by the visit counts whatever its date."""
    assert found(said(SAFETY, when=day(400), named=True)).of(SAFETY).present


def test_a_given_window_replaces_the_findings_own() -> None:
    """The same complaint may open one topic and be too old for another."""
    findings = found(said("calf_pain", when=day(20)))
    assert findings.present("calf_pain")
    assert not findings.present("calf_pain", window=timedelta(days=14))


@pytest.mark.parametrize(
    ("entry", "present"),
    [
        pytest.param({}, False, id="neither site nor side"),
        pytest.param({"sites": frozenset({"calf"})}, True, id="a leg site"),
        pytest.param({"sites": frozenset({"hand"})}, False, id="another site"),
        pytest.param({"side": L}, False, id="a side alone"),
    ],
)
def test_a_weak_code_needs_a_leg_site(entry: dict[str, Any], *, present: bool) -> None:
    """Rulings 15 and 20: a code that names no leg counts only with one."""
    weak = said("leg_pain", strength=Strength.WEAK, **entry)
    assert found(weak).of("leg_pain").present is present


def test_weak_pitting_counts_with_a_side() -> None:
    """Ruling 20: a sided pitting code feeds the item, an unsided one leaves it unknown."""
    sided = said("pitting_edema", strength=Strength.WEAK, side=L)
    assert found(sided).of("pitting_edema", L).present
    assert found(said("pitting_edema", strength=Strength.WEAK)).of("pitting_edema", L).unknown


@pytest.mark.parametrize(
    ("recorded", "implied"),
    [
        ("radicular_pain", "leg_pain"),
        ("buttock_leg_pain", "leg_pain"),
        ("buttock_leg_pain", "buttock_pain"),
        ("bilateral_leg_ache", "leg_pain"),
        ("leg_pain_below_knee", "leg_pain"),
        ("bilateral_radicular_pain", "leg_pain"),
    ],
)
def test_what_a_finding_implies(recorded: str, implied: str) -> None:
    """Ruling 46: these complaints are leg pain too; their absence denies nothing."""
    assert found(said(recorded)).of(implied).present
    assert found(said(recorded, ABSENT)).of(implied).unknown


def test_exertional_calf_pain_is_neither_calf_pain_nor_leg_pain() -> None:
    """Ruling 46: pain on exertion never opens the tables of calf or leg pain."""
    findings = found(said("exertional_calf_pain"))
    assert findings.of("calf_pain").unknown
    assert findings.of("leg_pain").unknown


def test_recording_an_old_problem_again_does_not_make_it_new() -> None:
    """The onset of a family is its earliest onset or record."""
    entries = (
        said("bladder_dysfunction", when=day(2), onset=None),
        said("bladder_dysfunction", when=day(400), onset=None, current=False),
        said("bladder_dysfunction", when=day(100), onset=day(900)),
    )
    assert found(*entries).onset("bladder_dysfunction") == day(900)


def test_absent_entries_do_not_date_an_onset() -> None:
    """A denial years ago is not the beginning of the complaint."""
    entries = (said(SAFETY, when=day(2)), said(SAFETY, ABSENT, when=day(500)))
    assert found(*entries).onset(SAFETY) == day(2)
    assert found().onset(SAFETY) is None
