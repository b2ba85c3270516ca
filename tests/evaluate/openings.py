"""Openings: a chart viewed as of each of its encounters, with the cards each view shows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding
from cds_service.commands.patient_file import PatientFile, read_patients
from cds_service.ehr.as_of import LAST_ENCOUNTER, resolve
from cds_service.facts.read import read_facts
from cds_service.fhir.chart import Chart
from cds_service.fhir.prefetch import gather
from cds_service.fhir.resources import RESOURCE, Resource
from cds_service.hooks.service import Service
from cds_service.pipeline import Advice, advise
from tests.evaluate.complaints import Complaint, laid_over

_END = datetime(2199, 12, 31, tzinfo=UTC)
# A recorded time may lie so much later than `as_of` and still be seen: a day further east.
_STILL_SEEN = timedelta(hours=14)
_ALWAYS_KEPT = frozenset({"Condition", "Encounter"})


@dataclass(frozen=True, slots=True)
class Alert:
    """One card that was shown: its row, and the facts that fired as readable text."""

    card: str
    topic: str
    row: str
    indicator: str
    tier: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """One view of one chart; `complaint` is the id of the one laid over it, if any."""

    patient: str
    as_of: datetime
    adult: bool
    gate: str
    alerts: tuple[Alert, ...]
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A chart read once: each resource that can say anything, with the first time it is seen."""

    path: Path
    chart: Chart
    timeline: tuple[tuple[Resource, datetime | None], ...]
    encounters: tuple[dict[str, Any], ...]


def openings(
    service: Service, path: Path, complaints: tuple[Complaint, ...], every: int, offset: int
) -> Iterator[Opening]:
    """Every encounter of every patient of a file, and the last one without naming it.

    Every so many-th opening, counted from `offset`, is viewed once more with a complaint laid
    over it, each complaint in its turn.
    """
    for patient in read_patients(path):
        record = read_record(service, patient)
        for number, (as_of, encounter) in enumerate(views(record), start=offset):
            chart = view(record, as_of, encounter)
            yield _opening(service, record, chart, as_of)
            if number % every == 0:
                complaint = complaints[number // every % len(complaints)]
                fuller = _with(chart, complaint, encounter, as_of)
                yield _opening(service, record, fuller, as_of, complaint.id)


def read_record(service: Service, patient: PatientFile) -> Record:
    """Gather the chart once and note from when on each resource is seen.

    Resources that say nothing on their own say nothing beside others either, so they are left
    out; only entries without any code are kept, because they are counted.
    """
    request = patient.request
    chart = gather(request.prefetch, request.envelope.context.patientId)
    timeline = []
    for resource in chart.resources:
        moments = _moments(service, replace(chart, resources=(resource,)))
        if moments or resource.resource_type in _ALWAYS_KEPT:
            known = [moment for moment in moments if moment is not None]
            since = min(known) if moments and len(known) == len(moments) else None
            timeline.append((resource, since))
    listed = [entry["resource"] for entry in patient.document["entry"]]
    encounters = tuple(
        resource
        for resource in listed
        if resource["resourceType"] == "Encounter" and resource.get("period")
    )
    return Record(patient.path, chart, tuple(timeline), encounters)


def _moments(service: Service, chart: Chart) -> list[datetime | None]:
    """The earliest time that each fact of this chart carries."""
    facts = read_facts(chart, service.words, _END)
    dated = (
        *((s.onset, s.noted) for s in facts.statements),
        *((m.since,) for m in facts.medications),
        *((o.authored,) for o in facts.orders),
        *((s.done,) for s in facts.studies),
        *((v.start,) for v in facts.visits),
    )
    return [min((moment.first for moment in moments if moment), default=None) for moments in dated]


def views(record: Record) -> tuple[tuple[datetime, str], ...]:
    """When and in which encounter the chart is opened; at last again, with none in context."""
    found = [(resolve(LAST_ENCOUNTER, [e]), str(e["id"])) for e in record.encounters]
    return (*found, (max(found)[0], "")) if found else ()


def view(record: Record, as_of: datetime, encounter: str) -> Chart:
    """The chart with this encounter in context, without what is recorded later."""
    horizon = as_of + _STILL_SEEN
    seen = tuple(r for r, since in record.timeline if since is None or since <= horizon)
    return replace(record.chart, resources=seen, encounter_id=encounter)


def _with(chart: Chart, complaint: Complaint, encounter: str, as_of: datetime) -> Chart:
    laid = laid_over(complaint, chart.patient_id, encounter, as_of)
    conditions = (RESOURCE.decode(json.dumps(one).encode()) for one in laid)
    return replace(chart, resources=(*chart.resources, *conditions))


def _opening(
    service: Service, record: Record, chart: Chart, as_of: datetime, complaint: str = ""
) -> Opening:
    advice = advise(chart, service.words, service.writer, as_of)
    age = advice.facts.person.age(as_of)
    rules = service.library.rulebook.topics["gate"]
    gate = next(p.assessment.state for p in advice.placed if p.assessment.topic == "gate")
    return Opening(
        patient=record.path.stem,
        as_of=as_of,
        adult=age is None or age >= rules.thresholds["adult_age"],
        gate=gate,
        alerts=_alerts(service, chart, advice),
        complaint=complaint,
    )


def _alerts(service: Service, chart: Chart, advice: Advice) -> tuple[Alert, ...]:
    shown = [placed.assessment for placed in advice.placed if placed.shown]
    if not shown:
        return ()
    labels = {resource.reference: _label(resource) for resource in chart.resources}
    return tuple(_alert(service, assessment, labels) for assessment in shown)


def _alert(service: Service, assessment: Assessment, labels: dict[str, str]) -> Alert:
    return Alert(
        card=str(assessment.card),
        topic=assessment.topic,
        row=assessment.row.id,
        indicator=str(assessment.row.indicator),
        tier=str(assessment.tier),
        facts=tuple(_fact(service, finding, labels) for finding in assessment.findings),
    )


def _fact(service: Service, finding: Finding, labels: dict[str, str]) -> str:
    """The finding, its status unless present, when it was noted, and what the record calls it."""
    status = "" if finding.status is Status.PRESENT else f" {finding.status.value}"
    noted = f" {finding.noted.last:%Y-%m-%d}" if finding.noted else ""
    said = dict.fromkeys(labels.get(s.resource) or s.resource for s in finding.evidence)
    value = next((f" {s.quantity.value:g}" for s in finding.evidence if s.quantity), "")
    return f"{service.library.display(finding.id)}{status}{value}{noted} ({'; '.join(said)})"


def _label(resource: Resource) -> str:
    code = resource.code or resource.medication_codeable_concept
    return next((c.display or c.code for c in code.coding), code.text) if code else ""
