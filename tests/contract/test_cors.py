"""What a browser of another origin may read."""

from pathlib import Path

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
from tests.security.callers import NOW, TRUST, call, settings, write_site


@pytest.mark.requirement("CORS-1", "CORS-2", "CORS-4")
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


@pytest.mark.requirement("CORS-2", "CORS-4")
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
        assert not any(name.startswith("access-control-") for name in response.headers)
        assert response.headers["vary"] == "Origin"


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


async def test_a_request_without_an_origin_is_told_that_answers_differ(
    client: httpx.AsyncClient,
) -> None:
    """A cache between must not give one page's answer to another."""
    response = await client.get("/cds-services")
    assert response.headers["vary"] == "Origin"
    assert not any(name.startswith("access-control-") for name in response.headers)


@pytest.mark.requirement("CORS-1", "CORS-2", "CORS-4")
async def test_production_knows_the_origins_of_its_tenants_only(
    connect: Connect, tmp_path: Path
) -> None:
    """Of all tenants, and neither this machine nor the sandbox; asking needs no token."""
    second = (
        'origins = ["https://other.example:8443"]\n\n[[tenant.issuer]]\niss = "https://ehr.other'
    )
    trust = TRUST.replace('[[tenant.issuer]]\niss = "https://ehr.other', second)
    app = create_app(settings(write_site(tmp_path, trust)), clock=lambda: NOW)
    asked = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    async with connect(app) as client:
        for origin in ("https://chart.general.example", "https://other.example:8443"):
            granted = await client.options(SERVICE, headers=asked | {"origin": origin})
            assert granted.status_code == httpx.codes.NO_CONTENT
            assert granted.headers["access-control-allow-origin"] == origin
            assert "access-control-allow-credentials" not in granted.headers
        for origin in (LOOPBACK, SANDBOX, "https://other.example", "https://evil.example"):
            client.headers["origin"] = origin
            for answer in (await client.options(SERVICE, headers=asked), await call(client, [])):
                assert not any(name.startswith("access-control-") for name in answer.headers)


@pytest.mark.parametrize(
    ("public_url", "transport"),
    [("https://cds.example.org", "max-age=31536000"), ("http://127.0.0.1:8080", None)],
)
async def test_every_answer_carries_security_headers(
    connect: Connect, public_url: str, transport: str | None
) -> None:
    """Good or bad, page or JSON: no sniffing, no framing, no referrer; https stays https."""
    app = create_app(Settings(profile="demo", database_url="sqlite://", public_url=public_url))
    async with connect(app) as client:
        answers = [
            await client.get("/"),
            await client.get("/cds-services"),
            await client.get("/health/live"),
            await client.get("/nowhere"),
            await client.post(SERVICE, json=minimal()),
            await client.post(SERVICE, content=b"{"),
            await client.options(SERVICE, headers={"access-control-request-method": "POST"}),
        ]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers.get("strict-transport-security") == transport
    assert "frame-ancestors 'none'" in answers[0].headers["content-security-policy"]
