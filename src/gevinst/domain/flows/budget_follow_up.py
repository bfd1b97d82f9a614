"""Budget follow-up: the departments' workbooks as one, held against the ERP line by line.

What a department says never takes the place of what the ERP says: both are shown, and the difference. A file
that is doubtful is left out and listed, so that no figure of the workbook for management rests on a guess.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

import pandas as pd
from pydantic import AfterValidator, Field

from gevinst.domain.budget import (
    ACCOUNT,
    REASON,
    UNIT,
    BudgetBook,
    Limits,
    changes,
    department_table,
    lines_of,
    restated_months,
)
from gevinst.domain.consolidation import (
    FILE,
    LINE,
    SHEET,
    content_prints,
    named_files,
    repeats,
    unusable_files,
)
from gevinst.domain.finding import Finding
from gevinst.domain.flow import (
    Column,
    ColumnKind,
    Control,
    FileRead,
    Flow,
    FlowCase,
    FlowInput,
    FlowResult,
    OutputFile,
    ResultTable,
    SourceColumn,
    SourceShape,
)
from gevinst.domain.flow_settings import FlowSettings, RegularExpression
from gevinst.domain.period import previous_period
from gevinst.domain.place import Place

DEPARTMENTS, LEDGER, BEFORE, LEDGER_BEFORE = "departments", "ledger", "before", "ledger_before"
BOOK_WRITER = "budget_workbook"
AMOUNT = ColumnKind.AMOUNT


def _naming_units(text: str) -> str:
    if "unit" not in re.compile(text).groupindex:
        raise ValueError("a regular expression with the group unit, such as (?P<unit>[0-9]{4})")
    return text


class Settings(FlowSettings):
    """The robot's [settings]."""

    departments: dict[str, str] = Field(min_length=1)  #: name by number; each must send a workbook
    file_name: Annotated[RegularExpression, AfterValidator(_naming_units)] = r"(?P<unit>\d{4})"
    least_amount: Decimal = Field(default=Decimal(100000), ge=0)  #: kroner; a smaller deviation is not listed
    least_percent: Decimal = Field(default=Decimal(5), ge=0)  #: of the budget; both must be reached

    @property
    def limits(self) -> Limits:
        """From what a deviation is listed."""
        return Limits(amount=int(self.least_amount * 100), per_mille=int(self.least_percent * 10))


_TOTALS = ("i alt", "ialt", "sum", "total", "hovedtotal", "subtotal")
_WORKBOOK_COLUMNS = (
    SourceColumn(key=ACCOUNT, headings=("Artskonto", "Konto", "Kontonr", "Art"), filled=True),
    SourceColumn(key="text", headings=("Tekst", "Kontonavn", "Betegnelse"), required=False),
    SourceColumn(
        key="budget",
        kind=AMOUNT,
        headings=("Korrigeret budget", "Budget", "Årsbudget", "Korr budget"),
        filled=True,
    ),
    SourceColumn(
        key="spent",
        kind=AMOUNT,
        headings=("Forbrug", "Forbrug til dato", "Realiseret", "Forbrug år til dato"),
        filled=True,
    ),
    SourceColumn(
        key="forecast",
        kind=AMOUNT,
        headings=("Forventet regnskab", "Forventet", "Skøn", "Forventet årsresultat"),
    ),
    SourceColumn(
        key="note", headings=("Bemærkning", "Bemærkninger", "Kommentar", "Forklaring"), required=False
    ),
)
_LEDGER_COLUMNS = (
    SourceColumn(key=UNIT, headings=("Omkostningssted", "Enhed", "Profitcenter"), filled=True),
    SourceColumn(key=ACCOUNT, headings=("Artskonto", "Konto"), filled=True),
    SourceColumn(key="month", kind=ColumnKind.COUNT, headings=("Periode", "Måned"), required=False),
    SourceColumn(key="budget", kind=AMOUNT, headings=("Korrigeret budget", "Budget"), filled=True),
    SourceColumn(key="spent", kind=AMOUNT, headings=("Forbrug", "Beløb", "Realiseret"), filled=True),
)
SOURCES = {
    DEPARTMENTS: SourceShape(columns=_WORKBOOK_COLUMNS, several=True, set_aside=True, skip=_TOTALS),
    LEDGER: SourceShape(columns=_LEDGER_COLUMNS, skip=_TOTALS),
    BEFORE: SourceShape(columns=_WORKBOOK_COLUMNS, several=True, optional=True, set_aside=True, skip=_TOTALS),
    LEDGER_BEFORE: SourceShape(columns=_LEDGER_COLUMNS, several=True, optional=True, skip=_TOTALS),
}
_AMOUNTS = ("budget", "spent", "forecast", "deviation")
_KEYS = (Column(key=UNIT), Column(key=ACCOUNT), Column(key="text"))
_CELL = Column(key="cell")


