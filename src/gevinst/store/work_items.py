"""Work items over a database's own table."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    delete,
    func,
    insert,
    select,
    update,
)

from gevinst.app.item_port import ItemStateError, LostItemError, QueueCount, UnknownItemError
from gevinst.domain.audit import AuditEvent
from gevinst.domain.queue import wait_before
from gevinst.domain.work_item import (
    RETRIABLE,
    Failure,
    FailureKind,
    ItemClaim,
    ItemState,
    ItemTally,
    NewItem,
    WorkItem,
    safe_failure,
    state_after,
)
from gevinst.store import trail
from gevinst.store.engine import Database, insert_on
from gevinst.store.item_schema import NO_DEADLINE, work_item, work_item_file
from gevinst.store.item_statements import (
    CLAIMED,
    finished,
    finished_and_taking,
    finishing,
    finishing_values,
    taking,
    taking_values,
)
from gevinst.store.one_statement import OwnLine
from gevinst.store.queue_schema import moment_of_database
from gevinst.store.queue_turn import turn_of

GONE = Failure(kind=FailureKind.APPLICATION, code="gone")
UNENDED = (ItemState.DRAFT, ItemState.WAITING, ItemState.CLAIMED)

_COLUMNS = tuple(each.name for each in fields(WorkItem))
_NEW = tuple(each.name for each in fields(NewItem))
_item = work_item.c


class SqlItemBook:
    """Keeps work items; threads may share it, and processes the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialect = database.engine.dialect.name
        self._of = database.engine.dialect
        self._line = OwnLine(database)

    # Making

    def add(self, item: NewItem) -> tuple[int, bool]:
        """See ItemBook."""
        with self._writing() as connection:
            return _added(connection, item, state=ItemState.WAITING, parent=0, made_by="")

    def draft(self, item: NewItem, *, parent: int, made_by: str) -> tuple[int, bool]:
        """See ItemBook."""
        with self._writing() as connection:
            return _added(connection, item, state=ItemState.DRAFT, parent=parent, made_by=made_by)

    def publish(self, parent: int, made_by: str) -> int:
        """See ItemBook."""
        with self._writing() as connection:
            return _published(connection, parent, made_by)

    def drop_drafts(self, made_by: str) -> int:
        """See ItemBook."""
        with self._writing() as connection:
            return _dropped(connection, _item.made_by == made_by)

    # Working

    def reserve(self, queue: str, owner: str, *, lease: timedelta) -> ItemClaim | None:
        """See ItemBook."""
        next_one = (taking(self._of, lease), taking_values(queue, owner))
        found = self._line.run(*next_one).row
        if found is None and self.rescue():
            found = self._line.run(*next_one).row
        return _claim_of(found)

    def renew(self, owner: str, *, lease: timedelta) -> Collection[int]:
        """See ItemBook."""
        until = moment_of_database(self._dialect, lease)
        held = update(work_item).where(_item.owner == owner, _item.state == CLAIMED)
        with self._writing() as connection:
            found = connection.execute(held.values(lease_until=until).returning(_item.number))
            return set(found.scalars())

    def finish(self, claim: ItemClaim) -> None:
        """See ItemBook."""
        with self._writing() as connection:
            _must_hold(connection.execute(finishing(self._dialect), finishing_values(claim)).rowcount, claim)
            _published(connection, claim.number, claim.owner)
            _dropped(connection, _item.parent == claim.number)

    def finish_and_reserve(self, claim: ItemClaim, queue: str, *, lease: timedelta) -> ItemClaim | None:
        """See ItemBook."""
        mine, next_one = finishing_values(claim), taking_values(queue, claim.owner)
        if self._dialect == "sqlite":
            answers = self._line.run_both((finished(self._of), mine), (taking(self._of, lease), next_one))
            _must_hold(len(answers), claim)
            return _claim_of(answers[1].row)
        found = self._line.run(finished_and_taking(self._of, lease), {**mine, **next_one}).row
        if found is None:  # no next item, or the claim was void
            _must_hold(int(self._is_done(claim)), claim)
        return _claim_of(found)

    def _is_done(self, claim: ItemClaim) -> bool:
        one = self.find(claim.number)
        return (one.state, one.attempt, one.owner) == (ItemState.DONE, claim.token, claim.owner)

    def hand_back(self, claim: ItemClaim) -> None:
        """See ItemBook."""
        with self._writing() as connection:
            _handed_back(connection, *_held(claim))

    def fail(self, claim: ItemClaim, failure: Failure) -> ItemState:
        """See ItemBook."""
        with self._writing() as connection:
            one = connection.execute(select(work_item).where(*_held(claim)).with_for_update())
            row = one.mappings().one_or_none()
            _must_hold(int(row is not None), claim)
            assert row is not None  # noqa: S101 - as above
            return _failed(connection, item_of(row), failure)

    def complete(self, owner: str) -> int:
        """See ItemBook."""
        with self._writing() as connection:
            held = update(work_item).where(_item.owner == owner, _item.state == CLAIMED)
            now = moment_of_database(self._dialect)
            done = {"state": ItemState.DONE, "ended": now, "lease_until": None}
            count = connection.execute(held.values(done)).rowcount
            mine = update(work_item).where(_item.state == ItemState.DRAFT, _item.made_by == owner)
            connection.execute(mine.values(state=ItemState.WAITING, not_before=now))
            return count

    def give_back(self, owner: str, failure: Failure | None) -> int:
        """See ItemBook."""
        with self._writing() as connection:
            held = _locked(connection, _item.owner == owner, _item.state == CLAIMED)
            for one in held:
                if failure:
                    _failed(connection, one, failure)
                else:
                    _handed_back(connection, _item.number == one.number)
            return len(held)

    def rescue(self) -> int:
        """See ItemBook."""
        with self._writing() as connection:
            return _lapsed_taken_back(connection)

    # Content

    def payload(self, number: int) -> str:
        """See ItemBook."""
        with self._database.reading() as connection:
            found: str | None = connection.execute(
                select(_item.payload).where(_item.number == number)
            ).scalar()
        if found is None:
            raise UnknownItemError(item=str(number))
        return found

    def save_payload(self, number: int, owner: str, payload: str) -> bool:
        """See ItemBook."""
        with self._writing() as connection:
            own = update(work_item).where(_item.number == number, _owned(owner)).values(payload=payload)
            return connection.execute(own).rowcount == 1

    def files(self, number: int) -> Sequence[str]:
        """See ItemBook."""
        query = select(work_item_file.c.name).where(work_item_file.c.item == number)
        with self._database.reading() as connection:
            return list(connection.execute(query.order_by(work_item_file.c.name)).scalars())

    def file(self, number: int, name: str) -> bytes | None:
        """See ItemBook."""
        query = select(work_item_file.c.content).where(
            work_item_file.c.item == number, work_item_file.c.name == name
        )
        with self._database.reading() as connection:
            content: bytes | None = connection.execute(query).scalar()
            return content

    def save_file(self, number: int, owner: str, name: str, content: bytes) -> bool:
        """See ItemBook."""
        with self._writing() as connection:
            if not _owns(connection, number, owner):
                return False
            connection.execute(_file(number, name))
            values = {"item": number, "name": name, "content": content, "size": len(content)}
            connection.execute(insert(work_item_file), values)
            return True

    def remove_file(self, number: int, owner: str, name: str) -> bool:
        """See ItemBook."""
        with self._writing() as connection:
            return _owns(connection, number, owner) and connection.execute(_file(number, name)).rowcount == 1

    # Looking

    def find(self, number: int) -> WorkItem:
        """See ItemBook."""
        found = self._items(_item.number == number)
        if not found:
            raise UnknownItemError(item=str(number))
        return found[0]

    def items(
        self, queue: str = "", states: Collection[ItemState] = (), limit: int = 200
    ) -> Sequence[WorkItem]:
        """See ItemBook."""
        where = [_item.queue == queue] if queue else []
        return self._items(*where, *([_item.state.in_(states)] if states else []), limit=limit)

    def items_of_run(self, run_id: str, limit: int = 10_000) -> Sequence[WorkItem]:
        """See ItemBook."""
        return self._items(_item.owner == run_id, limit=limit)[::-1]

    def tally(self, run_id: str) -> ItemTally:
        """See ItemBook."""
        by_state = (
            select(_item.state, func.count().label("many")).where(_item.owner == run_id).group_by(_item.state)
        )
        made = select(func.count()).where(_item.made_by == run_id)
        with self._database.reading() as connection:
            counts = {row.state: row.many for row in connection.execute(by_state)}
            new = connection.execute(made).scalar_one()
        return ItemTally(
            done=counts.get(ItemState.DONE, 0),
            business=counts.get(ItemState.BUSINESS, 0),
            parked=counts.get(ItemState.PARKED, 0),
            again=counts.get(ItemState.WAITING, 0),
            made=new,
        )

    def counts(self) -> Sequence[QueueCount]:
        """See ItemBook."""
        query = select(_item.queue, _item.state, func.count().label("many")).group_by(
            _item.queue, _item.state
        )
        found: dict[str, dict[ItemState, int]] = {}
        with self._database.reading() as connection:
            for queue, state, count in connection.execute(query):
                found.setdefault(queue, {})[state] = count
        return [QueueCount(queue=queue, counts=found[queue]) for queue in sorted(found)]

    def overdue(self) -> Mapping[str, int]:
        """See ItemBook."""
        now = moment_of_database(self._dialect)
        query = (
            select(_item.queue, func.count().label("many"))
            .where(_item.state.in_(UNENDED), _item.deadline < now)
            .group_by(_item.queue)
        )
        with self._database.reading() as connection:
            return {row.queue: row.many for row in connection.execute(query)}

    # People

    def retry(self, number: int, *, by: str, why: str = "") -> None:
        """See ItemBook."""
        again = {
            "state": ItemState.WAITING,
            "failures": 0,
            "not_before": moment_of_database(self._dialect),
            "ended": None,
        }
        self._moved(number, RETRIABLE, again, _Act(what="item.retry", by=by, why=why))

    def park(self, number: int, *, by: str, why: str) -> None:
        """See ItemBook."""
        values = {"state": ItemState.PARKED, "ended": moment_of_database(self._dialect)}
        self._moved(number, {ItemState.WAITING}, values, _Act(what="item.park", by=by, why=why))

    def _moved(
        self, number: int, states: Collection[ItemState], values: Mapping[str, Any], act: "_Act"
    ) -> None:
        with self._writing() as connection:
            moving = update(work_item).where(_item.number == number, _item.state.in_(states)).values(values)
            if connection.execute(moving).rowcount == 0:
                raise _why_not(connection, number)
            _note(connection, number, act)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        on_file = self._database.url.database if self._dialect == "sqlite" else None
        with turn_of(on_file), self._database.writing() as connection:
            yield connection

    def _items(self, *where: ColumnElement[bool], limit: int = 100_000) -> Sequence[WorkItem]:
        query = select(work_item).where(*where).order_by(_item.number.desc()).limit(limit)
        with self._database.reading() as connection:
            return [item_of(row) for row in connection.execute(query).mappings()]


