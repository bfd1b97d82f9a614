"""One table on its way to items: its cells read by a plan, each column once."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from gevinst.formats.dates import read_dates
from gevinst.formats.intake import Intake
from gevinst.formats.money_columns import MoneyReader
from gevinst.formats.plan import Plan, Role
from gevinst.formats.rows import RowKind, RowSorter, SortedRow, way_of
from gevinst.formats.table import Table


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
    def dates(self) -> list[date | None]:
        """Booking date of each row; None where it cannot be read."""
        return read_dates(self.table.columns[self.plan.columns[Role.DATE]], self.plan.date_order)

    @cached_property
    def amounts(self) -> list[int | None]:
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
    def items(self) -> list[int]:
        """Indexes of the movements that can be used."""
        other = {row.index for row in self.others}
        return [index for index in range(len(self.table.rows)) if index not in other]

    def of_kind(self, kind: RowKind) -> list[SortedRow]:
        """The other rows of one kind."""
        return [row for row in self.others if row.kind is kind]
