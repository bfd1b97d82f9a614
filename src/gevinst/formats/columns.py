"""Columns that a file should have once: missing ones with the nearest name, doubled ones with their cell."""

from collections.abc import Iterable, Sequence

from gevinst.domain.finding import Finding
from gevinst.domain.place import Place
from gevinst.formats.grid import column_letter
from gevinst.formats.headings import near_misses
from gevinst.formats.table import Table


def column_finding(table: Table, *, wanted: str, found: Sequence[int], file: str) -> Finding:
    """LAY-001 for a column that is not there, LAY-002 for a name that stands at several columns."""
    near = ", ".join(near_misses(wanted, table.names) or [name for name in table.names if name])
    line = table.header_line
    cell = f"{column_letter(found[1])}{line}" if len(found) > 1 and line else ""
    return Finding(
        code="LAY-002" if found else "LAY-001",
        place=Place(file=file, sheet=table.grid.sheet, line=line, cell=cell),
        facts={"wanted": wanted, "near": near, "what": "column"},
    )


def doubled_findings(table: Table, columns: Iterable[int], file: str) -> list[Finding]:
    """LAY-002 for each of the columns whose name another column has too."""
    return [
        column_finding(table, wanted=table.names[index], found=table.same_name(index), file=file)
        for index in columns
        if len(table.same_name(index)) > 1
    ]
