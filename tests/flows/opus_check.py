"""A check of KMD Opus journals from the description of the format; it shares no code with the writers.

A programme of its own, too: `python tests/flows/opus_check.py FILE...` says what is wrong with each file.
"""

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

CSV_HEAD = (
    "Artskonto;Omkostningssted;PSP-element;Profitcenter;Ordre;Debet/kredit;Beløb;Næste agent;Tekst;"
    "Betalingsart;Påligningsår;Betalingsmodtagernr.;Betalingsmodtagernr.kode;Ydelsesmodtagernr.;"
    "Ydelsesmodtagernr.kode;Ydelsesperiode fra;Ydelsesperiode til;Oplysningspligtnr.;"
    "Oplysningspligtmodtagernr.kode;Oplysningspligtkode;Netværk;Operation;Mængde;Mængdeenhed;Referencenøgle"
)
AMOUNT = re.compile(r"\d{1,3}(\.\d{3})*,\d\d")
ACCOUNT = re.compile(r"[0-9S]\d{7}")
PSP = re.compile(r"X[A-Z]-\d{1,10}-\d{1,5}")
CENTRE = re.compile(r"[0-9A-Za-z]{1,10}")
XML_NAME = re.compile(r"ZFIR_KMD_Opus_Posteringer_IND_[0-9A-Za-z]+_[0-9A-Za-z]+_\d{8}_\d{6}\.xml")
DAY = re.compile(r"(20\d\d)([01]\d)([0-3]\d)")
CPR = re.compile(r"\b[0-3]\d[01]\d{3}-?\d{4}\b")
CONTROL = ["SENDERID", "RECEIVER", "FILE_NAME", "SEND_DATE", "SEND_TIME"]
HEADER = [
    "NO_DOC_POSITION",
    "BALANCE_DEBET",
    "BALANCE_CREDIT",
    "MUNICIPALITY",
    "COMP_CODE",
    "DOC_DATE",
    "PSTNG_DATE",
    "RECEIV_DOC",
    "HEADER_TXT",
    "XREF1_HD",
]
LINE = [
    "DEB_CRED_IND",
    "AMT_DOCCUR",
    "VALUE_DATE",
    "ITEM_TEXT",
    "COSTCENTER",
    "GL_ACCOUNT",
    "WBS_ELEMENT",
    "REF_KEY_3",
]
MOST_LINES = 999
Sums = dict[tuple[str, str], Decimal]  #: by account and side


def check_csv(content: bytes) -> tuple[list[str], Sums]:
    """What is wrong with a finansbilag, and its sums."""
    text = content.decode("utf-8-sig")
    head, *rows = text.removesuffix("\r\n").split("\r\n")
    wrong = [] if head == CSV_HEAD else ["the heading"]
    sums: Sums = defaultdict(Decimal)
    for number, row in enumerate(rows, 2):
        cells = row.split(";")
        wrong += [f"line {number}: {what}" for what in _csv_row(cells)]
        if len(cells) == 25 and AMOUNT.fullmatch(cells[6]):
            sums[cells[0], cells[5]] += Decimal(cells[6].replace(".", "").replace(",", "."))
    if _side(sums, "Debet") != _side(sums, "Kredit"):
        wrong.append("debit is not credit")
    if not 2 <= len(rows) <= MOST_LINES:
        wrong.append("number of lines")
    return wrong, sums


def _side(sums: Sums, side: str) -> Decimal:
    return sum((value for (_, one), value in sums.items() if one == side), Decimal())


def _csv_row(cells: list[str]) -> Iterator[str]:
    if len(cells) != 25:
        yield "number of cells"
        return
    yield from _target(cells[0], cells[2], cells[1])
    if cells[5] not in ("Debet", "Kredit"):
        yield "side"
    if not AMOUNT.fullmatch(cells[6]) or cells[6] == "0,00":
        yield "amount"
    if not _is_text(cells[8]) or '"' in cells[8]:
        yield "text"
    others = [*cells[3:5], cells[7], *cells[9:24]]
    if any(others):
        yield "a column that nothing fills"


def _target(account: str, psp: str, centre: str) -> Iterator[str]:
    if not ACCOUNT.fullmatch(account):
        yield "account"
    if account.startswith("9") and (psp or centre):
        yield "a balance account takes neither PSP element nor cost centre"
    if not account.startswith("9") and not (psp or centre):
        yield "an operating account needs PSP element or cost centre"
    if psp and not PSP.fullmatch(psp):
        yield "PSP element"
    if centre and not CENTRE.fullmatch(centre):
        yield "cost centre"


def check_xml(content: bytes, name: str) -> tuple[list[str], Sums]:
    """What is wrong with a FinancePostingRequest, and its sums."""
    root = ET.fromstring(content)  # noqa: S314 - made by the code under test
    wrong = []
    if root.tag != "{http://kmd.dk/fir/posting/external}FinancePostingRequest":
        wrong.append("root")
    if not XML_NAME.fullmatch(name) or root.findtext("CONTROL_FIELDS/FILE_NAME") != name:
        wrong.append("file name")
    control = {one.tag: one.text or "" for one in root[0]}
    if list(control) != CONTROL or not all(control.values()):
        wrong.append("control fields")
    elif name.removesuffix(".xml").split("_")[-2:] != [control["SEND_DATE"], control["SEND_TIME"]]:
        wrong.append("day and time of the file's name")
    sums: Sums = defaultdict(Decimal)
    seen = set()
    for number, document in enumerate(root.findall("POSTING_DOCUMENT"), 1):
        wrong += [f"document {number}: {what}" for what in _document(document, sums)]
        seen.add(document.findtext("HEADER/RECEIV_DOC"))
    if len(seen) != len(root) - 1:
        wrong.append("RECEIV_DOC is not unique")
    return wrong, sums


