"""Files that have arrived, in a database."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import select, update

from gevinst.domain.arrival import Arrival, ArrivalState
from gevinst.domain.queue import Order
from gevinst.store.engine import Database, insert_on
from gevinst.store.item_schema import arrival as table
from gevinst.store.queue_clock import must_lead
from gevinst.store.queue_tickets import add_ticket

_COLUMNS = tuple(each.name for each in fields(Arrival))


class SqlArrivalBook:
    """Keeps one row for each robot and content."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, fence: int | None, arrival: Arrival, order: Order) -> bool:
        """See ArrivalBook."""
        values: dict[str, Any] = {name: getattr(arrival, name) for name in _COLUMNS}
        with self._database.writing() as connection:
            if fence is not None:
                must_lead(connection, fence)
            make = insert_on(connection.dialect.name)
            adding = make(table).values(values)
            once = adding.on_conflict_do_update(
                index_elements=["robot", "sha256"],
                set_={
                    name: values[name] for name in ("name", "source", "path", "run_id", "state", "arrived")
                },
                where=table.c.state == ArrivalState.REFUSED,
            )
            new = connection.execute(once.returning(table.c.run_id)).first() is not None
            return new and add_ticket(connection, order)

    def arrivals(self, robot: str, states: Sequence[ArrivalState] = ()) -> Sequence[Arrival]:
        """See ArrivalBook."""
        query = select(table).where(table.c.robot == robot).order_by(table.c.arrived.desc())
        if states:
            query = query.where(table.c.state.in_(states))
        with self._database.reading() as connection:
            return [Arrival(**row) for row in connection.execute(query).mappings()]

    def of_run(self, run_id: str) -> Arrival | None:
        """See ArrivalBook."""
        with self._database.reading() as connection:
            row = connection.execute(select(table).where(table.c.run_id == run_id)).mappings().one_or_none()
            return Arrival(**row) if row else None

    def settle(self, arrival: Arrival, state: ArrivalState, path: str) -> None:
        """See ArrivalBook."""
        one = update(table).where(table.c.robot == arrival.robot, table.c.sha256 == arrival.sha256)
        with self._database.writing() as connection:
            connection.execute(one.values(state=state, path=path))
