"""What the reader may know of the content: codes, units and the words that mean yes or no."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from cds_service.clinical.fact import Quantity
from cds_service.clinical.side import Side
from cds_service.content.codes import CodeBook, Meaning, qualified_side
from cds_service.content.models.codes import plain_unit
from cds_service.content.site.translations import SiteMap, Translation
from cds_service.fhir.resources import CodeableConcept
from cds_service.fhir.resources import Quantity as FhirQuantity


@dataclass(frozen=True, slots=True)
class Unit:
    """Factors to the canonical unit and the plausible range of one measurement (ruling 6)."""

    canonical: str
    factors: Mapping[str, float]
    plausible: tuple[float, float]
    bare: bool = False
    offsets: Mapping[str, float] = field(default_factory=dict)

    def convert(self, quantity: FhirQuantity) -> Quantity | None:
        """The value in the canonical unit, None when unit or value cannot be trusted."""
        if quantity.value is None or not math.isfinite(quantity.value):
            return None
        spelled = quantity.code or quantity.unit
        units = [u for u in map(plain_unit, (spelled, quantity.unit)) if u in self.factors]
        if not units and (spelled or not self.bare):
            return None
        unit = units[0] if units else ""
        value = quantity.value * self.factors.get(unit, 1.0) + self.offsets.get(unit, 0.0)
        low, high = self.plausible
        if not low <= value <= high:
            return None
        return Quantity(value, unit=self.canonical, comparator=quantity.comparator)


@dataclass(frozen=True, slots=True)
class Relatives:
    """Who is a first-degree relative, and which of their diseases answer a finding of ours."""

    first_degree: frozenset[str] = frozenset()
    diseases: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything needed to read values; `words` are the closed list of exact answers.

    `reported` are the findings that a report may state in its coded conclusion.
    """

    codes: CodeBook
    units: Mapping[str, Unit]
    present_words: frozenset[str]
    absent_words: frozenset[str]
    present_flags: frozenset[str]
    absent_flags: frozenset[str]
    pain_sites: Mapping[str, str]
    topical_routes: frozenset[str]
    text_only_window: timedelta
    relatives: Relatives = field(default_factory=Relatives)
    reported: frozenset[str] = frozenset()
    site: SiteMap = field(default_factory=SiteMap)

    def meanings(self, *concepts: CodeableConcept | None) -> tuple[Meaning, ...]:
        """What all codings of these concepts say; codes that nobody maps say nothing."""
        listed = self.listed(*concepts)
        if not self.site.translations:
            return listed
        translated = self.translations(*concepts)
        return listed + tuple(m for t in translated if t.plain for m in t.mentioned)

    def translations(self, *concepts: CodeableConcept | None) -> tuple[Translation, ...]:
        """What the site's maps say of all codings of these concepts."""
        if not self.site.translations:
            return ()
        return tuple(
            translation
            for concept in concepts
            if concept is not None
            for coding in concept.coding
            for translation in self.site.of(*self.codes.key(coding.system, coding.code))
        )

    def listed(self, *concepts: CodeableConcept | None) -> tuple[Meaning, ...]:
        """What the project's own tables say of them."""
        lookup = self.codes.meaning
        return tuple(
            meaning
            for concept in concepts
            if concept is not None
            for coding in concept.coding
            if (meaning := lookup(coding.system, coding.code)) is not None
        )


def denies(meanings: tuple[Meaning, ...], finding: str) -> bool:
    """Whether these codes, said to be absent, deny the finding and not merely one kind of it."""
    return any(finding in meaning.ids - meaning.kind_of for meaning in meanings)


def side_of(meanings: tuple[Meaning, ...], sites: tuple[Meaning, ...] = ()) -> Side:
    """Body site first, then the code's own side; unspecified when neither says."""
    for group in (sites, meanings):
        qualified = qualified_side(frozenset(q for m in group for q in m.qualifiers))
        if qualified is not Side.UNSPECIFIED:
            return qualified
        sides = {m.side for m in group if m.side is not Side.UNSPECIFIED}
        if len(sides) > 1:
            return Side.BOTH
        if sides:
            return sides.pop()
    return Side.UNSPECIFIED


def sites_of(meanings: tuple[Meaning, ...]) -> frozenset[str]:
    """All body sites named."""
    return frozenset(site for meaning in meanings for site in meaning.sites)


def names_other_site(concepts: list[CodeableConcept], known: tuple[Meaning, ...]) -> bool:
    """Whether a body site is given and none of its codings is one of ours."""
    given = sum(len(concept.coding) for concept in concepts)
    sides = sum(bool(meaning.qualifiers) for meaning in known)
    return given > sides and not sites_of(known)


def as_list(
    concepts: CodeableConcept | list[CodeableConcept] | None,
) -> list[CodeableConcept]:
    """One or many concepts as a list: FHIR types differ in cardinality."""
    if concepts is None:
        return []
    return concepts if isinstance(concepts, list) else [concepts]
