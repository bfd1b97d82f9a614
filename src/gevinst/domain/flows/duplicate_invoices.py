"""Duplicate invoices: supplier invoices that stand twice in the ledger, and invoice files against the ledger.

A possible duplicate is never decided here: it is a case with both places, the reason and the amount at stake.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from gevinst.domain.duplicates import (
    MOST_IN_BLOCK,
    RANKS,
    Reason,
    find_duplicates,
    left_uncompared,
    mended_number,
    without_reversed,
)
from gevinst.domain.finding import Finding, Severity
from gevinst.domain.flow import (
    PLACE_COLUMNS,
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
from gevinst.domain.flow_rows import joined_keys, place_of, total
from gevinst.domain.flow_settings import FlowSettings
from gevinst.domain.place import Place

LEDGER, INVOICES = "ledger", "invoices"
FOUND, NOT_POSTED, OTHER_AMOUNT = "found", "not_posted", "posted_otherwise"
FOREIGN = "foreign_currency"  #: posted; its amount cannot be compared
KRONER = "DKK"
TOO_MANY_ALIKE = "TAB-044"
REASONS = {rank: str(reason) for reason, rank in RANKS.items()}


class Settings(FlowSettings):
    """The robot's [settings]."""

    owed: Literal["positive", "negative"] = "positive"  #: the sign that the ledger gives an invoice
    reasons: tuple[Reason, ...] = Field(default=tuple(Reason), min_length=1)  #: what is listed


_DAY = SourceColumn(
    key="day", kind=ColumnKind.DAY, headings=("Fakturadato", "Bilagsdato", "Dato"), filled=True
)
_AMOUNT = SourceColumn(key="amount", kind=ColumnKind.AMOUNT, headings=("Beløb", "Fakturabeløb"), filled=True)
_NUMBER = SourceColumn(
    key="number", headings=("Fakturanr.", "Fakturanummer", "Reference", "Fakturanr./Reference")
)
LEDGER_SHAPE = SourceShape(
    columns=(
        SourceColumn(key="supplier", headings=("CVR", "CVR-nr.", "Kreditor", "Kreditorkonto"), filled=True),
        SourceColumn(key="name", headings=("Leverandør", "Kreditornavn", "Navn"), required=False),
        _NUMBER,
        _DAY,
        _AMOUNT,
        SourceColumn(key="document", headings=("Bilagsnummer", "Bilag"), required=False),
    ),
    skip=("i alt", "total", "sum"),
)
INVOICE_SHAPE = SourceShape(
    columns=(
        SourceColumn(key="supplier", headings=("CVR",)),
        SourceColumn(key="name", headings=("Leverandør",)),
        SourceColumn(key="currency", headings=("Valuta",)),
        _NUMBER,
        _DAY,
        _AMOUNT,
    ),
    several=True,
    optional=True,
    set_aside=True,
    form="invoices",
)
DUPLICATE_COLUMNS = (
    Column(key="rank", kind=ColumnKind.COUNT),
    Column(key="likeness", worded=True),
    Column(key="creditor"),
    Column(key="invoice_number"),
    Column(key="day", kind=ColumnKind.DAY),
    Column(key="document"),
    Column(key="first_number"),
    Column(key="first_day", kind=ColumnKind.DAY),
    Column(key="first_document"),
    Column(key="at_stake", kind=ColumnKind.AMOUNT),
)
INVOICE_COLUMNS = (
    Column(key="posting_state", worded=True),
    Column(key="creditor"),
    Column(key="creditor_name"),
    Column(key="invoice_number"),
    Column(key="day", kind=ColumnKind.DAY),
    Column(key="amount", kind=ColumnKind.AMOUNT),
    Column(key="posted_amount", kind=ColumnKind.AMOUNT),
)


def work_out(given: FlowInput) -> FlowResult:
    """List possible duplicates of the ledger, and invoice files that are not posted as they were sent."""
    settings: Settings = given.settings
    ledger = _owed_positive(given.tables[LEDGER], settings).reset_index(drop=True)
    stands = without_reversed(ledger)
    found = _duplicates(ledger, ledger[stands], settings)
    invoices = _invoice_states(given.tables.get(INVOICES), ledger)
    off = invoices[~invoices["posting_state"].isin([FOUND, FOREIGN])]
    cases = (*_duplicate_cases(found), *_invoice_cases(off), *_unread_cases(given))
    ids = joined_keys(ledger, ("supplier", "number", "day", "amount"))
    return FlowResult(
        conclusion="duplicate_invoices",
        facts={
            "checked": len(ledger),
            "count": len(found),
            "amount": total(found, "at_stake"),
            "invoices": len(off),
        },
        controls=_controls(ledger, stands, given, invoices),
        tables=(
            ResultTable(key="duplicates", columns=DUPLICATE_COLUMNS, rows=found, summed=("at_stake",)),
            ResultTable(key="invoice_files", columns=INVOICE_COLUMNS, rows=invoices, summed=("amount",)),
        ),
        cases=cases,
        warnings=_uncompared(ledger[stands], given),
        done={"invoice": list(ids)},
    )


