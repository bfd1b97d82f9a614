"""Lists for the console's pages, from a database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, or_, select

from gevinst.app.console_view import PAGE, RunFilter, RunKey
from gevinst.app.ports import DONE_STATES
from gevinst.domain.run import Environment, Run
from gevinst.store import rows
from gevinst.store.engine import Database
from gevinst.store.schema import run as table


class SqlConsoleView:
    """See app.console_view.ConsoleView."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def runs(self, wanted: RunFilter, *, after: RunKey | None = None, limit: int = PAGE) -> Sequence[Run]:
        """See ConsoleView."""
        query = select(table).where(*_wanted(wanted), *_after(after))
        return self._runs(query.order_by(table.c.started.desc(), table.c.run_id.desc()).limit(limit))

    def runs_since(self, moment: datetime) -> Sequence[Run]:
        """See ConsoleView."""
        query = select(table).where(table.c.started >= moment)
        return self._runs(query.order_by(table.c.started.desc(), table.c.run_id.desc()))

    def standing(self, robot: str, period: str = "") -> Run | None:
        """See ConsoleView."""
        return self.standing_each([robot], period).get(robot)

    def standing_each(self, robots: Sequence[str], period: str = "") -> Mapping[str, Run]:
        """See ConsoleView."""
        found = {}
        with self._database.reading() as connection:
            for robot in robots:
                row = connection.execute(_standing(robot, period)).mappings().first()
                if row:
                    found[robot] = rows.run_of(row)
        return found

    def months(self, robot: str, *, limit: int) -> Sequence[Run]:
        """See ConsoleView."""
        periods = select(table.c.period).where(_done(robot)).distinct()
        latest = periods.order_by(table.c.period.desc()).limit(limit)
        with self._database.reading() as connection:
            wanted = sorted(connection.execute(latest).scalars())
            found = [connection.execute(_standing(robot, one)).mappings().one() for one in wanted]
        return [rows.run_of(row) for row in found]

    def _runs(self, query: Select[Any]) -> Sequence[Run]:
        with self._database.reading() as connection:
            return [rows.run_of(row) for row in connection.execute(query).mappings()]


def _done(robot: str) -> ColumnElement[bool]:
    return and_(
        table.c.robot == robot,
        table.c.state.in_(DONE_STATES),
        table.c.environment != Environment.TEST,
    )


def _standing(robot: str, period: str) -> Select[Any]:
    """The run that stands; the index finds its period first, so that years of runs need not be sorted."""
    latest = select(table.c.period).where(_done(robot)).order_by(table.c.period.desc()).limit(1)
    wanted = table.c.period == (period or latest.scalar_subquery())
    production_first = case((table.c.environment == Environment.PRODUCTION, 0), else_=1)
    ordered = (production_first, table.c.started.desc(), table.c.run_id.desc())
    return select(table).where(_done(robot), wanted).order_by(*ordered).limit(1)


def _wanted(wanted: RunFilter) -> list[ColumnElement[bool]]:
    asked = {
        table.c.robot: wanted.robot,
        table.c.period: wanted.period,
        table.c.state: wanted.state,
        table.c.environment: wanted.environment,
    }
    return [column == value for column, value in asked.items() if value]


def _after(key: RunKey | None) -> list[ColumnElement[bool]]:
    if key is None:
        return []
    earlier = table.c.started < key.started
    same = and_(table.c.started == key.started, table.c.run_id < key.run_id)
    return [or_(earlier, same)]
