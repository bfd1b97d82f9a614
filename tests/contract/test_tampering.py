"""Whoever edits the database by hand, past the program, is found by `gevinst audit verify`."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, insert
from sqlalchemy.exc import DatabaseError

from gevinst.app.ports import RunStore, TableFaultKind
from gevinst.domain.audit import AuditEvent, verify
from gevinst.domain.decision import Decision, DecisionKind
from gevinst.domain.file_profile import FileProfile
from gevinst.domain.run import RunState
from gevinst.store import open_store, witness
from gevinst.store.revisions import open_database
from gevinst.store.schema import Moment
from runs import MORNING, a_run, a_statement, an_entry, an_input, an_item, ended

CHANGED, MISSING, ADDED = TableFaultKind.CHANGED, TableFaultKind.MISSING, TableFaultKind.ADDED
INVENT_GAIN = """
INSERT INTO gain
(robot, item_key, sequence, case_type, period, card_version, run_id, sign, hundredths, reason, at)
SELECT robot, 'invented', 1, case_type, period, card_version, run_id, 1, 6000, reason, at FROM gain LIMIT 1
"""
FIRST_GAIN = """
INSERT INTO gain
(robot, item_key, sequence, case_type, period, card_version, run_id, sign, hundredths, reason, at)
VALUES ('hovedkonto', 'x', 1, 'item', '2026-10', 'v', 'run-1', 1, 600, '', '2026-11-01T00:00:00.000000+00:00')
"""
INVENT_DECISION = """
INSERT INTO decision SELECT 2, robot, period, kind, left, right, amount_left, amount_right, account, reason,
expected, who, at, run_id, undoes, approves, needs_approval FROM decision
"""
INVENT_RUN = """
INSERT INTO run SELECT 'run-x', robot, robot_version, period, environment, trigger, triggered_by, state,
started, ended, summary, replaces, read, matched, open, difference, unexplained, minutes_saved, folder,
replaced_by, holder, seen FROM run
"""
#: A hand in the database, and what is found of it.
EDITS = [
    ("UPDATE run SET difference = 0", ("run", "run-1", CHANGED)),
    ("UPDATE run SET state = 'running'", ("run", "run-1", CHANGED)),
    ("UPDATE run SET summary = 'all is well'", ("run", "run-1", CHANGED)),
    ("UPDATE run SET ended = 'yesterday'", ("run", "run-1", CHANGED)),
    ("UPDATE run SET folder = 'elsewhere'", ("run", "run-1", CHANGED)),
    ("UPDATE open_item SET amount = amount + 1", ("open_item", "run-1", CHANGED)),
    ("UPDATE open_item SET booked = 'no day'", ("open_item", "run-1", CHANGED)),
    ("DELETE FROM open_item WHERE position = 1", ("open_item", "run-1", CHANGED)),
    ("DELETE FROM open_item", ("open_item", "run-1", MISSING)),
    ("UPDATE statement SET opening = opening - 1", ("statement", "run-1", CHANGED)),
    ("DELETE FROM statement", ("statement", "run-1", MISSING)),
    ("UPDATE input_file SET sha256 = 'b'", ("input_file", "run-1", CHANGED)),
    ("UPDATE file_profile SET profile = replace(profile, '7', '8')", ("file_profile", "run-1", CHANGED)),
    ("DELETE FROM file_profile", ("file_profile", "run-1", MISSING)),
    ("UPDATE gain SET hundredths = hundredths * 10 WHERE entry = 1", ("gain", "1-2", CHANGED)),
    ("DELETE FROM gain WHERE entry = 2", ("gain", "1-2", CHANGED)),
    (INVENT_GAIN, ("gain", "3-3", ADDED)),
    ("UPDATE decision SET reason = 'another reason'", ("decision", "1", CHANGED)),
    ("UPDATE decision SET who = 'someone else'", ("decision", "1", CHANGED)),
    ("DELETE FROM decision", ("decision", "1", MISSING)),
    (INVENT_DECISION, ("decision", "2", ADDED)),
    (INVENT_RUN, ("run", "run-x", ADDED)),
]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with a row in every table that claims protection."""
    path = tmp_path / "gevinst.db"
    store = open_store(f"sqlite:///{path}")
    run = a_run()
    store.start(run)
    store.save_open_items(run, [an_item("B1"), an_item("B2")])
    store.save_statements(run, [a_statement(run=run)])
    store.save_inputs(run, [an_input()])
    store.save_profiles(run, [a_profile()])
    store.credit([an_entry("k1", run), an_entry("k2", run)])
    store.finish(replace(ended(run, RunState.OPEN_ITEMS), difference=125_000, summary="2 åbne poster"))
    store.decide(a_decision(run.run_id), seen=0)
    store.close()
    return path


