"""What is asked of a FHIR server: what is missing, once, with the token, and nothing else."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from cds_service.fhir.access import FhirAccess
from cds_service.fhir.client import FhirClient, Refusal, transport_limits
from cds_service.hooks.gathering import gathered
from cds_service.hooks.request import decode_request
from cds_service.settings import Settings
from cds_service.trust.caller import DEMO
from cds_service.trust.network import GuardedTransport
from tests.contract.http_calls import (
    SERVICE,
    TEMPLATES,
    Json,
    assert_refused,
    authorization,
    cards_of,
    minimal,
    request_of,
    story_cards,
)
from tests.fault.faults import LOST, paged, reset, status
from tests.fault.faulty_server import Exchange, FaultyServer, empty, faulty_server

STORY = "dvt-likely"
SPLIT = ("vitals", "labs", "exam", "surveys")
FAILED = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}
CANARY = "canary-token-5d1c"


def served() -> Json:
    """The story's prefetch values, as a server would answer."""
    values: Json = request_of(STORY)["prefetch"]
    return values


def asking(server: FaultyServer, **delivered: Any) -> Json:
    """The story's request with access to the server and only these values delivered."""
    request = request_of(STORY) | {"prefetch": delivered}
    return request | {"fhirServer": server.base, "fhirAuthorization": authorization()}


@pytest.mark.requirement("PREF-9", "PREF-10", "PREF-12")
@pytest.mark.parametrize("missing", [(), ("exam",), ("patient", "labs"), tuple(TEMPLATES)])
async def test_exactly_what_is_missing_is_asked(
    fetching: httpx.AsyncClient, missing: tuple[str, ...]
) -> None:
    """Each missing query once, none of those that were answered; the cards are the same."""
    delivered = {key: value for key, value in served().items() if key not in missing}
    async with faulty_server(served()) as server:
        response = await fetching.post(SERVICE, json=asking(server, **delivered))
    assert server.asked == sorted(missing)
    assert cards_of(response) == story_cards(STORY)


@pytest.mark.requirement("PREF-1", "PREF-10")
async def test_the_templates_are_what_is_asked(fetching: httpx.AsyncClient) -> None:
    """The addresses are those of the discovery document, with the context filled in."""
    async with faulty_server(served()) as server:
        request = asking(server)
        await fetching.post(SERVICE, json=request)
    patient = request["context"]["patientId"]
    wanted = [t.replace("{{context.patientId}}", patient) for t in TEMPLATES.values()]
    assert sorted(target for target, _ in server.arrived) == sorted(f"/fhir/{t}" for t in wanted)


@pytest.mark.requirement("PREF-13", "PREF-14", "PREF-15", "PREF-16")
@pytest.mark.parametrize("value", [None, empty(), FAILED], ids=["null", "empty", "failed"])
@pytest.mark.parametrize("key", TEMPLATES)
async def test_what_was_answered_or_failed_is_not_asked_again(
    fetching: httpx.AsyncClient, key: str, value: Json | None
) -> None:
    """Null and an empty search are answers; what the client failed to read is not repeated."""
    delivered = served() | {key: value}
    if key == "patient" and value == empty():
        delivered[key] = None
    async with faulty_server(served()) as server:
        response = await fetching.post(SERVICE, json=asking(server, **delivered))
    assert server.asked == []
    assert response.status_code in (200, 412)


@pytest.mark.requirement("PREF-23")
@pytest.mark.parametrize("value", ["123", {"resourceType": "Basic"}, [], {"entry": 1}])
async def test_what_cannot_be_used_is_fetched(fetching: httpx.AsyncClient, value: object) -> None:
    """A value of the wrong type counts as absent."""
    async with faulty_server(served()) as server:
        request = asking(server, **served() | {"conditions": value})
        response = await fetching.post(SERVICE, json=request)
    assert server.asked == ["conditions"]
    assert cards_of(response) == story_cards(STORY)


@pytest.mark.requirement("PREF-21", "PREF-23")
async def test_conditions_of_another_patient_are_fetched(fetching: httpx.AsyncClient) -> None:
    """Nothing of the delivered Bundle is this patient's: the query counts as not answered."""
    stray = json.loads(json.dumps(served()["conditions"]))
    for entry in stray["entry"]:
        entry["resource"]["subject"] = {"reference": "Patient/other"}
    async with faulty_server(served()) as server:
        request = asking(server, **served() | {"conditions": stray})
        response = await fetching.post(SERVICE, json=request)
    assert server.asked == ["conditions"]
    assert cards_of(response) == story_cards(STORY)


