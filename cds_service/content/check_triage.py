"""Checks of the card order, the deferral matrix and the quiet periods."""

from collections.abc import Iterator
from typing import get_args

from cds_service.content.library import Library
from cds_service.content.models.topic import TierName
from cds_service.content.models.triage import DeferModel


def check_triage(library: Library) -> Iterator[str]:
    """Every card has one place, and every line of the matrix names what exists."""
    states = {row.state for topic in library.topics.values() for row in topic.row}
    yield from _order(library)
    for card in sorted(set(library.triage.never_cut) - set(library.cards)):
        yield f"never_cut: there is no card {card}"
    for state in sorted({*library.triage.closed_states, *library.triage.pain_states} - states):
        yield f"closed_states, pain_states: no row has the state {state}"
    for line in library.triage.defer:
        for problem in _deferral(line, states, library):
            yield f"defer {line.id}: {problem}"


def _order(library: Library) -> Iterator[str]:
    """Every row with a card has one place among the cards of its tier, and no place is empty."""
    used: set[tuple[str, str]] = set()
    for row in (row for topic in library.topics.values() for row in topic.row):
        if row.card is None or row.tier is None:
            continue
        listed = library.triage.order.of(row.tier)
        named = next((n for n in (f"{row.card}/{row.indicator}", row.card) if n in listed), None)
        if named is None:
            yield f"order.{row.tier}: card {row.card} has no place; add it"
        else:
            used.add((row.tier, named))
    for tier in get_args(TierName):
        for card in library.triage.order.of(tier):
            if (tier, card) not in used:
                yield f"order.{tier}: no row shows card {card} in this tier; remove it"


def _deferral(line: DeferModel, states: set[str], library: Library) -> Iterator[str]:
    if line.id not in library.sentences.get("deferred", {}):
        yield "no sentence in _common/sentences.toml under [deferred]"
    for kind, named, known in (
        ("row with the state", line.states, states),
        ("card", (*line.drops_cards, *line.keeps), set(library.cards)),
        ("topic", (*line.drops_topics, *line.silent_keeps), set(library.topics)),
        ("row that hands over", line.vascular, _handed_over(library)),
    ):
        for name in sorted(set(named) - known):
            yield f"there is no {kind} {name}"


def check_quiet(library: Library) -> Iterator[str]:
    """Quiet periods belong to cards and topics that exist, never to emergencies."""
    rules = library.rulebook.quiet
    rows = [row for topic in library.topics.values() for row in topic.row]
    for topic in sorted(set(rules.topics) - set(library.topics)):
        yield f"topic.{topic}: there is no such topic"
    for card in sorted(set(rules.cards) - {row.card for row in rows}):
        yield f"card.{card}: there is no such card"
    for row in rows:
        if row.tier == "emergency" and row.card in rules.cards:
            yield f"card.{row.card}: emergencies are shown until acted on; remove the entry"


def _handed_over(library: Library) -> set[str]:
    rows = (row for topic in library.topics.values() for row in topic.row)
    return {row.vascular for row in rows if row.vascular}
