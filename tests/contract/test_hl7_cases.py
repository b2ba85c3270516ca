"""HL7's own test cases for CDS Hooks: their requests put to us, their rules to our answers."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest

from cds_service.commands.stories import read_stories

Json = dict[str, Any]

CASES = Path(__file__).parents[2] / "fixtures" / "cdshooks-cases"
SERVICE = "/cds-services/leg-pain"
STORIES = read_stories()
SOME_CARDS = [story for story in STORIES if story.expected["cards"]]


def case(name: str) -> Json:
    """One of HL7's cases, unchanged."""
    found: Json = json.loads((CASES / f"cdshooks-{name}.json").read_text(encoding="utf-8"))
    return found


async def send(client: httpx.AsyncClient, request: Json) -> httpx.Response:
    """Call the service with this request."""
    return await client.post(SERVICE, json=request)


def named(response: httpx.Response) -> str:
    """The members an OperationOutcome names."""
    (issue,) = response.json()["issue"]
    return " ".join(issue.get("expression", []))


# Requests


@pytest.mark.parametrize("name", ["request-patient-view-good", "request-pv-good"])
async def test_a_good_request_without_our_data_is_412(client: httpx.AsyncClient, name: str) -> None:
    """A good request that prefetches for another service lacks patient and conditions."""
    response = await send(client, case(name))
    assert response.status_code == httpx.codes.PRECONDITION_FAILED
    assert "prefetch.patient" in named(response)
    assert "prefetch.conditions" in named(response)


async def test_a_good_request_with_our_keys_is_answered(client: httpx.AsyncClient) -> None:
    """The same request with its Patient under our key and empty conditions is 200, silent."""
    request = case("request-patient-view-good")
    request["prefetch"]["patient"] = request["prefetch"].pop("item1")
    request["prefetch"]["conditions"] = None
    response = await send(client, request)
    assert response.status_code == httpx.codes.OK
    assert response.json()["cards"] == []


async def test_each_mistake_of_the_bad_request_is_named(client: httpx.AsyncClient) -> None:
    """Ids given as references, then a prefetch wrapped like a Bundle entry, are named in turn."""
    request = case("request-patient-view-bad")
    request["prefetch"]["patient"] = request["prefetch"].pop("item1")
    request["prefetch"]["conditions"] = None
    context = request["context"]
    for member in ("patientId", "encounterId"):
        response = await send(client, request)
        assert response.status_code == httpx.codes.BAD_REQUEST
        assert f"context.{member}" in named(response)
        context[member] = context[member].partition("/")[2]
    response = await send(client, request)
    assert response.status_code == httpx.codes.PRECONDITION_FAILED
    assert named(response) == "prefetch.patient"
    request["prefetch"]["patient"] = request["prefetch"]["patient"]["resource"]
    assert (await send(client, request)).status_code == httpx.codes.OK


async def test_the_bad_request_is_refused_as_it_is(client: httpx.AsyncClient) -> None:
    """Unchanged, it is 400 and not silence."""
    response = await send(client, case("request-patient-view-bad"))
    assert response.status_code == httpx.codes.BAD_REQUEST


@pytest.mark.parametrize(
    "name",
    ["request-order-select-good", "request-order-select-extensions", "request-order-sign-good"],
)
async def test_another_hook_is_refused_as_such(client: httpx.AsyncClient, name: str) -> None:
    """A good request of a hook we do not serve is 400 naming the hook."""
    response = await send(client, case(name))
    assert response.status_code == httpx.codes.BAD_REQUEST
    assert named(response) == "hook"


@pytest.mark.parametrize(
    "name", ["request-order-select-bad", "request-order-sign-bad-1", "request-order-sign-bad-2"]
)
async def test_bad_requests_of_another_hook_are_refused(
    client: httpx.AsyncClient, name: str
) -> None:
    """Wrong in two ways, it is 400 naming one of them; with its ids repaired, the hook."""
    request = case(name)
    response = await send(client, request)
    assert response.status_code == httpx.codes.BAD_REQUEST
    assert named(response) in ("hook", "context.patientId")
    for member in ("patientId", "encounterId"):
        if member in request["context"]:
            request["context"][member] = request["context"][member].partition("/")[2]
    assert named(await send(client, request)) == "hook"


