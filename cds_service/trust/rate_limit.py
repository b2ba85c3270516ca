"""How many calls a tenant may make: a bucket of tokens that fills again as time goes by."""

import math
from collections.abc import Callable, Iterable
from datetime import datetime

from cds_service.errors import TooManyCallsError
from cds_service.trust.caller import Caller

_MINUTE = 60.0
_TOO_MANY = 429


class Bucket:
    """Holds the calls of one minute and begins full; times are seconds of one clock."""

    def __init__(self, calls_per_minute: int) -> None:
        self._most = float(calls_per_minute)
        self._per_second = calls_per_minute / _MINUTE
        self._left = self._most
        self._filled = -math.inf

    def take(self, now: float) -> float:
        """0 where a call was left and is now taken, else the seconds until there is one.

        A clock that was set back fills nothing, and takes nothing away.
        """
        passed = max(0.0, now - self._filled)
        self._filled = now
        self._left = min(self._most, self._left + passed * self._per_second)
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) / self._per_second


class RateLimits:
    """The buckets of one process: one for each tenant that `trust.toml` gives a limit.

    A call counts once its caller is proven, so that nobody uses up the calls of another.
    """

    def __init__(self, callers: Iterable[Caller], clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._buckets = {
            caller.tenant: Bucket(caller.calls_per_minute)
            for caller in callers
            if caller.calls_per_minute is not None
        }

    def count(self, caller: Caller) -> None:
        """Count one call; raises TooManyCallsError where the minute's calls are used up."""
        bucket = self._buckets.get(caller.tenant)
        wait = bucket.take(self._clock().timestamp()) if bucket is not None else 0.0
        if wait > 0:
            raise TooManyCallsError("too-many-calls", _TOO_MANY, math.ceil(wait))
