"""How far running runs have come, in a database."""

from sqlalchemy import delete, select

from gevinst.domain.progress import Progress
from gevinst.store.engine import Database, insert_on
from gevinst.store.item_schema import run_progress


class SqlProgressBook:
    """Keeps one row for each running run."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, progress: Progress) -> None:
        """See ProgressBook."""
        values = {
            "phase": progress.phase,
            "done": progress.done,
            "total": progress.total,
            "at": progress.at,
        }
        with self._database.writing() as connection:
            make = insert_on(connection.dialect.name)
            adding = make(run_progress).values({"run_id": progress.run_id, **values})
            connection.execute(adding.on_conflict_do_update(index_elements=["run_id"], set_=values))

    def progress(self, run_id: str) -> Progress | None:
        """See ProgressBook."""
        with self._database.reading() as connection:
            query = select(run_progress).where(run_progress.c.run_id == run_id)
            row = connection.execute(query).mappings().one_or_none()
            return Progress(**row) if row else None

    def forget(self, run_id: str) -> None:
        """See ProgressBook."""
        with self._database.writing() as connection:
            connection.execute(delete(run_progress).where(run_progress.c.run_id == run_id))
