"""The order of the cards, emergencies first, as the content has it."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

_TRIAGE = Path(__file__).parents[2] / "cards" / "_common" / "triage.toml"
_ORDER = tomllib.loads(_TRIAGE.read_text(encoding="utf-8"))["order"]

EMERGENCIES: tuple[str, ...] = tuple(_ORDER["emergency"])
# A place may name the indicator too (`svt/warning`); the first place of a card is its place.
_PLACES = tuple(
    dict.fromkeys(entry.partition("/")[0] for tier in _ORDER.values() for entry in tier)
)


def in_order(cards: Iterable[str]) -> list[str]:
    """These cards in the order they are shown in; cards without a place come last, by name."""
    place = {card: number for number, card in enumerate(_PLACES)}
    return sorted(cards, key=lambda card: (place.get(card, len(place)), card))
