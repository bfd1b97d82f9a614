"""Benefit refunds (F9, ydelsesrefusion): weekly calculations as one list by week and benefit.

A calculation tells all weeks that it has changed, so a person's week may stand in many files: rows that are
equal count once, and corrections (the old amount with a minus, then the new one) net out. No row of a person
leaves the flow; the lists hold weeks, benefits and sums.
"""

import itertools
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd
from pydantic import Field

from gevinst.domain.consolidation import FILE, Repeat, repeats
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
from gevinst.domain.flow_rows import place_of
from gevinst.domain.flow_settings import FlowSettings
from gevinst.domain.place import Place

CALCULATIONS = "calculations"
AMOUNTS = ("paid", "refund", "cofinanced")
WEEK, PERSON, BENEFIT, REASON = "week", "person", "benefit", "reason"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
AMOUNT = ColumnKind.AMOUNT


class Settings(FlowSettings):
    """The robot's [settings]."""

    dropped: tuple[str, ...] = ("Fleksbidrag fra staten",)  #: benefits that are not counted
    most_days: int = Field(default=7, ge=1, le=366)  #: between the dates of two files


SHAPE = SourceShape(
    columns=(
        SourceColumn(key=WEEK, headings=("Uge",), filled=True),
        SourceColumn(key=PERSON, headings=("CPR nummer", "CPR-nummer", "CPR"), filled=True),
        SourceColumn(key=BENEFIT, headings=("Ydelse",), filled=True),
        SourceColumn(key="paid", kind=AMOUNT, headings=("Beregnet udbetalingsbeløb",), filled=True),
        SourceColumn(key="refund_rate", headings=("Refusionssats",), required=False),
        SourceColumn(key="refund", kind=AMOUNT, headings=("Refusionsbeløb",), filled=True),
        SourceColumn(key="cofinanced_rate", headings=("Medfinansieringssats",), required=False),
        SourceColumn(key="cofinanced", kind=AMOUNT, headings=("Medfinansieringsbeløb",), filled=True),
    ),
    several=True,
    skip=("i alt", "sum", "total"),
)
_SUMS = tuple(Column(key=key, kind=AMOUNT) for key in AMOUNTS)
_PERSONS = Column(key="persons", kind=ColumnKind.COUNT)


def work_out(given: FlowInput) -> FlowResult:
    """Sums by week and benefit; what is left out is counted and summed by reason."""
    rows = given.tables[CALCULATIONS]
    again = repeats(rows, given.files[CALCULATIONS])
    rows = rows.assign(**{REASON: _reasons(rows, again, given.settings)})
    used, left = rows[rows[REASON] == ""], rows[rows[REASON] != ""]
    weeks = used.groupby([WEEK, PERSON, BENEFIT], sort=True)[list(AMOUNTS)].sum().reset_index()
    netted = (weeks[list(AMOUNTS)] == 0).all(axis=1)
    table = _by(weeks[~netted], [WEEK, BENEFIT])
    cases = (*_file_cases(given, again), *_too_large(given, used, weeks), *_back_again(given, rows))
    return FlowResult(
        conclusion="reimbursement_consolidation",
        facts={
            "files": len(given.files[CALCULATIONS]),
            "weeks": table[WEEK].nunique(),
            "paid": int(table["paid"].sum()),
            "refund": int(table["refund"].sum()),
            "left": len(left),
            "open": len(cases),
        },
        controls=tuple(_controls(rows, left, table)),
        tables=(
            _table("refunds", (Column(key=WEEK), Column(key=BENEFIT)), table),
            _table("refund_months", (Column(key=BENEFIT),), _by(weeks[~netted], [BENEFIT])),
            _left_out(left, int(netted.sum())),
        ),
        cases=cases,
        done={
            "week": [f"{week}:{benefit}" for week, benefit in zip(table[WEEK], table[BENEFIT], strict=True)]
        },
    )


def _reasons(rows: pd.DataFrame, again: tuple[Repeat, ...], settings: Settings) -> pd.Series:
    """Why a row is left out; the first reason that holds."""
    dropped = {one.casefold() for one in settings.dropped}
    reason = pd.Series("", index=rows.index, dtype="str")
    benefit = rows[BENEFIT].str.casefold().isin(dropped)
    whole = rows[FILE].isin([one.file for one in again]) & ~benefit
    kept = rows[~benefit & ~whole].drop(columns=list(PLACE_COLUMNS))
    equal = kept.duplicated().reindex(rows.index, fill_value=False)
    return reason.mask(benefit, "dropped_benefit").mask(whole, "file_again").mask(equal, "row_again")


