"""What the audit trail knows of the other tables, so that a row edited by hand there is found.

A finished run's rows, and each batch of the gain ledger, are hashed into a row of the trail in the same
transaction that writes them. The queue, occurrences and alarms are working tables: nobody proves anything by
them, and they have no witness.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, func, select

from gevinst.app.ports import FINAL_STATES, TableFault, TableFaultKind
from gevinst.domain.audit import AuditEvent, AuditRow
from gevinst.domain.decision import content_hash
from gevinst.store import decisions, trail
from gevinst.store.console_schema import case_event, plan_change, signature
from gevinst.store.gain_schema import gain_answer, gain_card, gain_measurement
from gevinst.store.schema import decision, file_profile, gain, input_file, open_item, run, statement

RUN_KEPT = "run.kept"
LEDGER_KEPT = "gain.kept"
ITEMS_DELETED = "retention.deleted"
#: Acts of the trail that say what other tables hold.
ACTS = (RUN_KEPT, LEDGER_KEPT, ITEMS_DELETED)
BY = "gevinst"
#: Tables with rows of one run, which do not change once it has ended.
OF_RUN: tuple[Table, ...] = (run, open_item, statement, input_file, file_profile)
#: Append-only tables that count from 1; who writes a row there appends its hash, see `append`.
NUMBERED: tuple[Table, ...] = (gain_card, gain_measurement, gain_answer, case_event, signature, plan_change)
#: What a run's row learns later: that another has replaced it, and signs of life.
LATER = frozenset({"replaced_by", "holder", "seen"})
UNREADABLE = (ValueError, LookupError, TypeError)


def keep_run(connection: Connection, run_id: str, *, at: datetime) -> None:
    """Hash a run that has just ended into the trail; the first time also all that was there before."""
    first = trail.last_of(connection, RUN_KEPT) is None
    if first:
        _keep_entries(connection, run_id, after=_covered(connection), at=at)
    ended = select(run.c.run_id).where(run.c.state.in_(FINAL_STATES)).order_by(run.c.run_id)
    kept = [
        AuditEvent(at=at, who=BY, what=RUN_KEPT, subject=one, detail=_hashes_of_run(connection, one))
        for one in (connection.execute(ended).scalars().all() if first else [run_id])
    ]
    trail.append_all(connection, kept)


@contextmanager
def keeping_ledger(connection: Connection, run_id: str, *, at: datetime) -> Iterator[None]:
    """Hash the entries that are written inside into the trail, and none that a hand wrote before them."""
    known = trail.last_of(connection, RUN_KEPT) is not None
    after = _newest_entry(connection) if known else _covered(connection)
    yield
    _keep_entries(connection, run_id, after=after, at=at)


def _covered(connection: Connection) -> int:
    """The last entry that the trail knows."""
    kept = trail.last_of(connection, LEDGER_KEPT)
    return int(kept.detail["last"]) if kept else 0


def _newest_entry(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(gain.c.entry), 0))).scalar_one())


def _keep_entries(connection: Connection, run_id: str, *, after: int, at: datetime) -> None:
    query = select(gain).where(gain.c.entry > after).order_by(gain.c.entry)
    entries = [dict(row) for row in connection.execute(query).mappings()]
    if not entries:
        return
    detail: dict[str, str | int] = {
        "first": after + 1,
        "last": int(entries[-1]["entry"]),
        "hash": _hash(entries),
    }
    trail.append(connection, AuditEvent(at=at, who=BY, what=LEDGER_KEPT, subject=run_id, detail=detail))


def append(connection: Connection, event: AuditEvent, table: Table) -> AuditRow:
    """Add an event about the row that this transaction has just written to a numbered table, hashed."""
    [number] = table.primary_key.columns
    query = select(table).order_by(number.desc()).limit(1)
    row = dict(connection.execute(query).mappings().one())
    known: dict[str, str | int] = {"table": table.name, "row": int(row[number.name]), "content": _hash([row])}
    return trail.append(connection, replace(event, detail={**event.detail, **known}))


def is_of_interest(row: AuditRow) -> bool:
    """Whether a row of the trail says what another table holds."""
    return row.what in ACTS or row.what.startswith("decision.") or "table" in row.detail


def faults(connection: Connection, rows: Collection[AuditRow]) -> list[TableFault]:
    """Rows that are not as the trail knows them, by table.

    Args:
        connection: to the database.
        rows: of the trail; those of other acts are passed over.
    """
    found = [*_run_faults(connection, rows), *_ledger_faults(connection, rows)]
    found += _decision_faults(connection, rows)
    for table in NUMBERED:
        found += _numbered_faults(connection, table, rows)
    return found


def _run_faults(connection: Connection, rows: Collection[AuditRow]) -> Iterator[TableFault]:
    kept = {row.subject: row.detail for row in rows if row.what == RUN_KEPT}
    deleted = {row.subject for row in rows if row.what == ITEMS_DELETED and row.detail.get("items")}
    if not kept:
        return  # a database of an earlier version, in which no run has ended since
    for run_id, detail in kept.items():
        for table in OF_RUN:
            now = _hash_or_none(connection, table, run_id)
            gone = table is open_item and run_id in deleted and now == _hash([])
            if now != detail.get(table.name) and not gone:
                kind = TableFaultKind.MISSING if now == _hash([]) else TableFaultKind.CHANGED
                yield TableFault(table=table.name, key=run_id, kind=kind)
    for table in OF_RUN:
        yield from _unknown(connection, table, kept)


def _unknown(connection: Connection, table: Table, kept: Mapping[str, object]) -> Iterator[TableFault]:
    """Rows of ended runs that the trail has never seen."""
    ended = select(run.c.run_id).where(run.c.state.in_(FINAL_STATES))
    query = select(table.c.run_id).where(table.c.run_id.in_(ended)).distinct().order_by(table.c.run_id)
    for run_id in connection.execute(query).scalars():
        if run_id not in kept:
            yield TableFault(table=table.name, key=run_id, kind=TableFaultKind.ADDED)


def _ledger_faults(connection: Connection, rows: Collection[AuditRow]) -> Iterator[TableFault]:
    last: int | None = None
    for row in (row for row in rows if row.what == LEDGER_KEPT):
        yield from _unknown_entries(connection, last, int(row.detail["first"]))
        first, last = int(row.detail["first"]), int(row.detail["last"])
        query = select(gain).where(gain.c.entry.between(first, last)).order_by(gain.c.entry)
        if _hash_of(connection, query) != row.detail["hash"]:
            yield TableFault(table="gain", key=f"{first}-{last}", kind=TableFaultKind.CHANGED)
    if any(row.what in {RUN_KEPT, LEDGER_KEPT} for row in rows):  # else a database of an earlier version
        yield from _unknown_entries(connection, last, None)


def _unknown_entries(connection: Connection, after: int | None, before: int | None) -> Iterator[TableFault]:
    """Entries between two batches, or at an end (None), that the trail has never seen."""
    wanted = [] if after is None else [gain.c.entry > after]
    wanted += [] if before is None else [gain.c.entry < before]
    first, last = connection.execute(
        select(func.min(gain.c.entry), func.max(gain.c.entry)).where(*wanted)
    ).one()
    if first is not None:
        yield TableFault(table="gain", key=f"{first}-{last}", kind=TableFaultKind.ADDED)


def _decision_faults(connection: Connection, rows: Collection[AuditRow]) -> Iterator[TableFault]:
    known = {row.subject: row.detail for row in rows if row.what.startswith("decision.")}
    there = set()
    for row in connection.execute(select(decision).order_by(decision.c.number)).mappings():
        subject = f"decision {row['number']}"
        there.add(subject)
        if subject not in known:
            yield TableFault(table="decision", key=str(row["number"]), kind=TableFaultKind.ADDED)
        elif known[subject].get("content", "") not in ("", _content(row)):
            yield TableFault(table="decision", key=str(row["number"]), kind=TableFaultKind.CHANGED)
    for subject in sorted(known.keys() - there):
        yield TableFault(table="decision", key=subject.split()[-1], kind=TableFaultKind.MISSING)


def _numbered_faults(
    connection: Connection, table: Table, rows: Collection[AuditRow]
) -> Iterator[TableFault]:
    known = {int(row.detail["row"]): row.detail for row in rows if row.detail.get("table") == table.name}
    [number] = table.primary_key.columns
    there = list(connection.execute(select(number).order_by(number)).scalars())
    for one in there:
        hashed = _hash_of(connection, select(table).where(number == one))
        if one not in known:
            yield TableFault(table=table.name, key=str(one), kind=TableFaultKind.ADDED)
        elif hashed != known[one]["content"]:
            yield TableFault(table=table.name, key=str(one), kind=TableFaultKind.CHANGED)
    for one in sorted(known.keys() - set(there)):
        yield TableFault(table=table.name, key=str(one), kind=TableFaultKind.MISSING)


def _content(row: RowMapping) -> str | None:
    try:
        return content_hash(decisions.decision_of(row))
    except UNREADABLE:
        return None


def _hash_or_none(connection: Connection, table: Table, run_id: str) -> str | None:
    try:
        return _hash_of_run(connection, table, run_id)
    except UNREADABLE:
        return None  # a value that the table cannot hold by our hand


def _hashes_of_run(connection: Connection, run_id: str) -> dict[str, str | int]:
    return {table.name: _hash_of_run(connection, table, run_id) for table in OF_RUN}


def _hash_of_run(connection: Connection, table: Table, run_id: str) -> str:
    query = select(table).where(table.c.run_id == run_id).order_by(*table.primary_key.columns)
    return _hash([dict(row) for row in connection.execute(query).mappings()])


def _hash_of(connection: Connection, query: Any) -> str | None:
    try:
        return _hash([dict(row) for row in connection.execute(query).mappings()])
    except UNREADABLE:
        return None


def _hash(rows: Collection[Mapping[str, Any]]) -> str:
    """SHA-256 of the rows as JSON, empty values left out, so that a new column changes no old hash."""
    plain = [
        {name: _plain(value) for name, value in row.items() if name not in LATER and value not in (None, "")}
        for row in rows
    ]
    text = json.dumps(plain, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("ascii")).hexdigest()


def _plain(value: object) -> str | int:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)
