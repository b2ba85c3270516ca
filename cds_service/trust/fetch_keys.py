"""Fetches a key set from the address that the configuration lists, and from nowhere else."""

import asyncio

import httpx

from cds_service import __version__
from cds_service.errors import KeysUnavailableError

_MOST_BYTES = 64 * 1024
_DEADLINE = 5.0  # seconds for the whole answer
_HEADERS = {
    "accept": "application/json",
    "accept-encoding": "identity",
    "user-agent": f"legpain-cds/{__version__}",
}


async def fetch_key_set(address: str, transport: httpx.AsyncBaseTransport | None = None) -> bytes:
    """The document at this https address: one answer, no redirect, bounded in size and time.

    Raises KeysUnavailableError with a reason code.
    """
    if not address.startswith("https://"):
        raise KeysUnavailableError("not-https")
    client = httpx.AsyncClient(
        transport=transport, headers=_HEADERS, follow_redirects=False, trust_env=False
    )
    try:
        async with asyncio.timeout(_DEADLINE), client, client.stream("GET", address) as response:
            if response.status_code != httpx.codes.OK:
                raise KeysUnavailableError(f"status-{response.status_code}")
            if response.headers.get("content-encoding", "identity") != "identity":
                raise KeysUnavailableError("compressed")
            return await _bounded(response)
    except TimeoutError:
        raise KeysUnavailableError("too-slow") from None
    except (httpx.HTTPError, OSError):
        raise KeysUnavailableError("unreachable") from None


async def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise KeysUnavailableError("too-large")
    return bytes(body)
