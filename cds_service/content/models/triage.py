"""`_common/triage.toml`: order, deferral matrix, cap."""

from typing import Annotated

from pydantic import Field, model_validator

from cds_service.content.models.base import Keys, Strict, Words
from cds_service.content.models.topic import TierName

Tiers = Annotated[tuple[TierName, ...], Field(strict=False)]


class DeferModel(Strict):
    """One line of the deferral matrix."""

    id: Words
    vascular: Keys = ()
    states: Keys = ()
    tiers: Tiers = ()
    drops_topics: Keys = ()
    drops_cards: Keys = ()
    drops_tiers: Tiers = ()
    keeps: Keys = ()
    silent_keeps: Keys = ()


class OrderModel(Strict):
    """The cards of each tier, first things first: `card`, or `card/indicator`."""

    emergency: Keys
    urgent: Keys
    routine: Keys

    @model_validator(mode="after")
    def _once(self) -> "OrderModel":
        for listed in (self.emergency, self.urgent, self.routine):
            twice = {card for card in listed if listed.count(card) > 1}
            if twice:
                message = f"listed twice: {', '.join(sorted(twice))}"
                raise ValueError(message)
        return self

    def of(self, tier: TierName) -> tuple[str, ...]:
        """The cards of one tier."""
        return {"emergency": self.emergency, "urgent": self.urgent, "routine": self.routine}[tier]


class TriageFile(Strict):
    """`_common/triage.toml`."""

    most_cards: Annotated[int, Field(ge=1)]
    never_cut: Keys
    closed_states: Keys
    pain_states: Keys
    order: OrderModel
    defer: Annotated[tuple[DeferModel, ...], Field(strict=False)]
