"""Checks that a leaflet is whole, the same in every language, and tells when to get help."""

import re
from collections.abc import Iterator

from cds_service.content.fill import Template
from cds_service.content.leaflets import WORDS, Leaflet, Leaflets
from cds_service.content.library import Library
from cds_service.content.models.leaflet import SectionWords

SAFETY_NET = ("emergency", "today")
_ORDER = tuple(SectionWords.model_fields)
# Whatever a leaflet does not need would print badly, or lead a patient away from it.
_MARKUP = {
    re.compile(r"<[a-z!/]", re.IGNORECASE): "HTML",
    re.compile(r"\]\(|https?://|www\."): "a link",
    re.compile(r"^\|", re.MULTILINE): "a table",
    re.compile(r"^#", re.MULTILINE): "a heading of another level",
}


def check_leaflets(library: Library) -> Iterator[tuple[str, str]]:
    """File and sentence of every problem."""
    leaflets = library.leaflets
    yield from ((f"_common/{WORDS}", sentence) for sentence in _words(leaflets))
    for topic, languages in leaflets.by_topic.items():
        for language in sorted(set(leaflets.words) - set(languages)):
            name = f"{topic}/leaflet.{language}.md"
            yield name, "the file is missing; a leaflet is written in every language"
    known = {key for entries in library.evidence.values() for key in entries}
    known |= set(library.literature.evidence)
    for leaflet in leaflets.all():
        if leaflet.topic not in library.topics:
            yield leaflet.name, "its folder is no topic; move it to the folder of its topic"
        for sentence in (
            *_sections(leaflet, leaflets),
            *_texts(leaflet, leaflets),
            *_evidence(leaflet, known),
            *_differences(leaflet, leaflets),
        ):
            yield leaflet.name, sentence


def _words(leaflets: Leaflets) -> Iterator[str]:
    """Every language has every passage, and every passage is used."""
    named = {name for words in leaflets.words.values() for name in words.passage}
    used = {
        name
        for leaflet in leaflets.all()
        for section in leaflet.sections
        for name in Template.compile(section.text).names
    }
    for language, words in leaflets.words.items():
        for name in sorted(named - set(words.passage)):
            yield f"{language}.passage.{name}: missing; another language has it"
    for name in sorted(named - used):
        yield f"passage {name}: used by no leaflet; remove it"


def _sections(leaflet: Leaflet, leaflets: Leaflets) -> Iterator[str]:
    headings = leaflets.words[leaflet.language].section.model_dump()
    if leaflet.before:
        yield "text stands above the first heading; move it into `lead` or below a heading"
    for section in leaflet.sections:
        if section.id is None:
            yield f"heading {section.heading!r}: not one of _common/{WORDS}; use one of those"
        if not section.text:
            yield f"heading {section.heading!r}: nothing stands below it; write it or remove it"
    ids = [section.id for section in leaflet.sections if section.id]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"heading {headings[name]!r}: used twice; put both texts under one"
    if ids != sorted(ids, key=_ORDER.index):
        yield f"the headings are not in the order of _common/{WORDS}; move the sections"
    for name in SAFETY_NET:
        if name not in ids:
            yield f"section {headings[name]!r}: missing; every leaflet tells when to get help"


def _texts(leaflet: Leaflet, leaflets: Leaflets) -> Iterator[str]:
    passages = leaflets.words[leaflet.language].passage
    for section in leaflet.sections:
        template = Template.compile(section.text)
        literal = "".join(template.pieces)
        if "{{" in literal or "}}" in literal:
            yield f"{section.heading!r}: a passage is not written as {{{{ name }}}} in lower case"
        for name in sorted(set(template.names) - set(passages)):
            yield f"{section.heading!r}: there is no passage {name} in _common/{WORDS}"
        for pattern, what in _MARKUP.items():
            if pattern.search(literal):
                yield f"{section.heading!r}: holds {what}; use paragraphs, lists and bold only"


def _evidence(leaflet: Leaflet, known: set[str]) -> Iterator[str]:
    written = {section.id for section in leaflet.sections}
    for section, keys in leaflet.file.evidence.items():
        if section not in written:
            yield f"evidence.{section}: this leaflet has no such section"
        for key in sorted(set(keys) - known):
            yield f"evidence.{section}: {key} is in no evidence.toml"


def _differences(leaflet: Leaflet, leaflets: Leaflets) -> Iterator[str]:
    """What differs from the first language; the translations say the same and cite the same."""
    first = leaflets.by_topic[leaflet.topic].get(next(iter(leaflets.words)))
    if first is None or first is leaflet:
        return
    if [s.id for s in leaflet.sections] != [s.id for s in first.sections]:
        yield f"the sections are not those of {first.name}; give both the same"
    if leaflet.file.evidence != first.file.evidence:
        yield f"evidence: not that of {first.name}; both cite the same keys for each section"
