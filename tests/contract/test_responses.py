"""Every answer to every story keeps the rules of a CDS Hooks response."""

from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from fhir.resources.R4B import get_fhir_model_class

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.contract.http_calls import EXPLAIN, SERVICE, STORIES, Connect, request_of

each_story = pytest.mark.parametrize("name", list(STORIES))

CARD = {
    "uuid",
    "summary",
    "detail",
    "indicator",
    "source",
    "suggestions",
    "selectionBehavior",
    "overrideReasons",
    "links",
}


def empty_members(value: object, name: str = "") -> Iterator[str]:
    """Names of members that are null, blank or empty though CDS Hooks does not allow it."""
    blank = isinstance(value, str) and not value.strip()
    if value is None or blank or (value in ({}, []) and name != "cards"):
        yield name
    children = value.items() if isinstance(value, dict) else []
    if isinstance(value, list):
        children = [(name, item) for item in value]
    for key, item in children:
        yield from empty_members(item, key)


def is_absolute(url: str) -> bool:
    """Whether the address can be opened in a browser and carries no credentials."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


@pytest.mark.requirement("JSON-3", "JSON-4", "JSON-5", "JSON-6", "RESP-1", "RESP-3")
@each_story
async def test_no_member_is_null_or_empty(client: httpx.AsyncClient, name: str) -> None:
    """Optional members without a value are left out; only `cards` may be empty."""
    answer = (await client.post(SERVICE, json=request_of(name))).json()
    assert set(answer) <= {"cards", "extension"}
    assert list(empty_members(answer)) == []


@pytest.mark.requirement(
    "CARD-1",
    "CARD-2",
    "CARD-3",
    "CARD-4",
    "CARD-5",
    "CARD-7",
    "CARD-14",
    "CARD-16",
    "LINK-1",
    "LINK-2",
    "LINK-4",
    "LINK-5",
)
@each_story
async def test_every_card_is_complete(client: httpx.AsyncClient, name: str) -> None:
    """A card has a short summary, reasons, its source with topic, a link, and override reasons."""
    answer = (await client.post(SERVICE, json=request_of(name))).json()
    for card in answer["cards"]:
        assert set(card) <= CARD
        assert {"detail", "links"} <= set(card)
        assert 0 < len(card["summary"].encode("utf-16-le")) / 2 < 140
        assert card["indicator"] in ("info", "warning", "critical")
        assert set(card["source"]) <= {"label", "url", "icon", "topic"}
        assert card["source"]["label"]
        assert is_absolute(card["source"]["url"])
        assert card["source"]["topic"]["system"].endswith("/card-topics")
        assert all(set(link) == {"label", "url", "type"} for link in card["links"])
        assert all(link["type"] == "absolute" for link in card["links"])
        assert all(is_absolute(link["url"]) for link in card["links"])
        reasons = card.get("overrideReasons", [])
        assert reasons or card["source"]["topic"]["code"] == "assessment-incomplete"
        assert all(set(reason) == {"code", "system", "display"} for reason in reasons)
        assert len({reason["code"] for reason in reasons}) == len(reasons)


@pytest.mark.requirement("CARD-9", "SUG-2")
@each_story
async def test_every_uuid_is_new(client: httpx.AsyncClient, name: str) -> None:
    """Cards and suggestions carry bare UUIDs that no other card or call carries."""
    given: list[str] = []
    for _ in range(2):
        answer = (await client.post(SERVICE, json=request_of(name))).json()
        for card in answer["cards"]:
            given += [card["uuid"], *(s["uuid"] for s in card.get("suggestions", []))]
    assert all(str(UUID(text)) == text for text in given)
    assert len(set(given)) == len(given)


@pytest.mark.requirement("CARD-12", "CARD-13", "SUG-1", "SUG-3", "SUG-4")
@each_story
async def test_suggestions_come_with_a_selection_behavior(
    client: httpx.AsyncClient, name: str
) -> None:
    """Cards with suggestions, and only those, say how many may be taken."""
    answer = (await client.post(SERVICE, json=request_of(name))).json()
    for card in answer["cards"]:
        suggestions = card.get("suggestions", [])
        assert ("selectionBehavior" in card) == bool(suggestions)
        if not suggestions:
            continue
        assert card["selectionBehavior"] in ("any", "at-most-one")
        recommended = sum(suggestion.get("isRecommended", False) for suggestion in suggestions)
        assert card["selectionBehavior"] == "any" or recommended <= 1
        for suggestion in suggestions:
            assert set(suggestion) <= {"label", "uuid", "isRecommended", "actions"}
            assert suggestion["label"].strip()


@pytest.mark.requirement("JSON-2", "ACT-1", "ACT-2", "ACT-3", "ACT-7", "SUG-5", "SUG-6")
@each_story
async def test_every_action_is_a_draft_for_the_patient(
    client: httpx.AsyncClient, name: str
) -> None:
    """One create action: a draft proposal for this patient and visit, valid as FHIR R4B."""
    request = request_of(name)
    answer = (await client.post(SERVICE, json=request)).json()
    patient = {"reference": f"Patient/{request['context']['patientId']}"}
    for card in answer["cards"]:
        for suggestion in card.get("suggestions", []):
            (action,) = suggestion["actions"]
            assert set(action) == {"type", "description", "resource"}
            assert action["type"] == "create"
            assert action["description"].strip()
            draft = action["resource"]
            assert draft["resourceType"] in ("ServiceRequest", "Task")
            get_fhir_model_class(draft["resourceType"]).model_validate(draft)
            assert draft["id"]
            assert (draft["status"], draft["intent"]) == ("draft", "proposal")
            assert (
                draft["subject" if draft["resourceType"] == "ServiceRequest" else "for"] == patient
            )
            encounter = f"Encounter/{request['context']['encounterId']}"
            assert draft["encounter"] == {"reference": encounter}
            assert draft["code"]["text"].strip()


async def test_explanations_are_off_unless_asked_for(connect: Connect) -> None:
    """Without LEGPAIN_EXPLAIN the answer has cards only; the demo asks for it by itself."""
    assert not Settings(profile="production").explain
    assert Settings(profile="demo").explain
    settings = Settings(profile="demo", database_url="sqlite://", explain=False)
    async with connect(create_app(settings)) as client:
        answer = (await client.post(SERVICE, json=request_of("dvt-likely"))).json()
    assert set(answer) == {"cards"}


async def test_explanations_name_states_and_evidence(client: httpx.AsyncClient) -> None:
    """The explanation gives state, side, score interval and the evidence of each finding."""
    request = request_of("dvt-likely")
    answer = (await client.post(SERVICE, json=request)).json()
    explained = answer["extension"][EXPLAIN]
    assert explained["contentVersion"]
    (dvt,) = (entry for entry in explained["assessments"] if entry["topic"] == "dvt")
    assert (dvt["state"], dvt["card"], dvt["shown"]) == ("likely-certain", "dvt-likely", True)
    assert dvt["side"] == "left"
    assert dvt["score"] == {"lower": 3, "upper": 6}
    entries = [
        entry
        for bundle in list(request["prefetch"].values())[1:]
        for entry in bundle.get("entry", [])
    ]
    known = {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in entries}
    assert all(finding["evidence"] for finding in dvt["findings"] if finding["status"] != "unknown")
    assert {ref for finding in dvt["findings"] for ref in finding.get("evidence", [])} <= known


@pytest.mark.requirement("CARD-8")
@each_story
async def test_the_source_is_the_guideline(client: httpx.AsyncClient, name: str) -> None:
    """The source is what the advice rests on; only messages of the service itself name it."""
    for card in (await client.post(SERVICE, json=request_of(name))).json()["cards"]:
        own = card["source"]["topic"]["code"] in ("assessment-incomplete", "check-failed")
        assert ("legpain" in str(card["source"]["label"]).lower()) <= own
        assert card["source"]["url"].startswith("https://") or own