@pytest.mark.requirement("PREF-21")
async def test_another_patients_record_is_never_mixed_in(fetching: httpx.AsyncClient) -> None:
    """A delivered Patient that is somebody else is refused before anything is asked."""
    async with faulty_server(served()) as server:
        other = {"resourceType": "Patient", "id": "other"}
        response = await fetching.post(SERVICE, json=asking(server, patient=other))
    assert_refused(response, 400, "prefetch.patient")
    assert server.arrived == []


@pytest.mark.requirement("PREF-21")
async def test_a_server_that_ignores_the_patient_is_not_believed(
    fetching: httpx.AsyncClient,
) -> None:
    """Where others appear in an answer about one patient, the answer is not complete."""

    def mixed(exchange: Exchange) -> None:
        one = {"resourceType": "Condition", "id": "x", "subject": {"reference": "Patient/other"}}
        exchange.send(exchange.right | {"entry": [*exchange.right["entry"], {"resource": one}]})

    async with faulty_server(served(), {"conditions": mixed}) as server:
        response = await fetching.post(SERVICE, json=asking(server))
    assert cards_of(response) == story_cards(STORY)
    gaps = response.json()["extension"]["org.legpain-cds.explain"]["gaps"]
    assert {"query": "conditions", "outcome": "partial"} in gaps


@pytest.mark.requirement("PREF-9", "PREF-10")
async def test_unsplit_observations_leave_nothing_to_ask(fetching: httpx.AsyncClient) -> None:
    """`observations` answers all four keys."""
    values = served()
    entries = [entry for key in SPLIT for entry in values.pop(key).get("entry", [])]
    whole = empty() | {"entry": entries}
    async with faulty_server(served()) as server:
        request = asking(server, **values, observations=whole)
        response = await fetching.post(SERVICE, json=request)
    assert server.asked == []
    assert cards_of(response) == story_cards(STORY)


@pytest.mark.requirement("PREF-17")
async def test_the_next_page_of_unsplit_observations_is_followed(
    fetching: httpx.AsyncClient,
) -> None:
    """All four keys are complete when its last page was read."""
    values = served()
    entries = [entry for key in SPLIT for entry in values.pop(key).get("entry", [])]

    def rest(exchange: Exchange) -> None:
        exchange.send(empty() | {"entry": entries[1:]})

    async with faulty_server(served(), {"exam": rest}) as server:
        link = {"relation": "next", "url": f"{server.base}/Observation?category=exam&page=2"}
        first = paged(empty() | {"entry": entries[:1]}, link)
        request = asking(server, **values, observations=first)
        response = await fetching.post(SERVICE, json=request)
    assert len(server.arrived) == 1
    assert cards_of(response) == story_cards(STORY)
    gaps = response.json()["extension"]["org.legpain-cds.explain"]["gaps"]
    assert [gap for gap in gaps if "query" in gap] == []


@pytest.mark.requirement("AUTH-6", "AUTH-7")
async def test_every_call_carries_the_token(fetching: httpx.AsyncClient) -> None:
    """Also the call for a further page."""

    def two_pages(exchange: Exchange) -> None:
        if "page=2" in exchange.target:
            exchange.send(empty())
        else:
            link = {"relation": "next", "url": f"{exchange.base}/Condition?page=2"}
            exchange.send(paged(exchange.right, link))

    async with faulty_server(served(), {"conditions": two_pages}) as server:
        response = await fetching.post(SERVICE, json=asking(server))
    assert cards_of(response) == story_cards(STORY)
    assert len(server.arrived) == len(TEMPLATES) + 1
    assert {headers["authorization"] for _, headers in server.arrived} == {"Bearer opaque"}


@pytest.mark.requirement("PREF-19")
async def test_an_open_server_is_asked_without_a_token(fetching: httpx.AsyncClient) -> None:
    """The demo profile reads servers that ask for none."""
    async with faulty_server(served()) as server:
        request = asking(server)
        del request["fhirAuthorization"]
        response = await fetching.post(SERVICE, json=request)
    assert cards_of(response) == story_cards(STORY)
    assert not any("authorization" in headers for _, headers in server.arrived)


