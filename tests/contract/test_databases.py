"""What holds in the databases themselves, and how a store is opened."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

import gevinst.store
from gevinst.app.ports import StoreDamagedError, StorePlaceError, StoreVersionError
from gevinst.domain.audit import AuditEvent
from gevinst.store import open_store
from gevinst.store.schema import REVISIONS, metadata
from gevinst.store.sql import SqlRunStore
from gevinst.store.upkeep import backup
from runs import MORNING, a_run, an_entry, kept


@pytest.fixture
def sql_store(database_url: str) -> Iterator[SqlRunStore]:
    """Give a store with a credit and an audit row."""
    store = open_store(database_url)
    run = kept(store, a_run())
    store.credit([an_entry("k1", run)])
    store.append_audit(AuditEvent(at=MORNING, who="controller", what="run.finished", subject="run-1"))
    yield store
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gain SET hundredths = 1",
        "DELETE FROM gain",
        "UPDATE audit SET who = 'other'",
        "DELETE FROM audit",
    ],
)
def test_ledger_and_trail_refuse_changes(sql_store: SqlRunStore, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        execute(sql_store, statement)

    assert len(sql_store.gain_entries("hovedkonto")) == 1
    assert [row.what for row in sql_store.audit_rows()] == ["run.kept", "gain.kept", "run.finished"]


@pytest.mark.parametrize("table", ["gain", "audit"])
def test_rows_cannot_be_replaced_in_sqlite(tmp_path: Path, table: str) -> None:
    store = open_store(f"sqlite:///{(tmp_path / 'store.db').as_posix()}")
    store.credit([an_entry("k1", kept(store, a_run()))])
    store.append_audit(AuditEvent(at=MORNING, who="controller", what="run.finished", subject="run-1"))

    with pytest.raises(DatabaseError, match="append-only"):
        execute(store, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608 - our own names


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE run SET state = 'done'",
        "UPDATE run SET environment = 'live'",
        "INSERT INTO input_file VALUES ('nobody', 0, 'bank', 'a.csv', 'b', 1)",
    ],
)
def test_the_database_refuses_words_and_runs_it_does_not_know(sql_store: SqlRunStore, statement: str) -> None:
    with pytest.raises(DatabaseError):
        execute(sql_store, statement)


def test_the_migrations_make_the_tables_that_the_queries_use(sql_store: SqlRunStore) -> None:
    with engine_of(sql_store).connect() as connection:
        context = MigrationContext.configure(connection)

        assert compare_metadata(context, metadata) == []


def test_the_program_knows_its_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(gevinst.store.__file__).parent / "migrations"))

    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]

    assert revisions[::-1] == list(REVISIONS)


def test_a_store_is_found_again_when_it_is_opened_again(sql_store: SqlRunStore, database_url: str) -> None:
    again = open_store(database_url)

    assert again.find("run-1") == sql_store.find("run-1")
    again.close()


def test_many_that_open_a_new_store_at_once_make_it_once(database_url: str) -> None:
    with ThreadPoolExecutor(max_workers=4) as threads:
        stores = list(threads.map(open_store, [database_url] * 4))

    kept(stores[0], a_run())
    assert all(store.find("run-1") for store in stores)
    for store in stores:
        store.close()


def test_a_database_of_a_later_program_is_refused(sql_store: SqlRunStore, database_url: str) -> None:
    execute(sql_store, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreVersionError) as refused:
        open_store(database_url)

    assert (refused.value.facts["found"], refused.value.facts["known"]) == ("9999", REVISIONS[-1])


def test_sqlite_keeps_what_it_has_committed(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{(tmp_path / 'store.db').as_posix()}")

    with engine_of(store).connect() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]

    assert pragmas == ["wal", 2, 1, 30_000]


def test_a_writer_waits_for_another(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = open_store(f"sqlite:///{path.as_posix()}")
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    with ThreadPoolExecutor(max_workers=1) as threads:
        started = threads.submit(store.start, a_run())
        with pytest.raises(TimeoutError):
            started.result(timeout=0.3)
        other.execute("COMMIT")
        started.result(timeout=5)

    assert store.find("run-1") == a_run()
    other.close()


def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    path = tmp_path / "nyt kontor æøå" / "data" / "store.db"

    open_store(f"sqlite:///{path.as_posix()}").close()

    assert path.exists()


@pytest.mark.parametrize("name", ["a_file/store.db", "a_folder"])
def test_a_place_that_holds_no_database_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "a_file").write_text("not a folder")
    (tmp_path / "a_folder").mkdir()
    path = tmp_path / name

    with pytest.raises(StorePlaceError) as refused:
        open_store(f"sqlite:///{path.as_posix()}")

    assert refused.value.facts["database"] == path.as_posix()


def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_text("Dato;Tekst;Beløb\n" * 100, encoding="utf-8")
    before = path.read_bytes()

    with pytest.raises(StoreDamagedError):
        open_store(f"sqlite:///{path.as_posix()}")

    assert path.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_a_new_database_and_its_backup_are_for_their_owner_alone(tmp_path: Path) -> None:
    path, copy = tmp_path / "store.db", tmp_path / "copy.db"
    url = f"sqlite:///{path.as_posix()}"
    store = open_store(url)
    kept(store, a_run())

    backup(url, copy)

    files = [path, path.with_name("store.db-wal"), copy]
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600] * 3
    store.close()


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(StorePlaceError) as refused:
        open_store("postgresql+psycopg://gevinst:planted-secret@127.0.0.1:1/gevinst")

    assert "127.0.0.1:1/gevinst" in str(refused.value)
    assert "planted-secret" not in str(refused.value)


def engine_of(store: SqlRunStore) -> Engine:
    return store._database.engine


def execute(store: SqlRunStore, statement: str) -> None:
    with store._database.writing() as connection:
        connection.execute(text(statement))
