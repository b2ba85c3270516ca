"""Metrics: what an operator can count, and that nothing of a patient is among it."""

import re

import httpx
import pytest
from fastapi import FastAPI

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.contract.http_calls import FEEDBACK, SERVICE, Connect, Json, minimal, request_of

REASONS = "https://legpain-cds.github.io/fhir/CodeSystem/override-reasons"
CANARY = "canary4e1f"


@pytest.fixture
def app() -> FastAPI:
    """A service that has counted nothing yet."""
    return create_app(Settings(profile="demo", database_url="sqlite://"))


@pytest.fixture
def caller(app: FastAPI, connect: Connect) -> httpx.AsyncClient:
    """A client of that service."""
    return connect(app)


async def counted(caller: httpx.AsyncClient, sample: str) -> float:
    """The value of one sample, for example `legpain_cards_total{card="dvt-likely",…}`."""
    response = await caller.get("/metrics")
    assert response.status_code == httpx.codes.OK
    assert response.headers["content-type"].startswith("text/plain")
    found = re.search(rf"^{re.escape(sample)} ([0-9.e+]+)$", response.text, re.MULTILINE)
    return float(found[1]) if found else 0.0


async def shown(caller: httpx.AsyncClient) -> Json:
    """A card of dvt-likely."""
    answer = await caller.post(SERVICE, json=request_of("dvt-likely"))
    card: Json = answer.json()["cards"][0]
    return card


def overridden(card: str, second: int, code: str | None = None) -> Json:
    """The card dismissed, with a reason of ours or none."""
    when = f"2026-03-10T09:15:{second:02}Z"
    item: Json = {"card": card, "outcome": "overridden", "outcomeTimestamp": when}
    return item | (
        {"overrideReason": {"reason": {"code": code, "system": REASONS}}} if code else {}
    )


async def test_cards_and_calls_are_counted(caller: httpx.AsyncClient) -> None:
    """Each shown card by indicator, each call by service and status."""
    await shown(caller)
    await shown(caller)
    await caller.post(SERVICE, json={})
    await caller.post("/cds-services/nothing", json={})
    assert await counted(caller, 'legpain_cards_total{card="dvt-likely",indicator="critical"}') == 2
    for service, status, times in (("leg-pain", 200, 2), ("leg-pain", 400, 1), ("unknown", 404, 1)):
        sample = f'legpain_calls_total{{service="{service}",status="{status}",tenant="demo"}}'
        assert await counted(caller, sample) == times
    assert await counted(caller, 'legpain_call_seconds_count{service="leg-pain"}') == 3


async def test_gaps_are_counted(caller: httpx.AsyncClient) -> None:
    """A query that did not arrive is counted by its key."""
    await caller.post(SERVICE, json=minimal())
    assert await counted(caller, 'legpain_gaps_total{outcome="not-asked",query="vitals"}') == 1
    assert await counted(caller, 'legpain_gaps_total{outcome="not-asked",query="patient"}') == 0


@pytest.mark.requirement("FB-18", "FB-14")
async def test_feedback_is_counted_by_card_and_reason(caller: httpx.AsyncClient) -> None:
    """Rates of acceptance and override can be told per card, and why cards are overridden."""
    card = await shown(caller)
    accepted = {
        "card": card["uuid"],
        "outcome": "accepted",
        "outcomeTimestamp": "2026-03-10T09:15:30Z",
        "acceptedSuggestions": [{"id": card["suggestions"][0]["uuid"]}],
    }
    reason = card["overrideReasons"][0]["code"]
    items = [
        accepted,
        overridden(card["uuid"], 31),
        overridden(card["uuid"], 32, reason),
        overridden(card["uuid"], 33, CANARY),
        overridden("00000000-0000-4000-8000-000000000000", 34),
    ]
    for _ in range(2):  # a client that repeats itself is counted once
        response = await caller.post(FEEDBACK, json={"feedback": items[:4]})
        assert response.status_code == httpx.codes.OK
    await caller.post(FEEDBACK, json={"feedback": items[4:]})
    for outcome, why in (
        ("accepted", "none"),
        ("overridden", "none"),
        ("overridden", reason),
        ("overridden", "other"),
    ):
        labels = f'card="dvt-likely",outcome="{outcome}",reason="{why}"'
        assert await counted(caller, f"legpain_feedback_total{{{labels}}}") == 1
    assert await counted(caller, "legpain_feedback_unknown_cards_total") == 1
    assert CANARY not in (await caller.get("/metrics")).text


async def test_metrics_hold_nothing_of_a_patient(caller: httpx.AsyncClient) -> None:
    """Neither ids nor text of the record become a label."""
    request = request_of("dvt-likely")
    await caller.post(SERVICE, json=request)
    text = (await caller.get("/metrics")).text
    for value in (*request["context"].values(), request["fhirServer"], "Brenner", "2386438"):
        assert value not in text
