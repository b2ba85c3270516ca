"""A small CDS service on real sockets that does everything right, until faults are planted.

It shows one card for sciatica. `Service.faults` names what it does wrong; the faults that only edit
what goes in or out stand in `bad_service_faults` and `bad_service_answers`.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import uvicorn
from joserfc.jwk import ECKey
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.contract.bad_service_answers import (
    edit_answer,
    edit_card,
    edit_discovery,
    edit_response,
)
from tests.contract.bad_service_faults import edit_bytes, edit_request
from tests.contract.bad_service_feedback import feedback_holds, refuse_feedback
from tests.contract.bad_service_reading import (
    HOOK,
    PREFETCH,
    Json,
    Record,
    RefusedError,
    check,
    gather,
    parse,
)
from tests.contract.bad_service_trust import admit

ORIGIN = "https://ehr.example.org"
ID, TWIN = "sciatica", "sciatica-twin"
_TOPICS = "https://sciatica.example.org/topics"
_REASONS = "https://sciatica.example.org/reasons"


@dataclass
class Service:
    """The running service; with a key it lets in only whom the key proves."""

    base: str = ""
    faults: set[str] = field(default_factory=set)
    key: ECKey | None = None
    seen: set[str] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            response = await self._route(request)
        except RefusedError as error:
            response = outcome(error.status, error.text)
        except Exception:  # noqa: BLE001 - a crash of a planted fault
            response = outcome(500, "crashed")
        origin = request.headers.get("origin")
        if origin == ORIGIN:
            response.headers["access-control-allow-origin"] = ORIGIN
            response.headers["vary"] = "Origin"
        response = edit_response(self.faults, request, response)
        await response(scope, receive, send)

    async def _route(self, request: Request) -> Response:
        parts = [part for part in request.url.path.split("/") if part]
        if request.method == "OPTIONS":
            granted = {"access-control-allow-headers": "authorization, content-type"}
            return Response(None, 204, headers=granted)
        if parts == ["health"]:
            return answer({"status": "ok"})
        if parts[:1] != ["cds-services"] or len(parts) > 3 or parts[2:] not in ([], ["feedback"]):
            raise RefusedError(404, "no such path")
        admit(self.key, self.base, self.faults, self.seen, request)
        if len(parts) == 1:
            return self._discovery(request)
        if parts[1] not in (ID, TWIN) or "unserved-id" in self.faults:
            raise RefusedError(404, "no such service")
        if request.method != "POST":
            return outcome(405, "POST only", {"allow": "POST"})
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            raise RefusedError(415, "JSON only")
        if "content-encoding" in request.headers and "ignores-encoding" not in self.faults:
            raise RefusedError(415, "no compression")
        body = edit_bytes(self.faults, await request.body())
        return self._feedback(body) if parts[2:] else await self._advise(body)

    def _discovery(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return outcome(405, "GET only", {"allow": "GET, HEAD"})
        listed = [
            {
                "hook": HOOK,
                "id": name,
                "title": "Sciatica",
                "description": "Notices sciatica",
                "version": "2.0.1",
                "hookVersion": "1.0",
                "prefetch": dict(PREFETCH),
            }
            for name in (ID, TWIN)
        ]
        return answer(edit_discovery(self.faults, {"services": listed}))

    async def _advise(self, body: bytes) -> Response:
        sent = edit_request(self.faults, parse(body))
        check(sent)
        record = await gather(sent, self.faults)
        lay = sent["context"]["userId"].startswith(("Patient/", "RelatedPerson/"))
        if lay and "ignores-lay-user" not in self.faults:
            return answer({"cards": []})
        found = cards(record, sent["context"]["patientId"])
        edited = [edit_card(self.faults, card) for card in found]
        return answer(edit_answer(self.faults, {"cards": edited}, sent))

    def _feedback(self, body: bytes) -> Response:
        items = parse(body).get("feedback")
        if not isinstance(items, list) or not all(feedback_holds(one) for one in items):
            raise RefusedError(400, "feedback")
        refuse_feedback(self.faults, items)
        return answer({})


def cards(record: Record, patient_id: str) -> list[Json]:
    """A card for sciatica; one for what could not be read, when there is nothing else."""
    found = [
        c for c in record.conditions if any(str(code).startswith("M54.3") for code in c["codes"])
    ]
    if found:
        return [card("Sciatica is on record: examine power and reflexes.", found[0], patient_id)]
    return (
        [card(f"{record.gaps} parts of the record were unread.", {}, patient_id)]
        if record.gaps
        else []
    )


def card(summary: str, condition: Json, patient_id: str) -> Json:
    """A complete card with a draft, a link and override reasons."""
    said = condition.get("code", {}).get("text", "")
    escaped = "".join(f"\\{mark}" if mark in "\\`*_{}[]<>()#+!|" else mark for mark in str(said))
    task = {
        "resourceType": "Task",
        "id": str(uuid4()),
        "status": "draft",
        "intent": "proposal",
        "for": {"reference": f"Patient/{patient_id}"},
    }
    action = {"type": "create", "description": "Examine the leg", "resource": task}
    return {
        "uuid": str(uuid4()),
        "summary": summary,
        "detail": f"Recorded as: {escaped or 'nothing'}",
        "indicator": "info",
        "source": {
            "label": "A guideline",
            "url": "https://guideline.example.org",
            "topic": {"system": _TOPICS, "code": "sciatica"},
        },
        "suggestions": [{"uuid": str(uuid4()), "label": "Examine", "actions": [action]}],
        "selectionBehavior": "any",
        "overrideReasons": [{"code": "done", "system": _REASONS, "display": "Already done"}],
        "links": [{"label": "Read", "url": "https://guideline.example.org/x", "type": "absolute"}],
    }


def answer(document: Json) -> Response:
    """JSON that is not to be kept."""
    headers = {"cache-control": "no-store"}
    return Response(json.dumps(document), media_type="application/json", headers=headers)


def outcome(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    """An OperationOutcome; a 401 explains nothing."""
    if status == 401:
        return Response(None, 401, headers={"www-authenticate": "Bearer"})
    issue = {"severity": "error", "code": "invalid", "details": {"text": text}}
    body = json.dumps({"resourceType": "OperationOutcome", "issue": [issue]})
    return Response(body, status, media_type="application/json", headers=headers)


@contextmanager
def serving(service: Service) -> Iterator[Service]:
    """Serve on a free port of this machine."""
    config = uvicorn.Config(service, host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    service.base = f"http://127.0.0.1:{port}"
    try:
        yield service
    finally:
        server.should_exit = True
        thread.join()
