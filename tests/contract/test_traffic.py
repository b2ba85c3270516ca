"""The service's own traffic keeps the published contracts, every story's answer included."""

from typing import Any

import httpx
import pytest

from tests.contract.contract_documents import RESPONSE, spoiled
from tests.contract.http_calls import SERVICE, STORIES, request_of
from tests.contract.schemas import conform, faults


@pytest.mark.requirement("JSON-3", "JSON-4", "JSON-5", "JSON-6", "EXT-1", "EXT-2", "EXT-3")
@pytest.mark.requirement("RESP-1", "RESP-3", "CARD-1", "CARD-2", "CARD-3", "CARD-4", "CARD-5")
@pytest.mark.requirement("CARD-7", "CARD-9", "CARD-12", "CARD-13", "CARD-14", "CARD-16")
@pytest.mark.requirement("SUG-1", "SUG-2", "SUG-3", "SUG-5", "SUG-6", "ACT-1", "ACT-2", "ACT-3")
@pytest.mark.requirement("ACT-5", "LINK-1", "LINK-2", "LINK-3", "LINK-4", "LINK-5")
@pytest.mark.parametrize("name", STORIES)
async def test_every_answer_keeps_the_contract(client: httpx.AsyncClient, name: str) -> None:
    """Of CDS Hooks, of this service to a 2.0 client, and without an undeclared extension."""
    request = request_of(name)
    assert faults("request", request) == faults("leg-pain-request", request) == set()
    answer = (await client.post(SERVICE, json=request)).json()
    for schema in ("response", "leg-pain-response", "declared-extensions"):
        assert faults(schema, answer) == set()
    for card in answer["cards"]:
        assert faults("leg-pain-response#/$defs/cardOf2.0", card) == set()


async def test_the_answers_hold_what_is_judged(client: httpx.AsyncClient) -> None:
    """There are suggestions, links and reasons among them for the rules to look at."""
    answers = [(await client.post(SERVICE, json=request_of(name))).json() for name in STORIES]
    for member in ("suggestions", "links", "overrideReasons"):
        assert any(card.get(member) for answer in answers for card in answer["cards"])


@pytest.mark.requirement("JSON-3", "JSON-4", "JSON-5", "JSON-6", "EXT-3", "DISC-2", "DISC-4")
@pytest.mark.requirement("DISC-5", "DISC-6", "DISC-7", "DISC-8", "DISC-9", "DISC-10", "DISC-15")
async def test_discovery_keeps_the_contract(client: httpx.AsyncClient) -> None:
    """Of CDS Hooks and of this service."""
    document = (await client.get("/cds-services")).json()
    for schema in ("discovery", "leg-pain-discovery", "declared-extensions"):
        assert faults(schema, document) == set()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("cards.0.uuid", None),
        ("cards.0.source.topic", None),
        ("cards.0.links.0.type", "smart"),
        ("cards.0.links.0.url", "https://user:secret@guideline.example/leg"),
        ("cards.0.suggestions.0.actions.0.type", "update"),
        ("cards.0.suggestions.0.actions.0.resource.status", "active"),
        ("cards.0.suggestions.0.actionSelectionBehavior", "any"),
        ("cards.0.extension", {"com.example.note": 1}),
        ("systemActions", RESPONSE["systemActions"]),
        ("extension", {"com.example.note": 1}),
    ],
)
async def test_this_service_promises_more_than_the_standard(
    client: httpx.AsyncClient, place: str, value: Any
) -> None:
    """An answer of ours, spoiled in one place, breaks our schema or the standard's."""
    answer = (await client.post(SERVICE, json=request_of("dvt-likely"))).json()
    assert faults("leg-pain-response", spoiled(answer, place, value))


async def test_a_client_of_the_tests_notices_a_broken_answer() -> None:
    """What every other test relies on: an answer that breaks the contract does not go unseen."""
    sent = httpx.Request("POST", f"http://127.0.0.1{SERVICE}")
    for status, body in ((200, {"cards": None}), (400, {"detail": "no"}), (500, {"cards": []})):
        with pytest.raises(AssertionError):
            await conform(httpx.Response(status, json=body, request=sent))
    await conform(httpx.Response(200, json={"cards": []}, request=sent))
