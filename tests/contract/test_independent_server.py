"""Reading a FHIR server that somebody else wrote gives what prefetch gives."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.contract.http_calls import (
    SERVICE,
    STORIES,
    TEMPLATES,
    Connect,
    Json,
    cards_of,
    gap,
    story_cards,
)
from tests.contract.independent_server import (
    IndependentServer,
    independent_server,
    story_on_server,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
WHOLE = [n for n in STORIES if TEMPLATES.keys() <= STORIES[n].request["prefetch"].keys()]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndependentServer]:
    """The server with all sample patients."""
    with independent_server(tmp_path_factory.mktemp("fhir-server")) as started:
        yield started


@pytest.fixture(scope="module")
async def service(connect: Connect) -> AsyncIterator[httpx.AsyncClient]:
    """The service, whose clock stands still and whose deadline a busy machine cannot miss."""
    now = datetime.now(UTC)
    settings = Settings(profile="demo", explain=True, database_url="sqlite://", deadline_ms=10_000)
    app = create_app(settings, clock=lambda: now)
    async with connect(app) as client:
        yield client
    await app.state.service.reach.client.close()


def without_uuids(cards: list[Json]) -> list[Json]:
    """The cards without what is new at every showing."""
    for card in cards:
        card.pop("uuid")
        for suggestion in card.get("suggestions", []):
            suggestion.pop("uuid")
            for action in suggestion["actions"]:
                action["resource"].pop("id")
    return cards


def bare(name: str) -> Json:
    """A story's request without any prefetch."""
    request = story_on_server(name)
    del request["prefetch"]
    return request


@pytest.mark.requirement("PREF-10", "PREF-11", "PREF-12", "PREF-19", "AUTH-6", "AUTH-7")
@pytest.mark.parametrize("name", STORIES)
async def test_prefetch_and_fetch_give_the_same_cards(
    service: httpx.AsyncClient, server: IndependentServer, name: str
) -> None:
    """The same patient by both ways: every byte of the cards but their uuids is the same."""
    request = bare(name)
    patient = request["context"]["patientId"]
    delivered = await service.post(SERVICE, json=request | {"prefetch": server.prefetched(patient)})
    fetched = await service.post(SERVICE, json=request | server.grant())
    assert fetched.status_code == httpx.codes.OK, fetched.text
    assert without_uuids(fetched.json()["cards"]) == without_uuids(delivered.json()["cards"])


@pytest.mark.requirement("PREF-11", "PREF-17", "AUTH-6")
@pytest.mark.parametrize("name", WHOLE)
async def test_what_is_fetched_gives_the_cards_of_the_story(
    service: httpx.AsyncClient, server: IndependentServer, name: str
) -> None:
    """A patient read from the server gets the cards its clinical reading demands."""
    response = await service.post(SERVICE, json=bare(name) | server.grant())
    assert cards_of(response) == story_cards(name)


@pytest.mark.requirement("PREF-17")
async def test_every_page_is_walked(service: httpx.AsyncClient, server: IndependentServer) -> None:
    """Conditions that fill more than one page leave no gap."""
    response = await service.post(SERVICE, json=bare("dvt-likely") | server.grant())
    assert cards_of(response) == story_cards("dvt-likely")
    gaps = response.json()["extension"]["org.legpain-cds.explain"]["gaps"]
    assert [entry for entry in gaps if "query" in entry] == []


@pytest.mark.requirement("PREF-17")
async def test_the_pages_after_a_delivered_one_are_walked(
    service: httpx.AsyncClient, server: IndependentServer
) -> None:
    """A first page that the EHR sends is completed, not fetched again."""
    request = bare("dvt-likely")
    patient = request["context"]["patientId"]
    delivered = server.prefetched(patient)
    conditions = delivered["conditions"]
    address = f"{server.base}/Condition?patient={patient}&_count=20&_offset=20"
    first = conditions | {
        "entry": conditions["entry"][:20],
        "link": [{"relation": "next", "url": address}],
    }
    asked = request | server.grant() | {"prefetch": delivered | {"conditions": first}}
    response = await service.post(SERVICE, json=asked)
    assert cards_of(response) == story_cards("dvt-likely")
    assert gap("conditions", "partial") not in response.text


@pytest.mark.requirement("AUTH-4", "AUTH-10")
async def test_a_type_the_token_does_not_reach_is_a_named_gap(
    service: httpx.AsyncClient, server: IndependentServer
) -> None:
    """403 on an optional type: the cards of the rest, with the gap named in them."""
    token = server.token_for(
        "system/Patient.read system/Condition.read system/Observation.read system/Encounter.read "
        "system/Procedure.read system/MedicationRequest.read system/ServiceRequest.read"
    )
    response = await service.post(SERVICE, json=bare("dvt-likely") | server.grant(token))
    assert cards_of(response) == story_cards("dvt-likely")
    assert gap("reports", "unread") in response.json()["cards"][0]["detail"]


@pytest.mark.requirement("PREF-19", "AUTH-10")
async def test_a_required_type_the_token_does_not_reach_is_unavailable(
    service: httpx.AsyncClient, server: IndependentServer
) -> None:
    """403 on a required type: 412 that names it, and only it."""
    token = server.token_for("system/Patient.read")
    response = await service.post(SERVICE, json=bare("sij-examine") | server.grant(token))
    assert response.status_code == httpx.codes.PRECONDITION_FAILED
    assert response.json()["issue"][0]["expression"] == ["prefetch.conditions"]


@pytest.mark.requirement("PREF-19")
@pytest.mark.parametrize("token", ["wrong", ""])
async def test_a_token_the_server_refuses_reads_nothing(
    service: httpx.AsyncClient, server: IndependentServer, token: str
) -> None:
    """401 on everything: 412, and no second attempt would help."""
    grant = server.grant(token) if token else {"fhirServer": server.base}
    response = await service.post(SERVICE, json=bare("sij-examine") | grant)
    assert response.status_code == httpx.codes.PRECONDITION_FAILED


@pytest.mark.requirement("PREF-19")
async def test_a_patient_the_server_does_not_know_is_unavailable(
    service: httpx.AsyncClient, server: IndependentServer
) -> None:
    """404 on the patient is 412, not an empty list of cards."""
    request = bare("sij-examine")
    request["context"]["patientId"] = "nobody"
    response = await service.post(SERVICE, json=request | server.grant())
    assert response.status_code == httpx.codes.PRECONDITION_FAILED
