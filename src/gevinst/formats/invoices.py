"""Read invoices: one file, or a folder of them."""

import re
from dataclasses import replace
from pathlib import Path

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.invoice import Invoice, InvoiceFolder, InvoiceRead
from gevinst.domain.invoice_checks import invoice_findings, repeated_findings
from gevinst.formats.cii import ROOT as CII_ROOT
from gevinst.formats.cii import read_cii
from gevinst.formats.intake import Intake, take_in
from gevinst.formats.ubl import NAMESPACE, ROOTS, read_ubl
from gevinst.formats.xml_node import Node
from gevinst.formats.xml_safe import root_of, tree_of

ENVELOPE = "StandardBusinessDocument"  # Peppol's transport wraps the invoice in it
OWN_CODES = "INV-"  #: findings about an invoice that was read; others say that it could not be
# A PDF of 8 MB is longer than any text that a parser takes. Nothing reads it, so its letters are left out.
_ATTACHMENT = re.compile(
    rb"(<(?:[\w.-]+:)?(?:EmbeddedDocumentBinaryObject|AttachmentBinaryObject)\b[^<>]*>)([A-Za-z0-9+/=\s]+)(?=</)"
)
# Documents that come the same way and are no invoices.
OTHER_DOCUMENTS = {
    "ApplicationResponse": "ApplicationResponse",
    "Order": "UBL Order",
    "Reminder": "OIOUBL Reminder",
    "Statement": "OIOUBL Statement",
    "UtilityStatement": "OIOUBL UtilityStatement",
    "Catalogue": "UBL Catalogue",
    "AuditFile": "SAF-T",
    "CrossIndustryDocument": "ZUGFeRD 1",
}


def read_invoice(path: Path) -> InvoiceRead:
    """Read one OIOUBL, Peppol BIS 3, UBL or CII invoice or credit note.

    Raises:
        InputRejectedError: FIL-001, FIL-003 to FIL-007, FIL-009 for the file; INV-001 no invoice; CEL-001,
            CEL-002, CEL-007, DOC-001 or DOC-002 for a value that cannot be read. Holds every finding.
    """
    return read_invoice_of(take_in(path))


def read_invoice_of(intake: Intake) -> InvoiceRead:
    """As `read_invoice`, for a file that is taken in."""
    _refuse_other(intake, root_of(intake))
    lean = intake.with_content(_ATTACHMENT.sub(_hollow, intake.content))
    node = _unwrapped(intake, Node(element=tree_of(lean), path=""))
    invoice, fields = read_cii(intake, node) if node.name == CII_ROOT else read_ubl(intake, node)
    if any(not one.code.startswith(OWN_CODES) for one in fields.findings):
        raise InputRejectedError(fields.findings)
    findings = (*fields.findings, *invoice_findings(invoice))
    return InvoiceRead(invoice=invoice, findings=findings, sha256=intake.sha256, file=intake.name)


def is_invoice(path: Path) -> bool:
    """Whether a file is to be read as an invoice, by its outermost element.

    True for XML that is not safe to open as well, so that reading it says why; False where it is no XML.
    """
    try:
        return root_of(take_in(path)) in {*ROOTS, CII_ROOT, ENVELOPE}
    except InputRejectedError as error:
        return any(one.code == "FIL-005" for one in error.findings)


def read_invoices(folder: Path) -> InvoiceFolder:
    """Read every .xml file of a folder; the second of two invoices with the same number gets INV-015.

    A file that cannot be read does not stop the others.
    """
    read: list[InvoiceRead] = []
    first: dict[tuple[str, ...], Invoice] = {}
    rejected: list[Finding] = []
    for path in sorted(one for one in folder.iterdir() if one.suffix.lower() == ".xml"):
        try:
            found = read_invoice(path)
        except InputRejectedError as error:
            rejected += error.findings
            continue
        invoice = found.invoice
        earlier = first.setdefault(invoice.identity, invoice)
        repeats = repeated_findings(earlier, invoice) if earlier is not invoice else []
        read.append(replace(found, findings=(*found.findings, *repeats)))
    return InvoiceFolder(read=tuple(read), rejected=tuple(rejected))


def _refuse_other(intake: Intake, name: str) -> None:
    if name not in {*ROOTS, CII_ROOT, ENVELOPE}:
        kind = OTHER_DOCUMENTS.get(name, "XML")
        raise intake.rejected("INV-001", found=name, kind=kind)


def _unwrapped(intake: Intake, root: Node) -> Node:
    """The invoice itself, out of its envelope; refused where it is of another make than UBL 2 and CII."""
    if root.name == ENVELOPE:
        inner = next((one for name in (*ROOTS, CII_ROOT) if (one := root.node(name))), None)
        if inner is None:
            raise intake.rejected("INV-001", kind=ENVELOPE)
        return Node(element=inner.element, path="")
    namespace = str(root.element.tag).rpartition("}")[0].removeprefix("{")
    if root.name in ROOTS and namespace and not namespace.startswith(NAMESPACE):
        raise intake.rejected(
            "INV-001", found=namespace, kind="OIOXML" if "rep.oio.dk" in namespace else "XML"
        )
    return root


def _hollow(found: re.Match[bytes]) -> bytes:
    """The start tag with the line breaks of its text, so that lines below keep their numbers."""
    return found[1] + b"\n" * found[2].count(b"\n")
