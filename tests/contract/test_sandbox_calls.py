"""The calls of the official CDS Hooks Sandbox, in its order and with its quirks.

The shapes were captured from the client of 2026-03-31: a preflight before every call, a token for
exactly the address called, failed prefetch keys left out, first pages only.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.contract.http_calls import SANDBOX, STORIES, Json, cards_of, gap, story_cards

BASE = "http://127.0.0.1:8080/cds-services"
STORY = "dvt-likely"
KEY = ECKey.generate_key("P-384")
KID = "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f"


def headers(url: str) -> dict[str, str]:
    """What the client sends with a call: a token good for five minutes and this address alone."""
    now = int(datetime.now(UTC).timestamp())
    header = {"alg": "ES384", "typ": "JWT", "kid": KID, "jku": f"{SANDBOX}/.well-known/jwks.json"}
    claims = {"iss": SANDBOX, "aud": url, "exp": now + 300, "iat": now, "jti": str(uuid4())}
    token = jwt.encode(header, claims, KEY, algorithms=["ES384"])
    return {"Accept": "application/json", "Authorization": f"Bearer {token}", "Origin": SANDBOX}


async def preflight(client: httpx.AsyncClient, url: str, method: str, asked: str) -> None:
    """The browser asks first, without a token, and goes on only if all of it is allowed."""
    response = await client.options(
        url,
        headers={
            "Origin": SANDBOX,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": asked,
        },
    )
    assert response.status_code in (httpx.codes.OK, httpx.codes.NO_CONTENT)
    assert response.headers["access-control-allow-origin"] in (SANDBOX, "*")
    allowed = response.headers["access-control-allow-headers"].lower().replace(" ", "").split(",")
    assert set(asked.split(",")) <= set(allowed)
    if method != "GET":
        assert method in response.headers["access-control-allow-methods"]


async def send(client: httpx.AsyncClient, url: str, body: Json) -> httpx.Response:
    """A preflight and the call; its answer must be readable from the client's origin."""
    await preflight(client, url, "POST", "authorization,content-type")
    response = await client.post(url, json=body, headers=headers(url))
    assert response.headers["access-control-allow-origin"] in (SANDBOX, "*")
    return response


def hook_body(name: str = STORY, **members: Any) -> Json:
    """The body: no encounter, a user unknown to the server, only what could be prefetched."""
    request = STORIES[name].today()
    return {
        "hookInstance": str(uuid4()),
        "hook": "patient-view",
        "fhirServer": "http://127.0.0.1:9",
        "context": {
            "patientId": request["context"]["patientId"],
            "userId": "Practitioner/COREPRACTITIONER1",
        },
        "prefetch": request["prefetch"],
    } | members


async def shown(client: httpx.AsyncClient) -> Json:
    """The first card of the story."""
    response = await send(client, f"{BASE}/leg-pain", hook_body())
    card: Json = response.json()["cards"][0]
    return card


@pytest.mark.requirement("CORS-1", "DISC-1")
@pytest.mark.parametrize("url", [BASE, f"{BASE}/"])
async def test_discovery_is_read_from_the_browser(client: httpx.AsyncClient, url: str) -> None:
    """Preflight, then GET with a token: every service the client can offer is listed."""
    await preflight(client, url, "GET", "authorization")
    response = await client.get(url, headers=headers(url))
    assert response.headers["access-control-allow-origin"] in (SANDBOX, "*")
    assert response.json()["services"][0]["id"] == "leg-pain"


@pytest.mark.parametrize("url", [f"{BASE}/leg-pain", f"{BASE}//leg-pain"])
async def test_a_chart_is_opened(client: httpx.AsyncClient, url: str) -> None:
    """The call gets the cards, also where discovery was typed in with a slash at its end."""
    assert cards_of(await send(client, url, hook_body())) == story_cards(STORY)


