"""The service in process at the instant of the labeled patients, and what its answers say."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.spec.fhir_json import Json
from tests.spec.moments import AS_OF

EXPLAIN = "org.legpain-cds.explain"
Answer = Mapping[str, Any]


@asynccontextmanager
async def in_process() -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service, which explains its answers."""
    settings = Settings(profile="demo", explain=True, database_url="sqlite://")
    transport = httpx.ASGITransport(create_app(settings, clock=lambda: AS_OF))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def ask(client: httpx.AsyncClient, request: Json) -> Answer:
    """The service's answer to opening a chart."""
    response = await client.post("/cds-services/leg-pain", json=request)
    assert response.status_code == httpx.codes.OK, response.text
    answer: Answer = response.json()
    return answer


def results(answer: Answer) -> list[str]:
    """Indicator and id of each card, in order."""
    return [f"{card['indicator']}:{card['source']['topic']['code']}" for card in answer["cards"]]


def assessments(answer: Answer) -> list[dict[str, Any]]:
    """What the topics concluded, shown or not."""
    found: list[dict[str, Any]] = answer["extension"][EXPLAIN]["assessments"]
    return found
