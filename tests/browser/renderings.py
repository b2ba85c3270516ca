"""What clients make of a card: HTML, in the ways seen among EHRs, none of which sanitizes it."""

import html
from collections.abc import Callable, Iterable
from functools import lru_cache
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Any

from markdown_it import MarkdownIt

Json = dict[str, Any]

_COMMON_MARK = MarkdownIt("commonmark", {"html": True})
_GFM = MarkdownIt("gfm-like", {"html": True})
_TYPOGRAPHIC = MarkdownIt("gfm-like", {"html": True, "breaks": True, "typographer": True})
_TYPOGRAPHIC.enable(["replacements", "smartquotes"])


def _as_it_is(text: str) -> str:
    """A client that takes the text for HTML."""
    return text


Render = Callable[[str], str]


def _kept(render: Render) -> Render:
    """Most cards are alike, and rendering is the slowest part."""
    return lru_cache(maxsize=4096)(render)


# How `detail` becomes HTML, and what is done with `summary` and the labels.
RENDERINGS: MappingProxyType[str, tuple[Render, Render]] = MappingProxyType(
    {
        "CommonMark": (_kept(_COMMON_MARK.render), _as_it_is),
        "GFM": (_kept(_GFM.render), _GFM.renderInline),
        "typographic GFM": (_kept(_TYPOGRAPHIC.render), _TYPOGRAPHIC.renderInline),
        "HTML": (_as_it_is, _as_it_is),
    }
)


def article(cards: Iterable[Json], rendering: str) -> str:
    """All cards of an answer; the summary stands in an attribute too."""
    detailed, short = RENDERINGS[rendering]
    shown = (
        f'<section title="{card["summary"]}"><h2>{short(card["summary"])}</h2>'
        f"<div>{detailed(card['detail'])}</div>"
        + "".join(f"<button>{short(label)}</button>" for label in _labels(card))
        + "</section>"
        for card in cards
    )
    return f"<article>{''.join(shown)}</article>"


def _labels(card: Json) -> list[str]:
    labeled = [card["source"], *card.get("links", ()), *card.get("suggestions", ())]
    return [str(one["label"]) for one in labeled]


def addresses(words: str) -> list[str]:
    """What a client that links the words it shows takes for addresses."""
    linked = Nodes(_GFM.renderInline(html.escape(words)))
    return [name for element in linked.elements for name in element if name.startswith("href=")]


def document(articles: Iterable[str]) -> str:
    """A page of a client that has no policy of its own against scripts."""
    body = "\n".join(articles)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Client</title>'
        f'<link rel="icon" href="data:,"></head><body><main>{body}</main></body></html>'
    )


class Nodes(HTMLParser):
    """The elements of a piece of HTML with their attributes, and its words."""

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.words = ""
        self.feed(shown)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element; only what a title says may differ."""
        named = (f"{name}={'' if name == 'title' else value}" for name, value in attrs)
        self.elements.append((tag, *named))

    def handle_endtag(self, tag: str) -> None:
        """An end counts too, so that order and nesting do."""
        self.elements.append((f"/{tag}",))

    def handle_data(self, data: str) -> None:
        """Words as a reader sees them."""
        self.words += data

    def handle_comment(self, data: str) -> None:
        """Nothing may be hidden."""
        self.elements.append(("!", data))

    def handle_decl(self, decl: str) -> None:
        """As a comment."""
        self.elements.append(("!", decl))

    def handle_pi(self, data: str) -> None:
        """As a comment."""
        self.elements.append(("?", data))
