"""The database that all records share: SQLite in write-ahead mode, or PostgreSQL."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Table,
    TypeDecorator,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateIndex, CreateTable

from cds_service.errors import SettingsError

METADATA = MetaData()
_NAME = "LEGPAIN_DATABASE_URL"
_FORMS = f"{_NAME}: give sqlite:///file.db or postgresql+psycopg://user:password@host/database"
_MEMORY = ("sqlite://", "sqlite:///:memory:")
_INSERT: Mapping[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
# Every wait ends, here or in the server; what the address itself says comes first. The time zone
# keeps the last day of the year 9999 readable wherever the server stands.
_BOUNDS = {
    "application_name": "legpain-cds",
    "connect_timeout": "2",
    "tcp_user_timeout": "3000",
    "options": "-c timezone=UTC -c statement_timeout=2000 "
    "-c idle_in_transaction_session_timeout=5000",
}
_CREATING = 0x1E69A1  # any number, the same in every worker


class UtcTime(TypeDecorator[datetime]):
    """An instant: stored as UTC and read as UTC, whether or not the database knows zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """SQLite drops the zone, so it is UTC before."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """PostgreSQL tells the zone of its session, SQLite none."""
        if value is None or value.tzinfo:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


def open_database(url: str) -> Engine:
    """The database with all its tables; raises SettingsError when it cannot be opened.

    Import the modules of all tables first.
    """
    address = _address(url)
    shared = address.get_backend_name() == "postgresql"
    try:
        engine = _postgres(address) if shared else _sqlite(url)
        _create_tables(engine)
    except ModuleNotFoundError:
        raise SettingsError(
            f"{_NAME}: PostgreSQL needs the package psycopg; install legpain-cds[postgres]"
        ) from None
    except SQLAlchemyError:
        remedy = (
            "check that it runs and can be reached, and user, password and database name"
            if shared
            else "check that the folder exists and is writable"
        )
        raise SettingsError(f"{_NAME}: the database cannot be opened; {remedy}") from None
    return engine


def insert_unless_there(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Whether the row is new; of several workers that insert it at once, one is told so."""
    insert = _INSERT[connection.dialect.name](table).values(values).on_conflict_do_nothing()
    counted = {"preserve_rowcount": True}
    return connection.execute(insert.inline(), execution_options=counted).rowcount > 0


def _address(url: str) -> URL:
    """The parsed address; no error repeats it, because it may hold a password."""
    try:
        address = make_url(url)
    except (SQLAlchemyError, ValueError):
        raise SettingsError(_FORMS) from None
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    if address.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        raise SettingsError(_FORMS)
    return address


def _create_tables(engine: Engine) -> None:
    """Several workers may start at the same instant."""
    if engine.dialect.name == "postgresql":
        # One after the other; a user who may not create tables can use those that are there.
        with engine.begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(_CREATING)))
            METADATA.create_all(connection)
        return
    for table in METADATA.sorted_tables:
        with engine.begin() as connection:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))


def _postgres(address: URL) -> Engine:
    """Ten connections at most for each worker; one that the server has closed is replaced."""
    return create_engine(
        address.set(query={**_BOUNDS, **address.query}),
        hide_parameters=True,
        pool_size=5,
        max_overflow=5,
        pool_timeout=1,
        pool_pre_ping=True,
    )


def _sqlite(url: str) -> Engine:
    if url in _MEMORY:
        # One connection, held by one thread at a time: it is the whole database.
        return create_engine(
            "sqlite://",
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            connect_args={"check_same_thread": False},
        )
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _write_ahead(connection, _record) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        connection.execute("PRAGMA busy_timeout=5000")
        _switch(connection)

    return engine


def _switch(connection: sqlite3.Connection) -> None:
    """To write-ahead mode; switching does not wait for other workers as statements do."""
    for pause in (0.01, 0.1, 0.5, None):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if pause is None:
                raise
            time.sleep(pause)
        else:
            return
