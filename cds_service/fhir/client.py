"""Reads FHIR servers: shared connections, bounded answers, a breaker and a cap for each server."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

import httpx

from cds_service import __version__
from cds_service.fhir.access import FhirAccess
from cds_service.fhir.body import ACCEPTED, UnreadableError, read_body
from cds_service.fhir.breaker import Breaker

_AT_ONCE = 20
_KEPT_ALIVE = 30.0
_ENOUGH_TO_RETRY = 0.2
_OK = 200
_DENIED = 403
_TOO_MANY = 429
_SERVER_FAULT = 500
_HEADERS = {"user-agent": f"legpain-cds/{__version__}", **ACCEPTED}
# A connection that was kept alive may have been closed at the other end meanwhile.
_RESET = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)


class Refusal(Enum):
    """Why there is no body; WITHHELD: the token does not reach this type of resource."""

    FAILED = auto()
    WITHHELD = auto()


@dataclass(slots=True)
class _Line:
    """What is shared by all calls to one server."""

    breaker: Breaker = field(default_factory=Breaker)
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))


class FhirClient:
    """One for each process; `transport` opens the connections, `clock` is monotonic, in seconds."""

    def __init__(
        self,
        transport: Callable[[], httpx.AsyncBaseTransport],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._client: httpx.AsyncClient | None = None
        self._lines: dict[str, _Line] = {}

    def open(self) -> httpx.AsyncClient:
        """Get ready to connect; called at start-up, so that no call waits for certificates."""
        if self._client is None:
            self._client = httpx.AsyncClient(
                transport=self._transport(),
                headers=_HEADERS,
                follow_redirects=False,
                trust_env=False,
                timeout=None,  # noqa: S113 - one deadline holds for all calls of a request together
            )
        return self._client

    async def close(self) -> None:
        """Close all connections."""
        client, self._client = self._client, None
        self._lines.clear()
        if client is not None:
            await client.aclose()

    def admits(self, access: FhirAccess) -> bool:
        """Whether the server is worth asking for one more patient."""
        return self._line(access).breaker.admits(self._clock())

    async def read(self, access: FhirAccess, address: str, until: float) -> bytes | Refusal:
        """The body at an address of this server, in the time of `until` on the loop's clock.

        The caller ends the wait; a call that is cut off counts as a failure of the server.
        """
        line = self._line(access)
        async with line.free:
            try:
                status, body = await self.get(access, address, until)
            except asyncio.CancelledError:
                line.breaker.failed(self._clock())
                raise
            except (httpx.HTTPError, httpx.InvalidURL, UnreadableError):
                line.breaker.failed(self._clock())
                return Refusal.FAILED
        if status >= _SERVER_FAULT or status == _TOO_MANY:
            line.breaker.failed(self._clock())
        else:
            line.breaker.succeeded()
        if status == _DENIED:
            return Refusal.WITHHELD
        return Refusal.FAILED if body is None else body

    async def get(self, access: FhirAccess, address: str, until: float) -> tuple[int, bytes | None]:
        """Status and body of one call, whatever else became of this server; no body unless 200.

        Raises httpx.HTTPError, httpx.InvalidURL or UnreadableError.
        """
        try:
            return await self._once(access, address)
        except _RESET:
            if until - asyncio.get_running_loop().time() < _ENOUGH_TO_RETRY:
                raise
            return await self._once(access, address)

    async def _once(self, access: FhirAccess, address: str) -> tuple[int, bytes | None]:
        headers = access.headers()
        async with self.open().stream("GET", address, headers=headers) as response:
            if response.status_code != _OK:
                return response.status_code, None
            return _OK, await read_body(response)

    def _line(self, access: FhirAccess) -> _Line:
        return self._lines.setdefault(access.origin, _Line())


def transport_limits() -> httpx.Limits:
    """How many connections are kept for the next call."""
    return httpx.Limits(
        max_connections=None, max_keepalive_connections=100, keepalive_expiry=_KEPT_ALIVE
    )
