"""Reads what evidence pages say beyond the tables, and the history of each topic."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cds_service.content.files import ContentReader
from cds_service.content.models.page import Change, PageFile, PagesFile

PAGE, HISTORY = "page.toml", "HISTORY.md"
_CHANGE = re.compile(r"(?P<version>\S+) · (?P<date>\d{4}-\d{2}-\d{2}) · (?P<says>\S.*)")


@dataclass(frozen=True, slots=True)
class Pages:
    """The words and plots of each topic, what changed in it, and what all pages share."""

    shared: PagesFile
    topics: Mapping[str, PageFile]
    history: Mapping[str, tuple[Change, ...]]


def read_pages(reader: ContentReader, folder: Path, topics: Iterable[str]) -> Pages | None:
    """The files of all these topics, None after reporting what is wrong with the shared one."""
    names = tuple(topics)
    shared = reader.model(folder / "_common" / "pages.toml", PagesFile)
    pages = {name: reader.model(folder / name / PAGE, PageFile) for name in names}
    history = {name: _history(reader, folder / name / HISTORY) for name in names}
    if shared is None:
        return None
    return Pages(shared, {name: page for name, page in pages.items() if page}, history)


def _history(reader: ContentReader, path: Path) -> tuple[Change, ...]:
    """Every change, oldest first; a line that is none is reported."""
    if not path.is_file():
        reader.report(path, "the file is missing; say what changed, when and why")
        return ()
    changes = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            change = _change(line)
            if change is None:
                reader.report(path, f"line {number}: write version · date · what changed and why")
            else:
                changes.append(change)
    return tuple(changes)


def _change(line: str) -> Change | None:
    found = _CHANGE.fullmatch(line.strip())
    if found is None:
        return None
    try:
        return Change.model_validate_strings(found.groupdict())
    except ValueError:
        return None
