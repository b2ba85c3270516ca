"""One answer to one query: a prefetch value or a fetched page, decoded and judged.

Absent is not asked, null and an empty searchset are known empty, an OperationOutcome is a
failure, a page with a `next` link is partial unless it reaches beyond the horizon.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import msgspec

from cds_service.clinical.fact import Outcome
from cds_service.fhir import resources as fhir
from cds_service.fhir.decision import Delivered, outcome_of
from cds_service.fhir.horizon import asks_for_a_visit, reaches_horizon
from cds_service.fhir.queries import READ_TYPES, Query
from cds_service.fhir.references import belongs_to, names_patient
from cds_service.fhir.resources import Resource
from cds_service.fhir.versions import (
    CHANGED,
    entry_of_another_version,
    of_another_version,
    raw_of_another_version,
)

_NULL = b"null"
# Forms and Bundles nest; one that nests beyond the stack is as damaged as one of the wrong shape.
_MISFIT = (msgspec.ValidationError, RecursionError)
_DAMAGED = (msgspec.DecodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer is held against; no query stands for the unsplit Observations.

    `ours` tells that this service asked: then nothing but what it asked for may answer.
    """

    query: Query | None
    patient_id: str
    ours: bool = False

    @property
    def strict(self) -> bool:
        """Whether nothing but resources that nobody reads is no answer."""
        return self.ours or (self.query is not None and self.query.required)

    def answered_by(self, resources: list[Resource]) -> bool:
        """Whether any of them is this patient's; of what we asked for, also of its type.

        A client may deliver the types we read under any of our keys.
        """
        wanted = self.query.type if self.query is not None and self.ours else None
        return any(
            not names_patient(r) or belongs_to(r, self.patient_id)
            for r in resources
            if wanted in (None, r.resource_type)
        )

    def ignored_by(self, resources: list[Resource]) -> bool:
        """Whether a server we asked about one patient answered about others as well."""
        return self.ours and any(
            names_patient(r) and not belongs_to(r, self.patient_id) for r in resources
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """The resources of one answer and what it is worth.

    `skipped` entries could not be decoded. `flawed` tells that the search itself reported an
    error, `of_visit` that it was limited to one visit, `other_version` that its resources are
    of a FHIR version that is not read. `next` is the address of the page that follows.
    """

    value: Delivered
    resources: list[Resource] = field(default_factory=list)
    skipped: int = 0
    flawed: bool = False
    of_visit: bool = False
    other_version: bool = False
    next: str = ""

    @property
    def outcome(self) -> Outcome:
        """What became of the query if this stays its answer."""
        return outcome_of(self.value)

    @property
    def damaged_only(self) -> bool:
        """Everything arrived, but at least one entry could not be decoded."""
        return self.skipped > 0 and not self.flawed and self.value is Delivered.FLAWED


def read_answer(value: msgspec.Raw, asked: Asked) -> Answer:
    """Decode one value; what does not fit is unusable, never an error."""
    if bytes(value).strip() == _NULL:
        return Answer(Delivered.NULL)
    try:
        return _classify(fhir.RESOURCE.decode(value), asked)
    except _MISFIT:
        return _one_by_one(value, asked)


def joined(pages: list[Answer], asked: Asked) -> Answer:
    """The answer that these pages make together, the first one first."""
    first, last = pages[0], pages[-1]
    return _judged(
        Answer(
            Delivered.KNOWN,
            [resource for page in pages for resource in page.resources],
            sum(page.skipped for page in pages),
            any(page.flawed for page in pages),
            first.of_visit,
            any(page.other_version for page in pages),
            last.next,
        ),
        asked,
    )


def _classify(resource: Resource, asked: Asked) -> Answer:
    if resource.resource_type == "OperationOutcome":
        return Answer(Delivered.FAILED)
    if resource.resource_type == "Bundle":
        entries = [(e.resource, e.search.mode if e.search else "") for e in resource.entry]
        return _searchset(entries, 0, resource.link, asked)
    if resource.resource_type not in READ_TYPES:
        return Answer(Delivered.UNUSABLE)
    if of_another_version(resource):
        return Answer(Delivered.UNUSABLE, other_version=True)
    wanted = asked.query is not None and resource.resource_type == asked.query.type
    usable = wanted and asked.answered_by([resource])
    return Answer(Delivered.KNOWN if usable else Delivered.UNUSABLE, [resource])


def _searchset(
    entries: Iterable[tuple[Resource | None, str]],
    skipped: int,
    links: Iterable[fhir.Link],
    asked: Asked,
) -> Answer:
    """Outcome entries tell of the search itself; error and fatal ones make it flawed."""
    read, failed, others = [], False, False
    for resource, mode in entries:
        if resource is None:
            continue
        if resource.resource_type == "OperationOutcome" or mode == "outcome":
            failed |= any(issue.severity in ("error", "fatal") for issue in resource.issue)
        elif resource.resource_type in READ_TYPES:
            read.append(resource)
        else:
            others = True
    if others and not read and asked.strict:
        return Answer(Delivered.UNUSABLE)
    urls = {link.relation: link.url for link in links}
    return _judged(
        Answer(
            Delivered.KNOWN,
            read,
            skipped,
            failed,
            asks_for_a_visit(urls.get("self", "")),
            any(of_another_version(r) for r in read if r.resource_type in CHANGED),
            urls.get("next", ""),
        ),
        asked,
    )


def _judged(answer: Answer, asked: Asked) -> Answer:
    """The same answer with its worth; what cannot be this patient's is unusable."""
    if answer.other_version:
        return Answer(Delivered.UNUSABLE, other_version=True)
    flawed = answer.flawed or asked.ignored_by(answer.resources)
    if answer.next and not reaches_horizon(answer.resources, asked.query):
        value = Delivered.PAGED
    elif _nothing_of_use(answer, asked):
        value = Delivered.UNUSABLE
    elif flawed or answer.skipped:
        value = Delivered.FLAWED
    else:
        value = Delivered.KNOWN if answer.resources else Delivered.EMPTY
    return replace(answer, value=value, flawed=flawed)


def _nothing_of_use(answer: Answer, asked: Asked) -> bool:
    """Whether what came is not what was asked for, or nothing of what came can be read."""
    if answer.resources:
        return not asked.answered_by(answer.resources)
    return answer.skipped > 0


def _one_by_one(value: msgspec.Raw, asked: Asked) -> Answer:
    """A value with at least one bad resource: each entry is decoded by itself."""
    try:
        bundle = fhir.RAW_BUNDLE.decode(value)
    except _MISFIT:
        return Answer(Delivered.UNUSABLE)
    if bundle.resource_type != "Bundle":
        return Answer(Delivered.UNUSABLE, other_version=raw_of_another_version(value))
    entries: list[tuple[Resource | None, str]] = []
    skipped = 0
    for raw in bundle.entry:
        try:
            entry = fhir.RAW_ENTRY.decode(raw)
            mode = entry.search.mode if entry.search else ""
            kind = fhir.KIND.decode(entry.resource).resource_type
            if kind in READ_TYPES or kind == "OperationOutcome":
                entries.append((fhir.RESOURCE.decode(entry.resource), mode))
            elif kind:
                entries.append((Resource(resource_type=kind), mode))
        except _DAMAGED:
            if entry_of_another_version(raw):
                return Answer(Delivered.UNUSABLE, other_version=True)
            skipped += 1
    return _searchset(entries, skipped, bundle.link, asked)
