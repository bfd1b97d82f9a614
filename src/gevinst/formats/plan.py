"""Plan: what each column of a table is, found out by a layout, by a person, or by detection."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gevinst.domain.finding import Finding
from gevinst.domain.money import NumberStyle
from gevinst.domain.source import Assumption
from gevinst.formats.dates import DateOrder

#: Between the choices in an assumption's fact `alternatives`.
ALTERNATIVE_MARK = " | "

#: Between the two columns of one amount, such as "Debet / Kredit".
PAIR_MARK = " / "


class Role(StrEnum):
    """What a column is."""

    DATE = "date"  #: booking date
    VALUE_DATE = "value_date"
    AMOUNT = "amount"
    DEBIT = "debit"
    CREDIT = "credit"
    INDICATOR = "indicator"  #: says debit or credit beside an amount without sign
    BALANCE = "balance"
    TEXT = "text"
    REFERENCE = "reference"
    ID = "id"
    COUNTERPARTY = "counterparty"
    DOCUMENT = "document"
    POSITION = "position"
    CURRENCY = "currency"
    ACCOUNT = "account"
    STATUS = "status"


#: Keys of a mapping that name no column.
OPTIONS = frozenset({"date_order", "number_style", "sign", "sheet", "encoding", "separator"})


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the columns of one table are, and how their cells are written."""

    columns: Mapping[Role, int]  #: column from 0
    date_order: DateOrder
    number_style: NumberStyle
    reversed_sign: bool = False  #: the file shows money out as positive
    turned_balance: bool = False  #: the file's balances have the opposite sign too
    indicator: Mapping[str, int] = field(
        default_factory=dict
    )  #: folded value of the indicator column → 1 or -1
    newest_first: bool = False
    balance_proved: bool = False  #: the running balance fits the amounts in most rows
    short_rows: bool = False  #: the file leaves out empty fields at the end of a row
    document_with_position: bool = False  #: ids are always document-position
    layout: str = "detected"
    account: str = ""
    currency: str = ""
    skip: tuple[tuple[int, str], ...] = ()  #: (column, start of text) of rows that are no movements
    assumptions: tuple[Assumption, ...] = ()
    findings: tuple[Finding, ...] = ()

    def has(self, role: Role) -> bool:
        """Whether a column was found for the role."""
        return role in self.columns


def assume(
    *, subject: str, taken: str, because: str, facts: Mapping[str, str | int] | None = None, sure: bool = True
) -> Assumption:
    """An assumption whose reason is the catalogue's `assumption.<because>`."""
    return Assumption(
        subject=subject, taken=taken, because=f"assumption.{because}", facts=dict(facts or {}), sure=sure
    )
