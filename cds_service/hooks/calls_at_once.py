"""How many calls are answered at once; one more is refused at once, never queued."""

from collections.abc import Iterator
from contextlib import contextmanager

from cds_service.errors import TooManyCallsError

_OVERLOADED = 503
_RETRY_AFTER = 1  # seconds; a call takes half a second at most


class CallsAtOnce:
    """Counts the calls under way in one process, which its event loop alone begins and ends."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way = 0

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Room for one call until it ends in whatever way; raises TooManyCallsError."""
        if self._under_way >= self._most:
            raise TooManyCallsError("overloaded", _OVERLOADED, _RETRY_AFTER)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
