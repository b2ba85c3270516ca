"""Feedback: what a client may send, what is kept of it, and what never is."""

import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from cds_service.app import create_app
from cds_service.ehr.stories import read_stories
from cds_service.records.feedback import FeedbackRow
from cds_service.settings import Settings
from tests.contract.http_calls import SENTENCES
from tests.databases import ask, columns, stored_in

Json = dict[str, Any]
Connect = Callable[[FastAPI], httpx.AsyncClient]

STORIES = {story.name: story for story in read_stories()}
SERVICE = "/cds-services/leg-pain"
FEEDBACK = f"{SERVICE}/feedback"
WHEN = "2026-03-10T09:15:30Z"
REASONS = "https://legpain-cds.github.io/fhir/CodeSystem/override-reasons"
CANARY = "canary9b1c"
ALREADY_DONE = next(
    reason["display"]
    for reason in tomllib.loads(
        (SENTENCES.parent / "override_reasons.toml").read_text(encoding="utf-8")
    )["reason"]
    if reason["code"] == "already-done"
)


@pytest.fixture(scope="module")
def lasting(lasting_database: str) -> Iterator[FastAPI]:
    """A service on each kind of database."""
    app = create_app(Settings(profile="demo", database_url=lasting_database))
    yield app
    app.state.service.store.close()


@pytest.fixture
def app(lasting: FastAPI, lasting_database: str) -> FastAPI:
    """That service, with an empty store."""
    ask(lasting_database, "DELETE FROM feedback")
    return lasting


@pytest.fixture
def caller(app: FastAPI, connect: Connect) -> httpx.AsyncClient:
    """A client of that service."""
    return connect(app)


def kept(app: FastAPI) -> list[FeedbackRow]:
    """Everything the service has stored."""
    return list(app.state.service.store.all())


async def shown_card(caller: httpx.AsyncClient, name: str = "dvt-likely") -> Json:
    """The first card of a story, freshly issued."""
    answer = (await caller.post(SERVICE, json=STORIES[name].today())).json()
    card: Json = answer["cards"][0]
    return card


def accepted(card: Json, **members: object) -> Json:
    """The first suggestion taken."""
    taken = [{"id": card["suggestions"][0]["uuid"]}]
    item = {"card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": WHEN}
    return item | {"acceptedSuggestions": taken} | members