def _by(weeks: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Persons and sums; a person counts once for each week."""
    grouped = weeks.groupby(keys, sort=True)
    sums = grouped[list(AMOUNTS)].sum().astype("Int64")
    return sums.assign(persons=grouped.size().astype("Int64")).reset_index()


def _controls(rows: pd.DataFrame, left: pd.DataFrame, table: pd.DataFrame) -> Iterator[Control]:
    used = int((rows[REASON] == "").sum())
    yield Control(key="rows", expected=len(rows), found=used + len(left), is_amount=False)
    for name in AMOUNTS:
        expected = int(rows[name].sum()) - int(left[name].sum())
        yield Control(key=f"refund_{name}", expected=expected, found=int(table[name].sum()))


def _table(key: str, heads: tuple[Column, ...], rows: pd.DataFrame) -> ResultTable:
    return ResultTable(key=key, columns=(*heads, _PERSONS, *_SUMS), rows=rows, summed=AMOUNTS)


def _left_out(left: pd.DataFrame, netted: int) -> ResultTable:
    """How many rows, and what they sum to, by reason; persons' weeks that net to nought are told too."""
    grouped = left.groupby(REASON, sort=True)
    table = grouped[list(AMOUNTS)].sum().astype("Int64").assign(count=grouped.size().astype("Int64"))
    rows = table.reset_index()
    if netted:
        nought = pd.DataFrame([{REASON: "netted", "count": netted, **dict.fromkeys(AMOUNTS, 0)}])
        rows = pd.concat([rows, nought.astype(rows.dtypes.to_dict())], ignore_index=True)
    columns = (Column(key=REASON, worded=True), Column(key="count", kind=ColumnKind.COUNT), *_SUMS)
    return ResultTable(key="refund_left_out", columns=columns, rows=rows, summed=AMOUNTS)


def _file_cases(given: FlowInput, again: tuple[Repeat, ...]) -> Iterator[FlowCase]:
    """Files that came twice, have no date, or leave a gap before them."""
    for one in again:
        yield _case(given, f"again:{one.file}", "refund_file_again", one.same_as, place=Place(file=one.file))
    dated: list[tuple[date, str]] = []
    for file in given.files[CALCULATIONS]:
        day = _day_of(file.file)
        if day is None:
            yield _case(
                given, f"undated:{file.file}", "refund_file_undated", file.file, place=Place(file=file.file)
            )
        else:
            dated.append((day, file.file))
    dated.sort()
    most = timedelta(days=given.settings.most_days)
    for (first, _), (second, name) in itertools.pairwise(dated):
        if second - first > most:
            text = f"{first.isoformat()} – {second.isoformat()}"
            yield _case(given, f"gap:{second.isoformat()}", "refund_gap", text, place=Place(file=name))


def _day_of(name: str) -> date | None:
    match = _DAY.search(name)
    try:
        return date.fromisoformat(match[0]) if match else None
    except ValueError:
        return None


def _too_large(given: FlowInput, used: pd.DataFrame, weeks: pd.DataFrame) -> Iterator[FlowCase]:
    """A person's week whose refund is above what was paid; the case names the row, not the person."""
    wrong = weeks[(weeks["refund"] > weeks["paid"]) & (weeks["paid"] >= 0)]
    keys = [WEEK, PERSON, BENEFIT]
    firsts = used.drop_duplicates(keys)[[*keys, *PLACE_COLUMNS]]
    found: list[dict[Any, Any]] = wrong.merge(firsts, on=keys).to_dict("records")
    for row in found:
        place = place_of(row)
        item = f"too_large:{row[WEEK]}:{row[BENEFIT]}:{place}"
        text = f"{row[WEEK]} {row[BENEFIT]}"
        amount = int(row["refund"] - row["paid"])
        yield _case(given, item, "refund_too_large", text, place=place, amount=amount)


def _back_again(given: FlowInput, rows: pd.DataFrame) -> Iterator[FlowCase]:
    """Rows left out as repeats after their amount was taken back: they may be a correction back to it."""
    keys = [WEEK, PERSON, BENEFIT, *AMOUNTS]
    order = {file.file: number for number, file in enumerate(given.files[CALCULATIONS])}
    numbered = rows.assign(order=rows[FILE].map(order))
    again = numbered[numbered[REASON] == "row_again"]
    counted = numbered[numbered[REASON] == ""]
    back = counted.assign(**{name: -counted[name] for name in AMOUNTS})
    met = again.join(back.groupby(keys)["order"].min().rename("taken"), on=keys, how="inner")
    found: list[dict[Any, Any]] = met[met["taken"] < met["order"]].to_dict("records")
    for row in found:
        place = place_of(row)
        text = f"{row[WEEK]} {row[BENEFIT]}"
        amount = int(row["paid"])
        yield _case(given, f"back:{place}", "refund_back_again", text, place=place, amount=amount)


def _case(
    given: FlowInput, item_id: str, cause: str, text: str, *, place: Place, amount: int = 0
) -> FlowCase:
    return FlowCase(item_id=item_id, cause=cause, amount=amount, day=given.as_of, text=text, place=place)


FLOW = Flow(
    id="reimbursement_consolidation", sources={CALCULATIONS: SHAPE}, settings=Settings, work_out=work_out
)