@pytest.mark.requirement("AUTH-4")
@pytest.mark.parametrize(
    "scope",
    [
        "patient/*.read",
        "patient/Condition.rs patient/Observation.rs?category=laboratory",
        "Condition.Read (R4) Condition.Search (R4) Patient.Read (R4)",
        "",
    ],
)
async def test_scopes_are_never_a_reason_not_to_ask(
    fetching: httpx.AsyncClient, scope: str
) -> None:
    """SMART 1, SMART 2 and Epic's own words: the server decides what the token reaches."""
    async with faulty_server(served()) as server:
        request = asking(server)
        request["fhirAuthorization"]["scope"] = scope
        response = await fetching.post(SERVICE, json=request)
    assert cards_of(response) == story_cards(STORY)


@pytest.mark.requirement("AUTH-8", "AUTH-12")
@pytest.mark.parametrize("fault", ["reset", "500", "200 HTML", "200 truncated"])
async def test_token_and_ids_reach_no_log(
    fetching: httpx.AsyncClient, written: Callable[[], str], fault: str
) -> None:
    """Also where the server fails, which makes libraries talk."""
    async with faulty_server(served(), {"conditions": LOST[fault]}) as server:
        request = asking(server)
        request["fhirAuthorization"]["access_token"] = CANARY
        response = await fetching.post(SERVICE, json=request)
        told = written()
    assert server.arrived
    for secret in (CANARY, request["context"]["patientId"], server.base, "Condition?"):
        assert secret not in told
    assert CANARY not in response.text


@pytest.mark.requirement("AUTH-13")
async def test_a_compressed_answer_is_read(fetching: httpx.AsyncClient) -> None:
    """gzip, which is offered."""

    def compressed(exchange: Exchange) -> None:
        assert "gzip" in exchange.headers["accept-encoding"]
        body = gzip.compress(json.dumps(exchange.right).encode())
        exchange.send(body, content_encoding="gzip")

    async with faulty_server(served(), {"conditions": compressed}) as server:
        response = await fetching.post(SERVICE, json=asking(server))
    assert cards_of(response) == story_cards(STORY)


async def test_connections_are_kept_for_the_next_call(fetching: httpx.AsyncClient) -> None:
    """A second call opens no new one."""
    async with faulty_server(served()) as server:
        await fetching.post(SERVICE, json=asking(server))
        opened = server.connections
        await fetching.post(SERVICE, json=asking(server))
    assert server.connections == opened
    assert len(server.arrived) == 2 * len(TEMPLATES)


async def test_a_connection_that_breaks_is_tried_once_more(fetching: httpx.AsyncClient) -> None:
    """A kept connection may have been closed by the server meanwhile."""
    broken: list[str] = []

    def once(exchange: Exchange) -> None:
        broken.append(exchange.target)
        if len(broken) == 1:
            reset(exchange)
        else:
            exchange.send(exchange.right)

    async with faulty_server(served(), {"conditions": once}) as server:
        response = await fetching.post(SERVICE, json=asking(server))
    assert cards_of(response) == story_cards(STORY)
    assert len(broken) == 2


@pytest.mark.parametrize(
    ("fault", "calls"), [("reset", 2), ("401", 1), ("403", 1), ("429", 1), ("503", 1)]
)
async def test_nothing_else_is_tried_again(
    fetching: httpx.AsyncClient, fault: str, calls: int
) -> None:
    """An answer is an answer, and a second break is the last."""
    async with faulty_server(served(), {"conditions": LOST[fault]}) as server:
        await fetching.post(SERVICE, json=asking(server))
    assert server.asked.count("conditions") == calls


