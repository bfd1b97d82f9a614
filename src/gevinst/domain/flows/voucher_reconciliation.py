"""Voucher reconciliation (F4, bilagsafstemning): a list of vouchers against the postings of an account.

A voucher agrees when the ledger has its number, day and amount, or when its postings have its sum. All
else is on the list of differences, with both sides and the kind of difference.
"""

import pandas as pd

from gevinst.domain.document_match import (
    AGREED,
    DIFFERENCE_COLUMNS,
    compare_documents,
    difference_cases,
    difference_table,
    match_controls,
)
from gevinst.domain.flow import (
    Column,
    ColumnKind,
    Flow,
    FlowInput,
    FlowResult,
    ResultTable,
    SourceColumn,
    SourceShape,
)
from gevinst.domain.flow_rows import joined_keys, list_of, total
from gevinst.domain.flow_settings import FlowSettings

VOUCHERS, LEDGER = "vouchers", "ledger"


class Settings(FlowSettings):
    """The robot's [settings]."""

    skip_kinds: tuple[str, ...] = ("ZF",)  #: voucher types that are not compared
    account: str = ""  #: only postings on this account, where the ledger names accounts; "" takes all


_DOCUMENT = SourceColumn(key="document", headings=("Bilagsnummer", "Bilag", "Bilagsnr"), filled=True)
_KIND = SourceColumn(key="kind_of", headings=("Bilagsart", "BilArt"), required=False)
_DAY = SourceColumn(
    key="day", kind=ColumnKind.DAY, headings=("Bogføringsdato", "Dato", "Bogf.dato"), filled=True
)
_AMOUNT = SourceColumn(key="amount", kind=ColumnKind.AMOUNT, headings=("Beløb",), filled=True)
_TEXT = SourceColumn(key="text", headings=("Tekst", "Posteringstekst"), required=False)
VOUCHER_SHAPE = SourceShape(
    columns=(
        _DOCUMENT,
        SourceColumn(key="kind_of", headings=("Bilagsart", "BilArt")),
        _DAY,
        _AMOUNT,
        _TEXT,
        SourceColumn(key="agreement", headings=("AI", "Aftale"), required=False),
    ),
    skip=("i alt", "total"),
)
LEDGER_SHAPE = SourceShape(
    columns=(
        _DOCUMENT,
        _KIND,
        _DAY,
        _AMOUNT,
        _TEXT,
        SourceColumn(key="account", headings=("Artskonto", "Konto"), required=False),
    ),
    skip=("i alt", "total", "sum"),
)
ROW_COLUMNS = (
    Column(key="document"),
    Column(key="voucher_kind"),
    Column(key="day", kind=ColumnKind.DAY),
    Column(key="amount", kind=ColumnKind.AMOUNT),
    Column(key="row_text", personal=True),
)


def work_out(given: FlowInput) -> FlowResult:
    """Compare the vouchers with the postings; each difference is a case."""
    settings: Settings = given.settings
    vouchers, ledger = given.tables[VOUCHERS], given.tables[LEDGER]
    skipped = vouchers["kind_of"].isin(("", *settings.skip_kinds))
    other = ledger["kind_of"].isin(settings.skip_kinds)
    if settings.account:
        other |= ~ledger["account"].isin(("", settings.account))
    match = compare_documents(vouchers[~skipped], ledger[~other], ["document"])
    agreed = match.left[match.left["kind"].isin(AGREED)]
    left_out = pd.concat([vouchers[skipped], ledger[other]], ignore_index=True)
    return FlowResult(
        conclusion="voucher_reconciliation",
        facts={
            "agreed": len(agreed),
            "amount": total(agreed),
            "open": len(match.differences),
            "difference": total(match.differences, "off_by"),
        },
        controls=match_controls(
            (vouchers, ledger), match, left_out, difference=total(match.left) - total(match.right)
        ),
        tables=(
            difference_table(match, DIFFERENCE_COLUMNS),
            _rows_table("agreed_vouchers", agreed),
            _rows_table("not_compared", left_out),
        ),
        cases=tuple(difference_cases(match, ("document",), given.as_of, document="document")),
        done={"voucher": list(joined_keys(agreed, ("document", "day", "amount")))},
    )


def _rows_table(key: str, rows: pd.DataFrame) -> ResultTable:
    shown = rows.rename(columns={"kind_of": "voucher_kind", "text": "row_text"})
    return list_of(key, ROW_COLUMNS, shown, summed=("amount",))


FLOW = Flow(
    id="voucher_reconciliation",
    sources={VOUCHERS: VOUCHER_SHAPE, LEDGER: LEDGER_SHAPE},
    settings=Settings,
    work_out=work_out,
)
