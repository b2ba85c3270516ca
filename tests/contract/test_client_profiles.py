"""Client profiles: the same advice, shaped for what each kind of EHR can show."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from cds_service.app import create_app
from cds_service.ehr.stories import read_stories
from cds_service.errors import SettingsError, SiteError
from cds_service.settings import Settings
from tests.contract.http_calls import SERVICE, STORIES, Connect, Json, cards_of, story_cards

Shown = Callable[..., Any]

EXAMPLE = Path(__file__).parents[2] / "cards" / "_codes" / "example-site"
PAGE = Path(__file__).parents[2] / "docs" / "client-profiles.md"
PROFILES = ("generic-2.0", "generic-1.0", "epic", "oracle", "sandbox")
SPEAKING = [story.name for story in read_stories() if story.expected["cards"]]
EPIC_KEYS = "urn:com.epic.cdshooks.action.code.system.preference-list-item"
CONTENT_TYPE = "com.epic.cdshooks.card.detail.content-type"
# What a card of CDS Hooks 1.0 may hold.
CARD_1 = {"summary", "detail", "indicator", "source", "suggestions", "selectionBehavior", "links"}


@pytest.fixture(scope="module")
def apps() -> Callable[[str, Path | None], FastAPI]:
    """A service for each profile, made once."""
    made: dict[tuple[str, Path | None], FastAPI] = {}

    def app(profile: str, site: Path | None = None) -> FastAPI:
        if (profile, site) not in made:
            made[profile, site] = create_app(
                Settings(
                    profile="demo", database_url="sqlite://", client_profile=profile, site=site
                )
            )
        return made[profile, site]

    return app


async def answer(connect: Connect, app: FastAPI, story: str) -> list[Json]:
    """The cards of a story."""
    async with connect(app) as caller:
        response = await caller.post(SERVICE, json=STORIES[story].today())
    assert response.status_code == httpx.codes.OK
    found: list[Json] = response.json()["cards"]
    return found


def told(card: Json) -> str:
    """A card's text without what a profile adds to it."""
    return re.sub(r"\*\*To be ordered by hand\*\*\n\n(- .*\n)+\n", "", card["detail"])


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("story", ["dvt-likely", "sij-and-radiculopathy-examine", "pe-unstable"])
async def test_a_profile_changes_no_advice(
    connect: Connect, apps: Shown, profile: str, story: str
) -> None:
    """Summaries, texts, indicators and their order are the same for every client."""
    plain = await answer(connect, apps("generic-2.0"), story)
    shaped = await answer(connect, apps(profile), story)
    assert [(c["summary"], c["indicator"], told(c)) for c in shaped] == [
        (c["summary"], c["indicator"], c["detail"]) for c in plain
    ]


@pytest.mark.requirement("CARD-17")
@pytest.mark.parametrize("profile", PROFILES)
async def test_every_suggestion_is_sent_or_told(
    connect: Connect, apps: Shown, profile: str
) -> None:
    """What a client cannot take as a suggestion stands in the text, to be ordered by hand."""
    for story in SPEAKING:
        plain = await answer(connect, apps("generic-2.0"), story)
        for offered, card in zip(plain, await answer(connect, apps(profile), story), strict=True):
            sent = {suggestion["label"] for suggestion in card.get("suggestions", [])}
            for suggestion in offered.get("suggestions", []):
                assert suggestion["label"] in sent or f"- {suggestion['label']}:" in card["detail"]


@pytest.mark.requirement("SUG-5", "CARD-13", "CARD-7", "CARD-18", "ACT-2")
async def test_epic_gets_what_it_can_show(connect: Connect, apps: Shown) -> None:
    """One action each, selection any, static alphanumeric topics, Markdown named as such."""
    for story in SPEAKING:
        for card in await answer(connect, apps("epic", EXAMPLE), story):
            assert re.fullmatch(r"[A-Za-z0-9]{1,100}", card["source"]["topic"]["code"])
            assert card["extension"] == {CONTENT_TYPE: "text/markdown; variant=GitHub"}
            assert card["uuid"]
            assert card.get("selectionBehavior", "any") == "any"
            for suggestion in card.get("suggestions", []):
                (action,) = suggestion["actions"]
                assert action["description"]
                assert action["resource"]["resourceType"] == "ServiceRequest"
                codings = action["resource"]["code"]["coding"]
                assert {coding["system"] for coding in codings} == {EPIC_KEYS}


async def test_epic_orders_by_the_sites_own_key(connect: Connect, apps: Shown) -> None:
    """The key for the side of the leg; without keys the order is told in words."""
    (card,) = await answer(connect, apps("epic", EXAMPLE), "dvt-likely")
    codes = {
        coding["code"]
        for suggestion in card["suggestions"]
        for coding in suggestion["actions"][0]["resource"]["code"]["coding"]
    }
    assert "40117" in codes
    assert "40118" not in codes
    (without,) = await answer(connect, apps("epic"), "dvt-likely")
    assert "suggestions" not in without
    assert "selectionBehavior" not in without
    assert "To be ordered by hand" in without["detail"]


