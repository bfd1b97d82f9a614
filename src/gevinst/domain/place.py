"""Where a value stood in its file."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place that a person can go to; travels with each row into every message and report."""

    file: str  #: file name without folder
    sheet: str = ""  #: sheet name of a workbook
    line: int = 0  #: physical line or row, counted from 1 with headers; 0 when the whole file is meant
    cell: str = ""  #: cell such as D17, column name, or element path such as Ntry[12]/Amt

    def __str__(self) -> str:
        parts = [self.file, self.sheet, self.cell or (str(self.line) if self.line else "")]
        return ":".join(part for part in parts if part)
