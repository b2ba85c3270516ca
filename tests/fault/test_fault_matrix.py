"""Whatever a FHIR server does to one query: an answer in time, and silence only after full data."""

import asyncio
import os

import httpx
import pytest

from tests.contract.http_calls import (
    EXPLAIN,
    SERVICE,
    TEMPLATES,
    Json,
    authorization,
    cards_of,
    request_of,
    story_cards,
)
from tests.fault.faults import CUT, HUNG, LOST, status
from tests.fault.faulty_server import Exchange, Fault, FaultyServer, faulty_server

STORY = "sij-examine"
REQUIRED = ("patient", "conditions")
OPTIONAL = [key for key in TEMPLATES if key not in REQUIRED]
EVERY_KEY = os.environ.get("HYPOTHESIS_PROFILE") == "verify"
# Far above the deadline, for a machine that is busy; a server that hangs does so for a minute.
PATIENCE = 10.0


def matrix(faults: dict[str, Fault], keys: list[str] | tuple[str, ...]) -> list[object]:
    """Each fault at each key for `make verify`, else at one key in turn."""
    return [
        pytest.param(fault, key, id=f"{name}-{key}")
        for nth, (name, fault) in enumerate(faults.items())
        for key in (keys if EVERY_KEY else [keys[nth % len(keys)]])
    ]


def named(server: FaultyServer, request: Json | None = None) -> Json:
    """A request that delivers nothing but access to the server."""
    request = dict(request or request_of(STORY))
    request.pop("prefetch", None)
    return request | {"fhirServer": server.base, "fhirAuthorization": authorization()}


async def answered(client: httpx.AsyncClient, request: Json) -> httpx.Response:
    """The answer, which must not take much longer than the deadline."""
    async with asyncio.timeout(PATIENCE):
        return await client.post(SERVICE, json=request)


def unavailable(response: httpx.Response) -> list[str]:
    """The keys that a refusal for want of data names."""
    assert response.status_code == httpx.codes.PRECONDITION_FAILED, response.text
    named_keys: list[str] = response.json()["issue"][0]["expression"]
    return named_keys


def outcome_of(response: httpx.Response, key: str) -> str:
    """What the explanation tells of one query."""
    gaps = response.json()["extension"][EXPLAIN]["gaps"]
    return next((gap["outcome"] for gap in gaps if gap.get("query") == key), "complete")


@pytest.mark.requirement("PREF-19", "AUTH-10", "AUTH-13", "PERF-2")
@pytest.mark.parametrize(("fault", "key"), matrix(LOST | HUNG, REQUIRED))
async def test_a_required_query_that_fails_is_never_silence(
    fetching: httpx.AsyncClient, fault: Fault, key: str
) -> None:
    """412 that names the query."""
    async with faulty_server(request_of(STORY)["prefetch"], {key: fault}) as server:
        response = await answered(fetching, named(server))
    assert unavailable(response) == [f"prefetch.{key}"]


@pytest.mark.requirement("AUTH-10", "AUTH-13", "PERF-2", "PERF-3")
@pytest.mark.parametrize(("fault", "key"), matrix(LOST | HUNG, OPTIONAL))
async def test_an_optional_query_that_fails_is_a_gap(
    fetching: httpx.AsyncClient, fault: Fault, key: str
) -> None:
    """The cards of the rest, and the explanation names the gap."""
    async with faulty_server(request_of(STORY)["prefetch"], {key: fault}) as server:
        response = await answered(fetching, named(server))
    assert cards_of(response)
    assert outcome_of(response, key) in ("failed", "not-asked")


@pytest.mark.requirement("PREF-17", "AUTH-12")
@pytest.mark.parametrize(("fault", "key"), matrix(CUT, list(TEMPLATES)))
async def test_pages_that_cannot_be_read_are_a_gap(
    fetching: httpx.AsyncClient, fault: Fault, key: str
) -> None:
    """What the first page holds counts, and what follows is missing: never silence."""
    async with faulty_server(request_of(STORY)["prefetch"], {key: fault}) as server:
        response = await answered(fetching, named(server))
    if response.status_code == httpx.codes.OK:
        assert cards_of(response)
        assert outcome_of(response, key) == "partial"
    else:
        assert unavailable(response) == [f"prefetch.{key}"]