@pytest.fixture
def store_with_a_run(tmp_path: Path) -> Path:
    """A database in which a run has ended and nothing was credited."""
    path = tmp_path / "gevinst.db"
    store = open_store(f"sqlite:///{path}")
    run = a_run()
    store.start(run)
    store.finish(ended(run))
    store.close()
    return path


def a_decision(run_id: str) -> Decision:
    return Decision(
        robot="hovedkonto",
        period="2026-10",
        kind=DecisionKind.NOTE,
        left=("B1",),
        right=(),
        reason="Afklares med banken",
        expected=date(2026, 11, 20),
        who="controller",
        at=MORNING,
        run_id=run_id,
    )


def a_profile() -> FileProfile:
    return FileProfile(
        source="bank",
        layout="bank-csv",
        columns=("Dato", "Beløb"),
        rows=7,
        sum=125_000,
        volume=125_000,
        median=100,
        quartiles=(50, 200),
        positive=500,
        first="2026-10-01",
        last="2026-10-31",
        outside=0,
        blank={},
        accounts=1,
        shapes={},
    )


@pytest.fixture
def sql_store(database_url: str) -> Iterator[RunStore]:
    store = open_store(database_url)
    yield store
    store.close()


def by_hand(database: Path, edit: str) -> None:
    """Edit the database as someone who knows SQLite would: the refusing triggers go first."""
    with closing(sqlite3.connect(database)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(edit)
        connection.commit()


def found(database: Path) -> Iterator[tuple[str, str, TableFaultKind]]:
    store = open_store(f"sqlite:///{database}")
    for fault in store.table_faults():
        yield fault.table, fault.key, fault.kind
    store.close()


def test_nothing_is_found_where_nobody_has_edited(database: Path) -> None:
    assert list(found(database)) == []


@pytest.mark.parametrize(("edit", "fault"), EDITS, ids=[edit.strip()[:50] for edit, _ in EDITS])
def test_an_edit_by_hand_is_found_and_named(
    database: Path, edit: str, fault: tuple[str, str, TableFaultKind]
) -> None:
    by_hand(database, edit)

    assert fault in list(found(database))


def a_row(table: Table) -> dict[str, Any]:
    """A value of its type for each column, the first of the known words where only some are known."""
    words = {"kind": "prepare", "state": "confirmed", "method": "stopwatch"} | (
        {"kind": {"case_event": "note", "plan_change": "pause"}.get(table.name, "prepare")}
    )
    plain: dict[type, Any] = {str: "text", int: 1, date: date(2026, 11, 1), datetime: MORNING}
    return {
        column.name: words.get(column.name) or plain[getattr(column.type, "python_type", str)]
        if not isinstance(column.type, Moment)
        else MORNING
        for column in table.columns
        if column.name != "number"
    }


@pytest.fixture(params=[table.name for table in witness.NUMBERED])
def numbered(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Table]:
    """A database with two rows in an append-only table, each noted in the trail."""
    path = tmp_path / "numbered.db"
    table = next(one for one in witness.NUMBERED if one.name == request.param)
    database = open_database(f"sqlite:///{path}")
    with database.writing() as connection:
        for number in (1, 2):
            event = AuditEvent(at=MORNING, who="controller", what="noted", subject=str(number))
            connection.execute(insert(table), a_row(table) | {"number": number})
            witness.append(connection, event, table)
    database.engine.dispose()
    return path, table


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        ("UPDATE {table} SET who = 'other' WHERE number = 2", ("2", CHANGED)),
        ("DELETE FROM {table} WHERE number = 1", ("1", MISSING)),
        ("UPDATE {table} SET number = 7 WHERE number = 2", ("7", ADDED)),
    ],
)
def test_an_edit_of_a_numbered_table_is_found_and_named(
    numbered: tuple[Path, Table], edit: str, fault: tuple[str, TableFaultKind]
) -> None:
    path, table = numbered
    assert list(found(path)) == []

    by_hand(path, edit.format(table=table.name))

    assert (table.name, *fault) in list(found(path))


