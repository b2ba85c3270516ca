"""FHIR date, dateTime and instant read as moments; anything else is unknown."""

import calendar
from datetime import UTC, date, datetime, time

from cds_service.clinical.moment import Moment

_YEAR, _MONTH, _DAY = 4, 7, 10


def read_moment(text: str) -> Moment | None:
    """A moment, or None when the text is not a FHIR date; stray blanks are tolerated."""
    text = text.strip()
    try:
        if len(text) > _DAY:
            instant = datetime.fromisoformat(text)
            instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
            return Moment(instant, instant)
        return _partial(text)
    except ValueError:
        return None


def _partial(text: str) -> Moment | None:
    if len(text) == _DAY:
        first = last = date.fromisoformat(text)
    elif len(text) == _MONTH:
        first = date(int(text[:4]), int(text[5:]), 1)
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    elif len(text) == _YEAR:
        first, last = date(int(text), 1, 1), date(int(text), 12, 31)
    else:
        return None
    return Moment(datetime.combine(first, time.min, UTC), datetime.combine(last, time.max, UTC))
