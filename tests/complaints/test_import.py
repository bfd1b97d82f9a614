"""Complaints of other programs about importing; each test names its source."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from gevinst.app.drift_check import CheckedFile, check_drift
from gevinst.app.ports import SeenInput
from gevinst.domain.drift import profile_of
from gevinst.domain.finding import InputRejectedError, Severity
from gevinst.domain.robot import Source
from gevinst.domain.run import Run, RunState
from gevinst.domain.source import SourceRead
from gevinst.formats.intake import take_in
from gevinst.formats.layout_draft import draft_layout
from gevinst.formats.layouts import packaged_layouts, parse_layout
from gevinst.formats.reading import read_source
from gevinst.store.memory import MemoryRunStore
from runs import a_run, ended

BANK = Source(name="bank", path="")
HEAD = "Dato;Tekst;Beløb"
Next = Callable[..., CheckedFile]


@pytest.fixture
def next_export(tmp_path: Path) -> Next:
    """Give what becomes of November's export after October's was used."""

    def read(name: str, rows: Sequence[str]) -> SourceRead:
        file = tmp_path / name
        file.write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
        return read_source(file)

    def check(october: Sequence[str], november: Sequence[str], *, period: str = "2026-11") -> CheckedFile:
        store, before, run = MemoryRunStore(), a_run(), a_run("run-2", period=period, after=60)
        earlier = read("oktober.csv", october)
        store.start(before)
        store.save_inputs(before, [_seen(earlier)])
        store.save_profiles(before, [profile_of("bank", earlier, "2026-10")])
        store.finish(ended(before, RunState.OPEN_ITEMS))
        store.start(run)

        def read_before(of: Run, source: Source) -> SourceRead:
            assert (of.run_id, source.name) == ("run-1", "bank")
            return earlier

        return check_drift(run, BANK, read("november.csv", november), store=store, read_before=read_before)

    return check


def _seen(read: SourceRead) -> SeenInput:
    return SeenInput(source="bank", file=read.file, sha256=read.sha256, rows=read.rows.read)


OCTOBER = ["05-10-2026;Husleje;100,00", "30-10-2026;Kontingent;150,00", "30-10-2026;Kontingent;150,00"]


def test_rows_of_an_overlapping_export_are_not_counted_twice(next_export: Next) -> None:
    """Source: github.com/plaintextaccounting/hledger/issues/1862: overlapping exports doubled."""
    checked = next_export(OCTOBER, [*OCTOBER[1:], "04-11-2026;Husleje;100,00"])

    assert list(checked.read.items["booked"].dt.strftime("%d-%m")) == ["04-11"]
    assert (checked.duplicate.count, checked.duplicate.sum) == (2, 30_000)
    warnings = {one.code: one.severity for one in checked.read.findings}
    assert warnings["DRF-010"] is Severity.WARNING


def test_two_genuine_equal_rows_both_stay(next_export: Next) -> None:
    """Source: github.com/actualbudget/actual/issues/5627: two genuine equal rows dropped as duplicates."""
    twice = "04-11-2026;Kontingent;150,00"

    checked = next_export(OCTOBER, [*OCTOBER[1:], "30-10-2026;Kontingent;150,00", twice, twice])

    assert list(checked.read.items["booked"].dt.strftime("%d-%m")) == ["30-10", "04-11", "04-11"]
    assert checked.duplicate.count == 2


def test_the_last_period_s_export_again_is_no_input_for_this_one(next_export: Next) -> None:
    """Source: github.com/frappe/erpnext/issues/16202: re-import not checked."""
    checked = next_export(OCTOBER, OCTOBER)

    errors = [one.code for one in checked.read.findings if one.severity is Severity.ERROR]
    assert errors == ["DRF-011"]


def test_an_export_that_begins_where_the_last_one_ended_is_used_whole(next_export: Next) -> None:
    """Source: github.com/plaintextaccounting/hledger/issues/1862, its other half."""
    checked = next_export(OCTOBER, ["04-11-2026;Husleje;100,00"])

    assert (len(checked.read.items), checked.duplicate.count) == (1, 0)
    assert not [one for one in checked.read.findings if one.code.startswith("DRF-01")]


def test_the_right_export_takes_the_place_of_the_wrong_one_and_nothing_of_it_is_left(
    next_export: Next,
) -> None:
    """Source: github.com/actualbudget/actual/issues/2564: undoing an import did nothing."""
    wrong = [*OCTOBER, "29-10-2026;Fra en anden konto;99,00"]

    checked = next_export(wrong, OCTOBER, period="2026-10")

    assert checked.read.items["amount"].tolist() == [10_000, 15_000, 15_000]
    assert (checked.duplicate.count, checked.read.findings) == (0, ())


def test_an_amount_without_its_decimal_mark_is_noticed(tmp_path: Path) -> None:
    """Source: github.com/frappe/erpnext/issues/59039: `9,00` read as 900, seen beside the month before."""
    file = tmp_path / "bank.csv"
    amounts = [f"{100 + at * 7}" for at in range(20)]
    rows = [f"{1 + at:02}-10-2026;Husleje {at};{amount},00" for at, amount in enumerate(amounts)]
    file.write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
    read = read_source(file)
    spoiled = replace(read, items=read.items.assign(amount=read.items["amount"] * 100))
    store, before, run = MemoryRunStore(), a_run(period="2026-09"), a_run("run-2", after=60)
    store.start(before)
    store.save_profiles(before, [profile_of("bank", read, "2026-09")])
    store.finish(ended(before))
    store.start(run)

    checked = check_drift(run, BANK, spoiled, store=store, read_before=lambda _run, _source: None)

    assert "DRF-002" in [one.code for one in checked.read.findings if one.severity is Severity.ERROR]


def read_amounts(folder: Path, text: str) -> list[tuple[str, int]]:
    """Day and øre of each row that a file gives."""
    file = folder / "udtog.csv"
    file.write_text(text, encoding="utf-8")
    items = read_source(file).items
    return list(zip(items["booked"].dt.strftime("%d-%m-%Y"), items["amount"].tolist(), strict=True))


def test_titles_above_the_header_and_a_total_below_are_no_rows(tmp_path: Path) -> None:
    """Source: github.com/The-Commit-Company/mint/issues/98: header not on row 1, footers."""
    title = "Kontoudtog for konto 4711\nPeriode;oktober 2026\n\n"
    rows = "05-10-2026;Husleje;100,00\n06-10-2026;Gebyr;-25,00\nI alt;;75,00\n"

    assert read_amounts(tmp_path, f"{title}{HEAD}\n{rows}") == [
        ("05-10-2026", 10_000),
        ("06-10-2026", -2_500),
    ]


def test_debits_and_credits_of_two_columns_are_both_read(tmp_path: Path) -> None:
    """Source: github.com/frappe/erpnext/issues/16202: only credits imported."""
    text = "Dato;Tekst;Debet;Kredit\n05-10-2026;Husleje;;100,00\n06-10-2026;Gebyr;25,00;\n"

    assert read_amounts(tmp_path, text) == [("05-10-2026", -10_000), ("06-10-2026", 2_500)]


def test_day_and_month_are_not_guessed_row_by_row(tmp_path: Path) -> None:
    """Source: github.com/odoo/documentation/pull/157: day and month swapped by guessing."""
    danish = f"{HEAD}\n03-10-2026;Husleje;100,00\n04-10-2026;Gebyr;-25,00\n"
    american = f"{HEAD}\n10/03/2026;Husleje;100,00\n10/14/2026;Gebyr;-25,00\n"

    assert [day for day, _ in read_amounts(tmp_path, danish)] == ["03-10-2026", "04-10-2026"]
    assert [day for day, _ in read_amounts(tmp_path, american)] == ["03-10-2026", "14-10-2026"]


def test_an_export_without_a_row_is_read_as_none(tmp_path: Path) -> None:
    """Source: github.com/robocorp/rpaframework/issues/203: an empty sheet crashes."""
    assert read_amounts(tmp_path, f"{HEAD}\n") == []


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}\n05-10-2026;Husleje;100,00\n06-10-2026;Gebyr;-25,00\n",
        "Kontoudtog\n\nDato\tTekst\tDebet\tKredit\n05-10-2026\tHusleje\t100,00\t\n06-10-2026\tGebyr\t\t25,00\n",
        "Date,Description,Amount\n2026-10-05,Rent,100.00\n2026-10-06,Fee,-25.00\n",
    ],
    ids=["semicolons", "titles, tabs and two columns", "English"],
)
def test_a_mapping_that_is_made_of_a_file_reads_that_file(tmp_path: Path, text: str) -> None:
    """Source: github.com/OCA/bank-statement-import/issues/603: a mapping was made, then "not supported"."""
    file = tmp_path / "udtog.csv"
    file.write_text(text, encoding="utf-8")

    made = parse_layout(draft_layout(take_in(file), mapping={}, known=packaged_layouts()), "udtog.toml")

    assert read_source(file, layout=made).items["amount"].tolist() == [10_000, -2_500]


def test_a_workbook_s_days_and_amounts_are_what_its_cells_hold_and_an_empty_sheet_is_said(
    tmp_path: Path,
) -> None:
    """Source: github.com/robocorp/rpaframework/issues/145 and 203: format and locale of cells are lost."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        HEAD.split(";"),
        [date(2026, 10, 3), "Husleje", 1234.5],
        [datetime(2026, 10, 4, 12, 30, tzinfo=UTC).replace(tzinfo=None), "Gebyr", -25],
    ):
        sheet.append(row)
    sheet["A2"].number_format, sheet["C2"].number_format = "mm-dd-yy", '#.##0,00 "kr."'
    book.save(tmp_path / "bog.xlsx")
    openpyxl.Workbook().save(tmp_path / "tom.xlsx")

    items = read_source(tmp_path / "bog.xlsx").items
    with pytest.raises(InputRejectedError) as refused:
        read_source(tmp_path / "tom.xlsx")

    assert list(items["booked"].dt.strftime("%d-%m")) == ["03-10", "04-10"]
    assert items["amount"].tolist() == [123_450, -2_500]
    assert [one.place.file for one in refused.value.findings] == ["tom.xlsx"]
