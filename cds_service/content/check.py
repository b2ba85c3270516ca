"""Cross-checks of the content: rows against predicates, cards, evidence, notes, placeholders."""

from collections.abc import Iterator

from cds_service.clinical.engine import TOPICS
from cds_service.content.files import ContentReader
from cds_service.content.fill import Template
from cds_service.content.library import SERVICE, Library
from cds_service.content.models import CardFile, TopicFile, Wording

_MOST_SUMMARY = 139
_LOGIC = {module.ID: module for module in TOPICS}
_SERVICE_SUPPLIES = frozenset({"query", "topic"})


def check(library: Library, reader: ContentReader) -> None:
    """Report every inconsistency between files, and between content and logic."""
    for name, topic in library.topics.items():
        for sentence in (*_rows(name, topic, library), *_evidence(name, topic, library)):
            reader.report(f"{name}/topic.toml", sentence)
        for sentence in _notes(name, library):
            reader.report(f"{name}/notes.toml", sentence)
    for name in set(_LOGIC) - set(library.topics):
        reader.report(f"{name}/topic.toml", "the file is missing; the service has rules for it")
    for card in library.cards.values():
        for sentence in _card(card, library):
            reader.report(f"{library.topic_of_card[card.id]}/{card.id}.md", sentence)
    for sentence in _triage(library):
        reader.report("_common/triage.toml", sentence)


def _rows(name: str, topic: TopicFile, library: Library) -> Iterator[str]:
    if topic.id != name:
        yield f"id: must be the folder name {name}"
    rows = [row.id for row in topic.row]
    for twice in sorted({row for row in rows if rows.count(row) > 1}):
        yield f"row {twice}: the id is used twice"
    logic = _LOGIC.get(name)
    if name != SERVICE:
        known = set(logic.PREDICATES) if logic else set()
        for row in sorted(known - set(rows)):
            yield f"row {row}: missing; the service has a condition for it"
        for row in sorted(set(rows) - known):
            yield f"row {row}: the service has no condition for it; ask an engineer"
    for row in topic.row:
        if row.card and row.card not in library.cards:
            yield f"row {row.id}: card {row.card} has no file {row.card}.md"
        elif row.card and row.variant and row.variant not in library.cards[row.card].variant:
            yield f"row {row.id}: card {row.card} has no variant {row.variant}"
    for group, members in topic.groups.items():
        if len(set(members)) < len(members):
            yield f"groups.{group}: an entry is listed twice"


def _evidence(name: str, topic: TopicFile, library: Library) -> Iterator[str]:
    known = set(library.evidence.get(name, {}))
    used = {
        key
        for parameter in (*topic.thresholds.values(), *topic.windows.values())
        for key in parameter.evidence
    }
    for parameter, key in (
        (f"{kind}.{label}", key)
        for kind, table in (("thresholds", topic.thresholds), ("windows", topic.windows))
        for label, entry in table.items()
        for key in entry.evidence
    ):
        if key not in known:
            yield f"{parameter}: evidence {key} is not in evidence.toml"
    for card in library.cards.values():
        if library.topic_of_card[card.id] == name:
            used |= set(card.evidence)
            wordings = (card.us, *card.variant.values())
            used |= {key for w in wordings if w and w.evidence for key in w.evidence}
    for key in sorted(known - used):
        yield f"evidence {key} is defined in evidence.toml but used nowhere"


def _notes(name: str, library: Library) -> Iterator[str]:
    logic = _LOGIC.get(name)
    known, defined = (set(logic.NOTES) if logic else set()), set(library.notes.get(name, {}))
    for note in sorted(known - defined):
        yield f"notes.{note}: missing; the service may need this sentence"
    for note in sorted(defined - known):
        yield f"notes.{note}: the service never uses this sentence; remove it"


def _card(card: CardFile, library: Library) -> Iterator[str]:
    topic = library.topic_of_card[card.id]
    logic = _LOGIC.get(topic)
    supplied = logic.SUPPLIES if logic else _SERVICE_SUPPLIES
    texts: list[CardFile | Wording] = [card, *card.variant.values()]
    if card.us:
        texts.append(card.us)
    for text in texts:
        for part in (text.summary, text.body):
            names = Template.compile(part or "").names
            for placeholder in sorted(set(names) - supplied):
                yield f"placeholder {placeholder}: {topic} does not supply it"
            for placeholder in sorted(set(names) - set(library.placeholders)):
                yield f"placeholder {placeholder}: not declared in _common/placeholders.toml"
        yield from _summary(text.summary, library)
        if text.source is not None and text.source not in library.sources:
            yield f"source {text.source}: not in _common/sources.toml"
        for key in text.evidence or ():
            if key not in library.evidence.get(topic, {}) and topic != SERVICE:
                yield f"evidence {key}: not in {topic}/evidence.toml"
    for suggestion in card.suggestion:
        if suggestion.order not in library.orders:
            yield f"suggestion {suggestion.id}: order {suggestion.order} is not in orders.toml"
    rows = (row for file in library.topics.values() for row in file.row)
    if card.id not in {row.card for row in rows}:
        yield "no decision row shows this card"


def _summary(summary: str | None, library: Library) -> Iterator[str]:
    template = Template.compile(summary or "")
    if set(template.names) - set(library.placeholders):
        return
    longest = template.fill(library.placeholders)
    if len(longest) > _MOST_SUMMARY:
        yield (
            f"summary: {len(longest)} characters when filled with the longest values; "
            f"at most {_MOST_SUMMARY} are allowed"
        )


def _triage(library: Library) -> Iterator[str]:
    listed, cards = set(library.triage.order), set(library.cards)
    for card in sorted(cards - listed):
        yield f"order: card {card} has no place; add it"
    for card in sorted(listed - cards):
        yield f"order: there is no card {card}"
    states = {row.state for topic in library.topics.values() for row in topic.row}
    for line in library.triage.defer:
        if line.id not in library.sentences.get("deferred", {}):
            yield f"defer {line.id}: no sentence in _common/sentences.toml under [deferred]"
        for state in sorted(set(line.states) - states):
            yield f"defer {line.id}: no row has the state {state}"
        for card in sorted(set(line.drops_cards) - cards):
            yield f"defer {line.id}: there is no card {card}"
