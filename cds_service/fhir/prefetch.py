"""The chart from what was delivered: one answer per prefetch key, resources read by type."""

from collections.abc import Iterable, Mapping

import msgspec

from cds_service.clinical.fact import Outcome
from cds_service.errors import ClientMistakeError
from cds_service.fhir.answer import Answer, Asked, read_answer
from cds_service.fhir.chart import Chart
from cds_service.fhir.queries import ENCOUNTER, QUERIES, SPLIT, UNSPLIT, Query
from cds_service.fhir.references import belongs_to, names_patient
from cds_service.fhir.resources import Resource

_UNFINISHED = frozenset({"registered", "preliminary", "draft", "in-progress"})


def gather(
    prefetch: Mapping[str, msgspec.Raw],
    patient_id: str,
    encounter_id: str = "",
    queries: tuple[Query, ...] = QUERIES,
) -> Chart:
    """Build the chart from what was delivered for these queries.

    Raises ClientMistakeError when the `patient` value is another patient.
    """
    answers = read_prefetch(prefetch, patient_id, queries)
    return build_chart(answers, patient_id, encounter_id, queries)


def read_prefetch(
    prefetch: Mapping[str, msgspec.Raw], patient_id: str, queries: tuple[Query, ...] = QUERIES
) -> dict[str, Answer]:
    """What the client answered; keys that the service never asked for are ignored (REQ-9)."""
    asked = {query.key: query for query in queries}
    return {
        key: read_answer(value, Asked(asked.get(key), patient_id))
        for key, value in prefetch.items()
        if key in asked or key == UNSPLIT
    }


def build_chart(
    answers: Mapping[str, Answer],
    patient_id: str,
    encounter_id: str = "",
    queries: tuple[Query, ...] = QUERIES,
) -> Chart:
    """The chart of these answers; raises ClientMistakeError when one holds another patient."""
    found = _unique(resource for answer in answers.values() for resource in answer.resources)
    patients = [resource for resource in found if resource.resource_type == "Patient"]
    if any(patient.id != patient_id for patient in patients):
        raise ClientMistakeError("wrong-patient", "prefetch.patient")
    others = [resource for resource in found if names_patient(resource)]
    own = tuple(r for r in others if belongs_to(r, patient_id))
    outcomes = _outcomes(answers, queries, {resource.resource_type for resource in found})
    if ENCOUNTER.key in outcomes and any(r.reference == f"Encounter/{encounter_id}" for r in own):
        outcomes[ENCOUNTER.key] = Outcome.COMPLETE
    return Chart(
        patient_id=patient_id,
        patient=patients[0] if patients else None,
        resources=own,
        queries=outcomes,
        skipped=sum(answer.skipped for answer in answers.values()),
        damaged=frozenset(key for key, answer in answers.items() if answer.damaged_only),
        of_visit=frozenset(key for key, answer in answers.items() if answer.of_visit),
        foreign=len(others) - len(own),
        encounter_id=encounter_id,
        other_version=frozenset(key for key, answer in answers.items() if answer.other_version),
        medications={r.reference: r for r in found if r.resource_type == "Medication"},
    )


def _outcomes(
    answers: Mapping[str, Answer], queries: tuple[Query, ...], found: set[str]
) -> dict[str, Outcome]:
    """One outcome per query; `found` are the types that arrived under any key.

    A required key that holds other types only was not answered, unless its own came elsewhere.
    """
    outcomes = {query.key: Outcome.NOT_ASKED for query in queries}
    if UNSPLIT in answers:
        outcomes |= dict.fromkeys(SPLIT, answers[UNSPLIT].outcome)
    outcomes |= {key: answer.outcome for key, answer in answers.items() if key in outcomes}
    for query in queries:
        delivered = answers.get(query.key)
        if query.required and delivered and delivered.resources and query.type not in found:
            outcomes[query.key] = Outcome.NOT_ASKED
    return outcomes


def _unique(resources: Iterable[Resource]) -> list[Resource]:
    """The same resource under two keys or on two pages counts once; a final version wins."""
    seen: dict[str, Resource] = {}
    for place, resource in enumerate(resources):
        key = resource.reference if resource.id else str(place)
        held = seen.get(key)
        if held is None or _version(resource) > _version(held):
            seen[key] = resource
    return list(seen.values())


def _version(resource: Resource) -> tuple[bool, str, str]:
    issued = resource.issued or resource.authored
    return resource.status not in _UNFINISHED, issued, resource.status
