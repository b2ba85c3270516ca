"""The hook request of one patient at another moment: chart opened, visit begun, problem added."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cds_service.ehr.answer import Json
from cds_service.ehr.templates import resolve
from cds_service.pages.demo import fhir_text
from cds_service.pages.demo.record import resources

_WORDS = {
    "patient-view": "Chart opened",
    "encounter-start": "Visit begun",
    "problem-list-item-create": "Problem added",
}
_PROBLEM = "problem-list-item-create"
_ENCOUNTER = "encounter-start"


@dataclass(frozen=True, slots=True)
class Moment:
    """When an EHR calls: one service of the discovery document."""

    service: str
    hook: str
    words: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A Condition that the demo can add to the list."""

    id: str
    name: str


def moments(services: Iterable[Json], request: Json) -> tuple[Moment, ...]:
    """Those that this chart can play."""
    playable = {_ENCOUNTER: bool(_encounter(request)), _PROBLEM: bool(problems(request))}
    return tuple(
        Moment(service["id"], hook, _WORDS[hook])
        for service in services
        if (hook := str(service.get("hook"))) in _WORDS and playable.get(hook, True)
    )


def problems(request: Json) -> tuple[Problem, ...]:
    """The Conditions of the chart, newest first."""
    found = (r for r in resources(request.get("prefetch")) if r.get("resourceType") == "Condition")
    newest = sorted(found, key=fhir_text.day, reverse=True)
    return tuple(
        Problem(identifier, fhir_text.concept(r.get("code")) or identifier)
        for r in newest
        if (identifier := fhir_text.text(r.get("id")))
    )


def at(request: Json, service: Json, problem: str) -> Json:
    """The request for a service: its hook, what its context demands, and what it wants besides."""
    given = request["context"]
    context = {name: given[name] for name in ("userId", "patientId") if name in given}
    if encounter := _encounter(request):
        context["encounterId"] = encounter
    if service["hook"] == _PROBLEM:
        context["conditions"] = _added(request, problem)
    prefetch = request["prefetch"] | _besides(request, service, context)
    return request | {"hook": service["hook"], "context": context, "prefetch": prefetch}


def _encounter(request: Json) -> str:
    return fhir_text.text(request["context"].get("encounterId"))


def _added(request: Json, problem: str) -> Json:
    held = (r for r in resources(request["prefetch"]) if r.get("resourceType") == "Condition")
    entries = [{"resource": condition} for condition in held if condition.get("id") == problem]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _besides(request: Json, service: Json, context: Json) -> dict[str, Any]:
    """Reads of single resources that the chart holds, which the sample requests leave out."""
    held = {f"{r.get('resourceType')}/{r.get('id')}": r for r in resources(request["prefetch"])}
    wanted = {
        key: resolve(template, context)
        for key, template in (service.get("prefetch") or {}).items()
        if key not in request["prefetch"]
    }
    return {key: held[query] for key, query in wanted.items() if query and query in held}
