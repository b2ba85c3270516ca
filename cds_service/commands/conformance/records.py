"""Records as real ones are: mixed up, retracted, damaged, written differently."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from cds_service.ehr.answer import Json

Edit = Callable[[Json], Json]
_TERMS = "http://terminology.hl7.org/CodeSystem"
_DATES = ("onsetDateTime", "recordedDate", "effectiveDateTime", "issued", "authoredOn")
# Each breaks the reading of one resource in another way.
DAMAGES: tuple[tuple[str, Edit], ...] = (
    ("code as text", lambda r: {**r, "code": "sciatica"}),
    ("coding as null", lambda r: {**r, "code": {"coding": None}}),
    ("subject as text", lambda r: {**r, "subject": "Patient/1"}),
    ("dates that do not exist", lambda r: {**r, **dict.fromkeys(_DATES, "2023-05-21T02: 19: 13Z")}),
    ("status as a number", lambda r: {**r, "status": 7, "clinicalStatus": 7}),
    ("no resourceType", lambda r: {k: v for k, v in r.items() if k != "resourceType"}),
    ("value as a list", lambda r: {**r, "valueQuantity": [], "category": {"coding": 3}}),
)


def edited(prefetch: Json, edit: Edit) -> Json:
    """The prefetch with every resource of every searchset edited."""

    def value(found: Any) -> Any:
        if not isinstance(found, dict) or "entry" not in found:
            return found
        entries = [{**e, "resource": edit(deepcopy(e["resource"]))} for e in found["entry"]]
        return {**found, "entry": entries}

    return {key: value(found) for key, found in prefetch.items()}


def with_damage(prefetch: Json, damage: Edit) -> Json:
    """The prefetch with a damaged twin before the good entries of every searchset."""

    def value(found: Any) -> Any:
        if not isinstance(found, dict) or not found.get("entry"):
            return found
        first = found["entry"][0]
        twin = {**first["resource"], "id": "damaged-twin"}
        entries = [{**first, "resource": damage(twin)}, *found["entry"]]
        return {**found, "entry": entries, "total": len(entries)}

    return {key: value(found) for key, found in prefetch.items()}


def spoiled(prefetch: Json, damage: Edit) -> Json:
    """The prefetch with every entry damaged."""
    return edited(prefetch, damage)


def retracted(resource: Json) -> Json:
    """The resource as one that was entered in error."""
    if resource["resourceType"] in ("Condition", "AllergyIntolerance"):
        resource.pop("clinicalStatus", None)
        system = f"{_TERMS}/condition-ver-status"
        coding = {"system": system, "code": "entered-in-error"}
        return resource | {"verificationStatus": {"coding": [coding]}}
    return resource | {"status": "entered-in-error"}


def belongs_to(patient_id: str) -> Edit:
    """Edits a resource so that it is another patient's."""
    return lambda resource: resource | {"subject": {"reference": f"Patient/{patient_id}"}}


def absolute(base: str) -> Edit:
    """Edits a resource so that it names its patient by an absolute URL."""

    def edit(resource: Json) -> Json:
        reference = (resource.get("subject") or {}).get("reference", "")
        if not str(reference).startswith("Patient/"):
            return resource
        return resource | {"subject": {"reference": f"{base}/{reference}"}}

    return edit


def older(resource: Json) -> Json:
    """The resource with members as earlier FHIR versions had them."""
    changed = {name: value for name, value in resource.items() if name != "subject"}
    changed["patient"] = resource.get("subject")
    changed |= {"clinicalStatus": "active", "verificationStatus": "confirmed"}
    category = resource.get("category")
    return changed | ({"category": category[0]} if isinstance(category, list) else {})


def marked_up(markup: str) -> Edit:
    """Edits a resource so that its free text is markup."""

    def edit(resource: Json) -> Json:
        code = resource.get("code")
        if isinstance(code, dict):
            codings = [{**c, "display": markup} for c in code.get("coding", [])]
            resource["code"] = {**code, "text": markup, "coding": codings}
        return resource | {"note": [{"text": markup}]}

    return edit