@pytest.mark.requirement("PREF-10", "PREF-17", "PREF-19", "PREF-23", "AUTH-13")
@pytest.mark.parametrize(("fault", "key"), matrix(LOST | CUT | HUNG, list(TEMPLATES)))
async def test_a_query_that_fails_costs_only_what_was_not_delivered(
    fetching: httpx.AsyncClient, fault: Fault, key: str
) -> None:
    """With everything else delivered nothing else is asked for, and the rule is the same."""
    request = request_of(STORY)
    delivered = dict(request["prefetch"])
    del delivered[key]
    async with faulty_server(request["prefetch"], {key: fault}) as server:
        response = await answered(fetching, named(server) | {"prefetch": delivered})
    assert set(server.asked) == {key}
    if response.status_code == httpx.codes.OK:
        assert cards_of(response)
        assert outcome_of(response, key) != "complete"
    else:
        assert unavailable(response) == [f"prefetch.{key}"]


def without_entries(exchange: Exchange) -> None:
    """A search that found nothing, without saying more."""
    exchange.send({"resourceType": "Bundle"})


def many_entries(exchange: Exchange) -> None:
    """The right answer among 10,000 entries of a type that nobody asked for."""
    claims = [{"resource": {"resourceType": "Claim"}}] * 10_000
    exchange.send(exchange.right | {"entry": exchange.right.get("entry", []) + claims})


@pytest.mark.requirement("PREF-14")
@pytest.mark.parametrize("key", OPTIONAL if EVERY_KEY else ["orders"])
async def test_a_bundle_without_entries_is_known_empty(
    fetching: httpx.AsyncClient, key: str
) -> None:
    """It is no fault at all."""
    request = request_of(STORY)
    async with faulty_server(request["prefetch"], {key: without_entries}) as server:
        response = await answered(fetching, named(server))
    assert cards_of(response)
    assert outcome_of(response, key) == "complete"


@pytest.mark.requirement("AUTH-13")
async def test_many_entries_are_read(fetching: httpx.AsyncClient) -> None:
    """10,000 entries within the limit of size cost time, not the answer."""
    request = request_of(STORY)
    async with faulty_server(request["prefetch"], {"conditions": many_entries}) as server:
        response = await answered(fetching, named(server))
    assert cards_of(response) == story_cards(STORY)


@pytest.mark.requirement("PREF-19")
@pytest.mark.parametrize(
    "base",
    [
        pytest.param("http://127.0.0.1:1/fhir", id="refused"),
        pytest.param("https://localhost:{port}/fhir", id="no TLS"),
    ],
)
async def test_a_server_that_cannot_be_reached_is_unavailable(
    fetching: httpx.AsyncClient, base: str
) -> None:
    """412 names both required queries."""
    async with faulty_server({}) as server:
        port = server.base.removesuffix("/fhir").rpartition(":")[2]
        request = named(server) | {"fhirServer": base.format(port=port)}
        response = await answered(fetching, request)
    assert unavailable(response) == ["prefetch.patient", "prefetch.conditions"]
    assert server.arrived == []


@pytest.mark.requirement("PREF-19", "AUTH-13", "PERF-2")
@pytest.mark.parametrize("fault", HUNG.values(), ids=HUNG)
async def test_a_server_that_hangs_altogether_is_unavailable(
    fetching: httpx.AsyncClient, fault: Fault
) -> None:
    """No query answers: 412 at the deadline."""
    async with faulty_server({}, dict.fromkeys(TEMPLATES, fault)) as server:
        response = await answered(fetching, named(server))
    assert unavailable(response) == ["prefetch.patient", "prefetch.conditions"]


@pytest.mark.requirement("PERF-2", "PERF-3", "PREF-10")
async def test_all_queries_are_under_way_at_once(fetching: httpx.AsyncClient) -> None:
    """The time taken is that of the slowest query: none waits for another one's answer."""
    everybody = asyncio.Barrier(len(TEMPLATES))

    async def together(exchange: Exchange) -> None:
        await everybody.wait()
        exchange.send(exchange.right)

    request = request_of(STORY)
    async with faulty_server(request["prefetch"], dict.fromkeys(TEMPLATES, together)) as server:
        response = await answered(fetching, named(server))
    assert cards_of(response) == story_cards(STORY)
    assert server.asked == sorted(TEMPLATES)


@pytest.mark.requirement("PREF-15")
async def test_an_emergency_shows_in_spite_of_a_lost_query(fetching: httpx.AsyncClient) -> None:
    """What did arrive and cannot wait is told, with the gap named."""
    story = "cauda-equina-suspected"
    request = request_of(story)
    async with faulty_server(request["prefetch"], {"patient": status(503)}) as server:
        response = await answered(fetching, named(server, request))
    if response.status_code == httpx.codes.OK:
        assert cards_of(response)[0][0] == "critical"
    else:
        assert unavailable(response) == ["prefetch.patient"]
