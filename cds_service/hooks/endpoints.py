"""The CDS Hooks endpoints: discovery, the service call and feedback."""

import hashlib
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import structlog
from fastapi import APIRouter, Request
from starlette.responses import Response

from cds_service.errors import (
    ClientMistakeError,
    DataUnavailableError,
    NotTrustedError,
    StoreDownError,
    TooManyCallsError,
)
from cds_service.hooks import outcomes
from cds_service.hooks.assessing import assess_chart
from cds_service.hooks.body_deadline import body_in_time
from cds_service.hooks.discovery import discovery
from cds_service.hooks.explain import explained
from cds_service.hooks.feedback import decode_feedback, to_rows
from cds_service.hooks.gathering import gathered
from cds_service.hooks.request import HookRequest, decode_request
from cds_service.hooks.response import HookResponse
from cds_service.hooks.service import Service
from cds_service.hooks.services import HookService
from cds_service.records.patience import within
from cds_service.trust.caller import Caller

_JSON = "application/json"
_JSON_TYPES = ("application/json", "application/fhir+json")
_NOBODY = "unknown"
_PATIENCE = 3  # seconds that feedback waits for the store
_NO_STORE = {"Cache-Control": "no-store"}
_CACHED = {"Cache-Control": "max-age=300"}

log = structlog.get_logger()


Answer = Callable[[Service, HookService, Caller, bytes], Awaitable[Response]]


def cds_router(service: Service) -> APIRouter:
    """Discovery, services and feedback; a doubled or trailing slash is tolerated upstream."""
    router = APIRouter()
    document = json.dumps(discovery(service.offered, service.library)).encode()
    tag = f'"{hashlib.sha256(document).hexdigest()[:16]}"'

    @router.api_route("/cds-services", methods=["GET", "HEAD"])
    async def discover(request: Request) -> Response:
        """The CDS Hooks discovery document."""
        try:
            await service.gate.admit_discovery(request.headers.getlist("authorization"))
        except NotTrustedError as error:
            return _not_trusted("discovery", error)
        headers = {**_CACHED, "ETag": tag}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(document, media_type=_JSON, headers=headers)

    @router.post("/cds-services/{service_id}")
    async def call(service_id: str, request: Request) -> Response:
        """A CDS Hooks service call."""
        return await _guarded(service, service_id, request, _answer)

    @router.post("/cds-services/{service_id}/feedback")
    async def feedback(service_id: str, request: Request) -> Response:
        """CDS Hooks feedback on cards."""
        return await _guarded(service, service_id, request, _keep_feedback)

    return router


async def _guarded(service: Service, service_id: str, request: Request, answer: Answer) -> Response:
    """Run one endpoint; every failure becomes an OperationOutcome, none an empty card list."""
    started = time.perf_counter()
    known = next((offered for offered in service.offered if offered.id == service_id), None)
    name = known.id if known else "unknown"
    caller = service.gate.anyone
    try:
        with service.calls_at_once.one_more():
            wanted = _wanted(known, request)
            admit = service.gate.admit_call if answer is _answer else service.gate.admit_feedback
            caller = await admit(request.headers.getlist("authorization"), wanted.id)
            service.rates.count(caller)
            body = await body_in_time(request, service.settings.body_seconds)
            response = await answer(service, wanted, caller, body)
    except NotTrustedError as error:
        response = _not_trusted(name, error)
    except TooManyCallsError as error:
        response = outcomes.too_many(service.library, error)
        log.warning("refused", service=name, code=error.code)
    except StoreDownError:
        response = outcomes.try_again(service.library)
        log.exception("store-down", service=name)
    except ClientMistakeError as error:
        response = outcomes.mistake(service.library, error)
        log.info("refused", service=name, code=error.code, where=error.where)
    except DataUnavailableError as error:
        response = outcomes.unavailable(service.library, error)
        log.info("data-unavailable", service=name, where=",".join(error.keys))
    except Exception as error:
        incident = secrets.token_hex(8)
        log.exception("failed", incident=incident, error=type(error).__name__)
        response = outcomes.outcome(service.library, 500, "internal", values={"incident": incident})
    seconds = time.perf_counter() - started
    tenant = caller.tenant if caller else _NOBODY
    status = response.status_code
    duration = round(seconds * 1000, 1)
    log.info("answered", service=name, tenant=tenant, status=status, duration_ms=duration)
    service.metrics.called(name, tenant, status, seconds)
    response.headers.update(_NO_STORE)
    return response


def _not_trusted(name: str, error: NotTrustedError) -> Response:
    """The reason goes to the log alone."""
    log.warning("not-trusted", service=name, code=error.reason, issuer=error.issuer or None)
    return outcomes.unauthorized()


def _wanted(known: HookService | None, request: Request) -> HookService:
    """Only a service on offer, and only JSON that is not compressed."""
    if known is None:
        raise ClientMistakeError("unknown-service", status=404)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if media not in _JSON_TYPES or encoding != "identity":
        raise ClientMistakeError("media-type", status=415)
    return known


async def _answer(service: Service, wanted: HookService, caller: Caller, body: bytes) -> Response:
    request = decode_request(body, (wanted,))
    response = await answer_request(service, request, caller)
    return Response(response.to_json(), media_type=_JSON)


async def answer_request(service: Service, request: HookRequest, caller: Caller) -> HookResponse:
    """The response to a well-formed request, as of the clock."""
    if request.lay_user:
        return HookResponse(cards=[])
    chart = await gathered(request, caller, service.reach)
    advice = assess_chart(service, chart, service.clock(), caller)
    present = service.presentation(caller)
    return HookResponse(
        cards=[present.card(card) for card in advice.cards],
        extension=explained(advice, service.library) if service.settings.explain else None,
    )


async def _keep_feedback(
    service: Service, wanted: HookService, caller: Caller, body: bytes
) -> Response:
    """Waits for the database beside the event loop."""
    items = decode_feedback(body)
    writer = replace(service.writer, tenant=caller.tenant)
    rows = to_rows(items, wanted.id, writer, comments=service.store.comment_days > 0)
    new = await within(_PATIENCE, partial(service.store.keep, rows))
    unknown = len(items) - len(rows)
    log.info("feedback", count=len(new), unknown_cards=unknown)
    service.metrics.told(((row.card, row.outcome, row.reason) for row in new), unknown)
    return Response(b"{}", media_type=_JSON)
