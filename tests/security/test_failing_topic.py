"""A topic that breaks shows as a card or an error, never as silence."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from cds_service.app import create_app
from cds_service.clinical.topics import cauda_equina, dvt, gate, sij
from cds_service.ehr.stories import read_stories
from cds_service.hooks import assessing
from cds_service.settings import Settings

CANARY = "canary-in-the-error"
STORIES = {story.name: story for story in read_stories()}


@pytest.fixture
def app() -> FastAPI:
    """The service in its demo profile, explaining itself."""
    return create_app(Settings(profile="demo", database_url="sqlite://", explain=True))


def broken(*_args: object) -> tuple[Any, ...]:
    """What a topic with a fault does."""
    raise ZeroDivisionError(CANARY)


async def ask(app: FastAPI, story: str) -> httpx.Response:
    """Send one story as of today."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1"
    ) as client:
        return await client.post("/cds-services/leg-pain", json=STORIES[story].today())


def shown(response: httpx.Response) -> list[str]:
    """The ids of the cards."""
    return [card["source"]["topic"]["code"] for card in response.json()["cards"]]


@pytest.mark.requirement("ERR-8")
@pytest.mark.anyio
@pytest.mark.parametrize("topic", [dvt, cauda_equina, sij, gate])
async def test_a_failed_topic_shows_as_a_card(
    app: FastAPI, topic: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The others still speak, the failed one is named, and the error's words stay inside."""
    monkeypatch.setattr(topic, "assess", broken)
    response = await ask(app, "radiculopathy-supported")
    assert response.status_code == httpx.codes.OK
    assert "check-failed" in shown(response)
    gaps = response.json()["extension"]["org.legpain-cds.explain"]["gaps"]
    assert {"topic": topic.ID, "outcome": "failed"} in gaps
    assert CANARY not in response.text + "".join(capfd.readouterr())


@pytest.mark.anyio
async def test_no_joint_is_provoked_while_the_leg_check_failed(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a DVT assessment the SIJ tests wait, and the card says so."""
    assert "sij-examine" in shown(await ask(app, "sij-examine"))
    monkeypatch.setattr(dvt, "assess", broken)
    response = await ask(app, "sij-examine")
    assert shown(response) == ["check-failed"]
    assert "Deferred because part of the check did not run" in response.json()["cards"][0]["detail"]


@pytest.mark.requirement("ERR-8", "ERR-7")
@pytest.mark.anyio
async def test_a_fault_outside_the_topics_is_an_error(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A 500 with an incident number, never an empty list of cards."""
    monkeypatch.setattr(assessing, "advise", broken)
    response = await ask(app, "dvt-likely")
    assert response.status_code == httpx.codes.INTERNAL_SERVER_ERROR
    outcome = response.json()
    assert outcome["resourceType"] == "OperationOutcome"
    incident = outcome["issue"][0]["details"]["text"].rstrip(".").rpartition(" ")[2]
    captured = "".join(capfd.readouterr())
    assert incident in captured
    assert CANARY not in response.text + captured
