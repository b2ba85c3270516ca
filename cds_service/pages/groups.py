"""All topics in the groups that pages list them by."""

from dataclasses import dataclass
from datetime import date

from cds_service.content.library import Library
from cds_service.content.models.page import GroupModel
from cds_service.content.models.topic import TopicFile

_URGENCY = ("critical", "warning", "info")


@dataclass(frozen=True, slots=True)
class Entry:
    """A topic in a list, with the urgencies its cards may have, the most urgent first."""

    file: TopicFile
    indicators: tuple[str, ...]
    cards: int
    overdue: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Topics that stand together."""

    model: GroupModel
    entries: tuple[Entry, ...]


def groups(library: Library, day: date) -> tuple[Group, ...]:
    """In the order of the content."""
    return tuple(
        Group(group, tuple(_entry(library.topics[name], day) for name in group.topics))
        for group in library.pages.shared.group
    )


def _entry(file: TopicFile, day: date) -> Entry:
    shown = {row.indicator for row in file.row if row.indicator}
    return Entry(
        file=file,
        indicators=tuple(name for name in _URGENCY if name in shown),
        cards=len({row.card for row in file.row if row.card}),
        overdue=file.next_review < day,
    )
