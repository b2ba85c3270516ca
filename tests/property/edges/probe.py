"""Probes: the smallest chart that shows on which side of a limit a recorded value or time lies.

Every threshold and window of the content has one; which side the limit itself belongs to is
written from the decision tables, never from what the service answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from typing import TypeAlias

from cds_service.clinical.assessment import Assessment, Value
from cds_service.pipeline import Advice
from tests.property.edges.limits import DAY, Dates, Edge, Level, Place, Writing
from tests.spec.fhir_json import Json
from tests.spec.moments import AS_OF

Chart: TypeAlias = Sequence[Json]
Outcome: TypeAlias = Callable[[Advice], object]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold: `expected` just below, on and just above it.

    `step` is the smallest difference a record states; `recordable` bounds what can be recorded,
    and a place outside it has no chart.
    """

    name: str
    chart: Callable[[Level], Chart]
    outcome: Outcome
    expected: tuple[object, object, object]
    step: float = 1
    recordable: tuple[float, float] = (-inf, inf)

    def at(self, limit: float, place: Place) -> Level | None:
        """The level at this place, None where nobody could record it."""
        level = Level(limit, self.step, place)
        low, high = self.recordable
        return level if low <= level.number <= high else None

    def expects(self, place: Place) -> object:
        """What the tables say at this place."""
        return self.expected[place.value + 1]


@dataclass(frozen=True, slots=True)
class Window:
    """A window: what follows `inside` and `outside` it, and whether its end is still inside.

    `ahead` windows lie in the future; `lead` is the part of the window that other dates of the
    chart use up; windows between two entries count from the newer one, `anchor` before the
    assessment. `dates` says how far a date alone reaches, `moved` replaces the ends of the allowed
    range where another rule would cover them.
    """

    name: str
    chart: Callable[[Edge], Chart]
    outcome: Outcome
    inside: object
    outside: object
    inclusive: bool = True
    ahead: bool = False
    lead: timedelta = timedelta(0)
    anchor: timedelta = timedelta(0)
    dates: Dates = Dates.WHOLE
    moved: tuple[int, int] | None = None

    def expects(self, place: Place) -> object:
        """What the tables say at this place."""
        within = place is Place.BELOW or (place is Place.EQUAL and self.inclusive)
        return self.inside if within else self.outside

    def expects_by_date(self, place: Place) -> object:
        """The same of a date; the place counts from the furthest date inside."""
        return self.outside if place is Place.ABOVE else self.inside

    def edge(self, span: timedelta, beyond: timedelta, writing: Writing) -> Edge:
        """The times of a chart so far beyond the edge of a window of this length."""
        distance = span - self.lead + beyond
        start = AS_OF - self.anchor
        at = start + distance if self.ahead else start - distance
        return Edge(writing.text(at), writing.text(start))

    def last_date(self, span: timedelta) -> int:
        """Calendar days to the furthest date inside."""
        return self.dates.last_inside(span - self.lead, inclusive=self.inclusive, ahead=self.ahead)

    def edge_by_date(self, days: int) -> Edge:
        """The dates of a chart so many calendar days from the day of the assessment."""
        at = AS_OF + days * DAY if self.ahead else AS_OF - days * DAY
        return Edge(Writing.DATE.text(at), Writing.DATE.text(AS_OF))


@dataclass(frozen=True, slots=True)
class Probes:
    """All probes of one topic."""

    thresholds: tuple[Threshold, ...] = ()
    windows: tuple[Window, ...] = ()


def _of(topic: str, advised: Advice) -> Assessment | None:
    found = (placed.assessment for placed in advised.placed)
    return next((assessment for assessment in found if assessment.topic == topic), None)


def state(topic: str) -> Outcome:
    """The state of a topic, None where it does not open."""
    return lambda advised: found.state if (found := _of(topic, advised)) else None


def row(topic: str) -> Outcome:
    """The row of a topic that applies."""
    return lambda advised: found.row.id if (found := _of(topic, advised)) else None


def concludes(topic: str, *names: str) -> Outcome:
    """Whether the topic is in one of these states."""
    return lambda advised: state(topic)(advised) in names


def notes(topic: str, note: str) -> Outcome:
    """Whether the topic adds a sentence to its card."""
    return lambda advised: _note(topic, note, advised) is not None


def noted_value(topic: str, note: str, name: str) -> Outcome:
    """A value that a sentence of the card is filled with."""
    return lambda advised: (_note(topic, note, advised) or {}).get(name)


def _note(topic: str, note: str, advised: Advice) -> dict[str, Value] | None:
    found = _of(topic, advised)
    said = found.notes if found else ()
    return next((dict(one.values) for one in said if one.id == note), None)
