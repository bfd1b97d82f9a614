"""Which data sets the office has made public, in a database; each switch with its row of the audit trail."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from gevinst.app.open_data import Switch
from gevinst.domain.audit import AuditEvent
from gevinst.store import trail
from gevinst.store.console_schema import published
from gevinst.store.engine import Database


class SqlPublishedBook:
    """See app.open_data.PublishedBook."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def switches(self) -> Mapping[str, Switch]:
        """See PublishedBook."""
        with self._database.reading() as connection:
            rows = connection.execute(select(published)).mappings()
            return {row["data_set"]: Switch(on=row["on"], who=row["who"], at=row["at"]) for row in rows}

    def switch(self, data_set: str, to: Switch, event: AuditEvent) -> None:
        """See PublishedBook."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            connection.execute(delete(published).where(published.c.data_set == data_set))
            row = {"data_set": data_set, "on": to.on, "who": to.who, "at": to.at}
            connection.execute(insert(published), row)
            trail.append(connection, event)
