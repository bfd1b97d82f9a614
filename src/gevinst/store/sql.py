"""The store over SQLite and PostgreSQL."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, case, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from gevinst.app.ports import (
    DONE_STATES,
    FINAL_STATES,
    AlreadyRunningError,
    CarriedItem,
    FinishedRunError,
    KeptProfile,
    RunExistsError,
    SeenInput,
    SeenStatement,
    TableFault,
    UnknownRunError,
)
from gevinst.domain.audit import AuditAnchor, AuditEvent, AuditRow
from gevinst.domain.case import Case
from gevinst.domain.decision import Decision
from gevinst.domain.file_profile import FileProfile
from gevinst.domain.gains import GainEntry
from gevinst.domain.run import Environment, Run, RunState
from gevinst.store import decisions, ledger, rows, trail, witness
from gevinst.store.cases import case_row
from gevinst.store.console_schema import work_case
from gevinst.store.engine import Database
from gevinst.store.schema import file_profile, gain, input_file, open_item, statement
from gevinst.store.schema import run as run_table

#: Turns are taken in this order, and before any row is locked, so that no two writers wait for each other.
LEDGER_AND_TRAIL = (ledger.LEDGER_TURN, trail.TRAIL_TURN)


class SqlRunStore:
    """Keeps runs in a database; threads may share it, and processes the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def close(self) -> None:
        """Let go of the database's files or connections."""
        self._database.engine.dispose()

    def start(self, run: Run, *, holder: str = "") -> None:
        """See RunStore."""
        values = rows.run_row(run) | {"holder": holder, "seen": run.started}
        try:
            with self._database.writing() as connection:
                connection.execute(insert(run_table), values)
        except IntegrityError:
            self._say_why_not(run)
            raise

    def renew(self, run_id: str, *, at: datetime) -> bool:
        """See RunStore."""
        with self._database.writing() as connection:
            found = connection.execute(update(run_table).where(*_running(run_id)).values(seen=at))
            return found.rowcount == 1

    def abandon(
        self, run_id: str, *, not_seen_since: datetime | None = None, at: datetime, summary: str
    ) -> bool:
        """See RunStore."""
        closing = update(run_table).where(*_running(run_id))
        if not_seen_since is not None:
            closing = closing.where(run_table.c.seen <= not_seen_since)
        failed = {"state": RunState.FAILED, "ended": at, "summary": summary}
        with self._database.writing(*LEDGER_AND_TRAIL) as connection:
            if connection.execute(closing.values(failed)).rowcount == 0:
                return False
            standing = ledger.standing_of_run(connection, run_id)
            with witness.keeping_ledger(connection, run_id, at=at):
                ledger.undo(connection, standing, run_id=run_id, reason="abandoned", at=at)
            witness.keep_run(connection, run_id, at=at)
            return True

    def finish(self, run: Run) -> None:
        """See RunStore."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            _must_run(connection, run.run_id)
            connection.execute(update(run_table).where(*_running(run.run_id)).values(rows.run_row(run)))
            if run.replaces and run.state in DONE_STATES:
                replaced = update(run_table).where(run_table.c.run_id == run.replaces)
                connection.execute(replaced.values(replaced_by=run.run_id))
            if run.state in FINAL_STATES:
                witness.keep_run(connection, run.run_id, at=run.ended or run.started)

    def find(self, run_id: str) -> Run | None:
        """See RunStore."""
        found = self._runs(select(run_table).where(run_table.c.run_id == run_id))
        return found[0] if found else None

    def replaced_by(self, run_id: str) -> str:
        """See RunStore."""
        with self._database.reading() as connection:
            query = select(run_table.c.replaced_by).where(run_table.c.run_id == run_id)
            return connection.execute(query).scalar() or ""

    def latest(
        self,
        robot: str,
        period: str | None = None,
        states: Collection[RunState] = (),
        *,
        environment: Environment | None = None,
    ) -> Run | None:
        """See RunStore."""
        query = _newest_first(select(run_table).where(run_table.c.robot == robot)).limit(1)
        if period is not None:
            query = query.where(run_table.c.period == period)
        if states:
            query = query.where(run_table.c.state.in_(states))
        if environment is not None:
            query = query.where(run_table.c.environment == environment)
        found = self._runs(query)
        return found[0] if found else None

    def save_cases(self, run: Run, cases: Sequence[Case]) -> None:
        """See RunStore."""
        with self._database.writing() as connection:
            _must_run(connection, run.run_id)
            connection.execute(delete(work_case).where(work_case.c.run_id == run.run_id))
            if cases:
                connection.execute(insert(work_case), [case_row(case) for case in cases])

    def save_open_items(self, run: Run, items: Sequence[CarriedItem]) -> None:
        """See RunStore."""
        self._keep(open_item, run, [rows.item_row(item) for item in items])

    def open_items(self, robot: str, period: str) -> list[CarriedItem]:
        """See RunStore."""
        standing = _standing_runs(run_table.c.robot == robot, run_table.c.period == period)
        query = select(open_item).where(open_item.c.run_id.in_(standing)).order_by(open_item.c.position)
        with self._database.reading() as connection:
            return [rows.item_of(row) for row in connection.execute(query).mappings()]

    def save_statements(self, run: Run, statements: Sequence[SeenStatement]) -> None:
        """See RunStore."""
        self._keep(statement, run, [rows.statement_row(one) for one in statements])

    def seen_statements(self, account: str, currency: str) -> list[SeenStatement]:
        """See RunStore."""
        query = (
            select(statement)
            .where(statement.c.account == account, statement.c.currency == currency)
            .where(statement.c.run_id.in_(_standing_runs()))
            .order_by(statement.c.first.nulls_first(), statement.c.run_id, statement.c.position)
        )
        with self._database.reading() as connection:
            return [rows.statement_of(row) for row in connection.execute(query).mappings()]

    def save_inputs(self, run: Run, inputs: Sequence[SeenInput]) -> None:
        """See RunStore."""
        self._keep(input_file, run, [rows.input_row(one) for one in inputs])

    def runs_with_input(self, robot: str, sha256: str) -> list[str]:
        """See RunStore."""
        reading = select(input_file.c.run_id).where(input_file.c.sha256 == sha256)
        query = select(run_table).where(
            run_table.c.robot == robot, run_table.c.run_id.in_(reading), *_counts()
        )
        return [run.run_id for run in self._runs(_newest_first(query))]

    def inputs(self, run_id: str) -> Sequence[SeenInput]:
        """See RunStore."""
        query = select(input_file).where(input_file.c.run_id == run_id).order_by(input_file.c.position)
        with self._database.reading() as connection:
            return [rows.input_of(row) for row in connection.execute(query).mappings()]

    def standing_runs(self, robot: str) -> Sequence[Run]:
        """See RunStore."""
        standing = _standing_runs(run_table.c.robot == robot)
        return self._runs(
            select(run_table).where(run_table.c.run_id.in_(standing)).order_by(run_table.c.period)
        )

    def kept_items(self, run_id: str) -> Sequence[CarriedItem]:
        """See RunStore."""
        query = select(open_item).where(open_item.c.run_id == run_id).order_by(open_item.c.position)
        with self._database.reading() as connection:
            return [rows.item_of(row) for row in connection.execute(query).mappings()]

    def save_profiles(self, run: Run, profiles: Sequence[FileProfile]) -> None:
        """See RunStore."""
        self._keep(file_profile, run, [decisions.profile_row(one) for one in profiles])

    def profiles(self, robot: str, *, before: str, periods: int = 12) -> Sequence[KeptProfile]:
        """See RunStore."""
        earlier = [one.run_id for one in self.standing_runs(robot) if one.period < before][-periods:]
        query = (
            select(file_profile, run_table.c.period)
            .join(run_table, run_table.c.run_id == file_profile.c.run_id)
            .where(file_profile.c.run_id.in_(earlier))
            .order_by(run_table.c.period.desc(), file_profile.c.position)
        )
        with self._database.reading() as connection:
            return [decisions.kept_profile_of(row) for row in connection.execute(query).mappings()]

    def decide(self, decision: Decision, *, seen: int) -> Decision:
        """See RunStore."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            _state(connection, decision.run_id)
            return decisions.add(connection, decision, seen=seen)

    def decisions(self, robot: str) -> Sequence[Decision]:
        """See RunStore."""
        with self._database.reading() as connection:
            return decisions.of_robot(connection, robot)

    def credit(self, entries: Sequence[GainEntry]) -> int:
        """See RunStore."""
        with self._database.writing(*LEDGER_AND_TRAIL) as connection:
            for run_id in sorted({entry.run_id for entry in entries}):
                state = _state(connection, run_id)
                if state is not RunState.RUNNING and state not in DONE_STATES:
                    raise FinishedRunError(run_id=run_id, state=state)
            if not entries:
                return 0
            with witness.keeping_ledger(connection, entries[0].run_id, at=entries[0].at):
                return ledger.add_entries(connection, entries)

    def reverse(
        self, robot: str, item_keys: Collection[str], *, run_id: str, reason: str, at: datetime
    ) -> int:
        """See RunStore."""
        with self._database.writing(*LEDGER_AND_TRAIL) as connection:
            _state(connection, run_id)
            standing = ledger.standing_of_keys(connection, robot, item_keys)
            with witness.keeping_ledger(connection, run_id, at=at):
                return ledger.undo(connection, standing, run_id=run_id, reason=reason, at=at)

    def gain_minutes(self, robot: str, period: str | None = None) -> Decimal:
        """See RunStore."""
        query = select(func.coalesce(func.sum(gain.c.sign * gain.c.hundredths), 0)).where(
            *_gains_of(robot, period)
        )
        with self._database.reading() as connection:
            return ledger.minutes_of(int(connection.execute(query).scalar_one()))

    def gain_entries(self, robot: str, period: str | None = None) -> list[GainEntry]:
        """See RunStore."""
        query = select(gain).where(*_gains_of(robot, period)).order_by(gain.c.entry)
        with self._database.reading() as connection:
            return [ledger.entry_of(row) for row in connection.execute(query).mappings()]

    def append_audit(self, event: AuditEvent) -> AuditRow:
        """See RunStore."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            return trail.append(connection, event)

    def audit_rows(self) -> Iterator[AuditRow]:
        """See RunStore."""
        last = 0
        while True:
            with self._database.reading() as connection:  # short, so that a slow reader holds nothing
                page = trail.page(connection, last)
            if not page:
                return
            yield from page
            last = page[-1].number

    def audit_head(self) -> AuditAnchor | None:
        """See RunStore."""
        with self._database.reading() as connection:
            return trail.head(connection)

    def audit_of(self, what: Collection[str], subject: str = "") -> Sequence[AuditRow]:
        """See RunStore."""
        with self._database.reading() as connection:
            return trail.of(connection, what, subject)

    def table_faults(self) -> Sequence[TableFault]:
        """See RunStore."""
        rows_of_trail = list(filter(witness.is_of_interest, self.audit_rows()))
        with self._database.reading() as connection:
            return witness.faults(connection, rows_of_trail)

    def forget_items(self, run_ids: Collection[str], events: Sequence[AuditEvent]) -> int:
        """See RunStore."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            gone = connection.execute(delete(open_item).where(open_item.c.run_id.in_(run_ids)))
            trail.append_all(connection, events)
            return gone.rowcount

    def _runs(self, query: Select[Any]) -> Sequence[Run]:
        with self._database.reading() as connection:
            return [rows.run_of(row) for row in connection.execute(query).mappings()]

    def _keep(self, table: Table, run: Run, kept: Sequence[dict[str, Any]]) -> None:
        with self._database.writing() as connection:
            _must_run(connection, run.run_id)
            connection.execute(delete(table).where(table.c.run_id == run.run_id))
            if kept:
                connection.execute(insert(table), rows.numbered(run.run_id, kept))

    def _say_why_not(self, run: Run) -> None:
        if self.find(run.run_id):
            raise RunExistsError(run_id=run.run_id) from None
        same = (run_table.c.robot == run.robot, run_table.c.period == run.period)
        query = select(run_table).where(*same, run_table.c.state == RunState.RUNNING)
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row:
            raise AlreadyRunningError(
                running=rows.run_of(row), holder=row["holder"], seen=row["seen"]
            ) from None

    # Last, since inside the class its name hides the type `list` from what follows.
    def list(self, robot: str | None = None, limit: int = 50) -> list[Run]:
        """See RunStore."""
        query = _newest_first(select(run_table)).limit(limit)
        return list(self._runs(query if robot is None else query.where(run_table.c.robot == robot)))


