"""Cards and reasons in the terminal."""

from rich.console import Console, Group
from rich.markdown import Markdown
from rich.panel import Panel
from rich.text import Text

from cds_service.writing.cards import WrittenCard

_COLORS = {"critical": "red", "warning": "yellow", "info": "blue"}


def show_card(console: Console, card: WrittenCard) -> None:
    """One card with its detail, suggestions and source."""
    parts: list[Markdown | Text] = [Markdown(card.detail)]
    for suggestion in card.suggestions:
        mark = " (recommended)" if suggestion.recommended else ""
        parts.append(Text(f"→ draft: {suggestion.label}{mark}", style="bold"))
    parts.append(Text(f"Source: {card.source_label} · {card.source_url}", style="dim"))
    parts.append(Text(f"Why: {card.link_url}", style="dim"))
    color = _COLORS[card.indicator]
    title = Text(f" {card.indicator.upper()} · {card.id} ", style=f"bold {color}")
    head = Text(card.summary, style="bold")
    console.print(Panel(Group(head, Text(), *parts), title=title, border_style=color))


def show_reasons(console: Console, lines: list[str]) -> None:
    """Why nothing, or nothing more, was shown."""
    console.print(Text("Why not more:", style="bold"))
    for line in lines:
        console.print(Text(f"  · {line}"))