def overridden(card: Json, **members: object) -> Json:
    """The card dismissed."""
    return {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": WHEN} | members


async def report(caller: httpx.AsyncClient, *items: object) -> httpx.Response:
    """Send these entries in one batch."""
    return await caller.post(FEEDBACK, json={"feedback": list(items)})


async def report_well(caller: httpx.AsyncClient, *items: object) -> None:
    """Send these entries, which must be taken without a word."""
    response = await report(caller, *items)
    assert response.status_code == httpx.codes.OK, response.text
    assert response.json() == {}


@pytest.mark.requirement("FB-1", "FB-16")
async def test_an_accepted_card_is_kept(app: FastAPI, caller: httpx.AsyncClient) -> None:
    """Kept are the card's id, outcome, time and the suggestions taken."""
    card = await shown_card(caller)
    await report_well(caller, accepted(card))
    (row,) = kept(app)
    assert (row.card, row.outcome, row.reason) == ("dvt-likely", "accepted", None)
    assert row.card_uuid == card["uuid"]
    assert row.suggestions == ("proximal-scan",)
    assert row.at == datetime(2026, 3, 10, 9, 15, 30, tzinfo=UTC)


async def test_only_words_of_the_content_are_kept(app: FastAPI, caller: httpx.AsyncClient) -> None:
    """A reason code or suggestion id that is not ours could hold anything: it is not stored."""
    card = await shown_card(caller)
    foreign = {"reason": {"code": "Jane Doe, MRN 12345"}}
    await report_well(caller, overridden(card, overrideReason=foreign))
    await report_well(caller, accepted(card) | {"acceptedSuggestions": [{"id": "Jane Doe"}]})
    assert [(row.reason, row.suggestions) for row in kept(app)] == [("other", ()), (None, ())]


@pytest.mark.requirement("FB-11")
@pytest.mark.parametrize("name", ["dvt-likely", "sij-examine", "scan-pending"])
async def test_every_card_can_be_overridden(
    app: FastAPI, caller: httpx.AsyncClient, name: str
) -> None:
    """An override without a reason is kept under the id of the card that was shown."""
    await report_well(caller, overridden(await shown_card(caller, name)))
    (row,) = kept(app)
    assert row.card == STORIES[name].expected["cards"][0]["card"]
    assert (row.outcome, row.reason, row.suggestions) == ("overridden", None, ())


@pytest.mark.requirement("FB-9")
async def test_the_reason_is_kept(app: FastAPI, caller: httpx.AsyncClient) -> None:
    """A reason from the card's own list is kept by its code."""
    card = await shown_card(caller)
    reason = card["overrideReasons"][0]
    assert reason["system"] == REASONS
    await report_well(caller, overridden(card, overrideReason={"reason": reason}))
    assert [row.reason for row in kept(app)] == [reason["code"]]


@pytest.mark.requirement("FB-9")
@pytest.mark.parametrize(
    "reason",
    [
        pytest.param({"code": "already-done", "system": REASONS}, id="no display"),
        pytest.param({"code": "already-done"}, id="no system, as the sandbox sends"),
    ],
)
async def test_a_bare_reason_is_kept(app: FastAPI, caller: httpx.AsyncClient, reason: Json) -> None:
    """Clients drop the display, and the sandbox the system."""
    card = await shown_card(caller)
    await report_well(caller, overridden(card, overrideReason={"reason": reason}))
    assert [row.reason for row in kept(app)] == ["already-done"]


@pytest.mark.requirement("FB-15")
@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param(
            {"reason": {"code": "already-done", "system": REASONS}, "userComment": "seen"},
            "already-done",
            id="with a reason",
        ),
        pytest.param(
            {
                "userComment": "seen",
                "extension": {
                    "com.epic.cdshooks.feedback.overrideReason.reasonTitle": "Already assessed"
                },
            },
            "other",
            id="with the title of a reason of the site's own",
        ),
        pytest.param(
            {
                "extension": {
                    "com.epic.cdshooks.feedback.overrideReason.reasonTitle": ALREADY_DONE
                },
            },
            "already-done",
            id="with the title of one of ours",
        ),
    ],
)
async def test_epics_plural_is_understood(
    app: FastAPI, caller: httpx.AsyncClient, given: Json, reason: str | None
) -> None:
    """Epic writes `overrideReasons`; its reason counts like the singular's."""
    await report_well(caller, overridden(await shown_card(caller), overrideReasons=given))
    assert [row.reason for row in kept(app)] == [reason]


@pytest.mark.requirement("FB-12")
async def test_a_batch_may_mix_everything(app: FastAPI, caller: httpx.AsyncClient) -> None:
    """One batch may name several cards, and one card twice with different outcomes."""
    one, other = await shown_card(caller), await shown_card(caller, "sij-examine")
    await report_well(caller, accepted(one), overridden(one), overridden(other))
    assert sorted((row.card, row.outcome) for row in kept(app)) == [
        ("dvt-likely", "accepted"),
        ("dvt-likely", "overridden"),
        ("sij-examine", "overridden"),
    ]


@pytest.mark.requirement("FB-12")
async def test_the_same_feedback_again_changes_nothing(
    app: FastAPI, caller: httpx.AsyncClient
) -> None:
    """A client that repeats itself, within a batch or later, is kept once."""
    item = accepted(await shown_card(caller))
    await report_well(caller, item, item)
    await report_well(caller, item)
    assert len(kept(app)) == 1


@pytest.mark.requirement("FB-2")
async def test_nothing_to_report_is_fine(app: FastAPI, caller: httpx.AsyncClient) -> None:
    """An empty batch is 200."""
    await report_well(caller)
    assert kept(app) == []


@pytest.mark.requirement("FB-14", "FB-3")
@pytest.mark.parametrize(
    "card", ["123456", "no uuid at all", "0b5c8f2e-6a7d-4c39-9d1e-2f3a4b5c6d7e"]
)
async def test_an_unknown_card_is_not_kept(
    app: FastAPI, caller: httpx.AsyncClient, card: str
) -> None:
    """Ruling 58: feedback on a card that is not ours is 200 and not stored."""
    await report_well(caller, overridden({"uuid": card}))
    assert kept(app) == []


