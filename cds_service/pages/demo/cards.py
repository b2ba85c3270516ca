"""Cards as an EHR shows them; what a card says is shown as text, and its Markdown made safe."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from cds_service.ehr.answer import Json
from cds_service.pages.demo.fhir_text import objects, text

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_TAGS = {
    *("a", "blockquote", "br", "code", "em", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s"),
    *("strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
_WORDS = {"critical": "Critical", "warning": "Warning", "info": "Information"}
_WEB = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A button; `action` is what pressing it sends."""

    label: str
    action: Json
    accepted: bool


@dataclass(frozen=True, slots=True)
class Link:
    """An address to open."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """One card; `hidden` is the reason for which it was overridden in this visit, in words."""

    uuid: str
    id: str
    indicator: str
    word: str
    summary: str
    detail: Markup
    source: Link
    suggestions: tuple[Suggestion, ...]
    links: tuple[Link, ...]
    reasons: tuple[Json, ...]
    hidden: str | None

    @property
    def action(self) -> Json:
        """What the override button sends."""
        return {"card": self.uuid, "id": self.id}


def cards_of(
    cards: list[Json], orders: Iterable[Json], hidden: Mapping[str, str]
) -> tuple[Card, ...]:
    """All cards of an answer, in its order, with what was accepted and overridden before."""
    accepted = {(text(order.get("id")), text(order.get("label"))) for order in orders}
    return tuple(_card(card, accepted, hidden) for card in cards)


def _card(card: Json, accepted: set[tuple[str, str]], hidden: Mapping[str, str]) -> Card:
    source = _object(card.get("source"))
    identifier = text(_object(source.get("topic")).get("code"))
    indicator = text(card.get("indicator"))
    return Card(
        uuid=text(card.get("uuid")),
        id=identifier,
        indicator=indicator if indicator in _WORDS else "info",
        word=_WORDS.get(indicator, _WORDS["info"]),
        summary=text(card.get("summary")),
        detail=rendered(text(card.get("detail"))),
        source=_link(source),
        suggestions=tuple(
            _suggestion(one, card, identifier, accepted) for one in objects(card.get("suggestions"))
        ),
        links=tuple(link for one in objects(card.get("links")) if (link := _link(one)).url),
        reasons=tuple(objects(card.get("overrideReasons"))),
        hidden=hidden.get(identifier),
    )


def _suggestion(
    one: Json, card: Json, identifier: str, accepted: set[tuple[str, str]]
) -> Suggestion:
    label = text(one.get("label"))
    action = {
        "card": text(card.get("uuid")),
        "suggestion": text(one.get("uuid")),
        "id": identifier,
        "label": label,
        "resources": [a["resource"] for a in objects(one.get("actions")) if a.get("resource")],
    }
    return Suggestion(label, action, (identifier, label) in accepted)


def _link(holder: Json) -> Link:
    url = text(holder.get("url"))
    return Link(text(holder.get("label")), url if url.startswith(_WEB) else "")


def rendered(markdown: str) -> Markup:
    """Markdown as HTML that can neither run nor load anything."""
    cleaned = nh3.clean(
        _MARKDOWN.render(markdown),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https", "http"},
        link_rel="noopener noreferrer",
    )
    return Markup(cleaned)  # noqa: S704 - made safe in the line above


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
