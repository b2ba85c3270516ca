"""Patient leaflets: read in every language, their sections parted, shared passages put in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cds_service.content.files import ContentReader
from cds_service.content.fill import Template
from cds_service.content.models.leaflet import LanguageWords, LeafletFile

PATTERN = "leaflet.*.md"
WORDS = "leaflets.toml"
_HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """One section as it stands in the file; `id` is None under a heading that is not known."""

    id: str | None
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Leaflet:
    """One leaflet in one language; `before` is what stands above its first heading."""

    topic: str
    language: str
    file: LeafletFile
    before: str
    sections: tuple[Section, ...]

    @property
    def name(self) -> str:
        """Its file below the content folder."""
        return f"{self.topic}/{PATTERN.replace('*', self.language)}"


@dataclass(frozen=True, slots=True)
class Leaflets:
    """Every leaflet, by topic and language, and the words of each language."""

    words: Mapping[str, LanguageWords]
    by_topic: Mapping[str, Mapping[str, Leaflet]]

    def all(self) -> Iterator[Leaflet]:
        """Each leaflet in each language."""
        for leaflets in self.by_topic.values():
            yield from leaflets.values()

    def cited(self, topic: str) -> frozenset[str]:
        """Every evidence key that the leaflet of a topic names."""
        return frozenset(
            key
            for leaflet in self.by_topic.get(topic, {}).values()
            for keys in leaflet.file.evidence.values()
            for key in keys
        )

    def text(self, leaflet: Leaflet, section: Section) -> str:
        """A section in Markdown, with the shared passages in their places."""
        passages = self.words[leaflet.language].passage
        return Template.compile(section.text).fill(passages).strip()


def read_leaflets(reader: ContentReader, folder: Path) -> Leaflets:
    """The leaflets of all topics; what is wrong with a file is reported."""
    shared = folder / "_common" / WORDS
    named = reader.toml(shared)
    words = {
        language: model
        for language, table in named.items()
        if (model := reader.validate(shared, LanguageWords, table, language))
    }
    by_topic: dict[str, dict[str, Leaflet]] = {}
    for path in sorted(folder.glob(f"*/{PATTERN}")):
        if language_of(path) not in named:
            reader.report(
                path, f"{language_of(path)} is no language of _common/{WORDS}; add it there"
            )
        elif leaflet := read_leaflet(reader, path, words):
            by_topic.setdefault(leaflet.topic, {})[leaflet.language] = leaflet
    return Leaflets(words, by_topic)


def language_of(path: Path) -> str:
    """Of the file of a leaflet."""
    return path.suffixes[0].removeprefix(".")


def read_leaflet(
    reader: ContentReader, path: Path, words: Mapping[str, LanguageWords]
) -> Leaflet | None:
    """One leaflet in a language whose words are known; what is wrong with it is reported."""
    topic, language = path.parent.name, language_of(path)
    file = reader.marked(path, LeafletFile)
    return _parted(topic, language, file, words[language]) if file and language in words else None


def _parted(topic: str, language: str, file: LeafletFile, words: LanguageWords) -> Leaflet:
    ids = {heading: name for name, heading in words.section.model_dump().items()}
    before, *parts = _HEADING.split(file.body)
    sections = tuple(
        Section(ids.get(heading), heading, text.strip())
        for heading, text in zip(parts[::2], parts[1::2], strict=True)
    )
    return Leaflet(topic, language, file, before.strip(), sections)
