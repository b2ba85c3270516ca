"""Moves a document in time: every FHIR date in it by the same whole number of days."""

import re
from datetime import date, timedelta

_DATE = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?P<time>T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?"
)
_NEVER_A_DATE = frozenset({"id"})


def shift_dates(document: object, days: int) -> object:
    """A copy of a JSON document with every date, dateTime and instant moved by whole days.

    Format, precision, time of day and offset stay as they are. Years and months without a day
    stay unmoved, as do dates that do not exist or would leave the calendar (9999-12-31).
    """
    if isinstance(document, dict):
        return {
            key: value if key in _NEVER_A_DATE else shift_dates(value, days)
            for key, value in document.items()
        }
    if isinstance(document, list):
        return [shift_dates(item, days) for item in document]
    return _shifted(document, days) if isinstance(document, str) else document


def _shifted(text: str, days: int) -> str:
    stated = _DATE.fullmatch(text)
    if stated is None:
        return text
    try:
        moved = date.fromisoformat(stated["day"]) + timedelta(days)
    except (ValueError, OverflowError):
        return text
    return moved.isoformat() + (stated["time"] or "")
