"""The sample patients: each story gives exactly the cards its clinical reading demands."""

import random
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fhir.resources.R4B import get_fhir_model_class

from cds_service.app import create_app
from cds_service.ehr.shift import shift_dates
from cds_service.ehr.stories import Story, read_stories
from cds_service.fhir.queries import QUERIES
from cds_service.settings import Settings

FIXTURES = Path(__file__).parents[2] / "fixtures"
STORIES = read_stories(FIXTURES / "stories")
EXPLAIN = "org.legpain-cds.explain"
Json = dict[str, Any]

each_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)


async def ask(client: httpx.AsyncClient, request: Mapping[str, Any]) -> Json:
    """The service's answer to this request."""
    response = await client.post("/cds-services/leg-pain", json=request)
    assert response.status_code == httpx.codes.OK, response.text
    answer: Json = response.json()
    return answer


def shown(answer: Mapping[str, Any]) -> list[Json]:
    """Indicator and id of each card, in order, as `expected.json` writes them."""
    return [
        {"indicator": card["indicator"], "card": card["source"]["topic"]["code"]}
        for card in answer["cards"]
    ]


def without_uuids(answer: Mapping[str, Any]) -> list[Json]:
    """The cards without what is new at every showing."""
    cards = deepcopy(answer["cards"])
    for card in cards:
        del card["uuid"]
        for suggestion in card.get("suggestions", []):
            del suggestion["uuid"]
            for action in suggestion["actions"]:
                del action["resource"]["id"]
    return list(cards)


def rearranged(request: Json, arrange: Callable[[list[Any]], list[Any]]) -> Json:
    """The request with the entries of every Bundle arranged anew."""
    copy = deepcopy(request)
    for bundle in copy["prefetch"].values():
        if bundle and bundle.get("entry"):
            bundle["entry"] = arrange(bundle["entry"])
    return copy


def texts_with_names(value: object, name: str = "") -> list[tuple[str, str]]:
    """Every string of a document with the name of the member that holds it."""
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in texts_with_names(item, key)]
    if isinstance(value, list):
        return [pair for item in value for pair in texts_with_names(item, name)]
    return [(name, value)] if isinstance(value, str) else []


@each_story
async def test_the_story_gives_its_cards(client: httpx.AsyncClient, story: Story) -> None:
    """Shifted to today, the request gives exactly the expected cards, in order."""
    answer = await ask(client, story.today())
    assert shown(answer) == story.expected["cards"]


@each_story
async def test_the_story_is_told_for_its_reason(client: httpx.AsyncClient, story: Story) -> None:
    """The states behind the cards, and behind silence, are those the clinical tables name."""
    answer = await ask(client, story.today())
    assessments = answer.get("extension", {}).get(EXPLAIN, {}).get("assessments", [])
    states = {entry["state"] for entry in assessments}
    assert states >= set(story.expected["states"])


@each_story
async def test_asking_twice_gives_the_same_cards(client: httpx.AsyncClient, story: Story) -> None:
    """The same body sent again gives the same cards word for word, apart from uuids."""
    request = story.today()
    first, second = await ask(client, request), await ask(client, request)
    assert without_uuids(first) == without_uuids(second)


@each_story
async def test_the_order_of_entries_says_nothing(client: httpx.AsyncClient, story: Story) -> None:
    """Reversed and shuffled entries give the same cards word for word."""
    request = story.today()
    expected = without_uuids(await ask(client, request))
    reverse = rearranged(request, lambda entries: entries[::-1])
    assert without_uuids(await ask(client, reverse)) == expected
    for seed in range(5):
        dice = random.Random(seed)  # noqa: S311 - shuffles fixtures
        shuffled = rearranged(request, lambda entries: dice.sample(entries, len(entries)))  # noqa: B023 - called at once
        assert without_uuids(await ask(client, shuffled)) == expected


@each_story
async def test_an_entry_sent_twice_counts_once(client: httpx.AsyncClient, story: Story) -> None:
    """Duplicated entries give the same cards word for word."""
    request = story.today()
    doubled = rearranged(request, lambda entries: entries + entries)
    assert without_uuids(await ask(client, doubled)) == without_uuids(await ask(client, request))


@pytest.mark.parametrize(
    "hour",
    [
        pytest.param(time(0, 0, 1, tzinfo=UTC), id="just after midnight"),
        pytest.param(time(12, 0, tzinfo=UTC), id="at noon"),
        pytest.param(time(23, 59, 59, tzinfo=UTC), id="just before midnight"),
    ],
)
async def test_the_stories_hold_at_any_hour(
    connect: Callable[[FastAPI], httpx.AsyncClient], hour: time
) -> None:
    """A demo started at any time of day shows the same cards."""
    day = date(2027, 2, 1)
    settings = Settings(profile="demo", database_url="sqlite://")
    app = create_app(settings, clock=lambda: datetime.combine(day, hour))
    given = {story.name: shown(await ask(connect(app), story.today(day))) for story in STORIES}
    assert given == {story.name: story.expected["cards"] for story in STORIES}


@pytest.mark.parametrize("days", [-1000, 1, 59, 366, 1461, 3650])
async def test_the_stories_hold_on_any_day(
    connect: Callable[[FastAPI], httpx.AsyncClient], days: int
) -> None:
    """Leap days and years between the story and today change nothing."""
    settings = Settings(profile="demo", database_url="sqlite://")
    day = STORIES[0].as_of + timedelta(days)
    noon = datetime.combine(day, time(12, tzinfo=UTC))
    app = create_app(settings, clock=lambda: noon)
    for story in STORIES:
        moved = shift_dates(story.request, days)
        assert isinstance(moved, dict)
        assert shown(await ask(connect(app), moved)) == story.expected["cards"], story.name


@each_story
def test_the_story_is_valid_fhir(story: Story) -> None:
    """Everything a story prefetches validates as FHIR R4B and belongs to its one patient."""
    patient = f"Patient/{story.request['context']['patientId']}"
    for value in story.request["prefetch"].values():
        if value is None:
            continue
        get_fhir_model_class(value["resourceType"]).model_validate(value)
        for entry in value.get("entry", []):
            subject = entry["resource"].get("subject")
            assert subject is None or subject["reference"].endswith(patient)


@each_story
def test_the_story_is_a_request_of_this_service(story: Story) -> None:
    """Every prefetch key is one of ours, and those withheld are optional."""
    required = {query.key for query in QUERIES if query.required}
    given = set(story.request["prefetch"])
    assert required <= given <= {query.key for query in QUERIES}


@each_story
def test_recent_events_carry_no_time_of_day(story: Story) -> None:
    """What happened within three days is dated only, so that a shift by days stays right."""
    early = story.as_of - timedelta(days=3)
    timed = [
        (name, text)
        for name, text in texts_with_names(story.request)
        if name.lower().endswith(("date", "datetime", "start", "end", "authoredon", "issued"))
        and "T" in text
        and date.fromisoformat(text[:10]) >= early
    ]
    assert timed == []


def test_the_readme_tells_every_story() -> None:
    """`fixtures/README.md` names each story once, and no story that does not exist."""
    readme = (FIXTURES / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| Story |")[2].splitlines()
    told = [line.split("`")[1] for line in table if line.startswith("| `")]
    assert sorted(told) == sorted(story.name for story in STORIES)


def test_the_main_cards_have_stories() -> None:
    """The three questions the service was made for, and silence, are among the stories."""
    told = {card["card"] for story in STORIES for card in story.expected["cards"]}
    assert {"sij-examine", "radiculopathy-examine", "dvt-likely"} <= told
    assert sum(not story.expected["cards"] for story in STORIES) >= 7
