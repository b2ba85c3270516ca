"""Checks of one card: placeholders, length, sources, evidence, orders, and that a row shows it."""

import re
from collections.abc import Iterator

from cds_service.content.fill import Template
from cds_service.content.library import SERVICE, Library
from cds_service.content.models.card import CardFile, Wording

MOST_SUMMARY = 139
_LEFTOVER = re.compile(r"\{\{|\}\}")


def check_card(
    card: CardFile, topic: str, supplied: frozenset[str], library: Library
) -> Iterator[str]:
    """One sentence per problem; `supplied` are the placeholders the topic's logic fills."""
    wordings = (card.us, *card.variant.values())
    texts: tuple[CardFile | Wording, ...] = (card, *(w for w in wordings if w))
    for text in texts:
        yield from _placeholders(text, topic, supplied, library)
        yield from _summary(text.summary, library)
        if text.source is not None and text.source not in library.sources:
            yield f"source {text.source}: not in _common/sources.toml"
        for key in text.evidence or ():
            if key not in library.evidence.get(topic, {}) and topic != SERVICE:
                yield f"evidence {key}: not in {topic}/evidence.toml"
    for suggestion in card.suggestion:
        if suggestion.order not in library.orders:
            yield f"suggestion {suggestion.id}: order {suggestion.order} is not in orders.toml"
    if any(text.leaflet for text in texts) and topic not in library.leaflets.by_topic:
        yield f"leaflet: {topic} has none; write {topic}/leaflet.<language>.md or remove the key"
    rows = (row for file in library.topics.values() for row in file.row)
    if card.id not in {row.card for row in rows}:
        yield "no decision row shows this card"


def _placeholders(
    text: CardFile | Wording, topic: str, supplied: frozenset[str], library: Library
) -> Iterator[str]:
    names = {name for part in (text.summary, text.body) for name in _names(part)}
    if any(_LEFTOVER.search("".join(_pieces(part))) for part in (text.summary, text.body)):
        yield "a placeholder is not written as {{ name }} in lower case"
    for name in sorted(names - supplied):
        yield f"placeholder {name}: {topic} does not supply it"
    for name in sorted(names - set(library.placeholders)):
        yield f"placeholder {name}: not declared in _common/placeholders.toml"


def _pieces(text: str | None) -> tuple[str, ...]:
    return Template.compile(text or "").pieces


def _names(text: str | None) -> tuple[str, ...]:
    return Template.compile(text or "").names


def _summary(summary: str | None, library: Library) -> Iterator[str]:
    template = Template.compile(summary or "")
    if set(template.names) - set(library.placeholders):
        return
    longest = template.fill(library.placeholders)
    if len(longest) > MOST_SUMMARY:
        yield (
            f"summary: {len(longest)} characters when filled with the longest values; "
            f"at most {MOST_SUMMARY} are allowed"
        )
