"""Many files of one layout family as one list: nothing lost, nothing counted twice, gaps and doubles shown.

Which columns, what a file's name says, and which files must come, stand in the robot's settings.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

import pandas as pd
from pydantic import AfterValidator, Field, model_validator

from gevinst.domain.consolidation import (
    FILE,
    NamedFile,
    Repeat,
    keyed_sums,
    missing_files,
    months,
    named_files,
    repeated_rows,
    repeats,
    unusable_files,
)
from gevinst.domain.flow import (
    PLACE_COLUMNS,
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
from gevinst.domain.flow_settings import FlowSettings, RegularExpression
from gevinst.domain.period import is_period
from gevinst.domain.place import Place

FILES = "files"
UNIT, PERIOD, REASON = "unit", "period", "reason"
TABLE_WRITER = "excel_table"
SHAPE = SourceShape(columns=(), several=True, set_aside=True)


def _month(text: str) -> str:
    if text and not is_period(text):
        raise ValueError("a month such as 2026-01")
    return text


class ColumnSetting(FlowSettings):
    """One column of the layout family."""

    headings: tuple[str, ...] = Field(min_length=1)  #: every way in which files write it
    kind: ColumnKind = ColumnKind.TEXT
    required: bool = True
    filled: bool = False
    empty: tuple[str, ...] = ()  #: texts that stand for no value, such as -


class Settings(FlowSettings):
    """The robot's [settings]."""

    columns: dict[str, ColumnSetting] = Field(min_length=1)
    file_name: RegularExpression = ""  #: groups unit, period, year, month
    keys: tuple[str, ...] = ()  #: what is summed by; unit and period are of the file's name
    sums: tuple[str, ...] = Field(min_length=1)  #: amount columns
    unique: tuple[str, ...] = ()  #: columns that name a row; a row sent in two files counts once
    units: tuple[str, ...] = ()  #: units that must come
    first: Annotated[str, AfterValidator(_month)] = ""  #: first month that must be there; "" asks for none
    months: int = Field(default=0, ge=0, le=120)  #: or: this many months up to the run's must be there
    skip: tuple[str, ...] = ("i alt", "sum", "total")

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        taken = {UNIT, PERIOD, "count", REASON, *PLACE_COLUMNS} & set(self.columns)
        unknown = {*self.keys, *self.sums, *self.unique} - set(self.columns) - {UNIT, PERIOD}
        no_amounts = [
            name
            for name in self.sums
            if name in self.columns and self.columns[name].kind is not ColumnKind.AMOUNT
        ]
        if taken or unknown or no_amounts:
            raise ValueError(
                f"names that are columns, and sums of amounts; not {taken or unknown or no_amounts}"
            )
        return self


def shapes(settings: Settings) -> Mapping[str, SourceShape]:
    """The one source, as the settings say."""
    columns = tuple(SourceColumn(key=key, **one.model_dump()) for key, one in settings.columns.items())
    return {FILES: SourceShape(columns=columns, several=True, set_aside=True, skip=settings.skip)}


def work_out(given: FlowInput) -> FlowResult:
    """One list of all files' rows; what came twice is left out and listed; what lacks is a case."""
    settings: Settings = given.settings
    names = named_files(given.files[FILES], settings.file_name or "$^")
    later = {name for name, one in names.items() if one.period > given.period}
    known = given.tables[FILES][~given.tables[FILES][FILE].isin(later)]
    again = repeats(known, [one for one in given.files[FILES] if one.file not in later])
    reasons = dict.fromkeys(later, "later_month") | {one.file: "file_again" for one in again}
    rows = _with_reasons(given.tables[FILES], settings, names, reasons)
    used, left = rows[rows[REASON] == ""], rows[rows[REASON] != ""]
    summed = keyed_sums(used, settings.keys, settings.sums)
    cases = (*_cases(given, names, again), *_changed_rows(rows, settings, given))
    tables = _tables(settings, {"consolidated": summed, "all_rows": used, "left_out": left})
    return FlowResult(
        conclusion="report_consolidation",
        facts={"files": len(names), "rows": len(used), "left": len(left), "open": len(cases)},
        controls=tuple(_controls(rows, (used, left), summed, settings)),
        tables=(*tables, _file_table(rows, names, settings)),
        cases=cases,
        outputs=_workbook(given, tables[0], settings),
        done={"file": [f"{given.period}:{name}" for name in sorted(set(names) - set(reasons))]},
    )


def _with_reasons(
    rows: pd.DataFrame, settings: Settings, names: Mapping[str, NamedFile], files: Mapping[str, str]
) -> pd.DataFrame:
    """The rows with unit, month and why they are left out ("" for those that count)."""
    rows = rows.assign(
        **{
            UNIT: rows[FILE].map({name: one.unit for name, one in names.items()}).astype("str"),
            PERIOD: rows[FILE].map({name: one.period for name, one in names.items()}).astype("str"),
        }
    )
    reason = rows[FILE].map(lambda file: files.get(file, "")).astype("str")
    whole = reason != ""
    if settings.unique:
        others = [name for name in settings.columns if name not in settings.unique]
        same, changed = repeated_rows(rows[~whole], settings.unique, others)
        reason[same[same].index] = "row_again"
        rows = rows.assign(changed=changed.reindex(rows.index, fill_value=False))
    return rows.assign(**{REASON: reason})


