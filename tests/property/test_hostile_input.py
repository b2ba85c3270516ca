"""Arbitrary JSON where a chart should be: an answer or a refusal, never a failure."""

import copy
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
from tests.property.charts import MANY, painful
from tests.spec.fhir_json import Json
from tests.unit.record import AS_OF, PATIENT, prefetch

CALL = "/cds-services/leg-pain"
KEYS = sorted(prefetch())
ANSWERED = {httpx.codes.OK, httpx.codes.BAD_REQUEST, httpx.codes.PRECONDITION_FAILED}
TYPES = [
    "Patient",
    "Condition",
    "Observation",
    "QuestionnaireResponse",
    "Bundle",
    "OperationOutcome",
    "Binary",
    "",
    7,
    None,
]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(["2026-11-20", "0000-00-00", "9999-12-31T23:59:60Z", "Patient/p1", "final"]),
)
garbage = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                ["resourceType", "entry", "resource", "code", "coding", "id", "item", "x"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)
named = st.fixed_dictionaries({"resourceType": st.sampled_from(TYPES), "entry": garbage})


@pytest.fixture(scope="module")
def post() -> Callable[[bytes | Json], httpx.Response]:
    """Call the service in process, at the instant of the charts."""
    app = create_app(Settings(profile="demo", database_url="sqlite://"), clock=lambda: AS_OF)

    def call(body: bytes | Json) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return anyio.run(_post, app, content)

    return call


