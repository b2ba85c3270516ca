"""Text of the record made safe for cards: GitHub-flavored Markdown and clients that render HTML.

Nobody knows what a client makes of a card: it may take Markdown for HTML, link what looks like an
address, or read a text back and render it once more. So what could begin a tag or a link is parted,
which survives all of these, besides being escaped.
"""

import html
import re
import unicodedata

_LONGEST = 80
_ACTIVE = re.compile(r"([\\`*_{}\[\]()#+\-.!|~:^=$%])")
# Each is cut off from what follows: schemes, hosts, `//host`, `site.com`, `](`, tags, references.
_LIVE = re.compile(
    r"((?<=[a-z]):(?=\S)|www|@|/(?=/)|(?<=\w)\.(?=[^\W\d_])"
    r"|\](?=\()|<(?=[a-z/!?])|&(?=[#a-z]))",
    re.IGNORECASE,
)
# A summary has no escapes: what quotes an attribute or marks up a line gives way.
_UNMARKED = str.maketrans({'"': "”", "'": "’"} | dict.fromkeys("*_~`", " "))
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
    """Record text for a plain summary: a space parts what a client would make a link or tag of."""
    return _LIVE.sub(r"\1 ", plain(text.translate(_UNMARKED)))


def quoted(text: str) -> str:
    """Record text inside quotation marks; every character active in Markdown or HTML is escaped.

    What HTML reads stands as a character reference, which Markdown reads alike, while a backslash
    means nothing in HTML. Links are broken with a word joiner, because GFM links after unescaping.
    """
    broken = _LIVE.sub(rf"\1{_WORD_JOINER}", plain(text)).replace("@", f"{_WORD_JOINER}@")
    escaped = html.escape(_ACTIVE.sub(r"\\\1", broken))
    return f"“{escaped}”"
