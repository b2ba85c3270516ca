"""The FHIR server that a person named: the only one that is ever asked."""

import asyncio
import urllib.request
from dataclasses import dataclass
from typing import Any

import httpx

from cds_service.ehr.answer import parse
from cds_service.ehr.plain import plain
from cds_service.fhir.access import FhirAccess
from cds_service.fhir.body import (
    MOST_BYTES,
    OtherVersionError,
    TooLargeError,
    UnreadableError,
)
from cds_service.fhir.client import FhirClient, transport_limits
from cds_service.trust.outbound import here

_OK = 200
_WORDS = (
    (TimeoutError, "no answer in time"),
    (TooLargeError, f"more than {MOST_BYTES // 1024**2} MiB in one answer"),
    (OtherVersionError, "another FHIR version than R4 and R4B"),
    (UnreadableError, "no FHIR JSON"),
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one request; status 0 where no answer came, no document where it is no JSON."""

    status: int
    document: Any = None
    error: Exception | None = None

    @property
    def ok(self) -> bool:
        """200 with FHIR JSON."""
        return self.status == _OK and self.error is None

    @property
    def kind(self) -> str:
        """The resource type, empty where there is none."""
        found = self.document.get("resourceType") if isinstance(self.document, dict) else None
        return plain(found) if isinstance(found, str) else ""

    @property
    def why(self) -> str:
        """What is wrong with it, in a few words without anything of its content."""
        words = next((said for kind, said in _WORDS if isinstance(self.error, kind)), "")
        if isinstance(self.error, httpx.ConnectError):
            return f"no connection ({plain(str(self.error)) or 'refused'})"
        if self.error is not None:
            return words or f"no HTTP answer ({type(self.error).__name__})"
        return f"HTTP {self.status}"


class EhrServer:
    """Reads one FHIR server; `timeout` seconds are for one answer."""

    def __init__(self, access: FhirAccess, timeout: float) -> None:
        self.access = access
        self._timeout = timeout
        self._client = FhirClient(lambda: _transport(access.base))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def query(self, relative: str) -> Reply:
        """The answer to a query relative to the base."""
        return await self.ask(f"{self.access.base}/{relative}")

    async def ask(self, address: str) -> Reply:
        """The answer at an address of this server."""
        until = asyncio.get_running_loop().time() + self._timeout
        try:
            async with asyncio.timeout_at(until):
                status, body = await self._client.get(self.access, address, until)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
            return Reply(0, error=error)
        except UnreadableError as error:
            return Reply(_OK, error=error)
        if body is None:
            return Reply(status)
        try:
            return Reply(status, parse(body))
        except (ValueError, RecursionError):
            return Reply(status, error=UnreadableError())


def _transport(base: str) -> httpx.AsyncBaseTransport:
    """Straight to the server, or by the proxy that the environment names for it."""
    url = httpx.URL(base)
    direct = here(base) or urllib.request.proxy_bypass(url.host)
    proxies = {} if direct else urllib.request.getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all") or ""
    spoken = proxy.startswith(("http://", "https://"))
    return httpx.AsyncHTTPTransport(limits=transport_limits(), proxy=proxy if spoken else None)
