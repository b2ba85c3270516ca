"""Where an issuer's keys come from: a file of the site, or an address that it lists."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol, TypeAlias

import structlog

from cds_service.errors import KeysUnavailableError
from cds_service.trust.keys import Key, KeySet, read_key_set

Fetch: TypeAlias = Callable[[str], Awaitable[bytes]]

_BETWEEN_ATTEMPTS = 60  # seconds: strangers cannot make the service ask more often
_FRESH = 600  # seconds until a key that its owner withdrew is noticed
_OLDEST = 24 * 3600  # seconds that keys outlive an outage of their address
_PATIENCE = 0.5  # seconds a call waits for the fetch that may bring its key

log = structlog.get_logger()


class KeySource(Protocol):
    """Gives the key of an id for an algorithm."""

    async def find(self, kid: str, algorithm: str) -> Key | None:
        """The key, None where there is none."""

    def renew(self, *, needed: bool) -> None:
        """Start looking for newer keys."""


class FileKeys:
    """Keys agreed out of band; they change with the file, at a start."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    async def find(self, kid: str, algorithm: str) -> Key | None:
        """The key, None where the file has none."""
        return self._keys.get((kid, algorithm))

    def renew(self, *, needed: bool) -> None:
        """A file is read once, at the start."""


class ListedKeys:
    """The key set at one listed address, renewed in the background.

    An unknown key id starts one fetch a minute at most, whoever asks. While the address fails, the
    last good keys serve on, for a day at most.
    """

    def __init__(
        self,
        address: str,
        fetch: Fetch,
        clock: Callable[[], datetime],
        *,
        allow_published: bool = False,
    ) -> None:
        self.address = address
        self._fetch = fetch
        self._clock = clock
        self._allow_published = allow_published
        self._keys: KeySet = {}
        self._good: float | None = None
        self._tried: float | None = None
        self._running: asyncio.Task[None] | None = None

    async def find(self, kid: str, algorithm: str) -> Key | None:
        """The key; waits a moment for a running fetch where it is not known yet."""
        self._drop_outdated()
        key = self._keys.get((kid, algorithm))
        self.renew(needed=key is None)
        if key is None and self._running is not None:
            await asyncio.wait({self._running}, timeout=_PATIENCE)
            key = self._keys.get((kid, algorithm))
        return key

    def renew(self, *, needed: bool) -> None:
        """Start a fetch where keys are needed or have grown old, unless one was just tried."""
        now = self._clock().timestamp()
        if self._running is not None and self._running.done():
            self._running = None
        rested = self._tried is None or now - self._tried >= _BETWEEN_ATTEMPTS
        aged = self._good is None or now - self._good >= _FRESH
        if self._running is None and rested and (needed or aged):
            self._tried = now
            self._running = asyncio.get_running_loop().create_task(self._renewed())

    def _drop_outdated(self) -> None:
        if self._good is not None and self._clock().timestamp() - self._good >= _OLDEST:
            self._keys, self._good = {}, None

    async def _renewed(self) -> None:
        try:
            body = await self._fetch(self.address)
            self._keys = read_key_set(body, allow_published=self._allow_published)
        except KeysUnavailableError as error:
            log.exception("keys-unavailable", code=error.reason)
        except ValueError:
            log.exception("keys-unavailable", code="not-a-key-set")
        else:
            self._good = self._clock().timestamp()
