"""What has been delivered, in a database: at most one prepared or delivered for each key."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Update, delete, select, text, update

from gevinst.app.ports import FinishedRunError, UnknownRunError
from gevinst.app.queue_port import Delivery, DeliveryState
from gevinst.domain.run import RunState
from gevinst.store.engine import Database, insert_on
from gevinst.store.queue_schema import delivery
from gevinst.store.schema import run as run_table

_DELIVERY = tuple(field.name for field in fields(Delivery))


class SqlDeliveryBook:
    """Keeps deliveries; a run that has ended, or was given up for dead, can deliver no more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def prepare(self, delivery: Delivery) -> bool:
        """See DeliveryBook."""
        with self._database.writing() as connection:
            _must_run(connection, delivery.run_id)
            return _added(connection, delivery)

    def standing(self, key: str) -> Delivery | None:
        """See DeliveryBook."""
        with self._database.reading() as connection:
            return _standing(connection, key)

    def abandoned(self, key: str) -> Delivery | None:
        """See DeliveryBook."""
        with self._database.reading() as connection:
            found = _standing(connection, key)
            if found is None or found.state is not DeliveryState.PREPARED:
                return None
            query = select(run_table.c.state).where(run_table.c.run_id == found.run_id)
            return None if connection.execute(query).scalar() is RunState.RUNNING else found

    def written(self, delivery: Delivery) -> None:
        """See DeliveryBook."""
        with self._database.writing() as connection:
            _must_run(connection, delivery.run_id)
            found = {"sha256": delivery.sha256, "size": delivery.size}
            connection.execute(_prepared(delivery.key, delivery.run_id).values(found))

    def settle(self, key: str, run_id: str, state: DeliveryState, *, at: datetime) -> bool:
        """See DeliveryBook."""
        with self._database.writing() as connection:
            _must_run(connection, run_id)
            return _settled(connection, key, run_id, state=state, at=at)

    def found(self, key: str, run_id: str, state: DeliveryState, *, at: datetime) -> bool:
        """See DeliveryBook."""
        with self._database.writing() as connection:
            return _settled(connection, key, run_id, state=state, at=at)

    def decide(self, one: Delivery, state: DeliveryState, *, at: datetime) -> bool:
        """See DeliveryBook."""
        seen = update(delivery).where(
            delivery.c.key == one.key, delivery.c.run_id == one.run_id, delivery.c.state == one.state
        )
        with self._database.writing() as connection:
            return connection.execute(seen.values(state=state, ended=at)).rowcount == 1

    def deliveries(self, states: Collection[DeliveryState] = (), run_id: str = "") -> Sequence[Delivery]:
        """See DeliveryBook."""
        query = select(delivery).order_by(delivery.c.prepared, delivery.c.key)
        if states:
            query = query.where(delivery.c.state.in_(states))
        if run_id:
            query = query.where(delivery.c.run_id == run_id)
        with self._database.reading() as connection:
            found = connection.execute(query).mappings()
            return [_delivery_of(row) for row in found]


def _standing(connection: Connection, key: str) -> Delivery | None:
    query = select(delivery).where(delivery.c.key == key, delivery.c.state != DeliveryState.DROPPED)
    row = connection.execute(query).mappings().one_or_none()
    return _delivery_of(row) if row else None


def _delivery_of(row: RowMapping) -> Delivery:
    return Delivery(**{name: row[name] for name in _DELIVERY})


def _added(connection: Connection, one: Delivery) -> bool:
    values: dict[str, Any] = {name: getattr(one, name) for name in _DELIVERY}
    again = (delivery.c.key == one.key, delivery.c.run_id == one.run_id)  # the same run tries once more
    connection.execute(delete(delivery).where(*again, delivery.c.state == DeliveryState.DROPPED))
    make = insert_on(connection.dialect.name)
    adding = make(delivery).values(values)
    once = adding.on_conflict_do_nothing(index_elements=["key"], index_where=text("state <> 'dropped'"))
    return connection.execute(once.returning(delivery.c.key)).first() is not None


def _settled(connection: Connection, key: str, run_id: str, *, state: DeliveryState, at: datetime) -> bool:
    return connection.execute(_prepared(key, run_id).values(state=state, ended=at)).rowcount == 1


def _prepared(key: str, run_id: str) -> Update:
    return update(delivery).where(
        delivery.c.key == key, delivery.c.run_id == run_id, delivery.c.state == DeliveryState.PREPARED
    )


def _must_run(connection: Connection, run_id: str) -> None:
    query = select(run_table.c.state).where(run_table.c.run_id == run_id).with_for_update()
    state: RunState | None = connection.execute(query).scalar()
    if state is None:
        raise UnknownRunError(run_id=run_id)
    if state is not RunState.RUNNING:
        raise FinishedRunError(run_id=run_id, state=state)
