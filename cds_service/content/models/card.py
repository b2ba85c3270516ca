"""Cards, and what their suggestions and sources refer to in `_common/`."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cds_service.content.models.base import Keys, Span, Strict, Words


class SuggestionModel(Strict):
    """A draft order or task offered with a card; a repeat is wanted `days_after_study`."""

    id: Words
    label: Annotated[str, Field(min_length=1, max_length=80)]
    order: Words
    priority: Literal["routine", "urgent", "asap", "stat"]
    recommended: bool = False
    days_after_study: Annotated[tuple[Span, Span], Field(strict=False)] | None = None
    description: Words


class Wording(Strict):
    """Text that may replace parts of a card: a US wording or a named variant.

    `offer` limits the suggestions to these ids; `leaflet` tells anew whether one is linked.
    """

    summary: Words | None = None
    source: Words | None = None
    evidence: Keys | None = None
    body: Words | None = None
    offer: Keys | None = None
    leaflet: bool | None = None


class CardFile(Strict):
    """The front block of `<card>.md` with its body; `leaflet` links that of its topic."""

    id: Words
    body: Words
    summary: Words
    short: Words
    source: Words
    evidence: Keys
    selection: Literal["any", "at-most-one"] | None = None
    leaflet: bool = False
    suggestion: Annotated[tuple[SuggestionModel, ...], Field(strict=False)] = ()
    us: Wording | None = None
    variant: dict[str, Wording] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _selection(self) -> "CardFile":
        if bool(self.suggestion) != (self.selection is not None):
            message = "suggestions and selection belong together"
            raise ValueError(message)
        if self.selection == "at-most-one" and sum(s.recommended for s in self.suggestion) > 1:
            message = "at most one suggestion may be recommended with at-most-one"
            raise ValueError(message)
        return self


class OrderCoding(Strict):
    """One coding of an order; `side` picks it where the order has a side."""

    system: Words
    code: Words
    display: Words
    side: Literal["left", "right", "both", "unspecified"] | None = None


class OrderModel(Strict):
    """One entry of `_common/orders.toml`."""

    resource: Literal["ServiceRequest", "Task"]
    text: Words
    category: Literal["imaging", "laboratory", "referral", "procedure"] | None = None
    body_site: bool = False
    codings: Annotated[tuple[OrderCoding, ...], Field(strict=False)] = ()
    same_as: Keys = ()
    window_hours: Span = 72
    inputs: Keys = ()


class SourceModel(Strict):
    """One entry of `_common/sources.toml`."""

    label: Words
    url: Words


class ReasonModel(Strict):
    """One override reason; offered for the listed tiers and topics (empty: all)."""

    code: Words
    display: Words
    meaning: Words
    tiers: Keys = ()
    topics: Keys = ()


class ReasonsFile(Strict):
    """`_common/override_reasons.toml`."""

    system: Words
    reason: Annotated[tuple[ReasonModel, ...], Field(strict=False)]
