"""Small pieces of Markdown: tables, lists and links that any viewer shows alike."""

from collections.abc import Iterable, Sequence


def text(value: str) -> str:
    """Words that cannot be taken for a table border or for markup."""
    line = " ".join(value.split())
    return line.replace("|", "\\|").replace("<", "&lt;")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table; nothing at all when it has no rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines] if lines else []


def section(title: str, lines: Sequence[str], lead: str = "") -> list[str]:
    """A heading with what stands under it; nothing when that is empty."""
    if not lines:
        return []
    return [f"## {title}", "", *([lead, ""] if lead else []), *lines, ""]


def some(names: Sequence[str], most: int) -> str:
    """The first names, and how many more there are."""
    more = [f"and {len(names) - most} more"] if len(names) > most else []
    return ", ".join([*names[:most], *more])
