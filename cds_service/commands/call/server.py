"""The FHIR server that the person at the terminal named: the only one that is ever asked."""

import asyncio
import re
import urllib.request
from dataclasses import dataclass
from typing import Any

import httpx

from cds_service.commands.cds_client.answer import parse
from cds_service.commands.plain import plain
from cds_service.errors import CallError
from cds_service.fhir.access import FhirAccess
from cds_service.fhir.body import (
    MOST_BYTES,
    OtherVersionError,
    TooLargeError,
    UnreadableError,
)
from cds_service.fhir.client import FhirClient, transport_limits
from cds_service.trust.outbound import fhir_base, here, safe_for_token

TOKEN_VARIABLE = "LEGPAIN_FHIR_TOKEN"  # noqa: S105 - the name of a variable
_TOKEN = re.compile(r"[!-~]*")
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


def access_of(address: str, token: str) -> FhirAccess:
    """Access to the base address as it was typed; raises CallError."""
    if not _TOKEN.fullmatch(token):
        raise CallError(
            f"{TOKEN_VARIABLE} or the file of --token-file holds no access token: one line of "
            "letters, digits and signs"
        )
    if "@" in address.partition("://")[2].partition("/")[0]:
        raise CallError(
            f"--fhir-server holds a user or password; remove it, and set {TOKEN_VARIABLE} to an "
            "access token"
        )
    base = fhir_base(address)
    if base is None:
        raise CallError(
            f"--fhir-server {plain(address)}: give the base of a FHIR server, such as "
            "https://ehr.example.org/fhir"
        )
    if token and not safe_for_token(base):
        raise CallError(
            "An access token is sent over https only, or to this machine; give --fhir-server as "
            "https://"
        )
    return FhirAccess(base, token)


def unauthorized(access: FhirAccess) -> str:
    """What to do about a 401."""
    if access.token:
        return f"{access.base} does not accept the access token (HTTP 401); get a fresh one"
    return (
        f"{access.base} wants an access token (HTTP 401); set {TOKEN_VARIABLE}, or "
        "give --token-file"
    )


def _transport(base: str) -> httpx.AsyncBaseTransport:
    """Straight to the server, or by the proxy that the environment names for it."""
    url = httpx.URL(base)
    direct = here(base) or urllib.request.proxy_bypass(url.host)
    proxies = {} if direct else urllib.request.getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all") or ""
    spoken = proxy.startswith(("http://", "https://"))
    return httpx.AsyncHTTPTransport(limits=transport_limits(), proxy=proxy if spoken else None)
