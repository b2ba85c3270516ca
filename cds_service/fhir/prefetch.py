"""The prefetch decision table: what each delivered value means (CDS Hooks PREF-9 to PREF-25).

Absent is not asked, null and an empty searchset are known empty, an OperationOutcome is a failure
of the client, a page with a `next` link is partial unless it reaches beyond the horizon.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import msgspec

from cds_service.clinical.fact import Outcome
from cds_service.errors import ClientMistakeError
from cds_service.fhir import resources as fhir
from cds_service.fhir.chart import Chart
from cds_service.fhir.queries import ENCOUNTER, QUERIES, READ_TYPES, SPLIT, UNSPLIT, Query
from cds_service.fhir.references import local
from cds_service.fhir.resources import Resource
from cds_service.fhir.times import read_moment

_ABSENT = b"null"
# Forms and Bundles nest; one that nests beyond the stack is as damaged as one of the wrong shape.
_MISFIT = (msgspec.ValidationError, RecursionError)
_DAMAGED = (msgspec.DecodeError, RecursionError)
_VISIT = frozenset({"encounter", "encounter:Encounter"})
_VISIT_CATEGORY = "encounter-diagnosis"
_UNFINISHED = frozenset({"registered", "preliminary", "draft", "in-progress"})


@dataclass(slots=True)
class _Answer:
    """One prefetch value, decoded: its resources and outcome."""

    outcome: Outcome
    resources: list[Resource] = field(default_factory=list)
    skipped: int = 0
    incomplete: bool = False
    of_visit: bool = False

    @property
    def damaged_only(self) -> bool:
        """Everything arrived, but at least one entry could not be decoded."""
        return self.skipped > 0 and not self.incomplete


def gather(
    prefetch: Mapping[str, msgspec.Raw],
    patient_id: str,
    encounter_id: str = "",
    queries: tuple[Query, ...] = QUERIES,
) -> Chart:
    """Build the chart from what was delivered for these queries; resources are read by type.

    Keys that the service never asked for are ignored (REQ-9).

    Raises ClientMistakeError when the `patient` value is another patient.
    """
    asked = {query.key: query for query in queries}
    answers = {
        key: _answer(value, asked.get(key))
        for key, value in prefetch.items()
        if key in asked or key == UNSPLIT
    }
    found = _unique(resource for answer in answers.values() for resource in answer.resources)
    patients = [resource for resource in found if resource.resource_type == "Patient"]
    if any(patient.id != patient_id for patient in patients):
        raise ClientMistakeError("wrong-patient", "prefetch.patient")
    others = [r for r in found if r.resource_type not in ("Patient", "Medication")]
    own = tuple(r for r in others if belongs_to(r, patient_id))
    outcomes = _outcomes(answers, queries, found=bool(patients))
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
        medications={r.reference: r for r in found if r.resource_type == "Medication"},
    )


def belongs_to(resource: Resource, patient_id: str) -> bool:
    """Whether the resource names this patient; one that names nobody is not trusted."""
    return local(resource.subject or resource.patient) == f"Patient/{patient_id}"


def _outcomes(
    answers: Mapping[str, _Answer], queries: tuple[Query, ...], *, found: bool
) -> dict[str, Outcome]:
    outcomes = {query.key: Outcome.NOT_ASKED for query in queries}
    if UNSPLIT in answers:
        outcomes |= dict.fromkeys(SPLIT, answers[UNSPLIT].outcome)
    outcomes |= {key: answer.outcome for key, answer in answers.items() if key in outcomes}
    delivered = answers.get("patient")
    if delivered and delivered.resources and not found:
        outcomes["patient"] = Outcome.NOT_ASKED
    return outcomes


def _answer(value: msgspec.Raw, query: Query | None) -> _Answer:
    if bytes(value).strip() == _ABSENT:
        return _Answer(Outcome.COMPLETE)
    try:
        return _classify(fhir.RESOURCE.decode(value), query)
    except _MISFIT:
        return _one_by_one(value, query)


def _classify(resource: Resource, query: Query | None) -> _Answer:
    if resource.resource_type == "OperationOutcome":
        return _Answer(Outcome.FAILED)
    if resource.resource_type == "Bundle":
        entries = [(e.resource, e.search.mode if e.search else "") for e in resource.entry]
        return _searchset(entries, 0, resource.link, query)
    if resource.resource_type in READ_TYPES:
        asked = query is not None and resource.resource_type == query.type
        return _Answer(Outcome.COMPLETE if asked else Outcome.NOT_ASKED, [resource])
    return _Answer(Outcome.NOT_ASKED)


def _searchset(
    entries: Iterable[tuple[Resource | None, str]],
    skipped: int,
    links: Iterable[fhir.Link],
    query: Query | None,
) -> _Answer:
    """Outcome entries tell of the search itself; error and fatal ones make it partial."""
    read, failed = [], False
    for resource, mode in entries:
        if resource is None:
            continue
        if resource.resource_type == "OperationOutcome" or mode == "outcome":
            failed |= any(issue.severity in ("error", "fatal") for issue in resource.issue)
        elif resource.resource_type in READ_TYPES:
            read.append(resource)
    urls = {link.relation: link.url for link in links}
    incomplete = failed or ("next" in urls and not _reaches_horizon(read, query))
    partial = incomplete or bool(skipped)
    outcome = Outcome.PARTIAL if partial else Outcome.COMPLETE
    return _Answer(outcome, read, skipped, incomplete, _asks_for_a_visit(urls.get("self", "")))


def _asks_for_a_visit(search: str) -> bool:
    """Whether the client limited the search to one visit: nothing earlier can be known."""
    asked = parse_qs(urlsplit(search).query)
    return bool(asked.keys() & _VISIT) or _VISIT_CATEGORY in asked.get("category", [])


def _reaches_horizon(page: list[Resource], query: Query | None) -> bool:
    """Whether a newest-first page ends before the longest window began."""
    if query is None or query.horizon is None:
        return False
    times = [moment for resource in page if (moment := read_moment(_when(resource))) is not None]
    if len(times) < len(page) or not times:
        return False
    newest, oldest = max(t.last for t in times), min(t.last for t in times)
    descending = all(a.last >= b.first for a, b in itertools.pairwise(times))
    return descending and newest - oldest > query.horizon


def _when(resource: Resource) -> str:
    period = resource.effective_period or resource.performed_period or resource.period
    return (
        resource.effective_date_time
        or resource.performed_date_time
        or resource.issued
        or resource.authored
        or (period.start if period else "")
    )


def _one_by_one(value: msgspec.Raw, query: Query | None) -> _Answer:
    """A value with at least one bad resource: each entry is decoded by itself."""
    try:
        bundle = fhir.RAW_BUNDLE.decode(value)
    except _MISFIT:
        return _Answer(Outcome.NOT_ASKED)
    if bundle.resource_type != "Bundle":
        return _Answer(Outcome.NOT_ASKED)
    entries: list[tuple[Resource | None, str]] = []
    skipped = 0
    for raw in bundle.entry:
        try:
            entry = fhir.RAW_ENTRY.decode(raw)
            mode = entry.search.mode if entry.search else ""
            if fhir.KIND.decode(entry.resource).resource_type in {*READ_TYPES, "OperationOutcome"}:
                entries.append((fhir.RESOURCE.decode(entry.resource), mode))
        except _DAMAGED:
            skipped += 1
    return _searchset(entries, skipped, bundle.link, query)


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
