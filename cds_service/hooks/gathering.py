"""The chart of one call: what the request delivers, and what may be fetched beside it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from cds_service.clinical.fact import Outcome
from cds_service.fhir.access import FhirAccess
from cds_service.fhir.answer import Answer
from cds_service.fhir.chart import Chart
from cds_service.fhir.client import FhirClient
from cds_service.fhir.fetch import Ask, fetch_missing
from cds_service.fhir.prefetch import build_chart, read_prefetch
from cds_service.fhir.problems import with_problems
from cds_service.hooks.request import HookRequest
from cds_service.trust.caller import DEMO, Caller
from cds_service.trust.outbound import Outbound

# What is left of the deadline for admitting, thinking and writing, and to be late with.
_RESERVE = 0.12

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the service may go beyond the request: where, and how long, in seconds."""

    client: FhirClient
    outbound: Outbound
    deadline: float

    def access(self, request: HookRequest, caller: Caller) -> FhirAccess | None:
        """Access to the server that the request names; None where policy or token forbid it."""
        envelope = request.envelope
        granted = envelope.fhirAuthorization
        if granted is None:
            return self.outbound.access(envelope.fhirServer or "", "", caller)
        of_another = granted.patient is not None and granted.patient != envelope.context.patientId
        if of_another or granted.expires_in <= 0:
            return None
        return self.outbound.access(envelope.fhirServer or "", granted.access_token, caller)


def chart_of(request: HookRequest, caller: Caller = DEMO) -> Chart:
    """What the request itself delivers; raises ClientMistakeError for another patient's data."""
    return _chart(request, _delivered(request, caller))


async def gathered(request: HookRequest, caller: Caller, reach: Reach) -> Chart:
    """The chart with what was missing fetched, as far as allowed and in time.

    Nothing is fetched for a request that holds another patient's data: ClientMistakeError.
    """
    delivered = _delivered(request, caller)
    chart = _chart(request, delivered)
    access = reach.access(request, caller)
    if access is None:
        return chart
    context = request.envelope.context
    ask = Ask(
        access=access,
        queries=request.service.queries,
        patient_id=context.patientId,
        encounter_id=context.encounterId or "",
        until=asyncio.get_running_loop().time() + reach.deadline - _RESERVE,
    )
    answers = await fetch_missing(reach.client, ask, delivered)
    if answers == delivered:
        return chart
    chart = _chart(request, answers)
    lost = [key for key, outcome in chart.queries.items() if outcome is not Outcome.COMPLETE]
    log.info("fetched", count=len(answers), where=",".join(lost))
    return chart


def _delivered(request: HookRequest, caller: Caller) -> dict[str, Answer]:
    named = caller.prefetch_keys
    return read_prefetch(
        {named.get(key, key): value for key, value in request.prefetch.items()},
        request.envelope.context.patientId,
        request.service.queries,
    )


def _chart(request: HookRequest, answers: Mapping[str, Answer]) -> Chart:
    context = request.envelope.context
    chart = build_chart(
        answers, context.patientId, context.encounterId or "", request.service.queries
    )
    added = request.new_conditions
    return chart if added is None else with_problems(chart, added)
