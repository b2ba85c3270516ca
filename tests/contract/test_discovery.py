"""Discovery, and the addresses the service answers on."""

import re

import httpx
import pytest

from tests.contract.http_calls import (
    FEEDBACK,
    TEMPLATES,
    cards_of,
    request_of,
)


async def test_discovery_lists_the_service(client: httpx.AsyncClient) -> None:
    """One patient-view service with exactly the prefetch keys and templates of the design."""
    response = await client.get("/cds-services")
    assert response.status_code == httpx.codes.OK
    assert response.headers["content-type"].partition(";")[0] == "application/json"
    (service,) = response.json()["services"]
    assert service["id"] == "leg-pain"
    assert service["hook"] == "patient-view"
    assert service["hookVersion"] == "1.0"
    assert re.fullmatch(r"\d+\.\d+\.\d+", service["version"])
    assert list(service["prefetch"].items()) == list(TEMPLATES.items())
    assert all(service[text].strip() for text in ("title", "description", "usageRequirements"))


async def test_discovery_answers_head(client: httpx.AsyncClient) -> None:
    """HEAD gives the headers of GET and no body."""
    response = await client.head("/cds-services")
    assert response.status_code == httpx.codes.OK
    assert response.headers["content-type"].startswith("application/json")
    assert response.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "/cds-services/",
        "//cds-services",
        "//cds-services//",
    ],
)
async def test_discovery_tolerates_slashes(client: httpx.AsyncClient, path: str) -> None:
    """Ruling 59: a doubled or trailing slash is answered directly, not redirected."""
    response = await client.get(httpx.URL(f"http://127.0.0.1:8080{path}"))
    assert response.status_code == httpx.codes.OK
    assert response.json()["services"]


@pytest.mark.parametrize(
    "path",
    [
        "/cds-services//leg-pain",
        "/cds-services/leg-pain/",
        "//cds-services/leg-pain",
    ],
)
async def test_the_service_tolerates_slashes(client: httpx.AsyncClient, path: str) -> None:
    """What clients build from a discovery address that ends in a slash is answered."""
    url = httpx.URL(f"http://127.0.0.1:8080{path}")
    assert cards_of(await client.post(url, json=request_of("dvt-likely")))


@pytest.mark.parametrize("path", ["/cds-services//leg-pain/feedback", f"{FEEDBACK}/"])
async def test_feedback_tolerates_slashes(client: httpx.AsyncClient, path: str) -> None:
    """So is feedback."""
    assert (await client.post(path, json={"feedback": []})).status_code == httpx.codes.OK
