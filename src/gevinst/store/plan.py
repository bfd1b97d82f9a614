"""Changes of plans in a database, and the runs and moments that the calendar shows."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import func, insert, select

from gevinst.domain.audit import AuditEvent
from gevinst.domain.occurrence import Occurrence
from gevinst.domain.plan_change import PlanChange, PlanChangeKind
from gevinst.domain.run import Run
from gevinst.store import rows, trail, witness
from gevinst.store.console_schema import plan_change as table
from gevinst.store.engine import Database
from gevinst.store.queue_schema import occurrence
from gevinst.store.schema import run as run_table

_COLUMNS = tuple(field.name for field in fields(PlanChange))
_OCCURRENCE = tuple(field.name for field in fields(Occurrence))


class SqlPlanBook:
    """See app.plan.PlanBook."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def changes(self) -> Sequence[PlanChange]:
        """See PlanBook."""
        with self._database.reading() as connection:
            found = connection.execute(select(table).order_by(table.c.number)).mappings()
            return [
                PlanChange(**{name: row[name] for name in _COLUMNS} | {"kind": PlanChangeKind(row["kind"])})
                for row in found
            ]

    def count(self) -> int:
        """See PlanBook."""
        with self._database.reading() as connection:
            return connection.execute(select(func.max(table.c.number))).scalar() or 0

    def change(self, one: PlanChange, event: AuditEvent) -> None:
        """See PlanBook."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            connection.execute(insert(table), {name: getattr(one, name) for name in _COLUMNS})
            witness.append(connection, event, table)

    def occurrences_between(self, first: datetime, until: datetime, *, limit: int) -> Sequence[Occurrence]:
        """See PlanBook."""
        query = (
            select(occurrence)
            .where(occurrence.c.nominal >= first, occurrence.c.nominal < until)
            .order_by(occurrence.c.nominal, occurrence.c.robot)
            .limit(limit)
        )
        with self._database.reading() as connection:
            found = connection.execute(query).mappings()
            return [Occurrence(**{name: row[name] for name in _OCCURRENCE}) for row in found]

    def runs_between(self, first: datetime, until: datetime, *, limit: int) -> Sequence[Run]:
        """See PlanBook."""
        query = (
            select(run_table)
            .where(run_table.c.started >= first, run_table.c.started < until)
            .order_by(run_table.c.started.desc(), run_table.c.run_id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [rows.run_of(row) for row in connection.execute(query).mappings()]
