"""What every generator makes: two files, with the truth of what belongs together in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pandas as pd

from gevinst.domain.item import items_frame
from gevinst.domain.matching.rules import Rules


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of one file."""

    booked: date
    amount: int  #: øre
    text: str = ""
    reference: str = ""
    counterparty: str = ""
    alike: str = ""  #: a name that doubles have in common: either of them is as right in a match


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, as its rows in the two files; a group when both are whole."""

    kind: str
    left: tuple[Row, ...]
    right: tuple[Row, ...]
    matches: bool  #: the rows belong together; otherwise all of them are to stay open
    doubtful: bool = False  #: a person could not decide it from the files


@dataclass(frozen=True, kw_only=True)
class TwoFiles:
    """Both sides as frames, and which event each item belongs to."""

    left: pd.DataFrame
    right: pd.DataFrame
    events: Sequence[Event]
    event_of: tuple[dict[str, int], dict[str, int]]  #: item id → place in `events`, left and right
    row_of: tuple[dict[str, Row], dict[str, Row]]
    rules: Rules = field(default_factory=Rules)
    as_of: date | None = None  #: the day that the period ends


def lay_out(events: Sequence[Event]) -> TwoFiles:
    """Lay events out as two files, rows in order of date as files have them."""
    frames, event_of, row_of = [], [], []
    for name in ("left", "right"):
        rows = [(row, at) for at, one in enumerate(events) for row in getattr(one, name)]
        rows.sort(key=lambda found: (found[0].booked, found[0].reference, found[0].amount))
        ids = [f"row:{number}" for number in range(2, len(rows) + 2)]
        frames.append(_frame([row for row, _ in rows], ids, f"{name}.csv"))
        event_of.append({item: at for item, (_, at) in zip(ids, rows, strict=True)})
        row_of.append({item: row for item, (row, _) in zip(ids, rows, strict=True)})
    return TwoFiles(
        left=frames[0],
        right=frames[1],
        events=events,
        event_of=(event_of[0], event_of[1]),
        row_of=(row_of[0], row_of[1]),
    )


def _frame(rows: Sequence[Row], ids: Sequence[str], file: str) -> pd.DataFrame:
    texts = ("text", "reference", "counterparty", "amount")
    columns: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in texts}
    columns |= {"item_id": list(ids), "booked": pd.to_datetime([row.booked for row in rows])}
    columns |= {"currency": ["DKK"] * len(rows), "place_file": [file] * len(rows)}
    columns |= {"place_line": list(range(2, len(rows) + 2))}
    return items_frame(columns)


def weekday(day: date) -> date:
    """The day, or the Monday after it."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def business_days(day: date, steps: int) -> date:
    """The weekday so many weekdays later (earlier when negative)."""
    step = 1 if steps > 0 else -1
    for _ in range(abs(steps)):
        day += timedelta(days=step)
        while day.weekday() > 4:
            day += timedelta(days=step)
    return day
