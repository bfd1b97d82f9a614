"""Many camt entries of one shape as columns of movements, each step for all of them at once.

What one entry means is said in camt_entry; this gives the same for entries that are usual, and names those
that are not.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress
from typing import Any

from gevinst.domain.money import AmountError
from gevinst.formats.camt_entry import BATCH, INFO, PAYEE, PAYER, RAW, SIGNS, SKIPPED, plain_reference
from gevinst.formats.camt_leaves import iso_amount, iso_day
from gevinst.formats.camt_quick import Alike, Shape, plain_text

_USUAL_AMOUNTS = re.compile(r"(?:[0-9]{1,12}\.[0-9]{2}(?:<|\Z))++")
MARK = "<"  # stands in no text of an element


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """Usual entries by columns, and the numbers of the others."""

    columns: Mapping[str, Sequence[Any]]  #: as Movements takes them
    others: list[int]  #: numbers from 0


class _Texts:
    """The texts of alike entries by path, each column made when it is asked for."""

    def __init__(self, alike: Alike) -> None:
        self._places = alike.places
        self._columns = list(zip(*alike.groups, strict=True))
        self._known: dict[int, list[str]] = {}
        self.count = len(alike.numbers)

    def first(self, shape: Shape, *paths: str) -> list[str]:
        """The first text that one of the paths has in each entry, or ""."""
        return self._coalesced([place for path in paths for place in _places_of(shape, path)])

    def joined(self, shape: Shape, path: str) -> list[str]:
        """Every text of a path in each entry, with blanks between them."""
        columns = [self._column(place) for place in _places_of(shape, path)]
        if len(columns) == 1:
            return columns[0]
        return [" ".join(filter(None, texts)) for texts in zip(*columns, strict=True)] or self.nothing

    @property
    def nothing(self) -> list[str]:
        """A column of blanks."""
        return [""] * self.count

    def _coalesced(self, places: Sequence[int]) -> list[str]:
        columns = [self._column(place) for place in places]
        if not columns:
            return self.nothing
        return columns[0] if len(columns) == 1 else _either(*columns)

    def _column(self, place: int) -> list[str]:
        if place not in self._known:
            self._known[place] = _plain_texts(self._columns[self._places[place]])
        return self._known[place]


def bulk_of(alike: Alike, lines: Sequence[int], *, entry: int, in_statement: int) -> Bulk:
    """Read alike entries of at most one transaction each.

    Args:
        alike: the entries, numbered within their block from 0.
        lines: the line of each entry of the block.
        entry: number in the file of the block's first entry.
        in_statement: its number in the statement.
    """
    texts = _Texts(alike)
    raw = {name: texts.first(alike.shape, *paths) for name, paths in RAW.items()}
    signs = list(map(SIGNS.get, raw["CdtDbtInd"]))
    value_dates = _days(texts, alike.shape, "ValDt")
    columns: dict[str, Sequence[Any]] = {
        "entry": [number + entry for number in alike.numbers],
        "in_statement": [number + in_statement for number in alike.numbers],
        "part": [0] * texts.count,
        "line": [lines[number] for number in alike.numbers],
        "amount": _signed(signs, _ore(raw["Amt"])),
        "booked": _either(_days(texts, alike.shape, "BookgDt"), value_dates),
        "value_date": value_dates,
        "currency": [alike.shape.currency] * texts.count,
        **_names(texts, alike.shape, signs),
        **raw,
    }
    return _usual(columns, alike.numbers)


def _names(texts: _Texts, shape: Shape, signs: Sequence[int | None]) -> dict[str, Sequence[Any]]:
    """References, text and the other side, from the transaction of each entry and the entry itself."""
    batch, info = texts.first(shape, *BATCH), texts.first(shape, *INFO)
    if not shape.details:
        nothing = texts.nothing
        return {"reference": batch, "document": nothing, "text": info, "counterparty": nothing}
    details = shape.details[0]
    document = list(map(plain_reference, texts.first(details, "Refs/EndToEndId")))
    own = map(SIGNS.get, texts.first(details, "CdtDbtInd"))
    names = zip(own, signs, texts.first(details, *PAYER), texts.first(details, *PAYEE), strict=True)
    return {
        "reference": _either(texts.first(details, "RmtInf/Strd/CdtrRefInf/Ref"), batch, document),
        "document": document,
        "text": _either(texts.joined(details, "RmtInf/Ustrd"), texts.first(details, "AddtlTxInf"), info),
        "counterparty": [payer if (sign or outer or 1) > 0 else payee for sign, outer, payer, payee in names],
    }


def _usual(columns: Mapping[str, Sequence[Any]], numbers: Sequence[int]) -> Bulk:
    """Set apart the entries that have a fault or do not count."""
    fates = zip(columns["amount"], columns["booked"], columns["Sts"], strict=True)
    good = [amount is not None and booked is not None and sts not in SKIPPED for amount, booked, sts in fates]
    if all(good):
        return Bulk(columns=columns, others=[])
    kept = {name: list(compress(values, good)) for name, values in columns.items()}
    return Bulk(
        columns=kept, others=[number for number, usual in zip(numbers, good, strict=True) if not usual]
    )


def _places_of(shape: Shape, path: str) -> list[int]:
    return [place for name, place in shape.texts if name == path]


def _either(*columns: Sequence[Any]) -> list[Any]:
    """The first value of each row that is not blank."""
    first, *rest = columns
    for other in rest:
        first = [one or more for one, more in zip(first, other, strict=True)]
    return list(first)


def _plain_texts(column: Iterable[bytes]) -> list[str]:
    """Texts as they are meant: see plain_text."""
    joined = MARK.encode().join(column).decode("utf-8")
    if "\r" in joined:
        joined = joined.replace("\r\n", "\n").replace("\r", "\n")
    return list(map(plain_text if "&" in joined else str.strip, joined.split(MARK)))


def _days(texts: _Texts, shape: Shape, path: str) -> list[date | None]:
    return list(map(iso_day, texts.first(shape, f"{path}/Dt", f"{path}/DtTm")))


def _ore(texts: Sequence[str]) -> list[int | None]:
    """Amounts as øre; None for each that is none."""
    joined = MARK.join(texts)
    if _USUAL_AMOUNTS.fullmatch(joined):
        return list(map(int, joined.replace(".", "").split(MARK)))
    return list(map(_ore_or_none, texts))


def _ore_or_none(text: str) -> int | None:
    try:
        return iso_amount(text)
    except AmountError:
        return None


def _signed(signs: Sequence[int | None], amounts: Sequence[int | None]) -> list[int | None]:
    return [
        None if sign is None or amount is None else sign * amount
        for sign, amount in zip(signs, amounts, strict=True)
    ]
