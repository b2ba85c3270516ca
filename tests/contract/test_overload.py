"""More calls at once than can be answered, and bodies that come drop by drop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from cds_service.app import create_app
from cds_service.errors import SettingsError
from cds_service.settings import Settings, read_settings
from tests.bench.asgi import scope_of
from tests.contract.http_calls import (
    FEEDBACK,
    JSON_TYPE,
    SERVICE,
    Connect,
    assert_refused,
    minimal,
)

UNAVAILABLE, SLOW = httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.REQUEST_TIMEOUT
BODY = httpx.Request("POST", "http://x", json=minimal()).content
PATIENCE = 20  # seconds, for a busy machine


def small(**settings: Any) -> FastAPI:
    """A service that answers two calls at once unless told otherwise."""
    given: dict[str, Any] = {
        "profile": "demo",
        "database_url": "sqlite://",
        "most_calls_at_once": 2,
    }
    return create_app(Settings(**given | settings))


@dataclass
class HeldBody:
    """A body whose end is held back; `begun` is set once the service asks for the rest."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    rest: asyncio.Event = field(default_factory=asyncio.Event)

    async def pieces(self) -> AsyncIterator[bytes]:
        """All but the last byte, and that when it is let go."""
        yield BODY[:-1]
        self.begun.set()
        await self.rest.wait()
        yield BODY[-1:]


@asynccontextmanager
async def under_way(caller: httpx.AsyncClient, calls: int) -> AsyncIterator[list[httpx.Response]]:
    """That many calls in the middle of their bodies; they end with the block, answers inside."""
    answers: list[httpx.Response] = []
    bodies = [HeldBody() for _ in range(calls)]

    async def send(body: HeldBody) -> None:
        answers.append(await caller.post(SERVICE, content=body.pieces(), headers=JSON_TYPE))

    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
        for body in bodies:
            tasks.create_task(send(body))
            await body.begun.wait()
        yield answers
        for body in bodies:
            body.rest.set()


@pytest.mark.requirement("ERR-2", "ERR-9")
async def test_a_call_too_many_is_refused_at_once(connect: Connect) -> None:
    """503 with Retry-After while the others are still under way; they are answered in full."""
    caller = connect(small())
    async with under_way(caller, 2) as answers:
        refused = await caller.post(SERVICE, json=minimal())
        assert answers == []
    assert_refused(refused, UNAVAILABLE)
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.json()["issue"][0]["code"] == "transient"
    assert [answer.status_code for answer in answers] == [httpx.codes.OK] * 2


@pytest.mark.requirement("ERR-9")
async def test_feedback_too_many_is_refused_too(connect: Connect) -> None:
    """It is a call like any other."""
    caller = connect(small())
    async with under_way(caller, 2):
        refused = await caller.post(FEEDBACK, json={"feedback": []})
    assert_refused(refused, UNAVAILABLE)
    assert refused.headers["retry-after"]


async def test_what_monitors_and_clients_need_is_never_refused(connect: Connect) -> None:
    """Discovery, health and metrics answer while no call can."""
    caller = connect(small())
    async with under_way(caller, 2):
        for path in ("/cds-services", "/health/live", "/health/ready", "/metrics", "/openapi.json"):
            assert (await caller.get(path)).status_code == httpx.codes.OK, path


