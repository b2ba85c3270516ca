"""FHIR date, dateTime and instant read as moments; anything else is unknown."""

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta

from cds_service.clinical.moment import Moment

_YEAR, _MONTH, _DAY = 4, 7, 10
_FHIR = re.compile(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}"
    r"(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
_EARLIEST, _LATEST = "1800", "2200"
_EAST, _WEST = timedelta(hours=14), timedelta(hours=12)


def read_moment(text: str) -> Moment | None:
    """A moment, or None when the text is not a FHIR date or no plausible year.

    Stray blanks around it are tolerated.
    """
    text = text.strip()
    if not _FHIR.fullmatch(text) or not _EARLIEST <= text[:_YEAR] <= _LATEST:
        return None
    try:
        if len(text) > _DAY:
            instant = datetime.fromisoformat(text)
            if instant.tzinfo is None:
                return _anywhere(instant.replace(tzinfo=UTC))
            return Moment(instant, instant)
        return _partial(text)
    except ValueError:
        return None


def _anywhere(instant: datetime) -> Moment:
    """A time without offset, which FHIR does not allow, may be any place's time."""
    return Moment(instant - _EAST, instant + _WEST)


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
