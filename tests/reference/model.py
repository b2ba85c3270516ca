"""An abstract chart: what is recorded about one patient, told without FHIR and without codes.

Times count back from the instant of the assessment: `hours` since something was recorded, examined
or ordered, `onset` in whole days since a complaint began where the record states it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

Side: TypeAlias = Literal["L", "R", "B"]
Result: TypeAlias = Literal["ordered", "negative", "positive", "inconclusive", "unreadable"]
Leg: TypeAlias = Literal["L", "R"] | None  # None: the record names no side
HOURS_PER_DAY = 24


class Says(StrEnum):
    """What a record says about a finding."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry about one finding."""

    finding: str
    present: bool = True
    side: Side | None = None
    hours: float = 1
    onset: int | None = None
    problem: bool = False  # on the problem list, else an answer or an examination

    @property
    def days(self) -> float:
        """How many days ago it was recorded."""
        return self.hours / HOURS_PER_DAY

    @property
    def since(self) -> float:
        """Days since it began; without a stated onset, since it was recorded."""
        return self.days if self.onset is None else float(self.onset)


@dataclass(frozen=True, slots=True)
class Measured:
    """A number in the unit of the tables: mm[Hg], %, /min, mL, cm, Cel, MRC grade, ABI ratio."""

    name: str
    value: float
    side: Side | None = None
    hours: float = 1


@dataclass(frozen=True, slots=True)
class DDimer:
    """A D-dimer result as the laboratory sent it, or one still pending."""

    code: str
    value: float
    unit: str
    hours: float
    bound: Literal["", "<", ">"] = ""
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """A leg-vein scan: ordered, or reported with a coded or an unreadable result."""

    result: Result
    side: Side | None
    hours: float
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the tables ask about; a tuple that is empty says nothing."""

    age: int | None
    male: bool = False
    deceased: bool = False
    pregnant: bool = False
    delivered: int | None = None  # days since delivery
    inpatient_hours: float | None = None
    entries: tuple[Entry, ...] = ()
    measured: tuple[Measured, ...] = ()
    d_dimers: tuple[DDimer, ...] = ()
    d_dimer_ordered: float | None = None  # hours ago
    scans: tuple[Scan, ...] = ()
    dvt: tuple[Literal["L", "R"], int] | None = None  # a confirmed DVT and the days since its onset
    pulmonary_embolism: int | None = None  # days since a confirmed one
    ct_angiogram_ordered: float | None = None  # hours ago
    anticoagulant: float | None = None  # hours since it was started
    anticoagulant_dose: bool = True
    operation: int | None = None  # days since a knee replacement
    spine_mri: float | None = None  # hours since it was ordered
    spine_mri_urgent: bool = True
    managed_root: bool = False  # a known lumbar radiculopathy with imaging


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one table says: its row, the state the document names, and the card."""

    topic: str
    row: str
    state: str = ""
    card: str = ""
    indicator: str = ""
    side: Leg = None
    score: tuple[int, int] | None = None
    clusters: dict[str, tuple[int, int]] = field(default_factory=dict)
    urgent: bool = False  # the tier where the card does not say it
