"""Records as real EHRs write them: what is odd but allowed changes nothing."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import httpx
import pytest

from tests.contract.http_calls import (
    EXPLAIN,
    SERVICE,
    Json,
    assert_refused,
    cards_of,
    changed,
    request_of,
    story_cards,
)

STORIES = ["sij-examine", "dvt-likely", "dvt-d-dimer-positive", "cauda-equina-suspected"]
Change = Callable[[Json], None]


def each_resource(request: Json, change: Change) -> Json:
    """The request with every resource of its Bundles changed."""
    copy = deepcopy(request)
    for bundle in copy["prefetch"].values():
        for entry in (bundle or {}).get("entry", []):
            change(entry["resource"])
    return copy


def each_concept(value: Any, change: Change) -> None:
    """Change every CodeableConcept that has codings."""
    if isinstance(value, dict):
        if isinstance(value.get("coding"), list):
            change(value)
        for member in value.values():
            each_concept(member, change)
    elif isinstance(value, list):
        for item in value:
            each_concept(item, change)


def local_code_first(resource: Json) -> None:
    """A vendor's own code stands before the standard one (Oracle)."""
    local = {"system": "https://fhir.example.com/ehr/codeSet/72", "code": "703540"}
    if "code" in resource:
        each_concept(resource["code"], lambda concept: concept["coding"].insert(0, dict(local)))


def two_categories(resource: Json) -> None:
    """A problem-list item that is also categorized by SNOMED CT."""
    extra = {"coding": [{"system": "http://snomed.info/sct", "code": "74188005"}]}
    if isinstance(resource.get("category"), list):
        resource["category"].append(extra)


def without_display(resource: Json) -> None:
    """Codes without words."""

    def strip(concept: Json) -> None:
        for coding in concept["coding"]:
            coding.pop("display", None)

    each_concept(resource, strip)


def code_only_text_beside(resource: Json) -> None:
    """Words of the EHR beside the code."""
    if "code" in resource:
        resource["code"]["text"] = "As the clinician typed it"


def corrected(resource: Json) -> None:
    """A result that was changed after it was final."""
    if resource["resourceType"] == "Observation":
        resource["status"] = "corrected"


def amended(resource: Json) -> None:
    """A result that was changed after it was final, for another reason."""
    if resource["resourceType"] == "Observation":
        resource["status"] = "amended"


def blank_behind_status(resource: Json) -> None:
    """A stray blank at the end of a status."""
    if "status" in resource:
        resource["status"] += " "
    for name in ("clinicalStatus", "verificationStatus"):
        for coding in resource.get(name, {}).get("coding", []):
            coding["code"] += " "


def contained_beside(resource: Json) -> None:
    """A contained resource of a type that has nothing to do with the question."""
    resource["contained"] = [{"resourceType": "Practitioner", "id": "c", "active": True}]


def with_extensions(resource: Json) -> None:
    """Extensions, meta and narrative of the vendor."""
    resource["meta"] = {"versionId": "1", "lastUpdated": "2026-01-01T00:00:00Z"}
    resource["text"] = {"status": "generated", "div": "<div>Cauda equina syndrome</div>"}
    resource["extension"] = [{"url": "https://vendor.example/x", "valueString": "y"}]
    resource["_status"] = {"extension": [{"url": "https://vendor.example/z"}]}


ODD = [
    local_code_first,
    two_categories,
    without_display,
    code_only_text_beside,
    corrected,
    amended,
    blank_behind_status,
    contained_beside,
    with_extensions,
]


@pytest.mark.requirement("PREF-24", "PREF-25")
@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("change", ODD, ids=lambda change: change.__name__)
async def test_what_is_odd_but_allowed_changes_nothing(
    client: httpx.AsyncClient, change: Change, name: str
) -> None:
    """The cards are those of the plain record."""
    request = each_resource(request_of(name), change)
    assert cards_of(await client.post(SERVICE, json=request)) == story_cards(name)


@pytest.mark.requirement("PREF-24")
async def test_a_differential_is_a_complaint(client: httpx.AsyncClient) -> None:
    """A diagnosis still open counts as a complaint like a confirmed one (ruling 27)."""

    def open_(resource: Json) -> None:
        if resource["resourceType"] == "Condition":
            resource["verificationStatus"] = {"coding": [{"code": "differential"}]}

    request = each_resource(request_of("sij-examine"), open_)
    assert cards_of(await client.post(SERVICE, json=request)) == story_cards("sij-examine")


