"""Which currency the amounts of a table are in, by its headers, its lines above, or the office's own."""

import re

from gevinst.domain.source import Assumption
from gevinst.formats.grid import cell_text
from gevinst.formats.plan import Role, assume
from gevinst.formats.table import Table

OFFICE_CURRENCY = "DKK"
CODES = "DKK|EUR|USD|SEK|NOK|GBP|CHF|PLN|ISK|JPY"
_CODE = re.compile(rf"(?<![A-Za-z])({CODES})(?![A-Za-z])")
_ABOVE = re.compile(rf"\b(?:valuta|currency|ccy|møntsort)\b\W*({CODES})\b", re.IGNORECASE)
# Words that say that an amount is in the account's or the company's own currency, whatever the voucher's is.
_OWN = re.compile(
    r"\b(?:dkk|kr|hv|hw|lcy)\b|\(rv\)|lokal|local|loc\.cur|egen valuta|kontovaluta|account|co-område"
    r"|standardvaluta|regnskabsvaluta|firmakode|company code|hauswährung|\bint(?:ern|\.) valuta",
    re.IGNORECASE,
)
KRONER = frozenset({"KR", "KR.", "DKR", "DKR.", "KRONER"})


def currency_code(text: str) -> str:
    """A currency cell as its code: `dkk` and `kr.` are DKK."""
    code = text.upper()
    return OFFICE_CURRENCY if code in KRONER else code


def is_own_currency(name: str) -> bool:
    """Whether a header says that its amounts are in the office's own currency."""
    return _OWN.search(name) is not None


def currency_of(table: Table, columns: dict[Role, int]) -> tuple[str, Assumption]:
    """The one currency of a table that has no currency column for its amounts."""
    named = [table.names[columns[role]] for role in (Role.AMOUNT, Role.DEBIT, Role.CREDIT) if role in columns]
    for name in named:
        if found := _CODE.search(name):
            return found[1], _reason(found[1], "currency.header")
        if is_own_currency(name):
            return OFFICE_CURRENCY, _reason(OFFICE_CURRENCY, "currency.header")
    for row in table.grid.rows[: table.first if table.header is None else table.header]:
        if found := _ABOVE.search(" ".join(cell_text(cell) for cell in row)):
            return found[1].upper(), _reason(found[1].upper(), "currency.title")
    return OFFICE_CURRENCY, _reason(OFFICE_CURRENCY, "currency.office")


def _reason(code: str, because: str) -> Assumption:
    return assume(subject="currency", taken=code, because=because, facts={"currency": code})
