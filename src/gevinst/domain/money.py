"""Money as integer øre, and the one parser of amounts.

The parser reads an amount by a declared number style and refuses what it does not know: a blank is not 0,
`1.234,5O` has a letter, and `1.234` is one thousand two hundred only where the style says so.
"""

import re
from decimal import Decimal
from enum import StrEnum

ORE_PER_KRONE = 100
# A workbook stores numbers as floats with 15 significant digits; above this an øre is no longer certain.
LARGEST_FLOAT_KRONER = 10_000_000_000_000
FLOAT_ORE_SLACK = Decimal("0.0001")

# Spaces that exports use between thousands, and the minus signs that are not a hyphen.
_SPACES = re.compile("[ \u00a0\u2007\u2009\u202f']")
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})
_SIGNED = re.compile(r"(?P<lead>[+-])?(?P<body>\d[\d.,]*|[.,]\d+)(?P<trail>[+-])?")
_BODIES = {
    ",": re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d{1,})?"),
    ".": re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d{1,})?"),
}


class NumberStyle(StrEnum):
    """How an amount is written."""

    COMMA = "comma"  #: Danish: 1.234,56
    POINT = "point"  #: ISO 20022, English: 1,234.56


class AmountError(ValueError):
    """A text that is no amount in the declared style. The message holds no input text."""


def parse_amount(text: str, style: NumberStyle = NumberStyle.COMMA) -> int:
    """Read one amount as øre.

    Takes a minus in front, behind (SAP), as U+2212, or as brackets; thousands by the style's mark, a space or
    a no-break space; at most two decimals that count (further zeros are accepted).

    Raises:
        AmountError: blank, a letter, wrong grouping, part of an øre.
    """
    sign, whole, decimals = _parts(text, style)
    if decimals[2:].strip("0"):
        raise AmountError("more than two decimals")
    ore = int(whole) * ORE_PER_KRONE + int(decimals[:2].ljust(2, "0"))
    return -ore if sign else ore


def parse_number(text: str, style: NumberStyle = NumberStyle.COMMA) -> Decimal:
    """Read a number, written as an amount, with any count of decimals: a rate, a quantity, hours.

    Raises:
        AmountError: blank, a letter, wrong grouping.
    """
    sign, whole, decimals = _parts(text, style)
    return Decimal(f"{sign}{whole}.{decimals}")


def _parts(text: str, style: NumberStyle) -> tuple[str, str, str]:
    """The minus or "", the digits before the mark, at least one, and those behind it."""
    cleaned = _SPACES.sub("", text.strip()).translate(_MINUS)
    bracketed = cleaned.startswith("(") and cleaned.endswith(")")
    if bracketed:
        cleaned = cleaned[1:-1]
    found = _SIGNED.fullmatch(cleaned)
    mark, group = (",", ".") if style is NumberStyle.COMMA else (".", ",")
    if not found or (found["lead"] and found["trail"]) or not _BODIES[mark].fullmatch(found["body"]):
        raise AmountError("not an amount in this number style")
    negative = bracketed or "-" in (found["lead"], found["trail"])
    whole, _, decimals = found["body"].replace(group, "").partition(mark)
    return "-" if negative else "", whole or "0", decimals


def ore_from_number(value: float | Decimal) -> int:
    """Read a workbook's number as øre.

    Raises:
        AmountError: not finite, so large that the øre is not certain, or a part of an øre beyond float noise.
    """
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or abs(number) >= LARGEST_FLOAT_KRONER:
        raise AmountError("the number is too large to be exact")
    ore = number * ORE_PER_KRONE
    nearest = int(ore.to_integral_value())
    if abs(ore - nearest) > FLOAT_ORE_SLACK:
        raise AmountError("more than two decimals")
    return nearest


def kroner(ore: int) -> Decimal:
    """The amount in kroner, two decimals."""
    return Decimal(ore).scaleb(-2)


def kroner_text(ore: int, mark: str) -> str:
    """Kroner with two decimals and no thousands; several times as fast as by way of Decimal."""
    whole, part = divmod(abs(ore), ORE_PER_KRONE)
    return f"{'-' if ore < 0 else ''}{whole}{mark}{part:02}"
