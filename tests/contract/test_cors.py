"""What a browser of another origin may read."""

import httpx
import pytest

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.contract.http_calls import (
    FEEDBACK,
    LOOPBACK,
    SANDBOX,
    SERVICE,
    Connect,
    assert_refused,
    changed,
    minimal,
)


@pytest.mark.requirement("CORS-1", "CORS-4")
@pytest.mark.parametrize(
    "origin",
    [
        LOOPBACK,
        "http://localhost",
        "http://127.0.0.1:8000",
        "https://127.0.0.1",
        "http://[::1]:9000",
        SANDBOX,
    ],
)
async def test_allowed_origins_may_read(client: httpx.AsyncClient, origin: str) -> None:
    """Ruling 59: pages of this machine and of the official sandbox may read the answers."""
    headers = {"origin": origin}
    for response in (
        await client.get("/cds-services", headers=headers),
        await client.post(SERVICE, json=minimal(), headers=headers),
        await client.post(FEEDBACK, json={"feedback": []}, headers=headers),
    ):
        assert response.status_code == httpx.codes.OK
        assert response.headers["access-control-allow-origin"] == origin
        assert "origin" in response.headers["vary"].lower()
        assert "access-control-allow-credentials" not in response.headers


@pytest.mark.requirement("CORS-2")
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://sandbox.cds-hooks.org.evil.example",
        "http://sandbox.cds-hooks.org",
        "https://evil-sandbox.cds-hooks.org",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://localhost:80:80",
        "null",
    ],
)
async def test_foreign_origins_may_not(client: httpx.AsyncClient, origin: str) -> None:
    """Ruling 59: any other page gets no CORS header, on an answer or on a preflight."""
    plain = await client.get("/cds-services", headers={"origin": origin})
    asked = {"origin": origin, "access-control-request-method": "POST"}
    preflight = await client.options(SERVICE, headers=asked)
    assert plain.status_code == httpx.codes.OK
    for response in (plain, preflight):
        assert "access-control-allow-origin" not in response.headers


@pytest.mark.requirement("CORS-1", "CORS-4")
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/cds-services"), ("POST", SERVICE), ("POST", FEEDBACK)]
)
@pytest.mark.parametrize("origin", [LOOPBACK, SANDBOX])
async def test_preflights_allow_a_token(
    client: httpx.AsyncClient, origin: str, method: str, path: str
) -> None:
    """A preflight that asks for authorization and content-type is granted on every route."""
    response = await client.options(
        path,
        headers={
            "origin": origin,
            "access-control-request-method": method,
            "access-control-request-headers": "authorization,content-type",
        },
    )
    assert response.status_code in (httpx.codes.OK, httpx.codes.NO_CONTENT)
    assert response.headers["access-control-allow-origin"] == origin
    assert method in response.headers["access-control-allow-methods"]
    allowed = response.headers["access-control-allow-headers"].lower()
    assert "authorization" in allowed
    assert "content-type" in allowed


@pytest.mark.requirement("CORS-3")
@pytest.mark.parametrize(
    ("path", "content", "media", "status"),
    [
        pytest.param(SERVICE, b"{", "application/json", 400, id="malformed"),
        pytest.param("/cds-services/nope", b"{}", "application/json", 404, id="unknown service"),
        pytest.param("/nowhere", b"{}", "application/json", 404, id="unknown path"),
        pytest.param("/cds-services", b"{}", "application/json", 405, id="wrong method"),
        pytest.param(SERVICE, b"{}", "text/plain", 415, id="media type"),
    ],
)
async def test_errors_can_be_read_by_allowed_origins(
    client: httpx.AsyncClient, path: str, content: bytes, media: str, status: int
) -> None:
    """A browser client sees why it was refused."""
    headers = {"origin": SANDBOX, "content-type": media}
    response = await client.post(path, content=content, headers=headers)
    assert_refused(response, status)
    assert response.headers["access-control-allow-origin"] == SANDBOX


@pytest.mark.requirement("CORS-3")
async def test_412_and_413_can_be_read_by_allowed_origins(connect: Connect) -> None:
    """So are missing data and too much of them."""
    settings = Settings(profile="demo", database_url="sqlite://", max_body_bytes=1000)
    headers = {"origin": SANDBOX}
    async with connect(create_app(settings)) as client:
        missing = await client.post(
            SERVICE, json=changed(minimal(), "prefetch.conditions"), headers=headers
        )
        large = await client.post(SERVICE, json={"hook": "x" * 2000}, headers=headers)
    assert_refused(missing, 412)
    assert_refused(large, 413)
    for response in (missing, large):
        assert response.headers["access-control-allow-origin"] == SANDBOX
