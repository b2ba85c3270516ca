"""Requests as an EHR sends them, and what every answer is held against."""

import tomllib
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from fhir.resources.R4B import get_fhir_model_class

from cds_service.ehr.stories import read_stories

Json = dict[str, Any]
Connect = Callable[[FastAPI], httpx.AsyncClient]

SENTENCES = Path(__file__).parents[2] / "cards" / "_common" / "sentences.toml"
STORIES = {story.name: story for story in read_stories()}
SERVICE = "/cds-services/leg-pain"
FEEDBACK = f"{SERVICE}/feedback"
JSON_TYPE = {"content-type": "application/json"}
OUTCOME = get_fhir_model_class("OperationOutcome")
LOOPBACK = "http://localhost:5173"
SANDBOX = "https://sandbox.cds-hooks.org"
ABSENT: Any = object()
EXPLAIN = "org.legpain-cds.explain"

TEMPLATES = {
    "patient": "Patient/{{context.patientId}}",
    "conditions": "Condition?patient={{context.patientId}}",
    "vitals": "Observation?patient={{context.patientId}}"
    "&category=vital-signs&_sort=-date&_count=100",
    "labs": "Observation?patient={{context.patientId}}&category=laboratory&_sort=-date&_count=100",
    "exam": "Observation?patient={{context.patientId}}&category=exam&_sort=-date&_count=100",
    "surveys": "Observation?patient={{context.patientId}}&category=survey&_sort=-date&_count=100",
    "encounters": "Encounter?patient={{context.patientId}}&_sort=-date&_count=20",
    "procedures": "Procedure?patient={{context.patientId}}&_sort=-date&_count=100",
    "medications": "MedicationRequest?patient={{context.patientId}}&status=active",
    "reports": "DiagnosticReport?patient={{context.patientId}}&_sort=-date&_count=50",
    "orders": "ServiceRequest?patient={{context.patientId}}&status=active",
}


def request_of(name: str) -> Json:
    """The request of a story, moved to today."""
    return STORIES[name].today()


def minimal() -> Json:
    """The smallest request that is answered: a patient with nothing on record."""
    return {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/example", "patientId": "p1"},
        "prefetch": {"patient": {"resourceType": "Patient", "id": "p1"}, "conditions": None},
    }


def authorization() -> Json:
    """A complete token block."""
    return {
        "access_token": "opaque",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/Condition.read",
        "subject": "legpain-cds",
    }


def changed(request: Json, path: str, value: Any = ABSENT) -> Json:
    """A copy of the request with the member at a dotted path replaced, or left out."""
    copy = deepcopy(request)
    *parents, name = path.split(".")
    holder = copy
    for parent in parents:
        holder = holder[parent]
    if value is ABSENT:
        del holder[name]
    else:
        holder[name] = value
    return copy


def cards_of(response: httpx.Response) -> list[tuple[str, str]]:
    """Indicator and id of each card of a good answer."""
    assert response.status_code == httpx.codes.OK, response.text
    found = response.json()["cards"]
    return [(card["indicator"], card["source"]["topic"]["code"]) for card in found]


def story_cards(name: str) -> list[tuple[str, str]]:
    """Indicator and id of each card the story expects."""
    return [(card["indicator"], card["card"]) for card in STORIES[name].expected["cards"]]


def gap(key: str, kind: str) -> str:
    """The line of a card that says that a query was `unread` or read only in part."""
    words = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    line: str = words["footer"][kind]
    return line.replace("{{query}}", words["queries"][key])


def assert_refused(response: httpx.Response, status: int, where: str | None = None) -> None:
    """The answer is an OperationOutcome with one error, naming the member at fault."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith(("application/json", "application/fhir"))
    outcome = response.json()
    assert outcome["resourceType"] == "OperationOutcome"
    OUTCOME.model_validate(outcome)
    (issue,) = outcome["issue"]
    assert issue["severity"] == "error"
    assert issue["details"]["text"].strip()
    if where is not None:
        assert where in " ".join(issue["expression"])
