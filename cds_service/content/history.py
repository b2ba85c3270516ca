"""The history of a topic: what changed, when and why, one line per change, the newest last."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cds_service.content.files import ContentReader
from cds_service.content.library import SERVICE, Library
from cds_service.content.models.topic import TopicFile
from cds_service.content.pages import CHANGE, HISTORY

_FORM = "write each change as '- 0.1.0, 2026-11-23: what changed and why'"


def history_slips(library: Library, root: Path) -> tuple[str, ...]:
    """One sentence per problem: a topic with cards tells of its version and of its last review."""
    reader = ContentReader(root)
    for name, topic in library.topics.items():
        if name != SERVICE and any(row.card for row in topic.row):
            path = root / name / HISTORY
            for line, sentence in _slips(reader.text(path), topic):
                reader.report(path, sentence, line)
    return tuple(reader.problems)


def _slips(text: str | None, topic: TopicFile) -> Iterator[tuple[int | None, str]]:
    if text is None:
        return
    told: list[tuple[str, date]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        found = CHANGE.fullmatch(line)
        day = _day(found["date"]) if found else None
        if found is None or day is None:
            if line.strip():
                yield number, f"not a line of a history; {_FORM}"
            continue
        if told and day < told[-1][1]:
            yield number, "lies before the line above; the newest change stands last"
        told.append((found["version"], day))
    if topic.version not in {version for version, _ in told}:
        yield None, f"no line for version {topic.version}; {_FORM}"
    if not any(day >= topic.reviewed for _, day in told):
        yield None, f"no line since the review of {topic.reviewed}; say what was reviewed"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