@dataclass(frozen=True, kw_only=True)
class _Act:
    """What the trail says of an item."""

    what: str
    by: str
    why: str = ""
    detail: Mapping[str, str | int] = field(default_factory=dict)


def item_of(row: RowMapping) -> WorkItem:
    """An item from its row."""
    values = {name: row[name] for name in _COLUMNS}
    return WorkItem(**values | {"deadline": None if row["deadline"] == NO_DEADLINE else row["deadline"]})


def _added(
    connection: Connection, item: NewItem, *, state: ItemState, parent: int, made_by: str
) -> tuple[int, bool]:
    now = moment_of_database(connection.dialect.name)
    values = {name: getattr(item, name) for name in _NEW}
    fresh = {"attempt": 0, "failures": 0, "owner": "", "code": "", "message": ""}
    made = {"state": state, "parent": parent, "made_by": made_by, "created": now, "not_before": now}
    row = values | fresh | made | {"deadline": item.deadline or NO_DEADLINE}
    make = insert_on(connection.dialect.name)
    adding = make(work_item).values(row)
    taken_over = adding.on_conflict_do_update(
        index_elements=["queue", "key"],
        set_={
            name: row[name]
            for name in ("payload", "state", "parent", "made_by", "priority", "deadline", "tries")
        },
        where=_item.state == ItemState.DRAFT,
    )
    number = connection.execute(taken_over.returning(_item.number)).scalar()
    if number is not None:
        return int(number), True
    there = select(_item.number).where(_item.queue == item.queue, _item.key == item.key)
    return int(connection.execute(there).scalar_one()), False


