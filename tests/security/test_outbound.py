"""The service answers from what it was given: it opens no connection of its own."""

import json
import socket
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from cds_service.app import create_app
from cds_service.commands.stories import read_stories
from cds_service.settings import Settings

AUTHORIZATION = {
    "access_token": "a-token",
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "patient/*.read",
    "subject": "cds",
}
SERVERS = [
    "https://ehr.example/fhir",
    "http://127.0.0.1:9/fhir",
    "http://169.254.169.254/latest/meta-data",
    "https://user:secret@ehr.example/fhir",
]


@pytest.fixture
def app() -> FastAPI:
    """The service in its demo profile."""
    return create_app(Settings(profile="demo", database_url="sqlite://"))


@pytest.fixture
def dialed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that anything in this process tries to reach."""
    addresses: list[Any] = []

    def record(_self: socket.socket, address: object) -> None:
        addresses.append(address)
        raise ConnectionRefusedError

    def resolve(host: object, *_args: object, **_kwargs: object) -> list[Any]:
        addresses.append(host)
        raise socket.gaierror

    monkeypatch.setattr(socket.socket, "connect", record)
    monkeypatch.setattr(socket.socket, "connect_ex", record)
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return addresses


@pytest.mark.anyio
@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("kept", [("patient", "conditions"), ()])
async def test_a_named_fhir_server_is_never_called(
    app: FastAPI, dialed: list[Any], server: str, kept: tuple[str, ...]
) -> None:
    """Missing data are a gap or a 412, whatever server and token the request names."""
    story = next(story for story in read_stories() if story.name == "sij-examine")
    request = json.loads(json.dumps(story.today()))
    request["prefetch"] = {key: request["prefetch"][key] for key in kept}
    request |= {"fhirServer": server, "fhirAuthorization": AUTHORIZATION}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1"
    ) as client:
        response = await client.post("/cds-services/leg-pain", json=request)
    expected = httpx.codes.OK if kept else httpx.codes.PRECONDITION_FAILED
    assert response.status_code == expected
    assert dialed == []
    assert "a-token" not in response.text
