"""Monthly reports merged (F11): working time of several months as one table.

The reports are the BI sheet YKMD_STD: title rows of any number, then a heading row, found by the cell
`Operationsnr. og tekst`. Hours are exact hundredths inside, as amounts are.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from pydantic import Field

from gevinst.domain.consolidation import FILE, Repeat, repeated_rows, repeats
from gevinst.domain.flow import (
    Column,
    ColumnKind,
    Control,
    Flow,
    FlowCase,
    FlowInput,
    FlowResult,
    OutputFile,
    ResultTable,
    SourceColumn,
    SourceShape,
)
from gevinst.domain.flow_rows import place_of
from gevinst.domain.flow_settings import FlowSettings
from gevinst.domain.period import previous_period
from gevinst.domain.place import Place

REPORTS = "reports"
REASON, CHANGED, HOURS = "reason", "changed", "hours"
TABLE_WRITER = "excel_table"
HUNDREDTHS = ColumnKind.AMOUNT


class Settings(FlowSettings):
    """The robot's [settings]."""

    months: int = Field(default=3, ge=1, le=24)  #: up to the run's month; each must have days in a report


def _text(key: str, heading: str, *, required: bool = False) -> SourceColumn:
    return SourceColumn(key=key, headings=(heading,), required=required, filled=required)


def _hours(key: str, heading: str, *, required: bool = False) -> SourceColumn:
    return SourceColumn(key=key, kind=HUNDREDTHS, headings=(heading,), required=required, filled=required)


SHAPE = SourceShape(
    columns=(
        _text("org", "Organisatorisk enhed"),
        _text("profit_centre", "Profitcenter"),
        _text("profit_centre_no", "Profitctr. nr."),
        _text("employee", "Medarbejder"),
        _text("employee_no", "Medarbejdernr.", required=True),
        SourceColumn(key="work_day", kind=ColumnKind.DAY, headings=("Arbejdsdato",), filled=True),
        _text("operation", "Operationsnr. og tekst", required=True),
        _text("operation_no", "Operationsnr."),
        _text("activity", "Aktivitetsart"),
        _text("activity_no", "Akt. art nr."),
        _hours(HOURS, "Arbejdstid", required=True),
        _hours("planned", "Planlagt arbejdstid"),
        _hours("absence", "Fravær"),
        _hours("overtime", "Overarbejde"),
        _hours("presence", "Tilstedevær"),
        _hours("actual", "Faktisk Arbejde"),
        _hours("hours_off", "Difference Arbejdstid"),
        _text("hours_share", "% arb. af arbejdstid"),
    ),
    several=True,
    skip=("samlet resultat", "i alt", "sum"),
)
PERSONAL = ("employee", "employee_no")
UNIQUE = ("employee_no", "work_day", "operation")
COLUMNS = tuple(Column(key=one.key, kind=one.kind, personal=one.key in PERSONAL) for one in SHAPE.columns)


def work_out(given: FlowInput) -> FlowResult:
    """One table; a day that stands in two reports counts once, or is a case when they do not agree."""
    rows = given.tables[REPORTS]
    again = repeats(rows, given.files[REPORTS])
    rows = _with_reasons(rows, again)
    used, left = rows[rows[REASON] == ""], rows[rows[REASON] != ""]
    merged = ResultTable(key="merged", columns=COLUMNS, rows=used, summed=(HOURS,))
    cases = tuple(_cases(given, again, used))
    return FlowResult(
        conclusion="monthly_report_merge",
        facts={
            "files": len(given.files[REPORTS]),
            "rows": len(used),
            "left": len(left),
            "open": len(cases),
        },
        controls=tuple(_controls(rows, left, merged)),
        tables=(
            merged,
            _file_table(used),
            ResultTable(
                key="merged_left_out",
                columns=(Column(key=REASON, worded=True), *COLUMNS),
                rows=left,
                summed=(HOURS,),
            ),
        ),
        cases=cases,
        outputs=_workbook(given, merged),
        done={"report": [f"{given.period}:{name}" for name in sorted(set(used[FILE]))]},
    )


def _with_reasons(rows: pd.DataFrame, again: tuple[Repeat, ...]) -> pd.DataFrame:
    whole = rows[FILE].isin([one.file for one in again])
    others = [one.key for one in SHAPE.columns if one.key not in UNIQUE]
    same, changed = repeated_rows(rows[~whole], UNIQUE, others)
    reason = pd.Series("", index=rows.index, dtype="str").mask(whole, "file_again")
    reason[same[same].index] = "row_again"
    return rows.assign(**{REASON: reason, CHANGED: changed.reindex(rows.index, fill_value=False)})


def _controls(rows: pd.DataFrame, left: pd.DataFrame, merged: ResultTable) -> Iterator[Control]:
    yield Control(key="rows", expected=len(rows), found=len(merged.rows) + len(left), is_amount=False)
    expected = int(rows[HOURS].sum()) - int(left[HOURS].sum())
    per_file = merged.rows.groupby(FILE)[HOURS].sum()
    yield Control(key="hours_merged", expected=expected, found=int(per_file.sum()))


def _file_table(used: pd.DataFrame) -> ResultTable:
    grouped = used.groupby(FILE, sort=True)
    table = pd.DataFrame(
        {
            "count": grouped.size().astype("Int64"),
            "first": grouped["work_day"].min(),
            "last": grouped["work_day"].max(),
            HOURS: grouped[HOURS].sum().astype("Int64"),
        }
    )
    columns = (
        Column(key="file"),
        Column(key="count", kind=ColumnKind.COUNT),
        Column(key="first", kind=ColumnKind.DAY),
        Column(key="last", kind=ColumnKind.DAY),
        Column(key=HOURS, kind=HUNDREDTHS),
    )
    rows = table.rename_axis("file").reset_index()
    return ResultTable(key="merged_files", columns=columns, rows=rows, summed=(HOURS,))


def _cases(given: FlowInput, again: tuple[Repeat, ...], used: pd.DataFrame) -> Iterator[FlowCase]:
    for one in again:
        yield _case(given, f"again:{one.file}", "sent_again", one.same_as, place=Place(file=one.file))
    have = set(used["work_day"].dt.strftime("%Y-%m"))
    month = given.period
    for _ in range(given.settings.months):
        if month not in have:
            yield _case(given, f"missing:{month}", "missing_report_month", month, place=Place(file=""))
        month = previous_period(month)
    changed: list[dict[Any, Any]] = used[used[CHANGED]].to_dict("records")
    for row in changed:  # the case names the row, not the employee
        place = place_of(row)
        yield _case(given, f"restated:{place}", "hours_restated", str(row["operation"]), place=place)


def _case(given: FlowInput, item_id: str, cause: str, text: str, *, place: Place) -> FlowCase:
    return FlowCase(item_id=item_id, cause=cause, day=given.as_of, text=text, place=place)


def _workbook(given: FlowInput, merged: ResultTable) -> tuple[OutputFile, ...]:
    write = given.writers.get(TABLE_WRITER)
    if write is None:
        return ()
    name = f"arbejdstid_{given.period}.xlsx"
    return (OutputFile(name=name, content=write(merged), control_total=int(merged.rows[HOURS].sum())),)


FLOW = Flow(id="monthly_report_merge", sources={REPORTS: SHAPE}, settings=Settings, work_out=work_out)
