"""The labeled cases as typed values, read from `cases/`."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

FOLDER = Path(__file__).parent / "cases"

Side = Literal["L", "R", "B"]
Site = Literal[
    "leg", "lower-leg", "calf", "thigh", "knee", "foot", "buttock", "sij", "hip", "groin",
    "low-back", "arm", "perineum",
]  # fmt: skip
# `3h` is an instant, `4d`, `6w` and `2y` are dates; a minus sign lies ahead.
Ago = Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?[hdwy]$")]
Codes = Annotated[str, StringConstraints(min_length=1)]
Result = Annotated[str, StringConstraints(pattern=r"^(critical|warning|info):[a-z0-9-]+$")]
FormAnswer: TypeAlias = bool | float | str
CardId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")]

HardNegative = Literal[
    "absent-finding",  # asked or examined, and not there
    "refuted",
    "resolved",
    "entered-in-error",
    "family-history",
    "other-patient",
    "other-leg",
    "old-episode",  # too long ago, or re-recorded without being new
    "suspected-only",  # provisional or preliminary
    "stale-result",  # a measurement or scan that no longer counts
    "wrong-unit",
    "weak-code",  # a code that says less than it seems to
    "unspecific-sign",  # a sign or a risk that another cause explains
    "incomplete-cluster",  # some of what a rule needs
    "draft-or-stopped",  # never ordered, never given, or no longer
    "already-acted",
    "known-and-treated",
    "child",
    "age-unknown",
    "deceased",
    "other-sex",
    "mentioned-only",  # a code without a value
]
Kind = Literal["positive"] | HardNegative


class _Value(BaseModel):
    """A frozen value that refuses words it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(_Value):
    """Who the chart is about; without `age` and `born` it holds no birth date."""

    age: int | None = None
    born: str | None = None
    sex: Literal["F", "M"] | None = None
    deceased: bool = False
    missing: bool = False


class Visit(_Value):
    """The current encounter; its reasons are codes."""

    klass: str = Field(default="AMB", alias="class")
    start: Ago = "3h"
    status: str = "in-progress"
    reasons: tuple[Codes, ...] = ()
    service: Codes | None = None


class _Entry(_Value):
    """What any entry of a chart may say of itself."""

    side: Side | None = None
    site: Site | None = None
    of: Literal["other"] | None = None
    text: str = ""


class ConditionEntry(_Entry):
    """A problem, or with `visit` a diagnosis of the current encounter."""

    condition: Codes
    clinical: str | None = "active"
    verification: str | None = "confirmed"
    onset: Ago | None = None
    ended: Ago | None = None
    recorded: Ago | None = None
    visit: bool = False


class Answer(_Value):
    """How an Observation or one of its components says what it says."""

    value: bool | float | None = None
    unit: str | None = None
    unit_text: str | None = None
    comparator: Literal["<", "<=", ">=", ">"] | None = None
    means: Codes | None = None
    word: str | None = None
    flag: str | None = None
    missing: str | None = None
    day: Ago | None = None
    high: float | None = None


class ComponentEntry(Answer):
    """One part of an Observation."""

    code: Codes


class ObservationEntry(Answer, _Entry):
    """One Observation of any category, observed `at` or over a period `since`."""

    observation: Codes
    status: str = "final"
    at: Ago | None = "2h"
    since: Ago | None = None
    issued: Ago | None = None
    components: tuple[ComponentEntry, ...] = ()


class ProcedureEntry(_Entry):
    """Something done to the patient."""

    procedure: Codes
    at: Ago
    status: str = "completed"


class MedicationEntry(_Entry):
    """An order, a statement or an administration of a drug."""

    medication: Codes
    carrier: Literal["request", "statement", "administration"] = "request"
    status: str = "active"
    intent: str = "order"
    since: Ago
    dose: float | None = None
    route: Codes | None = None


class OrderEntry(_Entry):
    """A service somebody asked for."""

    order: Codes
    at: Ago
    status: str = "active"
    intent: str = "order"
    priority: str | None = None
    reason: Codes | None = None
    visit: bool = False


class ReportEntry(_Entry):
    """A report, its conclusion coded or not."""

    report: Codes
    at: Ago
    status: str = "final"
    conclusion: Codes | None = None


class EncounterEntry(_Entry):
    """Another encounter than the current one."""

    encounter: str
    start: Ago
    end: Ago | None = None
    status: str = "finished"
    reasons: tuple[Codes, ...] = ()
    type: Codes | None = None
    service: Codes | None = None


class RelativeEntry(_Entry):
    """What a relative had."""

    family: Codes
    relative: str = "MTH"


class FormEntry(_Entry):
    """The project's own form as answered: yes or no, a number or a code for each link id."""

    form: Mapping[str, FormAnswer]
    at: Ago = "2h"
    status: str = "completed"


def _word(entry: object) -> str | None:
    """The word that says what an entry is."""
    words = ("condition", "observation", "procedure", "medication", "order", "report")
    named = (*words, "encounter", "family", "form")
    given = entry if isinstance(entry, dict) else vars(entry)
    return next((word for word in named if word in given), None)


Entry: TypeAlias = Annotated[
    Annotated[ConditionEntry, Tag("condition")]
    | Annotated[ObservationEntry, Tag("observation")]
    | Annotated[ProcedureEntry, Tag("procedure")]
    | Annotated[MedicationEntry, Tag("medication")]
    | Annotated[OrderEntry, Tag("order")]
    | Annotated[ReportEntry, Tag("report")]
    | Annotated[EncounterEntry, Tag("encounter")]
    | Annotated[RelativeEntry, Tag("family")]
    | Annotated[FormEntry, Tag("form")],
    Discriminator(_word),
]


class Case(_Value):
    """One labeled patient: what the record holds, and exactly the cards that must follow.

    `present` and `absent` are findings of our own, recorded today: `finding`, `finding@L`,
    `finding@L at 5d`, `finding@L since 20d`. A name in capitals stands for a list (`GROUPS`) less
    what the case itself names in `present` or `unknown`.
    """

    id: str
    title: str
    source: tuple[str, ...] = Field(alias="from", min_length=1)
    kind: Kind
    patient: Person
    visit: Visit = Visit()
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    chart: tuple[Entry, ...] = ()
    unread: tuple[str, ...] = ()
    cards: tuple[Result, ...]
    near: tuple[CardId, ...] = ()
    states: tuple[str, ...] = ()
    score: tuple[int, int] | None = None

    @model_validator(mode="after")
    def _hard_negatives_name_the_card_they_resemble(self) -> Self:
        shown = {card.partition(":")[2] for card in self.cards}
        if self.kind == "positive" and not self.cards:
            raise ValueError("a positive case needs a card")
        if (self.kind == "positive") == bool(self.near):
            raise ValueError("a hard negative, and only that, names in `near` what it resembles")
        if shown & set(self.near):
            raise ValueError("a card cannot be expected and only resembled")
        return self


@cache
def cases() -> tuple[Case, ...]:
    """Read every case of every file, in file order."""
    return tuple(_read())


def _read() -> Iterator[Case]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield Case.model_validate(row)
