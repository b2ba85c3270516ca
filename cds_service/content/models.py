"""The shape of every content file; a slip becomes a sentence that names file and key."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Words = Annotated[str, Field(min_length=1)]
Keys = Annotated[tuple[str, ...], Field(strict=False)]
Kind = Literal["guideline", "study", "review", "reference", "policy", "operational"]
Indicator = Literal["info", "warning", "critical"]
TierName = Literal["emergency", "urgent", "routine"]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Threshold(_Strict):
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


class Window(_Strict):
    """A time span in `days` or `hours`."""

    days: int | None = None
    hours: int | None = None
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


class RowModel(_Strict):
    """One decision row: either a card with indicator and tier, or silence."""

    id: Words
    table: Words
    situation: Words
    state: Words
    card: str | None = None
    indicator: Indicator | None = None
    tier: TierName | None = None
    variant: str | None = None
    vascular: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> "RowModel":
        given = {self.card is not None, self.indicator is not None, self.tier is not None}
        if len(given) > 1:
            message = "card, indicator and tier belong together"
            raise ValueError(message)
        return self


class SourceAttributes(_Strict):
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


class TopicFile(_Strict):
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
    thresholds: dict[str, Threshold] = {}
    windows: dict[str, Window] = {}
    units: dict[str, float] = {}
    groups: dict[str, Keys] = {}
    row: Annotated[tuple[RowModel, ...], Field(strict=False)] = ()


class WindowsFile(_Strict):
    """`_common/windows.toml`."""

    windows: dict[str, Window]


class Evidence(_Strict):
    """One entry of `evidence.toml`."""

    citation: Words
    claim: Words
    year: int
    kind: Literal["guideline", "study", "review", "reference"]
    url: str | None = None
    confirmed: Literal["seen", "partly", "unverified"]


class SuggestionModel(_Strict):
    """A draft order or task offered with a card."""

    id: Words
    label: Annotated[str, Field(min_length=1, max_length=80)]
    order: Words
    priority: Literal["routine", "urgent", "asap", "stat"]
    recommended: bool = False
    description: Words


class Wording(_Strict):
    """Text that may replace parts of a card: a US wording or a named variant.

    `offer` limits the suggestions to these ids.
    """

    summary: Words | None = None
    source: Words | None = None
    evidence: Keys | None = None
    body: Words | None = None
    offer: Keys | None = None


class CardFile(_Strict):
    """The front block of `<card>.md` with its body."""

    id: Words
    body: Words
    summary: Words
    short: Words
    source: Words
    evidence: Keys
    selection: Literal["any", "at-most-one"] | None = None
    suggestion: Annotated[tuple[SuggestionModel, ...], Field(strict=False)] = ()
    us: Wording | None = None
    variant: dict[str, Wording] = {}

    @model_validator(mode="after")
    def _selection(self) -> "CardFile":
        if bool(self.suggestion) != (self.selection is not None):
            message = "suggestions and selection belong together"
            raise ValueError(message)
        if self.selection == "at-most-one" and sum(s.recommended for s in self.suggestion) > 1:
            message = "at most one suggestion may be recommended with at-most-one"
            raise ValueError(message)
        return self


class NotesFile(_Strict):
    """`notes.toml`: sentences that the chart may call for."""

    notes: dict[str, Words] = {}


class FindingModel(_Strict):
    """One finding of `_codes/findings.toml`."""

    display: Words
    present: Words | None = None
    absent: Words | None = None
    reading: Literal["safety", "item", "test", "history"]
    window_days: int | None = None
    weak_sites: Keys | None = None
    weak_side: bool = False
    undated: bool = False
    implies: Keys = ()


class Term(_Strict):
    """A displayed term that is not a finding."""

    display: Words


class Defaults(_Strict):
    """Defaults of findings, and the readers of codes that the rules use."""

    weak_sites: Keys
    readers: Keys


class Answers(_Strict):
    """Closed lists of answers that may be read."""

    present_words: Keys
    absent_words: Keys
    present_flags: Keys
    absent_flags: Keys
    topical_routes: Keys
    text_only_days: int


class FindingsFile(_Strict):
    """`_codes/findings.toml`."""

    defaults: Defaults
    pain_sites: dict[str, str]
    answers: Answers
    finding: dict[str, FindingModel]
    term: dict[str, Term]


class SystemModel(_Strict):
    """One code system of `_codes/systems.toml`."""

    uris: Keys
    dotted: bool = False


class UnitModel(_Strict):
    """One measurement of `_codes/units.toml`."""

    canonical: Words
    plausible: Annotated[tuple[float, float], Field(strict=False)]
    factors: dict[str, float]
    bare: bool = False


class OrderCoding(_Strict):
    """One coding of an order; `side` picks it where the order has a side."""

    system: Words
    code: Words
    display: Words
    side: Literal["left", "right", "both", "unspecified"] | None = None


class OrderModel(_Strict):
    """One entry of `_common/orders.toml`."""

    resource: Literal["ServiceRequest", "Task"]
    text: Words
    category: Literal["imaging", "laboratory", "referral", "procedure"] | None = None
    body_site: bool = False
    codings: Annotated[tuple[OrderCoding, ...], Field(strict=False)] = ()
    same_as: Keys = ()
    window_hours: int = 72
    inputs: Keys = ()


class SourceModel(_Strict):
    """One entry of `_common/sources.toml`."""

    label: Words
    url: Words


class ReasonModel(_Strict):
    """One override reason; offered for the listed tiers and topics (empty: all)."""

    code: Words
    display: Words
    meaning: Words
    tiers: Keys = ()
    topics: Keys = ()


class ReasonsFile(_Strict):
    """`_common/override_reasons.toml`."""

    system: Words
    reason: Annotated[tuple[ReasonModel, ...], Field(strict=False)]


class DeferModel(_Strict):
    """One line of the deferral matrix."""

    id: Words
    vascular: Keys = ()
    states: Keys = ()
    tiers: Keys = ()
    drops_topics: Keys = ()
    drops_cards: Keys = ()
    drops_tiers: Keys = ()
    keeps: Keys = ()
    silent_keeps: Keys = ()


class TriageFile(_Strict):
    """`_common/triage.toml`."""

    most_cards: int
    never_cut: Keys
    closed_states: Keys
    pain_states: Keys
    not_assessed: Keys
    order: Keys
    defer: Annotated[tuple[DeferModel, ...], Field(strict=False)]

    @field_validator("order")
    @classmethod
    def _once(cls, order: tuple[str, ...]) -> tuple[str, ...]:
        twice = {card for card in order if order.count(card) > 1}
        if twice:
            message = f"listed twice: {', '.join(sorted(twice))}"
            raise ValueError(message)
        return order
