"""Facts: what the record says, typed, dated, sided and sourced; retracted entries are gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cds_service.clinical.moment import Moment
from cds_service.clinical.side import Side


class Status(StrEnum):
    """Three-valued: what is not recorded is UNKNOWN, never ABSENT."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Strength(StrEnum):
    """What a code may do: WEAK ones need a leg site, a side or company (rulings 1 and 61)."""

    STRONG = "strong"
    WEAK = "weak"


class Outcome(StrEnum):
    """What became of one prefetch query."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured number with its unit exactly as recorded; `code` is the UCUM code if given."""

    value: float
    unit: str = ""
    code: str = ""
    comparator: str = ""
    high: float | None = None
    flagged_high: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing a resource says of one finding.

    `onset` is when it began, `noted` when it was last recorded or observed; `issued_only` tells
    that only the time of issue is known. `current` is None when a Condition carries neither a
    clinical status nor an abatement. `named` is set when the current encounter names it,
    `in_encounter` when it was recorded there, `other_encounter` when it names another encounter.
    `elsewhere` tells that a body site is given which is none of ours, `unit_refused` that a
    measured value came in a unit or size that cannot be trusted.
    """

    finding: str
    status: Status
    source: str
    label: str = ""
    strength: Strength = Strength.STRONG
    side: Side = Side.UNSPECIFIED
    sites: frozenset[str] = frozenset()
    onset: Moment | None = None
    onset_assumed: bool = False
    noted: Moment | None = None
    issued_only: bool = False
    suspected: bool = False
    preliminary: bool = False
    current: bool | None = True
    named: bool = False
    worse: bool = False
    by_practitioner: bool = False
    in_encounter: bool = False
    other_encounter: bool = False
    elsewhere: bool = False
    unit_refused: bool = False
    codes: tuple[str, ...] = ()
    quantity: Quantity | None = None
    moment_value: Moment | None = None

    @property
    def observed(self) -> bool:
        """Whether it was observed or asked, not kept on a list of problems or reasons."""
        return self.source.startswith(("Observation/", "QuestionnaireResponse/"))

    @property
    def resource(self) -> str:
        """The reference of the resource; `source` also tells which answer of a questionnaire."""
        return self.source.partition("#")[0]


@dataclass(frozen=True, slots=True)
class Medication:
    """A medication order, statement or administration.

    `uses` are the finding ids its codes feed. `classified` is False when no coding says what the
    drug is, so that it might be an anticoagulant. `prophylactic` marks doses that do not treat.
    """

    source: str
    uses: frozenset[str]
    label: str
    active: bool
    given: bool
    classified: bool
    prophylactic: bool = False
    dose_known: bool = False
    weak: bool = False
    topical: bool = False
    since: Moment | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A ServiceRequest; `kinds` are the order families its code belongs to."""

    source: str
    kinds: frozenset[str]
    status: str
    intent: str
    priority: str
    side: Side
    authored: Moment | None
    reasons: frozenset[str] = frozenset()

    @property
    def placed(self) -> bool:
        """A real order: drafts, proposals, revoked and held orders never count (ruling 4)."""
        return self.status in ("active", "completed") and self.intent.endswith("order")


@dataclass(frozen=True, slots=True)
class Study:
    """A finished or reported imaging study; `result` is UNKNOWN when it is not machine-readable."""

    source: str
    kinds: frozenset[str]
    side: Side
    done: Moment | None
    result: Status
    inconclusive: bool = False
    whole_leg: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """An Encounter; `inpatient` covers admitted and observation classes.

    `surgical` is set where the service is vascular or general surgery.
    """

    source: str
    inpatient: bool
    in_progress: bool
    in_context: bool
    start: Moment | None
    surgical: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """The patient; `birth` spans the possible days when the birth date is partial or unknown."""

    birth: Moment | None
    male: bool
    deceased: bool

    def age(self, as_of: datetime) -> int | None:
        """Youngest possible age in years, None when unknown (ruling 44)."""
        return _years(self.birth.last, as_of) if self.birth else None

    def oldest_age(self, as_of: datetime) -> int | None:
        """Oldest possible age in years, for rows that ask for a minimum age (ruling 44)."""
        return _years(self.birth.first, as_of) if self.birth else None


def _years(born: datetime, as_of: datetime) -> int:
    return as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was read of one patient as of one instant, and how complete each query was.

    `of_visit` names queries that were limited to one visit: nothing earlier can be known there.
    """

    as_of: datetime
    person: Person
    statements: tuple[Statement, ...] = ()
    medications: tuple[Medication, ...] = ()
    orders: tuple[Order, ...] = ()
    studies: tuple[Study, ...] = ()
    visits: tuple[Visit, ...] = ()
    queries: Mapping[str, Outcome] | None = None
    text_only: int = 0
    skipped: int = 0
    damaged: frozenset[str] = frozenset()
    of_visit: frozenset[str] = frozenset()

    def complete(self, *queries: str) -> bool:
        """Whether every named query was answered in full."""
        return all((self.queries or {}).get(name) is Outcome.COMPLETE for name in queries)
