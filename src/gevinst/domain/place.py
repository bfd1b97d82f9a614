"""Where a value stood in its file."""

import re
from dataclasses import dataclass

_CELL = re.compile(r"[A-Z]{1,3}\d+")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place that a person can go to; travels with each row into every message and report."""

    file: str  #: file name without folder
    sheet: str = ""  #: sheet name of a workbook
    line: int = 0  #: physical line or row, counted from 1 with headers; 0 when the whole file is meant
    cell: str = ""  #: cell such as D17, or element path such as Ntry[12]/Amt

    @property
    def line_matters(self) -> bool:
        """Whether the line says more than the cell does: D17 names its row already."""
        return bool(self.line) and not self.cell.endswith(str(self.line))

    @property
    def names_an_element(self) -> bool:
        """Whether `cell` is the path of an element, not a cell of a table."""
        return bool(self.cell) and _CELL.fullmatch(self.cell) is None

    def __str__(self) -> str:
        parts = [self.file, self.sheet, self.cell or (str(self.line) if self.line else "")]
        return ":".join(part for part in parts if part)
