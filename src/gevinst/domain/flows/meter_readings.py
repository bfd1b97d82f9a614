"""Meter readings against utility invoices: what the meter moved, beside what is billed.

The readings are a counter's states, as an IoT platform exports them or an MQTT dump holds them: one row for
each, with meter or topic, moment and state. The state of a day is the last one at or before its midnight.
"""

from collections.abc import Iterator
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
from gevinst.domain.flow_rows import joined_keys, place_of, total
from gevinst.domain.flow_settings import FlowSettings

READINGS, INVOICES = "readings", "invoices"
KEYS = ("document", "meter", "first")
THOUSAND = 1000  # quantities are held in thousandths
PERCENT = 100 * 100  # a limit is held in hundredths of a percent


class Settings(FlowSettings):
    """The robot's [settings]."""

    percent: Decimal = Field(default=Decimal(1), ge=0, le=20)  #: of the billed quantity that may differ
    days: int = Field(default=1, ge=0, le=31)  #: how old the state of a day may be


READING_SHAPE = SourceShape(
    columns=(
        SourceColumn(key="meter", headings=("Målernr.", "Måler", "meter", "topic", "device"), filled=True),
        SourceColumn(
            key="moment", headings=("Tidspunkt", "Dato", "timestamp", "time", "moment"), filled=True
        ),
        SourceColumn(
            key="state",
            kind=ColumnKind.NUMBER,
            headings=("Målerstand", "Stand", "value", "kWh", "m3", "energy", "volume"),
            filled=True,
        ),
    ),
    several=True,
)
INVOICE_SHAPE = SourceShape(
    columns=(
        SourceColumn(key="document", headings=("Fakturanr.", "Fakturanummer", "Bilag"), filled=True),
        SourceColumn(key="meter", headings=("Målernr.", "Måler"), filled=True),
        SourceColumn(key="first", kind=ColumnKind.DAY, headings=("Fra", "Periode fra"), filled=True),
        SourceColumn(key="last", kind=ColumnKind.DAY, headings=("Til", "Periode til"), filled=True),
        SourceColumn(key="quantity", kind=ColumnKind.NUMBER, headings=("Forbrug", "Mængde"), filled=True),
        SourceColumn(key="amount", kind=ColumnKind.AMOUNT, headings=("Beløb",), filled=True),
    ),
    skip=("i alt", "sum", "total"),
)
LINES = (
    Column(key="document"),
    Column(key="mr_meter"),
    Column(key="mr_first", kind=ColumnKind.DAY),
    Column(key="mr_last", kind=ColumnKind.DAY),
    Column(key="mr_billed", kind=ColumnKind.NUMBER),
    Column(key="mr_measured", kind=ColumnKind.NUMBER),
    Column(key="amount", kind=ColumnKind.AMOUNT),
)
UNBILLED = (Column(key="mr_meter"), Column(key="mr_readings", kind=ColumnKind.COUNT))


def work_out(given: FlowInput) -> FlowResult:
    """Measure each invoice line; one that differs, or cannot be measured, is a case."""
    settings: Settings = given.settings
    states = _states(given.tables[READINGS])
    lines = _measured(given.tables[INVOICES], states, settings)
    wrong, fine = lines[lines["cause"] != ""], lines[lines["cause"] == ""]
    unbilled = states[~states["meter"].isin(lines["meter"])].groupby("meter", as_index=False).size()
    return FlowResult(
        conclusion="meter_readings",
        facts={
            "count": len(lines),
            "wrong": len(wrong),
            "amount": total(wrong),
            "unbilled": len(unbilled),
            "readings": len(given.tables[READINGS]),
            "repeated": len(given.tables[READINGS]) - len(states),
        },
        controls=(
            Control(key="rows", expected=len(lines), found=len(wrong) + len(fine), is_amount=False),
            Control(key="sum", expected=total(given.tables[INVOICES]), found=total(wrong) + total(fine)),
            Control(
                key="mr_used",
                expected=len(states),
                found=int(unbilled["size"].sum()) + int(states["meter"].isin(lines["meter"]).sum()),
                is_amount=False,
            ),
        ),
        tables=(
            ResultTable(key="mr_wrong", columns=LINES, rows=_shown(wrong), summed=("amount",)),
            ResultTable(key="mr_fine", columns=LINES, rows=_shown(fine), summed=("amount",)),
            ResultTable(
                key="mr_unbilled",
                columns=UNBILLED,
                rows=unbilled.rename(columns={"meter": "mr_meter", "size": "mr_readings"}).astype(
                    {"mr_readings": "Int64"}
                ),
            ),
        ),
        cases=tuple(_cases(wrong)),
        done={"invoice": list(joined_keys(fine, KEYS))},
    )


