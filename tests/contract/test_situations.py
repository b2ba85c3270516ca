"""The 22 situations that tell a careful CDS service from a careless one, each by its name."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from cds_service.app import create_app
from cds_service.clinical.topics import radiculopathy
from cds_service.settings import Settings
from tests.contract.http_calls import (
    ABSENT,
    FEEDBACK,
    JSON_TYPE,
    LOOPBACK,
    SERVICE,
    Connect,
    Json,
    assert_refused,
    cards_of,
    changed,
    minimal,
    request_of,
    story_cards,
)

SITE = Path(__file__).parents[2] / "deploy" / "production" / "site"
STORY = "sij-and-radiculopathy-examine"
CLOSED = "http://127.0.0.1:9"  # the discard port: nothing answers there


async def call(client: httpx.AsyncClient, request: Json) -> httpx.Response:
    """One call of the patient-view service."""
    return await client.post(SERVICE, json=request)


async def test_no_prefetch(client: httpx.AsyncClient) -> None:
    """Without data and without a server to ask: 412 that names what is needed."""
    response = await call(client, changed(minimal(), "prefetch"))
    assert_refused(response, 412)
    assert {"prefetch.patient", "prefetch.conditions"} <= named(response)


def named(response: httpx.Response) -> set[str]:
    """The members an OperationOutcome names."""
    return {where for issue in response.json()["issue"] for where in issue["expression"]}


async def test_an_unreachable_fhir_server(client: httpx.AsyncClient) -> None:
    """Data are missing and the server does not answer: 412, not silence and not a fault."""
    request = changed(request_of(STORY), "prefetch.conditions") | {"fhirServer": CLOSED}
    assert_refused(await call(client, request), 412, "prefetch.conditions")


@pytest.mark.parametrize("key", ["patient", "conditions"])
async def test_a_needed_key_missing(client: httpx.AsyncClient, key: str) -> None:
    """A required key that nobody delivered is named, not read as absent."""
    request = changed(request_of(STORY), f"prefetch.{key}")
    request.pop("fhirServer", None)
    assert_refused(await call(client, request), 412, f"prefetch.{key}")


async def test_null_keys(client: httpx.AsyncClient) -> None:
    """Null says that there is nothing: an answer, not a failure."""
    request = request_of(STORY)
    request["prefetch"] = dict.fromkeys(request["prefetch"]) | {
        "patient": request["prefetch"]["patient"]
    }
    assert cards_of(await call(client, request)) == []


async def test_a_null_patient(client: httpx.AsyncClient) -> None:
    """Nothing known of the patient: the complaint on record is answered, age and sex unknown."""
    response = await call(client, changed(request_of(STORY), "prefetch.patient", None))
    assert cards_of(response) == story_cards(STORY)


async def test_an_operation_outcome_as_a_key(client: httpx.AsyncClient) -> None:
    """The client tried and failed: 412 for a required key, a named gap for another."""
    issue = {"severity": "error", "code": "timeout"}
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
    request = request_of(STORY)
    required = changed(request, "prefetch.conditions", outcome)
    assert_refused(await call(client, required), 412, "prefetch.conditions")
    optional = await call(client, changed(request, "prefetch.reports", outcome))
    assert cards_of(optional)
    assert any("reports" in card["detail"] for card in optional.json()["cards"])


@pytest.mark.parametrize("hook", ["order-sign", "encounter-start", "patient-view-2"])
async def test_the_wrong_hook(client: httpx.AsyncClient, hook: str) -> None:
    """A request for another hook is 400."""
    assert_refused(await call(client, minimal() | {"hook": hook}), 400, "hook")


@pytest.mark.parametrize("instance", [ABSENT, None, "", "not-a-uuid", 5])
async def test_no_or_malformed_hook_instance(client: httpx.AsyncClient, instance: Any) -> None:
    """The call's id is required and is a UUID."""
    response = await call(client, changed(minimal(), "hookInstance", instance))
    assert_refused(response, 400, "hookInstance")


