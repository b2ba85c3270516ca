"""The two hooks beside patient-view: the encounter names the complaint, a problem narrows it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.contract.http_calls import (
    ABSENT,
    TEMPLATES,
    Json,
    assert_refused,
    cards_of,
    changed,
    gap,
    minimal,
    request_of,
    story_cards,
)

ENCOUNTER = "/cds-services/leg-pain-encounter"
PROBLEM = "/cds-services/leg-pain-problem"
SCIATICA_LEFT = ("http://hl7.org/fhir/sid/icd-10-cm", "M54.32")
HYPERTENSION = ("http://hl7.org/fhir/sid/icd-10-cm", "I10")
CALF_PAIN_LEFT = ("http://hl7.org/fhir/sid/icd-10-cm", "M79.662")
RADICULOPATHY = ("info", "radiculopathy-examine")


def ago(days: float) -> str:
    """An instant so many days before now."""
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def concept(code: tuple[str, str]) -> Json:
    """A CodeableConcept of one coding."""
    return {"coding": [{"system": code[0], "code": code[1]}]}


def condition(code: tuple[str, str], days: float = 1, **members: Any) -> Json:
    """An active, confirmed problem of patient p1."""
    status = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {
        "resourceType": "Condition",
        "id": "c1",
        "clinicalStatus": concept((status, "active")),
        "code": concept(code),
        "subject": {"reference": "Patient/p1"},
        "recordedDate": ago(days),
    } | members


def bundle(*resources: Json) -> Json:
    """A searchset of these resources."""
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


def record(**prefetch: Any) -> Json:
    """An adult with nothing else on record, every query answered."""
    empty = [key for key in TEMPLATES if key not in ("patient", "conditions")]
    patient = {"resourceType": "Patient", "id": "p1", "birthDate": "1980-02-03"}
    return {"patient": patient, "conditions": None} | dict.fromkeys(empty) | prefetch


def started(**prefetch: Any) -> Json:
    """Encounter e1 of patient p1 begins."""
    request = minimal() | {"hook": "encounter-start", "prefetch": record(**prefetch)}
    return changed(request, "context.encounterId", "e1")


def added(*new: Json, **prefetch: Any) -> Json:
    """These problems were added to the list of patient p1."""
    request = minimal() | {"hook": "problem-list-item-create", "prefetch": record(**prefetch)}
    return changed(request, "context.conditions", bundle(*new))


def encounter(**members: Any) -> Json:
    """Encounter e1, in progress since this morning."""
    return {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "in-progress",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/p1"},
        "period": {"start": ago(0.1)},
    } | members


# encounter-start


async def test_the_encounter_names_the_complaint(client: httpx.AsyncClient) -> None:
    """A reason for the visit is a complaint, though nothing stands on the problem list."""
    visit = encounter(reasonCode=[concept(SCIATICA_LEFT)])
    assert cards_of(await client.post(ENCOUNTER, json=started(encounter=visit))) == [RADICULOPATHY]
    plain = encounter(reasonCode=[concept(HYPERTENSION)])
    assert cards_of(await client.post(ENCOUNTER, json=started(encounter=plain))) == []


async def test_a_problem_named_by_the_encounter_is_current(client: httpx.AsyncClient) -> None:
    """An old problem is outside its window unless this encounter gives it as its reason."""
    old = bundle(condition(SCIATICA_LEFT, days=400, onsetDateTime=ago(400)))
    plain = started(encounter=encounter(), conditions=old)
    assert cards_of(await client.post(ENCOUNTER, json=plain)) == []
    visit = encounter(reasonReference=[{"reference": "Condition/c1"}])
    named = started(encounter=visit, conditions=old)
    assert cards_of(await client.post(ENCOUNTER, json=named)) == [RADICULOPATHY]


async def test_the_encounter_may_come_among_the_others(client: httpx.AsyncClient) -> None:
    """Found under the key for encounters, the one in context is not missed or named as a gap."""
    visit = encounter(reasonCode=[concept(SCIATICA_LEFT)])
    response = await client.post(ENCOUNTER, json=started(encounters=bundle(visit)))
    assert cards_of(response) == [RADICULOPATHY]
    assert gap("encounter", "unread") not in response.json()["cards"][0]["detail"]


async def test_a_missing_encounter_is_named_on_the_card(client: httpx.AsyncClient) -> None:
    """The encounter in context is optional; a card that reads it says that it did not arrive."""
    request = started(conditions=bundle(condition(SCIATICA_LEFT)))
    response = await client.post(ENCOUNTER, json=request)
    assert cards_of(response) == [RADICULOPATHY]
    assert gap("encounter", "unread") in response.json()["cards"][0]["detail"]


@pytest.mark.requirement("CTX-3")
@pytest.mark.parametrize("value", [ABSENT, None, "", "Encounter/e1", 7])
async def test_an_encounter_start_needs_its_encounter(
    client: httpx.AsyncClient, value: object
) -> None:
    """The hook defines encounterId as required, bare."""
    request = changed(started(), "context.encounterId", value)
    assert_refused(await client.post(ENCOUNTER, json=request), 400, "context.encounterId")


@pytest.mark.parametrize("name", ["dvt-likely", "sij-examine", "cauda-equina-suspected"])
async def test_the_same_record_gives_the_same_cards(client: httpx.AsyncClient, name: str) -> None:
    """Everything that applies is shown when the encounter starts, as when the chart is opened."""
    request = request_of(name) | {"hook": "encounter-start"}
    request["context"].setdefault("encounterId", "e-other")
    assert cards_of(await client.post(ENCOUNTER, json=request)) == story_cards(name)


# problem-list-item-create


async def test_a_new_problem_opens_its_topic(client: httpx.AsyncClient) -> None:
    """A problem that cannot be searched for yet is read from the context."""
    response = await client.post(PROBLEM, json=added(condition(SCIATICA_LEFT)))
    assert cards_of(response) == [RADICULOPATHY]


async def test_an_old_onset_does_not_silence_a_new_problem(client: httpx.AsyncClient) -> None:
    """What is added today is today's complaint, however long ago it began."""
    new = condition(SCIATICA_LEFT, days=400, onsetDateTime=ago(400))
    assert cards_of(await client.post(PROBLEM, json=added(new))) == [RADICULOPATHY]


