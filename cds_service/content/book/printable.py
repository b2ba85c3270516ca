"""The whole book as one page, to read in a browser and to print."""

import re
from html import escape
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

PRINTABLE = "book.html"
# Pages hold no HTML of their own but line breaks in table cells.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_BREAK = escape("<br>")
_STYLE = """
body { font: 11pt/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; }
body { padding: 0 1rem; }
h1, h2, h3 { line-height: 1.2; break-after: avoid; }
section + section { border-top: 2px solid; margin-top: 3rem; padding-top: 1rem; }
table { border-collapse: collapse; font-size: .9em; margin: .5rem 0; width: 100%; }
th, td { border: 1px solid #8888; padding: .25rem .5rem; text-align: left; vertical-align: top; }
td, p, li { overflow-wrap: anywhere; }
blockquote { border-left: 4px solid #8888; margin: .5rem 0; padding-left: 1rem; }
@media print {
  body { font-size: 9pt; margin: 0; max-width: none; padding: 0; }
  section + section { border: 0; break-before: page; margin: 0; padding: 0; }
  tr { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
}
"""


def printable(pages: dict[str, str], version: str) -> str:
    """All pages in their order as HTML; links between them lead to places on this page."""
    sections = "\n".join(_section(name.removesuffix(".md"), text) for name, text in pages.items())
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Clinical book, content {escape(version)}</title>\n<style>{_STYLE}</style>\n"
        f"</head>\n<body>\n{sections}\n</body>\n</html>\n"
    )


def _section(page: str, text: str) -> str:
    tokens = _MARKDOWN.parse(text)
    for heading, title in pairwise(tokens):
        if heading.type == "heading_open":
            own = page if heading.tag == "h1" else f"{page}-{_anchor(title.content)}"
            heading.attrSet("id", own)
    for link in (child for token in tokens for child in token.children or ()):
        if link.type == "link_open":
            _lead_within(link, page)
    body = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return f"<section>\n{body.replace(_BREAK, '<br>')}</section>"


def _lead_within(link: Token, page: str) -> None:
    """Make a link to another page, or within this one, one to a place of the whole."""
    address = str(link.attrGet("href") or "")
    if "://" in address:
        return
    file, _, anchor = address.partition("#")
    name = file.removesuffix(".md") or page
    link.attrSet("href", f"#{name}-{anchor}" if anchor else f"#{name}")
    if "/" in file:  # a file of the source tree, which no printed book holds
        link.attrs.pop("href")


def _anchor(title: str) -> str:
    """As GitHub makes it of a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
