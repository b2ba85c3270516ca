"""Findings, code systems and units of `_codes/`."""

import re
from typing import Annotated, Literal

from pydantic import Field

from cds_service.content.models.base import Keys, Span, Strict, Words


class FindingModel(Strict):
    """One finding of `_codes/findings.toml`."""

    display: Words
    definition: Words | None = None
    present: Words | None = None
    absent: Words | None = None
    reading: Literal["safety", "item", "test", "history"]
    window_days: Annotated[Span, Field(ge=1)] | None = None
    weak_sites: Keys | None = None
    weak_side: bool = False
    undated: bool = False
    reported: bool = False
    named: bool = False
    implies: Keys = ()


class Term(Strict):
    """A displayed term that is not a finding."""

    display: Words


class Defaults(Strict):
    """Defaults of findings, and the readers of codes that the rules use."""

    weak_sites: Keys
    readers: Keys


class Answers(Strict):
    """Closed lists of answers that may be read."""

    present_words: Keys
    absent_words: Keys
    present_flags: Keys
    absent_flags: Keys
    topical_routes: Keys
    text_only_days: Span


class RelativesModel(Strict):
    """First-degree relatives by HL7 RoleCode, and which of their diseases answer a finding."""

    first_degree: Keys
    diseases: dict[str, Keys]


class FindingsFile(Strict):
    """`_codes/findings.toml`."""

    defaults: Defaults
    carriers: dict[str, Keys]
    pain_sites: dict[str, str]
    answers: Answers
    relatives: RelativesModel
    denied_by: dict[str, Keys]
    finding: dict[str, FindingModel]
    term: dict[str, Term]


class SystemModel(Strict):
    """One code system of `_codes/systems.toml`."""

    uris: Keys
    dotted: bool = False


class UnitModel(Strict):
    """One measurement of `_codes/units.toml`; `decimals` fixes how many are shown."""

    canonical: Words
    plausible: Annotated[tuple[float, float], Field(strict=False)]
    factors: dict[str, float]
    offsets: dict[str, float] = Field(default_factory=dict)
    bare: bool = False
    decimals: Annotated[int, Field(ge=0, le=9)] | None = None


def plain_unit(unit: str) -> str:
    """A unit as the spellings of `factors` are compared."""
    return re.sub(r"[\s{}\[\]]+", "", unit).lower()
