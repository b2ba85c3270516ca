"""Patient leaflets: the front block of `leaflet.<language>.md`, and `_common/leaflets.toml`."""

from datetime import date
from typing import Annotated

from pydantic import Field

from cds_service.content.models.base import Keys, Strict, Words


class LeafletFile(Strict):
    """One leaflet in one language; `evidence` names what stands behind each section."""

    title: Words
    lead: Words
    reviewed: date
    next_review: date
    signed_off: bool
    evidence: dict[str, Keys]
    body: Words


class SectionWords(Strict):
    """The headings, in the order of the page; the same in every leaflet of a language."""

    what: Words
    signs: Words
    emergency: Words
    today: Words
    tests: Words
    care: Words
    treatment: Words
    course: Words


class PageWords(Strict):
    """What stands around the text."""

    all: Words
    index_title: Words
    index_lead: Words
    languages: Words
    draft: Words
    general: Words
    contact: Words
    notes: Words
    evidence: Words
    sources: Words
    skip: Words
    reviewed: Words
    version: Words


class LanguageWords(Strict):
    """The words of one language; `passage` are lists that several leaflets hold word for word."""

    name: Words
    section: SectionWords
    passage: Annotated[dict[str, Words], Field(min_length=1)]
    page: PageWords
