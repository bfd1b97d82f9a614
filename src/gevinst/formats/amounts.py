"""Amounts of a column: the number style by evidence, and strict reading as øre."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gevinst.domain.money import ORE_PER_KRONE, AmountError, NumberStyle, ore_from_number, parse_amount
from gevinst.formats.grid import Cell

# Ten thousand billion kroner. Longer digit strings are account numbers and references.
LARGEST_ORE = 10**15
# Below this a float holds an øre to a hundred thousandth, so rounding a whole column at once is exact.
LARGEST_QUICK_ORE = 1e11
QUICK_SLACK = 5e-5
_PLAIN = {
    NumberStyle.COMMA: re.compile(r"(?:[-+]?(?>\d{1,3}(?:\.\d{3})+|\d+),\d\d(?:\n(?=.)|\Z))+"),
    NumberStyle.POINT: re.compile(r"(?:[-+]?(?>\d{1,3}(?:,\d{3})+|\d+)\.\d\d(?:\n(?=.)|\Z))+"),
}
# Kroner may be written beside the number; another currency there is a finding, since it is no longer kroner.
_MARK = re.compile(r"^(?:dkk|kr\.?)\s*(?=[-+\u2212\d(.,])|(?<=[\d)+\u2212-])\s*(?:dkk|kr\.?)$", re.IGNORECASE)
_ROUND = re.compile(r"(?<=\d),-$")
_SPACES = re.compile("[ \u00a0\u2007\u2009\u202f']")
# One mark with exactly three digits behind can be thousands or decimals.
_EITHER = re.compile(r"[-+(]*[1-9]\d{0,2}[.,]\d{3}[-+)]*")
_DIGITS = re.compile(r"-?[\d.,]+")
MOST_WITNESSES = 1000
MOST_LOOKED_AT = 10_000


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


def read_amounts(cells: Sequence[Cell], style: NumberStyle) -> list[int | None]:
    """Read a column as øre; None for each cell that is no amount. Equal texts are read once."""
    quick = _read_numbers(cells) or _read_plain_texts(cells, style)
    if quick is not None:
        return list(quick)
    known: dict[Cell, int | None] = {}
    for cell in cells:
        if cell not in known and not isinstance(cell, bool):
            known[cell] = amount_or_none(cell, style)
    # True equals 1.0 as a key; a check mark is no amount all the same.
    return [None if isinstance(cell, bool) else known[cell] for cell in cells]


def _read_plain_texts(cells: Sequence[Cell], style: NumberStyle) -> Sequence[int | None] | None:
    """A whole column of plainest texts in one pass; None when one cell is not so. Blanks are None."""
    texts = [cell.strip() for cell in cells if isinstance(cell, str)]
    filled = "\n".join(text for text in texts if text)
    if len(texts) < len(cells) or not _PLAIN[style].fullmatch(filled):
        return None
    values = list(map(int, filled.replace(".", "").replace(",", "").split("\n")))
    blanks = texts.count("")
    if len(values) + blanks != len(cells) or max(map(abs, values)) > LARGEST_ORE:
        return None
    following = iter(values)
    return [next(following) if text else None for text in texts] if blanks else values


def _read_numbers(cells: Sequence[Cell]) -> Sequence[int] | None:
    """A whole column of workbook numbers in one pass; None when one is no number, or its øre is in doubt."""
    if not cells or any(type(cell) is not float for cell in cells):
        return None
    ore = np.array(cells, dtype=np.float64) * ORE_PER_KRONE
    nearest = np.rint(ore)
    if not (np.abs(ore) < LARGEST_QUICK_ORE).all() or (np.abs(ore - nearest) > QUICK_SLACK).any():
        return None
    return [int(value) for value in nearest]


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
    return any(amount_or_none(cell, style) is not None for style in NumberStyle)


def choose_style(columns: Iterable[Sequence[Cell]]) -> StyleChoice:
    """Find the one number style of a file's amount columns, from the texts that only one style reads."""
    texts = dict.fromkeys(cell for column in columns for cell in column if isinstance(cell, str))
    marked = [text for text in texts if "." in text or "," in text]
    unique = [_bare(text) for text in marked[:: max(1, len(marked) // MOST_LOOKED_AT)]]
    decisive = [text for text in unique if not _EITHER.fullmatch(text)]
    if not decisive and len(unique) < len(marked):
        unique = [_bare(text) for text in marked]
        decisive = [text for text in unique if not _EITHER.fullmatch(text)]
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


def _only_in(text: str, style: NumberStyle) -> bool:
    other = NumberStyle.POINT if style is NumberStyle.COMMA else NumberStyle.COMMA
    return amount_or_none(text, style) is not None and amount_or_none(text, other) is None


def _bare(text: str) -> str:
    """The text without marks and spaces; most have none."""
    if _DIGITS.fullmatch(text):
        return text
    return _SPACES.sub("", plain_amount(text))
