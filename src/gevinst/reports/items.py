"""Items as reports show them: looked up by side and id, masked, with their place in words."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import pandas as pd
import pyarrow as pa

from gevinst.domain.item import ROW_ID, TEXT_DTYPE
from gevinst.domain.masking import mask_cpr
from gevinst.domain.place import Place
from gevinst.domain.reconciliation import Reconciliation, Side, members_by_group
from gevinst.texts import Texts
from gevinst.texts.findings import place_text


class _Row(NamedTuple):
    """The columns of a result's frame that an item is made of."""

    item_id: str
    booked: date
    amount: int
    text: str
    counterparty: str
    reference: str
    document: str
    carried_from: str
    place_file: str
    place_sheet: str
    place_line: int
    place_cell: str
    state: str
    group: int
    proposal: int
    age_bank_days: int
    cause: str
    suspect: str
    suspect_side: str


class Item(NamedTuple):
    """One item of a result, ready to be shown; texts are masked. A tuple, since a large run has very many."""

    side: Side
    item_id: str
    booked: date
    amount: int  #: øre
    text: str  #: text, and the counterparty where the text does not hold it
    number: str  #: document and reference, those that are not already in the text; "" for none
    carried_from: str
    place: Place
    state: str
    group: int
    proposal: int
    age_bank_days: int
    cause: str
    suspect: str
    suspect_side: str

    @property
    def shown_id(self) -> str:
        """The id, masked; "" when it is only a row number, which the place says."""
        return "" if self.item_id.startswith(ROW_ID) else mask_cpr(self.item_id)


def items_of(side: Side, frame: pd.DataFrame) -> Iterator[Item]:
    """The rows of a result's frame (ITEM_COLUMNS and RESULT_COLUMNS) as items, in the frame's order."""
    columns = [_listed(frame[name]) for name in _Row._fields]
    for row in map(_Row._make, zip(*columns, strict=True)):
        yield _item(side, row)


def _listed(column: pd.Series) -> list[Any]:
    return list(column.dt.date) if column.dtype.kind == "M" else column.tolist()


def _item(side: Side, row: _Row) -> Item:
    text = _said(" ".join(row.text.split()), " ".join(row.counterparty.split()))
    return Item(
        side=side,
        item_id=row.item_id,
        booked=row.booked,
        amount=row.amount,
        text=mask_cpr(text),
        number=mask_cpr(_beside(text, row.item_id, row.document, row.reference)),
        carried_from=row.carried_from,
        place=Place(file=row.place_file, sheet=row.place_sheet, line=row.place_line, cell=row.place_cell),
        state=row.state,
        group=row.group,
        proposal=row.proposal,
        age_bank_days=row.age_bank_days,
        cause=row.cause,
        suspect=row.suspect,
        suspect_side=row.suspect_side,
    )


def _said(text: str, party: str) -> str:
    """What a match by a word may have gone by."""
    shown = (text, "" if party.casefold() in text.casefold() else party)
    return ", ".join(filter(None, shown))


def _beside(text: str, item_id: str, *numbers: str) -> str:
    """The numbers that a reader does not see in the text or the id: a match may be made by any of them."""
    unseen = [number for number in numbers if number and number not in text and number != item_id]
    return " · ".join(dict.fromkeys(unseen))


def item_book(result: Reconciliation) -> "ItemBook":
    """Finds the items of a result; made once for all reports of a run, and gone with the result."""
    if result not in _BOOKS:
        _BOOKS[result] = ItemBook(result)
    return _BOOKS[result]


class ItemBook:
    """Finds items by side and id, and the items of a group."""

    def __init__(self, result: Reconciliation) -> None:
        frames = {Side.LEFT: result.left, Side.RIGHT: result.right}
        self._cells = {side: [_cells(frame[name]) for name in _Row._fields] for side, frame in frames.items()}
        self._positions = {
            side: {item_id: at for at, item_id in enumerate(frame["item_id"].tolist())}
            for side, frame in frames.items()
        }
        self._members = {side: members_by_group(frame) for side, frame in frames.items()}

    def members(self, side: Side, group: int) -> list[str]:
        """Ids of the items of a group, in the result's order."""
        return self._members[side].get(group, [])

    def find(self, side: Side | str, item_id: str) -> Item | None:
        """The item, or None when the result does not hold it."""
        return next(iter(self.find_all(Side(side), (item_id,))), None) if side in set(Side) else None

    def find_all(self, side: Side, item_ids: Iterable[str]) -> list[Item]:
        """The items that the result holds, in the order asked for."""
        positions = (self._positions[side].get(item_id) for item_id in item_ids)
        return [self._item(side, at) for at in positions if at is not None]

    def _item(self, side: Side, at: int) -> Item:
        return _item(side, _Row._make([cell(at) for cell in self._cells[side]]))


def _cells(column: pd.Series) -> Callable[[int], Any]:
    """Reads one cell of a column; taking single rows out of a frame costs a thousand times more."""
    if column.dtype.kind == "M":
        days = column.to_numpy().astype("datetime64[D]")
        return lambda at: days[at].item()
    if column.dtype == TEXT_DTYPE:
        texts = pa.array(column, type=pa.large_string())
        different = texts.unique()
        if len(different) == 1:  # as most columns of a file are: blank, or the name of the file
            (text,) = different.to_pylist()
            return lambda _: text
        return lambda at: texts[at].as_py()
    return column.to_numpy().item


_BOOKS: WeakKeyDictionary[Reconciliation, ItemBook] = WeakKeyDictionary()


def place_words(place: Place, texts: Texts) -> str:
    """A place in words: file, sheet, cell or line; masked, since a file may be named after a person."""
    return mask_cpr(place_text(place, texts)).removeprefix(", ")
