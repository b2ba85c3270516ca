"""The service in its production profile, with two tenants."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from cds_service.app import create_app
from tests.security.callers import NOW, settings, write_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that trusts two tenants."""
    return write_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def guarded(site: Path) -> FastAPI:
    """The service that trusts them, at a fixed instant."""
    return create_app(settings(site), clock=lambda: NOW)


@pytest.fixture
def stranger(
    guarded: FastAPI, connect: Callable[[FastAPI], httpx.AsyncClient]
) -> httpx.AsyncClient:
    """A client that must prove who it is."""
    return connect(guarded)
