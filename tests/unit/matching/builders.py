"""Small sides for matching tests, written as lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.item import items_frame
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import MatchPass, Rules
from gevinst.domain.money import parse_amount
from gevinst.domain.reconciliation import ItemState, Reconciliation, Side

CALENDAR = BankCalendar()

Pair = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One item; the fields that a test does not name are empty."""

    id: str
    booked: date
    amount: int  #: øre
    text: str = ""
    reference: str = ""
    document: str = ""
    counterparty: str = ""


def line(words: str, **texts: str) -> Line:
    """An item from "id  date  amount  text", such as "B1  2026-10-05  1.250,00  Husleje"."""
    name, booked, amount, *text = words.split(maxsplit=3)
    fields: dict[str, Any] = {"text": " ".join(text), **texts}
    return Line(id=name, booked=date.fromisoformat(booked), amount=parse_amount(amount), **fields)


def after(days: int) -> date:
    """So many bank days after Monday 5 October 2026."""
    return CALENDAR.add_bank_days(date(2026, 10, 5), days)


def item(name: str, days: int, amount: str, text: str = "", number: str = "") -> Line:
    """An item so many bank days after that Monday."""
    return line(f"{name} {after(days)} {amount} {text}", reference=number)


def frame(lines: Iterable[Line | str]) -> pd.DataFrame:
    """An items frame of lines."""
    rows = [line(one) if isinstance(one, str) else one for one in lines]
    texts = ("text", "reference", "document", "counterparty")
    columns: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in texts}
    columns |= {"item_id": [row.id for row in rows], "amount": [row.amount for row in rows]}
    columns |= {"booked": pd.to_datetime([row.booked for row in rows]), "currency": ["DKK"] * len(rows)}
    columns |= {"place_file": ["file.csv"] * len(rows), "place_line": list(range(2, len(rows) + 2))}
    return items_frame(columns)


def match(
    left: Sequence[Line | str], right: Sequence[Line | str], *, passes: Sequence[MatchPass] = ()
) -> Reconciliation:
    """Reconcile two small sides by the standard passes, or by those given."""
    rules = Rules(passes=tuple(passes)) if passes else Rules()
    return reconcile(
        SideInput(items=frame(left)), SideInput(items=frame(right)), rules=rules, calendar=CALENDAR
    )


def groups(result: Reconciliation) -> list[Pair]:
    """The groups as pairs of sorted ids, in order."""
    ends: dict[int, tuple[list[str], list[str]]] = {}
    for at, side in enumerate((result.left, result.right)):
        held = side[side["group"] >= 0]
        for item, group in zip(held["item_id"].tolist(), held["group"].tolist(), strict=True):
            ends.setdefault(group, ([], []))[at].append(item)
    return sorted((tuple(sorted(left)), tuple(sorted(right))) for left, right in ends.values())


def reasons(result: Reconciliation) -> set[str]:
    """The reasons of the groups."""
    return set(result.groups["reason"])


def proposed(result: Reconciliation) -> list[Pair]:
    """The proposals as pairs of sorted ids, in order."""
    return sorted((tuple(sorted(one.left)), tuple(sorted(one.right))) for one in result.proposals)


def open_ids(result: Reconciliation) -> set[str]:
    """Ids of the open items of both sides."""
    sides = (result.left, result.right)
    return {item for side in sides for item in side.loc[side["state"] == ItemState.OPEN, "item_id"]}


def causes(result: Reconciliation) -> dict[str, tuple[str, str]]:
    """Cause and suspect of each open item."""
    sides = (result.left, result.right)
    rows = [row for side in sides for _, row in side[side["state"] == ItemState.OPEN].iterrows()]
    return {row["item_id"]: (row["cause"], row["suspect"]) for row in rows}


def summary(result: Reconciliation) -> tuple[Any, ...]:
    """All that a run says, in a form that can be compared."""
    columns = ["item_id", "state", "cause", "suspect", "suspect_side", "age_bank_days"]
    sides = [sorted(map(tuple, side[columns].to_numpy().tolist())) for side in (result.left, result.right)]
    return groups(result), proposed(result), sides, result.bridge, dict(result.totals)


def sums(result: Reconciliation, side: Side) -> int:
    """Sum of all items of a side, øre."""
    frame = result.left if side is Side.LEFT else result.right
    return int(frame["amount"].sum())
