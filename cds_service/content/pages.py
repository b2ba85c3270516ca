"""Reads what evidence pages say beyond the tables, and the history of each topic."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cds_service.content.files import ContentReader
from cds_service.content.models.page import Change, PageFile, PagesFile

PAGE, HISTORY = "page.toml", "HISTORY.md"
CHANGE = re.compile(r"- (?P<version>\d+\.\d+\.\d+), (?P<date>\d{4}-\d{2}-\d{2}): (?P<says>\S.*)")


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
    history = {name: _history(folder / name / HISTORY) for name in names}
    if shared is None:
        return None
    return Pages(shared, {name: page for name, page in pages.items() if page}, history)


def _history(path: Path) -> tuple[Change, ...]:
    """Every change, oldest first; lines that are none are for the check of histories to tell."""
    if not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    changes = (_change(line) for line in lines)
    return tuple(change for change in changes if change)


def _change(line: str) -> Change | None:
    found = CHANGE.fullmatch(line)
    try:
        return Change.model_validate_strings(found.groupdict()) if found else None
    except ValueError:
        return None
