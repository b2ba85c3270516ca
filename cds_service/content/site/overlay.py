"""A site's own numbers, review dates and words for topics that ship; `docs/site-overlay.md`.

The site's `cards/` mirrors the shipped folder. Whatever it may not change is refused in a sentence
before the service starts; what it changes is checked as the shipped content is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from cds_service.clinical.rulebook import Row, TopicRules
from cds_service.content.check import check
from cds_service.content.compile import compile_topic
from cds_service.content.files import ContentReader
from cds_service.content.leaflets import PATTERN, Leaflet, Leaflets
from cds_service.content.library import SERVICE, Library, version_of
from cds_service.content.models.card import CardFile
from cds_service.content.models.overlay import SiteCardFile, SiteTopicFile, SiteWindowsFile
from cds_service.content.models.topic import TopicFile, Window
from cds_service.content.site.leaflet_words import own_leaflet
from cds_service.content.site.numbers import site_thresholds, site_windows
from cds_service.content.site.rewording import reworded
from cds_service.content.site.switched_off import refused_off
from cds_service.errors import SiteError

CARDS = "cards"
_PLACE = f"LEGPAIN_SITE/{CARDS}/"
_TOPIC, _WINDOWS = "topic.toml", "_common/windows.toml"
_REVIEW = ("owner", "reviewed", "next_review", "signed_off")
_STRANGE = (
    "no file that a site may bring; allowed are topic.toml, cards and leaflets of a topic that "
    "ships, and _common/windows.toml; rename or remove it"
)


def with_overlay(library: Library, site: Path | None) -> Library:
    """The library with what the site changes in it; its version names the change.

    Raises SiteError with one sentence per problem.
    """
    folder = site / CARDS if site else None
    if folder is None or not folder.is_dir():
        return library
    reader = ContentReader(folder, _PLACE)
    changed = _Changed()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        _read(path, reader, library, changed)
    _stop(reader)
    made = _applied(library, changed, version_of(folder))
    _check(made, reader)
    return made


@dataclass(slots=True)
class _Changed:
    """Everything of the library that the site replaces."""

    topics: dict[str, TopicFile] = field(default_factory=dict)
    cards: dict[str, CardFile] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    leaflets: list[Leaflet] = field(default_factory=list)
    off: set[str] = field(default_factory=set)


def _read(path: Path, reader: ContentReader, library: Library, changed: _Changed) -> None:
    name = path.relative_to(reader.root).as_posix()
    topic = path.parent.name
    if name == _WINDOWS:
        found = reader.model(path, SiteWindowsFile)
        given = found.windows if found else {}
        changed.windows |= site_windows(reader, path, given, library.shared_windows)
    elif path.parent.parent != reader.root or topic == SERVICE or topic not in library.topics:
        reader.report(path, _STRANGE)
    elif path.name == _TOPIC:
        _read_topic(path, reader, library, changed)
    elif path.suffix == ".md" and library.topic_of_card.get(path.stem) == topic:
        card = reader.marked(path, SiteCardFile, id=path.stem)
        if card is not None:
            changed.cards[path.stem] = reworded(reader, path, card, library)
    elif path.match(PATTERN) and topic in library.leaflets.by_topic:
        changed.leaflets += own_leaflet(reader, path, library.leaflets)
    else:
        reader.report(path, _STRANGE)


def _read_topic(path: Path, reader: ContentReader, library: Library, changed: _Changed) -> None:
    shipped = library.topics[path.parent.name]
    found = reader.model(path, SiteTopicFile)
    if found is None:
        return
    thresholds = site_thresholds(reader, path, found.thresholds, shipped.thresholds)
    windows = site_windows(reader, path, found.windows, shipped.windows)
    review = {key: value for key in _REVIEW if (value := getattr(found, key)) is not None}
    changed.topics[shipped.id] = shipped.model_copy(
        update={
            **review,
            "thresholds": {**shipped.thresholds, **thresholds},
            "windows": {**shipped.windows, **windows},
        }
    )
    for sentence in refused_off(found.off, shipped, library):
        reader.report(path, f"off: {sentence}")
    changed.off |= set(found.off)


def _applied(library: Library, changed: _Changed, version: str) -> Library:
    topics = {**library.topics, **changed.topics}
    windows = {**library.shared_windows, **changed.windows}
    off = frozenset(changed.off)
    rules = {name: _silenced(compile_topic(file, windows), off) for name, file in topics.items()}
    return replace(
        library,
        version=f"{library.version}+{version}",
        rulebook=replace(library.rulebook, topics=rules),
        topics=topics,
        cards={**library.cards, **changed.cards},
        leaflets=_with_leaflets(library.leaflets, changed.leaflets),
        shared_windows=windows,
        switched_off=off,
    )


def _with_leaflets(leaflets: Leaflets, own: list[Leaflet]) -> Leaflets:
    by_topic = {topic: dict(languages) for topic, languages in leaflets.by_topic.items()}
    for leaflet in own:
        by_topic[leaflet.topic][leaflet.language] = leaflet
    return replace(leaflets, by_topic=by_topic)


def _silenced(rules: TopicRules, off: frozenset[str]) -> TopicRules:
    """A row whose card is switched off still concludes its state, and says nothing."""
    return replace(rules, rows=tuple(_silent(r) if r.card in off else r for r in rules.rows))


def _silent(row: Row) -> Row:
    return replace(row, card=None, indicator=None, tier=None, variant=None)


def _check(library: Library, reader: ContentReader) -> None:
    """The checks of the shipped content, each told of the file that the site brought."""
    found = ContentReader(reader.root, _PLACE)
    check(library, found)
    own = tuple(_own(found.problems, reader.root))
    reader.problems += own or found.problems
    _stop(reader)


def _own(problems: list[str], root: Path) -> Iterator[str]:
    for problem in problems:
        file = problem.removeprefix(_PLACE).partition(": ")[0]
        if (root / file).is_file():
            yield problem


def _stop(reader: ContentReader) -> None:
    if reader.problems:
        raise SiteError(tuple(reader.problems))
