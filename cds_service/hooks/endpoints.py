"""The CDS Hooks endpoints: discovery, the service call and feedback."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from cds_service.content.library import Library
from cds_service.errors import ClientMistakeError, DataUnavailableError
from cds_service.facts.vocabulary import Vocabulary
from cds_service.fhir.prefetch import gather
from cds_service.hooks import outcomes
from cds_service.hooks.discovery import HOOK, SERVICE_ID, discovery
from cds_service.hooks.explain import explain
from cds_service.hooks.feedback import decode_feedback, to_rows
from cds_service.hooks.request import HookRequest, decode_request
from cds_service.hooks.response import HookResponse, respond
from cds_service.pipeline import Advice, advise
from cds_service.records.feedback import FeedbackStore
from cds_service.settings import Settings
from cds_service.writing.cards import Writer

_JSON = "application/json"
_JSON_TYPES = ("application/json", "application/fhir+json")
_NO_STORE = {"Cache-Control": "no-store"}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Service:
    """Everything one process needs to answer; `clock` gives timezone-aware instants."""

    settings: Settings
    library: Library
    words: Vocabulary
    writer: Writer
    store: FeedbackStore
    clock: Callable[[], datetime]

    @property
    def topic_system(self) -> str:
        """The system of `card.source.topic`."""
        return f"{self.settings.public_url.rstrip('/')}/card-topics"


def cds_router(service: Service) -> APIRouter:
    """Discovery, service and feedback; a doubled or trailing slash is tolerated upstream."""
    router = APIRouter()
    document = json.dumps(discovery(service.library)).encode()

    @router.api_route("/cds-services", methods=["GET", "HEAD"])
    async def discover() -> Response:
        """The CDS Hooks discovery document."""
        return Response(document, media_type=_JSON, headers={"Cache-Control": "max-age=300"})

    @router.post("/cds-services/{service_id}")
    async def call(service_id: str, request: Request) -> Response:
        """A CDS Hooks service call."""
        return await _guarded(service, service_id, request, _answer)

    @router.post("/cds-services/{service_id}/feedback")
    async def feedback(service_id: str, request: Request) -> Response:
        """CDS Hooks feedback on cards."""
        return await _guarded(service, service_id, request, _keep_feedback, stores=True)

    return router


async def _guarded(
    service: Service,
    service_id: str,
    request: Request,
    answer: Callable[[Service, bytes], Response],
    *,
    stores: bool = False,
) -> Response:
    """Run one endpoint; every failure becomes an OperationOutcome, none an empty card list.

    What waits for the database runs beside the event loop.
    """
    started = time.perf_counter()
    try:
        _admit(service_id, request)
        body = await request.body()
        response = (
            await run_in_threadpool(answer, service, body) if stores else (answer(service, body))
        )
    except ClientMistakeError as error:
        response = outcomes.mistake(service.library, error)
        log.info("refused", service=SERVICE_ID, code=error.code, where=error.where)
    except DataUnavailableError as error:
        response = outcomes.unavailable(service.library, error)
        log.info("data-unavailable", service=SERVICE_ID, where=",".join(error.keys))
    except Exception as error:
        incident = secrets.token_hex(8)
        log.exception("failed", incident=incident, error=type(error).__name__)
        response = outcomes.outcome(service.library, 500, "internal", values={"incident": incident})
    duration = round((time.perf_counter() - started) * 1000, 1)
    log.info("answered", service=SERVICE_ID, status=response.status_code, duration_ms=duration)
    response.headers.update(_NO_STORE)
    return response


def _admit(service_id: str, request: Request) -> None:
    """Only a known service, and only JSON that is not compressed."""
    if service_id != SERVICE_ID:
        raise ClientMistakeError("unknown-service", status=404)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if media not in _JSON_TYPES or encoding != "identity":
        raise ClientMistakeError("media-type", status=415)


def _answer(service: Service, body: bytes) -> Response:
    response = answer_request(service, decode_request(body))
    return Response(response.to_json(), media_type=_JSON)


def answer_request(
    service: Service, request: HookRequest, as_of: datetime | None = None
) -> HookResponse:
    """The response to a well-formed request, as of the clock unless told otherwise."""
    if request.envelope.hook != HOOK:
        raise ClientMistakeError("wrong-hook", "hook")
    if request.lay_user:
        return HookResponse(cards=[])
    advice = assess_request(service, request, as_of or service.clock())
    explained = explain(advice, service.library) if service.settings.explain else None
    return respond(advice.cards, service.topic_system, service.library.reasons.system, explained)


def assess_request(service: Service, request: HookRequest, as_of: datetime) -> Advice:
    """Gather and assess; raises ClientMistakeError or DataUnavailableError."""
    context = request.envelope.context
    chart = gather(request.prefetch, context.patientId, context.encounterId or "")
    advice = advise(chart, service.words, service.writer, as_of)
    for crash in advice.crashes:
        incident = secrets.token_hex(8)
        log.error(
            "topic-failed",
            incident=incident,
            topic=crash.topic,
            error=type(crash.error).__name__,
        )
    log.info(
        "assessed",
        cards=[card.id for card in advice.cards],
        skipped=chart.skipped,
        foreign=chart.foreign,
        text_only=advice.facts.text_only,
    )
    return advice


def _keep_feedback(service: Service, body: bytes) -> Response:
    items = decode_feedback(body)
    writer = service.writer
    rows = to_rows(items, SERVICE_ID, writer)
    service.store.keep(rows)
    log.info("feedback", count=len(rows), unknown_cards=len(items) - len(rows))
    return Response(b"{}", media_type=_JSON)
