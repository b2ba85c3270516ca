"""Observation values in every form FHIR allows, read as present, absent or unknown."""

import re

from cds_service.clinical.fact import Quantity, Status
from cds_service.content.models.codes import plain_unit
from cds_service.facts.vocabulary import Vocabulary
from cds_service.fhir.resources import Component
from cds_service.fhir.resources import Quantity as FhirQuantity

_WORSE = "worsening"
_PRESENT = frozenset(
    {"present", "known_present", "finding_present", "mild", "moderate", "severe", _WORSE}
)
_ABSENT = frozenset({"absent", "definitely_not_present", "finding_absent"})
_BASIS = re.compile("feu|ddu")


def read_status(component: Component, vocabulary: Vocabulary) -> Status:
    """Boolean, then code, then interpretation, then the closed list of exact words.

    A code without any value was merely mentioned: unknown, never positive.
    """
    if component.data_absent_reason is not None:
        return Status.UNKNOWN
    if component.value_boolean is not None:
        return Status.PRESENT if component.value_boolean else Status.ABSENT
    for read in (_coded, _interpreted, _worded):
        status = read(component, vocabulary)
        if status is not Status.UNKNOWN:
            return status
    return Status.UNKNOWN


def _coded(component: Component, vocabulary: Vocabulary) -> Status:
    meanings = vocabulary.meanings(component.value_codeable_concept)
    qualifiers = {name for meaning in meanings for name in meaning.qualifiers}
    if qualifiers & _ABSENT or any(meaning.denied for meaning in meanings):
        return Status.ABSENT
    return Status.PRESENT if qualifiers & _PRESENT else Status.UNKNOWN


def _interpreted(component: Component, vocabulary: Vocabulary) -> Status:
    if component.value_quantity is not None or component.value_integer is not None:
        return Status.UNKNOWN
    flags = interpretation(component)
    if flags & vocabulary.absent_flags:
        return Status.ABSENT
    return Status.PRESENT if flags & vocabulary.present_flags else Status.UNKNOWN


def _worded(component: Component, vocabulary: Vocabulary) -> Status:
    word = (component.value_string or "").strip().lower()
    if word in vocabulary.present_words:
        return Status.PRESENT
    return Status.ABSENT if word in vocabulary.absent_words else Status.UNKNOWN


def interpretation(component: Component) -> frozenset[str]:
    """The interpretation codes, in capitals."""
    return frozenset(
        coding.code.strip().upper()
        for concept in component.interpretation
        for coding in concept.coding
    )


def says_worse(component: Component, vocabulary: Vocabulary) -> bool:
    """Whether value or interpretation says that the finding is getting worse (ruling 28)."""
    said = vocabulary.meanings(component.value_codeable_concept, *component.interpretation)
    coded = any(_WORSE in meaning.qualifiers for meaning in said)
    return coded or "W" in interpretation(component)


def has_number(component: Component) -> bool:
    """Whether a number was recorded at all, readable or not."""
    quantity = component.value_quantity
    return component.value_integer is not None or (
        quantity is not None and quantity.value is not None
    )


def read_quantity(component: Component, finding: str, vocabulary: Vocabulary) -> Quantity | None:
    """A measurement in its canonical unit; D-dimer keeps its unit as recorded."""
    quantity = component.value_quantity
    if quantity is None and component.value_integer is not None:
        quantity = FhirQuantity(value=float(component.value_integer))
    if quantity is None or quantity.value is None or component.data_absent_reason is not None:
        return None
    unit = vocabulary.units.get(finding)
    if unit is not None:
        return unit.convert(quantity)
    return Quantity(
        value=quantity.value,
        unit=quantity.unit,
        code=quantity.code,
        comparator=quantity.comparator,
        high=_upper_limit(component, quantity),
        flagged_high=bool(interpretation(component) & {"H", "HH", "HU"}),
    )


def _upper_limit(component: Component, measured: FhirQuantity) -> float | None:
    """The limit of the laboratory; one told in another unit cannot be compared with the value."""
    limits = (r.high for r in component.reference_range if r.high and r.high.value)
    return next((high.value for high in limits if _units(high) <= _units(measured)), None)


def _units(quantity: FhirQuantity) -> set[str]:
    """The spellings of its unit, without the basis of a D-dimer."""
    spelled = (plain_unit(text) for text in (quantity.code, quantity.unit))
    return {_BASIS.sub("", unit) for unit in spelled if unit}