def _states(readings: pd.DataFrame) -> pd.DataFrame:
    """Each meter's states in order of time: `meter`, `at`, `state` int64 thousandths; repeated rows once.

    A topic such as bygning/3/el/571313 is the meter after its last slash. A moment that cannot be read leaves
    its row without a time: it is used for nothing, and its meter shows up as not measured.
    """
    states = pd.DataFrame(
        {
            "meter": readings["meter"].str.rsplit("/", n=1).str[-1].astype("str"),
            "at": _moments(readings["moment"]),
            "state": _thousandths(readings["state"]),
        }
    )
    return states.drop_duplicates(ignore_index=True).sort_values(["at", "meter", "state"], ignore_index=True)


def _moments(texts: pd.Series) -> pd.Series:
    """Moments written as 2026-10-01T00:15:00Z, 2026-10-01 00:15 or 01-10-2026 00:15; to the minute."""
    plain = texts.str.replace("T", " ").str.slice(0, 16)
    iso = pd.to_datetime(plain, format="%Y-%m-%d %H:%M", errors="coerce")
    iso = iso.fillna(pd.to_datetime(plain.str.slice(0, 10), format="%Y-%m-%d", errors="coerce"))
    danish = pd.to_datetime(plain.str.replace(".", "-"), format="%d-%m-%Y %H:%M", errors="coerce")
    return iso.fillna(danish).astype("datetime64[ns]")


def _thousandths(texts: pd.Series) -> pd.Series:
    return pd.Series([int(Decimal(text) * THOUSAND) for text in texts], index=texts.index, dtype="int64")


def _measured(invoices: pd.DataFrame, states: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Invoice lines with `measured` Int64 thousandths (<NA> when unknown) and `cause` ("" when fine)."""
    lines = invoices.assign(billed=_thousandths(invoices["quantity"]))
    known = states.dropna(subset=["at"])
    begun = _state_at(lines, lines["first"], known, settings)
    ended = _state_at(lines, lines["last"] + pd.Timedelta(days=1), known, settings)
    measured = ended - begun
    limit = lines["billed"].abs() * int(settings.percent * 100)
    off = (measured - lines["billed"]).abs() * PERCENT > limit
    cause = pd.Series("", index=lines.index).mask(off.fillna(value=False), "mr_differs")
    cause = cause.mask((measured < 0).fillna(value=False), "mr_falls")
    cause = cause.mask(measured.isna(), "mr_no_reading")
    again = lines.duplicated(["meter", "first", "last"], keep="first")
    return lines.assign(measured=measured, cause=cause.mask(again, "mr_billed_twice"))


def _state_at(lines: pd.DataFrame, days: pd.Series, states: pd.DataFrame, settings: Settings) -> pd.Series:
    """The last state of each line's meter at or before a midnight; <NA> for none, or one too old."""
    wanted = pd.DataFrame(
        {"meter": lines["meter"].astype("str"), "at": days.astype("datetime64[ns]"), "line": lines.index}
    )
    found = pd.merge_asof(
        wanted.sort_values("at"),
        states,
        on="at",
        by="meter",
        tolerance=pd.Timedelta(days=settings.days),
    )
    return found.set_index("line")["state"].astype("Int64").reindex(lines.index)


def _shown(lines: pd.DataFrame) -> pd.DataFrame:
    names = {"meter": "mr_meter", "first": "mr_first", "last": "mr_last", "quantity": "mr_billed"}
    texts = ["" if pd.isna(one) else str(Decimal(int(one)) / THOUSAND) for one in lines["measured"]]
    return lines.rename(columns=names).assign(mr_measured=pd.Series(texts, index=lines.index, dtype="str"))


def _cases(wrong: pd.DataFrame) -> Iterator[FlowCase]:
    for row, item_id in zip(wrong.to_dict("records"), joined_keys(wrong, (*KEYS, "cause")), strict=True):
        yield FlowCase(
            item_id=item_id,
            cause=row["cause"],
            amount=int(row["amount"]),
            day=row["last"].date(),
            reference=row["meter"],
            document=row["document"],
            place=place_of(row),
        )


FLOW = Flow(
    id="meter_readings",
    sources={READINGS: READING_SHAPE, INVOICES: INVOICE_SHAPE},
    settings=Settings,
    work_out=work_out,
)
