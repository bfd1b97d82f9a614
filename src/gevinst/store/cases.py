"""Cases, their standing and their events in a database."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    RowMapping,
    Select,
    Subquery,
    and_,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy import case as sql_case
from sqlalchemy.exc import IntegrityError

from gevinst.app.cases import (
    CASE_PAGE,
    CaseError,
    CaseFilter,
    CaseGroup,
    CaseKey,
    CaseSums,
    ListedCase,
)
from gevinst.app.ports import CarriedItem
from gevinst.domain.audit import AuditEvent
from gevinst.domain.case import Case, CaseEvent, CaseItem, CaseStanding, CaseState
from gevinst.store import trail, witness
from gevinst.store.console_schema import case_event, case_state, work_case
from gevinst.store.engine import Database
from gevinst.store.kept_counts import KeptCounts
from gevinst.store.rows import item_of
from gevinst.store.schema import open_item

_ITEMS = ("items", "suspects")
_CASE = tuple(field.name for field in fields(Case))
_STANDING = tuple(field.name for field in fields(CaseStanding) if field.name not in ("robot", "subject"))
_EVENT = tuple(field.name for field in fields(CaseEvent))
_JOINED = and_(case_state.c.robot == work_case.c.robot, case_state.c.subject == work_case.c.subject)
state = func.coalesce(case_state.c.state, CaseState.TO_DO)
#: Where a case is and with whom, also when nobody has touched it.
holder = func.coalesce(case_state.c.claimed_by, "")
_TOUCHED = case_state.join(work_case, _JOINED)  # by the few that someone has touched, each with its case
_WITH_STATE = work_case.outerjoin(case_state, _JOINED)
_QUERIES = 256  # kept as they were put together
_APART = 400  # runs that are read each by itself; SQLite joins at most 500 queries
NO_CASES = CaseSums(count=0, amount=0, oldest=None)
_SUMS = (func.count(), func.sum(func.abs(work_case.c.amount)), func.min(work_case.c.oldest))


class SqlCaseBook:
    """See app.cases.CaseBook."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted = KeptCounts(database)

    def cases(
        self, runs: Sequence[str], wanted: CaseFilter, *, after: CaseKey | None = None, limit: int = CASE_PAGE
    ) -> Sequence[ListedCase]:
        """See CaseBook."""
        if not runs:
            return []
        query = _page(tuple(runs), wanted, after, limit)
        with self._database.reading() as connection:
            return [_listed(row) for row in connection.execute(query).mappings()]

    def sums(self, runs: Sequence[str], wanted: CaseFilter) -> CaseSums:
        """See CaseBook."""
        query = select(*_SUMS).select_from(_source(wanted)).where(*_wanted(runs, wanted))
        key = ("sums", tuple(runs), wanted)
        return self._counted.of(key, lambda connection: _sums_of(connection.execute(query).one()))

    def groups(self, runs: Sequence[str], wanted: CaseFilter) -> Sequence[CaseGroup]:
        """See CaseBook."""
        by = (work_case.c.run_id, work_case.c.cause, work_case.c.kind)  # an index has them in this order
        query = (
            select(*_SUMS, func.min(work_case.c.robot).label("robot"), *by)
            .select_from(_source(wanted))
            .where(*_wanted(runs, wanted))
            .group_by(*by)
        )

        def counted(connection: Connection) -> Sequence[CaseGroup]:
            found = [
                CaseGroup(robot=row.robot, cause=row.cause, kind=row.kind, sums=_sums_of(row[: len(_SUMS)]))
                for row in connection.execute(query)
            ]
            return sorted(found, key=lambda one: (-one.sums.count, one.robot, one.cause, one.kind))

        return self._counted.of(("groups", tuple(runs), wanted), counted)

    def ageing(
        self, runs: Sequence[str], wanted: CaseFilter, limits: Sequence[date] = ()
    ) -> Mapping[str, Sequence[CaseSums]]:
        """See CaseBook."""
        whens = [(work_case.c.oldest >= limit, number) for number, limit in enumerate(limits)]
        bucket = sql_case(*whens, else_=len(limits)) if whens else literal(0)
        by = [work_case.c.run_id, *([bucket] if whens else [])]
        query = (
            select(*_SUMS, work_case.c.run_id, bucket.label("bucket"))
            .select_from(_source(wanted))
            .where(*_wanted(runs, wanted))
            .group_by(*by)
        )

        def counted(connection: Connection) -> Mapping[str, Sequence[CaseSums]]:
            found: dict[str, list[CaseSums]] = {}
            for row in connection.execute(query):
                buckets = found.setdefault(row.run_id, [NO_CASES] * (len(limits) + 1))
                buckets[row.bucket] = _sums_of(row[: len(_SUMS)])
            return found

        return self._counted.of(("ageing", tuple(runs), wanted, tuple(limits)), counted)

    def case(self, run_id: str, number: int) -> ListedCase | None:
        """See CaseBook."""
        query = _joined().where(work_case.c.run_id == run_id, work_case.c.number == number)
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return _listed(row) if row else None

    def change(self, event: CaseEvent, before: CaseStanding, after: CaseStanding, noted: AuditEvent) -> None:
        """See CaseBook."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            values = {name: getattr(after, name) for name in _STANDING}
            same = and_(
                case_state.c.robot == before.robot,
                case_state.c.subject == before.subject,
                case_state.c.version == before.version,
            )
            if before.version:
                changed = connection.execute(update(case_state).where(same).values(values)).rowcount
            else:
                changed = self._first(
                    connection, {"robot": before.robot, "subject": before.subject, **values}
                )
            if not changed:
                raise CaseError("CAS-001")
            connection.execute(insert(case_event), {name: getattr(event, name) for name in _EVENT})
            witness.append(connection, noted, case_event)

    @staticmethod
    def _first(connection: Any, values: dict[str, Any]) -> int:
        """The first standing of a case; 0 when another was first."""
        try:
            with connection.begin_nested():
                return int(connection.execute(insert(case_state), values).rowcount)
        except IntegrityError:
            return 0

    def events(self, robot: str, subject: str) -> Sequence[CaseEvent]:
        """See CaseBook."""
        query = (
            select(case_event)
            .where(case_event.c.robot == robot, case_event.c.subject == subject)
            .order_by(case_event.c.number)
        )
        with self._database.reading() as connection:
            found = connection.execute(query).mappings()
            return [CaseEvent(**{name: row[name] for name in _EVENT}) for row in found]

    def minutes(self, robot: str, period: str) -> int:
        """See CaseBook."""
        of_period = select(work_case.c.run_id).where(work_case.c.robot == robot, work_case.c.period == period)
        query = select(func.coalesce(func.sum(case_event.c.hundredths), 0)).where(
            case_event.c.robot == robot, case_event.c.run_id.in_(of_period)
        )
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def candidates(self, case: Case, *, limit: int = 8) -> Sequence[CarriedItem]:
        """See CaseBook."""
        side = case.items[0].side
        off = case.left + case.right
        away = func.abs(
            sql_case((open_item.c.side == side, -open_item.c.amount), else_=open_item.c.amount) - case.amount
        )
        query = (
            select(open_item)
            .where(open_item.c.run_id == case.run_id, open_item.c.item_id.not_in(off))
            .order_by(away, open_item.c.position)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [item_of(row) for row in connection.execute(query).mappings()]

    def of_counterparty(self, robot: str, counterparty: str, *, limit: int = 20) -> Sequence[Case]:
        """See CaseBook."""
        query = (
            select(work_case)
            .where(work_case.c.robot == robot, work_case.c.counterparty == counterparty)
            .order_by(work_case.c.period.desc(), work_case.c.run_id.desc(), work_case.c.number)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [_case_of(row) for row in connection.execute(query).mappings()]


@lru_cache(maxsize=_QUERIES)
def _page(runs: tuple[str, ...], wanted: CaseFilter, after: CaseKey | None, limit: int) -> Select[Any]:
    """One page of the list; made once, since to put it together costs more than to run it."""
    order = (work_case.c.oldest, work_case.c.run_id, work_case.c.number)

    def first(of: Sequence[str], source: FromClause) -> Subquery:
        """Only keys are sorted: a case's items are long texts."""
        chosen = select(*order).select_from(source).where(*_wanted(of, wanted), *_after(after))
        return chosen.order_by(*order).limit(limit).subquery()

    if _only_touched(wanted):
        keys = first(runs, _TOUCHED)
    else:  # an index has each run's own in this order: no more are looked through than the page needs
        apart = (runs[at::_APART] for at in range(min(len(runs), _APART)))
        found = union_all(*(select(first(some, _WITH_STATE)) for some in apart)).subquery()
        keys = select(found).order_by(*found.c).limit(limit).subquery()
    same = and_(work_case.c.run_id == keys.c.run_id, work_case.c.number == keys.c.number)
    return _joined(work_case.join(keys, same)).order_by(*order)