@pytest.mark.requirement("PREF-21")
@pytest.mark.parametrize("status", ["entered-in-error", "entered-in-error ", " entered-in-error"])
async def test_a_retracted_emergency_is_gone(client: httpx.AsyncClient, status: str) -> None:
    """Also where a stray blank hides in the status."""

    def retracted(resource: Json) -> None:
        resource["verificationStatus"] = {"coding": [{"code": status}]}
        if resource["resourceType"] == "Observation":
            resource["status"] = status

    request = each_resource(request_of("cauda-equina-suspected"), retracted)
    shown = cards_of(await client.post(SERVICE, json=request))
    assert "critical" not in {indicator for indicator, _ in shown}


@pytest.mark.requirement("PREF-16")
async def test_a_text_only_problem_opens_nothing_and_is_told(client: httpx.AsyncClient) -> None:
    """Words without a code are counted, not read."""
    request = request_of("unrelated-chart")
    patient = request["context"]["patientId"]
    only_text = {
        "resourceType": "Condition",
        "id": "free",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "category": [{"coding": [{"code": "health-concern"}]}],
        "code": {"text": "Cauda equina syndrome, numb saddle"},
        "subject": {"reference": f"Patient/{patient}"},
        "recordedDate": request_of("unrelated-chart")["prefetch"]["patient"]["birthDate"],
    }
    request["prefetch"]["conditions"]["entry"].append({"resource": only_text})
    assert cards_of(await client.post(SERVICE, json=request)) == []


# What other FHIR versions write where R4 has something else.
STU3 = {"resourceType": "Condition", "id": "c", "clinicalStatus": "active"}
DSTU2 = {"resourceType": "Condition", "id": "c", "verificationStatus": "confirmed"}
R5_VISIT = {"resourceType": "Encounter", "id": "e", "class": [{"coding": [{"code": "AMB"}]}]}
DSTU2_VISIT = {"resourceType": "Encounter", "id": "e", "class": "outpatient"}
R5_STAY = {"resourceType": "Encounter", "id": "e", "actualPeriod": {"start": "2026-01-01"}}
R5_DRUG = {"resourceType": "MedicationRequest", "id": "m", "medication": {"concept": {}}}
R5_SURGERY = {"resourceType": "Procedure", "id": "p", "occurrenceDateTime": "2026-01-01"}
R5_PERIOD = {"resourceType": "Procedure", "id": "p", "occurrencePeriod": {"start": "2026-01-01"}}


def with_entry(request: Json, key: str, resource: Json) -> Json:
    """The request with one more entry under a key."""
    patient = {"subject": {"reference": f"Patient/{request['context']['patientId']}"}}
    request["prefetch"][key].setdefault("entry", []).append({"resource": resource | patient})
    return request


@pytest.mark.requirement("AUTH-14", "PREF-23")
@pytest.mark.parametrize("condition", [STU3, DSTU2], ids=["STU3", "DSTU2"])
async def test_conditions_of_another_version_are_refused_in_words(
    client: httpx.AsyncClient, condition: Json
) -> None:
    """412 that names the versions that are read."""
    request = with_entry(request_of("unrelated-chart"), "conditions", condition)
    response = await client.post(SERVICE, json=request)
    assert_refused(response, 412, "prefetch.conditions")
    assert "R4B" in response.json()["issue"][0]["details"]["text"]


@pytest.mark.requirement("AUTH-14", "PREF-23")
@pytest.mark.parametrize(
    ("key", "resource"),
    [
        pytest.param("encounters", R5_VISIT, id="R5 class"),
        pytest.param("encounters", DSTU2_VISIT, id="DSTU2 class"),
        pytest.param("encounters", R5_STAY, id="R5 period"),
        pytest.param("medications", R5_DRUG, id="R5 medication"),
        pytest.param("procedures", R5_SURGERY, id="R5 procedure"),
        pytest.param("procedures", R5_PERIOD, id="R5 procedure period"),
    ],
)
async def test_optional_data_of_another_version_are_a_gap(
    client: httpx.AsyncClient, key: str, resource: Json
) -> None:
    """Half understood is not read: the query counts as not answered."""
    request = with_entry(request_of("dvt-likely"), key, resource)
    response = await client.post(SERVICE, json=request)
    assert response.status_code == httpx.codes.OK
    gaps = response.json()["extension"][EXPLAIN]["gaps"]
    assert {"query": key, "outcome": "not-asked"} in gaps


@pytest.mark.requirement("AUTH-14")
async def test_a_lone_resource_of_another_version_is_no_answer(client: httpx.AsyncClient) -> None:
    """The same outside a Bundle."""
    for value in (STU3, R5_SURGERY):
        request = changed(request_of("unrelated-chart"), "prefetch.conditions", value)
        response = await client.post(SERVICE, json=request)
        assert_refused(response, 412, "prefetch.conditions")
        assert "R4B" in response.json()["issue"][0]["details"]["text"]
