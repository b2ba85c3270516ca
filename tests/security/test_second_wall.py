"""A permitted name that leads to an address which nobody permitted is not connected to."""

from collections.abc import Iterable

import anyio
import httpcore
import pytest

from cds_service.trust.network import GuardedNetwork, permitted

GLOBAL = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]
PRIVATE = ["10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00::1"]
NEVER = [
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104 - an address to be refused
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "not an address",
]
NAME = "ehr.example.org"


class Network(httpcore.AsyncMockBackend):
    """Remembers where it was asked to connect."""

    def __init__(self) -> None:
        super().__init__([])
        self.reached: list[str] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to nothing."""
        self.reached.append(host)
        return await super().connect_tcp(host, port, timeout, local_address, socket_options)


@pytest.mark.requirement("AUTH-12")
@pytest.mark.parametrize("address", [*GLOBAL, *PRIVATE, *NEVER])
def test_a_name_leads_to_global_addresses_only(address: str) -> None:
    """Those of the site's own network need a word of the configuration; the machine's never."""
    assert permitted(NAME, address, private=False) is (address in GLOBAL)
    assert permitted(NAME, address, private=True) is (address in GLOBAL + PRIVATE)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("localhost", "127.0.0.1"),
        ("localhost", "::1"),
        ("10.1.2.3", "10.1.2.3"),
    ],
)
def test_an_address_that_is_configured_is_what_it_says(host: str, address: str) -> None:
    """A person wrote it down."""
    assert permitted(host, address, private=False)


def test_this_machines_name_leads_nowhere_else() -> None:
    """A resolver cannot send `localhost` to another network."""
    assert not permitted("localhost", "10.1.2.3", private=False)


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Make every name resolve to these addresses."""

    def resolve(_host: object, port: int, **_kwargs: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr("socket.getaddrinfo", lambda *a, **k: resolve(a[0], a[1], **k))


@pytest.mark.requirement("AUTH-12")
@pytest.mark.parametrize(
    "addresses", [("10.1.2.3",), (GLOBAL[0], "127.0.0.1"), ("169.254.169.254",), ()]
)
async def test_one_odd_address_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
) -> None:
    """A name with a good and a bad address is not connected to at all."""
    resolving(monkeypatch, *addresses)
    network = Network()
    with pytest.raises(httpcore.ConnectError):
        await GuardedNetwork(private=False, network=network).connect_tcp(NAME, 443)
    assert network.reached == []


async def test_the_judged_address_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing resolves the name a second time, so it cannot change meanwhile."""
    resolving(monkeypatch, GLOBAL[0])
    network = Network()
    stream = await GuardedNetwork(private=False, network=network).connect_tcp(NAME, 443)
    assert network.reached == [GLOBAL[0]]
    await stream.aclose()


async def test_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one address refuses, the other one may answer."""
    resolving(monkeypatch, *GLOBAL)

    class Half(Network):
        async def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
            local_address: str | None = None,
            socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
        ) -> httpcore.AsyncNetworkStream:
            stream = await super().connect_tcp(host, port, timeout, local_address, socket_options)
            if host == GLOBAL[0]:
                await stream.aclose()
                raise httpcore.ConnectError
            return stream

    network = Half()
    stream = await GuardedNetwork(private=False, network=network).connect_tcp(NAME, 443)
    assert network.reached == GLOBAL
    await stream.aclose()


async def test_waiting_is_waiting() -> None:
    """The pool's pause between attempts passes through."""
    with anyio.fail_after(5):
        await GuardedNetwork(private=False).sleep(0)
