from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from gevinst.app.run_report import RunReport
from gevinst.domain.money import kroner
from gevinst.domain.reconciliation import Reconciliation
from gevinst.reports.workbook import LONGEST_CELL, write_workbook
from unit.reports.sample import agreed, broken_bridge, rejected_report, sample_report, sample_result


def written(report: RunReport, folder: Path, *, values: bool = True, language: str = "da") -> Workbook:
    path = folder / "afstemning.xlsx"
    write_workbook(path, report, language)
    return openpyxl.load_workbook(path, data_only=values)


def rows(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    heads, *lines = book[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, heads), line, strict=True)) for line in lines]


def bridge(book: Workbook) -> dict[str, Any]:
    lines = book["Konklusion"].iter_rows(min_row=5, max_row=11, values_only=True)
    return {str(line[0]): line[2] for line in lines}


def test_the_sheets_stand_in_the_order_of_the_work(tmp_path: Path) -> None:
    names = written(sample_report(), tmp_path).sheetnames

    assert names == ["Konklusion", "Åbne poster", "Forslag", "Matchede", "Afviste", "Kontroltotaler"]


def test_the_bridge_is_live_formulas_but_for_the_two_balances(tmp_path: Path) -> None:
    lines = bridge(written(sample_report(), tmp_path, values=False))

    assert [letter for letter, value in lines.items() if not str(value).startswith("=")] == ["A", "F"]


@pytest.mark.parametrize("made", [sample_result, agreed, broken_bridge])
def test_what_the_formulas_sum_is_what_they_show(made: Callable[[], Reconciliation], tmp_path: Path) -> None:
    book = written(sample_report(made()), tmp_path)
    shown = {letter: round(float(value), 2) for letter, value in bridge(book).items()}
    still_open, matched = rows(book, "Åbne poster"), rows(book, "Matchede")

    assert shown["B"] == round(sum(row["Beløb"] for row in still_open if row["Side"] == "Bank"), 2)
    assert shown["C"] == round(-sum(row["Beløb"] for row in still_open if row["Side"] == "Finans"), 2)
    assert shown["D"] == round(sum(row["Difference"] or 0 for row in matched), 2)
    assert shown["E"] == round(shown["A"] + shown["B"] + shown["C"] + shown["D"], 2)
    assert shown["G"] == round(shown["F"] - shown["E"], 2)


def test_the_work_list_has_every_undecided_item_and_room_for_a_decision(tmp_path: Path) -> None:
    listed = rows(written(sample_report(), tmp_path), "Åbne poster")

    assert [row["Nr."] for row in listed] == list(range(1, 23))
    assert {row["Afgørelse"] for row in listed} == {row["Bemærkning"] for row in listed} == {None}
    assert {row["Ansvarlig"] for row in listed} == {"Regnskab, afstemning"}


def test_days_and_amounts_are_days_and_numbers(tmp_path: Path) -> None:
    listed = rows(written(sample_report(), tmp_path), "Åbne poster")

    assert all(isinstance(row["Bogført"], datetime) for row in listed)
    assert all(isinstance(row["Beløb"], int | float) for row in listed)


def test_each_matched_item_stands_once_with_its_sentence(tmp_path: Path) -> None:
    result = sample_result()
    listed = rows(written(sample_report(result), tmp_path), "Matchede")

    matched = sum(int((frame["state"] == "matched").sum()) for frame in (result.left, result.right))
    assert len(listed) == matched
    assert all(row["Forklaring"] for row in listed)


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("x")', "+45 12", "@SUM(A1)", "https://a.test", "00123"])
def test_bank_text_is_never_a_formula_a_link_or_a_number(text: str, tmp_path: Path) -> None:
    result = sample_result()
    report = sample_report(replace(result, left=result.left.assign(text=text)))

    sheet = written(report, tmp_path, values=False)["Åbne poster"]
    cells = [cell for row in sheet.iter_rows() for cell in row]

    kept = [cell for cell in cells if cell.value == text]
    assert kept
    assert {(cell.data_type, cell.hyperlink) for cell in kept} == {("s", None)}


def test_a_text_longer_than_a_cell_is_cut_with_a_mark(tmp_path: Path) -> None:
    result = sample_result()
    report = sample_report(replace(result, left=result.left.assign(text="a" * 40_000)))

    texts = [row["Tekst"] for row in rows(written(report, tmp_path), "Åbne poster") if row["Side"] == "Bank"]

    assert {len(text) for text in texts} == {LONGEST_CELL}
    assert all(text.endswith("… [afkortet]") for text in texts)


def test_the_lists_have_a_frozen_and_filtered_head(tmp_path: Path) -> None:
    book = written(sample_report(), tmp_path)

    for name in ("Åbne poster", "Forslag", "Matchede", "Afviste"):
        assert book[name].freeze_panes == "A2"
        assert book[name].auto_filter.ref


def test_the_control_totals_leave_nothing_unplaced(tmp_path: Path) -> None:
    sheet = written(sample_report(), tmp_path)["Kontroltotaler"]

    lines = {row[0]: row[1:5] for row in sheet.iter_rows(min_row=2, max_row=9, values_only=True)}
    assert lines["Uden plads"] == (0, 0, 0, 0)
    assert lines["Indlæst"][0] == len(sample_result().left)


def test_a_rejected_run_lists_its_findings(tmp_path: Path) -> None:
    listed = rows(written(replace(rejected_report(), result=None), tmp_path), "Afviste")

    assert [row["Kode"] for row in listed] == ["CEL-001", "CEL-002"]
    assert [row["Fundet"] for row in listed] == ["1.234,5O", "31-09-2026"]


def test_the_english_workbook_is_english(tmp_path: Path) -> None:
    book = written(sample_report(), tmp_path, language="en")

    assert book.sheetnames[1] == "Open items"
    assert rows(book, "Open items")[0]["Amount"] is not None


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_workbook(first, sample_report())
    write_workbook(second, sample_report())

    assert first.read_bytes() == second.read_bytes()


def test_the_largest_amount_keeps_its_ore(tmp_path: Path) -> None:
    result = sample_result()
    largest = 999_999_999_999_99
    left = result.left.assign(amount=largest)

    amounts = [
        row["Beløb"]
        for row in rows(written(sample_report(replace(result, left=left)), tmp_path), "Åbne poster")
        if row["Side"] == "Bank"
    ]

    assert {f"{amount:.2f}" for amount in amounts} == {str(kroner(largest))}
