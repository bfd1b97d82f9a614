"""What a case's page shows of its sources."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class KeptRow:
    """A row of an input as it stood. Texts may name a person: only for those who may see items."""

    lines: tuple[str, ...] = ()  #: of a text file, from the item's line on; empty for a workbook
    cells: tuple[tuple[str, str, str], ...] = ()  #: (letter, heading, value) of a workbook's row
