"""What a file is, by its content and never by its name."""

import io
import re
import zipfile
from enum import StrEnum

from gevinst.formats.bank_files import bank_format
from gevinst.formats.intake import Intake


class Kind(StrEnum):
    """Kinds that can be read."""

    WORKBOOK = "workbook"
    CAMT = "camt"
    SAFT = "saft"
    BANK = "bank"
    TEXT = "text"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
# First bytes of kinds that are refused, with the name a person knows.
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"MZ", "program (exe)"),
    (b"\x7fELF", "program (ELF)"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
    (b"PK\x05\x06", "zip"),
    (b"-----BEGIN ", "PEM"),
)
TEXT_SIGNATURES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^UN[AB][:+]"), "EDIFACT"),
    (re.compile(r"^\s*(?:\{\s*\"|\[\s*[\[{\"]|\[\s*\]|\{\s*\})"), "JSON"),
    (re.compile(r"^(?:From|Received|Return-Path|MIME-Version): "), "e-mail"),
)
HTML = re.compile(
    r"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|div|meta|style)\b",
    re.IGNORECASE | re.DOTALL,
)
XML_ROOT = re.compile(r"<(?![?!])(?:[\w.-]+:)?(?P<root>[\w.-]+)")
CAMT_BODIES = re.compile(r"<(?:[\w.-]+:)?BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)\b")
XML_NAMES = {
    "Invoice": "OIOUBL/Peppol invoice",
    "CreditNote": "OIOUBL/Peppol credit note",
    "Workbook": "Excel 2003 XML",
    "FinancePostingRequest": "KMD Opus posting file",
}
OFFICE_PARTS = (
    ("xl/workbook.xml", ""),
    ("xl/workbook.bin", ""),
    ("word/document.xml", "Word (docx)"),
    ("ppt/presentation.xml", "PowerPoint (pptx)"),
)
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def kind_of(intake: Intake) -> Kind:
    """Recognise a file by its content.

    Raises:
        InputRejectedError: FIL-002 another kind (fact `kind`); FIL-004 a cut zip; FIL-008 a password.
    """
    head = intake.head
    if head.startswith(ZIP):
        return _zip_kind(intake)
    if head.startswith(OLE):
        return _ole_kind(intake)
    for start, name in SIGNATURES:
        if head.startswith(start):
            raise intake.rejected("FIL-002", kind=name)
    return _text_kind(intake)


def head_text(start: bytes) -> str:
    """The first characters, good enough to recognise a kind; bytes that are no text become marks."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start.decode("utf-16", errors="replace")
    return start.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _text_kind(intake: Intake) -> Kind:
    head = head_text(intake.head)
    if HTML.match(head):
        raise intake.rejected("FIL-002", kind="HTML")
    if bank_format(head):
        return Kind.BANK
    for pattern, name in TEXT_SIGNATURES:
        if pattern.search(head):
            raise intake.rejected("FIL-002", kind=name)
    if head.lstrip().startswith("<"):
        return _xml_kind(intake, head)
    return Kind.TEXT


def _xml_kind(intake: Intake, head: str) -> Kind:
    root = XML_ROOT.search(head)
    name = root["root"] if root else ""
    if name == "AuditFile":
        return Kind.SAFT
    if name == "Document" and ("camt.05" in head or CAMT_BODIES.search(head)):
        return Kind.CAMT
    if name == "Document":
        message = re.search(r"iso:20022:tech:xsd:([a-z]{4}\.\d{3}\.\d{3}\.\d{2})", head)
        raise intake.rejected("FIL-002", kind=f"ISO 20022 {message[1]}" if message else "XML")
    if CAMT_BODIES.search(head) or (not name and "<!DOCTYPE" in head):
        return Kind.CAMT
    raise intake.rejected("FIL-002", kind=XML_NAMES.get(name, f"XML ({name})" if name else "XML"))


def _zip_kind(intake: Intake) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(intake.content)) as package:
            names = set(package.namelist())
            mimetype = package.read("mimetype")[:200] if "mimetype" in names else b""
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise intake.rejected("FIL-004") from error
    for part, refused in OFFICE_PARTS:
        if part in names:
            if refused:
                raise intake.rejected("FIL-002", kind=refused)
            return Kind.WORKBOOK
    if mimetype.startswith(ODS_TYPE):
        return Kind.WORKBOOK
    raise intake.rejected(
        "FIL-002", kind="OpenDocument" if mimetype.startswith(b"application/vnd.oasis") else "zip"
    )


def _ole_kind(intake: Intake) -> Kind:
    content = intake.content
    if _utf16("EncryptedPackage") in content:
        raise intake.rejected("FIL-008")
    if _utf16("Workbook") in content or _utf16("Book") in content:
        return Kind.WORKBOOK
    kind = "Word (doc)" if _utf16("WordDocument") in content else "Office (97-2003)"
    raise intake.rejected("FIL-002", kind=kind)


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")