@pytest.mark.parametrize("context", [ABSENT, None, [], {}])
async def test_no_context(client: httpx.AsyncClient, context: Any) -> None:
    """Without a context there is no patient to speak of."""
    assert_refused(await call(client, changed(minimal(), "context", context)), 400, "context")


async def test_another_patients_prefetch(client: httpx.AsyncClient) -> None:
    """A Patient that is not the one in context is 400; a record of others is as if none came."""
    request = request_of(STORY)
    stranger = deepcopy(request["prefetch"]["patient"]) | {"id": "somebody-else"}
    assert_refused(
        await call(client, changed(request, "prefetch.patient", stranger)), 400, "prefetch.patient"
    )
    for entry in request["prefetch"]["conditions"]["entry"]:
        entry["resource"]["subject"] = {"reference": "Patient/somebody-else"}
    assert_refused(await call(client, request), 412, "prefetch.conditions")


async def test_unknown_members(client: httpx.AsyncClient) -> None:
    """Members nobody defined change nothing."""
    request = request_of(STORY) | {"unknown": {"deep": [1]}}
    request["context"]["unknown"] = True
    request["prefetch"]["unknown"] = {"resourceType": "Basic"}
    assert cards_of(await call(client, request)) == story_cards(STORY)


async def test_a_spec_style_extension(client: httpx.AsyncClient) -> None:
    """Extensions as the specification and Epic write them are accepted."""
    extension = {
        "com.example.timestamp": "2026-11-20",
        "com.epic.cdshooks.request.bpa-trigger-action": "60",
        "com.epic.cdshooks.request.fhir-version": "R4",
    }
    request = request_of(STORY) | {"extension": extension}
    assert cards_of(await call(client, request)) == story_cards(STORY)


async def test_all_entries_entered_in_error(client: httpx.AsyncClient) -> None:
    """What was retracted does not exist."""
    retracted = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
    request = request_of(STORY)
    for bundle in request["prefetch"].values():
        for entry in (bundle or {}).get("entry", []):
            resource = entry["resource"]
            if resource["resourceType"] == "Condition":
                coding = {"system": retracted, "code": "entered-in-error"}
                resource["verificationStatus"] = {"coding": [coding]}
            else:
                resource["status"] = "entered-in-error"
    assert cards_of(await call(client, request)) == []


@pytest.mark.parametrize("body", [b"{", b'{"hook": }', b"\xff\xfe", b"", b"[]", b'{"hook": NaN}'])
async def test_malformed_json(client: httpx.AsyncClient, body: bytes) -> None:
    """What is not a JSON object is 400."""
    assert_refused(await client.post(SERVICE, content=body, headers=JSON_TYPE), 400)


@pytest.mark.requirement("SEC-1")
@pytest.mark.parametrize("token", [None, "Bearer bogus", "Bearer a.b.c", "Basic dXNlcjpwYXNz"])
async def test_a_bogus_token(connect: Connect, token: str | None) -> None:
    """In production nobody is answered who does not prove to be a configured client."""
    settings = Settings(
        profile="production",
        database_url="sqlite://",
        public_url="https://cds.example.org",
        site=SITE,
        card_key=SecretStr("k" * 32),
    )
    headers = {"Authorization": token} if token else {}
    async with connect(create_app(settings)) as client:
        response = await client.post(SERVICE, json=request_of(STORY), headers=headers)
    assert (response.status_code, response.content) == (httpx.codes.UNAUTHORIZED, b"")