def _published(connection: Connection, parent: int, made_by: str) -> int:
    mine = update(work_item).where(
        _item.state == ItemState.DRAFT, _item.made_by == made_by, _item.parent == parent
    )
    now = moment_of_database(connection.dialect.name)
    return connection.execute(mine.values(state=ItemState.WAITING, not_before=now)).rowcount


def _dropped(connection: Connection, *where: ColumnElement[bool]) -> int:
    drafts = (_item.state == ItemState.DRAFT, *where)
    numbers = select(_item.number).where(*drafts)
    connection.execute(delete(work_item_file).where(work_item_file.c.item.in_(numbers)))
    return connection.execute(delete(work_item).where(*drafts)).rowcount


def _must_hold(found: int, claim: ItemClaim) -> None:
    if not found:
        raise LostItemError(number=claim.number, token=claim.token)


def _held(claim: ItemClaim) -> tuple[ColumnElement[bool], ...]:
    return (
        _item.number == claim.number,
        _item.attempt == claim.token,
        _item.owner == claim.owner,
        _item.state == CLAIMED,
    )


def _claim_of(row: Sequence[Any] | None) -> ItemClaim | None:
    if row is None:
        return None
    number, token, owner, failures, tries = row
    return ItemClaim(number=number, token=token, owner=owner, failures=failures, tries=tries)