def _document(document: ET.Element, sums: Sums) -> Iterator[str]:
    header, lines = document.find("HEADER"), document.findall("LINES/LINE")
    if header is None or [one.tag for one in header] != HEADER:
        yield "header"
        return
    if int(header.findtext("NO_DOC_POSITION", "")) != len(lines) or len(lines) > MOST_LINES:
        yield "number of lines"
    if not all(_is_bank_weekday(header.findtext(tag, "")) for tag in ("DOC_DATE", "PSTNG_DATE")):
        yield "days"
    if not re.fullmatch(r"[0-9A-Za-z]+\d{8}\d{3}", header.findtext("RECEIV_DOC", "")):
        yield "RECEIV_DOC"
    if not re.fullmatch(r"\d{3,4}", header.findtext("MUNICIPALITY", "")) or not header.findtext("COMP_CODE"):
        yield "municipality or company code"
    if not 0 < len(header.findtext("HEADER_TXT", "")) <= 25:
        yield "header text"
    debit, credit = Decimal(), Decimal()
    for place, line in enumerate(lines, 1):
        yield from _xml_line(line, place)
        amount = Decimal(line.findtext("AMT_DOCCUR", "0"))
        side = "Debet" if line.findtext("DEB_CRED_IND") == "D" else "Kredit"
        sums[line.findtext("GL_ACCOUNT", ""), side] += abs(amount)
        debit, credit = (debit + amount, credit) if amount > 0 else (debit, credit + amount)
    if debit + credit:
        yield "debit is not credit"
    told = (header.findtext("BALANCE_DEBET", ""), header.findtext("BALANCE_CREDIT", ""))
    if tuple(map(Decimal, told)) != (debit, credit):
        yield "sums of the header"


def _xml_line(line: ET.Element, place: int) -> Iterator[str]:
    value = {one.tag: one.text or "" for one in line}
    if list(value) != LINE:
        yield f"line {place}: fields"
        return
    yield from _target(value["GL_ACCOUNT"], value["WBS_ELEMENT"], value["COSTCENTER"])
    if not re.fullmatch(r"-?\d+\.\d\d", value["AMT_DOCCUR"]):
        yield f"line {place}: amount"
    if (value["DEB_CRED_IND"] == "D") != (Decimal(value["AMT_DOCCUR"]) > 0):
        yield f"line {place}: sign"
    if not _is_bank_weekday(value["VALUE_DATE"]) or not _is_text(value["ITEM_TEXT"]):
        yield f"line {place}: day or text"
    if value["REF_KEY_3"] != str(place):
        yield f"line {place}: number"


def _is_bank_weekday(text: str) -> bool:
    """Whether it is a day, and neither a Saturday nor a Sunday."""
    found = DAY.fullmatch(text)
    return bool(found) and date(*map(int, found.groups())).isoweekday() <= 5  # type: ignore[union-attr]


def _is_text(text: str) -> bool:
    """Whether it is one line of at most 50 characters that names no person by number."""
    return 0 < len(text) <= 50 and text.isprintable() and not CPR.search(text)


def check_accounts(sums: Sums, chart: str) -> list[str]:
    """Accounts of a journal that the chart does not have, or has closed."""
    rows = {row["Artskonto"]: row for row in csv.DictReader(chart.splitlines(), delimiter=";")}
    used = sorted({account for account, _ in sums})
    return [one for one in used if one not in rows or rows[one]["Status"].casefold() in ("lukket", "spærret")]


def moved(journals: Iterable[bytes], account: str) -> list[Decimal]:
    """What FinancePostingRequests move on an account, one amount for each line, sorted."""
    lines = (line for one in journals for line in ET.fromstring(one).iter("LINE"))  # noqa: S314 - as above
    return sorted(
        Decimal(line.findtext("AMT_DOCCUR", "")) for line in lines if line.findtext("GL_ACCOUNT") == account
    )


def told_by_bank(lines: str, account: str, *, but: Iterable[str] = ()) -> list[Decimal]:
    """The amounts of a bank file's lines on an account, sorted; but for some transactions."""
    left_out = set(but)
    return sorted(
        Decimal(row["Beløb"].replace(".", "").replace(",", "."))
        for row in csv.DictReader(lines.splitlines(), delimiter=";")
        if row["Bankkonto"] == account and row["Transaktions-id"] not in left_out
    )


def main(files: Iterable[str]) -> int:
    """Say what is wrong with each file; 1 when something is."""
    bad = 0
    for path in map(Path, files):
        check = (
            check_csv(path.read_bytes()) if path.suffix == ".csv" else check_xml(path.read_bytes(), path.name)
        )
        sys.stdout.write(f"{path.name}: {'; '.join(check[0]) or 'in order'}\n")
        bad |= bool(check[0])
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
