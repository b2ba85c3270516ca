"""Which line of a content file a sentence of the checks is about."""

import re
from collections.abc import Iterator

Path = tuple[str, ...]

_TABLE = re.compile(r"\[(?P<list>\[)?\s*(?P<name>[^\[\]]+?)\s*\]{1,2}\s*(#.*)?")
_KEY = re.compile(r"""(?P<name>[A-Za-z0-9_.:-]+|"[^"]+"|'[^']+')\s*=""")
_LONG_TEXT = '"""'
_NAMED = frozenset({"row", "defer", "suggestion"})
_PLACEHOLDER = "placeholder"


def line_of(text: str, where: str) -> int | None:
    """The line, counted from 1, of `dotted.key`, `row ID` or `evidence KEY`; None where unknown.

    Of a key that is not there, the line of the table that it belongs to.
    """
    kind, _, name = where.partition(" ")
    if not name:
        return _line_of_key(text, tuple(where.split(".")))
    pattern = re.escape(name)
    if kind in _NAMED:
        pattern = rf"""^\s*id\s*=\s*["']{pattern}["']"""
    elif kind == _PLACEHOLDER:
        pattern = rf"\{{\{{\s*{pattern}\s*\}}\}}"
    else:
        pattern = rf"(?<![\w-]){pattern}(?![\w-])"
    found = re.search(pattern, text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _line_of_key(text: str, wanted: Path) -> int | None:
    known: dict[Path, int] = {}
    for line, path in _keys(text):
        for length in range(1, len(path) + 1):
            known.setdefault(path[:length], line)
    parts = (wanted[:length] for length in range(len(wanted), 0, -1))
    return next((known[part] for part in parts if part in known), None)


def _keys(text: str) -> Iterator[tuple[int, Path]]:
    """Every table and every key of a TOML text with its line; long texts are stepped over."""
    table: Path = ()
    counts: dict[Path, int] = {}
    within = False
    for number, line in enumerate(text.splitlines(), start=1):
        opened = within
        within ^= line.count(_LONG_TEXT) % 2 == 1
        if opened:
            continue
        if header := _TABLE.fullmatch(line.strip()):
            table = _parts(header["name"])
            if header["list"]:
                counts[table] = counts.get(table, -1) + 1
                table = (*table, str(counts[table]))
            yield number, table
        elif key := _KEY.match(line.strip()):
            yield number, (*table, *_parts(key["name"]))


def _parts(name: str) -> Path:
    if name[0] in "\"'":
        return (name[1:-1],)
    return tuple(part.strip(" \"'") for part in name.split("."))