def _running(run_id: str) -> tuple[ColumnElement[bool], ...]:
    return run_table.c.run_id == run_id, run_table.c.state == RunState.RUNNING


def _state(connection: Connection, run_id: str) -> RunState:
    """The run's state, which nobody changes before the transaction ends."""
    query = select(run_table.c.state).where(run_table.c.run_id == run_id).with_for_update()
    state: RunState | None = connection.execute(query).scalar()
    if state is None:
        raise UnknownRunError(run_id=run_id)
    return state


def _must_run(connection: Connection, run_id: str) -> None:
    state = _state(connection, run_id)
    if state is not RunState.RUNNING:
        raise FinishedRunError(run_id=run_id, state=state)


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(run_table.c.started.desc(), run_table.c.run_id.desc())


def _counts() -> tuple[ColumnElement[bool], ...]:
    return run_table.c.state.in_(DONE_STATES), run_table.c.environment != Environment.TEST


def _standing_runs(*where: ColumnElement[bool]) -> Select[tuple[str]]:
    """Ids of the standing runs, one for each robot and period."""
    production_first = case((run_table.c.environment == Environment.PRODUCTION, 0), else_=1)
    newest = (production_first, run_table.c.started.desc(), run_table.c.run_id.desc())
    rank = func.row_number().over(partition_by=(run_table.c.robot, run_table.c.period), order_by=newest)
    ranked = select(run_table.c.run_id, rank.label("rank")).where(*_counts(), *where).subquery()
    return select(ranked.c.run_id).where(ranked.c.rank == 1)


def _gains_of(robot: str, period: str | None) -> tuple[ColumnElement[bool], ...]:
    of_robot = gain.c.robot == robot
    return (of_robot,) if period is None else (of_robot, gain.c.period == period)