def _columns(*keys: str) -> tuple[Column, ...]:
    return tuple(Column(key=key, kind=AMOUNT) for key in keys)


def work_out(given: FlowInput) -> FlowResult:
    """One workbook for management; every file, line and difference that a person must look at is a case."""
    settings: Settings = given.settings
    rows = _sorted_rows(given)
    used, left = rows[rows[REASON] == ""], rows[rows[REASON] != ""]
    ledger = given.tables[LEDGER]
    lines = lines_of(used, ledger, settings.limits)
    book = BudgetBook(
        period=given.period,
        lines=lines,
        departments=department_table(lines, settings.departments, _file_by_unit(used)),
        doubtful=_doubtful(given, rows, lines),
        changes=changes(used, _before(given).iloc[:0] if _year_begins(given) else _before(given)),
        limits=settings.limits,
    )
    cases = tuple(_cases(given, book, left))
    off = _told_otherwise(book)
    return FlowResult(
        conclusion="budget_follow_up",
        facts={
            "files": used[FILE].nunique(),
            "wanted": len(settings.departments),
            "deviations": int(lines["listed"].sum()),
            "difference": int((off["spent_told"] - off["spent"]).sum()),
            "open": len(cases),
        },
        controls=tuple(_controls(rows, (used, left), ledger, lines)),
        tables=tuple(_tables(book)),
        cases=cases,
        outputs=_workbook(given, book),
        done={"department": [f"{given.period}:{unit}" for unit in sorted(set(used[UNIT]))]},
    )


def _sorted_rows(given: FlowInput) -> pd.DataFrame:
    """The workbooks' rows with unit, source cell, and why their file is left out ("" for one that counts)."""
    settings: Settings = given.settings
    files, rows = given.files[DEPARTMENTS], given.tables[DEPARTMENTS]
    units = {name: one.unit for name, one in named_files(files, settings.file_name).items()}
    reasons = _file_reasons(given, units)
    where = {one.file: one.letters for one in files}
    lines = rows[LINE].astype("str")
    return rows.assign(
        **{
            UNIT: rows[FILE].map(units).astype("str"),
            REASON: rows[FILE].map(lambda file: reasons.get(file, ("", ""))[0]).astype("str"),
            "same_as": rows[FILE].map(lambda file: reasons.get(file, ("", ""))[1]).astype("str"),
            "cell": rows[FILE].map(lambda file: where[file]["forecast"]).astype("str") + lines,
            "spent_cell": rows[FILE].map(lambda file: where[file]["spent"]).astype("str") + lines,
        }
    )


