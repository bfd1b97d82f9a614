"""The gain ledger on a connection; the caller holds the ledger's turn, so that nobody else writes to it.

All is set-based: a month's 5,000 items are a handful of statements.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, insert, select

from gevinst.domain.gains import GainEntry
from gevinst.store.schema import gain

LEDGER_TURN = 7_402
AT_A_TIME = 5_000  # keys in one statement; databases take some 30,000 parameters


def add_entries(connection: Connection, entries: Sequence[GainEntry]) -> int:
    """Write those whose item key does not stand; the first of several for one key."""
    by_key: dict[str, GainEntry] = {}
    for entry in entries:
        by_key.setdefault(entry.item_key, entry)
    sequences = _last_sequences(connection, by_key)
    rows = [
        _row(entry, sequences.get(key, 0) + 1)
        for key, entry in by_key.items()
        if sequences.get(key, 0) % 2 == 0  # never written, or undone
    ]
    _write(connection, rows)
    return len(rows)


def undo(
    connection: Connection, standing: Sequence[RowMapping], *, run_id: str, reason: str, at: datetime
) -> int:
    """Write the opposite of each standing entry."""
    kept = ("robot", "item_key", "case_type", "period", "card_version", "hundredths")
    rows = [
        {name: entry[name] for name in kept}
        | {
            "sequence": entry["sequence"] + 1,
            "sign": -entry["sign"],
            "run_id": run_id,
            "reason": reason,
            "at": at,
        }
        for entry in standing
    ]
    _write(connection, rows)
    return len(rows)


def standing_of_keys(connection: Connection, robot: str, item_keys: Collection[str]) -> list[RowMapping]:
    """The robot's entries of these item keys that stand, by item key."""
    found: list[RowMapping] = []
    for some in _chunks(sorted(set(item_keys))):
        query = _standing().where(gain.c.robot == robot, gain.c.item_key.in_(some))
        found.extend(connection.execute(query).mappings())
    return sorted(found, key=lambda entry: str(entry["item_key"]))


def standing_of_run(connection: Connection, run_id: str) -> list[RowMapping]:
    """The entries of a run that stand, by item key."""
    found = connection.execute(_standing().where(gain.c.run_id == run_id)).mappings()
    return sorted(found, key=lambda entry: str(entry["item_key"]))


def entry_of(row: RowMapping) -> GainEntry:
    """An entry from its row."""
    values = {name: row[name] for name in GainEntry.__dataclass_fields__ if name != "minutes"}
    return GainEntry(**values, minutes=minutes_of(row["hundredths"]))


def minutes_of(hundredths: int) -> Decimal:
    """Minutes with two decimals."""
    return Decimal(hundredths).scaleb(-2)


def _standing() -> Select[Any]:
    later = gain.alias("later")
    undone = (
        select(later.c.entry)
        .where(later.c.item_key == gain.c.item_key, later.c.sequence > gain.c.sequence)
        .exists()
    )
    return select(gain).where(gain.c.sequence % 2 == 1, ~undone)


def _last_sequences(connection: Connection, item_keys: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in _chunks(item_keys):
        query = select(gain.c.item_key, func.max(gain.c.sequence))
        rows = connection.execute(query.where(gain.c.item_key.in_(some)).group_by(gain.c.item_key))
        found.update((str(key), int(sequence)) for key, sequence in rows)
    return found


def _row(entry: GainEntry, sequence: int) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in GainEntry.__dataclass_fields__ if name != "minutes"}
    return values | {"sequence": sequence, "hundredths": int(entry.minutes.scaleb(2))}


def _write(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(gain), rows)


def _chunks(keys: Collection[str]) -> Iterator[list[str]]:
    left = iter(keys)
    while some := list(islice(left, AT_A_TIME)):
        yield some
