"""Keys at a listed address: new ones are found, withdrawn ones forgotten, outages survived."""

import asyncio
import gzip
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cds_service.app import build_service
from cds_service.errors import KeysUnavailableError, NotTrustedError
from cds_service.trust.admission import Gate
from cds_service.trust.fetch_keys import fetch_key_set
from tests.security.callers import (
    ISSUER,
    JKU,
    NOW,
    SERVICE,
    Draft,
    Json,
    bearer,
    key,
    key_set,
    public,
    settings,
)
from tests.security.key_server import KeyServer, serving_keys

TRUST = f"""
[[tenant]]
id = "general"

[[tenant.issuer]]
iss = "{ISSUER}"
jku = ["{JKU}"]
"""
OLD, NEW = public("ec", "2026-01"), public("ec-new", "2026-02")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """The present instant."""
        return self.now


@pytest.fixture
def server() -> Iterator[KeyServer]:
    """The issuer's key server."""
    with serving_keys() as running:
        running.body = key_set(OLD).encode()
        yield running


@pytest.fixture
def clock() -> Clock:
    """Time in the hand of the test."""
    return Clock()


@pytest.fixture
def gate(server: KeyServer, clock: Clock, tmp_path: Path) -> Gate:
    """The door of a service that fetches its keys."""
    (tmp_path / "trust.toml").write_text(TRUST, encoding="utf-8")
    return build_service(settings(tmp_path), clock, server.fetch).gate


async def reason(gate: Gate, clock: Clock, kid: str = "2026-01", **header: object) -> str:
    """Why a token signed with the key of this id is refused; empty when it is accepted."""
    now = int(clock().timestamp())
    draft = Draft(
        header={"kid": kid} | header,
        claims={"iat": now, "exp": now + 300, "aud": SERVICE},
        signer="ec" if kid == "2026-01" else "ec-new",
    )
    try:
        await gate.admit_call(bearer(draft.sign()), "leg-pain")
    except NotTrustedError as error:
        return error.reason
    return ""


@pytest.mark.requirement("SEC-15", "SEC-13")
async def test_keys_are_fetched_from_the_listed_address(
    gate: Gate, clock: Clock, server: KeyServer
) -> None:
    """Once, whether or not the token names the address."""
    assert await reason(gate, clock, jku=JKU) == ""
    assert await reason(gate, clock) == ""
    assert server.asked == ["/jwks.json"]


@pytest.mark.requirement("SEC-13")
@pytest.mark.parametrize(
    "jku", ["https://evil.example/jwks.json", f"{JKU}/", f"{JKU}#x", JKU.upper(), "http://x"]
)
async def test_no_other_address_is_ever_asked(
    gate: Gate, clock: Clock, server: KeyServer, jku: str
) -> None:
    """An address that is not listed letter for letter is refused without a connection."""
    assert await reason(gate, clock, jku=jku) == "key-address"
    assert server.asked == []


@pytest.mark.requirement("SEC-13")
async def test_a_stranger_causes_no_fetch(gate: Gate, server: KeyServer) -> None:
    """Only a listed issuer leads to an address."""
    draft = Draft(claims={"iss": "https://evil.example"}, header={"jku": JKU})
    with pytest.raises(NotTrustedError, match="issuer"):
        await gate.admit_call(bearer(draft.sign()), "leg-pain")
    assert server.asked == []


@pytest.mark.requirement("SEC-16")
async def test_a_new_key_works_at_once(gate: Gate, clock: Clock, server: KeyServer) -> None:
    """The first call under a new key id fetches the set anew and is served."""
    assert await reason(gate, clock) == ""
    server.body = key_set(OLD, NEW).encode()
    clock.now += MINUTE
    assert await reason(gate, clock, "2026-02") == ""
    assert len(server.asked) == 2


@pytest.mark.requirement("SEC-16")
async def test_an_unknown_key_id_is_asked_for_once_a_minute(
    gate: Gate, clock: Clock, server: KeyServer
) -> None:
    """Strangers cannot make the service hammer the issuer."""
    for _ in range(20):
        assert await reason(gate, clock, "2026-02") == "unknown-key"
        clock.now += timedelta(seconds=2)
    assert len(server.asked) == 1
    clock.now += MINUTE
    assert await reason(gate, clock, "2026-02") == "unknown-key"
    assert len(server.asked) == 2


