"""A spreadsheet program that counts a workbook anew, to hold its formulas to the figures beside them."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl

NO_CALC = "no LibreOffice found: the workbook's formulas were not counted anew"
Cells = Mapping[tuple[str, str], Any]  # by sheet and cell
_FORMULA = re.compile(rb"(<c [^>]*?)( t=\"str\")?(>\s*<f>.*?</f>)<v>.*?</v>", re.DOTALL)


def find_calc() -> str | None:
    """LibreOffice on the path."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def without_answers(source: Path, target: Path) -> int:
    """Copy a workbook without what its formulas came to; gives how many there were."""
    count = 0
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                content, found = _FORMULA.subn(rb"\1\3", content)
                count += found
            new.writestr(name, content)
    return count


def counted_anew(program: str, source: Path, folder: Path) -> Cells:
    """The values of all cells after the program has counted them."""
    folder.mkdir(parents=True, exist_ok=True)
    bare = folder / "bare.xlsx"
    assert without_answers(source, bare) > 0
    out = folder / "counted"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(bare)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return values_of(out / "bare.xlsx")


def values_of(path: Path) -> Cells:
    """The values that stand in a workbook's cells."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def formulas_of(path: Path) -> Mapping[tuple[str, str], str]:
    """The formulas of a workbook."""
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): str(cell.value)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
