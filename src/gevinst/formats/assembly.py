"""One table on its way to items: its cells read by a plan, each column once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gevinst.formats.dates import read_dates
from gevinst.formats.intake import Intake
from gevinst.formats.money_columns import MoneyReader
from gevinst.formats.plan import Plan, Role
from gevinst.formats.rows import RowKind, RowSorter, SortedRow, way_of
from gevinst.formats.table import Table
from gevinst.formats.text_column import rows_where
from gevinst.formats.value_columns import DayColumn, OreColumn


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """One table on its way to items."""

    intake: Intake
    table: Table
    plan: Plan
    id_told: bool = False

    @cached_property
    def reader(self) -> MoneyReader:
        """Reads the amount columns."""
        return MoneyReader(table=self.table, style=self.plan.number_style)

    @cached_property
    def dates(self) -> DayColumn:
        """Booking date of each row; None where it cannot be read."""
        return read_dates(self.table.columns[self.plan.columns[Role.DATE]], self.plan.date_order)

    @cached_property
    def amounts(self) -> OreColumn:
        """Signed øre of each row; None where it cannot be read."""
        return self.reader.amounts(way_of(self.plan))

    @cached_property
    def others(self) -> list[SortedRow]:
        """Rows that are no plain movement."""
        sorter = RowSorter(
            table=self.table, plan=self.plan, dates=self.dates, amounts=self.amounts, reader=self.reader
        )
        return sorter.other_rows()

    @cached_property
    def items(self) -> NDArray[np.int64]:
        """Indexes of the movements that can be used, in order."""
        usable = np.ones(len(self.table.rows), dtype=np.bool_)
        usable[[row.index for row in self.others]] = False
        return rows_where(usable)

    @cached_property
    def lines(self) -> NDArray[np.int64]:
        """Physical line of each movement."""
        return self.table.line_numbers[self.items]

    def of_kind(self, kind: RowKind) -> list[SortedRow]:
        """The other rows of one kind."""
        return [row for row in self.others if row.kind is kind]