async def test_a_visit_that_begins_is_read(fetching: httpx.AsyncClient) -> None:
    """encounter-start asks for the encounter too, unless it came among the encounters."""
    request = request_of(STORY)
    patient = request["context"]["patientId"]
    visit: Json = {"resourceType": "Encounter", "id": "v1", "status": "in-progress"}
    visit |= {"subject": {"reference": f"Patient/{patient}"}}
    for encounters, asked in ((None, 1), (empty() | {"entry": [{"resource": visit}]}, 0)):
        arrived: list[str] = []

        def send(exchange: Exchange, seen: list[str] = arrived) -> None:
            seen.append(exchange.target)
            exchange.send(visit)

        async with faulty_server(served(), {"encounters": send}) as server:
            given = asking(server, **served() | {"encounters": encounters})
            given |= {"hook": "encounter-start"}
            given["context"] = request["context"] | {"encounterId": "v1"}
            response = await fetching.post("/cds-services/leg-pain-encounter", json=given)
        assert response.status_code == httpx.codes.OK
        assert len(arrived) == asked


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The present second."""
        return self.now


@pytest.fixture
async def timed() -> AsyncIterator[tuple[FhirClient, Clock]]:
    """A FHIR client whose breaker looks at a clock of the test."""
    clock = Clock()
    client = FhirClient(lambda: GuardedTransport(transport_limits(), private=False), clock)
    yield client, clock
    await client.close()


@pytest.mark.requirement("PERF-2")
async def test_a_server_that_is_back_is_used_within_fifteen_seconds(
    fetching_app: FastAPI, timed: tuple[FhirClient, Clock]
) -> None:
    """It is left alone meanwhile, and the first call after the pause gets everything."""
    client, clock = timed
    reach = replace(fetching_app.state.service.reach, client=client)

    async def outcomes(server: FaultyServer) -> set[str]:
        request = decode_request(json.dumps(asking(server)).encode())
        chart = await gathered(request, DEMO, reach)
        return {outcome.value for outcome in chart.queries.values()}

    async with faulty_server(served(), dict.fromkeys(TEMPLATES, status(503))) as server:
        assert await outcomes(server) == {"failed"}
        tried = len(server.arrived)
        clock.now += 14
        assert await outcomes(server) == {"failed"}
        assert len(server.arrived) == tried
        server.faults = {}
        clock.now += 1
        assert await outcomes(server) == {"complete"}


async def test_calls_to_one_server_are_capped(timed: tuple[FhirClient, Clock]) -> None:
    """Twenty at a time; the others wait for their turn."""
    client, _ = timed
    most = under_way = 0
    full = asyncio.Event()

    async def counted(exchange: Exchange) -> None:
        nonlocal most, under_way
        under_way += 1
        most = max(most, under_way)
        if most >= 20:
            full.set()
        async with asyncio.timeout(20):
            await full.wait()
        await asyncio.sleep(0.01)  # one too many would come now
        under_way -= 1
        exchange.send(empty())

    async with faulty_server({}, {"conditions": counted}) as server:
        access = FhirAccess(server.base)
        until = asyncio.get_running_loop().time() + 30
        address = f"{server.base}/Condition?patient=p"
        bodies = await asyncio.gather(*(client.read(access, address, until) for _ in range(50)))
    assert most == 20
    assert not any(isinstance(body, Refusal) for body in bodies)


@pytest.mark.requirement("PREF-20")
async def test_a_small_request_reads_everything(fetching: httpx.AsyncClient) -> None:
    """A patient with nothing on record gets no cards, once everything was asked."""
    answers = {"patient": minimal()["prefetch"]["patient"]}
    async with faulty_server(answers) as server:
        request = asking(server) | {"context": minimal()["context"]}
        response = await fetching.post(SERVICE, json=request)
    assert cards_of(response) == []
    assert server.asked == sorted(TEMPLATES)


@pytest.mark.requirement("AUTH-14")
async def test_a_server_of_another_version_is_refused_in_words(fetching: httpx.AsyncClient) -> None:
    """412 that names the versions that are read, not an empty list."""
    old = {"resourceType": "Condition", "id": "c", "clinicalStatus": "active"}
    answers = served() | {"conditions": empty() | {"entry": [{"resource": old}]}}
    async with faulty_server(answers) as server:
        others = TEMPLATES.keys() - {"patient", "conditions"}
        request = asking(server, **dict.fromkeys(others))
        response = await fetching.post(SERVICE, json=request)
    assert_refused(response, 412, "prefetch.conditions")
    assert "R4B" in response.json()["issue"][0]["details"]["text"]


class NeverConnects(httpx.AsyncBaseTransport):
    """A network in which no connection is ever made."""

    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        """Wait for longer than any test."""
        await asyncio.sleep(60)
        raise httpx.ConnectTimeout("too late")


@pytest.mark.requirement("AUTH-13", "PERF-2")
async def test_a_connection_that_is_never_made_ends_at_the_deadline(fetching_app: FastAPI) -> None:
    """Slow connecting is cut off like slow answering, and what was cut off has failed."""
    client = FhirClient(NeverConnects)
    reach = replace(fetching_app.state.service.reach, client=client, deadline=0.45)
    asked = asking(FaultyServer({}, base="http://127.0.0.1:9/fhir"))
    request = decode_request(json.dumps(asked).encode())
    async with asyncio.timeout(10):
        chart = await gathered(request, DEMO, reach)
    await client.close()
    assert {outcome.value for outcome in chart.queries.values()} == {"failed"}


def test_the_deadline_is_450_milliseconds() -> None:
    """Unless a site says otherwise; half a second is what CDS Hooks gives."""
    assert Settings().deadline_ms == 450
