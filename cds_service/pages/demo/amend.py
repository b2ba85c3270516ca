"""A request in which findings are present, absent or unknown other than the record has them."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cds_service.content.library import Library
from cds_service.ehr.answer import Json
from cds_service.pages.demo.fhir_text import objects, text
from cds_service.pages.demo.record import WHAT_IF

_KEYS = ("exam", "observations", "surveys", "vitals", "labs")
_SNOMED = "http://snomed.info/sct"
_SIDES = {"left": ("7771000", "Left"), "right": ("24028007", "Right")}
_EXAM = {
    "system": "http://terminology.hl7.org/CodeSystem/observation-category",
    "code": "exam",
    "display": "Exam",
}
_REASONS = ("reasonCode", "reasonReference", "diagnosis")


@dataclass(frozen=True, slots=True)
class Assumption:
    """A finding that is to be read as present or absent, on a side where it has one."""

    finding: str
    present: bool
    side: str


@dataclass(frozen=True, slots=True)
class Amendment:
    """What to take out of a record, by reference, and what to put in."""

    removed: frozenset[str]
    assumptions: tuple[Assumption, ...]


def amended(request: Json, amendment: Amendment, library: Library, now: datetime) -> Json:
    """A copy of the request: entries gone, Observations of today in their place."""
    copied = deepcopy(request)
    prefetch: Json = copied["prefetch"]
    for key, value in prefetch.items():
        prefetch[key] = _without(value, amendment.removed)
    new = [_observation(one, copied["context"], library, now) for one in amendment.assumptions]
    if new:
        bundle = _bundle(prefetch)
        bundle["entry"] = [{"resource": one, "search": {"mode": "match"}} for one in new] + objects(
            bundle.get("entry")
        )
        _recount(bundle, len(new))
    problems = copied["context"].get("conditions")
    if isinstance(problems, dict):
        copied["context"]["conditions"] = _without(problems, amendment.removed)
    return copied


def _without(value: Any, removed: frozenset[str]) -> Any:
    if not isinstance(value, dict):
        return value
    if value.get("resourceType") == "Bundle":
        entries = objects(value.get("entry"))
        kept = [e for e in entries if not _gone(e.get("resource"), removed)]
        for entry in kept:
            entry["resource"] = _unreasoned(entry.get("resource"), removed)
        _recount(value, len(kept) - len(entries))
        return value | {"entry": kept}
    return None if _gone(value, removed) else _unreasoned(value, removed)


def _gone(resource: Any, removed: frozenset[str]) -> bool:
    return reference(resource) in removed and resource.get("resourceType") != "Encounter"


def _unreasoned(resource: Any, removed: frozenset[str]) -> Any:
    """A visit stays a visit when its reason goes."""
    if reference(resource) not in removed:
        return resource
    return {name: value for name, value in resource.items() if name not in _REASONS}


def reference(resource: Any) -> str:
    """Type and id."""
    if not isinstance(resource, dict):
        return ""
    return f"{text(resource.get('resourceType'))}/{text(resource.get('id'))}"


def _recount(bundle: Json, more: int) -> None:
    """A total that does not fit would be read as a page of more."""
    if isinstance(bundle.get("total"), int):
        bundle["total"] += more


def _bundle(prefetch: Json) -> Json:
    """Where Observations come, in a Bundle that is there if possible."""
    for key in _KEYS:
        found = prefetch.get(key)
        if isinstance(found, dict) and found.get("resourceType") == "Bundle":
            return found
    prefetch["exam"] = {"resourceType": "Bundle", "type": "searchset", "entry": []}
    made: Json = prefetch["exam"]
    return made


def _observation(
    one: Assumption, context: Mapping[str, Any], library: Library, now: datetime
) -> Json:
    name = library.display(one.finding)
    own = {"system": library.codes.address("own"), "code": one.finding, "display": name}
    found: Json = {
        "resourceType": "Observation",
        "id": WHAT_IF + one.finding.replace("_", "-").replace(":", "-"),
        "status": "final",
        "category": [{"coding": [_EXAM]}],
        "code": {"coding": [own], "text": name},
        "subject": {"reference": f"Patient/{str(context['patientId']).removeprefix('Patient/')}"},
        "effectiveDateTime": now.isoformat(timespec="seconds"),
        "valueBoolean": one.present,
    }
    if str(context.get("userId", "")).startswith("Practitioner"):
        found["performer"] = [{"reference": context["userId"]}]
    if context.get("encounterId"):
        visit = str(context["encounterId"]).removeprefix("Encounter/")
        found["encounter"] = {"reference": f"Encounter/{visit}"}
    if one.side in _SIDES:
        code, display = _SIDES[one.side]
        found["bodySite"] = {"coding": [{"system": _SNOMED, "code": code, "display": display}]}
    return found