async def test_a_chart_is_opened_after_a_secured_launch(client: httpx.AsyncClient) -> None:
    """The token block of a launcher names no patient; complete prefetch needs no server."""
    block = {
        "access_token": "opaque",
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "patient/*.* user/*.* launch openid profile online_access",
        "subject": "48163c5e-88b5-4cb3-92d3-23b800caa927",
    }
    body = hook_body(fhirAuthorization=block, fhirServer="https://launcher.example.org/v/r4/fhir")
    assert cards_of(await send(client, f"{BASE}/leg-pain", body)) == story_cards(STORY)


@pytest.mark.requirement("PREF-9", "PREF-12")
async def test_failed_keys_are_left_out(client: httpx.AsyncClient) -> None:
    """What the client could not read, and the service cannot either, is named on cards."""
    body = hook_body()
    del body["prefetch"]["reports"]
    response = await send(client, f"{BASE}/leg-pain", body)
    assert cards_of(response) == [*story_cards(STORY), ("info", "assessment-incomplete")]
    assert gap("reports", "unread") in response.json()["cards"][0]["detail"]


@pytest.mark.requirement("PREF-17")
async def test_a_first_page_is_all_that_comes(client: httpx.AsyncClient) -> None:
    """Twenty of 79 entries with a link to the rest: the cards say that more exists."""
    body = hook_body()
    conditions = body["prefetch"]["conditions"]
    conditions |= {
        "total": 79,
        "link": [{"relation": "next", "url": "http://127.0.0.1:9/Condition?page=2"}],
    }
    response = await send(client, f"{BASE}/leg-pain", body)
    assert cards_of(response)[0] == story_cards(STORY)[0]
    assert gap("conditions", "partial") in response.json()["cards"][0]["detail"]


async def test_a_repeated_parameter_brings_too_much(client: httpx.AsyncClient) -> None:
    """Bounds that the client joins with a comma let all through: old entries count as old."""
    body = hook_body()
    for entry in body["prefetch"]["conditions"]["entry"]:
        entry["resource"] |= {"recordedDate": "2001-01-01", "onsetDateTime": "2001-01-01"}
    for key in ("vitals", "labs", "exam", "surveys", "encounters"):
        body["prefetch"][key] = None
    assert cards_of(await send(client, f"{BASE}/leg-pain", body)) == []


@pytest.mark.requirement("FB-1", "FB-5", "FB-9", "FB-11", "FB-12")
async def test_feedback_as_the_client_sends_it(client: httpx.AsyncClient) -> None:
    """Accept, override with a reason less its display, dismiss; all of them for one card."""
    card = await shown(client)
    when = "2026-11-22T01:35:40.261Z"
    taken = [{"id": card["suggestions"][0]["uuid"]}]
    reason = {key: card["overrideReasons"][0][key] for key in ("code", "system")}
    item = {"card": card["uuid"], "outcomeTimestamp": when}
    for body in (
        item | {"outcome": "accepted", "acceptedSuggestions": taken},
        item | {"outcome": "overridden", "overrideReason": {"reason": reason}},
        item | {"outcome": "overridden", "overrideReason": {"reason": {"code": reason["code"]}}},
        item | {"outcome": "overridden"},
    ):
        response = await send(client, f"{BASE}/leg-pain/feedback", {"feedback": [body]})
        assert response.status_code == httpx.codes.OK


@pytest.mark.requirement("CARD-9", "SUG-2", "CARD-14", "LINK-2")
async def test_everything_can_be_clicked(client: httpx.AsyncClient) -> None:
    """Without ids the client offers no feedback; SMART links stay gray, absolute ones open."""
    for name in ("dvt-likely", "sij-examine", "cauda-equina-suspected"):
        response = await send(client, f"{BASE}/leg-pain", hook_body(name))
        for card in response.json()["cards"]:
            assert card["uuid"]
            assert card["indicator"] in ("info", "warning", "critical")
            assert all(reason["display"] for reason in card["overrideReasons"])
            assert all(suggestion["uuid"] for suggestion in card.get("suggestions", []))
            assert {link["type"] for link in card["links"]} == {"absolute"}
