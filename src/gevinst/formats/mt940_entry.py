"""One :61: of an MT940 file as values.

The grammar and the sign of the mark are mt-940's, with all its options on: without them a reversed credit
(RC) comes out as money in. Its dates are not used: it moves 30 February to the month's last day unsaid.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import InvalidOperation
from functools import lru_cache

from mt940 import Options, models, tags

from gevinst.domain.money import AmountError, ore_from_number
from gevinst.formats.bookings import real_reference
from gevinst.formats.dates import DateOrder, read_date
from gevinst.formats.mt940_details import Details, details_of, one_line
from gevinst.formats.mt940_fields import Field

# The usual form; that of banks whose reference is longer than 16 places; and ASN's, with an IBAN there.
USUAL, LONG, ASN = tags.Statement(), tags.StatementGLS(), tags.StatementASNB()
OPTIONS = Options.all()
BOOKED = frozenset({"C", "D", "RC", "RD"})
EXPECTED = frozenset({"EC", "ED"})  # announced, not booked
NO_DAY = frozenset({"", "0000"})
SHOWN = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One :61:."""

    line: int
    mark: str  #: C, D, RC, RD, EC, ED; "" when the entry cannot be read
    value_date: date | None
    booked: date | None  #: the entry date, else the value date; None when either does not exist
    amount: int | None  #: øre with sign
    customer_reference: str
    bank_reference: str
    extra: str
    raw: str
    shown: str  #: its beginning: date, mark and amount, and no name


def entry_of(field: Field) -> Entry:
    """Read one :61:."""
    parts = _parts(field)
    mark = (parts.get("status") or "").upper()
    value_date, booked = _days(
        _joined(parts, "year", "month", "day"), _joined(parts, "entry_month", "entry_day")
    )
    return Entry(
        line=field.line,
        mark=mark if mark in BOOKED | EXPECTED else "",
        value_date=value_date,
        booked=booked,
        amount=_amount(parts.get("amount") or "", mark),
        customer_reference=real_reference(parts.get("customer_reference") or ""),
        bank_reference=real_reference(parts.get("bank_reference") or ""),
        extra=one_line(parts.get("extra_details") or ""),
        raw="\n".join(line.rstrip() for line in field.lines),
        shown=field.first[:SHOWN],
    )


def _parts(field: Field) -> Mapping[str, str | None]:
    """The parts of an entry by the first grammar that it fits; empty when it fits none."""
    head, rest = field.lines[0].rstrip(), one_line(" ".join(field.lines[1:]))
    value = (f"{head}\n{rest}" if rest else head).lstrip()
    # Without a // what follows the 16th place is a name; with one it is more of the reference.
    grammars = (LONG, USUAL, ASN) if "//" in head else (USUAL, LONG, ASN)
    matches = (grammar.re.match(value) for grammar in grammars)
    return next((found.groupdict() for found in matches if found), {})


@lru_cache(maxsize=4096)
def _days(value: str, entered: str) -> tuple[date | None, date | None]:
    """Value date and booking day. The entry date has no year: it is in the year nearest the value date."""
    value_date = read_date(value, DateOrder.YMD)
    if value_date is None or entered in NO_DAY:
        return value_date, value_date
    years = (value_date.year - 1, value_date.year, value_date.year + 1)
    days = [read_date(f"{year}-{entered[:2]}-{entered[2:]}", DateOrder.YMD) for year in years]
    nearest = min((day for day in days if day), key=lambda day: abs((day - value_date).days), default=None)
    return value_date, nearest


def _joined(parts: Mapping[str, str | None], *names: str) -> str:
    return "".join(parts.get(name) or "" for name in names).strip()


def _amount(text: str, mark: str) -> int | None:
    try:
        return signed_ore(text, mark)
    except AmountError:
        return None


def signed_ore(text: str, mark: str) -> int:
    """An amount with a comma as øre, its sign by the mark: D and RC are money out.

    Raises:
        AmountError: not an amount, too large, or a part of an øre.
    """
    try:
        value = models.Amount(text, mark, options=OPTIONS).amount
    except InvalidOperation as error:
        raise AmountError("not an amount") from error
    return ore_from_number(value)


def details_of_fields(fields: Sequence[Field]) -> tuple[Details, str]:
    """What the fields after an entry say, and how they stood: its :86:, else its :NS:."""
    lines = [line for field in fields if field.tag == "86" for line in field.lines]
    if lines:
        return details_of(lines), "\n".join(line.rstrip() for line in lines)
    own = [line for field in fields if field.tag == "NS" for line in field.lines]
    text = one_line(" ".join(re.sub(r"^\d{2}", "", line) for line in own))
    return Details(text=text), "\n".join(line.rstrip() for line in own)
