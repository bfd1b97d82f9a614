"""The clock's book: who leads, which moments are decided, and what came of them."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Executable, Table, or_, select, update

from gevinst.app.queue_port import Decided, LostLeadError, Seen
from gevinst.domain.occurrence import Occurrence
from gevinst.store import rows
from gevinst.store.engine import Database, insert_on
from gevinst.store.queue_schema import clock_seen, lead, moment_of_database, occurrence
from gevinst.store.queue_tickets import add_ticket
from gevinst.store.schema import run as run_table

CLOCK = "clock"

_OCCURRENCE = tuple(field.name for field in fields(Occurrence))


class SqlClockBook:
    """Keeps the clock's decisions in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialect = database.engine.dialect.name

    def lead(self, owner: str, *, lease: timedelta) -> int | None:
        """See ClockBook."""
        until = moment_of_database(self._dialect, lease)
        with self._database.writing() as connection:
            mine: int | None = connection.execute(
                update(lead)
                .where(lead.c.name == CLOCK, lead.c.owner == owner)
                .values(until=until)
                .returning(lead.c.fence)
            ).scalar()
            if mine is not None:
                return mine
            first = _adding(lead, self._dialect, "name").values(name=CLOCK, owner=owner, fence=1, until=until)
            if connection.execute(first).first() is not None:
                return 1
            return self._take_over(connection, owner, lease)

    def leader(self) -> str:
        """See ClockBook."""
        with self._database.reading() as connection:
            return connection.execute(select(lead.c.owner).where(lead.c.name == CLOCK)).scalar() or ""

    def resign(self, owner: str) -> None:
        """See ClockBook."""
        leaving = update(lead).where(lead.c.name == CLOCK, lead.c.owner == owner)
        with self._database.writing() as connection:
            connection.execute(leaving.values(until=moment_of_database(self._dialect, timedelta(seconds=-1))))

    def seen(self) -> dict[str, Seen]:
        """See ClockBook."""
        with self._database.reading() as connection:
            found = connection.execute(select(clock_seen))
            return {row.robot: Seen(schedule=row.schedule, until=row.until) for row in found}

    def record(self, fence: int, *decided: Decided) -> Sequence[Occurrence]:
        """See ClockBook."""
        with self._database.writing() as connection:
            must_lead(connection, fence)
            return [new for one in decided for new in _recorded(connection, one)]

    def occurrences(self, robot: str | None = None, limit: int = 50) -> Sequence[Occurrence]:
        """See ClockBook."""
        query = select(occurrence).order_by(occurrence.c.nominal.desc(), occurrence.c.robot).limit(limit)
        if robot is not None:
            query = query.where(occurrence.c.robot == robot)
        with self._database.reading() as connection:
            found = connection.execute(query).mappings()
            return [Occurrence(**{name: row[name] for name in _OCCURRENCE}) for row in found]

    def _take_over(self, connection: Connection, owner: str, lease: timedelta) -> int | None:
        now = moment_of_database(self._dialect)
        # A lease that ends later than any can: the machine's clock was set back.
        over = or_(lead.c.until < now, lead.c.until > moment_of_database(self._dialect, 2 * lease))
        taking = update(lead).where(lead.c.name == CLOCK, over)
        values = {
            "owner": owner,
            "fence": lead.c.fence + 1,
            "until": moment_of_database(self._dialect, lease),
        }
        fence: int | None = connection.execute(taking.values(values).returning(lead.c.fence)).scalar()
        return fence


def _recorded(connection: Connection, decided: Decided) -> Sequence[Occurrence]:
    new = [one for one in decided.occurrences if _insert_occurrence(connection, one)]
    fresh = {one.run_id for one in new}
    for order in decided.orders:
        if order.run_id in fresh:
            add_ticket(connection, order)
    for run in decided.missed:
        if run.run_id in fresh:
            row = rows.run_row(run) | {"holder": "", "seen": run.started}
            _insert_new(connection, run_table, row, "run_id")
    _note_seen(connection, decided.robot, decided.seen)
    return new


def must_lead(connection: Connection, fence: int) -> None:
    """Let nobody else lead before the transaction ends.

    Raises:
        LostLeadError: another clock leads.
    """
    query = select(lead.c.fence).where(lead.c.name == CLOCK).with_for_update()
    if connection.execute(query).scalar() != fence:
        raise LostLeadError(fence=fence)


def _insert_occurrence(connection: Connection, one: Occurrence) -> bool:
    values = {name: getattr(one, name) for name in _OCCURRENCE}
    return _insert_new(connection, occurrence, values, "robot", "nominal")


def _note_seen(connection: Connection, robot: str, seen: Seen) -> None:
    values = {"robot": robot, "schedule": seen.schedule, "until": seen.until}
    connection.execute(_noting(connection.dialect.name), values)


@lru_cache
def _noting(dialect: str) -> Executable:
    """Notes until when a robot is decided, whether it was known or not."""
    noting = insert_on(dialect)(clock_seen)
    new = {"schedule": noting.excluded.schedule, "until": noting.excluded.until}
    return noting.on_conflict_do_update(index_elements=["robot"], set_=new)


def _insert_new(connection: Connection, table: Table, values: dict[str, Any], *key: str) -> bool:
    """Insert a row unless its key is there; whether it was new."""
    return connection.execute(_adding(table, connection.dialect.name, *key), values).first() is not None


@lru_cache
def _adding(table: Table, dialect: str, *key: str) -> Any:
    """Inserts a row unless its key is there; made once, since making it costs more than running it."""
    # PostgreSQL's driver counts no rows of such an insert; what it returns is certain.
    adding = insert_on(dialect)(table).on_conflict_do_nothing(index_elements=key)
    return adding.returning(table.c[key[0]])