def _controls(
    rows: pd.DataFrame, parts: tuple[pd.DataFrame, ...], summed: pd.DataFrame, settings: Settings
) -> Iterator[Control]:
    yield Control(key="rows", expected=len(rows), found=sum(map(len, parts)), is_amount=False)
    yield Control(
        key="rows_summed", expected=len(parts[0]), found=int(summed["count"].sum()), is_amount=False
    )
    for name in settings.sums:
        facts = {"column": settings.columns[name].headings[0]}
        left = int(parts[1][name].sum())
        yield Control(
            key="sum_of",
            expected=int(rows[name].sum()) - left,
            found=int(summed[name].sum()),
            facts=facts,
        )


def _column(key: str, settings: Settings) -> Column:
    if key not in settings.columns:
        kind = ColumnKind.COUNT if key == "count" else ColumnKind.TEXT
        return Column(key=key, kind=kind, worded=key == REASON)
    one = settings.columns[key]
    return Column(key=key, kind=one.kind, heading=one.headings[0])


def _tables(settings: Settings, frames: Mapping[str, pd.DataFrame]) -> tuple[ResultTable, ...]:
    every = (UNIT, PERIOD, *settings.columns)
    heads = {
        "consolidated": (*settings.keys, "count", *settings.sums),
        "all_rows": every,
        "left_out": (REASON, *every),
    }
    return tuple(
        ResultTable(
            key=key,
            columns=tuple(_column(name, settings) for name in heads[key]),
            rows=rows,
            summed=settings.sums,
        )
        for key, rows in frames.items()
    )


def _file_table(rows: pd.DataFrame, names: Mapping[str, NamedFile], settings: Settings) -> ResultTable:
    used = rows[rows[REASON] == ""]
    per_file = used.groupby(FILE)[settings.sums[0]].agg(["count", "sum"])
    frame = pd.DataFrame(
        {
            "file": pd.Series(list(names), dtype="str"),
            UNIT: pd.Series([one.unit for one in names.values()], dtype="str"),
            PERIOD: pd.Series([one.period for one in names.values()], dtype="str"),
        }
    )
    sizes = used.groupby(FILE).size()
    frame["count"] = frame["file"].map(sizes).fillna(0).astype("Int64")
    frame["amount"] = frame["file"].map(per_file["sum"]).fillna(0).astype("Int64")
    columns = (Column(key="file"), Column(key=UNIT), Column(key=PERIOD), _column("count", settings))
    amount = Column(
        key="amount", kind=ColumnKind.AMOUNT, heading=settings.columns[settings.sums[0]].headings[0]
    )
    return ResultTable(key="files", columns=(*columns, amount), rows=frame, summed=("amount",))


def _cases(given: FlowInput, names: Mapping[str, NamedFile], again: tuple[Repeat, ...]) -> Iterator[FlowCase]:
    """What lacks, what came twice, what cannot be used, and names that say nothing."""
    settings: Settings = given.settings
    for finding in unusable_files(given.set_aside.get(FILES, ())):
        name = f"unusable:{finding.place.file}"
        yield _case(given, name, "unusable_file", place=finding.place, text=finding.code)
    for one in again:
        yield _case(given, f"again:{one.file}", "sent_again", place=Place(file=one.file), text=one.same_as)
    periods = _periods(settings, given.period)
    for unit, period in missing_files(names.values(), settings.units, periods):
        text = " ".join(part for part in (unit, period) if part)
        yield _case(given, f"missing:{unit}:{period}", "missing_file", place=Place(file=""), text=text)
    asked = {"unit": bool(settings.units), "period": bool(periods)}
    for file, named in names.items():
        if any(wanted and not getattr(named, part) for part, wanted in asked.items()):
            yield _case(given, f"unnamed:{file}", "unnamed_file", place=Place(file=file), text=file)


def _periods(settings: Settings, period: str) -> list[str]:
    """The months that must be there."""
    if settings.first:
        return months(settings.first, period)
    back = str(pd.Period(period, freq="M") - settings.months + 1)
    return months(back, period) if settings.months else []


def _changed_rows(rows: pd.DataFrame, settings: Settings, given: FlowInput) -> Iterator[FlowCase]:
    """Rows that an earlier file told otherwise; both count until a person has decided."""
    if not settings.unique:
        return
    changed: list[dict[Any, Any]] = rows[rows["changed"] & (rows[REASON] == "")].to_dict("records")
    for row in changed:
        key = ":".join(str(row[name]) for name in settings.unique)
        place = place_of(row)
        amount = row[settings.sums[0]]
        yield _case(
            given,
            f"changed:{key}:{place}",
            "row_differs",
            place=place,
            text=key,
            amount=0 if pd.isna(amount) else int(amount),
        )


def _case(
    given: FlowInput, item_id: str, cause: str, *, place: Place, text: str, amount: int = 0
) -> FlowCase:
    return FlowCase(item_id=item_id, cause=cause, day=given.as_of, text=text, place=place, amount=amount)


def _workbook(given: FlowInput, table: ResultTable, settings: Settings) -> tuple[OutputFile, ...]:
    """The sums as one Excel table, where the office has a writer for it."""
    write = given.writers.get(TABLE_WRITER)
    if write is None:
        return ()
    name = f"samlet_{given.period}.xlsx"
    return (
        OutputFile(name=name, content=write(table), control_total=int(table.rows[settings.sums[0]].sum())),
    )


FLOW = Flow(
    id="report_consolidation", sources={FILES: SHAPE}, settings=Settings, work_out=work_out, shapes=shapes
)
