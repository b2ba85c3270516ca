"""Arbitrary bytes and JSON as feedback: taken or refused, never a failure."""

import json
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.property.charts import MANY
from tests.property.test_hostile_input import garbage, scalars
from tests.unit.record import AS_OF

FEEDBACK = "/cds-services/leg-pain/feedback"
TAKEN_OR_REFUSED = {httpx.codes.OK, httpx.codes.BAD_REQUEST}
MEMBERS = [
    "card",
    "outcome",
    "outcomeTimestamp",
    "acceptedSuggestions",
    "overrideReason",
    "overrideReasons",
    "extension",
]
INNER = ["reason", "code", "system", "display", "userComment", "extension", "id"]
EPIC = "com.epic.cdshooks.feedback.overrideReason.reasonTitle"

Send = Callable[[bytes], int]

words = st.one_of(
    scalars,
    st.sampled_from(
        [
            "accepted",
            "overridden",
            "already-done",
            "2026-03-10T09:15:30Z",
            "0001-01-01T00:00:00+23:59",
        ]
    ),
)
reasons = st.recursive(
    words,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([*INNER, EPIC]), inner, max_size=4),
    ),
    max_leaves=8,
)
entries = st.one_of(garbage, st.dictionaries(st.sampled_from(MEMBERS), reasons, max_size=7))


@pytest.fixture(scope="module")
def send() -> Send:
    """The status of a call with these bytes as feedback."""
    settings = Settings(profile="demo", database_url="sqlite://", comment_days=1)
    app = create_app(settings, clock=lambda: AS_OF)
    return lambda body: anyio.run(_sent, app, FEEDBACK, body).status_code


async def _sent(app: FastAPI, path: str, body: bytes) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.post(path, content=body, headers=headers)


@MANY
@given(body=st.one_of(st.binary(max_size=200), garbage.map(lambda it: json.dumps(it).encode())))
def test_any_bytes_are_taken_or_refused(send: Send, body: bytes) -> None:
    """Any bytes at all as a feedback body."""
    assert send(body) in TAKEN_OR_REFUSED


@MANY
@given(batch=st.lists(entries, max_size=3))
def test_any_entries_are_taken_or_refused(send: Send, batch: list[Any]) -> None:
    """A batch of anything."""
    assert send(json.dumps({"feedback": batch}).encode()) in TAKEN_OR_REFUSED


@MANY
@given(place=st.integers(0, 10_000), junk=st.binary(min_size=1, max_size=6), cut=st.integers(0, 20))
def test_a_good_batch_with_bytes_changed_is_taken_or_refused(
    send: Send, place: int, junk: bytes, cut: int
) -> None:
    """Some bytes of it replaced by others, anywhere."""
    good = json.dumps({"feedback": [good_entry()]}).encode()
    start = place % len(good)
    assert send(good[:start] + junk + good[start + cut :]) in TAKEN_OR_REFUSED


@MANY
@given(member=st.sampled_from([*MEMBERS, *INNER]), thing=reasons)
def test_one_member_of_a_good_entry_may_be_anything(send: Send, member: str, thing: Any) -> None:
    """It costs the batch at most."""
    entry = good_entry()
    holder = entry if member in MEMBERS else entry["overrideReason"]
    holder[member] = thing
    assert send(json.dumps({"feedback": [entry]}).encode()) in TAKEN_OR_REFUSED


def good_entry() -> dict[str, Any]:
    """An entry that is taken, about a card of another service."""
    return {
        "card": "4ad9e5f0-3d0c-4f8e-9d57-5f4ff5a2c111",
        "outcome": "overridden",
        "outcomeTimestamp": "2026-03-10T09:15:30Z",
        "overrideReason": {"reason": {"code": "already-done"}, "userComment": "x"},
    }


def test_the_good_entry_is_good(send: Send) -> None:
    """Else the changes above would prove little."""
    assert send(json.dumps({"feedback": [good_entry()]}).encode()) == httpx.codes.OK
