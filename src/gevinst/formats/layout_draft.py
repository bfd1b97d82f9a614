"""A first layout from a file: what detection found, written down as TOML that reads the file alike."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from gevinst.domain.finding import InputRejectedError, Severity
from gevinst.formats.assembly import Assembly
from gevinst.formats.detection import Told, table_assembly
from gevinst.formats.grid import Syntax, cell_text
from gevinst.formats.headings import fold
from gevinst.formats.intake import Intake
from gevinst.formats.kinds import Kind, kind_of
from gevinst.formats.layouts import PROBE_ROWS, Layout, packaged_layouts
from gevinst.formats.table import Table

LONGEST_ID = 40
FEWEST_LETTERS = 2
_START = re.compile(r"[A-Za-z]+")
_NAME = re.compile(r"[^a-z0-9]+")


class OwnFormatError(ValueError):
    """The file needs no columns described: it is in a format with a reader of its own."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        super().__init__(kind.value)


def draft_layout(intake: Intake, *, mapping: Mapping[str, str], known: Mapping[str, Layout]) -> str:
    """The text of a layout file that reads this file to the same items.

    Args:
        intake: the file.
        mapping: what a person tells of the file.
        known: the layouts that are there, so that the draft's id is none of theirs.

    Raises:
        OwnFormatError: the file is no table.
        InputRejectedError: the file cannot be read, or its header is in doubt.
    """
    kind = kind_of(intake)
    if kind not in {Kind.TEXT, Kind.WORKBOOK}:
        raise OwnFormatError(kind)
    assembly, _ = table_assembly(intake, kind, Told(mapping=mapping, known=known))
    if wrong := [one for one in assembly.plan.findings if one.severity is Severity.ERROR]:
        raise InputRejectedError(wrong)
    layout_id = _id(intake.name, {*known, *packaged_layouts()})
    return "\n".join([*_head(assembly, layout_id), "", *_title(intake.name), "", *_columns(assembly)]) + "\n"


def _head(assembly: Assembly, layout_id: str) -> Iterator[str]:
    plan = assembly.plan
    yield f"id = {_text(layout_id)}"
    yield "version = 1"
    yield f"syntax = {_text(assembly.table.grid.syntax.value)}"
    yield from _letters(assembly)
    yield from _known_by(assembly)
    yield f"date_order = {_text(plan.date_order.value)}"
    yield f"number_style = {_text(plan.number_style.value)}"
    if plan.reversed_sign:
        yield "reversed_sign = true"
    if plan.short_rows and assembly.table.grid.syntax is Syntax.DELIMITED:
        yield "short_rows = true"
    if plan.document_with_position:
        yield "document_with_position = true"
    if plan.currency:
        yield f"currency = {_text(plan.currency)}"
    if plan.skip:
        rules = (f"{{ column = {column + 1}, starts = {_text(start)} }}" for column, start in plan.skip)
        yield f"skip = [{', '.join(rules)}]"


def _letters(assembly: Assembly) -> Iterator[str]:
    """Encoding and separator. A file of plain letters does not show its encoding."""
    if assembly.table.grid.syntax is Syntax.WORKBOOK:
        return
    taken = {one.subject: one for one in assembly.plan.assumptions}
    encoding = taken["encoding"]
    if encoding.because != "assumption.encoding.ascii":
        yield f"encoding = {_text(encoding.taken)}"
    if "separator" in taken:
        yield f"separator = {_text(taken['separator'].taken)}"


def _known_by(assembly: Assembly) -> Iterator[str]:
    table = assembly.table
    if table.header is None:
        start = _common_start(table)
        yield from [f"starts = {_text(start)}"] if start else []
        yield f"fields = {len(table.rows[0])}"
        return
    anchors = _anchors(assembly)
    if table.grid.syntax is not Syntax.DELIMITED and len(anchors) > 1:
        yield f"anchors = {_texts(anchors)}"
    else:
        yield f"header = {_texts(table.names)}"


def _anchors(assembly: Assembly) -> list[str]:
    """The names of the used columns that stand once, so that others may come and go between them."""
    table = assembly.table
    used = sorted(set(assembly.plan.columns.values()))
    return [table.names[index] for index in used if _is_named(table, index)]


def _is_named(table: Table, index: int) -> bool:
    folded = fold(table.names[index])
    return bool(folded) and [fold(name) for name in table.names].count(folded) == 1


def _common_start(table: Table) -> str:
    """The letters that every sampled record begins with, or ""; digits may be an account."""
    cells = [cell_text(row[0]) for row in table.grid.rows[:PROBE_ROWS] if len(row)]
    starts = {found[0] if (found := _START.match(cell)) else "" for cell in cells if cell}
    start = min(starts, key=len, default="")
    while not all(other.startswith(start) for other in starts):
        start = start[:-1]
    return start if len(start) >= FEWEST_LETTERS else ""


def _title(name: str) -> list[str]:
    return ["[title]", f"da = {_text(f'Udkast efter {name}')}", f"en = {_text(f'Draft from {name}')}"]


def _columns(assembly: Assembly) -> Iterator[str]:
    table = assembly.table
    yield "[columns]"
    for role, index in assembly.plan.columns.items():
        yield f"{role.value} = {_text(table.names[index]) if _is_named(table, index) else index + 1}"


def _id(name: str, taken: set[str]) -> str:
    """An id of the file's name that no layout has."""
    words = _NAME.sub("_", fold(PurePath(name).stem)).strip("_")
    layout_id = (words if words[:1].isalpha() else f"fil_{words}")[:LONGEST_ID].strip("_")
    return f"{layout_id}_egen" if layout_id in taken else layout_id


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _texts(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"