@pytest.mark.requirement("SEC-16")
async def test_many_calls_share_one_fetch(gate: Gate, clock: Clock, server: KeyServer) -> None:
    """At a start all of them wait for the same answer."""
    reasons = await asyncio.gather(*(reason(gate, clock) for _ in range(10)))
    assert set(reasons) == {""}
    assert len(server.asked) == 1


@pytest.mark.requirement("SEC-16")
async def test_a_withdrawn_key_is_refused_after_ten_minutes(
    gate: Gate, clock: Clock, server: KeyServer
) -> None:
    """The set is renewed in the background: the call that starts it does not wait."""
    assert await reason(gate, clock) == ""
    server.body = key_set(NEW).encode()
    clock.now += timedelta(minutes=9)
    assert await reason(gate, clock) == ""
    assert len(server.asked) == 1
    clock.now += MINUTE
    await reason(gate, clock)
    await settled()
    assert await reason(gate, clock) == "unknown-key"
    assert await reason(gate, clock, "2026-02") == ""


async def settled() -> None:
    """Let a background fetch end."""
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        if "_renewed" in repr(task.get_coro()):
            await task


BROKEN: list[tuple[str, Json]] = [
    ("error", {"status": 500}),
    ("redirect", {"status": 302, "headers": {"location": "/elsewhere"}}),
    ("web page", {"body": b"<html>"}),
    ("no set", {"body": b'{"keys": 7}'}),
    ("private key", {"body": key_set(dict(key("ec").as_dict(private=True)) | OLD).encode()}),
    ("too large", {"body": key_set(OLD, {"padding": "x" * 65_536}).encode()}),
    ("compressed", {"body": gzip.compress(b"{}"), "headers": {"content-encoding": "gzip"}}),
]


@pytest.mark.requirement("SEC-16", "SEC-17")
@pytest.mark.parametrize("answer", [a for _, a in BROKEN], ids=[name for name, _ in BROKEN])
async def test_the_last_good_keys_survive_an_outage_for_a_day(
    gate: Gate,
    clock: Clock,
    server: KeyServer,
    answer: Json,
    written: Callable[[], str],
) -> None:
    """Whatever comes instead of a key set changes nothing until the day is over."""
    assert await reason(gate, clock) == ""
    for name, value in answer.items():
        setattr(server, name, value)
    for _ in range(23):
        clock.now += HOUR
        assert await reason(gate, clock) == ""
        await settled()
    assert "keys-unavailable" in written()
    assert set(server.asked) == {"/jwks.json"}
    clock.now += HOUR
    assert await reason(gate, clock) == "unknown-key"


@pytest.mark.requirement("SEC-16")
async def test_the_service_recovers_within_a_minute(
    gate: Gate, clock: Clock, server: KeyServer
) -> None:
    """Keys that could not be had at the start are had when the issuer is back."""
    server.status = 503
    assert await reason(gate, clock) == "unknown-key"
    server.status = 200
    clock.now += MINUTE
    assert await reason(gate, clock) == ""


@pytest.mark.requirement("SEC-16")
async def test_a_slow_issuer_does_not_hold_a_call(
    gate: Gate, clock: Clock, server: KeyServer
) -> None:
    """The call waits half a second at most, the fetch goes on without it."""
    server.hold.clear()
    async with asyncio.timeout(3):
        assert await reason(gate, clock) == "unknown-key"
    server.hold.set()
    await settled()
    assert await reason(gate, clock) == ""


async def test_a_start_fetches_all_keys(gate: Gate, server: KeyServer) -> None:
    """The first call finds them there."""
    gate.fetch_keys()
    await settled()
    assert server.asked == ["/jwks.json"]


@pytest.mark.requirement("SEC-17")
async def test_keys_come_over_https_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """An http address is refused before anything is opened."""

    def refuse(*_args: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(KeysUnavailableError, match="not-https"):
        await fetch_key_set("http://127.0.0.1:9/jwks.json")


async def test_an_issuer_that_is_not_there_is_an_outage() -> None:
    """A refused connection ends in a reason code, not in an error of the library."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(KeysUnavailableError, match="unreachable"):
        await KeyServer(port).fetch(JKU)