async def test_an_unrelated_problem_is_silent(client: httpx.AsyncClient) -> None:
    """A sciatica that was there before is not repeated when hypertension is added."""
    new = condition(HYPERTENSION, id="c2")
    known = bundle(condition(SCIATICA_LEFT))
    assert cards_of(await client.post(PROBLEM, json=added(new, conditions=known))) == []


async def test_a_problem_that_is_searchable_already_still_counts(
    client: httpx.AsyncClient,
) -> None:
    """The same Condition in context and in the search is one, and it is the new one."""
    new = condition(SCIATICA_LEFT)
    response = await client.post(PROBLEM, json=added(new, conditions=bundle(new)))
    assert cards_of(response) == [RADICULOPATHY]
    assert response.json()["cards"][0]["detail"].count("Condition/c1") <= 1


async def test_the_version_in_context_wins(client: httpx.AsyncClient) -> None:
    """An older version of the same Condition in the search does not speak against it."""
    refuted = ("http://terminology.hl7.org/CodeSystem/condition-ver-status", "refuted")
    stale = condition(SCIATICA_LEFT, verificationStatus=concept(refuted))
    request = added(condition(SCIATICA_LEFT), conditions=bundle(stale))
    assert cards_of(await client.post(PROBLEM, json=request)) == [RADICULOPATHY]


async def test_an_emergency_is_never_left_out(client: httpx.AsyncClient) -> None:
    """An emergency on record shows whatever the new problem is about."""
    request = request_of("cauda-equina-suspected") | {"hook": "problem-list-item-create"}
    patient = request["context"]["patientId"]
    new = condition(HYPERTENSION, id="new", subject={"reference": f"Patient/{patient}"})
    request["context"]["conditions"] = bundle(new)
    assert cards_of(await client.post(PROBLEM, json=request)) == [
        (indicator, card)
        for indicator, card in story_cards("cauda-equina-suspected")
        if indicator == "critical"
    ]


