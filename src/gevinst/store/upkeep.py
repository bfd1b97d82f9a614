"""Care of a database: check it, back it up, put a backup in its place, copy it to another kind."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Integer, Table, func, inspect, select, text
from sqlalchemy.engine import make_url

from gevinst.app.queue_port import UpkeepError
from gevinst.store.engine import Database, make_private
from gevinst.store.queue_schema import moment_of_database, ticket
from gevinst.store.revisions import open_database
from gevinst.store.schema import REVISIONS, metadata

ROWS_AT_A_TIME = 1_000
SOUND = "ok"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a check has found."""

    database: str
    revision: str  #: of its tables
    rows: dict[str, int]  #: by table
    problems: Sequence[str]  #: as the database words them; none when it is sound


def check(url: str) -> Checked:
    """Whether a database is whole: its pages, its links between tables, its version.

    Raises:
        StoreError: it cannot be opened; see open_database.
    """
    database = open_database(url)
    with database.reading() as connection:
        found = Checked(
            database=database.name,
            revision=REVISIONS[-1],
            rows={table.name: _count(connection, table) for table in metadata.sorted_tables},
            problems=_problems(connection),
        )
    database.engine.dispose()
    return found


def backup(url: str, target: Path) -> Path:
    """Write a copy of a SQLite database, as it is at one moment, while others use it.

    Raises:
        UpkeepError: it is not SQLite, or the target exists.
    """
    source = _sqlite_file(url)
    if target.exists():
        raise UpkeepError(database=str(target), cause="exists")
    draft = target.with_name(f"{target.name}.tmp")
    make_private(draft)
    with closing(sqlite3.connect(source)) as opened, closing(sqlite3.connect(draft)) as copy:
        opened.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
    draft.replace(target)
    return target


def restore(url: str, source: Path, kept: Path) -> None:
    """Put a backup in the place of a SQLite database; what was there is kept beside it.

    Args:
        url: of the office's database.
        source: a backup.
        kept: where the present database goes.

    Raises:
        UpkeepError: it is not SQLite, the backup is damaged, or a worker holds a run.
        StoreError: the present database cannot be opened.
    """
    target = _sqlite_file(url)
    _must_be_sound(source)
    if target.exists():
        _must_be_idle(url)
        backup(url, kept)
        for file in (target, *target.parent.glob(f"{target.name}-*")):
            file.unlink()
    draft = target.with_name(f"{target.name}.tmp")
    make_private(draft)
    with closing(sqlite3.connect(source)) as opened, closing(sqlite3.connect(draft)) as copy:
        opened.backup(copy)
    draft.replace(target)
    open_database(url).engine.dispose()


def copy_to(url: str, other: str) -> dict[str, int]:
    """Copy every row to an empty database of either kind; how many by table.

    Raises:
        UpkeepError: the other one has rows.
    """
    source, target = open_database(url), open_database(other)
    copied: dict[str, int] = {}
    with source.reading() as reading, target.writing() as writing:
        for table in metadata.sorted_tables:
            if _count(writing, table):
                raise UpkeepError(database=target.name, cause=f"{table.name}: not empty")
            copied[table.name] = _copy_rows(reading, writing, table)
            _set_counter(writing, table)
    source.engine.dispose()
    target.engine.dispose()
    return copied


def _copy_rows(reading: Connection, writing: Connection, table: Table) -> int:
    count = 0
    rows = reading.execute(select(table)).mappings()
    while page := rows.fetchmany(ROWS_AT_A_TIME):
        writing.execute(table.insert(), [dict(row) | _left_behind(table) for row in page])
        count += len(page)
    return count


def _left_behind(table: Table) -> dict[str, None]:
    """What has no meaning in another database: the queue engine there numbers its own jobs."""
    return {"engine_job": None} if table is ticket else {}


def _set_counter(connection: Connection, table: Table) -> None:
    """PostgreSQL counts on from the highest number that was copied."""
    [*keys] = table.primary_key.columns
    counts = len(keys) == 1 and isinstance(keys[0].type, Integer) and keys[0].autoincrement is not False
    if connection.dialect.name != "postgresql" or not counts:
        return
    highest = connection.execute(select(func.max(keys[0]))).scalar()
    if highest:
        sequence = func.pg_get_serial_sequence(table.name, keys[0].name)
        connection.execute(select(func.setval(sequence, highest)))


def _problems(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    pages = [row[0] for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != SOUND]
    links = connection.execute(text("PRAGMA foreign_key_check"))
    return pages + [f"{row[0]}: row {row[1]} → {row[2]}" for row in links]


def _must_be_sound(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{file.as_posix()}?mode=ro", uri=True)) as opened:
            found = opened.execute("PRAGMA integrity_check").fetchone()[0]
            version = opened.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise UpkeepError(database=str(file), cause=str(error)) from error
    if found != SOUND or not version or version[0] not in REVISIONS:
        raise UpkeepError(database=str(file), cause=found if found != SOUND else str(version))


def _must_be_idle(url: str) -> None:
    database: Database = open_database(url)
    live = ticket.c.lease_until > moment_of_database(database.engine.dialect.name)
    with database.reading() as connection:
        held = connection.execute(select(ticket.c.run_id).where(live)).scalars().all()
    database.engine.dispose()
    if held:
        raise UpkeepError(database=database.name, cause=", ".join(held))


def _sqlite_file(url: str) -> Path:
    made = make_url(url)
    if made.get_backend_name() != "sqlite" or not made.database:
        raise UpkeepError(database=made.render_as_string(hide_password=True), cause="pg_dump / pg_restore")
    return Path(made.database)


def _count(connection: Connection, table: Table) -> int:
    if not inspect(connection).has_table(table.name):
        return 0
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
