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
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    event,
    select,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from cds_service.errors import SettingsError

_METADATA = MetaData()
_FEEDBACK = Table(
    "feedback",
    _METADATA,
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
_MEMORY = ("sqlite://", "sqlite:///:memory:")


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
    """Feedback in a SQLite database in write-ahead mode."""

    def __init__(self, url: str) -> None:
        """Open the database and create the table; raises SettingsError when that fails."""
        if not url.startswith("sqlite"):
            message = "LEGPAIN_DATABASE_URL: only addresses that begin with sqlite:// are supported"
            raise SettingsError(message)
        try:
            self._engine = _open(url)
            _METADATA.create_all(self._engine)
        except SQLAlchemyError:
            message = (
                "LEGPAIN_DATABASE_URL: the database cannot be opened; check that the folder "
                "exists and is writable"
            )
            raise SettingsError(message) from None

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


def _open(url: str) -> Engine:
    if url in _MEMORY:
        return create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _write_ahead(connection, _record) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA busy_timeout=5000")

    return engine
