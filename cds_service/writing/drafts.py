"""Draft resources of suggestions: a complete ServiceRequest or Task, never an order.

`status: draft`, `intent: proposal`; nothing is prescribed. The resources are validated against
FHIR R4B at start-up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cds_service.clinical.moment import Moment
from cds_service.clinical.side import Side
from cds_service.content.library import Library
from cds_service.content.models.card import OrderModel, SuggestionModel

SNOMED = "http://snomed.info/sct"
_CATEGORIES = {
    "imaging": ("363679005", "Imaging"),
    "laboratory": ("108252007", "Laboratory procedure"),
    "referral": ("3457005", "Patient referral"),
    "procedure": ("71388002", "Procedure"),
}
LATERALITY = {
    Side.LEFT: ("7771000", "Left"),
    Side.RIGHT: ("24028007", "Right"),
    Side.BOTH: ("51440002", "Right and left"),
}
_LOWER_LIMB = ("61685007", "Lower limb structure")
_REASON_TYPES = ("Condition/", "Observation/", "DiagnosticReport/")
_TASK_CODES = "http://hl7.org/fhir/CodeSystem/task-code"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the draft is for and why: references of the facts that led to the card.

    `study` is when the study was done that a repeat counts from; without it the draft names no
    day.
    """

    patient_id: str
    encounter_id: str
    side: Side
    reasons: Sequence[str]
    reason_text: str
    missing: Sequence[str]
    study: Moment | None = None


def draft(suggestion: SuggestionModel, identifier: str, subject: Subject, library: Library) -> Json:
    """The resource of one suggestion, with its temporary id."""
    order = library.orders[suggestion.order]
    if order.resource == "Task":
        return _task(order, suggestion, identifier, subject, library)
    return _service_request(order, suggestion, identifier, subject)


def _common(suggestion: SuggestionModel, identifier: str, subject: Subject) -> Json:
    common: Json = {
        "id": identifier,
        "status": "draft",
        "intent": "proposal",
        "priority": suggestion.priority,
    }
    if subject.encounter_id:
        common["encounter"] = {"reference": f"Encounter/{subject.encounter_id}"}
    return common


def _service_request(
    order: OrderModel, suggestion: SuggestionModel, identifier: str, subject: Subject
) -> Json:
    resource: Json = {"resourceType": "ServiceRequest"}
    resource |= _common(suggestion, identifier, subject)
    if order.category:
        resource["category"] = [_concept(SNOMED, *_CATEGORIES[order.category])]
    resource["code"] = _code(order, subject.side)
    resource["subject"] = {"reference": f"Patient/{subject.patient_id}"}
    reasons = [{"reference": r} for r in _reasons(subject)]
    if reasons:
        resource["reasonReference"] = reasons
    else:
        resource["reasonCode"] = [{"text": subject.reason_text}]
    if order.body_site and subject.side in LATERALITY:
        resource["bodySite"] = [_body_site(subject.side)]
    wanted = _wanted(suggestion, subject)
    if wanted:
        resource["occurrencePeriod"] = wanted
    resource["note"] = [{"text": suggestion.description}]
    return resource


def _reasons(subject: Subject) -> list[str]:
    """What a draft may name as its reason; a resource without an id cannot be referred to."""
    return [r for r in subject.reasons if r.startswith(_REASON_TYPES) and not r.endswith("/")]


def _wanted(suggestion: SuggestionModel, subject: Subject) -> Json:
    """The days between which the order is wanted; a draft never says an hour of its own."""
    if suggestion.days_after_study and subject.study:
        first, last = (
            subject.study.first.date() + timedelta(days=days)
            for days in suggestion.days_after_study
        )
        return {"start": first.isoformat(), "end": last.isoformat()}
    return {}


def _task(
    order: OrderModel,
    suggestion: SuggestionModel,
    identifier: str,
    subject: Subject,
    library: Library,
) -> Json:
    resource: Json = {"resourceType": "Task"} | _common(suggestion, identifier, subject)
    resource["code"] = _concept(_TASK_CODES, "fulfill", "Fulfill the focal request", order.text)
    resource["description"] = suggestion.description
    resource["for"] = {"reference": f"Patient/{subject.patient_id}"}
    reasons = _reasons(subject)
    if reasons:
        resource["focus"] = {"reference": reasons[0]}
        resource["reasonReference"] = {"reference": reasons[0]}
    else:
        resource["reasonCode"] = {"text": subject.reason_text}
    items = list(order.inputs) or [library.display(name) for name in subject.missing]
    if items:
        resource["input"] = [{"type": {"text": order.text}, "valueString": item} for item in items]
    return resource


def _code(order: OrderModel, side: Side) -> Json:
    """The coding for the side where the order has one, else all codings; always with text."""
    sided = [c for c in order.codings if c.side == side.value]
    plain = [c for c in order.codings if c.side is None]
    codings = [{"system": c.system, "code": c.code, "display": c.display} for c in (sided or plain)]
    return {"coding": codings, "text": order.text} if codings else {"text": order.text}


def _body_site(side: Side) -> Json:
    site, qualifier = _LOWER_LIMB, LATERALITY[side]
    return {
        "coding": [
            {"system": SNOMED, "code": code, "display": display}
            for code, display in (site, qualifier)
        ]
    }


def _concept(system: str, code: str, display: str, text: str = "") -> Json:
    concept: Mapping[str, Any] = {"coding": [{"system": system, "code": code, "display": display}]}
    return {**concept, "text": text} if text else dict(concept)
