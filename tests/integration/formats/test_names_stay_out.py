"""No message about a file has a name or a CPR number of its texts: each fixture, with both planted in it."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.source import Assumption
from gevinst.formats.invoices import is_invoice, read_invoice
from gevinst.formats.reading import read_source
from gevinst.texts import Texts
from gevinst.texts.findings import finding_sentence

FIXTURES = Path(__file__).parents[3] / "fixtures"
NAME = "Xaverius Qvortrup"
CPR = "010180-1234"
SECRETS = ("Xaverius", "Qvortrup", CPR, CPR.replace("-", ""))
PLANT = f"{NAME} {CPR}"
#: Where people write, by format.
HEADERS = {"Tekst", "Text", "Navn", "Modpart", "Afsender", "Modtager", "Beskrivelse", "Note"}
ELEMENTS = (
    *("Nm", "Ustrd", "AddtlNtryInf", "AddtlTxInf", "AddtlInf", "AdrLine", "Name", "FirstName", "LastName"),
    *("Description", "Note", "StreetName"),
)
XML = re.compile(rf"(<(?:\w+:)?(?:{'|'.join(ELEMENTS)})(?:\s[^>]*)?>)([^<]*)(<)")
OFX = re.compile(r"(<(?:NAME|MEMO|PAYEE)>)([^<\r\n]*)")
MT940 = re.compile(r"(?m)^(:86:(?:\d{3})?)([^\r\n]*)")
BAI2 = re.compile(r"(?m)^(88,)([^\r\n]*)")
LONG_TEXT = re.compile(r"[A-Za-zÆØÅæøå][A-Za-zÆØÅæøå ]{9,}")
#: Families of files that hold movements; the lists of flows have a test of their own kind for what they show.
FAMILIES = ("bank_reconciliation", "formats")
FOLDERS = sorted(
    {file.parent for family in FAMILIES for file in (FIXTURES / family).rglob("*") if file.is_file()}
)


def in_columns(text: str) -> str:
    """Plant in the columns of a list where people write."""
    if "\0" in text:
        return text  # another kind of file under this name
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    head = next((row for row in rows if HEADERS & set(row)), None)
    if head is None:
        return text
    places = [index for index, name in enumerate(head) if name in HEADERS]
    for row in rows[rows.index(head) + 1 :]:
        for index in places:
            if index < len(row) and row[index]:
                row[index] += f" {PLANT}"
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(rows)
    return out.getvalue()


def in_fixed_width(text: str) -> str:
    """Plant over long texts, in their width."""
    return LONG_TEXT.sub(lambda found: PLANT[: len(found[0])].ljust(len(found[0])), text)


PLANTERS: dict[str, Callable[[str], str]] = {
    ".csv": in_columns,
    ".xml": lambda text: XML.sub(rf"\g<1>\g<2> {PLANT}\g<3>", text),
    ".ofx": lambda text: OFX.sub(rf"\g<1>{PLANT}", text),
    ".sta": lambda text: MT940.sub(rf"\g<1>{PLANT}", text),
    ".bai": lambda text: BAI2.sub(rf"\g<1>{PLANT}", text),
}


def planted(file: Path) -> bytes:
    """The file with a name and a CPR number in its texts; as it is where it holds none."""
    content = file.read_bytes()
    try:
        text, encoding = content.decode(), "utf-8"
    except UnicodeDecodeError:
        text, encoding = content.decode("latin-1"), "latin-1"
    return PLANTERS.get(file.suffix, in_fixed_width)(text).encode(encoding)


def told_of(path: Path) -> tuple[list[Finding], list[Assumption]]:
    """All that reading a file says about it."""
    try:
        if is_invoice(path):
            return list(read_invoice(path).findings), []
        read = read_source(path)
    except InputRejectedError as error:
        return list(error.findings), []
    return list(read.findings), list(read.assumptions)


def sentences(path: Path) -> list[str]:
    findings, assumptions = told_of(path)
    said = [finding_sentence(one, texts) for texts in (Texts("da"), Texts("en")) for one in findings]
    facts = [f"{one.taken} {dict(one.facts)}" for one in assumptions]
    return [*said, *facts, *map(str, findings)]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_message_has_a_name_or_a_cpr_number(tmp_path: Path, folder: Path) -> None:
    files = [file for file in folder.iterdir() if file.suffix not in {".json", ".md", ".xlsx", ".pdf"}]
    said: list[tuple[str, str]] = []
    for file in files:
        copy = tmp_path / file.name
        copy.write_bytes(planted(file))
        said += [(file.name, sentence) for sentence in sentences(copy)]

    assert [one for one in said if any(secret in one[1] for secret in SECRETS)] == []


def test_the_plants_are_in_the_files() -> None:
    files = [file for folder in FOLDERS for file in folder.iterdir()]
    kinds = {file.suffix for file in files if NAME.encode() in planted(file)}

    assert {".csv", ".xml", ".ofx", ".sta"} <= kinds