@pytest.mark.requirement("ERR-9")
async def test_of_many_at_once_as_many_as_allowed_are_answered(connect: Connect) -> None:
    """Saturation: none hangs, none fails otherwise, and afterward there is room again."""
    caller = connect(small(most_calls_at_once=5))
    async with under_way(caller, 5) as answers:
        more = [caller.post(SERVICE, json=minimal()) for _ in range(40)]
        refused = await asyncio.gather(*more)
    assert {answer.status_code for answer in refused} == {UNAVAILABLE}
    assert [answer.status_code for answer in answers] == [httpx.codes.OK] * 5
    assert (await caller.post(SERVICE, json=minimal())).status_code == httpx.codes.OK


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        pytest.param("/cds-services/nothing", b"{}", 404, id="unknown service"),
        pytest.param(SERVICE, b"{", 400, id="not JSON"),
        pytest.param(FEEDBACK, b"{}", 400, id="bad feedback"),
        pytest.param(SERVICE, BODY, 200, id="answered"),
    ],
)
async def test_every_end_of_a_call_makes_room(
    connect: Connect, path: str, body: bytes, status: int
) -> None:
    """However a call ends, the next one finds its place free."""
    caller = connect(small(most_calls_at_once=1))
    for _ in range(3):
        answer = await caller.post(path, content=body, headers=JSON_TYPE)
        assert answer.status_code == status


async def test_a_client_that_goes_away_makes_room(connect: Connect) -> None:
    """A call that is given up in the middle of its body holds no place."""
    caller = connect(small(most_calls_at_once=1))
    body = HeldBody()
    sending = asyncio.create_task(caller.post(SERVICE, content=body.pieces(), headers=JSON_TYPE))
    await asyncio.wait_for(body.begun.wait(), PATIENCE)
    sending.cancel()
    await asyncio.wait([sending], timeout=PATIENCE)
    assert (await caller.post(SERVICE, json=minimal())).status_code == httpx.codes.OK


async def drops() -> AsyncIterator[bytes]:
    """One blank after the other, without end."""
    while True:
        yield b" "
        await asyncio.sleep(0.01)


@pytest.mark.requirement("ERR-2", "ERR-9")
@pytest.mark.parametrize("path", [SERVICE, FEEDBACK])
async def test_a_body_that_drips_is_given_up(connect: Connect, path: str) -> None:
    """408 at the deadline of the whole body, though each piece came in time; room is made."""
    caller = connect(small(most_calls_at_once=1, body_seconds=0.2))
    async with asyncio.timeout(PATIENCE):
        refused = await caller.post(path, content=drops(), headers=JSON_TYPE)
    assert_refused(refused, SLOW)
    assert refused.json()["issue"][0]["code"] == "timeout"
    assert refused.headers["connection"] == "close"
    assert (await caller.post(SERVICE, json=minimal())).status_code == httpx.codes.OK


@pytest.mark.parametrize("path", [SERVICE, FEEDBACK])
async def test_a_client_that_goes_away_is_no_failure_of_ours(
    path: str, capsys: pytest.CaptureFixture[str], connect: Connect
) -> None:
    """A body that ends too early is logged and counted as refused."""
    app = small()
    messages: list[dict[str, Any]] = [
        {"type": "http.disconnect"},
        {"type": "http.request", "body": BODY[:-1], "more_body": True},
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop()

    async def unheard(_message: Any) -> None:
        """Nobody listens any more."""

    await app(scope_of(path, BODY), receive, unheard)
    told = capsys.readouterr().err
    assert '"code": "cut-off"' in told
    assert '"event": "failed"' not in told
    assert 'status="500"' not in (await connect(app).get("/metrics")).text


async def test_refusals_are_counted(connect: Connect) -> None:
    """An operator sees overload in the counters."""
    caller = connect(small())
    async with under_way(caller, 2):
        await caller.post(SERVICE, json=minimal())
    counted = (await caller.get("/metrics")).text
    assert 'legpain_calls_total{service="leg-pain",status="503",tenant="demo"} 1.0' in counted


@pytest.mark.parametrize(
    ("name", "value"),
    [("most_calls_at_once", 0), ("body_seconds", 0), ("body_seconds", -1)],
)
def test_a_limit_that_lets_nothing_through_stops_the_start(name: str, value: int) -> None:
    """The sentence names the variable."""
    with pytest.raises(SettingsError, match=f"LEGPAIN_{name.upper()}"):
        read_settings(**{name: value})
