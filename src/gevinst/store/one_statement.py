"""Statements that are a transaction of their own, without what SQLAlchemy does around each one.

A work item is taken and finished by one statement each. Around it a pool asks whether its connection lives, a
transaction is begun and ended, a result is made: several times the work of the statement. Here the statement
is compiled once and sent on a connection that its thread keeps.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.exc import DBAPIError

from gevinst.store.engine import Database
from gevinst.store.queue_turn import turn_of

Values = Mapping[str, str | int]


class Statement:
    """A compiled statement; values for its open parameters are plain texts and numbers."""

    def __init__(self, made: Executable, dialect: Any) -> None:
        compiled: Any = made.compile(dialect=dialect)  # type: ignore[attr-defined] # every statement can
        self.text: str = compiled.string
        self._order: Sequence[str] | None = compiled.positiontup
        self._fixed = {
            name: _sent(value, compiled.binds[name], dialect) for name, value in compiled.params.items()
        }

    def values(self, given: Values) -> Any:
        """Parameters as the driver takes them."""
        named = {**self._fixed, **given}
        return named if self._order is None else [named[name] for name in self._order]


def _sent(value: Any, bound: Any, dialect: Any) -> Any:
    process = bound.type.dialect_impl(dialect).bind_processor(dialect)
    return process(value) if process and value is not None else value


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of a statement."""

    row: tuple[Any, ...] | None  #: the first that it returns
    changed: int  #: rows


class OwnLine:
    """A connection of each thread, whose transactions are one statement or two."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept = threading.local()
        self._file = database.url.database if database.engine.dialect.name == "sqlite" else None

    def run(self, statement: Statement, values: Values) -> Answer:
        """Run a statement and commit.

        Raises:
            DBAPIError: as SQLAlchemy has it; the connection is let go of, and the next call makes another.
        """
        with self._turn(statement) as cursor:
            return _answer(cursor, statement, values)

    def run_both(self, first: tuple[Statement, Values], second: tuple[Statement, Values]) -> Sequence[Answer]:
        """Run two statements in one transaction; when the first changes no row, neither has happened.

        Returns:
            The answers; none when the first has changed no row.

        Raises:
            DBAPIError: as run.
        """
        with self._turn(first[0]) as cursor:
            cursor.execute("BEGIN" if self._file is None else "BEGIN IMMEDIATE")
            done = _answer(cursor, *first)
            if done.changed == 0:
                cursor.execute("ROLLBACK")
                return []
            after = _answer(cursor, *second)
            cursor.execute("COMMIT")
            return [done, after]

    @contextmanager
    def _turn(self, statement: Statement) -> Iterator[Any]:
        """A cursor while it is this thread's turn; after an error the connection is given up."""
        with turn_of(self._file):
            try:
                cursor = self._connection().cursor()
                yield cursor
                cursor.close()
            except self._errors as error:
                self.close()
                raise DBAPIError.instance(
                    statement.text,
                    None,
                    error,
                    self._errors,
                    connection_invalidated=True,
                    dialect=self._database.engine.dialect,
                ) from error

    def close(self) -> None:
        """Let go of this thread's connection."""
        kept = getattr(self._kept, "connection", None)
        if kept is not None:
            self._kept.connection = None
            kept.close()

    @property
    def _errors(self) -> Any:
        module: Any = self._database.engine.dialect.dbapi
        return module.Error

    def _connection(self) -> Any:
        """This thread's connection, made by SQLAlchemy, so that it is set up as all others are."""
        kept: Any = getattr(self._kept, "connection", None)
        if kept is None:
            fairy = self._database.engine.raw_connection()
            kept = self._kept.connection = fairy.driver_connection
            fairy.detach()  # afterwards it knows its connection no more
            if self._file is None:
                kept.autocommit = True
        return kept


def _answer(cursor: Any, statement: Statement, values: Values) -> Answer:
    cursor.execute(statement.text, statement.values(values))
    row = cursor.fetchone() if cursor.description else None
    return Answer(row=row, changed=cursor.rowcount)
