"""Feedback: validated as a whole, kept without patient data, comments dropped.

Epic spells the reason `overrideReasons` and card ids need not be UUIDs (FB-3, FB-15).
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from cds_service.errors import ClientMistakeError
from cds_service.records.feedback import FeedbackRow
from cds_service.writing.identity import Signer

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")
_MOST_ID = 200


def _instant(value: Any) -> datetime:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        message = "an RFC 3339 time with zone is needed"
        raise ValueError(message)
    return datetime.fromisoformat(value.upper()).astimezone(UTC)


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
    """A coded reason, a comment, or both; the comment is never kept."""

    reason: ReasonCoding | None = None
    userComment: str | None = Field(default=None, repr=False)  # noqa: N815 - wire spelling
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
    outcomeTimestamp: Instant  # noqa: N815
    acceptedSuggestions: list[AcceptedSuggestion] | None = None  # noqa: N815
    overrideReason: OverrideReason | None = None  # noqa: N815

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


def decode_feedback(body: bytes) -> tuple[FeedbackItem, ...]:
    """All entries, or none: raises ClientMistakeError with the index of the first invalid one."""
    try:
        data = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ClientMistakeError("not-json") from None
    entries = data.get("feedback") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise ClientMistakeError("invalid", "feedback")
    items = []
    for index, entry in enumerate(entries):
        try:
            items.append(FeedbackItem.model_validate(entry))
        except ValidationError:
            raise ClientMistakeError("feedback-invalid", f"feedback[{index}]") from None
    return tuple(items)


def to_rows(
    items: tuple[FeedbackItem, ...],
    service: str,
    signer: Signer,
    tenant: str,
    cards: tuple[str, ...],
) -> tuple[FeedbackRow, ...]:
    """Rows for the cards this service issued; anything else is not stored."""
    rows = []
    for item in items:
        card = signer.card_of(tenant, item.card, cards)
        if card is None:
            continue
        reason = item.overrideReason.reason if item.overrideReason else None
        rows.append(
            FeedbackRow(
                tenant=tenant,
                service=service,
                card_uuid=item.card,
                card=card,
                outcome=item.outcome,
                at=item.outcomeTimestamp,
                reason=reason.code if reason else None,
                suggestions=tuple(s.id for s in item.acceptedSuggestions or ()),
            )
        )
    return tuple(rows)