# Responses


def faults(response: Json) -> Iterator[str]:
    """What HL7's logical model finds wrong with a CDS Hooks response."""
    if "cards" not in response:
        yield "cards"
    for card in response.get("cards", []):
        yield from card_faults(card)


def card_faults(card: Json) -> Iterator[str]:
    """Required members of a card, its links, and rules cds-resp-1, -3, -4 and -6."""
    yield from (name for name in ("summary", "indicator", "source") if not card.get(name))
    if len(card.get("summary", "")) >= 140:
        yield "summary too long"
    if not card.get("source", {}).get("label"):
        yield "source.label"
    for link in card.get("links", []):
        yield from (f"link.{name}" for name in ("label", "url", "type") if not link.get(name))
        if "appContext" in link and link.get("type") != "smart":
            yield "link.appContext"
    for reason in card.get("overrideReasons", []):
        yield from (f"reason.{n}" for n in ("code", "system", "display") if not reason.get(n))
    suggestions = card.get("suggestions", [])
    if suggestions and not card.get("selectionBehavior"):
        yield "selectionBehavior"
    recommended = sum(suggestion.get("isRecommended", False) for suggestion in suggestions)
    if card.get("selectionBehavior") == "at-most-one" and recommended > 1:
        yield "isRecommended"
    for suggestion in suggestions:
        yield from suggestion_faults(suggestion)


def suggestion_faults(suggestion: Json) -> Iterator[str]:
    """Rule cds-resp-5, and that a resource of an action has an id."""
    if not suggestion.get("label"):
        yield "suggestion.label"
    for action in suggestion.get("actions", []):
        yield from (f"action.{name}" for name in ("type", "description") if not action.get(name))
        if action.get("type") == "create" and not action.get("resource", {}).get("id"):
            yield "resource.id"


@pytest.mark.parametrize(
    "name",
    ["response-good", "response-empty", "response-link", "response-no-link", "response-two-cards"],
)
def test_the_rules_pass_good_responses(name: str) -> None:
    """HL7's good responses have no fault by these rules."""
    assert list(faults(case(name))) == []


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("response-empty2", "cards"),
        ("response-empty-source", "source.label"),
        ("response-source-link", "link.type"),
        ("response-suggestion", "selectionBehavior"),
        ("response-suggestion", "resource.id"),
    ],
)
def test_the_rules_catch_bad_responses(name: str, fault: str) -> None:
    """What HL7's bad responses show is found."""
    assert fault in list(faults(case(name)))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
async def test_our_answers_keep_the_rules(client: httpx.AsyncClient, story: Any) -> None:
    """No answer to a story has a fault by HL7's rules."""
    response = await send(client, story.today())
    assert list(faults(response.json())) == []


async def test_the_rules_see_what_our_answers_hold(client: httpx.AsyncClient) -> None:
    """Our answers do hold suggestions, links and reasons, and a fault put into one is seen."""
    answers = [(await send(client, story.today())).json() for story in SOME_CARDS]
    for member in ("suggestions", "links", "overrideReasons"):
        assert any(card.get(member) for answer in answers for card in answer["cards"])
    spoiled = deepcopy(answers[0])
    del spoiled["cards"][0]["source"]["label"]
    assert list(faults(spoiled)) == ["source.label"]


# Discovery


async def test_our_discovery_has_the_shape_of_theirs(client: httpx.AsyncClient) -> None:
    """Our discovery document has every member that HL7's good one has, of the same kind."""
    served = (await client.get("/cds-services")).json()["services"]
    theirs = {
        name: type(value)
        for service in case("services-good")["services"]
        for name, value in service.items()
    }
    for ours in served:
        assert theirs.items() <= {name: type(value) for name, value in ours.items()}.items()
        assert all(isinstance(template, str) for template in ours["prefetch"].values())
