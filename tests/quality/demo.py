"""The demo office's accounts, through the real readers, as files with their truth."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd

from gevinst.demo import lay_out
from gevinst.domain.period import period_end, previous_period
from gevinst.formats.reading import read_source
from gevinst.formats.robot_folder import load_rules
from quality.files import Event, Row, TwoFiles

ROBOTS = Path(__file__).parents[2] / "robots"
PERIOD = "2026-10"


class _Told(NamedTuple):
    """What the truth tells of an event, by ids."""

    kind: str
    left: list[str]
    right: list[str]
    matches: bool


def accounts(seed: int) -> Iterator[tuple[str, TwoFiles]]:
    """Each account of the office that a seed gives, with its name."""
    with TemporaryDirectory() as folder:
        office = lay_out(Path(folder), seed=seed, period=PERIOD)
        for name, files in sorted(office.inputs.items()):
            frames = {
                part: read_source(files[part]).items
                for part in ("bank", "ledger", "carried")
                if part in files
            }
            ledger = [frames["ledger"]]
            if "carried" in frames:
                ledger.append(frames["carried"].assign(carried_from=previous_period(PERIOD)))
            sides = frames["bank"], pd.concat(ledger, ignore_index=True)
            yield name, _with_truth(name, sides, json.loads(office.truths[name].read_text("utf-8")))


def _with_truth(name: str, sides: tuple[pd.DataFrame, pd.DataFrame], truth: Mapping[str, Any]) -> TwoFiles:
    rows = (_rows(sides[0]), _rows(sides[1]))
    told: list[_Told] = [
        _Told(one["kind"], one["left"], one["right"], matches=True) for one in truth["groups"]
    ]
    told += [_Told("proposal", one["left"], one["right"], matches=False) for one in truth["proposals"]]
    for one in truth["open"]:
        on_left = one["side"] == "left"
        told.append(_Told(one["kind"], [one["id"]] * on_left, [one["id"]] * (not on_left), matches=False))
    events = [
        Event(
            kind=one.kind,
            left=tuple(rows[0][item] for item in one.left),
            right=tuple(rows[1][item] for item in one.right),
            matches=one.matches,
        )
        for one in told
    ]
    event_of = (
        {item: at for at, one in enumerate(told) for item in one.left},
        {item: at for at, one in enumerate(told) for item in one.right},
    )
    return TwoFiles(
        left=sides[0],
        right=sides[1],
        events=events,
        event_of=event_of,
        row_of=rows,
        rules=load_rules(ROBOTS / name),
        as_of=period_end(PERIOD),
    )


def _rows(side: pd.DataFrame) -> dict[str, Row]:
    columns: Sequence[str] = ("item_id", "booked", "amount", "counterparty")
    return {
        item: Row(booked=booked.date(), amount=amount, counterparty=party)
        for item, booked, amount, party in side[list(columns)].itertuples(index=False)
    }
