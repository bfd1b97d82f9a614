"""The run page of a flow over tables: conclusion, controls, cases, lists; one file in each language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gevinst.app.flow_report import FlowReport
from gevinst.domain.flow import Column, ColumnKind, Control, FlowCase, ResultTable
from gevinst.domain.masking import mask_cpr
from gevinst.domain.run import RunState
from gevinst.reports.numbers import period_words
from gevinst.reports.page import RUN_PAGES, page_frame, page_templates
from gevinst.reports.run_page import MOST_ROWS, gain_words
from gevinst.texts import Language, Texts
from gevinst.texts.findings import finding_text, place_text

WORKBOOK = "resultat.xlsx"
MOST_LISTED = 200  # rows of a list that stand on the page; the workbook has all
HIDDEN = "\u2022\u2022\u2022"  # what stands for a person on the page; the lists have names and numbers
CELL_CLASSES = {
    ColumnKind.AMOUNT: "n",
    ColumnKind.COUNT: "n",
    ColumnKind.NUMBER: "n",
    ColumnKind.DAY: "nowrap",
}
TONES = {RunState.AGREED: "ok", RunState.OPEN_ITEMS: "act"}


@dataclass(frozen=True, kw_only=True)
class ShownTable:
    """A list as the page shows it."""

    key: str
    title: str
    note: str
    heads: tuple[tuple[str, str], ...]  #: heading, and the class of its cells: n for numbers, nowrap for days
    rows: list[list[str]]
    count: int
    totals: tuple[str, ...]  #: a text for each column; empty when nothing is summed


def flow_page(report: FlowReport, language: Language | str = Language.DANISH) -> str:
    """The page as HTML text."""
    texts = Texts(language)
    return page_templates(texts.language).get_template("flow_page.html.j2").render(**_facts(report, texts))


def _facts(report: FlowReport, texts: Texts) -> dict[str, Any]:
    result = report.result
    return {
        "report": report,
        "result": result,
        **page_frame(texts, RUN_PAGES),
        "title": report.robot.title.get(str(texts.language)) or report.robot.title.get("da", report.robot.id),
        "period": period_words(report.run.period, texts),
        "tone": TONES.get(report.run.state, "stop"),
        "conclusion": flow_conclusion(report, texts),
        "findings": [finding_text(one, texts) for one in report.rejected[:MOST_ROWS]],
        "warnings": [finding_text(one, texts) for one in report.warnings[:MOST_ROWS]],
        "controls": [(control_words(one, texts), one) for one in result.controls] if result else [],
        "cases": [case_row(one, texts) for one in result.cases[:MOST_ROWS]] if result else [],
        "tables": [shown_table(one, texts) for one in result.tables] if result else [],
        "most_rows": MOST_ROWS,
        "most_listed": MOST_LISTED,
        "workbook": WORKBOOK,
        "gain": gain_words(report.gain, texts) if report.gain else None,
    }


def flow_conclusion(report: FlowReport, texts: Texts) -> str:
    """What the run came to, in one sentence."""
    if report.result is not None:
        return texts.get(f"flow.conclusion.{report.result.conclusion}", **report.result.facts)
    if report.rejected:
        return texts.get("flow.rejected", count=len(report.rejected))
    return texts.get("flow.failed")


def control_words(control: Control, texts: Texts) -> str:
    """What two figures must be equal for."""
    return texts.get(f"flow.control.{control.key}", **control.facts)


def column_title(column: Column, texts: Texts) -> str:
    """The heading of a column: the office's own, else the catalogue's."""
    return column.heading or texts.get(f"flow.col.{column.key}")


def column_values(rows: pd.DataFrame, column: Column, texts: Texts) -> "pd.Series[Any]":
    """A column's values; those that are keys of the catalogue as its words."""
    values = rows[column.key]
    if not column.worded:
        return values
    return values.map({one: texts.get(f"flow.value.{one}") if one else "" for one in values.unique()})


def case_row(case: FlowCase, texts: Texts) -> Mapping[str, Any]:
    """A case as the page shows it."""
    return {
        "why": texts.get(f"cause.{case.cause}"),
        "what": mask_cpr(" · ".join(part for part in (case.counterparty, case.text, case.reference) if part)),
        "place": mask_cpr(place_text(case.place, texts)),
        "day": case.day,
        "amount": case.amount,
    }


def shown_table(table: ResultTable, texts: Texts) -> ShownTable:
    """A list in words, cut to what a page can hold."""
    first = table.rows.head(MOST_LISTED)
    columns = [
        [HIDDEN if column.personal and text else text for text in _shown_column(first, column, texts)]
        for column in table.columns
    ]
    totals = tuple(
        texts.amount(int(table.rows[column.key].sum())) if column.key in table.summed else ""
        for column in table.columns
    )
    return ShownTable(
        key=table.key,
        title=texts.get(f"flow.table.{table.key}"),
        note=texts.get(f"flow.note.{table.note}") if table.note else "",
        heads=tuple((column_title(one, texts), CELL_CLASSES.get(one.kind, "")) for one in table.columns),
        rows=[list(row) for row in zip(*columns, strict=True)],
        count=len(table.rows),
        totals=totals if table.summed else (),
    )


def _shown_column(rows: pd.DataFrame, column: Column, texts: Texts) -> Iterator[str]:
    return _shown(column_values(rows, column, texts), column.kind, texts)


def _shown(values: "pd.Series[Any]", kind: ColumnKind, texts: Texts) -> Iterator[str]:
    for value in values.tolist():
        if pd.isna(value):
            yield ""
        elif kind is ColumnKind.AMOUNT:
            yield texts.amount(int(value))
        elif kind is ColumnKind.COUNT:
            yield texts.number(int(value))
        elif kind is ColumnKind.DAY:
            yield texts.day(value.date())
        else:
            yield mask_cpr(str(value))
