"""A token is good for one call, whichever worker it reaches."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from cds_service.app import create_app
from cds_service.records.database import open_database
from cds_service.records.replay import ReplayStore
from tests.databases import ask, locked, stored_in
from tests.processes import served
from tests.security.callers import (
    BASE,
    CARD_KEY,
    NOW,
    SECONDS,
    bearer,
    call,
    settings,
    token,
    write_site,
)

Connect = Callable[[FastAPI], httpx.AsyncClient]
FEEDBACK = "/cds-services/leg-pain/feedback"


@pytest.fixture
def store(database: str) -> Iterator[ReplayStore]:
    """The list of used tokens by itself."""
    engine = open_database(database)
    yield ReplayStore(engine)
    engine.dispose()


@pytest.fixture
def workers(site: Path, database: str) -> Iterator[tuple[FastAPI, FastAPI]]:
    """Two workers of one service: one database."""
    shared = settings(site, database_url=database)
    both = create_app(shared, clock=lambda: NOW), create_app(shared, clock=lambda: NOW)
    yield both
    for app in both:
        app.state.service.store.close()


@pytest.mark.requirement("SEC-12")
async def test_a_used_token_is_refused_everywhere(
    workers: tuple[FastAPI, FastAPI], connect: Connect
) -> None:
    """By the worker that took it and by the other."""
    here, there = map(connect, workers)
    text = token()
    statuses = [(await call(client, bearer(text))).status_code for client in (here, here, there)]
    assert statuses == [200, 401, 401]


@pytest.mark.requirement("SEC-12")
async def test_of_many_at_once_one_is_taken(
    workers: tuple[FastAPI, FastAPI], connect: Connect
) -> None:
    """Two workers that see the same token at the same instant agree on one call."""
    clients = [connect(app) for app in workers] * 5
    text = token()
    answers = await asyncio.gather(*(call(client, bearer(text)) for client in clients))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 9


@pytest.mark.requirement("SEC-12")
async def test_a_token_of_a_call_is_used_up_for_feedback(
    workers: tuple[FastAPI, FastAPI], connect: Connect
) -> None:
    """One token, one request, of any kind."""
    client = connect(workers[0])
    text = token()
    assert (await call(client, bearer(text), FEEDBACK)).status_code == 200
    assert (await call(client, bearer(text))).status_code == 401


@pytest.mark.requirement("SEC-12")
async def test_a_refused_token_uses_up_no_id(
    workers: tuple[FastAPI, FastAPI], connect: Connect
) -> None:
    """A stranger cannot spoil the id of a token that is still to come."""
    client = connect(workers[0])
    spoiled = token(jti="wanted", aud="elsewhere")
    assert (await call(client, bearer(spoiled))).status_code == 401
    assert (await call(client, bearer(token(jti="wanted")))).status_code == 200


@pytest.mark.requirement("SEC-12")
async def test_the_id_is_kept_apart_by_issuer_and_not_in_clear(
    workers: tuple[FastAPI, FastAPI], connect: Connect, store: ReplayStore, database: str
) -> None:
    """What lies on disk tells neither token nor issuer."""
    assert (await call(connect(workers[0]), bearer(token(jti="canary-jti")))).status_code == 200
    assert store.first_use("https://another.example", "canary-jti", SECONDS, SECONDS + 9)
    kept = stored_in(database)
    assert ask(database, "SELECT count(*) FROM used_token") == [(2,)]
    assert b"canary-jti" not in kept
    assert b"ehr.general.example" not in kept


@pytest.mark.requirement("SEC-12")
def test_an_id_is_kept_until_its_token_has_expired(store: ReplayStore, database: str) -> None:
    """Memory stays bounded, and nothing is forgotten too early."""
    assert store.first_use("i", "long", SECONDS, SECONDS + 500)
    assert store.first_use("i", "short", SECONDS, SECONDS + 100)
    assert store.first_use("i", "later", SECONDS + 300, SECONDS + 900)
    assert not store.first_use("i", "long", SECONDS + 300, SECONDS + 500)
    assert ask(database, "SELECT count(*) FROM used_token") == [(2,)]


@pytest.fixture
def broken(workers: tuple[FastAPI, FastAPI], database: str) -> FastAPI:
    """A worker for whom the table is gone, as it is when a database went away."""
    ask(database, "DROP TABLE used_token")
    return workers[0]


@pytest.mark.requirement("FB-13", "SEC-12")
async def test_without_the_store_calls_go_on_and_feedback_waits(
    broken: FastAPI, connect: Connect, written: Callable[[], str]
) -> None:
    """Care is not stopped by a database; what would be kept is. Both are told to the operator."""
    client = connect(broken)
    assert (await call(client, bearer(token()))).status_code == 200
    assert '"event": "replay-unchecked"' in written()
    later = await call(client, bearer(token()), FEEDBACK)
    assert later.status_code == 503
    assert int(later.headers["retry-after"]) > 0
    assert later.json()["resourceType"] == "OperationOutcome"
    assert later.headers["cache-control"] == "no-store"
    assert '"event": "replay-unchecked"' in written()


@pytest.mark.requirement("SEC-12")
async def test_without_the_store_bad_tokens_are_still_refused(
    broken: FastAPI, connect: Connect
) -> None:
    """Only the memory of used ones is missing."""
    answer = await call(connect(broken), bearer(token(exp=SECONDS - 99, iat=SECONDS - 199)))
    assert answer.status_code == 401


def wait_for_mark(database: str) -> None:
    """Until a token is remembered; the time limit of the test is the end of patience."""
    while not ask(database, "SELECT 1 FROM used_token"):
        time.sleep(0.05)


@pytest.mark.requirement("SEC-12")
async def test_a_store_that_hangs_costs_half_a_second(
    workers: tuple[FastAPI, FastAPI], connect: Connect, database: str
) -> None:
    """A locked database does not hold the call for as long as its lock; the mark comes later."""
    with locked(database, "used_token"):
        started = time.monotonic()
        answer = await call(connect(workers[0]), bearer(token()))
        took = time.monotonic() - started
    assert answer.status_code == 200
    assert took < 3
    wait_for_mark(database)


@pytest.mark.requirement("SEC-12")
@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_two_processes_take_a_token_once(tmp_path: Path, database: str) -> None:
    """Real servers that share nothing but the database."""
    settings_of_both = {
        "profile": "production",
        "site": str(write_site(tmp_path / "site")),
        "public_url": BASE,
        "database_url": database,
        "card_key": CARD_KEY,
    }
    with served(tmp_path, **settings_of_both) as one, served(tmp_path, **settings_of_both) as two:
        now = int(time.time())
        text = token(iat=now, exp=now + 300)
        statuses = []
        for worker in (one, two, one):
            async with httpx.AsyncClient(base_url=worker.address, trust_env=False) as client:
                statuses.append((await call(client, bearer(text))).status_code)
    assert statuses == [200, 401, 401]
