"""A row of an input as it stood: the line of a text, the cells of a workbook, the entry of a statement."""

import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from gevinst.formats.kept_row import kept_row


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Evidence with a folder of inputs."""
    (tmp_path / "input" / "bank").mkdir(parents=True)
    return tmp_path


def keep(folder: Path, name: str, content: bytes) -> None:
    (folder / "input" / "bank" / name).write_bytes(content)


def lines(folder: Path, name: str, line: int, side: str = "left") -> tuple[str, ...] | None:
    found = kept_row(folder, name, side=side, sheet="", line=line)
    return found.lines if found else None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_text_gives_its_line_in_any_encoding(folder: Path, encoding: str) -> None:
    keep(folder, "bank.csv", "Dato;Tekst\r\n05-10;Æblegård\r\n06-10;Ø\r\n".encode(encoding))

    assert lines(folder, "bank.csv", 2) == ("05-10;Æblegård",)


def test_a_workbook_gives_its_cells_with_letters_and_headings(folder: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (["Kontokort", "", ""], ["Dato", "Tekst", "Beløb"], ["2026-10-05", "", 125]):
        sheet.append(row)
    book.save(folder / "input" / "bank" / "finans.xlsx")

    found = kept_row(folder, "finans.xlsx", side="left", sheet="Sheet", line=3)

    assert found is not None
    assert found.cells == (("A", "Dato", "2026-10-05"), ("C", "Beløb", "125"))


def test_an_entry_of_a_statement_is_whole_and_ends_where_it_ends(folder: Path) -> None:
    keep(folder, "camt.xml", b"<Stmt>\n<Ntry>\n<Amt>1</Amt>\n</Ntry>\n<Ntry>\n</Ntry>\n</Stmt>\n")
    keep(folder, "udtog.sta", b":60F:C\n:61:2610051005D45,00\n:86:GEBYR\n:61:2610061006C1,00\n:62F:C\n")

    assert lines(folder, "camt.xml", 2) == ("<Ntry>", "<Amt>1</Amt>", "</Ntry>")
    assert lines(folder, "udtog.sta", 2) == (":61:2610051005D45,00", ":86:GEBYR")


def test_of_two_files_with_one_name_each_side_shows_its_own(folder: Path) -> None:
    names = {"left": "konto.csv", "right": "2-konto.csv"}
    for side, name in names.items():
        keep(folder, name, f"{side}\n".encode())
    files = [{"path": f"input/bank/{name}", "sha256": side} for side, name in names.items()]
    sources = [{"side": side, "file": "konto.csv", "sha256": side} for side in names]
    (folder / "manifest.json").write_text(json.dumps({"files": files}), "utf-8")
    (folder / "result.json").write_text(json.dumps({"sources": sources}), "utf-8")

    assert [lines(folder, "konto.csv", 1, side) for side in names] == [("left",), ("right",)]

    (folder / "result.json").unlink()
    assert lines(folder, "konto.csv", 1) is None  # a guess could show another's row


@pytest.mark.parametrize("name", ["../gevinst.db", "/etc/passwd", "bank\\x.csv", "", "borte.csv", "bank.csv"])
def test_a_name_that_leads_elsewhere_or_to_nothing_gives_no_row(folder: Path, name: str) -> None:
    (folder.parent / "gevinst.db").write_bytes(b"a\nb\n")
    (folder / "input" / "bank" / "bank.csv").symlink_to(folder.parent / "gevinst.db")

    assert lines(folder, name, 1) is None


def test_a_line_that_is_not_there_and_a_broken_workbook_give_no_row(folder: Path) -> None:
    keep(folder, "bank.csv", b"a\n")
    keep(folder, "finans.xlsx", b"PK\x03\x04 cut")

    assert lines(folder, "bank.csv", 0) is None
    assert lines(folder, "bank.csv", 9) is None
    assert kept_row(folder, "finans.xlsx", side="left", sheet="", line=1) is None


def test_a_row_of_a_file_that_was_deleted_is_not_shown_again(folder: Path) -> None:
    keep(folder, "bank.csv", b"a\n")
    shown = lines(folder, "bank.csv", 1)

    (folder / "input" / "bank" / "bank.csv").unlink()

    assert shown == ("a",)
    assert lines(folder, "bank.csv", 1) is None