async def test_another_services_card_is_not_kept(
    app: FastAPI, caller: httpx.AsyncClient, connect: Connect
) -> None:
    """A card signed with another key is not ours either; known ones beside it are kept."""
    stranger = connect(create_app(Settings(profile="demo", database_url="sqlite://")))
    foreign, own = await shown_card(stranger), await shown_card(caller)
    await report_well(caller, overridden(foreign), overridden(own))
    assert [row.card_uuid for row in kept(app)] == [own["uuid"]]


async def test_feedback_survives_a_restart(database: str, connect: Connect) -> None:
    """With a configured key, cards of before the restart are still known after it."""
    settings = Settings(
        profile="demo",
        database_url=database,
        card_key=SecretStr("a key for this test"),
    )
    before, after = create_app(settings), create_app(settings)
    card = await shown_card(connect(before))
    before.state.service.store.close()
    await report_well(connect(after), overridden(card))
    assert [row.card for row in kept(after)] == ["dvt-likely"]
    after.state.service.store.close()


@pytest.mark.requirement("FB-7")
@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-10T09:15:30Z", datetime(2026, 3, 10, 9, 15, 30, tzinfo=UTC)),
        ("2026-03-10T09:15:30.52Z", datetime(2026, 3, 10, 9, 15, 30, 520_000, tzinfo=UTC)),
        ("2026-03-10T09:15:30.520261Z", datetime(2026, 3, 10, 9, 15, 30, 520_261, tzinfo=UTC)),
        ("2026-03-10T00:15:30+01:00", datetime(2026, 3, 9, 23, 15, 30, tzinfo=UTC)),
        ("2026-03-10t09:15:30z", datetime(2026, 3, 10, 9, 15, 30, tzinfo=UTC)),
    ],
)
async def test_times_are_kept_in_utc(
    app: FastAPI, caller: httpx.AsyncClient, text: str, utc: datetime
) -> None:
    """Fractions and offsets are read; what is kept is UTC."""
    await report_well(caller, overridden(await shown_card(caller), outcomeTimestamp=text))
    assert [row.at for row in kept(app)] == [utc]


BAD_MEMBERS = [
    pytest.param({"card": None}, id="card null"),
    pytest.param({"card": ""}, id="card empty"),
    pytest.param({"card": 7}, id="card a number"),
    pytest.param({"outcome": "ignored"}, id="ignored cards are not reported"),
    pytest.param({"outcome": None}, id="outcome null"),
    pytest.param({"outcome": "accepted"}, id="accepted without suggestions"),
    pytest.param({"outcome": "accepted", "acceptedSuggestions": []}, id="accepted nothing"),
    pytest.param({"outcome": "accepted", "acceptedSuggestions": [{}]}, id="suggestion without id"),
    pytest.param({"outcomeTimestamp": None}, id="time null"),
    pytest.param({"outcomeTimestamp": "2026-03-10T09:15:30"}, id="time without zone"),
    pytest.param({"outcomeTimestamp": "2026-03-10"}, id="date only"),
    pytest.param({"outcomeTimestamp": "2026-13-40T09:15:30Z"}, id="no such day"),
    pytest.param({"outcomeTimestamp": "1639217131"}, id="seconds as text"),
    pytest.param({"outcomeTimestamp": 1639217131}, id="seconds as number"),
    pytest.param({"overrideReason": {}}, id="empty reason"),
    pytest.param({"overrideReason": {"reason": {"system": REASONS}}}, id="reason without code"),
    pytest.param({"overrideReason": "already-done"}, id="reason a string"),
]


@pytest.mark.requirement("FB-4", "FB-5", "FB-6", "FB-7", "FB-8")
@pytest.mark.parametrize("members", BAD_MEMBERS)
@pytest.mark.parametrize("place", [0, 2])
async def test_one_bad_entry_refuses_the_batch(
    app: FastAPI, caller: httpx.AsyncClient, members: Json, place: int
) -> None:
    """Ruling 58: a batch with an invalid entry is 400 with its index, nothing is stored."""
    card = await shown_card(caller)
    items = [overridden(card), accepted(card)]
    items.insert(place, overridden(card) | members)
    response = await report(caller, *items)
    assert response.status_code == httpx.codes.BAD_REQUEST
    (issue,) = response.json()["issue"]
    assert issue["expression"] == [f"feedback[{place}]"]
    assert str(place) in issue["details"]["text"]
    assert kept(app) == []


