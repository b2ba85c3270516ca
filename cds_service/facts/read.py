"""One pass over the chart: every resource becomes statements, orders, studies, visits or drugs."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from cds_service.clinical.fact import (
    Facts,
    Medication,
    Order,
    Person,
    Statement,
    Status,
    Study,
    Visit,
)
from cds_service.clinical.moment import Moment
from cds_service.facts import activities
from cds_service.facts.conditions import read_condition
from cds_service.facts.observations import read_observation
from cds_service.facts.questionnaires import read_answers
from cds_service.facts.relatives import read_relative
from cds_service.facts.vocabulary import Vocabulary
from cds_service.fhir.chart import Chart
from cds_service.fhir.references import local
from cds_service.fhir.resources import Resource
from cds_service.fhir.times import read_moment

Item = TypeVar("Item")

_SUSPECTED = "suspected_dvt"
_DVT = "current_dvt"
_VEINS = "reader:leg_vein_imaging"
_WORK_UP = frozenset({_VEINS, "order:us_leg_veins", "order:d_dimer", "reader:d_dimer"})
_TOLD = {
    "Observation": read_observation,
    "QuestionnaireResponse": read_answers,
    "FamilyMemberHistory": read_relative,
}
_MEDICATIONS = frozenset({"MedicationRequest", "MedicationStatement", "MedicationAdministration"})


def read_facts(chart: Chart, vocabulary: Vocabulary, as_of: datetime) -> Facts:
    """All facts of the chart that had been recorded by `as_of` (timezone-aware)."""
    named = _named(chart)
    statements: list[Statement] = []
    medications: list[Medication] = []
    orders: list[Order] = []
    studies: list[Study] = []
    visits: list[Visit] = []
    for resource in chart.resources:
        kind = resource.resource_type
        if kind in _TOLD:
            found = list(_TOLD[kind](resource, vocabulary, chart))
            statements += found
            if any(s.finding == _VEINS for s in found):
                _keep(studies, activities.read_study(resource, vocabulary))
        elif kind == "Condition":
            statements += read_condition(resource, vocabulary, chart, named)
        elif kind == "Procedure":
            statements += activities.read_procedure(resource, vocabulary, chart)
            _keep(studies, activities.read_study(resource, vocabulary))
        elif kind == "Encounter":
            statements += activities.read_reasons(resource, vocabulary, chart)
            visits.append(activities.read_visit(resource, vocabulary, chart))
        elif kind in _MEDICATIONS:
            _keep(medications, activities.read_medication(resource, vocabulary, chart))
        elif kind == "ServiceRequest":
            orders.append(activities.read_order(resource, vocabulary))
        elif kind in ("DiagnosticReport", "ImagingStudy"):
            statements += activities.read_conclusion(resource, vocabulary)
            _keep(studies, activities.read_study(resource, vocabulary))
    statements += _suspicions(statements, orders)
    return Facts(
        as_of=as_of,
        person=_person(chart.patient, as_of),
        statements=tuple(
            s for s in _in_order(_running(s, as_of) for s in statements) if _seen(as_of, s.noted)
        ),
        medications=tuple(m for m in _in_order(medications) if _seen(as_of, m.since)),
        orders=tuple(o for o in _in_order(orders) if _seen(as_of, o.authored)),
        studies=tuple(s for s in _in_order(studies) if _seen(as_of, s.done)),
        visits=tuple(v for v in _in_order(visits) if _seen(as_of, v.start)),
        queries=chart.queries,
        text_only=_text_only(chart.resources, as_of, vocabulary.text_only_window),
        skipped=chart.skipped,
        damaged=chart.damaged,
        of_visit=chart.of_visit,
    )


def _keep(items: list[Item], item: Item | None) -> None:
    if item is not None:
        items.append(item)


def _in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Sorted by source, so that the order of entries can never matter."""
    return tuple(sorted(items, key=repr))


def _running(statement: Statement, as_of: datetime) -> Statement:
    """A period that began and ends later is seen as of now."""
    noted, onset = statement.noted, statement.onset
    if noted is None or onset is None or not noted.is_after(as_of) or onset.is_after(as_of):
        return statement
    return replace(statement, noted=Moment(as_of, as_of))


def _seen(as_of: datetime, when: Moment | None) -> bool:
    """What was recorded later than `as_of` is not seen."""
    return when is None or not when.is_after(as_of)


def _named(chart: Chart) -> frozenset[str]:
    """References that the current encounter gives as reasons or diagnoses."""
    current = (
        r
        for r in chart.resources
        if r.resource_type == "Encounter" and chart.encounter_id and r.id == chart.encounter_id
    )
    references = (
        reference.reference
        for encounter in current
        for reference in (
            *encounter.reason_reference,
            *(d.condition for d in encounter.diagnosis if d.condition),
        )
    )
    return frozenset(local(reference) for reference in references)


def _suspicions(statements: list[Statement], orders: list[Order]) -> list[Statement]:
    """A provisional DVT, or an order placed for one, is a clinician's suspicion."""
    doubtful = [
        Statement(
            finding=_SUSPECTED,
            status=Status.PRESENT,
            source=s.source,
            side=s.side,
            onset=s.onset,
            onset_assumed=s.onset_assumed,
            noted=s.noted,
            named=s.named,
            current=s.current,
            in_encounter=s.in_encounter,
        )
        for s in statements
        if s.finding == _DVT and s.suspected and s.status is Status.PRESENT
    ]
    asked = [
        Statement(
            finding=_SUSPECTED,
            status=Status.PRESENT,
            source=order.source,
            side=order.side,
            onset=order.authored,
            onset_assumed=True,
            noted=order.authored,
        )
        for order in orders
        if order.placed and order.reasons & {_DVT, _SUSPECTED} and order.kinds & _WORK_UP
    ]
    return doubtful + asked


def _person(patient: Resource | None, as_of: datetime) -> Person:
    if patient is None:
        return Person(birth=None, male=False, deceased=False)
    died = read_moment(patient.deceased_date_time)
    return Person(
        birth=read_moment(patient.birth_date),
        male=patient.gender == "male",
        deceased=_seen(as_of, died) if died else bool(patient.deceased_boolean),
    )


def _text_only(resources: Iterable[Resource], as_of: datetime, window: timedelta) -> int:
    """Recent complaints that exist as prose only: counted, never read."""
    return sum(
        concept is not None and not concept.coding
        for resource in resources
        if resource.resource_type in ("Condition", "Encounter") and _recent(resource, as_of, window)
        for concept in (
            (resource.code,) if resource.resource_type == "Condition" else resource.reason_code
        )
    )


def _recent(resource: Resource, as_of: datetime, window: timedelta) -> bool:
    start = resource.period.start if resource.period else ""
    recorded = read_moment(resource.recorded_date or resource.onset_date_time or start)
    return recorded is None or (_seen(as_of, recorded) and recorded.within(window, as_of))