@pytest.mark.parametrize("table", witness.NUMBERED, ids=lambda table: table.name)
def test_the_first_row_of_a_table_is_found_when_a_hand_wrote_it(tmp_path: Path, table: Table) -> None:
    path = tmp_path / "invented.db"
    database = open_database(f"sqlite:///{path}")
    with database.writing() as connection:
        connection.execute(insert(table), a_row(table) | {"number": 1})
    database.engine.dispose()

    assert list(found(path)) == [(table.name, "1", ADDED)]


def test_an_invented_gain_is_found_before_and_after_the_next_run(database: Path) -> None:
    by_hand(database, INVENT_GAIN)
    store = open_store(f"sqlite:///{database}")
    run = a_run("run-2", after=1)
    store.start(run)
    store.credit([an_entry("k3", run)])
    store.finish(ended(run))
    store.close()

    assert list(found(database)) == [("gain", "3-3", ADDED)]


def test_the_first_gain_of_an_office_is_found_when_a_hand_wrote_it(store_with_a_run: Path) -> None:
    by_hand(store_with_a_run, FIRST_GAIN)

    assert list(found(store_with_a_run)) == [("gain", "1-1", ADDED)]


def test_gains_of_before_the_trail_knew_them_are_no_edit(tmp_path: Path) -> None:
    path = tmp_path / "earlier.db"
    store = open_store(f"sqlite:///{path}")
    store.close()
    by_hand(path, FIRST_GAIN)
    store = open_store(f"sqlite:///{path}")
    trial = a_run()
    store.start(trial)
    store.finish(ended(trial))
    run = a_run("run-2", after=1)
    store.start(run)
    store.credit([an_entry("k3", run)])
    store.finish(ended(run))
    store.close()

    assert list(found(path)) == []


def test_a_later_run_that_replaces_another_is_no_edit(store: RunStore) -> None:
    first, second = a_run(), a_run("run-2", after=1, replaces="run-1")
    for run in (first, second):
        store.start(run)
        store.finish(ended(run))

    assert store.replaced_by("run-1") == "run-2"
    assert store.table_faults() == []


def test_a_run_whose_worker_is_gone_is_known_to_the_trail(sql_store: RunStore) -> None:
    run = a_run()
    sql_store.start(run)
    sql_store.credit([an_entry("k1", run)])
    sql_store.abandon(run.run_id, not_seen_since=MORNING, at=MORNING, summary="gone")

    acts = [row.what for row in sql_store.audit_rows()]
    assert acts == ["gain.kept", "gain.kept", "run.kept"]
    assert sql_store.table_faults() == []


def test_items_that_were_deleted_by_rule_are_no_edit(sql_store: RunStore) -> None:
    run = a_run()
    sql_store.start(run)
    sql_store.save_open_items(run, [an_item()])
    sql_store.finish(ended(run, RunState.OPEN_ITEMS))
    at = datetime(2032, 1, 1, tzinfo=UTC)
    deleted = AuditEvent(
        at=at, who="controller", what="retention.deleted", subject=run.run_id, detail={"items": 1}
    )

    assert sql_store.forget_items([run.run_id], [deleted]) == 1

    assert sql_store.kept_items(run.run_id) == []
    assert sql_store.table_faults() == []
    assert verify(sql_store.audit_rows()) == []


def test_the_head_is_the_last_row(store: RunStore) -> None:
    assert store.audit_head() is None
    store.append_audit(AuditEvent(at=MORNING, who="controller", what="a", subject="x"))
    last = store.append_audit(AuditEvent(at=MORNING, who="controller", what="b", subject="y"))

    head = store.audit_head()

    assert head is not None
    assert (head.number, head.hash) == (2, last.hash)
    assert [row.what for row in store.audit_of(["b"])] == ["b"]
    assert store.audit_of(["a", "b"], "x") == [next(store.audit_rows())]


def test_an_error_of_sqlite_tells_no_text_of_an_item(tmp_path: Path) -> None:
    sql_store = open_store(f"sqlite:///{tmp_path / 'fejl.db'}")
    run = a_run()
    sql_store.start(run)
    twice = replace(an_item(), text="Borger med et navn", side="middle")  # type: ignore[arg-type]  # a side that is none

    with pytest.raises(DatabaseError) as error:
        sql_store.save_open_items(run, [twice])

    assert "Borger" not in str(error.value)