@pytest.mark.requirement("FB-3", "FB-4", "FB-7")
@pytest.mark.parametrize("member", ["card", "outcome", "outcomeTimestamp"])
async def test_required_members_are_required(
    app: FastAPI, caller: httpx.AsyncClient, member: str
) -> None:
    """An entry without card, outcome or time is refused."""
    item = overridden(await shown_card(caller))
    del item[member]
    assert (await report(caller, item)).status_code == httpx.codes.BAD_REQUEST
    assert kept(app) == []


@pytest.mark.requirement("FB-2")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param([], id="bare array"),
        pytest.param({}, id="no feedback"),
        pytest.param({"feedback": None}, id="feedback null"),
        pytest.param({"feedback": {}}, id="feedback an object"),
        pytest.param({"feedback": ["x"]}, id="entry a string"),
        pytest.param("feedback", id="string"),
    ],
)
async def test_other_bodies_are_refused(
    app: FastAPI, caller: httpx.AsyncClient, body: object
) -> None:
    """The body is an object with an array of entries."""
    response = await caller.post(FEEDBACK, json=body)
    assert response.status_code == httpx.codes.BAD_REQUEST
    assert response.json()["resourceType"] == "OperationOutcome"
    assert kept(app) == []


@pytest.mark.parametrize("content", [b"", b"{", b'{"feedback": [}', b"\xff\xfe"])
async def test_malformed_bodies_are_refused(caller: httpx.AsyncClient, content: bytes) -> None:
    """What is not JSON is 400, never a fault of ours."""
    headers = {"content-type": "application/json"}
    response = await caller.post(FEEDBACK, content=content, headers=headers)
    assert response.status_code == httpx.codes.BAD_REQUEST


async def test_a_large_batch_is_taken(app: FastAPI, caller: httpx.AsyncClient) -> None:
    """Hundreds of entries in one batch are all kept."""
    card = await shown_card(caller)
    times = [f"2026-03-10T{hour:02}:{minute:02}:00Z" for hour in range(8) for minute in range(50)]
    await report_well(caller, *(overridden(card, outcomeTimestamp=time) for time in times))
    assert len(kept(app)) == len(times)


async def test_too_much_feedback_is_refused(app: FastAPI, caller: httpx.AsyncClient) -> None:
    """A body over the limit for feedback is 413 and nothing of it is stored."""
    card = await shown_card(caller)
    item = overridden(card, overrideReason={"userComment": "x" * 70_000})
    response = await report(caller, item)
    assert response.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert kept(app) == []


@pytest.mark.requirement("JSON-7")
async def test_unknown_members_are_ignored(app: FastAPI, caller: httpx.AsyncClient) -> None:
    """Members of later versions change nothing."""
    item = overridden(await shown_card(caller), future={"a": [1]}, extension={"x": 1})
    response = await caller.post(FEEDBACK, json={"feedback": [item], "future": True})
    assert response.status_code == httpx.codes.OK
    assert len(kept(app)) == 1


@pytest.mark.requirement("FB-10")
async def test_comments_are_never_kept_nor_written(
    database: str, connect: Connect, written: Callable[[], str]
) -> None:
    """A user's comment may name a patient: it is in no file of the database and in no log."""
    app = create_app(Settings(profile="demo", database_url=database))
    caller = connect(app)
    card = await shown_card(caller)
    secret: Json = {"userComment": CANARY, "extension": {"x": CANARY}}
    coded = secret | {"reason": {"code": "already-done", "display": CANARY}}
    await report_well(
        caller,
        overridden(card, overrideReason=secret),
        overridden(card, outcomeTimestamp="2026-03-10T10:00:00Z", overrideReasons=coded),
        accepted(card, note=CANARY),
    )
    refused = await report(caller, overridden(card, overrideReason=secret, outcome=CANARY))
    assert CANARY not in refused.text
    assert len(kept(app)) == 3
    app.state.service.store.close()
    everything = stored_in(database)
    assert b"already-done" in everything
    assert CANARY.encode() not in everything
    assert CANARY not in written()


