"""Conditions read as statements: verification, currency, side, onset and last record."""

from collections.abc import Iterator

from cds_service.clinical.fact import Statement, Status, Strength
from cds_service.clinical.moment import Moment
from cds_service.facts.vocabulary import (
    Vocabulary,
    as_list,
    denies,
    names_other_site,
    side_of,
    sites_of,
)
from cds_service.fhir.chart import Chart
from cds_service.fhir.references import local
from cds_service.fhir.resources import CodeableConcept, Resource
from cds_service.fhir.times import read_moment

_CURRENT = frozenset({"active", "recurrence", "relapse"})
_WORSE = frozenset({"recurrence", "relapse"})
_PAST = frozenset({"inactive", "remission", "resolved"})
_DOUBTFUL = frozenset({"unconfirmed", "provisional", "differential"})


def read_condition(
    resource: Resource, vocabulary: Vocabulary, chart: Chart, named: frozenset[str]
) -> Iterator[Statement]:
    """Refuted is absent; provisional is suspected; entered-in-error does not exist.

    That one kind of a finding is refuted says nothing of the others.

    `named` are the references that the current encounter names as its reasons or diagnoses; a
    problem that was just added to the list is named as well.
    """
    verification = code_of(resource.verification_status)
    meanings = vocabulary.meanings(resource.code)
    if verification == "entered-in-error" or not meanings:
        return
    places = vocabulary.meanings(*as_list(resource.body_site))
    clinical = code_of(resource.clinical_status)
    onset, noted = _times(resource)
    in_encounter = names_encounter(resource, chart)
    just_added = any(resource is problem for problem in chart.problems or ())
    refuted = verification == "refuted"
    denied = {finding for m in meanings for finding in m.denied}
    found = {token: strength for m in meanings for token, strength in m.findings}
    for finding in (*found, *denied):
        if refuted and finding not in denied and not denies(meanings, finding):
            continue
        status = Status.ABSENT if refuted or finding in denied else Status.PRESENT
        yield Statement(
            finding=finding,
            status=status,
            source=resource.reference,
            strength=found.get(finding, Strength.STRONG),
            side=side_of(meanings, places),
            sites=sites_of(places) | sites_of(meanings),
            elsewhere=names_other_site(as_list(resource.body_site), places),
            onset=onset or noted,
            onset_assumed=onset is None,
            noted=noted or onset,
            suspected=verification in _DOUBTFUL,
            current=_currency(resource, clinical),
            named=resource.reference in named or in_encounter or just_added,
            worse=clinical in _WORSE,
            in_encounter=in_encounter,
            codes=tuple(m.key for m in meanings),
        )


def code_of(concept: CodeableConcept | None) -> str:
    """The first code of a status concept, without stray blanks."""
    return concept.coding[0].code.strip() if concept and concept.coding else ""


def names_encounter(resource: Resource, chart: Chart) -> bool:
    """Whether the resource was recorded in the encounter of the hook's context."""
    if not (chart.encounter_id and resource.encounter):
        return False
    return local(resource.encounter) == f"Encounter/{chart.encounter_id}"


def _currency(resource: Resource, clinical: str) -> bool | None:
    """Without a clinical status the abatement decides; without either nothing is said."""
    if clinical in _CURRENT:
        return True
    if clinical in _PAST:
        return False
    abated = resource.abatement_date_time or resource.abatement_period or resource.abatement_boolean
    return False if abated else None


def _times(resource: Resource) -> tuple[Moment | None, Moment | None]:
    start = resource.onset_period.start if resource.onset_period else ""
    onset = read_moment(resource.onset_date_time or start)
    return onset, read_moment(resource.recorded_date)
