"""What a reader hands on: the items of one file, its statements, and where every row of the file went."""

from dataclasses import dataclass, field

import pandas as pd

from gevinst.domain.finding import Finding
from gevinst.domain.statement import Statement


@dataclass(frozen=True, kw_only=True)
class RowCounts:
    """Rows of a file by what became of them: `in_file == read + skipped + rejected`."""

    in_file: int
    read: int
    skipped: int = 0  #: by rule: heads, blank rows, subtotals
    rejected: int = 0


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """One thing that detection took for granted, and why; shown to the user."""

    subject: str  #: encoding, separator, header, date, amount, sign, date_order, number_style …
    taken: str  #: what it was taken for
    because: str  #: message key of the reason
    facts: dict[str, str | int] = field(default_factory=dict)
    sure: bool = True


@dataclass(frozen=True, kw_only=True)
class SourceRead:
    """One file as read."""

    items: pd.DataFrame  #: see item.ITEM_COLUMNS; rows that can be used
    statements: tuple[Statement, ...] = ()
    findings: tuple[Finding, ...] = ()  #: errors and warnings; with an error the file may not be used
    rows: RowCounts
    layout: str  #: id of the layout, or "detected"
    layout_version: int | None = None  #: of that layout; None where none is known
    sha256: str
    file: str  #: name without folder
    assumptions: tuple[Assumption, ...] = ()
    raw: pd.DataFrame = field(
        default_factory=pd.DataFrame
    )  #: the rows as they stood, one per item, same order
    skipped: tuple[
        tuple[int, str], ...
    ] = ()  #: (line, reason key) of each row skipped by rule, blank rows left out
