"""Feedback: validated as a whole, kept without patient data, comments dropped unless asked for.

Epic spells the reason `overrideReasons`, may give its title in an extension only, and card ids need
not be UUIDs (FB-3, FB-15).
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from cds_service.content.library import Library
from cds_service.errors import ClientMistakeError
from cds_service.hooks.strict_json import body_members, is_object, members
from cds_service.records.feedback import FeedbackRow
from cds_service.writing.cards import Writer

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")
_MOST_ID = 200
_OTHER = "other"
# Objects of an entry that decide what is kept.
_DECIDING = ("overrideReason", "overrideReasons", "reason")
_EPIC_TITLE = "com.epic.cdshooks.feedback.overrideReason.reasonTitle"


def _instant(value: Any) -> datetime:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        message = "an RFC 3339 time with zone is needed"
        raise ValueError(message)
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except OverflowError:
        message = "a time that exists in UTC is needed"
        raise ValueError(message) from None


Identifier = Annotated[str, Field(min_length=1, max_length=_MOST_ID)]
Instant = Annotated[datetime, BeforeValidator(_instant)]


class _Wire(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class AcceptedSuggestion(_Wire):
    """A suggestion the user took."""

    id: Identifier


class ReasonCoding(_Wire):
    """The reason picked; the official sandbox may leave the system out."""

    code: Identifier
    system: str | None = None
    display: str | None = None


class OverrideReason(_Wire):
    """A coded reason, a comment, or both; Epic gives the title of a reason of its own build."""

    reason: ReasonCoding | None = None
    userComment: str | None = Field(default=None, repr=False)
    extension: dict[str, Any] | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _not_empty(self) -> "OverrideReason":
        if self.reason is None and self.userComment is None and not self.extension:
            message = "a reason or a comment is needed"
            raise ValueError(message)
        return self


class FeedbackItem(_Wire):
    """What became of one card."""

    card: Identifier
    outcome: Literal["accepted", "overridden"]
    outcomeTimestamp: Instant
    acceptedSuggestions: list[AcceptedSuggestion] | None = None
    overrideReason: OverrideReason | None = None

    @model_validator(mode="before")
    @classmethod
    def _plural(cls, entry: Any) -> Any:
        """Epic spells the member in the plural."""
        if isinstance(entry, dict) and "overrideReasons" in entry:
            return {"overrideReason": entry["overrideReasons"], **entry}
        return entry

    @model_validator(mode="after")
    def _accepted_names_suggestions(self) -> "FeedbackItem":
        if self.outcome == "accepted" and not self.acceptedSuggestions:
            message = "accepted feedback names the accepted suggestions"
            raise ValueError(message)
        return self


_ENTRIES = msgspec.json.Decoder(list[msgspec.Raw])


def decode_feedback(body: bytes) -> tuple[FeedbackItem, ...]:
    """All entries, or none: raises ClientMistakeError with the index of the first invalid one."""
    root = body_members(body)
    try:
        entries = _ENTRIES.decode(root.get("feedback", b"null"))
    except msgspec.DecodeError:
        raise ClientMistakeError("invalid", "feedback") from None
    return tuple(_item(entry, f"feedback[{index}]") for index, entry in enumerate(entries))


def _item(entry: msgspec.Raw, where: str) -> FeedbackItem:
    try:
        return FeedbackItem.model_validate(_decoded(entry, where))
    except (ValidationError, msgspec.DecodeError, RecursionError):
        raise ClientMistakeError("feedback-invalid", where) from None


def _decoded(value: msgspec.Raw, where: str) -> dict[str, Any]:
    """An object in which neither it nor what decides in it names a member twice."""
    return {
        name: _decoded(raw, where)
        if name in _DECIDING and is_object(raw)
        else msgspec.json.decode(raw)
        for name, raw in members(value, where).items()
    }


def to_rows(
    items: tuple[FeedbackItem, ...], service: str, writer: Writer, *, comments: bool = False
) -> tuple[FeedbackRow, ...]:
    """Rows for the cards this service issued; anything else is not stored."""
    rows = []
    for item in items:
        card = writer.signer.card_of(writer.tenant, item.card, writer.library.cards)
        if card is None:
            continue
        rows.append(
            FeedbackRow(
                tenant=writer.tenant,
                service=service,
                card_uuid=str(UUID(item.card)),
                card=card,
                outcome=item.outcome,
                at=item.outcomeTimestamp,
                reason=_reason(item, writer.library),
                suggestions=_suggestions(item, card, writer),
                comment=_comment(item) if comments else "",
            )
        )
    return tuple(rows)


def _reason(item: FeedbackItem, library: Library) -> str | None:
    """One of our reason codes, or that it was another; free text never gets in as a code."""
    given = item.overrideReason
    if given is None:
        return None
    if given.reason is not None:
        ours = {known.code for known in library.reasons.reason}
        return given.reason.code if given.reason.code in ours else _OTHER
    title = (given.extension or {}).get(_EPIC_TITLE)
    if title is None:
        return None
    titles = {known.display: known.code for known in library.reasons.reason}
    return titles.get(title, _OTHER) if isinstance(title, str) else _OTHER


def _comment(item: FeedbackItem) -> str:
    return (item.overrideReason.userComment or "") if item.overrideReason else ""


def _suggestions(item: FeedbackItem, card: str, writer: Writer) -> tuple[str, ...]:
    """The suggestions of this card that were taken, by their content id."""
    taken = {suggestion.id.lower() for suggestion in item.acceptedSuggestions or ()}
    return tuple(
        suggestion.id
        for suggestion in writer.library.cards[card].suggestion
        if writer.signer.suggestion(str(UUID(item.card)), suggestion.id) in taken
    )
