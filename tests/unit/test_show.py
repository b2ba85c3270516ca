"""Cards in the terminal, from this service or from any other."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from cds_service.commands.show import show_sent_card

CARD: dict[str, Any] = {
    "summary": "Order a scan",
    "detail": "**Today**",
    "indicator": "warning",
    "source": {"label": "A guideline", "url": "https://g.example.org", "topic": {"code": "scan"}},
    "suggestions": [{"label": "Order it", "isRecommended": True}, {"label": "Wait"}],
    "links": [{"label": "Why", "url": "https://why.example.org", "type": "absolute"}],
}


def seen(card: dict[str, Any]) -> str:
    """What a person reads."""
    written = StringIO()
    show_sent_card(Console(file=written, width=100, no_color=True), card)
    return written.getvalue()


def test_all_of_a_card_is_seen() -> None:
    """Indicator, topic, summary, detail, suggestions, source and links."""
    text = seen(CARD)
    for part in (
        "WARNING · scan",
        "Order a scan",
        "Today",
        "→ draft: Order it (recommended)",
        "→ draft: Wait",
        "Source: A guideline · https://g.example.org",
        "https://why.example.org",
    ):
        assert part in text


@pytest.mark.parametrize("member", ["summary", "detail", "indicator"])
def test_a_card_commands_no_terminal(member: str) -> None:
    """Control characters from elsewhere do not reach the terminal."""
    assert "\x1b" not in seen(CARD | {member: "red \x1b[31m alert \x1b]0;title\x07"})


@pytest.mark.parametrize("odd", [{}, dict.fromkeys(CARD, 7), {name: [None] for name in CARD}])
def test_a_card_of_another_shape_is_shown_as_far_as_it_goes(odd: dict[str, Any]) -> None:
    """Missing and misshapen members are left out."""
    assert "Source:" in seen(odd)
