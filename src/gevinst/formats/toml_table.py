"""Tables that people write as TOML: each `[[name]]` is a row, its keys are the columns."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from gevinst.formats.grid import Cell, Grid, Syntax
from gevinst.formats.headings import fold
from gevinst.formats.intake import Intake

TOML_ENDING = ".toml"
_ROW = re.compile(r"^[ \t]*\[\[\s*([^\[\]]+?)\s*\]\]", re.MULTILINE)
_LINE = re.compile(r"line (\d+)")


def toml_grids(intake: Intake) -> list[Grid]:
    """Each list of tables as a grid: keys as headings, in the order in which they are met.

    Raises:
        InputRejectedError: TAB-007 it is no TOML, or a value is a list or a table of its own.
    """
    text = intake.content.decode("utf-8-sig", errors="replace")
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        raise intake.rejected("TAB-007", line=int(line[1]) if line else 0) from None
    lines: dict[str, list[int]] = {}
    for match in _ROW.finditer(text):
        lines.setdefault(match[1].strip("\"'"), []).append(text.count("\n", 0, match.start()) + 1)
    grids = []
    for name, rows in found.items():
        at = lines.get(name, [])
        if not isinstance(rows, list) or len(rows) != len(at):  # rows whose lines are not known have no place
            raise intake.rejected("TAB-007", line=at[0] if at else 1)
        if rows:
            grids.append(_grid(intake, name, rows, at))
    return grids


def _grid(intake: Intake, name: str, rows: Sequence[Mapping[str, Any]], lines: Sequence[int]) -> Grid:
    """Keys that differ in case or marks only are one column; a row that has it twice is refused."""
    heads = {fold(key): key for row in reversed(rows) for key in reversed(list(row))}
    cells = []
    for row, line in zip(rows, lines, strict=True):
        values = {fold(key): value for key, value in row.items()}
        if len(values) != len(row):
            raise intake.rejected("TAB-007", line=line)
        cells.append([_cell(intake, values.get(head, ""), line) for head in heads])
    return Grid(
        syntax=Syntax.DELIMITED, rows=[list(heads.values()), *cells], lines=[lines[0], *lines], sheet=name
    )


def _cell(intake: Intake, value: Any, line: int) -> Cell:
    if isinstance(value, dict | list):
        raise intake.rejected("TAB-007", line=line)
    cell: Cell = value
    return cell
