"""The CDS Hooks response: cards as the specification spells them, empty members left out."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cds_service.content.check_cards import MOST_SUMMARY


class _Wire(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Coding(_Wire):
    """A coding; override reasons must carry a display."""

    system: Annotated[str, Field(min_length=1)]
    code: Annotated[str, Field(min_length=1)]
    display: str | None = None


class Source(_Wire):
    """The guideline or study behind the card, and the card's stable topic code."""

    label: Annotated[str, Field(min_length=1)]
    url: str | None = None
    topic: Coding | None = None


class Action(_Wire):
    """One action of a suggestion; this service only ever creates drafts."""

    type: Literal["create"]
    description: Annotated[str, Field(min_length=1)]
    resource: dict[str, Any]


class Suggestion(_Wire):
    """A suggestion with exactly one action."""

    label: Annotated[str, Field(min_length=1)]
    uuid: str
    isRecommended: bool | None = None
    actions: list[Action]


class Link(_Wire):
    """A link that opens in a browser."""

    label: Annotated[str, Field(min_length=1)]
    url: Annotated[str, Field(pattern=r"^https?://\S+$")]
    type: Literal["absolute"]


class Card(_Wire):
    """One card; a client of CDS Hooks 1.0 gets none of what came with 2.0."""

    uuid: str | None = None
    summary: Annotated[str, Field(min_length=1, max_length=MOST_SUMMARY)]
    detail: Annotated[str, Field(min_length=1)]
    indicator: Literal["info", "warning", "critical"]
    source: Source
    suggestions: list[Suggestion] | None = None
    selectionBehavior: Literal["at-most-one", "any"] | None = None
    overrideReasons: list[Coding] | None = None
    links: list[Link] | None = None
    extension: dict[str, str] | None = None


class HookResponse(_Wire):
    """The answer: always `cards`, an extension only when asked for."""

    cards: list[Card]
    extension: dict[str, Any] | None = None

    def to_json(self) -> bytes:
        """UTF-8 JSON without nulls."""
        return self.model_dump_json(exclude_none=True).encode()
