"""Comments on cards: free text that may name a patient, so kept apart, for days, or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, Connection, Integer, String, Table, delete, insert

from cds_service.records.database import METADATA, UtcTime

_MOST = 2000
_COMMENTS = Table(
    "feedback_comment",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("tenant", String(200), nullable=False),
    Column("card", String(100), nullable=False),
    Column("comment", String(_MOST), nullable=False),
    Column("received", UtcTime, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Comment:
    """What a clinician wrote about a kind of card; it names neither the call nor the showing."""

    tenant: str
    card: str
    text: str = field(repr=False)


def keep_comments(
    connection: Connection, comments: Iterable[Comment], received: datetime, days: int
) -> None:
    """Store comments, cut to their first 2,000 characters, and forget those that are too old.

    Only the day is kept: the instant would lead back to the feedback that was received with it, and
    from there to a card that was shown. NUL characters are left out: PostgreSQL takes none.
    """
    day = received.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    connection.execute(delete(_COMMENTS).where(_COMMENTS.c.received < day - timedelta(days=days)))
    values = [
        {
            "tenant": comment.tenant,
            "card": comment.card,
            "comment": comment.text.replace("\0", "")[:_MOST],
            "received": day,
        }
        for comment in comments
    ]
    if values:
        connection.execute(insert(_COMMENTS), values)
