"""Open a database: make its tables, or bring them to this program's version."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from gevinst.app.ports import StoreVersionError
from gevinst.store.engine import Database
from gevinst.store.schema import REVISIONS

UPGRADE_TURN = 7_401  # writers of the tables themselves
NO_REVISION = ""


def open_database(url: str) -> Database:
    """A database with the tables of this program's version.

    Raises:
        StoreVersionError: a later program has used the database.
        StorePlaceError: it is not there, cannot be written, or does not answer.
        StoreShareError: a SQLite file would lie on a network share.
        StoreDamagedError: the file is no database, or a damaged one.
    """
    database = Database(url)
    with database.first_contact():
        with database.reading() as connection:
            found = _revision(connection)
        if found != REVISIONS[-1]:
            _upgrade(database)
    return database


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return NO_REVISION
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or NO_REVISION


def _upgrade(database: Database) -> None:
    with database.writing(UPGRADE_TURN) as connection:
        found = _revision(connection)  # again: another process may have been first
        if found not in (NO_REVISION, *REVISIONS):
            raise StoreVersionError(database=database.name, found=found, known=REVISIONS[-1])
        if found != REVISIONS[-1]:
            _migrate(connection)


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - takes over a second, and is needed once
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, REVISIONS[-1])
