"""A patient of another FHIR server: the prefetch is run against it, as an EHR would."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from cds_service.ehr.answer import Json
from cds_service.ehr.as_of import LAST_ENCOUNTER, AsOfError, resolve
from cds_service.ehr.introduction import introduce
from cds_service.ehr.prefetch import QueryRun, prefetched, run_prefetch
from cds_service.ehr.server import EhrServer
from cds_service.ehr.shift import shift_dates
from cds_service.errors import CallError
from cds_service.fhir.access import FhirAccess
from cds_service.pages.demo.fhir_text import day, text
from cds_service.pages.demo.form import Form
from cds_service.pages.demo.record import resources
from cds_service.trust.caller import DEMO
from cds_service.trust.outbound import Outbound, fhir_base

TODAY, DATE = "today", "date"
AS_OF = (TODAY, LAST_ENCOUNTER, DATE)
_ID = re.compile(r"[A-Za-z0-9\-._~]{1,512}")
_TIMEOUT = 15.0  # seconds for one answer
_USER = "Practitioner/example"
_UNAUTHORIZED, _FORBIDDEN, _GONE = 401, 403, (404, 410)
_OTHER = (
    "This demo reads FHIR servers of this machine and those that the variable "
    "LEGPAIN_FHIR_SERVERS lists. To open another, start it with its base address in "
    "LEGPAIN_FHIR_SERVERS."
)
_CLOSED = (
    "This server is read with an access token only, because LEGPAIN_FHIR_WITHOUT_TOKEN is off; the "
    "demo has none."
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the patient is, and from which day to look: today, the last visit, or a date."""

    server: str
    patient: str
    as_of: str = TODAY
    date: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """The request as the server's answers make it; `days` is how far its dates were moved."""

    request: Json
    server: str
    days: int
    gaps: tuple[str, ...]


def address_of(form: Form) -> Address:
    """What the box says."""
    as_of = form.one("as_of")
    return Address(
        server=form.one("server").rstrip("/"),
        patient=form.one("patient").removeprefix("Patient/"),
        as_of=as_of if as_of in AS_OF else TODAY,
        date=form.one("date"),
    )


async def opened(
    address: Address, outbound: Outbound, templates: dict[str, str], now: datetime
) -> Opened:
    """Raises CallError or AsOfError with a sentence where the chart cannot be opened."""
    if not _ID.fullmatch(address.patient):
        raise CallError("Give the id of a patient on that server, such as 123.")
    server = EhrServer(_access(address.server, outbound), _TIMEOUT)
    try:
        introduction = await introduce(server)
        context = {"userId": _USER, "patientId": address.patient}
        runs = await run_prefetch(server, templates, context, lambda _key: None)
    finally:
        await server.close()
    _check(runs)
    prefetch = prefetched(runs)
    instant = now if address.as_of == TODAY else _instant(address, prefetch)
    days = (now - instant) // timedelta(days=1)
    if address.as_of == LAST_ENCOUNTER:
        context["encounterId"] = _last_visit(prefetch)
    request = {
        "hook": "patient-view",
        "hookInstance": str(uuid4()),
        "context": context,
        "prefetch": shift_dates(prefetch, days),
    }
    gaps = tuple(
        f"{run.key}: {run.why or 'not allowed'}" for run in runs if run.why or run.withheld
    )
    return Opened(request, introduction.told, days, gaps)


def _access(address: str, outbound: Outbound) -> FhirAccess:
    base = fhir_base(address)
    if base is None:
        raise CallError(
            "Give the base address of a FHIR server, such as http://127.0.0.1:8090/fhir."
        )
    access = outbound.access(base, "", DEMO)
    if access is None:
        raise CallError(_OTHER if outbound.without_token else f"{_OTHER} {_CLOSED}")
    return access


def _check(runs: Iterable[QueryRun]) -> None:
    """Where no chart can come of it, a sentence says so."""
    for run in runs:
        if run.status == _UNAUTHORIZED:
            raise CallError(
                "The server wants an access token (HTTP 401). The demo sends none; the command "
                "legpain-cds call does, from LEGPAIN_FHIR_TOKEN."
            )
        if run.query.startswith("Patient/"):
            _check_patient(run)


def _check_patient(run: QueryRun) -> None:
    if run.status in _GONE:
        raise CallError(f"The server knows no patient with this id (HTTP {run.status}).")
    if run.status == _FORBIDDEN:
        raise CallError("The server does not let us read this patient (HTTP 403).")
    if not run.resources:
        raise CallError(f"The server does not give the patient ({run.why}).")


def _instant(address: Address, prefetch: Json) -> datetime:
    if address.as_of == DATE and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", address.date):
        raise AsOfError("Give the date to look from, such as 2026-11-23.")
    try:
        return resolve(address.date if address.as_of == DATE else LAST_ENCOUNTER, prefetch)
    except AsOfError as error:
        raise AsOfError(str(error).replace("--as-of ", "As of ")) from None


def _last_visit(prefetch: Json) -> str:
    visits: list[dict[str, Any]] = [
        r for r in resources(prefetch) if r.get("resourceType") == "Encounter"
    ]
    return text(max(visits, key=day).get("id"))
