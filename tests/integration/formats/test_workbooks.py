import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt  # type: ignore[import-untyped]
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from fuzz.workbooks import binary_book
from gevinst.domain.finding import InputRejectedError, Severity
from gevinst.domain.source import SourceRead
from gevinst.formats.reading import read_source, unsure

HEADER = ("Dato", "Bilag", "Tekst", "Beløb")
ROWS: Sequence[tuple[Any, ...]] = (
    (date(2026, 1, 5), 7001, "Leje", 1250.5),
    (date(2026, 1, 6), 7002, "Gebyr", -12.25),
)


def unchanged(_: Worksheet) -> None:
    """Leave the sheet as it is."""


def book(
    folder: Path,
    change: Callable[[Worksheet], object] = unchanged,
    rows: Sequence[tuple[Any, ...]] = ROWS,
) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Poster"
    for row in (HEADER, *rows):
        sheet.append(row)
    change(sheet)
    return saved(folder, workbook)


def saved(folder: Path, workbook: Workbook) -> Path:
    file = folder / "bog.xlsx"
    workbook.save(file)
    return file


def told(source: SourceRead) -> list[tuple[str, str]]:
    return [(finding.code, str(finding.place)) for finding in source.findings]


def test_dates_numbers_and_ids_are_read_as_they_are_shown(tmp_path: Path) -> None:
    source = read_source(book(tmp_path))

    assert list(source.items["amount"]) == [125050, -1225]
    assert list(source.items["item_id"]) == ["7001", "7002"]
    assert [day.date() for day in source.items["booked"]] == [date(2026, 1, 5), date(2026, 1, 6)]
    assert (source.items["place_sheet"][0], list(source.items["place_cell"])) == ("Poster", ["D2", "D3"])
    assert source.findings == ()


