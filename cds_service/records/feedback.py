"""The feedback store: which card was accepted or overridden, when and why.

No patient, user, token or request body is ever stored; comments only where a site keeps them.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    String,
    Table,
    UniqueConstraint,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

from cds_service.errors import StoreDownError
from cds_service.records.comments import Comment, keep_comments
from cds_service.records.database import METADATA, UtcTime, insert_unless_there

_FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("tenant", String(200), nullable=False),
    Column("service", String(100), nullable=False),
    Column("card_uuid", String(36), nullable=False),
    Column("card", String(100), nullable=False, index=True),
    Column("outcome", String(20), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("reason", String(200)),
    Column("suggestions", String(2000), nullable=False, default=""),
    Column("received", UtcTime, nullable=False),
    UniqueConstraint("tenant", "card_uuid", "outcome", "at"),
)


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """One outcome of one shown card; times are UTC. `comment` is empty where none is kept."""

    tenant: str
    service: str
    card_uuid: str
    card: str
    outcome: str
    at: datetime
    reason: str | None = None
    suggestions: tuple[str, ...] = ()
    comment: str = field(default="", repr=False)


class FeedbackStore:
    """Feedback in the database of this service; comments stay for `comment_days`, if at all."""

    def __init__(self, engine: Engine, comment_days: int = 0) -> None:
        self._engine = engine
        self.comment_days = comment_days

    def keep(self, rows: tuple[FeedbackRow, ...]) -> tuple[FeedbackRow, ...]:
        """Store the rows in one transaction and return the new ones; the same again is no news.

        Raises StoreDownError.
        """
        if not rows:
            return ()
        try:
            with self._engine.begin() as connection:
                return self._keep(connection, rows)
        except SQLAlchemyError:
            raise StoreDownError from None

    def _keep(
        self, connection: Connection, rows: tuple[FeedbackRow, ...]
    ) -> tuple[FeedbackRow, ...]:
        received = datetime.now(UTC)
        new = tuple(row for row in rows if _is_new(connection, row, received))
        if self.comment_days:
            comments = (Comment(r.tenant, r.card, r.comment) for r in new if r.comment)
            keep_comments(connection, comments, received, self.comment_days)
        return new

    def all(self) -> tuple[FeedbackRow, ...]:
        """Everything kept, oldest first."""
        columns = [
            _FEEDBACK.c[name]
            for name in ("tenant", "service", "card_uuid", "card", "outcome", "at", "reason")
        ]
        query = select(*columns, _FEEDBACK.c.suggestions).order_by(_FEEDBACK.c.id)
        with self._engine.connect() as connection:
            return tuple(
                FeedbackRow(*row[:5], row.at, row.reason, tuple(row.suggestions.split()))
                for row in connection.execute(query)
            )

    def ready(self) -> bool:
        """Whether the database answers."""
        try:
            with self._engine.connect() as connection:
                connection.execute(select(1))
        except SQLAlchemyError:
            return False
        return True

    def close(self) -> None:
        """Release all connections."""
        self._engine.dispose()


def _is_new(connection: Connection, row: FeedbackRow, received: datetime) -> bool:
    """Insert the row unless the same outcome of this showing at this time is there."""
    values = {
        "tenant": row.tenant,
        "service": row.service,
        "card_uuid": row.card_uuid,
        "card": row.card,
        "outcome": row.outcome,
        "at": row.at,
        "reason": row.reason,
        "suggestions": " ".join(row.suggestions),
        "received": received,
    }
    return insert_unless_there(connection, _FEEDBACK, values)