async def _post(app: FastAPI, content: bytes) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    headers = {"Content-Type": "application/json"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.post(CALL, content=content, headers=headers)


Post = Callable[[bytes | Json], httpx.Response]


def request(answers: dict[str, Any], **more: Any) -> Json:
    """A call with these prefetch values."""
    return {
        "hook": "patient-view",
        "hookInstance": "9d2f5a8e-5f2c-4b1e-9b62-2f0a5f5c8f11",
        "context": {"userId": "Practitioner/1", "patientId": PATIENT},
        "prefetch": answers,
    } | more


def unbroken(response: httpx.Response) -> bool:
    """Answered or refused, and no topic failed on the way."""
    return response.status_code in ANSWERED and "check-failed" not in response.text


@MANY
@given(answers=st.dictionaries(st.sampled_from(KEYS), st.one_of(garbage, named), max_size=5))
def test_any_json_as_prefetch_is_answered_or_refused(post: Post, answers: dict[str, Any]) -> None:
    """200, 400 or 412, whatever stands under the keys."""
    assert unbroken(post(request(prefetch() | answers)))


@MANY
@given(chart=painful, where=st.lists(st.integers(0, 60), min_size=1, max_size=4), thing=garbage)
def test_a_chart_spoiled_anywhere_is_answered_or_refused(
    post: Post, chart: list[Json], where: list[int], thing: Any
) -> None:
    """One member of a good chart replaced by anything costs at most that entry."""
    answers = copy.deepcopy(prefetch(*chart))
    for place in where:
        spoil(answers, place, copy.deepcopy(thing))
    assert unbroken(post(request(answers)))


def spoil(document: Any, place: int, thing: Any) -> None:
    """Replace the member at this place of a walk through the document."""
    spots = list(_spots(document))
    holder, key = spots[(place * 7919) % len(spots)]
    holder[key] = thing


def _spots(value: Any) -> list[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found: list[tuple[Any, Any]] = []
    for key, item in items:
        found.append((value, key))
        if isinstance(item, dict | list):
            found += _spots(item)
    return found


@MANY
@given(
    member=st.sampled_from(
        ["hook", "hookInstance", "context", "fhirServer", "prefetch", "extension"]
    ),
    thing=garbage,
)
def test_any_json_in_the_envelope_is_answered_or_refused(
    post: Post, member: str, thing: Any
) -> None:
    """The envelope is checked, never trusted."""
    assert unbroken(post(request(prefetch()) | {member: thing}))


@MANY
@given(
    body=st.one_of(st.binary(max_size=200), garbage.map(lambda thing: json.dumps(thing).encode()))
)
def test_any_body_is_answered_or_refused(post: Post, body: bytes) -> None:
    """Any bytes at all."""
    assert post(body).status_code in ANSWERED


@pytest.mark.parametrize(
    "place",
    [
        pytest.param('{"resourceType":"Observation","component":%s}', id="component"),
        pytest.param('{"resourceType":"Observation","unread":%s}', id="unread member"),
        pytest.param(
            '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Observation",'
            '"component":%s}}]}',
            id="entry",
        ),
        pytest.param("%s", id="the value itself"),
    ],
)
def test_no_depth_of_nesting_is_a_failure(post: Post, place: str) -> None:
    """Brackets to any depth: read, unread or refused, at every depth around the parser's limit."""
    broken = []
    for depth in (*range(930, 970), 100, 500, 2_000, 50_000):
        bomb = place % ("[" * depth + "]" * depth)
        body = json.dumps(request({"patient": None, "conditions": "BOMB"})).replace('"BOMB"', bomb)
        if not unbroken(post(body.encode())):
            broken.append(depth)
    assert broken == []


@pytest.mark.parametrize(
    "level",
    [
        pytest.param(('{"item":[', "]}"), id="questions"),
        pytest.param(('{"linkId":"slr","answer":[{"item":[', "]}]}"), id="answers"),
        pytest.param(('{"resourceType":"Bundle","entry":[{"resource":', "}]}"), id="Bundles"),
    ],
)
def test_no_depth_of_nested_resources_is_a_failure(post: Post, level: tuple[str, str]) -> None:
    """Forms and Bundles that nest to any depth cost themselves."""
    broken = []
    opening, closing = level
    resource = '{"resourceType":"QuestionnaireResponse","id":"q","item":[%s]}'
    for depth in (*range(200, 500, 7), 900, 2_000, 20_000):
        innermost = "{}" if closing == "}]}" else ""
        bomb = resource % (opening * depth + innermost + closing * depth)
        body = json.dumps(request(prefetch() | {"exam": "BOMB"})).replace('"BOMB"', bomb)
        if not unbroken(post(body.encode())):
            broken.append(depth)
    assert broken == []


@MANY
@given(
    form=st.recursive(
        st.fixed_dictionaries({"linkId": st.sampled_from(["slr.left", "mrc", "fever", "", "."])}),
        lambda inner: st.fixed_dictionaries(
            {
                "linkId": st.sampled_from(["slr.left", "abi.right", "x.y.z"]),
                "answer": st.lists(
                    st.one_of(
                        st.fixed_dictionaries({"item": st.lists(inner, max_size=2)}),
                        st.dictionaries(
                            st.sampled_from(["valueBoolean", "valueCoding", "valueDecimal"]),
                            garbage,
                            max_size=2,
                        ),
                    ),
                    max_size=2,
                ),
                "item": st.lists(inner, max_size=2),
            }
        ),
        max_leaves=6,
    ),
    more=st.dictionaries(
        st.sampled_from(["authored", "author", "source", "questionnaire", "encounter"]),
        garbage,
        max_size=3,
    ),
)
def test_any_form_is_answered_or_refused(post: Post, form: Json, more: dict[str, Any]) -> None:
    """Whatever a form holds, it costs at most itself."""
    response = {
        "resourceType": "QuestionnaireResponse",
        "id": "q",
        "status": "completed",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "item": [form],
    } | more
    assert unbroken(post(request(prefetch() | {"exam": response})))


@pytest.mark.parametrize(
    "number",
    ["1e400", "-1e400", "NaN", "Infinity", "1" * 5_000, "0.1e-400", "1E+308", "-0"],
)
def test_no_number_is_a_failure(post: Post, number: str) -> None:
    """Numbers beyond all measure are unknown or refused."""
    vital = (
        '{"resourceType":"Observation","id":"o","status":"final","subject":{"reference":'
        '"Patient/p1"},"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},'
        '"effectiveDateTime":"2026-11-20T14:00:00Z","valueQuantity":{"value":%s,"unit":"mmHg"}}'
    )
    body = json.dumps(request(prefetch() | {"vitals": "NUMBER"}))
    assert unbroken(post(body.replace('"NUMBER"', vital % number).encode()))


@pytest.mark.parametrize(
    "text",
    [b'"\\ud800"', b'"\\u0000"', b'"\xff\xfe"', b'"\xed\xa0\x80"', b'"a\tb"', b'"\\uFFFF"'],
)
def test_no_text_is_a_failure(post: Post, text: bytes) -> None:
    """Lone surrogates, NUL and bad UTF-8 are read as text or refused."""
    body = json.dumps(request(prefetch() | {"exam": "TEXT"})).encode()
    resource = b'{"resourceType":"Observation","id":"o","status":%s,"code":{"text":%s}}' % (
        text,
        text,
    )
    assert unbroken(post(body.replace(b'"TEXT"', resource)))
