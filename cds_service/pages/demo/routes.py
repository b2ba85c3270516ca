"""The routes of the demo EHR: whole pages, or with a script only the answer."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp

from cds_service.ehr.as_of import AsOfError
from cds_service.errors import CallError
from cds_service.pages.demo.desk import Desk
from cds_service.pages.demo.elsewhere import AS_OF, Address, address_of, opened
from cds_service.pages.demo.form import Form
from cds_service.pages.demo.inside import Inside
from cds_service.pages.demo.patients import SHOWN_FIRST, Patients
from cds_service.pages.demo.posted import posted
from cds_service.pages.demo.workspace import Chart
from cds_service.pages.rendering import Rendering, html
from cds_service.trust.outbound import Outbound

_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_ELSEWHERE = "/fhir-server"
_DECISIVE = "decisive"


@dataclass(frozen=True, slots=True)
class DemoEhr:
    """What the demo needs: the application to call, its document, where charts are read."""

    app: ASGIApp
    outbound: Outbound
    openapi: bytes


class DemoPages:
    """Makes the pages."""

    def __init__(self, rendering: Rendering, demo: DemoEhr) -> None:
        self._rendering = rendering
        self._outbound = demo.outbound
        self.inside = Inside(demo.app, rendering.public_url)
        self.desk = Desk(self.inside, rendering.library)
        self.patients = Patients(rendering.library)
        rendering.environment.filters |= {
            "named": rendering.library.display,
            "json": json.dumps,
            "pretty": partial(json.dumps, indent=2, ensure_ascii=False),
        }

    def sample(self, name: str) -> Chart:
        """The chart of a sample patient; raises 404 for a name that is none."""
        try:
            request = self.patients.request(name)
        except KeyError:
            raise HTTPException(404) from None
        address = f"{self._rendering.root}/patients/{name}"
        return Chart(request, address, self.patients.why(name), {})

    async def elsewhere(self, address: Address) -> Chart:
        """The chart of a patient on a FHIR server; raises CallError or AsOfError."""
        templates = next(iter(await self.inside.services()), {}).get("prefetch", {})
        found = await opened(address, self._outbound, templates, datetime.now(UTC))
        moved = f"all dates moved by {found.days} days" if found.days else ""
        told = " · ".join(part for part in (found.server, moved) if part)
        action = f"{self._rendering.root}{_ELSEWHERE}"
        return Chart(found.request, action, "", asdict(address), told, found.gaps)

    async def answer(
        self, request: Request, chart: Chart, form: Form, sample: str = ""
    ) -> Response:
        """The page, or what htmx asked for of it."""
        target = request.headers.get("hx-target", "") if _by_htmx(request) else ""
        if target == _DECISIVE:
            trials = await self.desk.trials(chart, form)
            return self._html("demo/decisive.html", "/", trials=trials)
        with_trials = bool(form.one("try"))
        workspace = await self.desk.open(chart, form, with_trials=with_trials)
        if target:
            return self._html("demo/swap.html", "/", w=workspace)
        return self.page(
            sample, w=workspace, address=Address(**chart.repeated) if chart.repeated else None
        )

    def page(self, sample: str, **values: Any) -> Response:
        """The whole page, or one that says in a sentence why there is no chart."""
        known: dict[str, Any] = {
            "w": None,
            "sentence": "",
            "address": None,
            "sample": sample,
            "groups": self.patients.groups(),
            "as_of_choices": AS_OF,
            "box": f"{self._rendering.root}{_ELSEWHERE}",
        }
        return self._html("demo/page.html", "/" if sample else _ELSEWHERE, **(known | values))

    def closed(self, request: Request, sentence: str, address: Address) -> Response:
        """Why a chart cannot be opened: in the page, or in the place of the answer."""
        if _by_htmx(request):
            return self._html("demo/closed.html", _ELSEWHERE, sentence=sentence)
        return self.page("", sentence=sentence, address=address)

    def _html(self, template: str, here: str, **values: Any) -> Response:
        """No cache keeps what is about a patient."""
        response = html(self._rendering.text(template, here, **values), _POLICY)
        response.headers["Cache-Control"] = "no-store"
        return response


def demo_router(rendering: Rendering, demo: DemoEhr) -> APIRouter:
    """`GET /`, `/patients/{name}` and `/fhir-server`, with the forms they send."""
    router = APIRouter(include_in_schema=False)
    pages = DemoPages(rendering, demo)

    @router.get("/")
    async def start(request: Request) -> Response:
        """The first sample patient."""
        return await pages.answer(request, pages.sample(SHOWN_FIRST), Form(), SHOWN_FIRST)

    @router.get("/patients/{name}")
    async def patient(name: str, request: Request) -> Response:
        """One sample patient."""
        return await pages.answer(request, pages.sample(name), Form(), name)

    @router.post("/patients/{name}")
    async def changed(name: str, request: Request) -> Response:
        """The same with another answer, because something was changed, accepted or overridden."""
        chart = pages.sample(name)
        form = await posted(request)
        if isinstance(form, Response):
            return form
        return await pages.answer(request, chart, form, name)

    @router.get(_ELSEWHERE)
    async def box() -> Response:
        """The box alone."""
        return pages.page("")

    @router.post(_ELSEWHERE)
    async def elsewhere(request: Request) -> Response:
        """A patient of another FHIR server."""
        form = await posted(request)
        if isinstance(form, Response):
            return form
        address = address_of(form)
        try:
            chart = await pages.elsewhere(address)
        except (CallError, AsOfError) as error:
            return pages.closed(request, str(error), address)
        again = replace(form, choices={}) if form.one("reset") else form
        return await pages.answer(request, chart, again)

    return router


def _by_htmx(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"
