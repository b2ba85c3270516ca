"""QuestionnaireResponses: each answer is read as the Observation it would otherwise have been.

A question is known by its link id (`slr.left`) in responses to the project's own Questionnaire or
to none named, by its code or definition, or by a site's map of another questionnaire's link ids.
"""

from collections.abc import Iterator

from cds_service.clinical.fact import Statement
from cds_service.content.codes import OWN
from cds_service.content.questionnaire import QUESTIONNAIRE
from cds_service.facts.observations import read_observation
from cds_service.facts.vocabulary import Vocabulary
from cds_service.fhir.chart import Chart
from cds_service.fhir.resources import (
    Answer,
    CodeableConcept,
    Coding,
    Item,
    Quantity,
    Reference,
    Resource,
)

_USED = {"completed": "final", "amended": "amended"}
_SNOMED = "http://snomed.info/sct"
_SIDES = {"left": "7771000", "right": "24028007", "both": "51440002"}


def read_answers(resource: Resource, vocabulary: Vocabulary, chart: Chart) -> Iterator[Statement]:
    """Statements of every answered question; what was left unanswered stays unknown."""
    status = _USED.get(resource.status.strip())
    if status is None:
        return
    for number, (item, answer) in enumerate(_answers(resource.item)):
        code, site = _question(item, resource.questionnaire, vocabulary)
        if not code.coding:
            continue
        entry = _entry(answer)
        entry.resource_type, entry.id = resource.resource_type, f"{resource.id}#{number:03d}"
        entry.status, entry.code, entry.body_site = status, code, site
        entry.encounter, entry.performer = resource.encounter, _answered_by(resource)
        entry.effective_date_time = resource.authored
        yield from read_observation(entry, vocabulary, chart)


def _answers(items: list[Item]) -> Iterator[tuple[Item, Answer]]:
    """Every answer in the order of the form, those of nested questions included."""
    waiting = list(reversed(items))
    while waiting:
        item = waiting.pop()
        nested = [*item.item]
        for answer in item.answer:
            yield item, answer
            nested += answer.item
        waiting += reversed(nested)


def _question(
    item: Item, questionnaire: str, vocabulary: Vocabulary
) -> tuple[CodeableConcept, CodeableConcept | None]:
    """What was asked, and the side it was asked for."""
    own = vocabulary.codes.address(OWN)
    names = [name.partition(".") for name in _names(item, questionnaire, own)]
    codings = [
        *item.code,
        Coding(system=questionnaire.partition("|")[0], code=item.link_id),
        *(Coding(system=own, code=finding) for finding, _, _ in names),
    ]
    code = CodeableConcept([c for c in codings if _is_known(c, vocabulary)])
    sides = [_SIDES[side] for _, _, side in names if side in _SIDES]
    return code, CodeableConcept([Coding(_SNOMED, side) for side in sides]) if sides else None


def _names(item: Item, questionnaire: str, own: str) -> Iterator[str]:
    """Finding ids, each with its side; link ids of other questionnaires are words of their own."""
    definition = item.definition.strip()
    if definition.startswith(own):
        yield definition.removeprefix(own).lstrip("#|/")
    if questionnaire.partition("|")[0].strip() in ("", QUESTIONNAIRE):
        yield item.link_id.strip()


def _is_known(coding: Coding, vocabulary: Vocabulary) -> bool:
    concept = CodeableConcept([coding])
    return bool(vocabulary.listed(concept) or vocabulary.translations(concept))


def _entry(answer: Answer) -> Resource:
    """The value as an Observation has it."""
    quantity = answer.value_quantity
    if quantity is None and answer.value_decimal is not None:
        quantity = Quantity(value=answer.value_decimal)
    coding = answer.value_coding
    return Resource(
        value_boolean=answer.value_boolean,
        value_codeable_concept=CodeableConcept([coding]) if coding else None,
        value_quantity=quantity,
        value_integer=answer.value_integer,
        value_string=answer.value_string,
        value_date_time=answer.value_date_time or answer.value_date,
    )


def _answered_by(resource: Resource) -> list[Reference]:
    """The author; a form that somebody else answered is not the author's own judgement."""
    authors = resource.author if isinstance(resource.author, list) else [resource.author]
    if isinstance(resource.source, Reference):
        return [resource.source]
    return authors
