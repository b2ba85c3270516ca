"""Points in time as records state them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from cds_service.clinical.moment import Moment, earliest, latest
from tests.unit.record import AS_OF, ago, day, on

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("window", "past", "counts"),
    [
        pytest.param(72 * HOUR, ago(hours=71, days=0), True, id="an hour inside 72 hours"),
        pytest.param(72 * HOUR, ago(hours=72), True, id="exactly 72 hours"),
        pytest.param(72 * HOUR, ago(hours=72.001), False, id="just beyond 72 hours"),
        pytest.param(14 * DAY, ago(days=14), True, id="exactly 14 days"),
        pytest.param(14 * DAY, ago(days=14, hours=0.01), False, id="just beyond 14 days"),
        pytest.param(14 * DAY, day(14), True, id="the calendar day 14 days ago"),
        pytest.param(14 * DAY, day(15), False, id="the calendar day 15 days ago"),
        pytest.param(72 * HOUR, day(3), True, id="three calendar days in 72 hours"),
        pytest.param(72 * HOUR, day(4), False, id="four calendar days in 72 hours"),
        pytest.param(4 * HOUR, day(0), True, id="today in four hours"),
        pytest.param(4 * HOUR, day(1), True, id="yesterday as a date counts as a whole day"),
        pytest.param(4 * HOUR, day(2), False, id="the day before yesterday in four hours"),
    ],
)
def test_a_window_is_exact_for_instants_and_whole_days_for_dates(
    window: timedelta, past: Moment, *, counts: bool
) -> None:
    """An instant is in the window to the second, a date by calendar days."""
    assert past.within(window, AS_OF) is counts


def test_a_partial_date_is_as_young_as_it_can_be() -> None:
    """A month or year is measured from its last possible day."""
    november = Moment(on(date(2026, 11, 1)).first, on(date(2026, 11, 30)).last)
    year = Moment(on(date(2025, 1, 1)).first, on(date(2025, 12, 31)).last)
    assert november.age(AS_OF) == timedelta(0)
    assert year.age(AS_OF).days == 324


@pytest.mark.parametrize(
    ("moment", "future"),
    [
        pytest.param(ago(hours=0), False, id="now"),
        pytest.param(ago(hours=-0.25), False, id="15 minutes ahead: clocks differ"),
        pytest.param(ago(hours=-0.26), True, id="more than 15 minutes ahead"),
        pytest.param(day(0), False, id="today as a date"),
        pytest.param(on(date(2026, 11, 21)), False, id="tomorrow has begun further east"),
        pytest.param(on(date(2026, 11, 22)), True, id="the day after tomorrow"),
    ],
)
def test_what_lies_in_the_future(moment: Moment, *, future: bool) -> None:
    """An instant is future beyond what clocks differ; a date when it has begun nowhere."""
    assert moment.is_after(AS_OF) is future


def test_the_zone_of_an_instant_does_not_matter() -> None:
    """The same instant written with another offset is the same age."""
    east = timezone(timedelta(hours=9))
    local = AS_OF.astimezone(east)
    assert Moment(local, local).age(AS_OF) == timedelta(0)
    assert not Moment(local, local).is_after(AS_OF)


@pytest.mark.parametrize(
    ("one", "other", "after"),
    [
        pytest.param(ago(hours=1), ago(hours=2), True, id="later instant"),
        pytest.param(ago(hours=1), ago(hours=1), True, id="same instant"),
        pytest.param(ago(hours=2), ago(hours=1), False, id="earlier instant"),
        pytest.param(ago(hours=10), day(0), True, id="instant on the same calendar day"),
        pytest.param(day(0), ago(hours=1), True, id="date on the same calendar day"),
        pytest.param(day(0), day(0), True, id="same date"),
        pytest.param(day(1), day(0), False, id="earlier date"),
        pytest.param(ago(days=1), day(0), False, id="instant of the day before"),
    ],
)
def test_after_onset_is_compared_at_the_coarser_precision(
    one: Moment, other: Moment, *, after: bool
) -> None:
    """Ruling 32: the same calendar day counts as after."""
    assert one.not_before(other) is after


@pytest.mark.parametrize("offset", [14, 9, -5, -11])
@pytest.mark.parametrize(("hours", "after"), [(2, True), (0, True), (-49, False)])
def test_after_onset_does_not_hang_on_the_offset(offset: int, hours: int, *, after: bool) -> None:
    """Ruling 32: a laboratory may write UTC where the visit is told in local time."""
    local = AS_OF.astimezone(timezone(timedelta(hours=offset)))
    onset = Moment(local, local).whole_day()
    taken = AS_OF + hours * HOUR
    assert Moment(taken, taken).not_before(onset) is after


@pytest.mark.parametrize(
    ("one", "other", "after"),
    [
        pytest.param(ago(hours=1), ago(hours=2), True, id="later instant"),
        pytest.param(ago(hours=1), ago(hours=1), False, id="same instant"),
        pytest.param(ago(hours=1), day(0), False, id="same calendar day proves nothing"),
        pytest.param(day(0), day(1), True, id="later date"),
        pytest.param(day(0), ago(days=1, hours=1), True, id="date after an instant of yesterday"),
    ],
)
def test_acted_after_onset_compares_real_instants_only(
    one: Moment, other: Moment, *, after: bool
) -> None:
    """Ruling 32, exception of ruling 4: what may be earlier is not after."""
    assert one.strictly_after(other) is after


def test_earliest_and_latest_ignore_what_is_unknown() -> None:
    """Unknown moments neither begin nor end anything; without a known one there is none."""
    old, new = day(10), ago(hours=1)
    assert earliest(None, new, old) is old
    assert latest(None, new, old) is new
    assert earliest(None) is None
    assert latest() is None


def test_only_an_instant_is_exact() -> None:
    """A date names a day, an instant a time of day."""
    instant = datetime(2026, 11, 20, tzinfo=UTC)
    assert Moment(instant, instant).exact
    assert not day(0).exact


def test_an_assumed_time_claims_no_more_than_its_day() -> None:
    """Ruling 32: an onset taken from the record is good to the calendar day."""
    assert ago(hours=3).whole_day() == day(0)
    assert not ago(hours=3).whole_day().exact
