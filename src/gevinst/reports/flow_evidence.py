"""The evidence of a flow's run: pages, workbook, result, lists as CSV, and the files that the flow made."""

import csv
import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from gevinst.app.flow_report import FlowReport
from gevinst.app.ports import OUTPUT_LINES
from gevinst.domain.flow import ColumnKind, FileRead, FlowCase, OutputFile, ResultTable
from gevinst.domain.masking import mask_cpr
from gevinst.domain.money import kroner_text
from gevinst.reports.cells import harmless
from gevinst.reports.evidence import RESULT, all_or_none, copy_inputs
from gevinst.reports.flow_page import WORKBOOK, control_words, flow_conclusion, flow_page
from gevinst.reports.flow_workbook import write_flow_workbook
from gevinst.reports.page import RUN_PAGES
from gevinst.reports.result_json import finding_values
from gevinst.reports.run_json import run_facts
from gevinst.texts import Language, Texts

CONTRACT = "gevinst-flow/1"


def write_flow_reports(folder: Path, report: FlowReport, inputs: Iterable[Path]) -> None:
    """Write everything that the run leaves for people and machines, all or none of it.

    Raises:
        OSError: the disk is full or the folder cannot be written; what stood there before is untouched.
    """
    copy_inputs(folder, inputs)
    with all_or_none(folder) as draft:
        for language, name in RUN_PAGES.items():
            (draft / name).write_text(flow_page(report, language), "utf-8", newline="\n")
        write_flow_workbook(draft / WORKBOOK, report)
        text = json.dumps(flow_json(report), ensure_ascii=False, indent=1)
        (draft / RESULT).write_text(text + "\n", "utf-8", newline="\n")
        for table in report.result.tables if report.result else ():
            _write_csv(draft / f"{table.key}.csv", table)
        outputs = report.result.outputs if report.result else ()
        for output in outputs:
            (draft / output.name).write_bytes(output.content)
        if any(output.lines for output in outputs):
            (draft / OUTPUT_LINES).write_text(_output_lines(outputs), "utf-8", newline="\n")


def _output_lines(outputs: Iterable[OutputFile]) -> str:
    """Which rows of the input each file holds; a file of its own, which stays as it is if the run dies.

    Ids are never masked: by them the next run knows what has left.
    """
    files = {
        one.name: {
            "sha256": sha256(one.content).hexdigest(),
            "lines": [[line.document, line.item, line.account, line.amount] for line in one.lines],
        }
        for one in outputs
    }
    return json.dumps(files, ensure_ascii=False) + "\n"


def flow_json(report: FlowReport) -> dict[str, Any]:
    """The result as plain values. Amounts are integer øre, days ISO 8601; only `run` holds times."""
    danish, english = Texts(Language.DANISH), Texts(Language.ENGLISH)
    result = report.result
    return {
        "contract": CONTRACT,
        "state": str(report.run.state),
        "conclusion": flow_conclusion(report, danish),
        "conclusion_en": flow_conclusion(report, english),
        "run": run_facts(report.run),
        "files": [_file(one) for one in report.files],
        "controls": [
            {
                "key": one.key,
                "sentence": control_words(one, danish),
                "expected": one.expected,
                "found": one.found,
                "difference": one.difference,
                "explained": one.explained,
                "amount": one.is_amount,
            }
            for one in (result.controls if result else ())
        ],
        "cases": [_case(one) for one in (result.cases if result else ())],
        "tables": {one.key: len(one.rows) for one in (result.tables if result else ())},
        "outputs": [
            {"name": one.name, "control_total": one.control_total}
            for one in (result.outputs if result else ())
        ],
        "done": {kind: len(keys) for kind, keys in (result.done if result else {}).items()},
        "decisions": [one.number for one in report.accepted],
        "rejected": [finding_values(one, danish, english) for one in report.rejected],
        "warnings": [finding_values(one, danish, english) for one in report.warnings],
        "versions": dict(report.versions),
    }


def _file(one: FileRead) -> dict[str, Any]:
    counts = one.counts
    return {
        "file": mask_cpr(one.file),
        "sha256": one.sha256,
        "rows": {"in_file": counts.in_file, "read": counts.read, "skipped": counts.skipped},
    }


def _case(one: FlowCase) -> dict[str, Any]:
    return {
        "id": mask_cpr(one.item_id),
        "cause": one.cause,
        "amount": one.amount,
        "day": one.day.isoformat(),
        "place": {"file": mask_cpr(one.place.file), "sheet": one.place.sheet, "line": one.place.line},
    }


def _write_csv(path: Path, table: ResultTable) -> None:
    """A list as CSV for Danish Excel: semicolons, decimal comma, UTF-8 with a mark."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow([column.key for column in table.columns])
        columns: Sequence[list[str]] = [
            [_text(value, column.kind) for value in table.rows[column.key].tolist()]
            for column in table.columns
        ]
        writer.writerows(zip(*columns, strict=True))


def _text(value: Any, kind: ColumnKind) -> str:
    if pd.isna(value):
        return ""
    if kind is ColumnKind.AMOUNT:
        return kroner_text(int(value), ",")
    if kind is ColumnKind.DAY:
        return str(value.date())
    return harmless(str(value)) if kind is ColumnKind.TEXT else str(value)
