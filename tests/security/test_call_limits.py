"""What one tenant may send in a minute, and what a slow client costs a running service."""

import json
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.contract.http_calls import assert_refused
from tests.processes import served
from tests.security.callers import (
    DISCOVERY,
    NOW,
    OTHER_ISSUER,
    SECONDS,
    TRUST,
    Draft,
    bearer,
    call,
    request_body,
    settings,
    token,
    write_site,
)

Connect = Callable[[FastAPI], httpx.AsyncClient]
LIMITED = TRUST.replace('id = "general"', 'id = "general"\ncalls_per_minute = 3')
PATH = "/cds-services/leg-pain"
OK, TOO_MANY = httpx.codes.OK, httpx.codes.TOO_MANY_REQUESTS
PATIENCE = 20  # seconds, for a busy machine


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """The instant."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock at the instant of the tokens."""
    return Clock()


@pytest.fixture
def limited(tmp_path: Path, clock: Clock) -> FastAPI:
    """A service whose tenant `general` may make three calls a minute; `other` has no limit."""
    return create_app(settings(write_site(tmp_path, LIMITED)), clock=clock)


async def ask(caller: httpx.AsyncClient, path: str = PATH) -> httpx.Response:
    """A call of the limited tenant, with a token of its own."""
    return await call(caller, bearer(token()), path)


@pytest.mark.requirement("ERR-2", "ERR-9")
async def test_a_tenant_gets_its_calls_and_no_more(
    limited: FastAPI, connect: Connect, clock: Clock
) -> None:
    """The fourth is 429 with the seconds to wait; after them there is one again."""
    caller = connect(limited)
    assert [(await ask(caller)).status_code for _ in range(3)] == [OK] * 3
    refused = await ask(caller)
    assert_refused(refused, TOO_MANY)
    assert refused.json()["issue"][0]["code"] == "throttled"
    assert refused.headers["retry-after"] == "20"
    clock.now += timedelta(seconds=20)
    assert [(await ask(caller)).status_code for _ in range(2)] == [OK, TOO_MANY]


@pytest.mark.requirement("ERR-9")
async def test_feedback_counts_as_a_call(limited: FastAPI, connect: Connect) -> None:
    """Both use up the same calls, and both are refused."""
    caller = connect(limited)
    paths = [PATH, f"{PATH}/feedback", PATH, f"{PATH}/feedback", PATH]
    answers = [(await ask(caller, path)).status_code for path in paths]
    assert answers == [OK, OK, OK, TOO_MANY, TOO_MANY]


async def test_another_tenant_is_not_touched(limited: FastAPI, connect: Connect) -> None:
    """A tenant without a limit, and one whose neighbor used up its calls."""
    caller = connect(limited)
    for _ in range(5):
        await ask(caller)
    for _ in range(10):
        draft = Draft(claims={"iss": OTHER_ISSUER}, signer="ec-other")
        assert (await call(caller, bearer(draft.sign()))).status_code == OK


async def test_nobody_uses_up_the_calls_of_another(limited: FastAPI, connect: Connect) -> None:
    """A token that only names the tenant is refused and not counted."""
    caller = connect(limited)
    for _ in range(10):
        forged = Draft(signer="ec-other").sign()
        assert (await call(caller, bearer(forged))).status_code == httpx.codes.UNAUTHORIZED
    assert (await ask(caller)).status_code == OK


async def test_discovery_is_never_refused(tmp_path: Path, connect: Connect) -> None:
    """Not even where it asks for a token, and it uses up no call."""
    trust = f"authenticate_discovery = true\n{LIMITED}"
    caller = connect(create_app(settings(write_site(tmp_path, trust)), clock=lambda: NOW))

    async def discover() -> int:
        draft = Draft(claims={"aud": DISCOVERY, "iat": SECONDS})
        headers = {"authorization": f"Bearer {draft.sign()}"}
        return (await caller.get("/cds-services", headers=headers)).status_code

    assert [await discover() for _ in range(6)] == [OK] * 6
    assert [(await ask(caller)).status_code for _ in range(4)] == [OK] * 3 + [TOO_MANY]
    assert await discover() == OK


async def test_the_demo_has_no_limit(connect: Connect) -> None:
    """Nobody is told apart there."""
    caller = connect(create_app(Settings(profile="demo", database_url="sqlite://"), clock=Clock()))
    for _ in range(100):
        assert (await caller.post(PATH, json=request_body())).status_code == OK


def test_a_client_that_drips_loses_its_connection(tmp_path: Path) -> None:
    """Over a socket: 408, then the end of the connection, while others are answered."""
    limits = {"profile": "demo", "body_seconds": "0.5", "most_calls_at_once": "1"}
    database = f"sqlite:///{tmp_path / 'kept.db'}"
    with served(tmp_path, database_url=database, **limits) as service:
        host, _, port = service.address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as slow:
            head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            slow.sendall(f"{head}Content-Length: 100000\r\n\r\n".encode())
            health = httpx.get(f"{service.address}/health/ready", trust_env=False)
            answer = until_closed(slow)
        assert health.status_code == OK
        assert answer.startswith(b"HTTP/1.1 408 ")
        outcome = json.loads(answer.partition(b"\r\n\r\n")[2])
        assert outcome["resourceType"] == "OperationOutcome"
        after = httpx.post(f"{service.address}{PATH}", json=request_body(), trust_env=False)
        assert after.status_code == OK


def until_closed(slow: socket.socket) -> bytes:
    """What comes back while a blank is sent now and then, until the other side has closed."""
    received, until = b"", time.monotonic() + PATIENCE
    slow.settimeout(0.1)
    while time.monotonic() < until:
        try:
            piece = slow.recv(65536)
        except TimeoutError:
            slow.sendall(b" ")
            continue
        if not piece:
            return received
        received += piece
    raise AssertionError("the connection was never closed")
