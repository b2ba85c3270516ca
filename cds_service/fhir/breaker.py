"""A circuit breaker: a FHIR server that keeps failing is left alone for a while."""

from collections import deque

_FAILURES = 5
_WITHIN = 10.0
_PAUSE = 15.0


class Breaker:
    """Opens after five failures within ten seconds, for fifteen; then one call may try.

    All times are seconds of the same monotonic clock.
    """

    def __init__(self) -> None:
        self._failures: deque[float] = deque(maxlen=_FAILURES)
        self._closed_until_tried = 0.0
        self._open = False

    def admits(self, now: float) -> bool:
        """Whether one call may go out; the first one after the pause is the probe."""
        if not self._open:
            return True
        if now < self._closed_until_tried:
            return False
        # A probe that never reports would keep the server away for good: the next one may try
        # after another pause.
        self._closed_until_tried = now + _PAUSE
        return True

    def succeeded(self) -> None:
        """The server answered: whatever was counted is forgotten."""
        self._open = False
        self._failures.clear()

    def failed(self, now: float) -> None:
        """The server did not answer, or not as a FHIR server does."""
        self._failures.append(now)
        full = len(self._failures) == _FAILURES
        if self._open or (full and now - self._failures[0] <= _WITHIN):
            self._open = True
            self._closed_until_tried = now + _PAUSE
