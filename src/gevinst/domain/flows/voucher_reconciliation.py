"""Voucher reconciliation (F4, bilagsafstemning): a list of vouchers against the postings of an account.

A voucher agrees when the ledger has its number, day and amount, or when its postings have its sum. All
else is on the list of differences, with both sides and the kind of difference.
"""

import pandas as pd

from gevinst.domain.document_match import (
    AGREED,
    DocumentMatch,
    compare_documents,
    difference_cases,
    difference_table,
)
from gevinst.domain.flow import (
    PLACE_COLUMNS,
    Column,
    ColumnKind,
    Control,
    Flow,
    FlowInput,
    FlowResult,
    ResultTable,
    SourceColumn,
    SourceShape,
)
from gevinst.domain.flow_rows import joined_keys, total
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
DIFFERENCE_COLUMNS = (
    Column(key="document"),
    Column(key="difference_kind", worded=True),
    Column(key="day_left", kind=ColumnKind.DAY),
    Column(key="amount_left", kind=ColumnKind.AMOUNT),
    Column(key="day_right", kind=ColumnKind.DAY),
    Column(key="amount_right", kind=ColumnKind.AMOUNT),
    Column(key="off_by", kind=ColumnKind.AMOUNT),
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
        controls=_controls(given, match, left_out),
        tables=(
            difference_table(match, DIFFERENCE_COLUMNS),
            _rows_table("agreed_vouchers", agreed),
            _rows_table("not_compared", left_out),
        ),
        cases=tuple(difference_cases(match, ("document",), given.as_of, document="document")),
        done={"voucher": list(joined_keys(agreed, ("document", "day", "amount")))},
    )


def _controls(given: FlowInput, match: DocumentMatch, left_out: pd.DataFrame) -> tuple[Control, ...]:
    read = sum(len(given.tables[name]) for name in (VOUCHERS, LEDGER))
    in_file = sum(total(given.tables[name]) for name in (VOUCHERS, LEDGER))
    kept = (match.left, match.right, left_out)
    return (
        Control(key="rows", expected=read, found=sum(map(len, kept)), is_amount=False),
        Control(key="sum", expected=in_file, found=sum(map(total, kept))),
        Control(
            key="differences_listed",
            expected=total(match.left) - total(match.right),
            found=total(match.differences, "off_by"),
        ),
    )


def _rows_table(key: str, rows: pd.DataFrame) -> ResultTable:
    shown = rows.rename(columns={"kind_of": "voucher_kind", "text": "row_text"})
    names = [*(one.key for one in ROW_COLUMNS), *PLACE_COLUMNS]
    return ResultTable(key=key, columns=ROW_COLUMNS, rows=shown[names], summed=("amount",))


FLOW = Flow(
    id="voucher_reconciliation",
    sources={VOUCHERS: VOUCHER_SHAPE, LEDGER: LEDGER_SHAPE},
    settings=Settings,
    work_out=work_out,
)
