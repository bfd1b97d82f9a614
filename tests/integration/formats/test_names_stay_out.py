"""No message about a file has a name or a CPR number of its texts: each fixture, with both planted in it."""

import csv
import io
import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import pytest

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.flow import ColumnKind
from gevinst.domain.flows import FLOW_IDS, flow_of
from gevinst.domain.source import Assumption
from gevinst.formats.invoices import is_invoice, read_invoice
from gevinst.formats.reading import read_source
from gevinst.formats.table_source import read_tables
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
#: Families of files that hold movements; the lists of flows are below.
FAMILIES = ("bank_reconciliation", "formats")
FOLDERS = sorted(
    {file.parent for family in FAMILIES for file in (FIXTURES / family).rglob("*") if file.is_file()}
)


#: The plain tables of flows, with the files of every case; other forms have no headings to plant by.
TABLES = {
    f"{flow}-{name}": (shape, sorted((FIXTURES / flow).glob(f"*/{name}.csv")))
    for flow in FLOW_IDS
    for name, shape in flow_of(flow).sources.items()
    if not shape.form and any((FIXTURES / flow).glob(f"*/{name}.csv"))
}
#: Those that always have a column of amounts, days or the like.
TYPED = [
    name
    for name, (shape, _) in TABLES.items()
    if any(column.required and column.kind is not ColumnKind.TEXT for column in shape.columns)
]


def in_columns(text: str, headings: Collection[str] = HEADERS, plant: str = PLANT) -> str:
    """Plant in the columns of a list where people write."""
    if "\0" in text:
        return text  # another kind of file under this name
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    head = next((row for row in rows if not set(row).isdisjoint(headings)), None)
    if head is None:
        return text
    places = [index for index, name in enumerate(head) if name in headings]
    for row in rows[rows.index(head) + 1 :]:
        for index in places:
            if index < len(row) and row[index]:
                row[index] += f" {plant}"
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
    facts = [f"{one.taken} {dict(one.facts)}" for one in assumptions]
    return [*sentences_of(findings), *facts]


def sentences_of(findings: Sequence[Finding]) -> list[str]:
    said = [finding_sentence(one, texts) for texts in (Texts("da"), Texts("en")) for one in findings]
    return [*said, *map(str, findings)]


def told_of_tables(folder: Path, table: str, *, of_text: bool, plant: str) -> list[str]:
    """All that a flow's reader says of each file, with a plant in its columns of text or in all others."""
    shape, files = TABLES[table]
    headings = {
        heading
        for column in shape.columns
        if (column.kind is ColumnKind.TEXT) is of_text
        for heading in column.headings
    }
    said: list[str] = []
    for file in files:
        copy = folder / file.name
        copy.write_text(in_columns(file.read_text("utf-8-sig"), headings, plant), "utf-8")
        try:
            said += sentences_of(read_tables([copy], shape).findings)
        except InputRejectedError as error:
            said += sentences_of(error.findings)
    return said


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_message_has_a_name_or_a_cpr_number(tmp_path: Path, folder: Path) -> None:
    files = [file for file in folder.iterdir() if file.suffix not in {".json", ".md", ".xlsx", ".pdf"}]
    said: list[tuple[str, str]] = []
    for file in files:
        copy = tmp_path / file.name
        copy.write_bytes(planted(file))
        said += [(file.name, sentence) for sentence in sentences(copy)]

    assert [one for one in said if any(secret in one[1] for secret in SECRETS)] == []


@pytest.mark.parametrize("table", TABLES)
def test_no_message_about_a_flows_table_has_a_name_or_a_cpr_number(tmp_path: Path, table: str) -> None:
    said = told_of_tables(tmp_path, table, of_text=True, plant=PLANT)

    assert [one for one in said if any(secret in one for secret in SECRETS)] == []


@pytest.mark.parametrize("table", TYPED)
def test_a_cpr_number_where_a_flow_expects_a_value_is_masked(tmp_path: Path, table: str) -> None:
    said = told_of_tables(tmp_path, table, of_text=False, plant=CPR)

    assert any("010180-XXXX" in one for one in said)
    assert [one for one in said if CPR in one or CPR.replace("-", "") in one] == []


def test_the_plants_are_in_the_files() -> None:
    files = [file for folder in FOLDERS for file in folder.iterdir()]
    kinds = {file.suffix for file in files if NAME.encode() in planted(file)}

    assert {".csv", ".xml", ".ofx", ".sta"} <= kinds
