"""Cross-checks of the content: rows against predicates, cards, evidence, notes, placeholders."""

from collections.abc import Iterator

from cds_service.clinical.engine import TOPICS
from cds_service.clinical.needs import SHARED_WINDOWS, Needs
from cds_service.content.check_cards import check_card
from cds_service.content.check_digits import slip_of
from cds_service.content.check_leaflets import check_leaflets
from cds_service.content.check_literature import check_literature
from cds_service.content.check_pages import check_pages
from cds_service.content.check_sentences import check_sentences
from cds_service.content.check_triage import check_quiet, check_triage
from cds_service.content.check_words import check_words
from cds_service.content.files import ContentReader
from cds_service.content.library import SERVICE, Library
from cds_service.content.models.topic import TopicFile

_LOGIC = {module.ID: module for module in TOPICS}
_SERVICE_ROWS = {"incomplete", "waiting", "waiting-fracture", "failed"}
_SERVICE_SUPPLIES = frozenset({"query", "topic"})


def check(library: Library, reader: ContentReader) -> None:
    """Report every inconsistency between files, and between content and logic."""
    for name, topic in library.topics.items():
        for sentence in (
            *_rows(name, topic, library),
            *_parameters(topic, library),
            *_needs(name, topic),
            *_evidence(name, topic, library),
        ):
            reader.report(f"{name}/topic.toml", sentence)
        for sentence in _notes(name, library):
            reader.report(f"{name}/notes.toml", sentence)
    for name in set(_LOGIC) - set(library.topics):
        reader.report(f"{name}/topic.toml", "the file is missing; the service has rules for it")
    for card in library.cards.values():
        home = library.topic_of_card[card.id]
        logic = _LOGIC.get(home)
        supplied = logic.SUPPLIES if logic else _SERVICE_SUPPLIES
        for sentence in check_card(card, home, supplied, library):
            reader.report(f"{home}/{card.id}.md", sentence)
    shared = (*_shared(library), *check_words(library), *check_literature(library))
    for file, sentence in (*shared, *check_leaflets(library), *check_pages(library)):
        reader.report(file, sentence)


def _shared(library: Library) -> Iterator[tuple[str, str]]:
    """File and sentence of every problem with what all topics share."""
    for window in sorted(SHARED_WINDOWS ^ set(library.shared_windows)):
        yield "_common/windows.toml", f"windows.{window}: missing, or never read"
    relatives = library.findings.relatives.diseases
    named = {*relatives, *(disease for diseases in relatives.values() for disease in diseases)}
    for name in sorted(named - set(library.findings.finding)):
        yield "_codes/findings.toml", f"relatives.diseases: {name} is no finding"
    for file, sentences in (
        ("orders.toml", _orders(library)),
        ("sentences.toml", check_sentences(library.sentences)),
        ("triage.toml", check_triage(library)),
        ("quiet.toml", check_quiet(library)),
    ):
        yield from ((f"_common/{file}", sentence) for sentence in sentences)


def _orders(library: Library) -> Iterator[str]:
    """Codes of drafts hold their check digits."""
    for key, order in library.orders.items():
        for coding in order.codings:
            if slip := slip_of(library.codes.system(coding.system) or "", coding.code):
                yield f"{key}: {coding.code}: {slip}"


def _rows(name: str, topic: TopicFile, library: Library) -> Iterator[str]:
    if topic.id != name:
        yield f"id: must be the folder name {name}"
    if topic.reviewed < topic.released:
        yield f"reviewed: lies before the release of {topic.released}; correct one of them"
    if topic.next_review <= topic.reviewed:
        yield f"next_review: lies before the review of {topic.reviewed}; correct one of them"
    rows = [row.id for row in topic.row]
    for twice in sorted({row for row in rows if rows.count(row) > 1}):
        yield f"row {twice}: the id is used twice"
    yield from _conditions(name, set(rows))
    for row in topic.row:
        if row.card and row.card not in library.cards:
            yield f"row {row.id}: card {row.card} has no file {row.card}.md"
        elif row.card and row.variant and row.variant not in library.cards[row.card].variant:
            yield f"row {row.id}: card {row.card} has no variant {row.variant}"
        if row.told_by and row.told_by not in topic.groups:
            yield f"row {row.id}: told_by {row.told_by} is no group of this topic"