async def test_a_body_of_1_6_megabytes(client: httpx.AsyncClient) -> None:
    """A long chart is read like a short one."""
    request = request_of(STORY)
    entries = request["prefetch"]["conditions"]["entry"]
    filler = deepcopy(entries[0]["resource"])
    filler["code"] = {"coding": [{"system": "http://snomed.info/sct", "code": "59621000"}]}
    size = len(httpx.Request("POST", "http://x", json=filler).content)
    entries += [
        {"resource": filler | {"id": f"filler-{number}"}} for number in range(1_600_000 // size)
    ]
    assert len(httpx.Request("POST", "http://x", json=request).content) > 1_600_000
    assert cards_of(await call(client, request)) == story_cards(STORY)


async def test_feedback(client: httpx.AsyncClient) -> None:
    """Accepting and overriding a card are both taken."""
    card = (await call(client, request_of(STORY))).json()["cards"][0]
    accepted = {
        "card": card["uuid"],
        "outcome": "accepted",
        "outcomeTimestamp": "2026-11-20T10:00:00Z",
        "acceptedSuggestions": [{"id": card["suggestions"][0]["uuid"]}],
    }
    overridden = {
        "card": card["uuid"],
        "outcome": "overridden",
        "outcomeTimestamp": "2026-11-20T10:01:00Z",
        "overrideReason": {"reason": card["overrideReasons"][0]},
    }
    for item in (accepted, overridden):
        response = await client.post(FEEDBACK, json={"feedback": [item]})
        assert response.status_code == httpx.codes.OK


@pytest.mark.parametrize(("path", "method"), [("/cds-services", "GET"), (SERVICE, "POST")])
async def test_a_preflight_asking_for_authorization(
    client: httpx.AsyncClient, path: str, method: str
) -> None:
    """A browser may send its token with a call."""
    asked = {
        "Origin": LOOPBACK,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    response = await client.options(path, headers=asked)
    assert response.status_code in (httpx.codes.OK, httpx.codes.NO_CONTENT)
    allowed = response.headers["access-control-allow-headers"].lower()
    assert {"authorization", "content-type"} <= {name.strip() for name in allowed.split(",")}


async def test_an_unknown_service(client: httpx.AsyncClient) -> None:
    """A service that does not exist is 404."""
    assert_refused(await client.post("/cds-services/nothing", json=minimal()), 404)


async def test_health(client: httpx.AsyncClient) -> None:
    """The platform can ask whether the process lives and is ready."""
    for path in ("/health/live", "/health/ready"):
        response = await client.get(path)
        assert response.status_code == httpx.codes.OK
        assert response.json()["status"] == "ok"


async def test_a_crashing_rule(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, demo_app: FastAPI
) -> None:
    """A topic that fails says so on a card of its own; it never looks like nothing to say."""

    def crash(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(radiculopathy, "assess", crash)
    async with connect(demo_app) as client:
        found = cards_of(await call(client, request_of(STORY)))
    assert ("warning", "check-failed") in found


async def test_two_services_on_one_server(client: httpx.AsyncClient) -> None:
    """The same call may go to several services: each answers its own hook, under its own id."""
    request = request_of(STORY)
    again = request | {"hook": "encounter-start"}
    again["context"] = request["context"] | {"encounterId": "e1"}
    first = await call(client, request)
    second = await client.post("/cds-services/leg-pain-encounter", json=again)
    assert cards_of(first) == cards_of(second) == story_cards(STORY)
    uuids = [card["uuid"] for r in (first, second) for card in r.json()["cards"]]
    assert len(set(uuids)) == len(uuids)


@pytest.mark.requirement("REQ-13", "REQ-14")
async def test_the_same_call_after_a_restart(connect: Connect) -> None:
    """Nothing is remembered between calls: a repeated hookInstance gives the same advice."""

    async def advice(client: httpx.AsyncClient, request: Json) -> list[Any]:
        cards = (await call(client, request)).json()["cards"]
        return [(card["summary"], card["detail"], card["indicator"]) for card in cards]

    request = request_of(STORY)
    settings = Settings(profile="demo", database_url="sqlite://")
    async with connect(create_app(settings)) as before, connect(create_app(settings)) as after:
        first = await advice(before, request)
        assert first == await advice(before, request) == await advice(after, request)
