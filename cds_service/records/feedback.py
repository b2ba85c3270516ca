"""The feedback store: which card was accepted or overridden, when and why.

No patient, user, token, comment or request body is ever stored.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Integer,
    String,
    Table,
    UniqueConstraint,
    select,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from cds_service.records.database import METADATA

_FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("tenant", String(200), nullable=False),
    Column("service", String(100), nullable=False),
    Column("card_uuid", String(36), nullable=False),
    Column("card", String(100), nullable=False, index=True),
    Column("outcome", String(20), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("reason", String(200)),
    Column("suggestions", String(2000), nullable=False, default=""),
    Column("received", DateTime(timezone=True), nullable=False),
    UniqueConstraint("tenant", "card_uuid", "outcome", "at"),
)


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """One outcome of one shown card; times are UTC."""

    tenant: str
    service: str
    card_uuid: str
    card: str
    outcome: str
    at: datetime
    reason: str | None = None
    suggestions: tuple[str, ...] = ()


class FeedbackStore:
    """Feedback in the database of this service."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, rows: tuple[FeedbackRow, ...]) -> None:
        """Store the rows in one transaction; the same outcome twice is kept once."""
        if not rows:
            return
        received = datetime.now(UTC)
        values = [
            {
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
            for row in rows
        ]
        with self._engine.begin() as connection:
            connection.execute(insert(_FEEDBACK).on_conflict_do_nothing(), values)

    def all(self) -> tuple[FeedbackRow, ...]:
        """Everything kept, oldest first."""
        columns = [
            _FEEDBACK.c[name]
            for name in ("tenant", "service", "card_uuid", "card", "outcome", "at", "reason")
        ]
        query = select(*columns, _FEEDBACK.c.suggestions).order_by(_FEEDBACK.c.id)
        with self._engine.connect() as connection:
            return tuple(
                FeedbackRow(
                    *row[:5], row.at.replace(tzinfo=UTC), row.reason, tuple(row.suggestions.split())
                )
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