def test_title_rows_and_a_total_row_are_no_movements(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(1, 2)
        sheet["A1"] = "Kontokort 9.22.05"
        sheet.append(("I alt", None, None, 1238.25))

    source = read_source(book(tmp_path, change))

    assert list(source.items["place_line"]) == [4, 5]
    assert source.skipped == ((1, "skipped.title"), (3, "skipped.header"), (6, "skipped.total"))
    assert source.findings == ()


def test_a_total_that_is_not_the_sum_is_a_finding(tmp_path: Path) -> None:
    source = read_source(book(tmp_path, lambda sheet: sheet.append(("I alt", None, None, 1238.26))))

    assert told(source) == [("BNK-005", "bog.xlsx:Poster:4")]


def test_an_error_cell_is_no_blank(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["D3"] = "#DIV/0!"
        sheet["D3"].data_type = "e"

    source = read_source(book(tmp_path, change))

    assert told(source) == [("CEL-003", "bog.xlsx:Poster:D3")]
    assert source.findings[0].found == "#DIV/0!"


def test_a_formula_without_a_stored_value_is_no_blank(tmp_path: Path) -> None:
    source = read_source(book(tmp_path, lambda sheet: sheet.__setitem__("D3", "=D2*-1")))

    assert told(source) == [("CEL-004", "bog.xlsx:Poster:D3")]


def test_a_blank_amount_is_a_finding_of_its_own(tmp_path: Path) -> None:
    source = read_source(book(tmp_path, lambda sheet: sheet.__setitem__("D3", None)))

    assert told(source) == [("CEL-007", "bog.xlsx:Poster:D3")]


def test_amounts_and_dates_as_text_are_read_too(tmp_path: Path) -> None:
    rows = (*ROWS, ("15-01-2026", "7003", "Tekst", "1.250,50"), ("16.01.2026", "7004", "Tekst", "12,5-"))
    source = read_source(book(tmp_path, rows=rows))

    assert list(source.items["amount"])[2:] == [125050, -1250]
    assert source.findings == ()


def test_a_part_of_an_ore_is_a_finding(tmp_path: Path) -> None:
    source = read_source(book(tmp_path, lambda sheet: sheet.__setitem__("D3", 1.005)))

    assert told(source) == [("CEL-001", "bog.xlsx:Poster:D3")]


def test_float_noise_is_no_part_of_an_ore(tmp_path: Path) -> None:
    source = read_source(book(tmp_path, lambda sheet: sheet.__setitem__("D3", 0.1 + 0.2)))

    assert list(source.items["amount"]) == [125050, 30]


def test_hidden_rows_are_read_and_told(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    source = read_source(book(tmp_path, change))

    assert (len(source.items), [(one.code, one.severity) for one in source.findings]) == (
        2,
        [("LAY-008", Severity.WARNING)],
    )


def test_a_hidden_sheet_is_not_looked_at(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        hidden = sheet.parent.create_sheet("Kladde")
        for row in (HEADER, *ROWS, *ROWS):
            hidden.append(row)
        hidden.sheet_state = "hidden"

    source = read_source(book(tmp_path, change))

    assert (source.items["place_sheet"].unique().tolist(), unsure(source)) == (["Poster"], [])


def test_the_only_sheet_with_a_table_is_taken(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        sheet.parent.create_sheet("Forside", 0).append(("Udskrevet", date(2026, 2, 1)))

    assert len(read_source(book(tmp_path, change)).items) == 2


def test_two_sheets_with_tables_are_asked_about(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        other = sheet.parent.create_sheet("Februar")
        for row in (HEADER, *ROWS, (date(2026, 2, 1), 7003, "Leje", 1.0)):
            other.append(row)

    file = book(tmp_path, change)

    assert [(one.subject, one.alternatives) for one in unsure(read_source(file))] == [
        ("sheet", ("Februar", "Poster"))
    ]
    assert len(read_source(file, answers={"sheet": "poster"}).items) == 2


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError) as caught:
        read_source(book(tmp_path), mapping={"sheet": "Posteringer"})

    assert [(one.code, one.facts["near"]) for one in caught.value.findings] == [("LAY-001", "Poster")]


def test_dates_of_the_old_calendar_are_the_same_days(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    for row in (HEADER, (datetime(2026, 1, 5, 8, 30), 7001, "Leje", 1.0)):  # noqa: DTZ001 - a cell has no zone
        sheet.append(row)

    source = read_source(saved(tmp_path, workbook))

    assert [day.date() for day in source.items["booked"]] == [date(2026, 1, 5)]


def test_merged_title_cells_above_the_header_do_no_harm(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(1, 1)
        sheet["A1"] = "Posteringer for januar"
        sheet.merge_cells("A1:D1")

    assert len(read_source(book(tmp_path, change)).items) == 2


def test_a_cell_in_the_far_corner_is_not_laid_out(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError) as caught:
        read_source(book(tmp_path, lambda sheet: sheet.__setitem__("XFD1048576", 1)))

    assert [finding.code for finding in caught.value.findings] == ["FIL-005"]


def test_a_row_of_formulas_that_were_never_calculated_is_no_blank_row(tmp_path: Path) -> None:
    source = read_source(book(tmp_path, lambda sheet: sheet.append(("=A3+1", "=B3+1", "=C3", "=D3"))))

    assert told(source) == [("CEL-004", "bog.xlsx:Poster:A4"), ("CEL-004", "bog.xlsx:Poster:D4")]


def test_an_error_in_a_text_is_a_warning_and_the_row_is_read(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["C3"] = "#N/A"
        sheet["C3"].data_type = "e"

    source = read_source(book(tmp_path, change))

    assert [(one.code, one.severity, one.place.cell) for one in source.findings] == [
        ("CEL-003", Severity.WARNING, "C3")
    ]
    assert len(source.items) == len(ROWS)


def old_book(folder: Path, *, amount: str) -> Path:
    """A workbook of Excel 97 whose last row has an error as its text, and one as its amount if told."""
    old = xlwt.Workbook()
    sheet = old.add_sheet("Poster")
    day = xlwt.easyxf(num_format_str="dd-mm-yyyy")
    for column, name in enumerate(HEADER):
        sheet.write(0, column, name)
    for number, (booked, voucher, text, value) in enumerate(ROWS, 1):
        sheet.write(number, 0, booked, day)
        for column, cell in enumerate((voucher, text, value), 1):
            sheet.write(number, column, cell)
    sheet.write(3, 0, ROWS[0][0], day)
    sheet.row(3).set_cell_error(2, 0x2A)
    if amount:
        sheet.row(3).set_cell_error(3, amount)
    else:
        sheet.write(3, 3, 10.0)
    old.save(str(folder / "bog.xls"))
    return folder / "bog.xls"


def test_a_workbook_of_excel_97_is_read_and_its_errors_stop_it(tmp_path: Path) -> None:
    source = read_source(old_book(tmp_path, amount="#DIV/0!"))

    assert list(source.items["amount"]) == [125050, -1225]
    assert told(source) == [("CEL-003", "bog.xls:Poster:D4")]
    assert source.findings[0].found == "#DIV/0!"


def test_a_binary_workbook_is_read(tmp_path: Path) -> None:
    (tmp_path / "bog.xlsb").write_bytes(binary_book())

    source = read_source(tmp_path / "bog.xlsb")

    assert list(source.items["amount"]) == [125050, -1225]
    assert [day.date() for day in source.items["booked"]] == [date(2026, 1, 5), date(2026, 1, 6)]
    assert (list(source.items["text"]), source.findings) == (["Leje", "Gebyr"], ())


def test_a_binary_workbook_with_a_cell_beyond_any_sheet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bog.xlsb").write_bytes(binary_book(amounts_in=4_000_000))

    with pytest.raises(InputRejectedError) as caught:
        read_source(tmp_path / "bog.xlsb")

    assert [(one.code, one.facts["what"]) for one in caught.value.findings] == [("FIL-005", "far cell")]


def test_an_error_in_a_text_of_excel_97_is_a_warning(tmp_path: Path) -> None:
    source = read_source(old_book(tmp_path, amount=""))

    assert list(source.items["amount"]) == [125050, -1225, 1000]
    assert [(one.code, one.severity, one.found) for one in source.findings] == [
        ("CEL-003", Severity.WARNING, "#N/A")
    ]


def test_days_kept_as_plain_numbers_are_read_as_days_and_told(tmp_path: Path) -> None:
    rows = [(46027, 7001, "Leje", 1250.5), (46028, 7002, "Gebyr", -12.25)]

    source = read_source(book(tmp_path, rows=rows))

    assert [day.date() for day in source.items["booked"]] == [date(2026, 1, 5), date(2026, 1, 6)]
    assert [one.facts["day"] for one in source.assumptions if one.subject == "serial_date"] == ["2026-01-05"]


def test_days_kept_as_plain_numbers_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    for row in (HEADER, (46027 - 1462, 7001, "Leje", 1250.5), (46028 - 1462, 7002, "Gebyr", -12.25)):
        sheet.append(row)

    source = read_source(saved(tmp_path, workbook))

    assert [day.date() for day in source.items["booked"]] == [date(2026, 1, 5), date(2026, 1, 6)]


def test_numbers_under_another_heading_stay_numbers(tmp_path: Path) -> None:
    source = read_source(book(tmp_path, rows=[(date(2026, 1, 5), 46027, "Leje", 46027.0)]))

    assert (list(source.items["item_id"]), list(source.items["amount"])) == (["46027"], [4602700])


def test_a_cell_under_a_merged_one_is_named_as_such(tmp_path: Path) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("D2:D3")

    source = read_source(book(tmp_path, merge))

    assert told(source) == [("CEL-008", "bog.xlsx:Poster:D3")]


ODS_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def ods_cell(text: str, *, kind: str = "string", value: str = "", formula: str = "") -> str:
    said = f' office:value="{value}"' if value else ""
    made = f' table:formula="{formula}"' if formula else ""
    start = f'<table:table-cell{made} office:value-type="{kind}"{said}>'
    return f"{start}<text:p>{text}</text:p></table:table-cell>"


def ods(folder: Path, *rows: tuple[str, str]) -> Path:
    """A sheet of a first and a fourth column, with two repeated blanks between."""
    gap = '<table:table-cell table:number-columns-repeated="2"/>'
    lines = "".join(f"<table:table-row>{first}{gap}{fourth}</table:table-row>" for first, fourth in rows)
    sheet = f'<table:table table:name="Poster">{lines}</table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(folder / "bog.ods", "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("META-INF/manifest.xml", "<manifest/>")
        package.writestr(
            "content.xml", f"<office:document-content {ODS_NAMES}>{body}</office:document-content>"
        )
    return folder / "bog.ods"


def test_an_error_cell_of_an_ods_is_no_zero(tmp_path: Path) -> None:
    error = ods_cell("#DIV/0!", kind="float", value="0", formula="of:=1/0")
    good = ods_cell("12.5", kind="float", value="12.5")
    file = ods(
        tmp_path,
        (ods_cell("Dato"), ods_cell("Beløb")),
        (ods_cell("05-01-2026"), good),
        (ods_cell("06-01-2026"), error),
    )

    source = read_source(file)

    assert list(source.items["amount"]) == [1250]
    assert told(source) == [("CEL-003", "bog.ods:Poster:D3")]
