"""Open a store: make its tables, or bring them to this program's version."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from gevinst.app.ports import StoreVersionError
from gevinst.store.accounts import SqlAccountBook
from gevinst.store.arrivals import SqlArrivalBook
from gevinst.store.cases import SqlCaseBook
from gevinst.store.console_view import SqlConsoleView
from gevinst.store.engine import Database
from gevinst.store.gain_book import SqlGainBook
from gevinst.store.plan import SqlPlanBook
from gevinst.store.progress import SqlProgressBook
from gevinst.store.published import SqlPublishedBook
from gevinst.store.queue_alarms import SqlAlarmBook
from gevinst.store.queue_clock import SqlClockBook
from gevinst.store.queue_deliveries import SqlDeliveryBook
from gevinst.store.queue_tickets import SqlRunQueue
from gevinst.store.schema import REVISIONS
from gevinst.store.second_factors import SqlFactorBook
from gevinst.store.signatures import SqlSignatureBook
from gevinst.store.sql import SqlRunStore
from gevinst.store.trail_view import SqlTrailView
from gevinst.store.work_items import SqlItemBook


@dataclass(frozen=True, kw_only=True)
class StoreParts:
    """What is kept over one database."""

    url: str
    runs: SqlRunStore
    queue: SqlRunQueue
    clock: SqlClockBook
    alarms: SqlAlarmBook
    deliveries: SqlDeliveryBook
    items: SqlItemBook
    progress: SqlProgressBook
    arrivals: SqlArrivalBook
    gains: SqlGainBook
    accounts: SqlAccountBook
    factors: SqlFactorBook
    view: SqlConsoleView
    cases: SqlCaseBook
    signatures: SqlSignatureBook
    trail: SqlTrailView
    published: SqlPublishedBook
    plans: SqlPlanBook


UPGRADE_TURN = 7_401  # writers of the tables themselves
NO_REVISION = ""


def open_store(url: str) -> SqlRunStore:
    """The store of an office.

    Args:
        url: `sqlite:///path/to/file.db` (made when it is not there), or `postgresql+psycopg://user@host/name`.

    Raises:
        StoreError: see open_database.
    """
    return SqlRunStore(open_database(url))


def open_parts(url: str) -> StoreParts:
    """All that clock and workers keep, over one database.

    Raises:
        StoreError: see open_database.
    """
    database = open_database(url)
    return StoreParts(
        url=url,
        runs=SqlRunStore(database),
        queue=SqlRunQueue(database),
        clock=SqlClockBook(database),
        alarms=SqlAlarmBook(database),
        deliveries=SqlDeliveryBook(database),
        items=SqlItemBook(database),
        progress=SqlProgressBook(database),
        arrivals=SqlArrivalBook(database),
        gains=SqlGainBook(database),
        accounts=SqlAccountBook(database),
        factors=SqlFactorBook(database),
        view=SqlConsoleView(database),
        cases=SqlCaseBook(database),
        signatures=SqlSignatureBook(database),
        trail=SqlTrailView(database),
        published=SqlPublishedBook(database),
        plans=SqlPlanBook(database),
    )


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
