"""Which words of a card apply: the row's variant, then the guideline wording, then its own."""

from dataclasses import dataclass

from cds_service.content.models.card import CardFile, SuggestionModel, Wording


@dataclass(frozen=True, slots=True)
class Wordings:
    """What one card says and offers after variant and guideline wording are applied."""

    summary: str
    body: str
    source: str
    evidence: tuple[str, ...]
    suggestions: tuple[SuggestionModel, ...]
    leaflet: bool


def wordings(card: CardFile, variant: str | None, guidelines: str) -> Wordings:
    """The row's variant first, then the guideline wording, then the card's own text."""
    choices: list[CardFile | Wording] = [card]
    if guidelines == "us" and card.us:
        choices.insert(0, card.us)
    if variant:
        choices.insert(0, card.variant[variant])
    offer = next((c.offer for c in choices if isinstance(c, Wording) and c.offer is not None), None)
    return Wordings(
        summary=next(c.summary for c in choices if c.summary),
        body=next(c.body for c in choices if c.body),
        source=next(c.source for c in choices if c.source),
        evidence=next(c.evidence for c in choices if c.evidence is not None),
        suggestions=tuple(s for s in card.suggestion if offer is None or s.id in offer),
        leaflet=next(c.leaflet for c in choices if c.leaflet is not None),
    )
