"""What reaches a log: keys of an allow list, no traceback, nothing of the record."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from typing import Any

import anyio
import httpx
import pytest
import structlog
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from cds_service.app import create_app
from cds_service.settings import Settings
from cds_service.telemetry.logging import configure_logging, silence_logging
from tests.property.charts import FEW, painful
from tests.spec.fhir_json import Json
from tests.unit.record import AS_OF, PATIENT, prefetch

CANARY = "canary5d81"
ALLOWED = {
    "event",
    "level",
    "timestamp",
    "incident",
    "service",
    "status",
    "duration_ms",
    "cards",
    "topic",
    "topics",
    "error",
    "code",
    "skipped",
    "foreign",
    "text_only",
    "content_version",
    "profile",
    "count",
    "unknown_cards",
    "where",
    "tenant",
    "issuer",
}


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging as it was before."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def logged(write: Callable[[Any], None]) -> str:
    """What a configured log writes to standard error."""
    configure_logging()
    with redirect_stderr(io.StringIO()) as stream:
        write(structlog.get_logger())
    return stream.getvalue()


keys = st.text(st.characters(categories=("Ll", "Lu", "Nd")), min_size=1, max_size=12)


@FEW
@given(more=st.dictionaries(keys.filter(lambda key: key not in ALLOWED), st.just(CANARY)))
def test_only_keys_of_the_list_are_written(more: dict[str, str]) -> None:
    """A key that nobody allowed is dropped with its value."""
    given_ = {key: value for key, value in more.items() if key not in ("event", "exc_info")}
    line = json.loads(logged(lambda log: log.info("answered", status=200, **given_)))
    assert set(line) <= ALLOWED
    assert CANARY not in str(line)
    assert line["status"] == 200


@pytest.mark.parametrize("key", sorted(ALLOWED - {"event", "level", "timestamp"}))
def test_allowed_keys_are_written(key: str) -> None:
    """The list is the one of the design: none of its keys is lost."""
    assert json.loads(logged(lambda log: log.info("answered", **{key: 7})))[key] == 7


def test_an_error_is_logged_without_its_text_or_traceback() -> None:
    """The message of an exception may hold data: only its kind and the incident are written."""

    def fail(log: Any) -> None:
        try:
            int(CANARY)
        except ValueError as error:
            log.exception("failed", incident="ab12", error=type(error).__name__)

    line = logged(fail)
    assert CANARY not in line
    assert "Traceback" not in line
    assert json.loads(line)["error"] == "ValueError"


@pytest.mark.parametrize("library", ["httpx", "httpcore", "uvicorn.access"])
def test_libraries_that_log_addresses_stay_quiet(library: str) -> None:
    """A query string names a patient."""
    configure_logging()
    assert logging.getLogger(library).level >= logging.WARNING


def test_a_silenced_log_still_tells_failures() -> None:
    """Commands for people write failures only."""
    silence_logging()
    with redirect_stderr(io.StringIO()) as stream:
        structlog.get_logger().info("answered")
        structlog.get_logger().error("failed")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["failed"]


def test_a_log_that_cannot_be_written_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed standard error costs the line, not the answer."""
    configure_logging()
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    structlog.get_logger().info("answered")


@pytest.fixture(scope="module", name="app")
def service() -> FastAPI:
    """The service with everything it can explain."""
    settings = Settings(profile="demo", explain=True, database_url="sqlite://")
    return create_app(settings, clock=lambda: AS_OF)


async def _post(app: FastAPI, body: Json) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.post("/cds-services/leg-pain", json=body)


def marked(value: Any, places: set[int], seen: list[int]) -> Any:
    """The same document with the canary in some of its strings."""
    if isinstance(value, dict):
        return {key: marked(item, places, seen) for key, item in value.items()}
    if isinstance(value, list):
        return [marked(item, places, seen) for item in value]
    if not isinstance(value, str):
        return value
    seen[0] += 1
    return f"{value}{CANARY}" if seen[0] in places else value


@FEW
@given(chart=painful, places=st.sets(st.integers(1, 120), min_size=1, max_size=12))
def test_no_word_of_any_request_reaches_the_log(
    app: FastAPI, chart: list[Json], places: set[int]
) -> None:
    """Whatever string carries it, a request leaves no trace in the log or in a refusal."""
    body = {
        "hook": "patient-view",
        "hookInstance": "9d2f5a8e-5f2c-4b1e-9b62-2f0a5f5c8f11",
        "context": {"userId": "Practitioner/1", "patientId": PATIENT},
        "prefetch": prefetch(*chart),
    }
    configure_logging()
    with redirect_stderr(io.StringIO()) as stream:
        response = anyio.run(_post, app, marked(body, places, [0]))
    assert '"status"' in stream.getvalue()
    assert CANARY not in stream.getvalue()
    if response.status_code != httpx.codes.OK:
        assert CANARY not in response.text
