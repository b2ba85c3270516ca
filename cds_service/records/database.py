"""The database that all records share: SQLite in write-ahead mode."""

from sqlalchemy import Engine, MetaData, Table, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateIndex, CreateTable

from cds_service.errors import SettingsError

METADATA = MetaData()
_MEMORY = ("sqlite://", "sqlite:///:memory:")


def open_database(url: str) -> Engine:
    """The database with all its tables; raises SettingsError when it cannot be opened.

    Import the modules of all tables first.
    """
    if not url.startswith("sqlite"):
        raise SettingsError(
            "LEGPAIN_DATABASE_URL: only addresses that begin with sqlite:// are supported"
        )
    try:
        engine = _engine(url)
        for table in METADATA.sorted_tables:
            _create(engine, table)
    except SQLAlchemyError:
        raise SettingsError(
            "LEGPAIN_DATABASE_URL: the database cannot be opened; check that the folder exists and "
            "is writable"
        ) from None
    return engine


def _create(engine: Engine, table: Table) -> None:
    """In one statement each: several workers may start at the same instant."""
    with engine.begin() as connection:
        connection.execute(CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            connection.execute(CreateIndex(index, if_not_exists=True))


def _engine(url: str) -> Engine:
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
        connection.execute("PRAGMA journal_mode=WAL")

    return engine
