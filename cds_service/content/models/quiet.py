"""`_common/quiet.toml`: how long feedback keeps a card quiet."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, model_validator

from cds_service.content.models.base import Keys, Span, Strict, Words
from cds_service.content.models.topic import Kind


class QuietModel(Strict):
    """One quiet period; without hours or days it lasts until something changes."""

    hours: Annotated[Span, Field(ge=1)] | None = None
    days: Annotated[Span, Field(ge=1)] | None = None
    same_encounter: bool = False
    any_card: bool = False
    meaning: Words
    allowed: Annotated[tuple[int, int], Field(strict=False)] | None = None
    status: Kind
    evidence: Keys

    @model_validator(mode="after")
    def _bounded(self) -> "QuietModel":
        given = self.hours if self.hours is not None else self.days
        if self.hours is not None and self.days is not None:
            message = "give hours or days, not both"
            raise ValueError(message)
        if (given is None) != (self.allowed is None):
            message = "a length and its allowed range belong together"
            raise ValueError(message)
        if given is not None and self.allowed and not self.allowed[0] <= given <= self.allowed[1]:
            message = f"{given} is outside the allowed range {self.allowed[0]} to {self.allowed[1]}"
            raise ValueError(message)
        return self

    @property
    def span(self) -> timedelta | None:
        """The length, None when it lasts until something changes."""
        if self.hours is None and self.days is None:
            return None
        return timedelta(days=self.days or 0, hours=self.hours or 0)


class QuietTiers(Strict):
    """Emergencies have no quiet period, so no entry."""

    urgent: QuietModel
    routine: QuietModel


class QuietFile(Strict):
    """`_common/quiet.toml`."""

    tier: QuietTiers
    topic: dict[str, QuietModel] = Field(default_factory=dict)
    card: dict[str, QuietModel] = Field(default_factory=dict)