def _joined(cases: FromClause = work_case) -> Select[Any]:
    standing = [case_state.c[name].label(f"standing_{name}") for name in _STANDING]
    return select(work_case, *standing).select_from(cases.outerjoin(case_state, _JOINED))


def _wanted(runs: Sequence[str], wanted: CaseFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [work_case.c.run_id.in_(runs)]
    if wanted.robot:
        found.append(work_case.c.robot == wanted.robot)
    if wanted.cause:
        found.append(work_case.c.cause == wanted.cause)
    if wanted.claimed_by is not None:
        found.append((case_state.c.claimed_by if wanted.claimed_by else holder) == wanted.claimed_by)
    if wanted.state is not None:
        found.append(_state_on(wanted.today) == wanted.state)
        if wanted.state is not CaseState.TO_DO:
            found.append(case_state.c.state == wanted.state)
    if wanted.least:
        found.append(func.abs(work_case.c.amount) >= wanted.least)
    return found


def _only_touched(wanted: CaseFilter) -> bool:
    """Whether no case is meant that nobody has touched: such a one is to do, and nobody's."""
    return bool(wanted.claimed_by) or wanted.state not in (None, CaseState.TO_DO)


def _source(wanted: CaseFilter) -> FromClause:
    return _TOUCHED if _only_touched(wanted) else _WITH_STATE


def _state_on(today: date | None) -> ColumnElement[Any]:
    """Where a case is on a day: one that waited for an earlier day is to do again."""
    if today is None:
        return state
    over = and_(case_state.c.state == CaseState.WAITING, case_state.c.until < today)
    return sql_case((over, CaseState.TO_DO), else_=state)


def _sums_of(row: Any) -> CaseSums:
    count, amount, oldest = row
    return CaseSums(count=int(count), amount=int(amount or 0), oldest=oldest)


def _after(key: CaseKey | None) -> list[ColumnElement[bool]]:
    if key is None:
        return []
    later_number = and_(work_case.c.run_id == key.run_id, work_case.c.number > key.number)
    same_day = and_(work_case.c.oldest == key.oldest, or_(work_case.c.run_id > key.run_id, later_number))
    return [or_(work_case.c.oldest > key.oldest, same_day)]


def case_row(case: Case) -> dict[str, Any]:
    """A case's columns."""
    lists: dict[str, Any] = {name: [_item_values(one) for one in getattr(case, name)] for name in _ITEMS}
    lists["alternatives"] = case.alternatives
    texts = {name: json.dumps(values, ensure_ascii=False) for name, values in lists.items()}
    return {name: getattr(case, name) for name in _CASE} | texts


def _item_values(item: CaseItem) -> dict[str, Any]:
    return vars(item) | {"booked": item.booked.isoformat()}


def _item_of(values: dict[str, Any]) -> CaseItem:
    return CaseItem(**(values | {"booked": date.fromisoformat(values["booked"])}))


def _case_of(row: RowMapping) -> Case:
    lists = {name: tuple(map(_item_of, json.loads(row[name]))) for name in _ITEMS}
    pairs = tuple((tuple(left), tuple(right)) for left, right in json.loads(row["alternatives"]))
    return Case(**({name: row[name] for name in _CASE} | lists | {"alternatives": pairs}))


def _listed(row: RowMapping) -> ListedCase:
    case = _case_of(row)
    values = {name: row[f"standing_{name}"] for name in _STANDING}
    known = values if values["version"] is not None else {}
    return ListedCase(case=case, standing=CaseStanding(robot=case.robot, subject=case.subject, **known))