def _locked(connection: Connection, *where: ColumnElement[bool]) -> Sequence[WorkItem]:
    query = select(work_item).where(*where).order_by(_item.number).with_for_update(skip_locked=True)
    return [item_of(row) for row in connection.execute(query).mappings()]


def _handed_back(connection: Connection, *where: ColumnElement[bool]) -> None:
    values = {"state": ItemState.WAITING, "lease_until": None}
    connection.execute(update(work_item).where(*where).values(values))


def _lapsed_taken_back(connection: Connection) -> int:
    """Fail the items whose lease has ended: the run that held them is gone."""
    over = _item.lease_until < moment_of_database(connection.dialect.name)
    lapsed = _locked(connection, _item.state == CLAIMED, over)
    for one in lapsed:
        _failed(connection, one, GONE)
    return len(lapsed)


def _failed(connection: Connection, item: WorkItem, failure: Failure) -> ItemState:
    """Write what becomes of a claimed item that was not done; its drafts go."""
    kept = safe_failure(failure)
    broke = failure.kind is FailureKind.APPLICATION
    failures = item.failures + int(broke)
    state = state_after(failure, failures=failures, tries=item.tries)
    dialect = connection.dialect.name
    again = state is ItemState.WAITING
    wait = timedelta(0) if failure is GONE or not again else wait_before(failures)
    values = {
        "state": state,
        "failures": failures,
        "failure": kept.kind,
        "code": kept.code,
        "message": kept.message,
        "lease_until": None,
        "not_before": moment_of_database(dialect, wait),
        "ended": None if again else moment_of_database(dialect),
    }
    connection.execute(update(work_item).where(_item.number == item.number).values(values))
    _dropped(connection, _item.parent == item.number)
    if not again:
        _note(
            connection, item.number, _Act(what=f"item.{state}", by=item.owner, detail={"queue": item.queue})
        )
    return state


def _owned(owner: str) -> ColumnElement[bool]:
    """Whether a run holds an item, or has drafted it."""
    holds = (_item.state == ItemState.CLAIMED) & (_item.owner == owner)
    return holds | ((_item.state == ItemState.DRAFT) & (_item.made_by == owner))


def _owns(connection: Connection, number: int, owner: str) -> bool:
    query = select(_item.number).where(_item.number == number, _owned(owner)).with_for_update()
    return connection.execute(query).first() is not None


def _file(number: int, name: str) -> Any:
    return delete(work_item_file).where(work_item_file.c.item == number, work_item_file.c.name == name)


def _why_not(connection: Connection, number: int) -> UnknownItemError | ItemStateError:
    state: ItemState | None = connection.execute(select(_item.state).where(_item.number == number)).scalar()
    if state is None:
        return UnknownItemError(item=str(number))
    return ItemStateError(item=str(number), state=state)


def _note(connection: Connection, number: int, act: _Act) -> None:
    """Write to the trail, whose turn is held to the end: numbers, no key and no content."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(trail.TRAIL_TURN)))
    event = AuditEvent(
        at=_now(connection),
        who=act.by or "gevinst",
        what=act.what,
        subject=f"item:{number}",
        detail=act.detail,
        why=act.why,
    )
    trail.append(connection, event)


def _now(connection: Connection) -> datetime:
    found: datetime = connection.execute(select(moment_of_database(connection.dialect.name))).scalar_one()  # type: ignore[assignment]
    return found
