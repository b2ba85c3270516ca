"""Evidence pages and health."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest

from cds_service.content.load import load_library
from cds_service.pages.assets import load_assets
from cds_service.pages.evidence import EvidencePages
from cds_service.pages.rendering import Rendering
from tests.contract.http_calls import (
    SERVICE,
    STORIES,
    request_of,
)


async def test_every_link_of_a_card_opens(client: httpx.AsyncClient) -> None:
    """Evidence pages, and sources of our own, are there for each card of each story."""
    public = "http://127.0.0.1:8080/"
    addresses = set()
    for name in STORIES:
        answer = (await client.post(SERVICE, json=request_of(name))).json()
        for card in answer["cards"]:
            ours = [link["url"] for link in card["links"]]
            assert any(urlsplit(url).path.startswith("/evidence/") for url in ours)
            addresses |= {url for url in (*ours, card["source"]["url"]) if url.startswith(public)}
    assert len(addresses) >= 5
    for address in sorted(addresses):
        page = await client.get(urlsplit(address).path)
        assert page.status_code == httpx.codes.OK, address
        assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "path",
    [
        "/integrators",
        "/docs",
        "/evidence",
        "/evidence/dvt",
        "/evidence/sij",
        "/evidence/radiculopathy",
        "/evidence/intended-use",
        "/leaflets",
        "/leaflets/dvt",
        "/leaflets/sij/es",
    ],
)
async def test_pages_run_no_script(client: httpx.AsyncClient, path: str) -> None:
    """Pages hold no script and forbid any that might get in."""
    page = await client.get(path)
    assert page.status_code == httpx.codes.OK
    assert not re.search(r"<script|javascript:|\son\w+=", page.text, re.IGNORECASE)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"


async def test_the_page_tells_treatments_disagreements_and_claims(
    client: httpx.AsyncClient,
) -> None:
    """Clinicians see how strong a treatment is, who disagrees, what is open, what was claimed."""
    text = (await client.get("/evidence/sij")).text
    for heading in ("treatments", "disagreements", "open", "claims"):
        assert f'<h2 id="{heading}">' in text
    assert "Conflict: guidelines disagree" in text
    assert "BMJ Rapid Recommendation 2025" in text
    assert "sells manual care" in text
    assert "{{" not in text


async def test_every_citation_on_a_page_leads_to_its_entry(client: httpx.AsyncClient) -> None:
    """An evidence key in brackets is a link to the entry on the same page."""
    for topic in ("sij", "radiculopathy", "dvt"):
        text = (await client.get(f"/evidence/{topic}")).text
        linked = set(re.findall(r'href="#(E[MV]-\w+)"', text))
        assert linked
        assert linked <= set(re.findall(r'<dt id="(E[MV]-\w+)"', text))


async def test_a_page_loads_its_own_files_only(client: httpx.AsyncClient) -> None:
    """What a page loads comes from this service, may be kept for good, and is what it names."""
    text = (await client.get("/evidence/dvt")).text
    loaded = re.findall(r'<link rel="[^"]*" href="([^"]*)"', text)
    assert len(loaded) >= 2
    for address in loaded:
        assert address.startswith("/assets/")
        answer = await client.get(address)
        assert answer.status_code == httpx.codes.OK
        assert "immutable" in answer.headers["cache-control"]
    _, _, mark, name = loaded[-1].split("/")
    for other in (f"/assets/{mark[::-1]}/{name}", f"/assets/{mark}/missing.css"):
        assert (await client.get(other)).status_code == httpx.codes.NOT_FOUND


def test_addresses_begin_with_the_public_path() -> None:
    """Behind a proxy that serves us below a path, pages find their files and each other."""
    library = load_library()
    rendering = Rendering(library, "https://cds.example.org/leg", load_assets())
    text = EvidencePages(rendering).of("sij")
    addresses = re.findall(r'(?:href|src)="(/[^"]*)"', text)
    assert addresses
    assert all(address.startswith("/leg/") for address in addresses)


def test_page_text_is_escaped() -> None:
    """Whatever the content holds, it never becomes markup."""
    library = load_library()
    treatment = library.literature.treatments["belt"].model_copy(
        update={"name": "<img src=x onerror=alert(1)>"}
    )
    treatments = {**library.literature.treatments, "belt": treatment}
    literature = replace(library.literature, treatments=treatments)
    spoiled = replace(library, literature=literature)
    text = EvidencePages(Rendering(spoiled, "http://127.0.0.1", load_assets())).of("sij")
    assert "&lt;img src=x" in text
    assert "<img" not in text


async def test_liveness_is_told_in_one_word(client: httpx.AsyncClient) -> None:
    """Liveness answers 200 without details of the machine."""
    response = await client.get("/health/live")
    assert response.status_code == httpx.codes.OK
    assert response.json() == {"status": "ok"}


async def test_readiness_names_degraded_value_sets(client: httpx.AsyncClient) -> None:
    """Ruling 24: value sets known by enumerated members only are named; the service is ready."""
    response = await client.get("/health/ready")
    assert response.status_code == httpx.codes.OK
    told = response.json()
    assert told.keys() == {"status", "contentVersion", "degraded"}
    assert told["status"] == "ok"
    assert {"cancer-active", "pregnancy", "surgery-recent", "lymphedema"} <= set(told["degraded"])
