"""Which topics are due for review."""

from datetime import date

from cds_service.content.library import Library
from cds_service.content.models.topic import TopicFile


def due(library: Library, day: date) -> tuple[TopicFile, ...]:
    """Topics whose next review lies on or before this day, the longest overdue first."""
    found = (file for file in library.topics.values() if file.next_review <= day)
    return tuple(sorted(found, key=lambda file: (file.next_review, file.id)))
