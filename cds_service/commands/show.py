"""Cards and reasons in the terminal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console, Group
from rich.markdown import Markdown
from rich.panel import Panel
from rich.text import Text

from cds_service.ehr.plain import printable
from cds_service.writing.cards import WrittenCard

_COLORS = {"critical": "red", "warning": "yellow", "info": "blue"}


@dataclass(frozen=True, slots=True)
class _Look:
    """What of a card is seen; `drafts` and `foot` are lines below its text."""

    indicator: str
    name: str
    summary: str
    detail: str
    drafts: list[str]
    foot: list[str]


def show_card(console: Console, card: WrittenCard) -> None:
    """One card with its detail, suggestions and source."""
    drafts = [_draft(s.label, recommended=s.recommended) for s in card.suggestions]
    foot = [f"Source: {card.source_label} · {card.source_url}", f"Why: {card.evidence.url}"]
    foot += [f"Leaflet: {card.leaflet.url}"] if card.leaflet else []
    _show(console, _Look(card.indicator, card.id, card.summary, card.detail, drafts, foot))


def show_sent_card(console: Console, card: Mapping[str, Any]) -> None:
    """The same of a card that any service sent; what is missing or odd is left out."""
    source, topic = _object(card, "source"), _object(_object(card, "source"), "topic")
    drafts = [
        _draft(_text(s, "label"), recommended=s.get("isRecommended") is True)
        for s in _objects(card, "suggestions")
    ]
    foot = [f"Source: {_text(source, 'label')} · {_text(source, 'url')}"]
    foot += [f"Link: {_text(s, 'url')}" for s in _objects(card, "links")]
    name = _text(topic, "code")
    summary, detail = _text(card, "summary"), _text(card, "detail")
    _show(console, _Look(_text(card, "indicator"), name, summary, detail, drafts, foot))


def _draft(label: str, *, recommended: bool) -> str:
    return f"→ draft: {label}{' (recommended)' if recommended else ''}"


def _show(console: Console, look: _Look) -> None:
    color = _COLORS.get(look.indicator, "white")
    parts: list[Text | Markdown] = [
        Text(printable(look.summary), style="bold"),
        Text(),
        Markdown(printable(look.detail)),
        *(Text(printable(line), style="bold") for line in look.drafts),
        *(Text(printable(line), style="dim") for line in look.foot),
    ]
    head = " · ".join(word for word in (look.indicator.upper(), look.name) if word)
    title = Text(f" {printable(head)} ", style=f"bold {color}")
    console.print(Panel(Group(*parts), title=title, border_style=color))


def _object(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


def _objects(holder: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = holder.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(holder: Mapping[str, Any], name: str) -> str:
    found = holder.get(name)
    return found if isinstance(found, str) else ""


def show_reasons(console: Console, lines: list[str]) -> None:
    """Why nothing, or nothing more, was shown."""
    console.print(Text("Why not more:", style="bold"))
    for line in lines:
        console.print(Text(f"  · {line}"))
