"""The breaker: when a server is left alone, and when it is asked again."""

import pytest

from cds_service.fhir.breaker import Breaker


def failing(*instants: float) -> Breaker:
    """A breaker after failures at these seconds."""
    breaker = Breaker()
    for instant in instants:
        breaker.failed(instant)
    return breaker


@pytest.mark.parametrize(
    ("failures", "admitted"),
    [
        pytest.param((), True, id="none"),
        pytest.param((0, 1, 2, 3), True, id="four"),
        pytest.param((0, 1, 2, 3, 4), False, id="five"),
        pytest.param((0, 1, 2, 3, 10), False, id="five in ten seconds"),
        pytest.param((0, 1, 2, 3, 10.1), True, id="five in more"),
        pytest.param((0, 8, 9, 10, 11, 12), False, id="five of six"),
    ],
)
def test_five_failures_in_ten_seconds_open_it(
    failures: tuple[float, ...], *, admitted: bool
) -> None:
    """Fewer, or slower ones, do not."""
    assert failing(*failures).admits(max(failures, default=0)) is admitted


def test_it_stays_open_for_fifteen_seconds() -> None:
    """Then one call may try, and only one."""
    breaker = failing(0, 0, 0, 0, 0)
    assert not breaker.admits(14.9)
    assert breaker.admits(15.0)
    assert not breaker.admits(15.1)


def test_a_probe_that_succeeds_closes_it() -> None:
    """Everybody is admitted again, and the count begins anew."""
    breaker = failing(0, 0, 0, 0, 0)
    assert breaker.admits(15.0)
    breaker.succeeded()
    assert breaker.admits(15.1)
    breaker.failed(15.2)
    assert breaker.admits(15.3)


def test_a_probe_that_fails_opens_it_again() -> None:
    """For another fifteen seconds from then."""
    breaker = failing(0, 0, 0, 0, 0)
    assert breaker.admits(15.0)
    breaker.failed(16.0)
    assert not breaker.admits(30.9)
    assert breaker.admits(31.0)


def test_a_probe_that_never_ends_does_not_close_the_door() -> None:
    """The next one may try fifteen seconds later."""
    breaker = failing(0, 0, 0, 0, 0)
    assert breaker.admits(20.0)
    assert not breaker.admits(34.9)
    assert breaker.admits(35.0)


def test_a_success_forgets_earlier_failures() -> None:
    """A server that fails now and then is not left alone."""
    breaker = failing(0, 1, 2, 3)
    breaker.succeeded()
    breaker.failed(4)
    assert breaker.admits(4)
