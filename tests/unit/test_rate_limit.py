"""The bucket of calls: how many at once, how many over time, and what a clock may do."""

from datetime import UTC, datetime, timedelta

import pytest

from cds_service.errors import TooManyCallsError
from cds_service.trust.caller import DEMO, Caller
from cds_service.trust.rate_limit import Bucket, RateLimits

LIMITED = Caller("limited", calls_per_minute=2)
NEIGHBOR = Caller("neighbor", calls_per_minute=2)
FREE = Caller("free")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def taken(bucket: Bucket, now: float, tries: int = 100) -> int:
    """How many calls are let through at this second."""
    return sum(bucket.take(now) == 0 for _ in range(tries))


def test_the_calls_of_a_minute_may_come_at_once() -> None:
    """As many as a minute holds, and no more."""
    assert taken(Bucket(30), 1000.0) == 30


def test_time_gives_them_back_evenly() -> None:
    """At 30 a minute, one every two seconds."""
    bucket = Bucket(30)
    taken(bucket, 1000.0)
    assert taken(bucket, 1001.5) == 0
    assert taken(bucket, 1002.0) == 1
    assert taken(bucket, 1012.0) == 5


def test_no_pause_saves_more_than_a_minute() -> None:
    """A quiet night gives no right to a storm in the morning."""
    bucket = Bucket(30)
    taken(bucket, 1000.0)
    assert taken(bucket, 90_000.0) == 30


def test_the_wait_that_is_told_is_enough_and_no_longer_than_needed() -> None:
    """After it the call is let through; a moment earlier it is not."""
    bucket = Bucket(4)
    taken(bucket, 0.0, tries=4)
    assert bucket.take(5.0) == pytest.approx(10.0)
    assert bucket.take(14.9) > 0
    assert bucket.take(15.0) == 0


def test_a_clock_that_is_set_back_neither_gives_nor_takes() -> None:
    """It goes on counting from the new time."""
    bucket = Bucket(60)
    assert taken(bucket, 1000.0, tries=59) == 59
    assert taken(bucket, 400.0) == 1
    assert taken(bucket, 403.0) == 3


def test_each_tenant_has_calls_of_its_own() -> None:
    """One that used up its own leaves the others theirs; without a limit all are let through."""
    limits = RateLimits((LIMITED, NEIGHBOR, FREE), lambda: NOON)
    for _ in range(2):
        limits.count(LIMITED)
    with pytest.raises(TooManyCallsError):
        limits.count(LIMITED)
    limits.count(NEIGHBOR)
    for _ in range(1000):
        limits.count(FREE)
        limits.count(DEMO)


@pytest.mark.requirement("ERR-9")
def test_the_wait_is_told_in_whole_seconds_that_suffice() -> None:
    """Two a minute are one every 30 seconds; half a second has passed."""
    now = [NOON]
    limits = RateLimits((LIMITED,), lambda: now[0])
    for _ in range(2):
        limits.count(LIMITED)
    now[0] += timedelta(seconds=0.5)
    with pytest.raises(TooManyCallsError) as refused:
        limits.count(LIMITED)
    assert (refused.value.status, refused.value.seconds) == (429, 30)
    now[0] += timedelta(seconds=refused.value.seconds)
    limits.count(LIMITED)
