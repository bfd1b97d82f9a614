"""Alarms in a database."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import select, text, update

from gevinst.domain.alarm import Alarm, AlarmKind
from gevinst.store.engine import Database, insert_on
from gevinst.store.queue_schema import alarm

_ALARM = tuple(field.name for field in fields(Alarm))


class SqlAlarmBook:
    """Keeps alarms; a kind has one open alarm for each subject."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ring(self, kind: AlarmKind, subject: str, *, robot: str, detail: str, at: datetime) -> bool:
        """See AlarmBook."""
        open_one = update(alarm).where(
            alarm.c.kind == kind, alarm.c.subject == subject, alarm.c.closed.is_(None)
        )
        counted = open_one.values(last=at, count=alarm.c.count + 1)
        values = {"kind": kind, "subject": subject, "robot": robot, "detail": detail, "opened": at}
        with self._database.writing() as connection:
            # An insert that meets an open alarm would use up a number each time, and people read the numbers.
            if connection.execute(counted).rowcount:
                return False
            make = insert_on(connection.dialect.name)
            opening = make(alarm).values(values | {"last": at, "count": 1, "closed_by": "", "why": ""})
            once = opening.on_conflict_do_update(
                index_elements=["kind", "subject"],
                index_where=text("closed IS NULL"),
                set_={"last": at, "count": alarm.c.count + 1},
            )
            return connection.execute(once.returning(alarm.c.count)).scalar() == 1

    def alarms(self, *, also_closed: bool = False) -> Sequence[Alarm]:
        """See AlarmBook."""
        query = select(alarm).order_by(alarm.c.number.desc())
        if not also_closed:
            query = query.where(alarm.c.closed.is_(None))
        with self._database.reading() as connection:
            found = connection.execute(query).mappings()
            return [Alarm(**{name: row[name] for name in _ALARM}) for row in found]

    def mark_told(self, number: int, *, at: datetime) -> None:
        """See AlarmBook."""
        with self._database.writing() as connection:
            connection.execute(update(alarm).where(alarm.c.number == number).values(told=at))

    def close_alarm(self, number: int, *, by: str, why: str, at: datetime) -> bool:
        """See AlarmBook."""
        open_one = update(alarm).where(alarm.c.number == number, alarm.c.closed.is_(None))
        with self._database.writing() as connection:
            closed = connection.execute(open_one.values(closed=at, closed_by=by, why=why))
            return closed.rowcount == 1
