"""The CDS Hooks response: cards as the specification spells them, empty members left out."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cds_service.content.check_cards import MOST_SUMMARY
from cds_service.writing.cards import WrittenCard, WrittenSuggestion


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
    topic: Coding


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
    """One card."""

    uuid: str
    summary: Annotated[str, Field(min_length=1, max_length=MOST_SUMMARY)]
    detail: Annotated[str, Field(min_length=1)]
    indicator: Literal["info", "warning", "critical"]
    source: Source
    suggestions: list[Suggestion] | None = None
    selectionBehavior: Literal["at-most-one", "any"] | None = None
    overrideReasons: list[Coding] | None = None
    links: list[Link] | None = None


class HookResponse(_Wire):
    """The answer: always `cards`, an extension only when asked for."""

    cards: list[Card]
    extension: dict[str, Any] | None = None

    def to_json(self) -> bytes:
        """UTF-8 JSON without nulls."""
        return self.model_dump_json(exclude_none=True).encode()


def respond(
    cards: tuple[WrittenCard, ...],
    topic_system: str,
    reason_system: str,
    explain: dict[str, Any] | None = None,
) -> HookResponse:
    """Shape the written cards for the wire."""
    extension = {"org.legpain-cds.explain": explain} if explain else None
    shaped = [_card(card, topic_system, reason_system) for card in cards]
    return HookResponse(cards=shaped, extension=extension)


def _card(card: WrittenCard, topic_system: str, reason_system: str) -> Card:
    return Card(
        uuid=card.uuid,
        summary=card.summary,
        detail=card.detail,
        indicator=card.indicator,  # type: ignore[arg-type]  # checked by pydantic
        source=Source(
            label=card.source_label,
            url=card.source_url,
            topic=Coding(system=topic_system, code=card.id, display=card.title),
        ),
        suggestions=[_suggestion(s) for s in card.suggestions] or None,
        selectionBehavior=card.selection,  # type: ignore[arg-type]  # checked by pydantic
        overrideReasons=[
            Coding(system=reason_system, code=code, display=display)
            for code, display in card.override_reasons
        ]
        or None,
        links=[Link(label=card.link_label, url=card.link_url, type="absolute")],
    )


def _suggestion(written: WrittenSuggestion) -> Suggestion:
    action = Action(type="create", description=written.description, resource=written.resource)
    return Suggestion(
        label=written.label,
        uuid=written.uuid,
        isRecommended=True if written.recommended else None,
        actions=[action],
    )
