"""Whose data is read, and what a damaged entry costs."""

from copy import deepcopy

import httpx
import pytest

from tests.contract.http_calls import (
    SERVICE,
    Json,
    assert_refused,
    cards_of,
    gap,
    request_of,
    story_cards,
)


@pytest.mark.requirement("PREF-21")
async def test_another_patient_is_refused(client: httpx.AsyncClient) -> None:
    """A prefetched Patient that is not the patient of the context is 400."""
    request = request_of("dvt-likely")
    request["prefetch"]["patient"]["id"] = "somebody-else"
    assert_refused(await client.post(SERVICE, json=request), 400, "prefetch.patient")


@pytest.mark.requirement("PREF-21")
@pytest.mark.parametrize(
    "subject",
    [
        pytest.param({"reference": "Patient/somebody-else"}, id="another patient"),
        pytest.param({"reference": "Group/{id}"}, id="a group of the same id"),
        pytest.param({"display": "the patient"}, id="no reference"),
        pytest.param(None, id="no subject"),
    ],
)
async def test_what_is_not_the_patients_is_dropped(
    client: httpx.AsyncClient, subject: Json | None
) -> None:
    """An emergency of somebody else, or of nobody, never reaches this patient's cards."""
    request = request_of("sij-examine")
    patient_id = request["context"]["patientId"]
    stray = deepcopy(request_of("cauda-equina-suspected")["prefetch"]["conditions"]["entry"])
    for entry in stray:
        given = {name: text.format(id=patient_id) for name, text in (subject or {}).items()}
        entry["resource"]["subject"] = given or None
        if subject is None:
            del entry["resource"]["subject"]
    request["prefetch"]["conditions"]["entry"] += stray
    assert cards_of(await client.post(SERVICE, json=request)) == story_cards("sij-examine")


@pytest.mark.requirement("PREF-25")
async def test_absolute_references_are_the_patients(client: httpx.AsyncClient) -> None:
    """A subject written as an address counts like a relative one."""
    request = request_of("dvt-likely")
    for bundle in request["prefetch"].values():
        for entry in bundle.get("entry", []):
            subject = entry["resource"]["subject"]
            subject["reference"] = f"https://ehr.example.org/fhir/R4/{subject['reference']}"
    assert cards_of(await client.post(SERVICE, json=request)) == story_cards("dvt-likely")


DAMAGED = [
    pytest.param({"resource": {"resourceType": "Condition", "id": 5}}, id="id a number"),
    pytest.param(
        {"resource": {"resourceType": "Condition", "id": "j", "code": "M79.605"}},
        id="code a string",
    ),
    pytest.param(
        {"resource": {"resourceType": "Condition", "id": "j", "onsetDateTime": {"x": 1}}},
        id="onset an object",
    ),
    pytest.param({"resource": "Condition/j"}, id="resource a string"),
    pytest.param("entry", id="entry a string"),
    pytest.param(None, id="entry null"),
]
OTHER = [
    pytest.param({}, id="empty entry"),
    pytest.param({"resource": None}, id="resource null"),
    pytest.param({"resource": {"id": "j"}}, id="no resourceType"),
    pytest.param({"resource": {"resourceType": "Spaceship", "id": "j"}}, id="no such type"),
]


@pytest.mark.requirement("PREF-24")
@pytest.mark.parametrize("damaged", DAMAGED)
@pytest.mark.parametrize("place", ["first", "last"])
async def test_one_damaged_entry_costs_itself(
    client: httpx.AsyncClient, damaged: object, place: str
) -> None:
    """Junk among the conditions is skipped, all others count, and the card tells of the loss."""
    request = request_of("dvt-likely")
    entries = request["prefetch"]["conditions"]["entry"]
    entries.insert(0 if place == "first" else len(entries), damaged)
    response = await client.post(SERVICE, json=request)
    first, *others = cards_of(response)
    assert [first] == story_cards("dvt-likely")
    assert others in ([], [("info", "assessment-incomplete")])
    assert gap("conditions", "partial") in response.json()["cards"][0]["detail"]


@pytest.mark.requirement("PREF-24", "ERR-8")
@pytest.mark.parametrize("damaged", DAMAGED)
async def test_nothing_readable_is_no_answer(client: httpx.AsyncClient, damaged: object) -> None:
    """Where every entry is damaged, the query was not answered: 412, not silence."""
    request = request_of("unrelated-chart")
    request["prefetch"]["conditions"]["entry"] = [damaged, damaged]
    response = await client.post(SERVICE, json=request)
    assert_refused(response, 412, "prefetch.conditions")


@pytest.mark.parametrize("damaged", DAMAGED)
async def test_a_damaged_entry_is_no_noise(client: httpx.AsyncClient, damaged: object) -> None:
    """Without a complaint on record a damaged entry neither refuses nor shows anything."""
    request = request_of("unrelated-chart")
    request["prefetch"]["conditions"]["entry"].append(damaged)
    assert cards_of(await client.post(SERVICE, json=request)) == []


@pytest.mark.requirement("PREF-24", "REQ-10")
@pytest.mark.parametrize("other", OTHER)
async def test_entries_of_no_use_are_passed_over(client: httpx.AsyncClient, other: object) -> None:
    """An entry without a resource of a type we read is no loss."""
    request = request_of("dvt-likely")
    request["prefetch"]["conditions"]["entry"].insert(0, other)
    response = await client.post(SERVICE, json=request)
    assert cards_of(response) == story_cards("dvt-likely")
    assert gap("conditions", "partial") not in response.json()["cards"][0]["detail"]


async def test_a_bad_date_costs_itself(client: httpx.AsyncClient) -> None:
    """Stray blanks in dates and statuses, as real servers send them, sink nothing else."""
    request = request_of("dvt-likely")
    spoiled = deepcopy(request["prefetch"]["conditions"]["entry"][0])
    spoiled["resource"] |= {"id": "j", "recordedDate": "2023-05-21T02: 19: 13.000Z"}
    spoiled["resource"]["clinicalStatus"]["coding"][0]["code"] = "active "
    request["prefetch"]["conditions"]["entry"].append(spoiled)
    assert cards_of(await client.post(SERVICE, json=request)) == story_cards("dvt-likely")
