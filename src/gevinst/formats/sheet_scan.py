"""The XML of a worksheet looked through without a parser: how far its cells reach, and what else it holds.

A library that reads workbooks lays out the whole area up to the farthest cell before it hands out one: a file
of a few bytes that names a cell in the far corner takes all memory and ends the process. So each reference is
looked at first. A large sheet has millions of them, so that it is done over whole blocks of bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]

BLOCK = 500_000
LONGEST_ROW = 20_000_000  # or what stands behind the last: 16,384 cells are some two million
ROW_END = b"</row>"
_CELLS = ("c", "row")
_NO_ELEMENT = np.frombuffer(b"!?", dtype=np.uint8)
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
LETTERS, DIGITS = 3, 7  # of the longest reference, XFD1048576
_A, _ALPHABET, _ZERO, _TEN = np.uint8(ord("A")), 26, np.uint8(ord("0")), 10
_UPPER = np.uint8(0xDF)  # a letter with this bit off is a capital


class UnusualSheetError(Exception):
    """The sheet is not written as the usual programs do, so that a parser has to look."""


@dataclass(frozen=True, kw_only=True)
class Extent:
    """What a sheet's XML holds."""

    rows: int = 0  #: number of the last row that a row or a cell names
    columns: int = 0  #: number of the last column
    cells: int = 0
    errors: bool = False  #: some cell may hold an error
    formulas: bool = False
    hidden: bool = False
    merged: bool = False

    def __add__(self, other: "Extent") -> "Extent":
        return Extent(
            rows=max(self.rows, other.rows),
            columns=max(self.columns, other.columns),
            cells=self.cells + other.cells,
            errors=self.errors or other.errors,
            formulas=self.formulas or other.formulas,
            hidden=self.hidden or other.hidden,
            merged=self.merged or other.merged,
        )


def scanned(sheet: IO[bytes]) -> Iterator[tuple[bytes, Extent]]:
    """A sheet's XML block by block, with what each holds. A block ends with a row; only one is held.

    Raises:
        UnusualSheetError: prefixes, comments, a mark within an attribute, other quotes, blanks at the sign of
            an attribute, a cell or a row that does not begin with its reference, or one that is none.
    """
    blocks = _blocks(sheet)
    first = next(blocks, b"")
    start = first.find(b"<worksheet")
    if start < 0 or b"<!" in first[:start]:
        raise UnusualSheetError
    for block in chain([first[start:]], blocks):
        # Blanks around it, so that no place looked at lies outside.
        yield block, _extent(np.frombuffer(b"%b%b%b" % (b" " * 8, block, b" " * 16), dtype=np.uint8))


def _blocks(sheet: IO[bytes]) -> Iterator[bytes]:
    waiting = b""
    while chunk := sheet.read(BLOCK):
        waiting += chunk
        end = waiting.rfind(ROW_END)
        if end >= 0:
            end += len(ROW_END)
            yield waiting[:end]
            waiting = waiting[end:]
        elif len(waiting) > LONGEST_ROW:
            raise UnusualSheetError
    if waiting:
        yield waiting


def _extent(block: Bytes) -> Extent:
    opening, closing = _places(block, "<"), _places(block, ">")
    if len(opening) != len(closing) or not ((opening < closing).all() and (closing[:-1] < opening[1:]).all()):
        raise UnusualSheetError
    colons = _places(block, ":")  # a name with a prefix, or a time within a text
    if np.isin(block[opening + 1], _NO_ELEMENT).any() or any(
        len(_tags(block, colons, name)) for name in _CELLS
    ):
        raise UnusualSheetError
    signs = _attributes(block, opening, closing)
    cells, rows = (_tags(block, opening, name) for name in _CELLS)
    letters, numbers = _references(block, np.concatenate([cells + len("<c"), rows + len("<row")]))
    kinds = signs[_is_before(block, signs, " t")]
    return Extent(
        rows=int(numbers.max(initial=0)),
        columns=int(letters.max(initial=0)),
        cells=len(cells),
        errors=bool((block[kinds + 2] == ord("e")).any()),
        formulas=len(_tags(block, opening, "f")) > 0,
        hidden=bool(_is_before(block, signs, " hidden").any()),
        merged=len(_tags(block, opening, "mergeCell")) > 0,
    )


def _places(block: Bytes, mark: str) -> Places:
    places: Places = np.flatnonzero(block == ord(mark))
    return places


def _attributes(block: Bytes, opening: Places, closing: Places) -> Places:
    """Where the signs of attributes stand, each with its quote behind it; other signs stand in texts."""
    signs = _places(block, "=")
    usual = (block[signs + 1] == ord('"')) & (block[signs - 1] > ord(" "))
    odd = signs[~usual]
    if len(odd):
        before = np.searchsorted(opening, odd) - 1
        in_tag = (before >= 0) & (closing[np.maximum(before, 0)] > odd)
        if in_tag.any():
            raise UnusualSheetError
    found: Places = signs[usual]
    return found


def _tags(block: Bytes, opening: Places, name: str) -> Places:
    """Where elements of this name begin."""
    found = opening
    for at, letter in enumerate(name, start=1):
        found = found[block[found + at] == ord(letter)]
    behind = block[found + len(name) + 1]
    chosen: Places = found[(behind <= ord(" ")) | (behind == ord(">")) | (behind == ord("/"))]
    return chosen


def _is_before(block: Bytes, signs: Places, name: str) -> NDArray[np.bool_]:
    """Which signs belong to attributes of this name; a blank in it stands for any."""
    found = np.ones(len(signs), dtype=np.bool_)
    for at, letter in enumerate(reversed(name), start=1):
        here = block[signs - at]
        found &= (here <= ord(" ")) if letter == " " else (here == ord(letter))
    return found


def _references(block: Bytes, names: Places) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Column and row of each reference, from 1; column 0 where it names a row only.

    Args:
        block: the bytes.
        names: where the names of elements end; all usual programs write the reference first.

    Raises:
        UnusualSheetError: something else stands there, or a cell outside any sheet.
    """
    for behind, mark in enumerate(b'r="', start=1):
        if (block[names + behind] != mark).any():
            raise UnusualSheetError
    starts = names + len(' r="')
    at, columns = starts.copy(), np.zeros(len(starts), dtype=np.int32)
    for _ in range(LETTERS):
        letter = (block[at] & _UPPER) - _A  # what is no letter becomes a large number
        here = letter < _ALPHABET
        columns[here] = columns[here] * _ALPHABET + letter[here] + 1
        at += here
    rows, first = np.zeros(len(starts), dtype=np.int32), at.copy()
    for _ in range(DIGITS):
        digit = block[at] - _ZERO
        here = digit < _TEN
        rows[here] = rows[here] * 10 + digit[here]
        at += here
    ended = (block[at] == ord('"')) & (at > first)
    if not ended.all() or (rows > LAST_ROW).any() or (columns > LAST_COLUMN).any():
        raise UnusualSheetError
    return columns, rows