def _file_reasons(given: FlowInput, units: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Why files are left out, and the file they repeat: sent before, of no department, or two that differ."""
    settings: Settings = given.settings
    rows, files = given.tables[DEPARTMENTS], given.files[DEPARTMENTS]
    # With the unit, equal rows of two departments (an empty template) are no repeat; equal bytes are.
    own = rows.assign(**{UNIT: rows[FILE].map(units).astype("str")})
    again = repeats(own, files, before=_marks_before(given))
    reasons = {one.file: ("file_again", one.same_as) for one in again}
    unknown = [file for file, unit in units.items() if unit not in settings.departments]
    reasons |= dict.fromkeys(unknown, ("unknown_unit", ""))
    standing = pd.Series({file: unit for file, unit in units.items() if file not in reasons}, dtype="str")
    twice = standing[standing.duplicated(keep=False)]
    return reasons | dict.fromkeys(twice.index, ("two_files", ""))


def _marks_before(given: FlowInput) -> list[tuple[str, str]]:
    """(file, fingerprint) of last month's workbooks, by bytes and by rows."""
    month = previous_period(given.period)
    by_bytes = [(f"{month}/{one.file}", one.sha256) for one in given.files.get(BEFORE, ())]
    by_rows = content_prints(_before(given))
    return by_bytes + [(f"{month}/{name}", mark) for name, mark in by_rows.items()]


def _year_begins(given: FlowInput) -> bool:
    """Whether the month before is of another year: its budget and months are others."""
    return given.period.endswith("-01")


def _before(given: FlowInput) -> pd.DataFrame:
    """Last month's rows with their unit; no rows when there are none."""
    rows = given.tables.get(BEFORE, given.tables[DEPARTMENTS].iloc[:0])
    units = named_files(given.files.get(BEFORE, ()), given.settings.file_name)
    return rows.assign(
        **{UNIT: rows[FILE].map({name: one.unit for name, one in units.items()}).astype("str")}
    )


def _file_by_unit(used: pd.DataFrame) -> dict[str, str]:
    return dict(zip(used[UNIT], used[FILE], strict=True))


def _controls(
    rows: pd.DataFrame, parts: tuple[pd.DataFrame, ...], ledger: pd.DataFrame, lines: pd.DataFrame
) -> Iterator[Control]:
    yield Control(key="rows", expected=len(rows), found=sum(map(len, parts)), is_amount=False)
    for name in ("budget", "spent"):
        yield Control(key=f"{name}_in_book", expected=int(ledger[name].sum()), found=int(lines[name].sum()))
        yield Control(
            key=f"{name}_told",
            expected=int(ledger[name].sum()),
            found=int(parts[0][name].sum()),
            explained=int((lines[f"{name}_told"] - lines[name]).sum()),
        )


def _tables(book: BudgetBook) -> Iterator[ResultTable]:
    lines = book.lines
    department = (Column(key=UNIT), Column(key="name"), Column(key="file"))
    yield ResultTable(
        key="departments",
        columns=(*department, *_columns(*_AMOUNTS, "off")),
        rows=book.departments,
        summed=(*_AMOUNTS[:2], "off"),
    )
    yield ResultTable(
        key="deviations",
        columns=(*_KEYS, *_columns("budget", "forecast", "deviation"), Column(key="note"), _CELL),
        rows=lines[lines["listed"]],
        summed=("deviation",),
    )
    told = _columns("budget", "budget_told", "spent", "spent_told")
    yield ResultTable(key="budget_differences", columns=(*_KEYS, *told, _CELL), rows=book.differences)
    moved = _columns("budget_before", "budget", "forecast_before", "forecast")
    yield ResultTable(
        key="budget_changes", columns=(Column(key=UNIT), Column(key=ACCOUNT), *moved), rows=book.changes
    )
    yield ResultTable(
        key="doubtful",
        columns=(Column(key="doubt", worded=True), Column(key=UNIT), Column(key="text"), _CELL),
        rows=book.doubtful,
    )
    yield ResultTable(
        key="budget_lines",
        columns=(*_KEYS, *_columns(*_AMOUNTS), Column(key="note"), _CELL),
        rows=lines,
        summed=_AMOUNTS[:2],
    )


def _doubtful(given: FlowInput, rows: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """What a reader of the workbook should know: left out, unreadable, without forecast, skipped."""
    told = [_doubt(finding) for finding in given.set_aside.get(DEPARTMENTS, ())]
    left = rows[rows[REASON] != ""].drop_duplicates(FILE)
    told += [
        _doubt_row(str(row[REASON]), file=row[FILE], unit=row[UNIT], text=row[FILE])
        for row in left.to_dict("records")
    ]
    blank = lines[lines["forecast"].isna() & lines[FILE].ne("")]
    told += [
        _doubt_row(
            "no_forecast",
            file=row[FILE],
            unit=row[UNIT],
            text=row[ACCOUNT],
            cell=row["cell"],
            line=row[LINE],
            sheet=row[SHEET],
        )
        for row in blank.to_dict("records")
    ]
    told += [row for file in given.files[DEPARTMENTS] for row in _skipped(file)]
    empty = _doubt_row("", file="")
    return pd.DataFrame(told, columns=list(empty)).astype({LINE: "int64"})


def _doubt(finding: Finding) -> dict[str, object]:
    place = finding.place
    text = f"{finding.code} {finding.found}".strip()
    return _doubt_row(
        "unusable_file",
        file=place.file,
        text=text,
        cell=place.cell,
        line=place.line,
        sheet=place.sheet,
    )


def _skipped(file: FileRead) -> Iterator[dict[str, object]]:
    for line, reason in file.skipped:
        if reason != "blank":
            yield _doubt_row(f"skipped_{reason}", file=file.file, line=line, sheet=file.sheet)


def _doubt_row(doubt: str, **facts: object) -> dict[str, object]:
    return {
        "doubt": doubt,
        UNIT: facts.get("unit", ""),
        "text": facts.get("text", ""),
        "cell": facts.get("cell", ""),
        FILE: facts["file"],
        SHEET: facts.get("sheet", ""),
        LINE: facts.get("line", 0),
    }


def _cases(given: FlowInput, book: BudgetBook, left: pd.DataFrame) -> Iterator[FlowCase]:
    yield from _file_cases(given, left)
    settings: Settings = given.settings
    lacking = book.departments[book.departments["file"] == ""]
    for row in lacking.to_dict("records"):
        cause = "missing_department" if row[UNIT] in settings.departments else "unlisted_unit"
        yield _case(given, f"{cause}:{row[UNIT]}", cause, text=f"{row[UNIT]} {row['name']}".strip())
    files = dict(zip(book.departments[UNIT], book.departments["file"], strict=True))
    for unit, part in _told_otherwise(book).groupby(UNIT, sort=True):
        written = part[part[FILE] != ""]  # not what the department leaves out
        yield _case(
            given,
            f"differs:{unit}",
            "differs_from_erp",
            text=f"{unit} {settings.departments[str(unit)]}",
            amount=int((part["spent_told"] - part["spent"]).sum()),
            row=written.iloc[0] if len(written) else None,
            place=Place(file=files[str(unit)]),
        )
    silent = book.lines[book.lines["listed"] & book.lines["note"].eq("")]
    for _, line in silent.iterrows():
        item = f"deviation:{line[UNIT]}:{line[ACCOUNT]}"
        text = f"{line[UNIT]} {line[ACCOUNT]} {line['text']}".strip()
        yield _case(given, item, "unexplained_deviation", text=text, amount=int(line["deviation"]), row=line)
    old = None if _year_begins(given) else given.tables.get(LEDGER_BEFORE)
    for row in () if old is None else restated_months(given.tables[LEDGER], old).to_dict("records"):
        name = f"{row[UNIT]}:{row[ACCOUNT]}:{row['month']}"
        text = f"{row[UNIT]} {row[ACCOUNT]}, {given.period[:4]}-{int(row['month']):02}"
        yield _case(given, f"restated:{name}", "restated_history", text=text, amount=int(row["change"]))


def _told_otherwise(book: BudgetBook) -> pd.DataFrame:
    """Lines on which a department and the ERP differ; a department without a file is told apart."""
    sent = book.departments.loc[book.departments["file"] != "", UNIT]
    return book.differences[book.differences[UNIT].isin(sent)]


def _file_cases(given: FlowInput, left: pd.DataFrame) -> Iterator[FlowCase]:
    for finding in unusable_files(given.set_aside.get(DEPARTMENTS, ())):
        item = f"unusable:{finding.place.file}"
        yield _case(given, item, "unusable_file", text=finding.code, place=finding.place)
    for row in left.drop_duplicates(FILE).to_dict("records"):
        place = Place(file=row[FILE])
        text = f"{row[UNIT]} = {row['same_as']}" if row["same_as"] else str(row[UNIT])
        yield _case(given, f"{row[REASON]}:{row[FILE]}", f"budget_{row[REASON]}", text=text, place=place)


def _case(
    given: FlowInput,
    item_id: str,
    cause: str,
    *,
    text: str,
    amount: int = 0,
    place: Place | None = None,
    row: "pd.Series | None" = None,
) -> FlowCase:
    if row is not None:
        place = Place(file=row[FILE], sheet=row[SHEET], line=int(row[LINE]), cell=row["cell"])
    return FlowCase(
        item_id=item_id,
        cause=cause,
        amount=amount,
        day=given.as_of,
        text=text,
        place=place or Place(file=""),
    )


def _workbook(given: FlowInput, book: BudgetBook) -> tuple[OutputFile, ...]:
    write = given.writers.get(BOOK_WRITER)
    if write is None:
        return ()
    name = f"budgetopfoelgning_{given.period}.xlsx"
    return (OutputFile(name=name, content=write(book), control_total=int(book.lines["spent"].sum())),)


FLOW = Flow(id="budget_follow_up", sources=SOURCES, settings=Settings, work_out=work_out)
