"""Supplier statement: what a supplier says we owe against the supplier's account in the ledger.

The matching engine pairs the lines by invoice number, damaged number, number with several postings, and by
amount and day; what it is not sure of is proposed to a person.
"""

from collections.abc import Iterator
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from gevinst.domain.flow import (
    PLACE_COLUMNS,
    Column,
    ColumnKind,
    Control,
    Flow,
    FlowCase,
    FlowInput,
    FlowResult,
    SourceColumn,
    SourceShape,
)
from gevinst.domain.flow_rows import joined_keys, list_of, place_of, total
from gevinst.domain.flow_settings import FlowSettings
from gevinst.domain.item import ROW_ID, items_frame
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import Key, MatchPass, PassKind, Rules
from gevinst.domain.reconciliation import ItemState, Reconciliation

STATEMENT, LEDGER = "statement", "ledger"
SIDES = {STATEMENT: "on_statement", LEDGER: "on_ledger"}
STATES = {ItemState.OPEN: "line_open", ItemState.PROPOSED: "line_unsure"}
FAR_DAYS = 130  # bank days: an invoice may wait half a year to be paid


class Settings(FlowSettings):
    """The robot's [settings]."""

    supplier: str = ""  #: only postings of this supplier, where the ledger names suppliers; "" takes all
    ledger_sign: Literal["opposite", "same"] = "opposite"  #: a ledger usually has what we owe as negative
    days: int = Field(default=10, ge=0, le=60)  #: bank days between invoice day and posting day


_COLUMNS = (
    SourceColumn(
        key="number",
        headings=("Fakturanr.", "Fakturanummer", "Reference", "Fakturanr./Reference", "Bilagsnr."),
    ),
    SourceColumn(
        key="day", kind=ColumnKind.DAY, headings=("Dato", "Fakturadato", "Bogføringsdato"), filled=True
    ),
    SourceColumn(key="amount", kind=ColumnKind.AMOUNT, headings=("Beløb", "Åben post"), filled=True),
    SourceColumn(key="text", headings=("Tekst", "Posteringstekst", "Type"), required=False),
)
STATEMENT_SHAPE = SourceShape(columns=_COLUMNS, skip=("i alt", "total", "sum", "saldo"))
LEDGER_SHAPE = SourceShape(
    columns=(
        *_COLUMNS,
        SourceColumn(key="supplier", headings=("Kreditor", "CVR", "Leverandør"), required=False),
        SourceColumn(key="document", headings=("Bilagsnummer", "Bilag"), required=False),
    ),
    skip=("i alt", "total", "sum", "saldo"),
)
OPEN_COLUMNS = (
    Column(key="side", worded=True),
    Column(key="line_state", worded=True),
    Column(key="invoice_number"),
    Column(key="day", kind=ColumnKind.DAY),
    Column(key="age", kind=ColumnKind.COUNT),
    Column(key="amount", kind=ColumnKind.AMOUNT),
    Column(key="row_text"),
)
PAIR_COLUMNS = (
    Column(key="pair", kind=ColumnKind.COUNT),
    Column(key="side", worded=True),
    Column(key="invoice_number"),
    Column(key="day", kind=ColumnKind.DAY),
    Column(key="amount", kind=ColumnKind.AMOUNT),
    Column(key="row_text"),
)


def work_out(given: FlowInput) -> FlowResult:
    """Pair the statement with the ledger; each line without its counterpart is a case."""
    settings: Settings = given.settings
    ledger = given.tables[LEDGER]
    other = _other_supplier(ledger, settings)
    sign = -1 if settings.ledger_sign == "opposite" else 1
    ours = ledger[~other].assign(amount=sign * ledger["amount"][~other])
    sides = [_items(given.tables[STATEMENT]), _items(ours)]
    found = reconcile(
        SideInput(items=sides[0]),
        SideInput(items=sides[1]),
        rules=Rules(passes=_passes(settings)),
        calendar=given.calendar,
        as_of=given.as_of,
    )
    rows = pd.concat([_shown(found.left, STATEMENT), _shown(found.right, LEDGER)], ignore_index=True)
    unpaired = rows[rows["state"] != ItemState.MATCHED].reset_index(drop=True)
    paired = rows[rows["state"] == ItemState.MATCHED].sort_values(["pair", "side"], ascending=[True, False])
    return FlowResult(
        conclusion="supplier_statement",
        facts={
            "paired": int((paired["side"] == SIDES[STATEMENT]).sum()),
            "open": len(unpaired),
            "statement": total(found.left),
            "ledger": total(found.right),
            "difference": total(found.left) - total(found.right),
        },
        controls=_controls(given, rows, ledger[other], found),
        tables=(
            list_of("unpaired", OPEN_COLUMNS, unpaired),
            list_of("paired", PAIR_COLUMNS, paired),
        ),
        cases=tuple(_cases(unpaired)),
        done={"line": list(paired["item_id"][paired["side"] == SIDES[STATEMENT]])},
    )


