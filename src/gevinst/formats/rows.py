"""What each row under a header is: a movement, a balance, a total, or nothing for the reconciliation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gevinst.formats.amounts import amount_or_none
from gevinst.formats.column_rows import filled_behind, widths_of
from gevinst.formats.grid import Cell, blank_row, cell_text, is_blank
from gevinst.formats.headings import fold
from gevinst.formats.money_columns import MoneyReader, Way
from gevinst.formats.plan import Plan, Role
from gevinst.formats.table import Table
from gevinst.formats.text_column import beginning, coded_cells, matching, rows_where
from gevinst.formats.value_columns import DayColumn, OreColumn

# A balance may say of when and of what; "Primo Danmark A/S" is a company.
_OF = r"(?: (?:(?:pr|per|den|as of|dkk|konto)\b|\d).*)?"
_OPENING_WORDS = (
    "primo primosaldo saldo_primo startsaldo indgaaende_saldo overfoert_saldo saldo_overfoert aabningssaldo "
    "opening_balance beginning_balance balance_brought_forward brought_forward ingaaende_saldo anfangssaldo"
)
_CLOSING_WORDS = (
    "ultimo ultimosaldo saldo_ultimo slutsaldo udgaaende_saldo closing_balance ending_balance "
    "balance_carried_forward carried_forward utgaaende_saldo endsaldo"
)
_TOTAL_WORDS = "i_alt ialt total totalt sum subtotal mellemsum delsum samlet grand_total summe gesamt summa"


def _any_of(words: str, rest: str) -> re.Pattern[str]:
    """A pattern of folded phrases; an underscore stands for the space within one."""
    return re.compile(f"(?:{'|'.join(words.split())})".replace("_", " ") + rest)


OPENING = _any_of(_OPENING_WORDS, _OF)
CLOSING = _any_of(_CLOSING_WORDS, _OF)
TOTAL = _any_of(_TOTAL_WORDS, "(?: .*)?")
# A quick look before the text is folded: how a balance can begin.
MAYBE = re.compile(
    r"\W*(?:primo|ultimo|saldo|starts|sluts|indg|udg|overf|åbn|aabn|opening|clos|begin|ends|ending|bal|brou|carr"
    r"|ingå|ingaa|anf|utg)",
    re.IGNORECASE,
)
STARS = re.compile(r"\*{1,9}(?=\s|$)")
PENDING = frozenset(
    {"reserveret", "pending", "venter", "afventer", "pdng", "reserved", "ikke bogfoert", "kommende"}
)
_DIGITS = re.compile(r"\d+")
MONEY = (Role.AMOUNT, Role.DEBIT, Role.CREDIT)
FEWEST_CELLS = 3


class RowKind(Enum):
    """What a row is."""

    ITEM = "item"
    BLANK = "blank"
    HEADER = "skipped.header"
    OPENING = "skipped.opening"
    CLOSING = "skipped.closing"
    TOTAL = "skipped.total"
    NOTE = "skipped.note"
    PENDING = "skipped.pending"
    RULE = "skipped.rule"
    FAULTY = "faulty"  #: a movement with a cell that cannot be used


@dataclass(frozen=True, kw_only=True)
class SortedRow:
    """A row that is no plain movement."""

    index: int  #: from 0, under the header
    kind: RowKind
    amount: int | None = None  #: øre of a total or a balance
    level: int = 0  #: of a total: number of stars; 0 for a word


@dataclass(frozen=True, kw_only=True)
class RowSorter:
    """Sorts the rows of one table; most are movements and are not looked at twice."""

    table: Table
    plan: Plan
    dates: DayColumn
    amounts: OreColumn
    reader: MoneyReader

    def other_rows(self) -> list[SortedRow]:
        """Every row that is no plain movement, in order."""
        suspects = self._suspects()
        return [row for index in suspects if (row := self.sort(index)).kind is not RowKind.ITEM]

    def _suspects(self) -> list[int]:
        widths = widths_of(self.table.rows)
        found = ~self.dates.known | ~self.amounts.known | (widths < self._narrowest())
        found |= self._pending() | self._balance_texts() | self._rule_hits()
        if (widths > self.table.width).any():
            found |= filled_behind(self.table.rows, self.table.width)
        return [int(index) for index in rows_where(found)]

    def _narrowest(self) -> int:
        return 0 if self.plan.short_rows else self.table.width

    def _pending(self) -> NDArray[np.bool_]:
        """The rows whose status says that they are not booked yet."""
        index = self.plan.columns.get(Role.STATUS)
        if index is None:
            return self._none
        words, codes = coded_cells(self.table.columns[index])
        return np.array([fold(cell_text(word)) in PENDING for word in words], dtype=np.bool_)[codes]

    @property
    def _none(self) -> NDArray[np.bool_]:
        return np.zeros(len(self.table.rows), dtype=np.bool_)

    def _balance_texts(self) -> NDArray[np.bool_]:
        """The rows whose text names a balance."""
        column = self.plan.columns.get(Role.TEXT)
        if column is None:
            return self._none
        texts = self.table.columns[column]
        found = maybe = matching(texts, MAYBE.pattern, ignore_case=True)
        for row in rows_where(maybe):
            text = texts[int(row)]
            found[row] = isinstance(text, str) and MAYBE.match(text) is not None and is_balance_text(text)
        return found

    def _rule_hits(self) -> NDArray[np.bool_]:
        found = self._none
        for column, start in self.plan.skip:
            found |= beginning(self.table.columns[column], start)
        return found

    def sort(self, index: int) -> SortedRow:
        """What the row is. The order of the questions matters: a total has words that a note has too."""
        row = self.table.rows[index]
        if blank_row(row):
            # A row of formulas that were never calculated looks blank, and is not.
            return SortedRow(index=index, kind=RowKind.FAULTY if self._has_trouble(index) else RowKind.BLANK)
        if any(cell_text(row[c]).startswith(start) for c, start in self.plan.skip if c < len(row)):
            return SortedRow(index=index, kind=RowKind.RULE)
        if self._is_header(row):
            return SortedRow(index=index, kind=RowKind.HEADER)
        if self._is_pending(index):
            return SortedRow(index=index, kind=RowKind.PENDING)
        return self._balance_or_total(index) or SortedRow(index=index, kind=self._record_kind(index, row))

    def _is_header(self, row: Sequence[Cell]) -> bool:
        if self.table.header is None:
            return False
        names = [name for name in self.table.names if name]
        return [cell_text(cell) for cell in row if not is_blank(cell)] == names

    def _is_pending(self, index: int) -> bool:
        cells = [
            self.table.columns[c][index]
            for role in (Role.STATUS, Role.DATE)
            if (c := self.plan.columns.get(role)) is not None
        ]
        return any(fold(cell_text(cell)) in PENDING for cell in cells if isinstance(cell, str))

    def _balance_or_total(self, index: int) -> SortedRow | None:
        texts = [
            fold_keeping_stars(cell)
            for cell in self.table.rows[index]
            if isinstance(cell, str) and not is_blank(cell)
        ]
        kind = next((kind for text in texts if (kind := balance_kind(text))), None)
        if self._unreadable(index):
            return None
        if kind:
            return SortedRow(index=index, kind=kind, amount=self._balance_amount(index))
        if self.dates[index] is not None:
            return None
        stars = next((len(found[0]) for text in texts if (found := STARS.match(text))), 0)
        # A total has no date; a movement whose date is wrong has other words than a total.
        if stars or any(TOTAL.fullmatch(text) for text in texts):
            return SortedRow(index=index, kind=RowKind.TOTAL, amount=self.amounts[index], level=stars)
        return self._bare_total(index)

    def _unreadable(self, index: int) -> bool:
        """Whether an amount cell of the row holds something that is no amount."""
        columns = [c for role in MONEY if (c := self.plan.columns.get(role)) is not None]
        return any(
            self.reader.column(c)[index] is None and not is_blank(self.table.columns[c][index])
            for c in columns
        )

    def _bare_total(self, index: int) -> SortedRow | None:
        """A row that holds nothing but an amount under its column."""
        money = {c for role, c in self.plan.columns.items() if role in {*MONEY, Role.BALANCE}}
        filled = {c for c, cell in enumerate(self.table.rows[index]) if not is_blank(cell)}
        if self.amounts[index] is not None and filled <= money | {self.plan.columns.get(Role.CURRENCY, -1)}:
            return SortedRow(index=index, kind=RowKind.TOTAL, amount=self.amounts[index])
        return None

    def _balance_amount(self, index: int) -> int | None:
        """The balance that the row states: in the balance column, an amount column, or its last cell."""
        for role in (Role.BALANCE, Role.AMOUNT):
            column = self.plan.columns.get(role)
            if column is not None and (stated := self.reader.column(column)[index]) is not None:
                return stated
        if self.amounts[index] is not None:
            return self.amounts[index]
        row = [cell for cell in self.table.rows[index] if not is_blank(cell)]
        return amount_or_none(row[-1], self.plan.number_style) if row else None

    def _record_kind(self, index: int, row: Sequence[Cell]) -> RowKind:
        filled = sum(not is_blank(cell) for cell in row)
        date_cell = self._cell(index, Role.DATE)
        no_date = is_blank(date_cell)
        no_amount = all(is_blank(self._cell(index, role)) for role in MONEY)
        empty = no_amount and self.dates[index] is None and not self._has_trouble(index)
        if empty and (filled < FEWEST_CELLS or _shape(row) in self._titles):
            return RowKind.NOTE
        if (
            not no_date
            and self.dates[index] is not None
            and self.amounts[index] is not None
            and self._width_fits(row)
        ):
            return RowKind.ITEM
        return RowKind.FAULTY

    @cached_property
    def _titles(self) -> set[str]:
        """The lines above the header, so that the head of a later page is known again."""
        grid, end = self.table.grid, self.table.header or 0
        return {_shape(row) for row in grid.rows[:end] if not blank_row(row)}

    def _width_fits(self, row: Sequence[Cell]) -> bool:
        return self._narrowest() <= len(row) and blank_row(row[self.table.width :])

    def _cell(self, index: int, role: Role) -> Cell:
        column = self.plan.columns.get(role)
        return "" if column is None else self.table.columns[column][index]

    def _has_trouble(self, index: int) -> bool:
        """Whether the workbook holds an error or an empty formula in one of the row's important cells."""
        line = self.table.lines[index]
        cells = {(line, column) for column in self.plan.columns.values()}
        return bool(cells & self.table.grid.formulas) or any(cell in self.table.grid.errors for cell in cells)


def _shape(row: Sequence[Cell]) -> str:
    """A line with its digits left out: page 1 and page 2 have the same head."""
    return "|".join(_DIGITS.sub("#", cell_text(cell)) for cell in row if not is_blank(cell))


def fold_keeping_stars(cell: str) -> str:
    """A cell's words as they are compared, with the stars of a subtotal in front."""
    stars = STARS.match(cell.strip())
    return stars[0] if stars else fold(cell)


def is_balance_text(text: str) -> bool:
    """Whether a text names an opening or a closing balance."""
    return balance_kind(fold(text)) is not None


def balance_kind(text: str) -> RowKind | None:
    """OPENING or CLOSING for a folded text that names a balance."""
    if OPENING.fullmatch(text):
        return RowKind.OPENING
    return RowKind.CLOSING if CLOSING.fullmatch(text) else None


def way_of(plan: Plan) -> Way:
    """How a plan reads the amount of a row."""
    money = (Role.AMOUNT, Role.DEBIT, Role.CREDIT, Role.INDICATOR)
    columns = {role: index for role, index in plan.columns.items() if role in money}
    return Way(columns=columns, indicator=plan.indicator, reversed_sign=plan.reversed_sign)
