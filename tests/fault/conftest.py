"""The service as it reads a FHIR server of the tests."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from cds_service.app import create_app
from cds_service.hooks.service import Service
from cds_service.settings import Settings
from tests.contract.http_calls import Connect

DEADLINE = 2000  # ms: a busy machine may pause a process for more than a second


@pytest.fixture(scope="module")
def fetching_app() -> FastAPI:
    """The demo service."""
    now = datetime.now(UTC)
    settings = Settings(
        profile="demo", explain=True, database_url="sqlite://", deadline_ms=DEADLINE
    )
    return create_app(settings, clock=lambda: now)


@pytest.fixture
async def fetching(fetching_app: FastAPI, connect: Connect) -> AsyncIterator[httpx.AsyncClient]:
    """A client of it; connections and breakers start anew with each test."""
    service: Service = fetching_app.state.service
    async with connect(fetching_app) as client:
        yield client
    await service.reach.client.close()