def _other_supplier(ledger: pd.DataFrame, settings: Settings) -> "pd.Series[bool]":
    wanted = ("", settings.supplier)
    every = pd.Series(data=False, index=ledger.index)
    return ~ledger["supplier"].isin(wanted) if settings.supplier else every


def _passes(settings: Settings) -> tuple[MatchPass, ...]:
    days = settings.days
    return (
        MatchPass(id="number", kind=PassKind.ONE_TO_ONE, key=Key.CODE, days=days, far_days=FAR_DAYS),
        MatchPass(id="number-near", kind=PassKind.ONE_TO_ONE, key=Key.NEAR, days=days),
        MatchPass(id="number-parts", kind=PassKind.BATCH, key=Key.CODE, days=days, far_days=FAR_DAYS),
        MatchPass(id="amount-day", kind=PassKind.ONE_TO_ONE, key=Key.NONE, days=days),
        MatchPass(id="reversal", kind=PassKind.REVERSAL, key=Key.CODE, days=days),
    )


def _items(rows: pd.DataFrame) -> pd.DataFrame:
    """The engine's items. Their ids only count rows: a number within an id is a code to the engine."""
    return items_frame(
        {
            "item_id": [f"{ROW_ID}{at}" for at in range(len(rows))],
            "booked": rows["day"].to_numpy(),
            "amount": rows["amount"].astype("int64").to_numpy(),
            "reference": rows["number"].to_numpy(),
            "text": rows["text"].to_numpy(),
            **{name: rows[name].to_numpy() for name in PLACE_COLUMNS},
        }
    )


def _shown(items: pd.DataFrame, side: str) -> pd.DataFrame:
    return items.rename(
        columns={"reference": "invoice_number", "booked": "day", "text": "row_text", "age_bank_days": "age"}
    ).assign(
        item_id=joined_keys(items, ("reference", "booked", "amount")),
        side=SIDES[side],
        line_state=items["state"].map(STATES).fillna("").astype("str"),
        pair=items["group"] + 1,
        amount=items["amount"].astype("Int64"),
    )


def _controls(
    given: FlowInput, rows: pd.DataFrame, aside: pd.DataFrame, found: Reconciliation
) -> tuple[Control, ...]:
    """Every line is placed, and the open lines explain the whole difference."""
    bridge = found.bridge
    return (
        Control(
            key="rows",
            expected=sum(len(given.tables[name]) for name in (STATEMENT, LEDGER)),
            found=len(rows) + len(aside),
            is_amount=False,
        ),
        Control(
            key="open_explain",
            expected=total(given.tables[STATEMENT]) - bridge.right_balance,
            found=bridge.open_left - bridge.open_right + bridge.accepted,
        ),
    )


def _cases(rows: pd.DataFrame) -> Iterator[FlowCase]:
    """Cases with the sign that they have in the difference, so that their sum is the difference."""
    for row in rows.to_dict("records"):
        yield FlowCase(
            item_id=f"{row['side']}:{row['item_id']}",
            cause=_cause(row),
            amount=int(row["amount"]) * (1 if row["side"] == SIDES[STATEMENT] else -1),
            day=row["day"].date(),
            text=str(row["row_text"]),
            reference=str(row["invoice_number"]),
            document=str(row["invoice_number"]),
            place=place_of(row),
        )


def _cause(row: dict[Any, Any]) -> str:
    if row["state"] == ItemState.PROPOSED:
        return "statement_unsure"
    return f"only_{row['side']}"


FLOW = Flow(
    id="supplier_statement",
    sources={STATEMENT: STATEMENT_SHAPE, LEDGER: LEDGER_SHAPE},
    settings=Settings,
    work_out=work_out,
)
