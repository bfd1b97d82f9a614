"""Debtor control: the debtor subledger's postings against its control accounts in the general ledger.

They must agree for each account, document by document. A posting that only the control account has was made
past the subledger; one that only the subledger has never reached the general ledger.
"""

import pandas as pd

from gevinst.domain.document_match import (
    AGREED,
    DIFFERENCE_COLUMNS,
    DocumentMatch,
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

SUBLEDGER, CONTROL = "subledger", "control"


class Settings(FlowSettings):
    """The robot's [settings]."""

    accounts: tuple[str, ...] = ()  #: the control accounts; () takes every account of the two files


def _columns(*more: SourceColumn) -> tuple[SourceColumn, ...]:
    return (
        SourceColumn(key="account", headings=("Samlekonto", "Artskonto", "Konto"), filled=True),
        SourceColumn(key="document", headings=("Bilagsnummer", "Bilag", "Bilagsnr")),
        SourceColumn(
            key="day", kind=ColumnKind.DAY, headings=("Bogføringsdato", "Dato", "Bogf.dato"), filled=True
        ),
        SourceColumn(key="amount", kind=ColumnKind.AMOUNT, headings=("Beløb",), filled=True),
        *more,
    )


SUBLEDGER_SHAPE = SourceShape(
    columns=_columns(SourceColumn(key="debtor", headings=("Debitor", "Debitorkonto", "Aftale"))),
    skip=("i alt", "total", "sum"),
)
CONTROL_SHAPE = SourceShape(
    columns=_columns(SourceColumn(key="text", headings=("Tekst", "Posteringstekst"), required=False)),
    skip=("i alt", "total", "sum"),
)
_SIDES = (
    Column(key="subledger", kind=ColumnKind.AMOUNT),
    Column(key="control_account", kind=ColumnKind.AMOUNT),
    Column(key="off_by", kind=ColumnKind.AMOUNT),
)
ACCOUNT_COLUMNS = (
    Column(key="summary_account"),
    *_SIDES,
    Column(key="documents_off", kind=ColumnKind.COUNT),
)
LEFT_OUT_COLUMNS = (
    Column(key="summary_account"),
    Column(key="document"),
    Column(key="day", kind=ColumnKind.DAY),
    Column(key="amount", kind=ColumnKind.AMOUNT),
)


def work_out(given: FlowInput) -> FlowResult:
    """Compare account by account and document by document; each difference is a case."""
    settings: Settings = given.settings
    tables = [
        given.tables[name].rename(columns={"account": "summary_account"}) for name in (SUBLEDGER, CONTROL)
    ]
    (left, left_aside), (right, right_aside) = (_split(one, settings.accounts) for one in tables)
    match = compare_documents(left, right, ["summary_account", "document"])
    accounts = _accounts(match)
    agreed = match.left[match.left["kind"].isin(AGREED)]
    aside = pd.concat([left_aside, right_aside], ignore_index=True)
    return FlowResult(
        conclusion="debtor_control",
        facts={
            "accounts": len(accounts),
            "agreed": int((accounts["off_by"] == 0).sum()),
            "open": len(match.differences),
            "difference": total(match.differences, "off_by"),
        },
        controls=match_controls(tables, match, aside, difference=total(accounts, "off_by")),
        tables=(
            ResultTable(
                key="control_accounts",
                columns=ACCOUNT_COLUMNS,
                rows=accounts,
                summed=("subledger", "control_account", "off_by"),
            ),
            difference_table(match, (Column(key="summary_account"), *DIFFERENCE_COLUMNS)),
            list_of("other_accounts", LEFT_OUT_COLUMNS, aside, summed=("amount",)),
        ),
        cases=tuple(
            difference_cases(
                match,
                ("summary_account", "document"),
                given.as_of,
                document="document",
                account="summary_account",
            )
        ),
        done={"posting": list(joined_keys(agreed, ("summary_account", "document", "day", "amount")))},
    )


def _split(rows: pd.DataFrame, accounts: tuple[str, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    ours = rows["summary_account"].isin(accounts) if accounts else pd.Series(data=True, index=rows.index)
    return rows[ours], rows[~ours]


def _accounts(match: DocumentMatch) -> pd.DataFrame:
    """Sums of both sides for each account, and how many documents differ."""
    sums = pd.DataFrame(
        {
            "subledger": match.left.groupby("summary_account")["amount"].sum(),
            "control_account": match.right.groupby("summary_account")["amount"].sum(),
            "documents_off": match.differences.groupby("summary_account").size(),
        }
    )
    sums = sums.fillna(0).astype("Int64")
    sums["off_by"] = sums["subledger"] - sums["control_account"]
    return sums.rename_axis("summary_account").reset_index()


FLOW = Flow(
    id="debtor_control",
    sources={SUBLEDGER: SUBLEDGER_SHAPE, CONTROL: CONTROL_SHAPE},
    settings=Settings,
    work_out=work_out,
)
