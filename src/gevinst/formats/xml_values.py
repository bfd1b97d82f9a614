"""Values as XML schemas write them: a decimal point, no grouping, ISO days."""

import re
from datetime import date
from decimal import Decimal

from gevinst.domain.money import ORE_PER_KRONE, AmountError
from gevinst.formats.amounts import LARGEST_ORE

_DECIMAL = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?")
_DAY = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2}|T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_COMPACT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
# A quantity or a price with more digits than this is no quantity and no price.
MOST_DIGITS = 30


class TooLargeError(AmountError):
    """An amount larger than any of an office, so that sums would not be exact."""


def exact_ore(text: str) -> int:
    """Read an xs:decimal as øre.

    Raises:
        TooLargeError: ten thousand billion kroner or more.
        AmountError: blank, no decimal, or a part of an øre.
    """
    found = _DECIMAL.fullmatch(text)
    if found is None or not (found[2] or found[3]):
        raise AmountError("not an xs:decimal")
    decimals = found[3] or ""
    if decimals[2:].strip("0"):
        raise AmountError("more than two decimals")
    if len(found[2].lstrip("0")) > len(str(LARGEST_ORE)):
        raise TooLargeError("larger than any amount of an office")
    ore = int(found[2] or 0) * ORE_PER_KRONE + int(decimals[:2].ljust(2, "0"))
    if ore > LARGEST_ORE:
        raise TooLargeError("larger than any amount of an office")
    return -ore if found[1] == "-" else ore


def exact_number(text: str) -> Decimal:
    """Read an xs:decimal as it stands: a quantity, a price or a percentage.

    Raises:
        AmountError: blank or no decimal, or longer than `MOST_DIGITS`.
    """
    found = _DECIMAL.fullmatch(text)
    if found is None or not (found[2] or found[3]) or len(text) > MOST_DIGITS:
        raise AmountError("not an xs:decimal")
    return Decimal(text)


def iso_date(text: str) -> date | None:
    """The day of an xs:date or xs:dateTime as written, without its zone; None when there is no such day."""
    found = _DAY.fullmatch(text)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def compact_date(text: str) -> date | None:
    """The day of UN/CEFACT format 102, YYYYMMDD; None when there is no such day."""
    found = _COMPACT_DAY.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
