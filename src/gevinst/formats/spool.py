"""List displays of SAP and KMD Opus: bars, dashed lines, page heads, wrapped records, bars in a text."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gevinst.domain.source import Assumption
from gevinst.formats.grid import Grid, Row, Syntax
from gevinst.formats.headings import roles_of
from gevinst.formats.physical_lines import printed_lines
from gevinst.formats.plan import assume
from gevinst.formats.rows import is_balance_text

_DASHES = re.compile(r"[\s|+-]*-{5}[\s|+-]*")
_BOX = str.maketrans({"\u2502": "|", "\u2500": "-", "\u253c": "+"})
_GAP = re.compile(r"\s{2,}|\t")
SAMPLE_LINES = 200
SAMPLE_CHARACTERS = 200_000
LIST_SHARE = 0.5
HEADER_WITHIN = 120
MOST_HEADER_LINES = 3
PAGE = "skipped.page"


@dataclass
class _Sorted:
    """Lines of a list by what they are, while they are being read."""

    rows: list[Row] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    outside: list[tuple[int, str]] = field(default_factory=list)


def is_list(text: str) -> bool:
    """Whether most lines stand between pipes, with at least one dashed line."""
    head = text[:SAMPLE_CHARACTERS].splitlines()[:SAMPLE_LINES]
    lines = [line.translate(_BOX) for line in head if line.strip()]
    piped = sum(_is_piped(line) for line in lines)
    dashed = sum(_is_dashes(line) for line in lines)
    return piped > 1 and dashed > 0 and piped + dashed > LIST_SHARE * len(lines)


def read_list(text: str) -> tuple[Grid, Assumption]:
    """Cut a list at the bars of its header, so that a bar inside a text does no harm."""
    if any(chr(mark) in text for mark in _BOX):  # few lists have them, and a large text takes long
        text = text.translate(_BOX)
    lines = printed_lines(text)
    at = _header_at(lines)
    deep = _header_depth(lines, at)
    header = lines[at].rstrip()
    bars = [position for position, char in enumerate(header) if char == "|"]
    found = _Sorted()
    for number, line in enumerate(lines[:at], 1):
        _put_outside(found, number, line, before=True)
    for number, record in _records(lines[at:], width=len(header), first=at + 1):
        if isinstance(record, str):
            _put_outside(found, number, record, before=False)
        else:
            _put(found, number, [_cut(line, bars) for line in record])
    rows, numbers = _joined(found, deep)
    grid = Grid(
        syntax=Syntax.LIST,
        rows=rows,
        lines=numbers,
        outside=found.outside,
        cut_last=_is_piped(lines[-1]) and len(lines[-1].rstrip()) < len(header) and text[-1] not in "\r\n",
    )
    return grid, assume(subject="syntax", taken="list", because="syntax.list")


def _is_piped(line: str) -> bool:
    bare = line.strip()
    return bare.startswith("|") and len(bare) > 1 and not _is_dashes(line)


def _is_dashes(line: str) -> bool:
    return _DASHES.fullmatch(line) is not None


def _header_at(lines: Sequence[str]) -> int:
    """The first line between bars that names two columns that are known; else the first line between bars."""
    piped = [index for index, line in enumerate(lines[:HEADER_WITHIN]) if _is_piped(line)]
    known = (index for index in piped if sum(bool(roles_of(cell)) for cell in lines[index].split("|")) > 1)
    return next(known, piped[0])


def _header_depth(lines: Sequence[str], at: int) -> int:
    """Lines of a header between two dashed lines: each record then takes as many."""
    depth = 1
    while at + depth < len(lines) and _is_piped(lines[at + depth]):
        depth += 1
    closed = at + depth < len(lines) and _is_dashes(lines[at + depth])
    opened = at > 0 and _is_dashes(lines[at - 1])
    return depth if closed and opened and depth <= MOST_HEADER_LINES else 1


def _records(lines: Sequence[str], *, width: int, first: int) -> Iterator[tuple[int, list[str] | str]]:
    """Each line between bars, wrapped lines put together again; any other line as text."""
    open_at, part = 0, ""
    for number, line in enumerate(lines, first):
        bare = line.rstrip()
        if part:
            part = _put_together(part, bare, width)
            if part.endswith("|") or len(part) >= width:
                yield open_at, [part]
                part = ""
        elif not _is_piped(line):
            yield number, line
        elif bare.endswith("|"):
            yield number, [bare]
        else:
            open_at, part = number, line
    if part:
        yield open_at, [part]


def _put_together(part: str, rest: str, width: int) -> str:
    """A wrapped record: the line end took the place of blanks."""
    missing = width - len(part) - len(rest)
    return part + " " * max(missing, 0) + rest


def _cut(line: str, bars: Sequence[int]) -> list[str]:
    """The cells between the header's bars; when the bars stand elsewhere, between the line's own."""
    if len(line) > bars[-1] and all(line[bar] == "|" for bar in bars):
        return [line[left + 1 : right].strip() for left, right in itertools.pairwise(bars)]
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _put(found: _Sorted, number: int, cells: Sequence[Sequence[str]]) -> None:
    for row in cells:
        found.rows.append(row)
        found.lines.append(number)


def _put_outside(found: _Sorted, number: int, line: str, *, before: bool) -> None:
    """A line outside the bars: a title or a balance is a row, a page head or a dashed line is not."""
    cells = [cell for cell in _GAP.split(line.strip()) if cell]
    if _is_dashes(line):
        found.outside.append((number, PAGE))
    elif before or not cells or is_balance_text(cells[0]):
        found.rows.append(cells or [""])
        found.lines.append(number)
    else:
        found.outside.append((number, PAGE))


def _joined(found: _Sorted, deep: int) -> tuple[list[Row], list[int]]:
    """Records of several lines as one row each."""
    if deep == 1:
        return found.rows, found.lines
    rows: list[Row] = []
    numbers: list[int] = []
    waiting: list[str] = []
    width = max(len(row) for row in found.rows)
    for row, number in zip(found.rows, found.lines, strict=True):
        if len(row) < width:
            rows.append(row)
            numbers.append(number)
            continue
        if not waiting:
            numbers.append(number)
        waiting += [str(cell) for cell in row]
        if len(waiting) == width * deep:
            rows.append(waiting)
            waiting = []
    if waiting:
        rows.append(waiting)
    return rows, numbers
