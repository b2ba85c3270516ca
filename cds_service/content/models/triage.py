"""`_common/triage.toml`: order, deferral matrix, cap."""

from typing import Annotated

from pydantic import Field, field_validator

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


class TriageFile(Strict):
    """`_common/triage.toml`."""

    most_cards: Annotated[int, Field(ge=1)]
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
