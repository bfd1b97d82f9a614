"""Lists for the console's pages, from a database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    case,
    column,
    or_,
    select,
    values,
)

from gevinst.app.console_view import PAGE, RunFilter, RunKey
from gevinst.app.ports import DONE_STATES
from gevinst.domain.run import Environment, Run
from gevinst.store import rows
from gevinst.store.engine import Database
from gevinst.store.schema import run as table

_QUERIES = 128  # kept as they were put together


class SqlConsoleView:
    """See app.console_view.ConsoleView."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def runs(self, wanted: RunFilter, *, after: RunKey | None = None, limit: int = PAGE) -> Sequence[Run]:
        """See ConsoleView."""
        query = select(table).where(*_wanted(wanted), *_after(after))
        return self._runs(query.order_by(table.c.started.desc(), table.c.run_id.desc()).limit(limit))

    def latest_each(self, robots: Sequence[str], *, limit: int) -> Mapping[str, Sequence[Run]]:
        """See ConsoleView."""
        asked, own = _asked([(robot, "") for robot in robots]), table.alias("own")
        latest = (
            select(own.c.run_id)
            .where(own.c.robot == asked.c.robot)
            .order_by(own.c.started.desc(), own.c.run_id.desc())
            .limit(limit)
            .correlate(asked)
        )
        of_robot = and_(table.c.robot == asked.c.robot, table.c.run_id.in_(latest))
        query = select(table).select_from(asked.join(table, of_robot))
        found: dict[str, list[Run]] = {}
        for run in self._runs(query.order_by(table.c.started.desc(), table.c.run_id.desc())):
            found.setdefault(run.robot, []).append(run)
        return found

    def runs_since(self, moment: datetime) -> Sequence[Run]:
        """See ConsoleView."""
        query = select(table).where(table.c.started >= moment)
        return self._runs(query.order_by(table.c.started.desc(), table.c.run_id.desc()))

    def standing(self, robot: str, period: str = "") -> Run | None:
        """See ConsoleView."""
        return self.standing_each([robot], period).get(robot)

    def standing_each(self, robots: Sequence[str], period: str = "") -> Mapping[str, Run]:
        """See ConsoleView."""
        found = self._standing([(robot, period) for robot in robots])
        return {run.robot: run for run in sorted(found, key=lambda run: robots.index(run.robot))}

    def months(self, robot: str, *, limit: int) -> Sequence[Run]:
        """See ConsoleView."""
        periods = select(table.c.period).where(_done(robot, table)).distinct()
        latest = periods.order_by(table.c.period.desc()).limit(limit)
        with self._database.reading() as connection:
            wanted = connection.execute(latest).scalars().all()
        return sorted(self._standing([(robot, one) for one in wanted]), key=lambda run: run.period)

    def _standing(self, wanted: Sequence[tuple[str, str]]) -> Sequence[Run]:
        """The standing runs of robots and periods; "" is the latest period."""
        return self._runs(_standing_runs(tuple(wanted))) if wanted else []

    def _runs(self, query: Select[Any]) -> Sequence[Run]:
        with self._database.reading() as connection:
            return [rows.run_of(row) for row in connection.execute(query).mappings()]


def _done(robot: str | ColumnElement[str], of: FromClause) -> ColumnElement[bool]:
    return and_(
        of.c.robot == robot,
        of.c.state.in_(DONE_STATES),
        of.c.environment != Environment.TEST,
    )


@lru_cache(maxsize=_QUERIES)
def _standing_runs(wanted: tuple[tuple[str, str], ...]) -> Select[Any]:
    """Made once for an office's robots: to put it together costs more than to run it."""
    asked = _asked(wanted)
    ids = select(_standing_id(asked).scalar_subquery()).select_from(asked)
    return select(table).where(table.c.run_id.in_(ids))


def _asked(pairs: Sequence[tuple[str, str]]) -> CTE:
    """Robots and periods as a table."""
    columns = (column("robot", Text), column("period", Text))
    return values(*columns, name="given").data(list(pairs)).cte("asked")


def _standing_id(asked: FromClause) -> Select[Any]:
    """Id of the run that stands; the index finds its period first, so that years of runs are not sorted."""
    before, own = table.alias("before"), table.alias("own")
    latest = (
        select(before.c.period).where(_done(asked.c.robot, before)).order_by(before.c.period.desc()).limit(1)
    )
    wanted = own.c.period == case(
        (asked.c.period == "", latest.correlate(asked).scalar_subquery()), else_=asked.c.period
    )
    production_first = case((own.c.environment == Environment.PRODUCTION, 0), else_=1)
    ordered = (production_first, own.c.started.desc(), own.c.run_id.desc())
    return (
        select(own.c.run_id)
        .where(_done(asked.c.robot, own), wanted)
        .order_by(*ordered)
        .limit(1)
        .correlate(asked)
    )


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