async def test_nothing_of_the_patient_is_kept(database: str, connect: Connect) -> None:
    """The database holds neither patient, user nor encounter of the call that showed the card."""
    app = create_app(Settings(profile="demo", database_url=database))
    caller = connect(app)
    await report_well(caller, accepted(await shown_card(caller)))
    app.state.service.store.close()
    everything = stored_in(database)
    assert b"dvt-likely" in everything
    request = STORIES["dvt-likely"].request
    context = request["context"]
    family = request["prefetch"]["patient"]["name"][0]["family"]
    user = context["userId"].partition("/")[2]
    for told in (context["patientId"], user, context["encounterId"], family):
        assert told.encode() not in everything


@pytest.mark.requirement("FB-10")
async def test_a_site_may_keep_comments_apart(
    database: str, connect: Connect, written: Callable[[], str]
) -> None:
    """Where a site asks for it, a comment is kept with the kind of card and nothing of the call."""
    app = create_app(Settings(profile="demo", database_url=database, comment_days=30))
    async with connect(app) as caller:
        card = await shown_card(caller)
        item = overridden(card, overrideReason={"userComment": f"{CANARY} {'x' * 3000}"})
        await report_well(caller, item, item)
    app.state.service.store.close()
    assert columns(database, "feedback_comment") == {"id", "tenant", "card", "comment", "received"}
    ((shown, comment),) = ask(database, "SELECT card, comment FROM feedback_comment")
    assert (shown, len(comment)) == ("dvt-likely", 2000)
    assert CANARY not in str(ask(database, "SELECT * FROM feedback"))
    assert CANARY not in written()


@pytest.mark.requirement("FB-10")
async def test_old_comments_are_forgotten(database: str, connect: Connect) -> None:
    """The next feedback removes comments older than the site keeps them."""
    app = create_app(Settings(profile="demo", database_url=database, comment_days=30))
    async with connect(app) as caller:
        card = await shown_card(caller)
        await report_well(caller, overridden(card, overrideReason={"userComment": "old"}))
        ask(database, "UPDATE feedback_comment SET received = '2020-01-01 00:00:00'")
        later = {
            "overrideReason": {"userComment": "new"},
            "outcomeTimestamp": "2026-03-11T09:00:00Z",
        }
        await report_well(caller, overridden(card, **later))
    app.state.service.store.close()
    assert ask(database, "SELECT comment FROM feedback_comment") == [("new",)]


async def test_a_comment_does_not_lead_to_its_showing(database: str, connect: Connect) -> None:
    """It shares no instant with the feedback it came with, which names the card that was shown."""
    app = create_app(Settings(profile="demo", database_url=database, comment_days=30))
    async with connect(app) as caller:
        item = overridden(await shown_card(caller), overrideReason={"userComment": "a comment"})
        await report_well(caller, item)
    app.state.service.store.close()
    ((of_comment,),) = ask(database, "SELECT received FROM feedback_comment")
    ((of_feedback,),) = ask(database, "SELECT received FROM feedback")
    assert instant(of_comment) == instant(of_feedback).replace(
        hour=0, minute=0, second=0, microsecond=0
    )


def instant(kept: object) -> datetime:
    """What a database tells, in UTC; SQLite leaves the zone out."""
    told = datetime.fromisoformat(str(kept))
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)


@pytest.mark.requirement("FB-10")
async def test_any_comment_can_be_kept(database: str, connect: Connect) -> None:
    """A character that a database cannot hold costs that character, not the feedback."""
    app = create_app(Settings(profile="demo", database_url=database, comment_days=30))
    async with connect(app) as caller:
        item = overridden(
            await shown_card(caller), overrideReason={"userComment": "a\0b \U0001f9b5"}
        )
        await report_well(caller, item)
    app.state.service.store.close()
    assert ask(database, "SELECT comment FROM feedback_comment") == [("ab \U0001f9b5",)]


@pytest.mark.requirement("ERR-9")
async def test_without_the_store_feedback_waits(
    database: str, connect: Connect, written: Callable[[], str]
) -> None:
    """The client is told to send it again, and the operator that the store is down."""
    async with connect(create_app(Settings(profile="demo", database_url=database))) as caller:
        card = await shown_card(caller)
        ask(database, "DROP TABLE feedback")
        later = await report(caller, overridden(card))
    assert later.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert int(later.headers["retry-after"]) > 0
    assert later.json()["resourceType"] == "OperationOutcome"
    assert '"event": "store-down"' in written()
