"""Feedback is read as strictly as a call: one JSON object in UTF-8, no member given twice."""

import json

import httpx
import pytest
from fastapi import FastAPI

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.contract.http_calls import FEEDBACK, JSON_TYPE, SERVICE, Connect, request_of

REASON = (
    '{"reason": {"code": "already-done", "system": "s"}, "userComment": "c", '
    '"extension": {"x": 1, "x": 2}}'
)
ENTRY = (
    '{"card": "%s", "outcome": "overridden", "outcomeTimestamp": "2026-03-10T09:15:30Z", '
    f'"overrideReason": {REASON}}}'
)


@pytest.fixture
def app() -> FastAPI:
    """A service with an empty store of its own."""
    return create_app(Settings(profile="demo", database_url="sqlite://"))


@pytest.fixture
def caller(app: FastAPI, connect: Connect) -> httpx.AsyncClient:
    """A client of that service."""
    return connect(app)


async def batch(caller: httpx.AsyncClient) -> str:
    """A batch with two good entries, about a card that was just issued."""
    answer = await caller.post(SERVICE, json=request_of("dvt-likely"))
    entry = ENTRY % answer.json()["cards"][0]["uuid"]
    later = entry.replace("09:15", "10:15")
    return f'{{"feedback": [{entry}, {later}]}}'


async def sent(caller: httpx.AsyncClient, body: bytes) -> httpx.Response:
    """The answer to these bytes as feedback."""
    return await caller.post(FEEDBACK, content=body, headers=JSON_TYPE)


def refused(app: FastAPI, response: httpx.Response) -> str:
    """The sentence of the refusal, after which nothing is stored."""
    assert response.status_code == httpx.codes.BAD_REQUEST, response.text
    assert list(app.state.service.store.all()) == []
    text: str = response.json()["issue"][0]["details"]["text"]
    return text


@pytest.mark.requirement("JSON-7", "FB-1")
async def test_the_batch_is_good_as_it_stands(app: FastAPI, caller: httpx.AsyncClient) -> None:
    """Of an extension nothing is kept: a member given twice inside it decides nothing."""
    response = await sent(caller, (await batch(caller)).encode())
    assert response.status_code == httpx.codes.OK, response.text
    assert [row.reason for row in app.state.service.store.all()] == ["already-done"] * 2


@pytest.mark.requirement("JSON-8")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('{"feedback"', '{"feedback": [], "feedback"', id="root"),
        pytest.param('{"feedback"', '{"later": 1, "later": 2, "feedback"', id="unknown member"),
        pytest.param('"outcome":', '"outcome": "accepted", "outcome":', id="entry"),
        pytest.param('"card":', '"card": "x", "card":', id="card"),
        pytest.param('"reason":', '"reason": null, "reason":', id="override reason"),
        pytest.param('"code":', '"code": "not-relevant", "code":', id="coded reason"),
        pytest.param(
            '"overrideReason": {', '"overrideReasons": {"reason": 1, "reason": 2, ', id="Epic"
        ),
    ],
)
async def test_a_member_given_twice_is_refused(
    app: FastAPI, caller: httpx.AsyncClient, old: str, new: str
) -> None:
    """Ruling 58: two values under one name leave open which was meant."""
    text = await batch(caller)
    assert old in text
    assert "twice" in refused(app, await sent(caller, text.replace(old, new).encode()))


@pytest.mark.requirement("JSON-8", "FB-2")
async def test_the_entry_with_a_member_given_twice_is_named(
    app: FastAPI, caller: httpx.AsyncClient
) -> None:
    """By its index."""
    text = (await batch(caller)).replace(
        '"2026-03-10T10', '"x", "outcomeTimestamp": "2026-03-10T10'
    )
    response = await sent(caller, text.encode())
    refused(app, response)
    assert response.json()["issue"][0]["expression"] == ["feedback[1]"]


@pytest.mark.requirement("JSON-8")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b'"c"', b"NaN", id="NaN"),
        pytest.param(b'"c"', b"-Infinity", id="infinity"),
        pytest.param(b'"c"', b'"\xff\xfe"', id="no UTF-8"),
        pytest.param(b'"c"', b'"Bergstr\xf6m"', id="Latin-1"),
        pytest.param(b'"c"', b'"\xed\xa0\x80"', id="surrogate as bytes"),
        pytest.param(b'"c"', b'"a\tb"', id="tab in a string"),
        pytest.param(b'"c"', b"'c'", id="single quotes"),
        pytest.param(b'{"feedback"', b'\xef\xbb\xbf{"feedback"', id="byte order mark"),
        pytest.param(b"]}", b"],}", id="trailing comma"),
        pytest.param(b"]}", b"]} // done", id="comment"),
        pytest.param(b"]}", b"]}{}", id="two documents"),
        pytest.param(b'{"x"', b'{"x": NaN, "y"', id="NaN in an extension"),
    ],
)
async def test_what_is_no_json_is_refused(
    app: FastAPI, caller: httpx.AsyncClient, old: bytes, new: bytes
) -> None:
    """Wherever it stands in the batch."""
    good = (await batch(caller)).encode()
    assert old in good
    refused(app, await sent(caller, good.replace(old, new)))


@pytest.mark.parametrize("body", [b"[]", b"7", b'"feedback"', b"null"])
async def test_another_document_is_called_what_it_is(
    app: FastAPI, caller: httpx.AsyncClient, body: bytes
) -> None:
    """JSON, but no object."""
    assert "object" in refused(app, await sent(caller, body))


async def test_no_depth_of_nesting_is_a_failure(caller: httpx.AsyncClient) -> None:
    """Brackets to any depth that fits: ignored where nothing is read, refused elsewhere."""
    good = json.loads(await batch(caller))
    for member in ("extension", "card", "overrideReason"):
        entry = json.dumps(good["feedback"][0] | {member: "BOMB"})
        for depth in (*range(930, 970), 100, 2_000, 30_000):
            bomb = entry.replace('"BOMB"', "[" * depth + "]" * depth)
            response = await sent(caller, f'{{"feedback": [{bomb}]}}'.encode())
            assert response.status_code in {200, 400}, (member, depth)