def _conditions(name: str, rows: set[str]) -> Iterator[str]:
    """Exactly one condition per row: decision tables are content, conditions are code."""
    logic = _LOGIC.get(name)
    known = set(logic.PREDICATES) if logic else _SERVICE_ROWS if name == SERVICE else set()
    for row in sorted(known - rows):
        yield f"row {row}: missing; the service has a condition for it"
    for row in sorted(rows - known):
        yield f"row {row}: the service has no condition for it; ask an engineer"


def _parameters(topic: TopicFile, library: Library) -> Iterator[str]:
    for window in sorted(set(topic.windows) & set(library.shared_windows)):
        yield f"windows.{window}: already set in _common/windows.toml; remove it here"
    for group, members in topic.groups.items():
        if len(set(members)) < len(members):
            yield f"groups.{group}: an entry is listed twice"
        if not group.endswith("_codes"):
            yield from _unknown_names(group, members, library)


def _unknown_names(group: str, members: tuple[str, ...], library: Library) -> Iterator[str]:
    """A group lists findings, tokens of the code table, cards, states or topics."""
    states = {row.state for file in library.topics.values() for row in file.row}
    known = {*library.findings.finding, *library.cards, *states, *library.topics}
    for member in members:
        if member not in known and ":" not in member:
            yield f"groups.{group}: {member} is no finding, card, state or topic"


def _needs(name: str, topic: TopicFile) -> Iterator[str]:
    """The numbers and lists that the logic reads, no more and no fewer."""
    logic = _LOGIC.get(name)
    needs: Needs = logic.NEEDS if logic else Needs()
    for kind, known, given in (
        ("thresholds", needs.thresholds, set(topic.thresholds)),
        ("windows", needs.windows, set(topic.windows)),
        ("groups", needs.groups, set(topic.groups)),
    ):
        for key in sorted(known - given):
            yield f"{kind}.{key}: missing; the service needs it"
        for key in sorted(given - known):
            yield f"{kind}.{key}: the service never reads it; check its spelling or remove it"


def _evidence(name: str, topic: TopicFile, library: Library) -> Iterator[str]:
    known = set(library.evidence.get(name, {}))
    cited = [
        *(
            (f"thresholds.{label}", key)
            for label, t in topic.thresholds.items()
            for key in t.evidence
        ),
        *((f"windows.{label}", key) for label, w in topic.windows.items() for key in w.evidence),
    ]
    used = {key for _, key in cited}
    for parameter, key in cited:
        if key not in known:
            yield f"{parameter}: evidence {key} is not in evidence.toml"
    for card in library.cards.values():
        if library.topic_of_card[card.id] == name:
            used |= set(card.evidence)
            wordings = (card.us, *card.variant.values())
            used |= {key for w in wordings if w and w.evidence for key in w.evidence}
    used |= {key for keys in library.note_evidence.get(name, {}).values() for key in keys}
    for key in sorted(known - used):
        yield f"evidence {key} is defined in evidence.toml but used nowhere"


def _notes(name: str, library: Library) -> Iterator[str]:
    logic = _LOGIC.get(name)
    known, defined = (set(logic.NOTES) if logic else set()), set(library.notes.get(name, {}))
    for note in sorted(known - defined):
        yield f"notes.{note}: missing; the service may need this sentence"
    for note in sorted(defined - known):
        yield f"notes.{note}: the service never uses this sentence; remove it"
    for note, keys in library.note_evidence.get(name, {}).items():
        if note not in defined:
            yield f"evidence.{note}: there is no such note"
        for key in sorted(set(keys) - set(library.evidence.get(name, {}))):
            yield f"evidence.{note}: {key} is not in evidence.toml"
