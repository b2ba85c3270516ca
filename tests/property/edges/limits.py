"""A limit of the content, the places around it, and how a record may write a time there."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum, StrEnum

from tests.spec.moments import AS_OF

DAY = timedelta(days=1)
MIDNIGHT = AS_OF.replace(hour=0)
EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-11))


class Place(Enum):
    """One step before the limit, on it, one step beyond it."""

    BELOW = -1
    EQUAL = 0
    ABOVE = 1


PLACES = tuple(Place)


@dataclass(frozen=True, slots=True)
class Level:
    """A value at a threshold of the content, or one step of what a record can state beside it."""

    limit: float
    step: float
    place: Place

    @property
    def number(self) -> float:
        """The value to record."""
        return round(self.limit + self.place.value * self.step, 6)

    @property
    def count(self) -> int:
        """The value of a threshold that counts findings."""
        return round(self.number)

    @property
    def born(self) -> str:
        """Birth date of somebody whose birthday is today, a day ahead or a day past."""
        birthday = AS_OF.date() - self.place.value * DAY
        return birthday.replace(year=birthday.year - round(self.limit)).isoformat()


class Writing(StrEnum):
    """How a time is written: an instant with one of three offsets, or a date alone."""

    UTC = "utc"
    EAST = "+14:00"
    WEST = "-11:00"
    DATE = "date"

    def text(self, instant: datetime) -> str:
        """The FHIR text."""
        if self is Writing.DATE:
            return instant.date().isoformat()
        zones = {Writing.UTC: AS_OF.tzinfo, Writing.EAST: EAST, Writing.WEST: WEST}
        return instant.astimezone(zones[self]).isoformat()


class Dates(Enum):
    """How far back a date alone still lies in a window.

    WHOLE: dates are compared as whole days, and hours are rounded up to days (the default).
    APART: two dates are compared with each other, so nothing is rounded up.
    STARTED: the date may mean its first instant, where the longer time is the cautious reading.
    """

    WHOLE = "whole"
    APART = "apart"
    STARTED = "started"

    def last_inside(self, span: timedelta, *, inclusive: bool, ahead: bool) -> int:
        """Calendar days to the furthest date inside; a negative number leaves none."""
        if self is Dates.STARTED:
            into_the_day = AS_OF - MIDNIGHT
            return (span + (into_the_day if ahead else -into_the_day)) // DAY
        days = span / DAY
        whole = math.floor(days) if self is Dates.APART else math.ceil(days)
        return whole if inclusive else whole - 1


@dataclass(frozen=True, slots=True)
class Edge:
    """The two times of a chart: `at` lies at the edge of the window, `anchor` where it counts from.

    Most windows count from the assessment; those between two entries count from the newer one.
    """

    at: str
    anchor: str
