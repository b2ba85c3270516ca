"""A card's wording as an EHR shows it, with its placeholders named in brackets."""

from collections.abc import Iterable
from dataclasses import dataclass

from markdown_it import MarkdownIt

from cds_service.content.fill import Template
from cds_service.content.library import Library
from cds_service.content.models.card import CardFile, SourceModel, SuggestionModel, Wording
from cds_service.content.models.topic import RowModel

# Letters of nobody's alphabet keep a placeholder together while Markdown is read.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["link", "image"])
_URGENCY = ("critical", "warning", "info")


@dataclass(frozen=True, slots=True)
class Text:
    """One wording; empty parts are those of the card. `body` is markup."""

    name: str
    kind: str
    summary: str | None
    body: str | None
    source: SourceModel | None
    evidence: tuple[str, ...]
    offered: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class CardText:
    """A card with all its wordings, the rows that show it and the reasons to override it."""

    id: str
    indicator: str
    text: Text
    others: tuple[Text, ...]
    suggestions: tuple[SuggestionModel, ...]
    rows: tuple[RowModel, ...]
    reasons: tuple[str, ...]


def pieces(text: str) -> list[tuple[str, str]]:
    """Text before each placeholder, with the placeholder's name in words; the last has none."""
    template = Template.compile(text)
    names = [name.replace("_", " ") for name in template.names]
    return list(zip(template.pieces, [*names, ""], strict=True))


def markup(text: str) -> str:
    """Markdown as markup; HTML in the text is escaped, links and pictures stay text."""
    marked = "".join(
        f"{piece}{_OPEN}{name}{_CLOSE}" if name else piece for piece, name in pieces(text)
    )
    rendered: str = _MARKDOWN.render(marked)
    return rendered.replace(_OPEN, '<span class="gap">[').replace(_CLOSE, "]</span>")


def card_texts(library: Library, topic: str) -> tuple[CardText, ...]:
    """The cards of a topic in the order of its decision table."""
    rows = library.topics[topic].row
    order = list(dict.fromkeys(row.card for row in rows if row.card))
    return tuple(_card(library.cards[card], topic, library) for card in order)


def _card(card: CardFile, topic: str, library: Library) -> CardText:
    rows = tuple(row for row in library.topics[topic].row if row.card == card.id)
    named: list[tuple[str, str, Wording]] = [("us", "", card.us)] if card.us else []
    named += [("variant", name, wording) for name, wording in card.variant.items()]
    own = Text(
        "", "", card.summary, markup(card.body), library.sources[card.source], card.evidence, None
    )
    return CardText(
        id=card.id,
        indicator=min((row.indicator or "info" for row in rows), key=_URGENCY.index),
        text=own,
        others=tuple(_other(kind, name, wording, library) for kind, name, wording in named),
        suggestions=card.suggestion,
        rows=rows,
        reasons=tuple(_reasons(rows, topic, library)),
    )


def _other(kind: str, name: str, wording: Wording, library: Library) -> Text:
    return Text(
        name=name,
        kind=kind,
        summary=wording.summary,
        body=markup(wording.body) if wording.body else None,
        source=library.sources[wording.source] if wording.source else None,
        evidence=wording.evidence or (),
        offered=wording.offer,
    )


def _reasons(rows: Iterable[RowModel], topic: str, library: Library) -> list[str]:
    """Override reasons offered on any tier at which the card is shown."""
    tiers = {row.tier for row in rows}
    return [
        reason.display
        for reason in library.reasons.reason
        if (not reason.tiers or tiers & set(reason.tiers))
        and (not reason.topics or topic in reason.topics)
    ]
