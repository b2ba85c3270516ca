"""The application: content loaded and checked, endpoints mounted, errors and CORS in one place."""

import gc
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

import structlog
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cds_service import __version__
from cds_service.content.served import load_content
from cds_service.errors import StoreDownError
from cds_service.fhir.client import FhirClient, transport_limits
from cds_service.hooks.body_limit import BodyLimit
from cds_service.hooks.calls_at_once import CallsAtOnce
from cds_service.hooks.client_profiles import client_profile
from cds_service.hooks.contracts import contracts_router, openapi_document
from cds_service.hooks.cors import Cors, allowed_origins
from cds_service.hooks.drafts_check import check_drafts
from cds_service.hooks.endpoints import cds_router
from cds_service.hooks.gathering import Reach
from cds_service.hooks.health import served_content
from cds_service.hooks.outcomes import outcome
from cds_service.hooks.security_headers import SecurityHeaders
from cds_service.hooks.service import Service
from cds_service.hooks.services import offered_services
from cds_service.pages.demo.routes import DemoEhr
from cds_service.pages.router import pages_router
from cds_service.pipeline import vocabulary
from cds_service.records.database import open_database
from cds_service.records.feedback import FeedbackStore
from cds_service.records.patience import within
from cds_service.records.replay import ReplayStore
from cds_service.settings import Settings, card_key
from cds_service.telemetry.logging import configure_logging
from cds_service.telemetry.metrics import MEDIA_TYPE, Metrics
from cds_service.trust.admission import Gate
from cds_service.trust.caller import DEMO, Caller
from cds_service.trust.fetch_keys import fetch_key_set
from cds_service.trust.key_sources import Fetch
from cds_service.trust.load import load_trust
from cds_service.trust.network import GuardedTransport
from cds_service.trust.outbound import outbound_of
from cds_service.trust.rate_limit import RateLimits
from cds_service.writing.cards import Writer
from cds_service.writing.identity import Signer

_PATIENCE = 2  # seconds that a question about readiness waits for the store

Clock = Callable[[], datetime]


log = structlog.get_logger()


def build_service(
    settings: Settings, clock: Clock | None = None, fetch_keys: Fetch = fetch_key_set
) -> Service:
    """Load and check everything a process needs.

    Raises ContentError, SiteError or SettingsError before anything is served.
    """
    now = clock or (lambda: datetime.now(UTC))
    content = load_content(settings.cards, settings.site)
    library = content.library
    trust = load_trust(settings, now, fetch_keys)
    writer = Writer(
        library=library,
        signer=Signer(card_key(settings)),
        public_url=settings.public_url.rstrip("/"),
        guidelines=settings.guidelines,
    )
    check_drafts(library)
    database = open_database(settings.database_url)
    return Service(
        settings=settings,
        offered=offered_services(settings.services),
        library=library,
        words=vocabulary(library, content.maps),
        writer=writer,
        shown=content.shown,
        store=FeedbackStore(database, settings.comment_days),
        metrics=Metrics(),
        gate=Gate(
            trust=trust,
            replays=ReplayStore(database),
            clock=now,
            public_url=writer.public_url,
            anyone=_anyone(settings),
        ),
        rates=RateLimits(trust.callers, now),
        calls_at_once=CallsAtOnce(settings.most_calls_at_once),
        reach=reach_of(settings),
        clock=now,
    )


def _anyone(settings: Settings) -> Caller | None:
    """Who a caller without a token is: nobody in production."""
    profile = client_profile(settings.client_profile, "LEGPAIN_CLIENT_PROFILE")
    return replace(DEMO, client_profile=profile.id) if settings.profile == "demo" else None


def reach_of(settings: Settings) -> Reach:
    """Which FHIR servers may be read, and how; raises SettingsError."""
    transport = partial(
        GuardedTransport, transport_limits(), private=settings.fhir_on_private_network
    )
    return Reach(FhirClient(transport), outbound_of(settings), settings.deadline_ms / 1000)


def create_app(
    settings: Settings, *, clock: Clock | None = None, fetch_keys: Fetch = fetch_key_set
) -> FastAPI:
    """The ASGI application for these settings."""
    configure_logging()
    service = build_service(settings, clock, fetch_keys)
    demo = settings.profile == "demo"

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        gc.collect()
        gc.freeze()
        service.gate.fetch_keys()
        service.reach.client.open()
        yield
        await service.reach.client.close()
        service.store.close()

    app = FastAPI(
        title="legpain-cds",
        version=__version__,
        lifespan=lifespan,
        openapi_url=None,  # the published document is served instead of a generated one
        redirect_slashes=False,
    )
    app.state.service = service
    app.include_router(cds_router(service))
    app.include_router(contracts_router())
    ehr = DemoEhr(app, service.reach.outbound, openapi_document()) if demo else None
    app.include_router(pages_router(service.library, service.writer.public_url, service.clock, ehr))
    _add_health(app, service)
    _add_metrics(app, service)
    _add_errors(app, service)
    app.add_middleware(BodyLimit, service=service)
    app.add_middleware(TidyPath, prefix=urlsplit(settings.public_url).path.rstrip("/"))
    allowed = allowed_origins(service.gate.trust.origins, demo=demo)
    app.add_middleware(Cors, allowed=allowed)
    app.add_middleware(SecurityHeaders, public_url=settings.public_url)
    return app


def _add_health(app: FastAPI, service: Service) -> None:
    @app.get("/health/live")
    async def live() -> Response:
        """The process answers."""
        return JSONResponse({"status": "ok"})

    @app.get("/health/ready")
    async def ready() -> Response:
        """The content is loaded and the store answers; no detail of dependencies."""
        try:
            up = await within(_PATIENCE, service.store.ready)
        except StoreDownError:
            up = False
        told = {"status": "ok" if up else "unavailable"} | served_content(service)
        return JSONResponse(told, 200 if up else 503)


def _add_metrics(app: FastAPI, service: Service) -> None:
    @app.get("/metrics")
    async def metrics() -> Response:
        """Counters in the text format of Prometheus; they hold nothing of a patient."""
        return Response(service.metrics.exposition(), media_type=MEDIA_TYPE)


def _add_errors(app: FastAPI, service: Service) -> None:
    @app.exception_handler(HTTPException)
    async def http_error(_request: Request, error: HTTPException) -> Response:
        """404 and 405 as OperationOutcome."""
        sentence = "method" if error.status_code == 405 else "not-found"  # noqa: PLR2004
        response = outcome(service.library, error.status_code, sentence)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    async def fault(_request: Request, error: Exception) -> Response:
        """A page that fails says no more than a hook that fails."""
        incident = secrets.token_hex(8)
        log.error("failed", incident=incident, error=type(error).__name__)
        return outcome(service.library, 500, "internal", values={"incident": incident})


class TidyPath:
    """Tolerates doubled and trailing slashes, which real clients produce.

    `prefix` is the path of the public address: a proxy may pass it on or take it away.
    """

    def __init__(self, app: ASGIApp, prefix: str = "") -> None:
        self.app = app
        self.prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a tidy path."""
        if scope["type"] == "http":
            tidy = re.sub(r"/{2,}", "/", scope["path"])
            if self.prefix and f"{tidy}/".startswith(f"{self.prefix}/"):
                tidy = tidy.removeprefix(self.prefix)
            scope = {**scope, "path": tidy.rstrip("/") or "/"}
        await self.app(scope, receive, send)
