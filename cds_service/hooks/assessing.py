"""A gathered chart assessed for one caller, logged and counted without anything of the patient."""

import secrets
from dataclasses import replace
from datetime import datetime

import structlog

from cds_service.fhir.chart import Chart
from cds_service.hooks.service import Service
from cds_service.pipeline import Advice, advise
from cds_service.trust.caller import DEMO, Caller

log = structlog.get_logger()


def assess_chart(service: Service, chart: Chart, as_of: datetime, caller: Caller = DEMO) -> Advice:
    """Assess what was gathered; raises DataUnavailableError."""
    writer = replace(service.writer, tenant=caller.tenant)
    advice = advise(chart, service.words, writer, as_of)
    for crash in advice.crashes:
        incident = secrets.token_hex(8)
        log.error(
            "topic-failed",
            incident=incident,
            topic=crash.topic,
            error=type(crash.error).__name__,
        )
    unread = {
        "skipped": chart.skipped,
        "foreign": chart.foreign,
        "text_only": advice.facts.text_only,
    }
    log.info("assessed", cards=[card.id for card in advice.cards], **unread)
    service.metrics.assessed(
        cards=((card.id, card.indicator) for card in advice.cards),
        gaps=((key, outcome.value) for key, outcome in advice.gaps),
        unread=unread.items(),
        failed=(crash.topic for crash in advice.crashes),
    )
    return advice
