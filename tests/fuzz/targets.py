"""What is thrown at the service: bodies of calls and of feedback, and answers of a FHIR server.

The first byte of an input chooses the target. A finding is an AssertionError, or any exception that
nobody awaits.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import httpx
from fastapi import FastAPI

from cds_service.app import build_service, create_app
from cds_service.errors import ClientMistakeError, DataUnavailableError
from cds_service.fhir.client import FhirClient
from cds_service.hooks.contracts import contracts_folder
from cds_service.hooks.endpoints import answer_request
from cds_service.hooks.gathering import Reach
from cds_service.hooks.request import decode_request
from cds_service.hooks.service import Service
from cds_service.settings import Settings
from cds_service.telemetry.logging import silence_logging
from cds_service.trust.caller import DEMO
from tests.bench.asgi import post
from tests.bench.body import AS_OF

PATHS = (
    "/cds-services/leg-pain",
    "/cds-services/leg-pain-encounter",
    "/cds-services/leg-pain-problem",
    "/cds-services/leg-pain/feedback",
)
SERVER = len(PATHS)
SEPARATOR = b"\0"
_BASE = "http://127.0.0.1:9/fhir"
_FAILED = 500
# How the service says that a topic crashed, where the rest of the answer went on.
_CRASHED = b"check-failed"


def run(data: bytes) -> None:
    """Send one input to its target and judge the answer."""
    number, body = (data[0] % (SERVER + 1), data[1:]) if data else (0, b"")
    if number == SERVER:
        asyncio.run(_fetched(body.split(SEPARATOR)))
    else:
        judge(PATHS[number], *asyncio.run(post(_app(), PATHS[number], body)))


def judge(path: str, status: int, answer: bytes) -> None:
    """Only what the OpenAPI document tells, never a failure of ours, and no crashed topic."""
    assert status in documented(path), f"{path}: {status} is not in the OpenAPI document"
    assert status < _FAILED, f"{path}: {status}"
    assert _CRASHED not in answer, f"{path}: a topic crashed"


@cache
def documented(path: str) -> frozenset[int]:
    """The statuses that the published document knows for this path."""
    text = (contracts_folder() / "openapi.json").read_text(encoding="utf-8")
    _, _, rest = path.removeprefix("/").partition("/")
    own = "/".join(("/cds-services/{id}", *rest.split("/")[1:]))
    return frozenset(map(int, json.loads(text)["paths"][own]["post"]["responses"]))


async def _fetched(bodies: list[bytes]) -> None:
    """A call whose every query is answered with one of these bodies, in turn."""
    turns = _endless(bodies)

    def server(_request: httpx.Request) -> httpx.Response:
        headers = {"content-type": "application/fhir+json"}
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(next(turns)))

    known = _service()
    client = FhirClient(lambda: httpx.MockTransport(server))
    reach = Reach(client, known.reach.outbound, known.reach.deadline)
    asked = decode_request(json.dumps(_QUESTION).encode(), known.offered)
    try:
        answer = await answer_request(replace(known, reach=reach), asked, DEMO)
    except (ClientMistakeError, DataUnavailableError):
        return
    finally:
        await client.close()
    judge(PATHS[0], 200, answer.to_json())


def _endless(bodies: list[bytes]) -> Iterator[bytes]:
    while True:
        yield from bodies


_QUESTION: dict[str, Any] = {
    "hook": "patient-view",
    "hookInstance": "9d2f5a8e-5f2c-4b1e-9b62-2f0a5f5c8f11",
    "fhirServer": _BASE,
    "context": {"userId": "Practitioner/1", "patientId": "p1"},
}
_SETTINGS = Settings(
    profile="demo", database_url="sqlite://", explain=True, comment_days=1, deadline_ms=10_000
)


@cache
def _app() -> FastAPI:
    app = create_app(_SETTINGS, clock=lambda: AS_OF)
    silence_logging()
    return app


@cache
def _service() -> Service:
    silence_logging()
    return build_service(_SETTINGS, clock=lambda: AS_OF)
