"""Purchase VAT (købsmoms): what each posting should have had by its code, beside what was posted.

Expected VAT is the net amount times the code's rate, rounded half away from zero to the øre.
"""

from decimal import Decimal

import pandas as pd
from pydantic import Field

from gevinst.domain.flow import (
    Column,
    ColumnKind,
    Control,
    Flow,
    FlowCase,
    FlowInput,
    FlowResult,
    ResultTable,
    SourceColumn,
    SourceShape,
)
from gevinst.domain.flow_rows import place_of, total
from gevinst.domain.flow_settings import FlowSettings

POSTINGS = "postings"
WHOLE = 10_000  # a rate is held in hundredths of a percent


class Settings(FlowSettings):
    """The robot's [settings]."""

    rates: dict[str, Decimal] = Field(
        default={"I25": Decimal(25), "I0": Decimal(0)}, min_length=1
    )  #: percent of the net amount by VAT code
    codes: dict[str, str] = Field(
        default={}
    )  #: the code that an account must have, by the beginning of its number
    rounding: Decimal = Field(default=Decimal("0.50"), ge=0, le=5)  #: kroner that counts as rounding


SHAPE = SourceShape(
    columns=(
        SourceColumn(key="document", headings=("Bilagsnummer", "Bilag"), filled=True),
        SourceColumn(key="day", kind=ColumnKind.DAY, headings=("Bogføringsdato", "Dato"), filled=True),
        SourceColumn(key="account", headings=("Artskonto", "Konto"), filled=True),
        SourceColumn(key="supplier", headings=("Leverandør", "Kreditor", "Kreditornr."), filled=True),
        SourceColumn(key="code", headings=("Momskode", "Moms kode")),
        SourceColumn(
            key="net",
            kind=ColumnKind.AMOUNT,
            headings=("Nettobeløb", "Beløb ekskl. moms", "Beløb uden moms"),
            filled=True,
        ),
        SourceColumn(key="vat", kind=ColumnKind.AMOUNT, headings=("Momsbeløb", "Moms"), filled=True),
    ),
    skip=("i alt", "sum", "total"),
)
AMOUNTS = (
    Column(key="vat_net", kind=ColumnKind.AMOUNT),
    Column(key="vat_expected", kind=ColumnKind.AMOUNT),
    Column(key="vat_posted", kind=ColumnKind.AMOUNT),
    Column(key="vat_difference", kind=ColumnKind.AMOUNT),
)
BY_ACCOUNT = (Column(key="vat_account"), *AMOUNTS)
BY_SUPPLIER = (Column(key="vat_supplier"), *AMOUNTS)
ROUNDED = (Column(key="document"), Column(key="vat_account"), Column(key="vat_supplier"), *AMOUNTS)
_SUMMED = tuple(column.key for column in AMOUNTS)


def work_out(given: FlowInput) -> FlowResult:
    """Give each posting its expected VAT and a verdict; what is wrong is a case for a person."""
    settings: Settings = given.settings
    rows = _judged(given.tables[POSTINGS], settings)
    wrong = rows[~rows["verdict"].isin(("fine", "rounding"))]
    rounded = rows[rows["verdict"] == "rounding"]
    fine = rows[rows["verdict"] == "fine"]
    accounts, suppliers = _by(rows, "vat_account"), _by(rows, "vat_supplier")
    differing = suppliers[suppliers["vat_difference"] != 0]
    parts = (wrong, rounded, fine)
    return FlowResult(
        conclusion="vat_check",
        facts={
            "count": len(rows),
            "wrong": len(wrong),
            "amount": total(rows, "vat_difference"),
            "rounded": len(rounded),
            "rounding": total(rounded, "vat_difference"),
        },
        controls=(
            Control(key="rows", expected=len(rows), found=sum(map(len, parts)), is_amount=False),
            Control(
                key="vat_posted_sum",
                expected=total(given.tables[POSTINGS], "vat"),
                found=total(accounts, "vat_posted"),
            ),
            Control(
                key="vat_bridge",
                expected=total(rows, "vat_posted") - total(rows, "vat_expected"),
                found=total(wrong, "vat_difference") + total(rounded, "vat_difference"),
            ),
        ),
        tables=(
            ResultTable(key="vat_accounts", columns=BY_ACCOUNT, rows=accounts, summed=_SUMMED),
            ResultTable(key="vat_suppliers", columns=BY_SUPPLIER, rows=differing, summed=_SUMMED),
            ResultTable(key="vat_rounded", columns=ROUNDED, rows=rounded, summed=_SUMMED),
        ),
        cases=tuple(_case(row) for row in wrong.to_dict("records")),
        done={"posting": [_key(row) for row in pd.concat([fine, rounded]).to_dict("records")]},
    )


def _judged(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The postings with expected VAT, difference (posted - expected) and verdict."""
    rates = {code.casefold(): int(rate * 100) for code, rate in settings.rates.items()}
    code = rows["code"].str.strip().str.casefold()
    wanted = _wanted(rows["account"], settings.codes)
    rate = code.map(rates)
    by = wanted.map(rates).where(wanted != "", rate).fillna(0).astype("int64")
    expected = _rounded(rows["net"].astype("int64"), by)
    difference = rows["vat"].astype("int64") - expected
    verdict = pd.Series("fine", index=rows.index)
    verdict = verdict.mask(difference != 0, "rounding")
    verdict = verdict.mask(difference.abs() > int(settings.rounding * 100), "vat_differs")
    verdict = verdict.mask((wanted != "") & (wanted != code), "vat_wrong_code")
    verdict = verdict.mask(rate.isna(), "vat_unknown_code")
    named = rows.rename(columns={"account": "vat_account", "supplier": "vat_supplier", "net": "vat_net"})
    return named.assign(
        vat_expected=expected.astype("Int64"),
        vat_posted=rows["vat"],
        vat_difference=difference.astype("Int64"),
        verdict=verdict,
        wanted=wanted,
    )


def _wanted(accounts: pd.Series, codes: dict[str, str]) -> pd.Series:
    """The code that each account must have, by the longest beginning; "" for any."""
    known = sorted(codes, key=len, reverse=True)
    found = {
        account: next((codes[one] for one in known if account.startswith(one)), "")
        for account in accounts.unique()
    }
    return accounts.map(found).astype("str").str.casefold()


def _rounded(net: pd.Series, rate: pd.Series) -> pd.Series:
    size = (net.abs() * rate + WHOLE // 2) // WHOLE
    return size.where(net >= 0, -size)


def _by(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    return rows.groupby(column, as_index=False)[list(_SUMMED)].sum()


def _key(row: dict) -> str:  # type: ignore[type-arg] # a judged row
    return f"{row['document']}:{row['vat_account']}:{row['vat_net']}:{int(row['place_line'])}"


def _case(row: dict) -> FlowCase:  # type: ignore[type-arg] # a judged row
    return FlowCase(
        item_id=_key(row),
        cause=row["verdict"],
        amount=int(row["vat_difference"]),
        day=row["day"].date(),
        text=row["code"],
        counterparty=row["vat_supplier"],
        reference=row["vat_account"],
        document=row["document"],
        place=place_of(row),
    )


FLOW = Flow(id="vat_check", sources={POSTINGS: SHAPE}, settings=Settings, work_out=work_out)
