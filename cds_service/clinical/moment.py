"""Points in time as records state them: an instant, a day, a month or a year."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

_DAY = timedelta(days=1)
_EARLIEST_ZONE = timedelta(hours=14)
_CLOCK_SKEW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Moment:
    """The first and last instant a recorded time can mean; both are timezone-aware.

    An instant has `first == last`. A date without a time covers the whole day, in UTC because
    FHIR dates carry no offset.
    """

    first: datetime
    last: datetime

    @property
    def exact(self) -> bool:
        """Whether the record states a time of day."""
        return self.first == self.last

    def age(self, as_of: datetime) -> timedelta:
        """How long ago this was; whole calendar days when the record states only a date."""
        if self.exact:
            return as_of - self.first
        return max(timedelta(0), as_of.date() - self.last.date())

    def within(self, window: timedelta, as_of: datetime) -> bool:
        """Whether this lies at most `window` before `as_of`; dates are compared as whole days."""
        if self.exact:
            return self.age(as_of) <= window
        return self.age(as_of) <= math.ceil(window / _DAY) * _DAY

    def is_after(self, as_of: datetime) -> bool:
        """Whether this lies in the future, beyond what clocks that differ can explain.

        A date may already have begun further east.
        """
        return self.first > as_of + (_CLOCK_SKEW if self.exact else _EARLIEST_ZONE)

    def whole_day(self) -> "Moment":
        """The calendar day of this instant: all that an assumed time can claim (ruling 32)."""
        first = self.first.replace(hour=0, minute=0, second=0, microsecond=0)
        last = self.last.replace(hour=23, minute=59, second=59, microsecond=999_999)
        return Moment(first, last)

    def not_before(self, other: "Moment") -> bool:
        """Same time or later, at the coarser precision: the same calendar day counts as after.

        Where the two are told in different offsets, the same day in either of them does.
        """
        if self.exact and other.exact:
            return self.first >= other.first
        return self.last >= other.first or self.last.date() >= other.first.date()

    def strictly_after(self, other: "Moment") -> bool:
        """Later for certain, comparing real instants only."""
        return self.first > other.last


def earliest(*moments: Moment | None) -> Moment | None:
    """The earliest of the known moments, None when none is known."""
    known = [moment for moment in moments if moment is not None]
    return min(known, key=lambda moment: moment.first) if known else None


def latest(*moments: Moment | None) -> Moment | None:
    """The latest of the known moments, None when none is known."""
    known = [moment for moment in moments if moment is not None]
    return max(known, key=lambda moment: moment.last) if known else None
