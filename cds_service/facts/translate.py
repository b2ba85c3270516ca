"""Entries with a site's local codes, put into the words of the project's own CodeSystem.

What comes out is read by the same rules as an entry that carried our codes from the start.
"""

from typing import TypeVar

import msgspec

from cds_service.clinical.fact import Status
from cds_service.content.codes import Meaning
from cds_service.content.site.translations import Answer, Translation
from cds_service.facts.vocabulary import Vocabulary
from cds_service.fhir.resources import CodeableConcept, Component, Quantity

Part = TypeVar("Part", bound=Component)
_VALUES = (
    "value_boolean",
    "value_codeable_concept",
    "value_quantity",
    "value_integer",
    "value_string",
    "value_date_time",
)
_NO_VALUE = dict.fromkeys(_VALUES)


def translated(
    part: Component, vocabulary: Vocabulary
) -> list[tuple[Component, tuple[Meaning, ...]]]:
    """The part with what its code means; once more for each answer that the site translates."""
    listed = vocabulary.listed(part.code)
    translations = vocabulary.translations(part.code)
    if not translations:
        return [(part, listed)]
    held = [t for t in translations if _method_holds(t, part)]
    plain = [t for t in held if t.answer is None]
    answered = [t for t in held if t.answer is not None and _answer_holds(t, t.answer, part)]
    meanings = listed + tuple(meaning for t in plain for meaning in t.meanings)
    as_coded = [(_mentioning(_measured(part, plain), plain), meanings)] if meanings else []
    if answered:
        return [*as_coded, *((_answering(part, t), t.meanings) for t in answered)]
    # An answer the site does not list: the question was asked, what was found is not known.
    unread = [t for t in held if t.answer is not None and not _among(t, plain)]
    return [*as_coded, *((_without_value(part), t.meanings) for t in unread)]


def _among(translation: Translation, others: list[Translation]) -> bool:
    return any(translation.finding == other.finding for other in others)


def _measured(part: Part, translations: list[Translation]) -> Part:
    """A number without unit in the unit the site states for this code."""
    unit = next((t.unit for t in translations if t.unit), "")
    quantity = part.value_quantity
    if quantity is None and part.value_integer is not None:
        quantity = Quantity(value=float(part.value_integer))
    if not unit or quantity is None or quantity.unit or quantity.code:
        return part
    measured = msgspec.structs.replace(quantity, unit=unit, code=unit)
    return msgspec.structs.replace(part, value_quantity=measured, value_integer=None)


def _mentioning(part: Part, translations: list[Translation]) -> Part:
    """The status that a mere mention has at this site, where nothing else was recorded."""
    says = next((t.says for t in translations if t.says is not None), None)
    silent = part.data_absent_reason is None and not part.interpretation
    if says is None or not silent or any(getattr(part, name) is not None for name in _VALUES):
        return part
    return _saying(part, says)


def _answering(part: Part, translation: Translation) -> Part:
    if translation.value is not None:
        unit = translation.unit
        number = Quantity(value=translation.value, unit=unit, code=unit)
        return msgspec.structs.replace(part, **_NO_VALUE | {"value_quantity": number})
    return _saying(part, translation.says or Status.UNKNOWN)


def _saying(part: Part, says: Status) -> Part:
    if says is Status.UNKNOWN:
        return _without_value(part)
    return msgspec.structs.replace(part, **_NO_VALUE | {"value_boolean": says is Status.PRESENT})


def _without_value(part: Part) -> Part:
    return msgspec.structs.replace(part, **_NO_VALUE, interpretation=[])


def _method_holds(translation: Translation, part: Component) -> bool:
    if translation.method is None:
        return True
    return _coded(translation.method, part.method, translation.system)


def _answer_holds(translation: Translation, answer: Answer, part: Component) -> bool:
    if part.data_absent_reason is not None:
        return False
    if _coded(answer, part.value_codeable_concept, translation.system):
        return True
    return not answer.system and answer.code.casefold() in _words(part)


def _coded(answer: Answer, concept: CodeableConcept | None, source: str) -> bool:
    """Whether the concept carries the code; without a system it is the site's own or bare."""
    systems = (answer.system,) if answer.system else ("", source)
    return concept is not None and any(
        coding.code.strip() == answer.code and coding.system.strip() in systems
        for coding in concept.coding
    )


def _words(part: Component) -> frozenset[str]:
    """The recorded value as an exact word or number."""
    said = [part.value_string or ""]
    if part.value_codeable_concept is not None:
        said.append(part.value_codeable_concept.text)
    if part.value_boolean is not None:
        said.append("true" if part.value_boolean else "false")
    if part.value_integer is not None:
        said.append(str(part.value_integer))
    quantity = part.value_quantity
    if quantity is not None and quantity.value is not None and not quantity.comparator:
        said.append(f"{quantity.value:g}")
    return frozenset(word.strip().casefold() for word in said if word.strip())
