"""Faults that edit what the small service of these tests gives out."""

import json
import time
from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from tests.contract.bad_service_reading import Json

Edit: TypeAlias = Callable[[Json], Json]
_SOME_UUID = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
_TRACE = 'Traceback (most recent call last):\n  File "app.py", line 1, in call\nKeyError'


def _at(document: Json, path: str) -> tuple[Any, Any]:
    """The holder of the member at a dotted path, and its name; numbers are places in arrays."""
    *parents, name = (int(part) if part.isdigit() else part for part in path.split("."))
    holder: Any = document
    for parent in parents:
        holder = holder[parent]
    return holder, name


def _put(path: str, value: Any) -> Edit:
    def edit(document: Json) -> Json:
        holder, name = _at(document, path)
        holder[name] = value
        return document

    return edit


def _drop(path: str) -> Edit:
    def edit(document: Json) -> Json:
        holder, name = _at(document, path)
        del holder[name]
        return document

    return edit


def _two_recommended(card: Json) -> Json:
    first = card["suggestions"][0] | {"isRecommended": True}
    second = first | {"uuid": _SOME_UUID}
    return card | {"suggestions": [first, second], "selectionBehavior": "at-most-one"}


_ACTION = "suggestions.0.actions.0"
CARDS: dict[str, Edit] = {
    "summary-of-140": _put("summary", "x" * 140),
    "summary-of-emoji": _put("summary", "\N{LEG}" * 80),
    "no-summary": _drop("summary"),
    "unknown-indicator": _put("indicator", "hard-stop"),
    "no-source": _drop("source"),
    "no-source-label": _drop("source.label"),
    "relative-source": _put("source.url", "/guideline"),
    "topic-without-system": _drop("source.topic.system"),
    "no-topic": _drop("source.topic"),
    "no-uuid": _drop("uuid"),
    "urn-uuid": _put("uuid", f"urn:uuid:{_SOME_UUID}"),
    "html-detail": _put("detail", "<b>Act</b>"),
    "reason-without-display": _drop("overrideReasons.0.display"),
    "unknown-card-member": _put("priority", 1),
    "no-selection-behavior": _drop("selectionBehavior"),
    "unknown-selection-behavior": _put("selectionBehavior", "all"),
    "no-suggestion-label": _drop("suggestions.0.label"),
    "empty-actions": _put("suggestions.0.actions", []),
    "two-recommended": _two_recommended,
    "unknown-action-type": _put(f"{_ACTION}.type", "order"),
    "no-action-description": _drop(f"{_ACTION}.description"),
    "nothing-to-create": _drop(f"{_ACTION}.resource"),
    "delete-without-id": _put(
        _ACTION, {"type": "delete", "description": "x", "resource": {"a": 1}}
    ),
    "draft-of-another": _put(f"{_ACTION}.resource.for.reference", "Patient/other"),
    "action-selection": _put("suggestions.0.actionSelectionBehavior", "any"),
    "no-link-label": _drop("links.0.label"),
    "relative-link": _put("links.0.url", "evidence/x"),
    "unknown-link-type": _put("links.0.type", "web"),
    "app-context-on-absolute": _put("links.0.appContext", "x"),
    "null-member": _put("suggestions.0.isRecommended", None),
    "empty-array": _put("overrideReasons", []),
    "empty-object": _put("extension", {}),
    "common-extension-name": _put("extension", {"priority": 1}),
}


def edit_card(faults: set[str], card: Json) -> Json:
    """The card as a service with these faults shows it."""
    if "one-uuid-for-all" in faults:
        card = _put("uuid", _SOME_UUID)(_put("suggestions.0.uuid", _SOME_UUID)(card))
    if "live-markup" in faults:
        card = card | {"detail": card["detail"].replace("\\", "")}
    if "cards-of-the-moment" in faults:
        card = card | {"summary": f"Sciatica, seen at {time.perf_counter_ns()}"}
    for fault in faults & CARDS.keys():
        card = CARDS[fault](deepcopy(card))
    return card


def edit_answer(faults: set[str], document: Json, sent: Json) -> Json:
    """The whole answer, for this request."""
    if "says-nothing" in faults:
        return {"cards": []}
    if "crash-is-silence" in faults and "damaged-twin" in json.dumps(sent):
        return {"cards": []}
    if "talks-nonsense" in faults:
        nonsense: Json = _NONSENSE[len(json.dumps(sent)) % len(_NONSENSE)]
        return nonsense
    if "other-cards-when-fetched" in faults and "prefetch" not in sent:
        document["cards"][0]["summary"] = "Sciatica, fetched"
    if "system-actions" in faults:
        return document | {"systemActions": [{"type": "delete", "resourceId": "Task/1"}]}
    return {"items": document["cards"]} if "no-cards-member" in faults else document