def _owed_positive(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    return rows.assign(amount=-rows["amount"]) if settings.owed == "negative" else rows


def _duplicates(ledger: pd.DataFrame, standing: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """One row for each possible duplicate, beside the one that it repeats."""
    pairs = find_duplicates(standing)
    pairs = pairs[pairs["rank"].isin([RANKS[reason] for reason in settings.reasons])]
    again = ledger.loc[pairs["again"]].reset_index(drop=True)
    first = ledger.loc[pairs["first"]].reset_index(drop=True)
    shown = again.rename(
        columns={"supplier": "creditor", "name": "creditor_name", "number": "invoice_number"}
    ).assign(
        rank=pairs["rank"].astype("Int64").to_numpy(),
        likeness=pairs["rank"].map(REASONS).to_numpy(dtype=object),
        first_number=first["number"],
        first_day=first["day"],
        first_document=first["document"],
        at_stake=again["amount"],
    )
    more = ("creditor_name", "amount", *PLACE_COLUMNS)  # for the cases; the list is wide as it is
    return shown[[*(one.key for one in DUPLICATE_COLUMNS), *more]]


def _invoice_states(invoices: pd.DataFrame | None, ledger: pd.DataFrame) -> pd.DataFrame:
    """Whether each invoice file is posted, by supplier and number, and with what amount."""
    given = invoices if invoices is not None else pd.DataFrame(columns=[*ledger.columns, "currency"])
    keys = ["supplier", "mended"]
    sums = ledger.assign(mended=mended_number(ledger["number"])).groupby(keys)["amount"]
    rows = given.assign(mended=mended_number(given["number"].astype("str")))
    known = pd.MultiIndex.from_frame(rows[keys])
    posted = sums.sum().reindex(known).to_numpy()
    has_equal = pd.MultiIndex.from_frame(rows[[*keys, "amount"]]).isin(
        pd.MultiIndex.from_frame(ledger.assign(mended=mended_number(ledger["number"]))[[*keys, "amount"]])
    )
    state = pd.Series(FOUND, index=rows.index, dtype="str")
    state[~has_equal] = OTHER_AMOUNT
    state[rows["currency"] != KRONER] = FOREIGN
    state[~known.isin(sums.size().index)] = NOT_POSTED
    shown = rows.rename(
        columns={"supplier": "creditor", "name": "creditor_name", "number": "invoice_number"}
    ).assign(posting_state=state, posted_amount=pd.array(posted, dtype="Int64"))
    shown["amount"] = shown["amount"].astype("Int64")
    return shown[[*(one.key for one in INVOICE_COLUMNS), *PLACE_COLUMNS]]


def _controls(
    ledger: pd.DataFrame, stands: "pd.Series[bool]", given: FlowInput, invoices: pd.DataFrame
) -> tuple[Control, ...]:
    """What stands and what was taken back is the ledger; every invoice file has a state."""
    parts = (ledger[stands], ledger[~stands])
    sent = given.tables.get(INVOICES)
    return (
        Control(key="rows", expected=len(given.tables[LEDGER]), found=sum(map(len, parts)), is_amount=False),
        Control(key="sum", expected=total(ledger), found=sum(map(total, parts))),
        Control(
            key="invoice_files",
            expected=len(sent) if sent is not None else 0,
            found=len(invoices),
            is_amount=False,
        ),
    )


def _uncompared(standing: pd.DataFrame, given: FlowInput) -> tuple[Finding, ...]:
    """A warning where so many invoices are alike that their numbers were not compared one by one."""
    count = left_uncompared(standing)
    if not count:
        return ()
    place = Place(file=given.files[LEDGER][0].file)
    facts: dict[str, str | int] = {"most": MOST_IN_BLOCK}
    return (
        Finding(code=TOO_MANY_ALIKE, place=place, found=str(count), severity=Severity.WARNING, facts=facts),
    )


def _duplicate_cases(found: pd.DataFrame) -> Iterator[FlowCase]:
    ids = joined_keys(found, ("creditor", "invoice_number", "day", "amount", "document"))
    for row, item_id in zip(found.to_dict("records"), ids, strict=True):
        yield _case(
            row,
            item_id,
            f"duplicate_{row['likeness']}",
            repeats=f" ≈ {row['first_number']} ({row['first_document']})",
        )


def _invoice_cases(off: pd.DataFrame) -> Iterator[FlowCase]:
    ids = joined_keys(off, ("creditor", "invoice_number", "day", "amount"))
    for row, item_id in zip(off.to_dict("records"), ids, strict=True):
        yield _case(row, f"file:{item_id}", f"invoice_{row['posting_state']}")


def _unread_cases(given: FlowInput) -> Iterator[FlowCase]:
    for finding in given.set_aside.get(INVOICES, ()):
        yield FlowCase(
            item_id=f"unread:{finding.place.file}:{finding.code}",
            cause="invoice_unread",
            day=given.as_of,
            text=finding.place.file,
            place=finding.place,
        )


def _case(row: Mapping[Any, Any], item_id: str, cause: str, *, repeats: str = "") -> FlowCase:
    return FlowCase(
        item_id=item_id,
        cause=cause,
        amount=int(row["amount"]),
        day=row["day"].date(),
        text=f"{row['invoice_number']}{repeats}",
        counterparty=str(row["creditor_name"]),
        reference=str(row["creditor"]),
        document=str(row.get("document", "")),
        place=place_of(row),
    )


FLOW = Flow(
    id="duplicate_invoices",
    sources={LEDGER: LEDGER_SHAPE, INVOICES: INVOICE_SHAPE},
    settings=Settings,
    work_out=work_out,
)
