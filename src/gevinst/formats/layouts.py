"""Layouts: known files described as data (layouts/*.toml): header, columns, how cells are written."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.money import NumberStyle
from gevinst.domain.place import Place
from gevinst.formats.columns import column_finding
from gevinst.formats.dates import DateOrder
from gevinst.formats.grid import Grid, Syntax, blank_row, cell_text
from gevinst.formats.headings import fold, near_misses
from gevinst.formats.plan import Role
from gevinst.formats.table import HEADER_WITHIN, Table, headless, table_at

PROBE_ROWS = 50
MOST = 0.5


class Title(BaseModel):
    """The name of a layout as people say it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    da: str
    en: str


class Skip(BaseModel):
    """Rows that are no movements: a head or an end record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: int = Field(ge=1)  #: from 1
    starts: str


class Layout(BaseModel):
    """One known file. A column is a header name, or a number from 1 where the file has no header."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: int = Field(default=1, ge=1)  #: counts up when the layout changes
    title: Title
    syntax: Syntax
    encoding: str | None = None
    separator: str | None = Field(default=None, min_length=1, max_length=1)
    header: tuple[str, ...] = ()  #: the whole header, in order
    anchors: tuple[str, ...] = ()  #: names that the header must have, others may stand between
    starts: str = ""  #: how each record of a file without header begins
    fields: int = Field(default=0, ge=0)  #: fields that a record without header has at least; alone: exactly
    columns: dict[Role, str | int] = {}
    optional: frozenset[Role] = frozenset()  #: columns that the file may lack
    date_order: DateOrder | None = None
    number_style: NumberStyle | None = None
    reversed_sign: bool = False
    short_rows: bool = False
    document_with_position: bool = False
    currency: str = ""
    skip: tuple[Skip, ...] = ()
    detail: bool = False

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        if self.syntax in {Syntax.CAMT, Syntax.BANK}:
            return self
        if Role.DATE not in self.columns or not (
            {Role.AMOUNT} <= self.columns.keys() or {Role.DEBIT, Role.CREDIT} <= self.columns.keys()
        ):
            raise ValueError("a layout needs a date, and an amount or debit and credit")
        if sum(map(bool, (self.header, self.anchors, self.starts))) > 1 or not (
            self.is_recognisable or self.fields
        ):
            raise ValueError("a layout is known by one of: header, anchors, starts, fields")
        return self

    @property
    def is_recognisable(self) -> bool:
        """Whether a file shows by itself that it is written so; a number of fields alone shows nothing."""
        return bool(self.header or self.anchors or self.starts)


class LayoutError(ValueError):
    """A layout file that cannot be used: whoever wrote it mends it."""


@lru_cache
def packaged_layouts() -> Mapping[str, Layout]:
    """The layouts that come with the package, by id."""
    folder = files(__package__).joinpath("layouts")
    texts = [
        (entry.name, entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    ]
    layouts = [parse_layout(text, name) for name, text in sorted(texts)]
    return {layout.id: layout for layout in layouts}


def parse_layout(text: str, name: str) -> Layout:
    """Check the text of a layout file.

    Raises:
        LayoutError: not TOML, or a part that is missing, unknown or of the wrong kind.
    """
    try:
        return Layout.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise LayoutError(f"{name}: {error}") from error
    except ValidationError as error:
        parts = (f"{'.'.join(map(str, part['loc'])) or 'layout'}: {part['msg']}" for part in error.errors())
        raise LayoutError(f"{name}: {'; '.join(parts)}") from error


def layout_named(wanted: str, file: str, known: Mapping[str, Layout]) -> Layout:
    """The layout of this id among those that are known.

    Raises:
        InputRejectedError: LAY-007, with the nearest ids.
    """
    if wanted in known:
        return known[wanted]
    near = ", ".join(near_misses(wanted, known) or sorted(known))
    raise InputRejectedError(
        [Finding(code="LAY-007", place=Place(file=file), facts={"wanted": wanted, "near": near})]
    )


def recognised(grid: Grid, known: Mapping[str, Layout]) -> tuple[Layout, Table] | None:
    """The layout that a grid is written in, by its exact header or by how its records begin; first found."""
    for layout in known.values():
        if layout.syntax is grid.syntax and layout.is_recognisable:
            table = table_of(grid, layout)
            if table is not None and _is_exact(layout, table):
                return layout, table
    return None


def table_of(grid: Grid, layout: Layout) -> Table | None:
    """The table of a grid at the layout's header, or at its first record; None when neither is there."""
    if layout.starts:
        rows = [row for row in islice(grid.rows, PROBE_ROWS) if not blank_row(row)]
        fits = sum(cell_text(row[0]).startswith(layout.starts) for row in rows if len(row))
        wide = any(len(row) >= layout.fields for row in rows)
        return headless(grid, 0) if rows and wide and fits > MOST * len(rows) else None
    if not layout.is_recognisable:
        return _at_first_of_width(grid, layout.fields)
    index, hits = header_row(grid, layout)
    return table_at(grid, index) if hits and hits * 2 >= len(_names(layout)) else None


def header_row(grid: Grid, layout: Layout) -> tuple[int, int]:
    """The row that has most of the layout's names, and how many; (0, 0) when no row has one."""
    wanted = _names(layout)
    best, most = 0, 0
    for index, row in enumerate(grid.rows[:HEADER_WITHIN]):
        hits = len(wanted & {fold(cell) for cell in row if isinstance(cell, str)})
        if hits > most:
            best, most = index, hits
    return best, most


def _names(layout: Layout) -> set[str]:
    return {fold(name) for name in layout.header or layout.anchors}


def _at_first_of_width(grid: Grid, fields: int) -> Table | None:
    for index, row in enumerate(grid.rows[:HEADER_WITHIN]):
        if len(row) == fields and not blank_row(row):
            return headless(grid, index)
    return None


def _is_exact(layout: Layout, table: Table) -> bool:
    if layout.starts:
        return True
    names = [fold(name) for name in table.names]
    if layout.header:
        return names == [fold(name) for name in layout.header]
    return all(names.count(fold(name)) == 1 for name in layout.anchors)


def columns_of(layout: Layout, table: Table, file: str) -> dict[Role, int]:
    """Where the layout's columns stand in a table.

    Raises:
        InputRejectedError: LAY-001 for each column that is missing, LAY-002 for each that stands twice.
    """
    columns: dict[Role, int] = {}
    findings: list[Finding] = []
    for role, wanted in layout.columns.items():
        found = _positions(table, wanted)
        if len(found) == 1:
            columns[role] = found[0]
        elif found or role not in layout.optional:
            findings.append(column_finding(table, wanted=str(wanted), found=found, file=file))
    if findings:
        raise InputRejectedError(findings)
    return columns


def _positions(table: Table, wanted: str | int) -> Sequence[int]:
    if isinstance(wanted, int):
        return [wanted - 1] if wanted <= table.width else []
    return [index for index, name in enumerate(table.names) if fold(name) == fold(wanted)]
