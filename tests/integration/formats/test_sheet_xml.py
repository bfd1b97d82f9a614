"""The XML of a worksheet: usual and unusual ways to write it hold the same, and no way takes all memory."""

import io
import struct
import time
import zipfile
from pathlib import Path

import pytest
import xlwt  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from gevinst.domain.finding import InputRejectedError
from gevinst.domain.source import SourceRead
from gevinst.formats.grid import column_letter
from gevinst.formats.intake import Intake
from gevinst.formats.reading import read_source
from gevinst.formats.sheet_parse import usual_form
from gevinst.formats.sheet_scan import BLOCK, ROW_END, Extent, UnusualSheetError, scanned

LEDGER = Path(__file__).parents[3] / "fixtures/bank_reconciliation/error_cell/ledger.xlsx"
SHEET = "xl/worksheets/sheet1.xml"
INTAKE = Intake.of("bog.xlsx", b"")
CELLS = """<row r="2" spans="1:5"><c r="A2" t="s"><v>5</v></c><c r="B2" s="1"><v>46300</v></c>\
<c r="C2" t="s"><v>6</v></c><c r="D2"><v>1250</v></c></row>"""


def ledger(folder: Path, old: str, new: str, *, path: str = SHEET, more: tuple[str, ...] = ()) -> Path:
    """The fixture, with one of its parts written otherwise, and its sheet again under more names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(LEDGER) as package, zipfile.ZipFile(packed, "w") as changed:
        for name in package.namelist():
            part = package.read(name)
            if name == path:
                assert old.encode() in part
                part = part.replace(old.encode(), new.encode())
            changed.writestr(name, part)
        for name in more:
            changed.writestr(name, package.read(SHEET))
    file = folder / "bog.xlsx"
    file.write_bytes(packed.getvalue())
    return file


def extent_of(xml: bytes) -> Extent:
    return sum((extent for _, extent in scanned(io.BytesIO(xml))), Extent())


def told(source: SourceRead) -> list[tuple[str, str]]:
    return [(finding.code, finding.place.cell) for finding in source.findings]


def code(file: Path) -> str:
    started = time.process_time()
    with pytest.raises(InputRejectedError) as caught:
        read_source(file)
    assert time.process_time() - started < 5
    return caught.value.findings[0].code


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (CELLS, CELLS.replace('"', "'")),
        (CELLS, CELLS.replace('r="', 'r = "')),
        (CELLS, CELLS.replace(' r="A2"', "").replace(' r="B2"', "").replace(' r="C2"', "")),
        (CELLS, CELLS.replace('<c r="D2">', '<c s="0" r="D2">')),
        (CELLS, f"<!-- a comment -->{CELLS}"),
        ('<c r="D3" t="e">', "<c r='D3' t='e'>"),
        ('<c r="D3" t="e">', '<c t="e">'),
    ],
)
def test_a_sheet_written_in_an_unusual_way_is_read_as_the_usual_one(
    tmp_path: Path, old: str, new: str
) -> None:
    usual = read_source(LEDGER)

    unusual = read_source(ledger(tmp_path, old, new))

    assert unusual.items.drop(columns="place_file").equals(usual.items.drop(columns="place_file"))
    assert told(unusual) == told(usual) == [("CEL-003", "D3")]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="XFD1048576"><v>1</v></c>',
        "<c r='XFD1048576'><v>1</v></c>",
        '<c s="1" r="XFD1048576"><v>1</v></c>',
        '<c r="xfd1048576"><v>1</v></c>',
        '<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="XFD1048576"/>',
        '<c r="BSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS4"><v>1</v></c>',
        '<c r="A99999999999"><v>1</v></c>',
        '<c s=">" r="XFD1048576"><v>1</v></c>',
        '<c r=""><v>1</v></c>',
    ],
)
def test_a_cell_in_the_far_corner_is_refused_however_it_is_written(tmp_path: Path, cell: str) -> None:
    assert code(ledger(tmp_path, CELLS, f'{CELLS}<row r="3">{cell}</row>')) == "FIL-005"


def test_cells_without_names_reach_as_far_as_they_are_many(tmp_path: Path) -> None:
    rows = "<row/>" * 100_000 + f"<row>{'<c/>' * 15_000}</row>"

    assert code(ledger(tmp_path, CELLS, CELLS + rows)) == "FIL-005"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", [SHEET, "XL/worksheets/sheet1.xml", "xl\\worksheets\\sheet1.xml"])
def test_a_package_with_two_parts_of_one_name_is_refused(tmp_path: Path, name: str) -> None:
    assert code(ledger(tmp_path, CELLS, CELLS, more=(name,))) == "FIL-005"


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("xl/workbook.xml", '<sheet name="', "<sheet   name='"),
        ("xl/_rels/workbook.xml.rels", 'Target="worksheets', "Target='worksheets"),
    ],
)
def test_the_errors_of_a_sheet_are_found_however_the_book_names_it(
    tmp_path: Path, path: str, old: str, new: str
) -> None:
    with zipfile.ZipFile(LEDGER) as package:
        whole = package.read(path).decode()
    start = whole.index(old) + len(old)
    end = whole.index('"', start)
    found = ledger(tmp_path, whole[start - len(old) : end + 1], f"{new}{whole[start:end]}'", path=path)

    assert told(read_source(found)) == [("CEL-003", "D3")]


def test_a_damaged_workbook_of_excel_97_does_not_end_the_process(tmp_path: Path) -> None:
    book, place = xlwt.Workbook(), struct.pack("<HH", 65_535, 255)
    book.add_sheet("Poster").write(65_535, 255, 777.25)
    file = tmp_path / "bog.xls"
    book.save(str(file))
    content = file.read_bytes()
    for kind in (b"\x03\x02\x0e\x00", b"\x7e\x02\x0a\x00"):  # a number, a short number
        content = content.replace(kind + place, kind + b"\xff\xff\xff\xff")
    file.write_bytes(content)

    assert code(file) == "FIL-005"


@given(
    st.lists(st.tuples(st.integers(1, 1_048_576), st.integers(0, 16_383)), min_size=1, max_size=30),
    st.sampled_from(["", " ", "\n", "x = y: c ", "12:30"]),
)
def test_the_extent_is_that_of_the_farthest_cells(cells: list[tuple[int, int]], text: str) -> None:
    written = "".join(
        f'<row r="{row}"><c r="{column_letter(column)}{row}"><is><t>{text}</t></is></c></row>'
        for row, column in cells
    )

    extent = extent_of(usual_form(INTAKE, f"<worksheet>{written}</worksheet>".encode()))

    assert (extent.rows, extent.columns) == (max(r for r, _ in cells), max(c for _, c in cells) + 1)
    assert extent.cells == len(cells)


def test_nothing_is_lost_where_blocks_meet() -> None:
    cell = '<c r="B7" t="e"><f>NA()</f><v>#N/A</v></c>'
    for shift in range(0, len(cell) + 40, 3):
        filling = f'<row r="1" x="{"y" * (BLOCK - 90 + shift)}"></row>'
        xml = f'<worksheet>{filling}<row r="7">{cell}</row><row r="8"></row></worksheet>'

        blocks = list(scanned(io.BytesIO(xml.encode())))

        assert b"".join(block for block, _ in blocks) == xml.encode()
        assert all(block.endswith(ROW_END) for block, _ in blocks[:-1])
        assert [extent.errors and extent.formulas for _, extent in blocks].count(True) == 1
        assert sum((extent for _, extent in blocks), Extent()).rows == 8


@pytest.mark.parametrize("xml", ["<sheet/>", "<worksheet><c/></worksheet>", "<worksheet>>", ""])
def test_what_is_not_usual_is_left_to_the_parser(xml: str) -> None:
    with pytest.raises(UnusualSheetError):
        extent_of(xml.encode())
