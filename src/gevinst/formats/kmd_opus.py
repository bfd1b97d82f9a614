"""KMD Opus journals: the finansbilag of 25 columns, and the XML of FinancePostingRequest.

Both as municipalities use them in public code. Texts of the CSV never hold a separator or a quote: how the
receiver reads quotes is not documented.
"""

import csv
from io import BytesIO, StringIO
from typing import Any

import pandas as pd
from lxml import etree

from gevinst.domain.journal import DEBIT, Journal
from gevinst.domain.money import kroner

NAMESPACE = "http://kmd.dk/fir/posting/external"
CSV_COLUMNS = (
    "Artskonto",
    "Omkostningssted",
    "PSP-element",
    "Profitcenter",
    "Ordre",
    "Debet/kredit",
    "Beløb",
    "Næste agent",
    "Tekst",
    "Betalingsart",
    "Påligningsår",
    "Betalingsmodtagernr.",
    "Betalingsmodtagernr.kode",
    "Ydelsesmodtagernr.",
    "Ydelsesmodtagernr.kode",
    "Ydelsesperiode fra",
    "Ydelsesperiode til",
    "Oplysningspligtnr.",
    "Oplysningspligtmodtagernr.kode",
    "Oplysningspligtkode",
    "Netværk",
    "Operation",
    "Mængde",
    "Mængdeenhed",
    "Referencenøgle",
)
LONGEST_KEY = 20


def journal_csv(journal: Journal) -> bytes:
    """The finansbilag: UTF-8 with a mark, semicolons, Danish amounts, CRLF."""
    lines = journal.lines
    table = pd.DataFrame("", index=lines.index, columns=list(CSV_COLUMNS))
    table["Artskonto"] = lines["account"]
    table["Omkostningssted"] = lines["cost_center"]
    table["PSP-element"] = lines["psp"]
    table["Debet/kredit"] = lines["side"].map({DEBIT: "Debet"}).fillna("Kredit")
    table["Beløb"] = lines["amount"].map(_danish)
    table["Tekst"] = lines["text"].str.replace(";", ",").str.replace('"', "'")
    table["Referencenøgle"] = lines["reference"].str.replace(";", ",").str.slice(0, LONGEST_KEY)
    out = StringIO()
    table.to_csv(out, sep=";", index=False, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    return out.getvalue().encode("utf-8-sig")


def _danish(ore: int) -> str:
    return f"{kroner(ore):,.2f}".translate(str.maketrans(",.", ".,"))


def journal_xml(journal: Journal) -> bytes:
    """The FinancePostingRequest: one POSTING_DOCUMENT for each document."""
    out = BytesIO()
    with etree.xmlfile(out, encoding="utf-8") as file:
        file.write_declaration()
        with file.element(f"{{{NAMESPACE}}}FinancePostingRequest", nsmap={"n1": NAMESPACE}):
            file.write(_fields("CONTROL_FIELDS", _control(journal)))
            for number, lines in journal.lines.groupby("document", sort=True):
                with file.element("POSTING_DOCUMENT"):
                    file.write(_fields("HEADER", _header(journal, int(str(number)), lines)))
                    with file.element("LINES"):
                        for line in lines.itertuples():
                            file.write(_fields("LINE", _line(line)))
    return out.getvalue()


def _control(journal: Journal) -> dict[str, str]:
    return {
        "SENDERID": journal.head.sender,
        "RECEIVER": journal.head.receiver,
        "FILE_NAME": journal.head.file_name,
        "SEND_DATE": f"{journal.head.posted_on:%Y%m%d}",
        "SEND_TIME": journal.head.moment,
    }


def _header(journal: Journal, number: int, lines: pd.DataFrame) -> dict[str, str]:
    head = journal.head
    debit = int(lines.loc[lines["side"] == DEBIT, "amount"].sum())
    credit = int(lines.loc[lines["side"] != DEBIT, "amount"].sum())
    return {
        "NO_DOC_POSITION": str(len(lines)),
        "BALANCE_DEBET": str(kroner(debit)),
        "BALANCE_CREDIT": str(kroner(-credit)),
        "MUNICIPALITY": head.municipality,
        "COMP_CODE": head.company_code,
        "DOC_DATE": f"{head.posted_on:%Y%m%d}",
        "PSTNG_DATE": f"{head.posted_on:%Y%m%d}",
        "RECEIV_DOC": head.document_id(number),
        "HEADER_TXT": head.title,
        "XREF1_HD": head.provider,
    }


def _line(line: Any) -> dict[str, str]:
    debit = line.side == DEBIT
    return {
        "DEB_CRED_IND": "D" if debit else "K",
        "AMT_DOCCUR": str(kroner(line.amount if debit else -line.amount)),
        "VALUE_DATE": f"{line.value_date:%Y%m%d}",
        "ITEM_TEXT": line.text,
        "COSTCENTER": line.cost_center,
        "GL_ACCOUNT": line.account,
        "WBS_ELEMENT": line.psp,
        "REF_KEY_3": str(line.line),
    }


def _fields(name: str, values: dict[str, str]) -> etree._Element:
    element = etree.Element(name)
    for tag, text in values.items():
        etree.SubElement(element, tag).text = text
    return element


#: Forms of a journal by name.
WRITERS = {"kmd_opus_csv": journal_csv, "kmd_opus_xml": journal_xml}
