"""What others sent, made fit for a terminal."""

_LONGEST_TEXT = 300


def plain(text: str) -> str:
    """A server's words on one line, without control characters, not too long."""
    return " ".join(printable(text).split())[:_LONGEST_TEXT]


def printable(text: str) -> str:
    """The same lines without control characters, which a terminal would obey."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
