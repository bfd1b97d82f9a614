"""Open items on their way from one period to the next: as kept values, and as frames."""

from collections.abc import Hashable, Mapping, Sequence

import pandas as pd

from gevinst.app.ports import CarriedItem
from gevinst.domain.item import items_frame
from gevinst.domain.place import Place
from gevinst.domain.reconciliation import Side


def carried_item(side: Side, row: Mapping[Hashable, object], period: str) -> CarriedItem:
    """An open item of a result, to be kept for the next period.

    Args:
        side: of the item.
        row: of the result's frame (ITEM_COLUMNS and RESULT_COLUMNS).
        period: of the run, for an item that is new.
    """
    texts = ("account", "currency", "reference", "text", "counterparty", "document", "cause")
    booked = row["booked"]
    assert isinstance(booked, pd.Timestamp)  # noqa: S101 - ITEM_COLUMNS
    return CarriedItem(
        side=side,
        item_id=str(row["item_id"]),
        booked=booked.date(),
        amount=int(str(row["amount"])),
        first_period=str(row["carried_from"]) or period,
        place=Place(
            file=str(row["place_file"]),
            sheet=str(row["place_sheet"]),
            line=int(str(row["place_line"])),
            cell=str(row["place_cell"]),
        ),
        **{name: str(row[name]) for name in texts},
    )


def carried_frame(kept: Sequence[CarriedItem]) -> pd.DataFrame:
    """Kept items as an items frame with `carried_from` set and a further column `side`."""
    frame = items_frame(
        {
            "item_id": [one.item_id for one in kept],
            "account": [one.account for one in kept],
            "booked": pd.to_datetime([one.booked for one in kept]),
            "amount": [one.amount for one in kept],
            "currency": [one.currency for one in kept],
            "reference": [one.reference for one in kept],
            "text": [one.text for one in kept],
            "counterparty": [one.counterparty for one in kept],
            "document": [one.document for one in kept],
            "carried_from": [one.first_period for one in kept],
            "place_file": [one.place.file for one in kept],
            "place_sheet": [one.place.sheet for one in kept],
            "place_line": [one.place.line for one in kept],
            "place_cell": [one.place.cell for one in kept],
        }
    )
    return frame.assign(side=[str(one.side) for one in kept])


def unique_ids(items: pd.DataFrame) -> pd.DataFrame:
    """An id that a carried item and a new one both have gets the carried one's period behind it."""
    double = items["item_id"].duplicated(keep=False) & (items["carried_from"] != "")
    if not double.any():
        return items
    named = items["item_id"] + " (" + items["carried_from"] + ")"
    return items.assign(item_id=items["item_id"].where(~double, named))
