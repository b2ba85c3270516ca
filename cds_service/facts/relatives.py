"""Family history: what a first-degree relative has, read only where a table asks for it.

A relative's disease is never the patient's own.
"""

from collections.abc import Iterator

from cds_service.clinical.fact import Statement, Status
from cds_service.facts.vocabulary import Vocabulary
from cds_service.fhir.chart import Chart
from cds_service.fhir.resources import CodeableConcept, Resource
from cds_service.fhir.times import read_moment

_TOLD = frozenset({"completed", "partial"})
_ROLES = "rolecode"


def read_relative(resource: Resource, vocabulary: Vocabulary, chart: Chart) -> Iterator[Statement]:
    """One statement for each question of ours that this relative answers with yes."""
    del chart
    if resource.status.strip() not in _TOLD or not _first_degree(resource.relationship, vocabulary):
        return
    meanings = vocabulary.meanings(*(told.code for told in resource.condition))
    told = frozenset(finding for meaning in meanings for finding in meaning.ids)
    for finding, diseases in vocabulary.relatives.diseases.items():
        if told & diseases:
            yield Statement(
                finding=finding,
                status=Status.PRESENT,
                source=resource.reference,
                noted=read_moment(resource.date),
                codes=tuple(meaning.key for meaning in meanings if meaning.ids & diseases),
            )


def _first_degree(relationship: CodeableConcept | None, vocabulary: Vocabulary) -> bool:
    """Parent, child, brother or sister; an unknown or uncoded relationship is not."""
    codings = relationship.coding if relationship else []
    return any(
        vocabulary.codes.system(coding.system) == _ROLES
        and coding.code.strip() in vocabulary.relatives.first_degree
        for coding in codings
    )