def test_epic_topics_tell_every_card_apart(apps: Shown) -> None:
    """No two cards share a topic code, or an acknowledgment of one would silence the other."""
    app = apps("epic")
    present = app.state.service.presentation(app.state.service.gate.anyone)
    codes = [present.topic_code(card) for card in app.state.service.library.cards]
    assert len(set(codes)) == len(codes)


@pytest.mark.requirement("CARD-13", "SUG-3")
@pytest.mark.parametrize("profile", ["generic-1.0", "oracle"])
async def test_a_1_0_client_gets_members_of_1_0(
    connect: Connect, apps: Shown, profile: str
) -> None:
    """Nothing that came with 2.0: no uuid, topic, override reasons, recommendation or `any`."""
    for story in SPEAKING:
        for card in await answer(connect, apps(profile), story):
            assert card.keys() <= CARD_1
            assert card["source"].keys() <= {"label", "url", "icon"}
            assert card.get("selectionBehavior", "at-most-one") == "at-most-one"
            assert all("isRecommended" not in s for s in card.get("suggestions", []))


async def test_oracle_gets_information_and_links(connect: Connect, apps: Shown) -> None:
    """No suggestions at all, only absolute links without an app context."""
    for story in SPEAKING:
        for card in await answer(connect, apps("oracle"), story):
            assert "suggestions" not in card
            assert all(link.keys() == {"label", "url", "type"} for link in card["links"])
            assert {link["type"] for link in card["links"]} == {"absolute"}


async def test_the_sandbox_can_give_feedback(connect: Connect, apps: Shown) -> None:
    """It sends none on a card or suggestion without a uuid, and greys out SMART links."""
    for story in SPEAKING:
        for card in await answer(connect, apps("sandbox"), story):
            assert card["uuid"]
            assert all(suggestion["uuid"] for suggestion in card.get("suggestions", []))
            assert {link["type"] for link in card["links"]} == {"absolute"}


@pytest.mark.requirement("LINK-7")
async def test_links_can_be_listed_in_advance(client: httpx.AsyncClient) -> None:
    """Every address a card can link to stands in the integrator's list, and opens."""
    named = re.findall(r"`\{public URL\}(/(?:evidence|leaflets)/[a-z_]+)`", PAGE.read_text("utf-8"))
    listed = set(named)
    seen = set()
    for story in SPEAKING:
        for card in (await client.post(SERVICE, json=STORIES[story].today())).json()["cards"]:
            seen |= {httpx.URL(link["url"]).path for link in card["links"]}
    assert seen <= listed
    for path in listed:
        assert (await client.get(path)).status_code == httpx.codes.OK


async def test_a_site_chooses_indicators(connect: Connect, apps: Shown) -> None:
    """The indicator changes, the card and its place do not."""
    async with connect(apps("generic-2.0", EXAMPLE)) as caller:
        found = cards_of(await caller.post(SERVICE, json=STORIES["clti"].today()))
    expected = story_cards("clti")
    assert expected[0] == ("warning", "clti")
    assert found == [("critical", "clti"), *expected[1:]]


@pytest.mark.parametrize(
    ("name", "text", "told_by"),
    [
        (
            "order-codes.toml",
            "[[no_order]]\n",
            r"order-codes\.toml: line \d+: no_order\.0\.system: .*required",
        ),
        (
            "order-codes.toml",
            '[[no_order]]\nsystem="s"\ncode="c"\ndisplay="d"\n',
            r"order-codes\.toml: no_order: no such order",
        ),
        ("order-codes.toml", "d_dimer = []\n", r"order-codes\.toml: d_dimer: no coding"),
        ("order-codes.toml", "d_dimer = \n", r"order-codes\.toml: line \d+: not valid TOML"),
        ("indicators.toml", 'dvt-likely = "red"\n', r"indicators\.toml: line 1: dvt-likely: "),
        ("indicators.toml", 'dvt = "info"\n', r"indicators\.toml: dvt: no such card"),
    ],
)
def test_a_slip_of_the_site_stops_the_start(
    tmp_path: Path, name: str, text: str, told_by: str
) -> None:
    """A sentence names file, key and remedy."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SiteError, match=told_by):
        create_app(Settings(profile="demo", database_url="sqlite://", site=tmp_path))


def test_an_unknown_profile_stops_the_start() -> None:
    """The setting and the choice are named."""
    with pytest.raises(SettingsError, match=r"LEGPAIN_CLIENT_PROFILE: cerner .*oracle"):
        create_app(Settings(profile="demo", database_url="sqlite://", client_profile="cerner"))
