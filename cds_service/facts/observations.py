"""Observations and their components read as statements."""

from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.clinical.fact import Quantity, Statement, Status, Strength
from cds_service.clinical.moment import Moment
from cds_service.clinical.side import Side
from cds_service.content.codes import Meaning
from cds_service.facts.conditions import names_encounter
from cds_service.facts.translate import translated
from cds_service.facts.values import has_number, read_quantity, read_status, says_worse
from cds_service.facts.vocabulary import (
    Vocabulary,
    as_list,
    denies,
    names_other_site,
    side_of,
    sites_of,
)
from cds_service.fhir.chart import Chart
from cds_service.fhir.resources import Component, Resource
from cds_service.fhir.times import read_moment

_USED = frozenset({"final", "amended", "corrected"})
_REGISTERED = "registered"
_NOT_YET = frozenset({"preliminary", _REGISTERED})
_ASKED = frozenset({"reader:chief_complaint", "reader:pregnancy_status"})
_PAIN_SCORE = "reader:pain_score"


@dataclass(frozen=True, slots=True)
class _Parent:
    """What all components of one Observation share."""

    resource: Resource
    side: Side
    sites: frozenset[str]
    elsewhere: bool
    onset: Moment | None
    noted: Moment | None
    issued_only: bool
    in_encounter: bool
    other_encounter: bool
    by_practitioner: bool


@dataclass(frozen=True, slots=True)
class _Said:
    """What one part says of one finding."""

    finding: str
    status: Status
    strength: Strength
    meanings: tuple[Meaning, ...]
    quantity: Quantity | None = None
    unit_refused: bool = False
    worse: bool = False


def read_observation(
    resource: Resource, vocabulary: Vocabulary, chart: Chart
) -> Iterator[Statement]:
    """Statements of the Observation itself and of each component by the same rules."""
    status = resource.status.strip()
    if status not in _USED | _NOT_YET:
        return
    parts = [
        pair for part in (resource, *resource.component) for pair in translated(part, vocabulary)
    ]
    if not any(meanings or _asserts(part) for part, meanings in parts):
        return
    parent = _parent(resource, vocabulary, chart)
    for part, meanings in parts:
        if meanings:
            yield from _read_part(part, meanings, vocabulary, parent)
        yield from _asserted(part, meanings, vocabulary, parent)


def _parent(resource: Resource, vocabulary: Vocabulary, chart: Chart) -> _Parent:
    places = vocabulary.meanings(*as_list(resource.body_site))
    period = resource.effective_period
    noted = read_moment(
        resource.effective_date_time
        or resource.effective_instant
        or (period.end or period.start if period else "")
    )
    issued = read_moment(resource.issued) if noted is None else None
    start = read_moment(period.start) if period else None
    here = names_encounter(resource, chart)
    elsewhere = resource.encounter is not None and bool(chart.encounter_id)
    return _Parent(
        resource=resource,
        side=side_of((), places),
        sites=sites_of(places),
        elsewhere=names_other_site(as_list(resource.body_site), places),
        onset=start,
        noted=noted or issued,
        issued_only=noted is None,
        in_encounter=here,
        other_encounter=elsewhere and not here,
        by_practitioner=_by_practitioner(resource),
    )


def _by_practitioner(resource: Resource) -> bool:
    performers = (
        resource.performer if isinstance(resource.performer, list) else [resource.performer]
    )
    return any(
        part in ("Practitioner", "PractitionerRole")
        for performer in performers
        for part in performer.reference.split("/")
    )


def _asserts(part: Component) -> bool:
    return part.code is not None and any(c.code == "ASSERTION" for c in part.code.coding)


def _read_part(
    part: Component, meanings: tuple[Meaning, ...], vocabulary: Vocabulary, parent: _Parent
) -> Iterator[Statement]:
    status = read_status(part, vocabulary)
    worse = says_worse(part, vocabulary)
    for finding, strength in {f: s for m in meanings for f, s in m.findings}.items():
        quantity = read_quantity(part, finding, vocabulary)
        refused = quantity is None and has_number(part)
        told = status
        if status is Status.ABSENT and not denies(meanings, finding):
            told = Status.UNKNOWN
        said = _Said(finding, told, strength, meanings, quantity, refused, worse)
        yield _statement(said, parent, part)
        if finding == _PAIN_SCORE and quantity is not None:
            shown = Status.PRESENT if quantity.value > 0 else Status.ABSENT
            for site in parent.sites & vocabulary.pain_sites.keys():
                said = _Said(vocabulary.pain_sites[site], shown, Strength.STRONG, meanings)
                yield _statement(said, parent, part)


def _asserted(
    part: Component, meanings: tuple[Meaning, ...], vocabulary: Vocabulary, parent: _Parent
) -> Iterator[Statement]:
    """The value names the finding where the code only asks: assertion, complaint, pregnancy."""
    asked = any(meaning.ids & _ASKED for meaning in meanings)
    if not (asked or _asserts(part)):
        return
    for answer in vocabulary.meanings(part.value_codeable_concept):
        for finding, strength in answer.findings:
            yield _statement(_Said(finding, Status.PRESENT, strength, (answer,)), parent, part)
        for finding in answer.denied:
            said = _Said(finding, Status.ABSENT, Strength.STRONG, (answer,))
            yield _statement(said, parent, part)


def _statement(said: _Said, parent: _Parent, part: Component) -> Statement:
    """What is only registered has no result yet, whatever stands in its value."""
    status = parent.resource.status.strip()
    registered = status == _REGISTERED
    side = parent.side if parent.side is not Side.UNSPECIFIED else side_of(said.meanings)
    return Statement(
        finding=said.finding,
        status=Status.UNKNOWN if registered else said.status,
        source=parent.resource.reference,
        strength=said.strength,
        side=side,
        sites=parent.sites | sites_of(said.meanings),
        onset=parent.onset or parent.noted,
        onset_assumed=parent.onset is None,
        noted=parent.noted,
        issued_only=parent.issued_only,
        preliminary=status in _NOT_YET,
        worse=said.worse,
        by_practitioner=parent.by_practitioner,
        in_encounter=parent.in_encounter,
        other_encounter=parent.other_encounter,
        elsewhere=parent.elsewhere,
        unit_refused=said.unit_refused,
        codes=tuple(meaning.key for meaning in said.meanings),
        quantity=None if registered else said.quantity,
        moment_value=read_moment(part.value_date_time or ""),
    )
