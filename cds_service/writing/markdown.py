"""Text of the record made safe for cards: GitHub-flavored Markdown and clients that render HTML."""

import re
import unicodedata

_LONGEST = 80
_ACTIVE = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&:\"'^=$%])")
_LINKED = re.compile(r"(https?:|ftp:|mailto:|www|@)", re.IGNORECASE)
_WORD_JOINER = "\u2060"
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def plain(text: str) -> str:
    """One line without control, direction and zero-width characters, at most 80 characters."""
    kept = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char) not in _DROPPED
    )
    line = " ".join(kept.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def unlinked(text: str) -> str:
    """Record text for a plain summary: a space parts what a client would make a link of."""
    return _LINKED.sub(r"\1 ", plain(text))


def quoted(text: str) -> str:
    """Record text inside quotation marks; every Markdown-active character is escaped.

    Autolinks are broken with a word joiner, because GFM links after unescaping.
    """
    line = plain(text)
    broken = _LINKED.sub(rf"\1{_WORD_JOINER}", line)
    broken = broken.replace("@", f"{_WORD_JOINER}@")
    escaped = _ACTIVE.sub(r"\\\1", broken)
    return f"“{escaped}”"