async def test_what_withholds_a_new_problem_is_shown(client: httpx.AsyncClient) -> None:
    """A card that defers what the problem opened stays, because it says what waits."""
    request = request_of("dvt-before-sij") | {"hook": "problem-list-item-create"}
    conditions = request["prefetch"]["conditions"]["entry"]
    request["context"]["conditions"] = bundle(*(entry["resource"] for entry in conditions))
    assert cards_of(await client.post(PROBLEM, json=request)) == story_cards("dvt-before-sij")


async def test_a_problem_that_changes_a_score_shows_it(client: httpx.AsyncClient) -> None:
    """Cancer is no leg complaint, but it raises the Wells score of a swollen calf."""
    known = bundle(condition(CALF_PAIN_LEFT))
    cancer = condition(("http://hl7.org/fhir/sid/icd-10-cm", "C50.911"), id="c2")
    (only,) = cards_of(await client.post(PROBLEM, json=added(cancer, conditions=known)))
    assert only[1].startswith("dvt-")
    other = condition(HYPERTENSION, id="c2")
    assert cards_of(await client.post(PROBLEM, json=added(other, conditions=known))) == []


async def test_a_problem_without_id_is_no_reference(client: httpx.AsyncClient) -> None:
    """What has no id yet is read, and no draft points to it."""
    new = {k: v for k, v in condition(CALF_PAIN_LEFT).items() if k != "id"}
    response = await client.post(PROBLEM, json=added(new))
    (card,) = response.json()["cards"]
    for suggestion in card["suggestions"]:
        for action in suggestion["actions"]:
            assert "Condition/" not in str(action["resource"])


@pytest.mark.requirement("CTX-1")
@pytest.mark.parametrize(
    "value", [ABSENT, None, [], "c1", {"resourceType": "Condition", "id": "c1"}]
)
async def test_new_problems_come_as_a_bundle(client: httpx.AsyncClient, value: object) -> None:
    """The hook defines conditions as a Bundle; anything else is named."""
    request = changed(added(), "context.conditions", value)
    assert_refused(await client.post(PROBLEM, json=request), 400, "context.conditions")


async def test_another_patients_problem_is_refused(client: httpx.AsyncClient) -> None:
    """A request whose new problem belongs to somebody else contradicts itself."""
    new = condition(SCIATICA_LEFT, subject={"reference": "Patient/p2"})
    response = await client.post(PROBLEM, json=added(condition(SCIATICA_LEFT), new))
    assert_refused(response, 400, "context.conditions")


@pytest.mark.parametrize(
    "damage", [{"code": "sciatica"}, {"subject": None}], ids=["shape", "no subject"]
)
async def test_an_unreadable_new_problem_is_not_silence(
    client: httpx.AsyncClient, damage: Json
) -> None:
    """Beside a readable one it is a named gap; alone it leaves no question, which is 400."""
    broken = {k: v for k, v in (condition(SCIATICA_LEFT) | damage).items() if v is not None}
    beside = await client.post(PROBLEM, json=added(broken, condition(SCIATICA_LEFT, id="c2")))
    assert cards_of(beside) == [RADICULOPATHY]
    assert gap("conditions", "partial") in beside.json()["cards"][0]["detail"]
    assert_refused(await client.post(PROBLEM, json=added(broken)), 400, "context.conditions")


# Each service answers its own hook


@pytest.mark.requirement("REQ-2")
@pytest.mark.parametrize("service", ["leg-pain", "leg-pain-encounter", "leg-pain-problem"])
async def test_a_service_refuses_the_hook_of_another(
    client: httpx.AsyncClient, service: str
) -> None:
    """Two services on one server never answer for each other."""
    requests = {
        "leg-pain": minimal(),
        "leg-pain-encounter": started(),
        "leg-pain-problem": added(),
    }
    for owner, request in requests.items():
        response = await client.post(f"/cds-services/{service}", json=request)
        if owner == service:
            assert cards_of(response) == []
        else:
            assert_refused(response, 400, "hook")
