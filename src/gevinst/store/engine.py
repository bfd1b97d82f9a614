"""Connections to SQLite and PostgreSQL, set so that both keep what they say they have kept."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from gevinst.app.ports import StoreDamagedError, StorePlaceError, StoreShareError
from gevinst.store.shares import on_a_share

WAIT_SECONDS = 30  # for another writer; a run's own transactions are far shorter
_WRITES = "gevinst_writes"


class Database:
    """One database, with transactions for reading and for writing."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _sqlite(self.url) if self.url.get_backend_name() == "sqlite" else _postgresql(self.url)
        self._writing = self.engine.execution_options(**{_WRITES: True})

    @property
    def name(self) -> str:
        """The database as a message may show it: a path, or a URL without its password."""
        if self.engine.dialect.name == "sqlite" and self.url.database:
            return self.url.database
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state and changes nothing."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, *turns: int | None) -> Iterator[Connection]:
        """A transaction that is committed at the end and rolled back on an error.

        Args:
            turns: numbers that writers of the same thing share, so that they come one after the other; taken
                in this order; None is none. SQLite has one writer anyway.
        """
        with self._writing.begin() as connection:
            numbers = turns if self.engine.dialect.name == "postgresql" else ()
            for turn in filter(None, numbers):
                connection.execute(select(func.pg_advisory_xact_lock(turn)))
            yield connection

    @contextmanager
    def first_contact(self) -> Iterator[None]:
        """Turn what goes wrong when a database is opened into errors that say what to do.

        Raises:
            StorePlaceError: it is not there, cannot be written, or does not answer.
            StoreDamagedError: the file is no database, or a damaged one.
        """
        try:
            yield
        except OperationalError as error:
            raise StorePlaceError(database=self.name, cause=str(error.orig)) from error
        except DatabaseError as error:
            raise StoreDamagedError(database=self.name, cause=str(error.orig)) from error


def insert_on(dialect: str) -> Callable[[Table], postgresql.Insert | sqlite.Insert]:
    """The INSERT of a database's own SQL, which knows what to do when a key is there."""
    return sqlite.insert if dialect == "sqlite" else postgresql.insert


# Parameters hold bank lines and names, and an error's text ends in logs: so both engines hide them. What the
# PostgreSQL server itself quotes of a row that breaks a rule of a table is not ours to hide.


def _sqlite(url: URL) -> Engine:
    path = Path(url.database or "")
    if on_a_share(path):
        raise StoreShareError(database=str(path))
    try:
        make_private(path)
    except OSError as error:
        raise StorePlaceError(database=str(path), cause=error.strerror or str(error)) from error
    engine = create_engine(url, connect_args={"timeout": WAIT_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_on_sqlite)
    return engine


def make_private(path: Path) -> None:
    """Make the file of a database that is not there, for its owner alone: it holds bank lines and names.

    SQLite gives the files that it lays beside it the same rights. An existing file is left as it is.

    Raises:
        OSError: it cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; _begin_on_sqlite does
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_on_sqlite(connection: Connection) -> None:
    # A read that turns into a write fails at once when another has written since, whatever the time-out:
    # so a writer takes its lock at the start, where it can wait for it.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL) -> Engine:
    try:
        waits = {"connect_timeout": WAIT_SECONDS}
        return create_engine(url, pool_pre_ping=True, connect_args=waits, hide_parameters=True)
    except ModuleNotFoundError as error:
        cause = 'pip install "gevinst[postgres]"'
        raise StorePlaceError(database=url.render_as_string(hide_password=True), cause=cause) from error
