"""Parsers for tests of the demo office that share nothing with its writers."""

import csv
import xml.etree.ElementTree as ET
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl

NAMES = {"c": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"}


def csv_rows(path: Path, encoding: str) -> list[dict[str, str]]:
    """The rows of a semicolon file by column name."""
    return list(csv.DictReader(StringIO(path.read_bytes().decode(encoding)), delimiter=";", strict=True))


def ore(text: str) -> int:
    """A Danish amount as øre, with the minus in front or behind."""
    minus = -1 if "-" in text else 1
    return minus * int(Decimal(text.strip("- ").replace(".", "").replace(",", ".")) * 100)


def camt_statements(path: Path) -> list[ET.Element]:
    """The statements of a camt.053.001.08 file, in order."""
    root = ET.fromstring(path.read_bytes())  # noqa: S314 (our own file)
    return root.findall("c:BkToCstmrStmt/c:Stmt", NAMES)


def camt_text(element: ET.Element, path: str) -> str:
    """The text at a path such as `Sts/Cd`; "" when it is not there."""
    return element.findtext("/".join(f"c:{name}" for name in path.split("/")), "", NAMES)


def camt_ore(element: ET.Element) -> int:
    """The signed amount of an entry or a balance in øre."""
    sign = {"CRDT": 1, "DBIT": -1}[camt_text(element, "CdtDbtInd")]
    return sign * int(Decimal(camt_text(element, "Amt")) * 100)


def camt_entries(path: Path) -> list[ET.Element]:
    """Every entry of the file, in order."""
    return [entry for statement in camt_statements(path) for entry in statement.findall("c:Ntry", NAMES)]


def camt_balance(statement: ET.Element, code: str) -> int:
    """The balance of a kind, øre."""
    balances = statement.findall("c:Bal", NAMES)
    return next(camt_ore(balance) for balance in balances if camt_text(balance, "Tp/CdOrPrtry/Cd") == code)


def opus_lines(path: Path) -> list[list[str]]:
    """The rows of the list display between its pipes, by the widths of the first header."""
    lines = path.read_bytes().decode("cp1252").split("\r\n")
    header = next(line for line in lines if line.startswith("|Bilagsnummer"))
    pipes = [place for place, char in enumerate(header) if char == "|"]
    spans = list(pairwise(pipes))
    return [
        [line[a + 1 : b].strip() for a, b in spans]
        for line in lines
        if line.startswith("|") and line != header
    ]


def opus_postings(path: Path) -> list[list[str]]:
    """The postings of the list, without subtotals."""
    return [cells for cells in opus_lines(path) if not cells[0].startswith("*")]


def sheet_rows(path: Path) -> list[tuple[Any, ...]]:
    """The rows of a workbook's only sheet."""
    return [tuple(row) for row in openpyxl.load_workbook(path).worksheets[0].values]


def bank_amounts(robot: str, bank: Path) -> dict[str, int]:
    """The øre of each bank item by its id in the truth."""
    if robot == "hovedkonto":
        return {camt_text(entry, "AcctSvcrRef"): camt_ore(entry) for entry in camt_entries(bank)}
    encoding = "utf-8" if robot == "gavekonto" else "cp1252"
    return {f"row:{row}": ore(cells["Beløb"]) for row, cells in enumerate(csv_rows(bank, encoding), 2)}
