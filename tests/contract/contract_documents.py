"""Whole documents of CDS Hooks that use every member, and ways to spoil them."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

Json = dict[str, Any]
GONE: Any = object()

UUID = "4e0a3a1e-3283-4575-ab82-028d55fe2719"
REASON = {"system": "urn:example:reasons", "code": "seen", "display": "Already seen"}
RESOURCE = {"resourceType": "Task", "id": "t1", "status": "draft", "intent": "proposal"}

DISCOVERY: Json = {
    "services": [
        {
            "hook": "patient-view",
            "id": "greeter",
            "title": "Greeter",
            "description": "Greets the patient.",
            "usageRequirements": "Needs the patient.",
            "prefetch": {"patient": "Patient/{{context.patientId}}"},
            "version": "2.0.1",
            "hookVersion": "1.0",
            "extension": {"com.example.note": "anything"},
        }
    ]
}
REQUEST: Json = {
    "hook": "patient-view",
    "hookInstance": UUID,
    "fhirServer": "https://ehr.example/fhir",
    "fhirAuthorization": {
        "access_token": "opaque",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/Condition.rs",
        "subject": "client-1",
        "patient": "p1",
    },
    "context": {"userId": "PractitionerRole/x.1", "patientId": "p1", "encounterId": "e1"},
    "prefetch": {
        "patient": {"resourceType": "Patient", "id": "p1"},
        "conditions": None,
        "vitals": {"resourceType": "Bundle", "type": "searchset", "total": 0},
    },
    "extension": {"com.example.note": {"deep": [1]}},
}
RESPONSE: Json = {
    "cards": [
        {
            "uuid": UUID,
            "summary": "Examine the leg",
            "detail": "**Why**",
            "indicator": "info",
            "source": {
                "label": "A guideline",
                "url": "https://guideline.example",
                "icon": "https://guideline.example/icon.png",
                "topic": {"system": "urn:example:topics", "code": "leg"},
            },
            "suggestions": [
                {
                    "label": "Take note",
                    "uuid": UUID,
                    "isRecommended": True,
                    "actionSelectionBehavior": "any",
                    "actions": [
                        {"type": "create", "description": "A task", "resource": RESOURCE},
                        {"type": "delete", "description": "Without it", "resourceId": "Task/t0"},
                    ],
                },
                {"label": "Or not"},
            ],
            "selectionBehavior": "at-most-one",
            "overrideReasons": [REASON],
            "links": [
                {"label": "Read", "url": "https://guideline.example/leg", "type": "absolute"},
                {
                    "label": "Launch",
                    "url": "https://app.example",
                    "type": "smart",
                    "appContext": "{}",
                    "autolaunchable": False,
                },
            ],
            "extension": {"com.example.note": "anything"},
        }
    ],
    "systemActions": [
        {"type": "update", "description": "A task", "resource": RESOURCE | {"id": "t2"}}
    ],
}
FEEDBACK: Json = {
    "feedback": [
        {
            "card": UUID,
            "outcome": "accepted",
            "acceptedSuggestions": [{"id": UUID}],
            "outcomeTimestamp": "2026-11-22T01:35:40.261Z",
        },
        {
            "card": "123456",
            "outcome": "overridden",
            "overrideReason": {"reason": REASON, "userComment": "Seen yesterday"},
            "outcomeTimestamp": "2026-11-22T01:35:40+00:00",
        },
    ]
}
OUTCOME: Json = {
    "resourceType": "OperationOutcome",
    "issue": [
        {
            "severity": "error",
            "code": "invalid",
            "details": {"text": "hook is missing."},
            "expression": ["hook"],
        }
    ],
}
DOCUMENTS = {
    "discovery": DISCOVERY,
    "request": REQUEST,
    "response": RESPONSE,
    "feedback": FEEDBACK,
    "operation-outcome": OUTCOME,
}


def spoiled(document: Json, place: str, value: Any = GONE) -> Json:
    """A copy with another value at a place such as `cards.0.summary`, or without that member."""
    copy = deepcopy(document)
    *parents, last = (int(part) if part.isdigit() else part for part in place.split("."))
    holder: Any = copy
    for parent in parents:
        holder = holder[parent]
    if value is GONE:
        del holder[last]
    else:
        holder[last] = value
    return copy


def objects(value: Any, place: str = "") -> Iterator[str]:
    """The places of the objects of CDS Hooks in a document; resources and free members aside."""
    if isinstance(value, dict) and "resourceType" not in value:
        yield place
        for name, inner in value.items():
            if name not in {"extension", "prefetch"}:
                yield from objects(inner, f"{place}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from objects(inner, f"{place}.{index}")


def members(value: Any, place: str = "") -> Iterator[str]:
    """The places of all members of those objects."""
    for found in objects(value, place):
        holder = value
        for part in filter(None, found.split(".")):
            holder = holder[int(part) if part.isdigit() else part]
        yield from (f"{found}.{name}".lstrip(".") for name in holder)
