"""The second wall: a permitted name must not lead to an address that nobody permitted."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SHARED = ipaddress.ip_network("100.64.0.0/10")
_HERE = "localhost"


class GuardedTransport(httpx.AsyncHTTPTransport):
    """Resolves each name itself and connects to an address that it has judged."""

    def __init__(self, limits: httpx.Limits, *, private: bool) -> None:
        # Certificates of the site's own authority come by SSL_CERT_FILE; proxies never do.
        context = httpx.create_ssl_context(trust_env=True)
        super().__init__(verify=context, trust_env=False, limits=limits)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=GuardedNetwork(private=private),
        )


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to global addresses, and with `private` to those of the site's own network.

    The TLS name stays the one of the request: only the address is taken from here.
    """

    def __init__(
        self, *, private: bool, network: httpcore.AsyncNetworkBackend | None = None
    ) -> None:
        self._private = private
        self._network = network or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of the host, after all of them were judged."""
        addresses = await _resolved(host, port)
        if not addresses or not all(permitted(host, a, private=self._private) for a in addresses):
            raise httpcore.ConnectError
        error: Exception = httpcore.ConnectError()
        for address in addresses:
            try:
                stream = await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
                return ClosingStream(stream)
            except httpcore.ConnectError as refused:
                error = refused
        raise error

    async def sleep(self, seconds: float) -> None:
        """Wait between the attempts of a pool that retries; ours does not."""
        await self._network.sleep(seconds)


class ClosingStream(httpcore.AsyncNetworkStream):
    """A connection that does not stay open when a TLS handshake is cut off by the deadline."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
    ) -> httpcore.AsyncNetworkStream:
        """Shake hands, or close the connection, also when cancelled."""
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            await self._stream.aclose()
            raise

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as above
        """Read from the connection."""
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as above
        """Write to the connection."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:
        """What the connection tells of itself."""
        return self._stream.get_extra_info(info)


async def _resolved(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise httpcore.ConnectError from None
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def permitted(host: str, address: str, *, private: bool) -> bool:
    """Whether a host that the configuration names may be reached at this address.

    An address that is itself configured was chosen by a person, and so was this machine.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if host.strip("[]") == address or (host == _HERE and found.is_loopback):
        return True
    if found.is_global and not found.is_multicast:
        return not (found.version == _NAT64.version and found in _NAT64)
    odd = found.is_loopback or found.is_link_local or found.is_multicast or found.is_unspecified
    own = found.is_private or (found.version == _SHARED.version and found in _SHARED)
    return private and own and not odd and not found.is_reserved
