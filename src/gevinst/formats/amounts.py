"""Amounts of a column: the number style by evidence, and strict reading as øre."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gevinst.domain.money import ORE_PER_KRONE, AmountError, NumberStyle, ore_from_number, parse_amount
from gevinst.formats.grid import Cell
from gevinst.formats.text_column import TextColumn
from gevinst.formats.value_columns import OreColumn

# Ten thousand billion kroner. Longer digit strings are account numbers and references.
LARGEST_ORE = 10**15
# Below this a float holds an øre to a hundred thousandth, so rounding a whole column at once is exact.
LARGEST_QUICK_ORE = 1e11
QUICK_SLACK = 5e-5
# Digits that surely fit in 64 bits with two decimals; longer ones are read one by one.
_WHOLE = r"(?:[0-9]{1,3}(?:\GROUP[0-9]{3}){1,4}|[0-9]{1,15})"
# Kroner may be written beside the number; another currency there is a finding, since it is no longer kroner.
_MARK = re.compile(r"^(?:dkk|kr\.?)\s*(?=[-+\u2212\d(.,])|(?<=[\d)+\u2212-])\s*(?:dkk|kr\.?)$", re.IGNORECASE)
_ROUND = re.compile(r"(?<=\d),-$")
_SPACES = re.compile("[ \u00a0\u2007\u2009\u202f']")
# One mark with exactly three digits behind can be thousands or decimals.
_EITHER = re.compile(r"[-+(]*[1-9]\d{0,2}[.,]\d{3}[-+)]*")
_DIGITS = re.compile(r"-?[\d.,]+")
MOST_WITNESSES = 200
MOST_LOOKED_AT = 500


@dataclass(frozen=True, kw_only=True)
class _Form:
    """One usual way to write an amount, that a whole column of texts is read by."""

    shape: str  #: RE2, with GROUP and MARK for the marks of the style
    scale: int = 1  #: øre of the last digit
    sign_behind: bool = False

    def pattern(self, style: NumberStyle) -> str:
        """The form in a style."""
        group, mark = (".", ",") if style is NumberStyle.COMMA else (",", ".")
        return f"^{self.shape}$".replace("GROUP", group).replace("MARK", mark)

    def read(self, texts: TextColumn) -> NDArray[np.int64]:
        """Texts of this form as øre."""
        plus = "+" if self.sign_behind or texts.starting("+").any() else ""
        digits = texts.integers(without=f".,{plus}-" if self.sign_behind else f".,{plus}")
        if self.sign_behind:
            digits = np.where(texts.ending("-"), -digits, digits)
        return digits * self.scale


_FORMS = (
    _Form(shape=rf"[+-]?{_WHOLE}\MARK[0-9]{{2}}"),
    _Form(shape=rf"{_WHOLE}\MARK[0-9]{{2}}[+-]", sign_behind=True),
    _Form(shape=rf"[+-]?{_WHOLE}", scale=ORE_PER_KRONE),
)


@dataclass(frozen=True, kw_only=True)
class StyleChoice:
    """The number style of a file, and why."""

    style: NumberStyle
    because: str  #: reason key
    sure: bool = True
    example: str = ""


def read_amount(cell: Cell, style: NumberStyle) -> int:
    """Read one cell as øre.

    Raises:
        AmountError: blank, a letter, a date, wrong grouping, part of an øre.
    """
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise AmountError("not a number")
    ore = parse_amount(plain_amount(cell), style) if isinstance(cell, str) else ore_from_number(cell)
    if abs(ore) > LARGEST_ORE:
        raise AmountError("larger than any amount of an office")
    return ore


def read_amounts(cells: Sequence[Cell], style: NumberStyle) -> OreColumn:
    """Read a column as øre; None for each cell that is no amount. Equal texts are read once."""
    if not isinstance(cells, TextColumn) and set(map(type, cells)) == {str}:
        cells = TextColumn.of(map(str, cells))
    if isinstance(cells, TextColumn):
        return _read_texts(cells.stripped(), style)
    quick = _read_numbers(cells)
    if quick is not None:
        return quick
    known: dict[Cell, int | None] = {}
    for cell in cells:
        if cell not in known and not isinstance(cell, bool):
            known[cell] = amount_or_none(cell, style)
    # True equals 1.0 as a key; a check mark is no amount all the same.
    return OreColumn.of([None if isinstance(cell, bool) else known[cell] for cell in cells])


def _read_texts(texts: TextColumn, style: NumberStyle) -> OreColumn:
    """Most rows by the usual forms, all of a form at once; what is left, text by text."""
    ore = np.zeros(len(texts), dtype=np.int64)
    known = np.zeros(len(texts), dtype=np.bool_)
    left = np.arange(len(texts), dtype=np.int64)
    for form in _FORMS:
        if not len(left):
            break
        cells = texts.taken(left)
        fits = cells.matches(form.pattern(style))
        rows = left[fits]
        ore[rows], known[rows] = form.read(cells.where(fits)), True
        left = left[~fits]
    words, codes = texts.taken(left).coded()
    singles = OreColumn.of([amount_or_none(word, style) for word in words])
    if words:
        ore[left], known[left] = singles.ore[codes], singles.known[codes]
    known &= np.abs(ore) <= LARGEST_ORE
    return OreColumn(ore=np.where(known, ore, 0), known=known)


def _read_numbers(cells: Sequence[Cell]) -> OreColumn | None:
    """A whole column of workbook numbers in one pass; None when one is no number, or its øre is in doubt."""
    if set(map(type, cells)) != {float}:
        return None
    ore = np.array(cells, dtype=np.float64) * ORE_PER_KRONE
    nearest = np.rint(ore)
    if not (np.abs(ore) < LARGEST_QUICK_ORE).all() or (np.abs(ore - nearest) > QUICK_SLACK).any():
        return None
    return OreColumn(ore=nearest.astype(np.int64), known=np.ones(len(ore), dtype=np.bool_))


def amount_or_none(cell: Cell, style: NumberStyle) -> int | None:
    """Read one cell as øre; None when it is no amount."""
    try:
        return read_amount(cell, style)
    except AmountError:
        return None


def plain_amount(text: str) -> str:
    """The amount without its currency mark, and `1.250,-` as whole kroner."""
    return _ROUND.sub("", _MARK.sub("", text.strip()).strip())


def looks_like_amount(cell: Cell) -> bool:
    """Whether either style reads the cell as an amount."""
    if isinstance(cell, str):
        return _is_amount_text(cell)
    return any(amount_or_none(cell, style) is not None for style in NumberStyle)


@lru_cache(maxsize=4096)  # the first rows of a file are looked at from several sides
def _is_amount_text(text: str) -> bool:
    return any(amount_or_none(text, style) is not None for style in NumberStyle)


def choose_style(columns: Iterable[Sequence[Cell]]) -> StyleChoice:
    """Find the one number style of a file's amount columns, from the texts that only one style reads."""
    columns = list(columns)
    unique, decisive = _marked_texts([column[:: 1 + len(column) // MOST_LOOKED_AT] for column in columns])
    if not decisive:
        unique, decisive = _marked_texts(columns)
    witness: dict[NumberStyle, list[str]] = {style: [] for style in NumberStyle}
    for text in decisive[:: max(1, len(decisive) // MOST_WITNESSES)]:
        for style in NumberStyle:
            if _only_in(text, style):
                witness[style].append(text)
    comma, point = witness[NumberStyle.COMMA], witness[NumberStyle.POINT]
    if len(comma) != len(point):
        style = NumberStyle.COMMA if len(comma) > len(point) else NumberStyle.POINT
        return StyleChoice(style=style, because=f"number_style.{style}", example=witness[style][0])
    either = [text for text in unique if _EITHER.fullmatch(text)]
    if not either and not comma:
        return StyleChoice(style=NumberStyle.COMMA, because="number_style.whole")
    likely = NumberStyle.COMMA if all("." in text for text in either) else NumberStyle.POINT
    return StyleChoice(
        style=likely, because="number_style.undecided", sure=False, example=(either or comma)[0]
    )


def _marked_texts(columns: Iterable[Sequence[Cell]]) -> tuple[list[str], list[str]]:
    """The different texts that hold a point or a comma, and those of them that are not read either way."""
    texts = [
        column if isinstance(column, TextColumn) else TextColumn.of(c for c in column if isinstance(c, str))
        for column in columns
    ]
    found = TextColumn.chained(texts).unique()
    unique = [_bare(text) for text in found.where(found.matches("[.,]"))]
    return unique, [text for text in unique if not _EITHER.fullmatch(text)]


def _only_in(text: str, style: NumberStyle) -> bool:
    other = NumberStyle.POINT if style is NumberStyle.COMMA else NumberStyle.COMMA
    return amount_or_none(text, style) is not None and amount_or_none(text, other) is None


def _bare(text: str) -> str:
    """The text without marks and spaces; most have none."""
    if _DIGITS.fullmatch(text):
        return text
    return _SPACES.sub("", plain_amount(text))