_NONSENSE: tuple[Any, ...] = (
    None,
    [],
    "cards",
    {"cards": 3},
    {"cards": [None, 1]},
    {"cards": [{"source": 3, "suggestions": {"a": 1}, "links": [3], "uuid": 7, "detail": []}]},
    {"cards": [{"suggestions": [{"actions": [{"resource": [], "type": 1}]}], "links": "x"}]},
    {"cards": [{"source": {"topic": []}, "overrideReasons": 1, "summary": {}}], "extension": []},
)
_FIRST = "services.0."
DISCOVERY: dict[str, Edit] = {
    "no-services": _drop("services"),
    "no-description": _drop(f"{_FIRST}description"),
    "id-with-slash": _put("services.1.id", "sciatica/twin"),
    "no-title": _drop(f"{_FIRST}title"),
    "empty-prefetch": _put("services.1.prefetch", {}),
    "specification-2": _put(f"{_FIRST}version", "2"),
    "hook-version-1.0.0": _put(f"{_FIRST}hookVersion", "1.0.0"),
    "id-twice": _put("services.1.id", "sciatica"),
    "template-include": _put(
        f"{_FIRST}prefetch.conditions", "Condition?patient={{context.patientId}}&_include=*"
    ),
    "template-parameter": _put(
        f"{_FIRST}prefetch.conditions", "Condition?patient={{context.patientId}}&abatement-age=1"
    ),
    "template-token": _put(f"{_FIRST}prefetch.patient", "Patient/{{context.patient.id}}"),
    "unknown-service-member": _put(f"{_FIRST}priority", 1),
}


def edit_discovery(faults: set[str], document: Json) -> Json:
    """The discovery document."""
    if "lists-no-templates" in faults:
        for service in document["services"]:
            del service["prefetch"]
    for fault in faults & DISCOVERY.keys():
        document = DISCOVERY[fault](deepcopy(document))
    return document


def edit_response(faults: set[str], request: Request, response: Response) -> Response:  # noqa: C901, PLR0911, PLR0912
    """The HTTP answer as a service with these faults sends it."""
    path, method = request.url.path.rstrip("/"), request.method
    bad = response.status_code >= 400
    discovery, feedback = path.endswith("/cds-services"), path.endswith("/feedback")
    called = method == "POST" and not feedback
    if "slow" in faults and called:
        time.sleep(0.6)
    if "no-cors-on-errors" in faults and bad:
        del response.headers["access-control-allow-origin"]
    if "any-origin-with-credentials" in faults:
        response.headers["access-control-allow-origin"] = request.headers.get("origin", "*")
        response.headers["access-control-allow-credentials"] = "true"
    if "no-vary" in faults and "vary" in response.headers:
        del response.headers["vary"]
    if "preflight-without-authorization" in faults and method == "OPTIONS":
        response.headers["access-control-allow-headers"] = "content-type"
    if "cacheable" in faults:
        response.headers["cache-control"] = "max-age=60"
    if "text-type" in faults and not bad:
        response.headers["content-type"] = "text/plain"
    if "preflight-needs-token" in faults and method == "OPTIONS":
        return Response(status_code=401)
    if "html-discovery" in faults and discovery:
        return Response("<h1>Services</h1>", media_type="text/html")
    if "no-head" in faults and method == "HEAD":
        return Response(status_code=405)
    if "no-feedback" in faults and feedback:
        return Response(status_code=404)
    if "feedback-crashes" in faults and feedback:
        return Response(status_code=500)
    if "takes-any-feedback" in faults and feedback:
        return Response("{}", media_type="application/json")
    if "sick" in faults and path == "/health":
        return Response(status_code=503)
    if "no-slashes" in faults and (request.url.path.endswith("/") or "//" in request.url.path):
        return Response(status_code=404)
    if "explains-401" in faults and response.status_code == 401:
        return Response(request.headers.get("authorization", "none"), 401)
    return _spoil_error(faults, request, response) if bad and called else response


def _spoil_error(faults: set[str], request: Request, response: Response) -> Response:
    status = response.status_code
    if "html-errors" in faults:
        return Response("<h1>Error</h1>", status, media_type="text/html")
    if "stack-traces" in faults:
        return Response(_TRACE, status, media_type="text/plain")
    if "echoes" in faults and hasattr(request, "_body"):
        return Response(request._body, status, media_type="application/json")  # noqa: SLF001
    if "any-service" in faults and status == 404:
        return Response('{"cards": []}', media_type="application/json")
    if "bare-412" in faults and status == 412:
        return Response("data missing", status, media_type="text/plain")
    return response
