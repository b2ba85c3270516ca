"""Assessments: what one topic concludes, with its reasons; and how a row is chosen."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from cds_service.clinical.finding import Finding
from cds_service.clinical.moment import Moment
from cds_service.clinical.rulebook import Row, Tier
from cds_service.clinical.side import Side


@dataclass(frozen=True, slots=True)
class Interval:
    """Lowest and highest result that the missing items still allow."""

    lower: int
    upper: int


@dataclass(frozen=True, slots=True)
class Names:
    """Findings or terms to be listed by their display names, at most three and then '+n'.

    `present` lists them as signs that are there ("reduced power"), not as questions ("power").
    """

    ids: tuple[str, ...]
    present: bool = False


@dataclass(frozen=True, slots=True)
class Quoted:
    """Text of the record, to be quoted and escaped."""

    text: str


Situation = TypeVar("Situation")

Value = int | float | str | Side | Moment | Names | Quoted


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of the content to be added to the card, filled with values."""

    id: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answered:
    """A clinician's answer to the same card on the same evidence.

    `quiet` keeps the card back, `until` says how long (None: until something changes); an
    overridden emergency is shown all the same, without suggestions.
    """

    at: datetime
    reason: str = ""
    quiet: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The outcome of one topic: its decision row, reasons and what is still missing.

    `findings` are the facts that decided; `missing` the finding ids that could still change it,
    and `unknown` the same with the reason why each is not known; `answered` is set once a
    clinician has answered its card.
    """

    topic: str
    row: Row
    side: Side = Side.UNSPECIFIED
    values: Mapping[str, Value] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    findings: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: tuple[Finding, ...] = ()
    score: Interval | None = None
    answered: Answered | None = None
    clusters: Mapping[str, Interval] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """The name of the state this topic is in."""
        return self.row.state

    @property
    def card(self) -> str | None:
        """The card to show, None where the row stays silent."""
        return self.row.card

    @property
    def speaks(self) -> bool:
        """Whether it has a card to show: the row has one, and it is not kept quiet."""
        return self.card is not None and not (self.answered and self.answered.quiet)

    @property
    def tier(self) -> Tier | None:
        """The tier of the card, None where the row stays silent."""
        return self.row.tier


def distinct(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding of each source once, in order."""
    unique = {(f.id, f.status, tuple(s.source for s in f.evidence)): f for f in findings}
    return tuple(unique.values())


def otherwise(_situation: object) -> bool:
    """The predicate of the last row of a complete table."""
    return True


def first_match(
    rows: tuple[Row, ...],
    predicates: Mapping[str, Callable[[Situation], bool]],
    situation: Situation,
) -> Row | None:
    """The first row, in file order, whose predicate holds; None when the table has no such row."""
    return next((row for row in rows if predicates[row.id](situation)), None)
