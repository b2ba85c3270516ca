"""`topic.toml`, `evidence.toml`, `notes.toml` and the shared windows."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cds_service.content.models.base import Keys, Span, Strict, Words

Kind = Literal["guideline", "study", "review", "reference", "policy", "operational"]
Indicator = Literal["info", "warning", "critical"]
TierName = Literal["emergency", "urgent", "routine"]


class Threshold(Strict):
    """A number the rules compare with; `allowed` bounds what a site may set."""

    value: float
    unit: Words
    meaning: Words
    allowed: Annotated[tuple[float, float], Field(strict=False)]
    status: Kind
    evidence: Keys

    @model_validator(mode="after")
    def _in_range(self) -> "Threshold":
        low, high = self.allowed
        if not low <= self.value <= high:
            message = f"{self.value:g} is outside the allowed range {low:g} to {high:g}"
            raise ValueError(message)
        if self.status in ("guideline", "study") and not self.evidence:
            message = f"a {self.status} value needs at least one evidence key"
            raise ValueError(message)
        return self


class Window(Strict):
    """A time span in `days` or `hours`."""

    days: Span | None = None
    hours: Span | None = None
    meaning: Words
    allowed: Annotated[tuple[int, int], Field(strict=False)]
    status: Kind
    evidence: Keys

    @model_validator(mode="after")
    def _one_unit(self) -> "Window":
        if (self.days is None) == (self.hours is None):
            message = "give either days or hours"
            raise ValueError(message)
        low, high = self.allowed
        if not low <= (self.days if self.days is not None else self.hours or 0) <= high:
            message = f"{self.days or self.hours} is outside the allowed range {low} to {high}"
            raise ValueError(message)
        return self


class RowModel(Strict):
    """One decision row: either a card with indicator and tier, or silence.

    `told_by` names a group of the topic: the emergency cards that print what this silent row found.
    """

    id: Words
    table: Words
    situation: Words
    state: Words
    card: str | None = None
    indicator: Indicator | None = None
    tier: TierName | None = None
    variant: str | None = None
    vascular: str | None = None
    told_by: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> "RowModel":
        given = {self.card is not None, self.indicator is not None, self.tier is not None}
        if len(given) > 1:
            message = f"row {self.id}: card, indicator and tier belong together"
            raise ValueError(message)
        return self


class SourceAttributes(Strict):
    """What the intervention was made from and which patient attributes it uses (ONC (b)(11))."""

    developer: Words
    funding: Words
    race: Words
    ethnicity: Words
    language: Words
    sexual_orientation: Words
    gender_identity: Words
    sex: Words
    date_of_birth: Words
    social_determinants: Words
    health_status_assessments: Words


_ENCOUNTERS, _ENCOUNTER = "encounters", "encounter"


class TopicFile(Strict):
    """`topic.toml`."""

    id: Words
    title: Words
    purpose: Words
    version: Words
    owner: Words
    released: date
    reviewed: date
    next_review: date
    signed_off: bool
    reads: Keys = ()
    source_attributes: SourceAttributes
    thresholds: dict[str, Threshold] = Field(default_factory=dict)
    windows: dict[str, Window] = Field(default_factory=dict)
    units: dict[str, float] = Field(default_factory=dict)
    groups: dict[str, Keys] = Field(default_factory=dict)
    row: Annotated[tuple[RowModel, ...], Field(strict=False)] = ()

    @property
    def queries(self) -> Keys:
        """The prefetch keys this topic reads: the encounter of the context is an encounter."""
        return (*self.reads, _ENCOUNTER) if _ENCOUNTERS in self.reads else self.reads


class WindowsFile(Strict):
    """`_common/windows.toml`."""

    windows: dict[str, Window]


class Evidence(Strict):
    """One entry of `evidence.toml`."""

    citation: Words
    claim: Words
    year: int
    kind: Literal["guideline", "study", "review", "reference"]
    url: str | None = None
    confirmed: Literal["seen", "partly", "unverified"]


class NotesFile(Strict):
    """`notes.toml`: sentences that the chart may call for, and the evidence some of them need."""

    notes: dict[str, Words] = Field(default_factory=dict)
    evidence: dict[str, Keys] = Field(default_factory=dict)
