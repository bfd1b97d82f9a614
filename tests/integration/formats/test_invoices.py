"""Invoices: made-up files with known answers, and real ones against an independent count."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.invoice import (
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceRead,
    Party,
    PaymentMeans,
    References,
)
from gevinst.domain.place import Place
from gevinst.formats.invoices import is_invoice, read_invoice, read_invoices
from gevinst.reports.invoice_json import invoice_json
from gevinst.texts import Texts
from gevinst.texts.findings import finding_sentence

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "fixtures" / "formats"
REAL = ROOT.parent / "shared" / "data" / "einvoice"
REAL_FILES = sorted(REAL.glob("*/*.xml"))
NO_REAL = pytest.param(None, marks=pytest.mark.skip(reason="real invoices are not at hand"))
# A demonstration of every element; its own authors say that it does not add up.
NOT_ADDING_UP = "data__parse__used-invoice_real.xml"
SUPPLIER = Party(
    name="Nordfjord Kontorartikler ApS",
    cvr="12345674",
    endpoint="DK12345674",
    endpoint_scheme="DK:CVR",
    tax_id="DK12345674",
)


def cases() -> Iterator[Any]:
    for folder in ("oioubl", "peppol"):
        expected = json.loads((FIXTURES / folder / "expected.json").read_text(encoding="utf-8"))
        for name, answer in expected.items():
            yield pytest.param(FIXTURES / folder / name, answer, id=f"{folder}/{name}")


def answer_of(path: Path) -> tuple[tuple[Finding, ...], InvoiceRead | None]:
    try:
        read = read_invoice(path)
    except InputRejectedError as refused:
        return refused.findings, None
    return read.findings, read


@pytest.mark.parametrize(("path", "expected"), list(cases()))
def test_each_made_up_file_gives_what_its_folder_says(path: Path, expected: dict[str, Any]) -> None:
    findings, read = answer_of(path)

    assert [one.code for one in findings] == expected.get("findings", expected.get("rejected"))
    assert (read is None) == ("rejected" in expected)
    if "place" in expected:
        assert findings[0].place.cell == expected["place"]
    if read and "owed" in expected:
        known = {"kind": read.invoice.kind, "owed": read.invoice.owed, "family": read.invoice.family}
        assert known == {name: expected[name] for name in known}


@pytest.mark.parametrize(("path", "expected"), list(cases()))
def test_each_finding_is_said_whole_in_both_languages(path: Path, expected: dict[str, Any]) -> None:
    findings, _ = answer_of(path)

    for language in ("da", "en"):
        for sentence in (finding_sentence(one, Texts(language)) for one in findings):
            assert path.name in sentence
            assert not {"{", "}"} & set(sentence)
    assert bool(findings) == bool(expected.get("findings") or expected.get("rejected"))


def test_every_made_up_file_has_an_answer() -> None:
    for folder in ("oioubl", "peppol"):
        expected = json.loads((FIXTURES / folder / "expected.json").read_text(encoding="utf-8"))
        assert {path.name for path in (FIXTURES / folder).glob("*.xml")} == set(expected)


def test_an_oioubl_invoice_is_read_whole() -> None:
    invoice = read_invoice(FIXTURES / "oioubl" / "invoice.xml").invoice

    assert (invoice.kind, invoice.id, invoice.type_code) == (InvoiceKind.INVOICE, "F-2026-0417", "380")
    assert (invoice.issue, invoice.due) == (date(2026, 3, 16), date(2026, 4, 15))
    assert (invoice.customization, invoice.profile) == (
        "OIOUBL-2.1",
        "urn:www.nesubl.eu:profiles:profile5:ver2.0",
    )
    assert invoice.supplier == SUPPLIER
    assert (invoice.customer.gln, invoice.customer.cvr, invoice.customer.contact) == (
        "5790000000005",
        "87654324",
        "REKV-88",
    )
    assert invoice.references == References(order="4500012345", contract="RAM-17", account="4711-22050-91")
    assert [(one.charge, one.amount.ore, one.reason) for one in invoice.allowances] == [(True, 4990, "Fragt")]
    assert [(one.category, one.rate, one.base.ore, one.tax.ore) for one in invoice.taxes] == [
        ("StandardRated", Decimal(25), 204990, 51247),
        ("ZeroRated", Decimal(0), 30000, 0),
    ]
    assert (invoice.net, invoice.tax, invoice.owed) == (234990, 51247, 286250)


def test_a_line_has_quantity_unit_price_and_place() -> None:
    first = read_invoice(FIXTURES / "oioubl" / "invoice.xml").invoice.lines[0]

    assert (first.id, first.text, first.order_line) == ("1", "Ringbind A4", "10")
    assert (first.quantity, first.unit, first.price, first.price_factor) == (
        Decimal(8),
        "EA",
        Decimal("25.00"),
        Decimal(10),
    )
    assert (first.amount.ore, first.category, first.rate) == (200000, "StandardRated", Decimal(25))
    place = first.amount.place
    assert place == Place(file="invoice.xml", line=place.line, cell="InvoiceLine[1]/LineExtensionAmount")
    text = (FIXTURES / "oioubl" / "invoice.xml").read_text(encoding="utf-8").splitlines()
    assert "2000.00" in text[place.line - 1]


def payment(folder: str, name: str) -> PaymentMeans:
    return read_invoice(FIXTURES / folder / name).invoice.payments[0]


@pytest.mark.parametrize(
    ("name", "kind", "digits", "creditor"),
    [
        ("invoice.xml", "71", 15, "81234567"),
        ("fik_75.xml", "75", 16, "81234567"),
        ("fik_73.xml", "73", 0, "81234567"),
        ("giro.xml", "04", 16, "1234567"),
    ],
)
def test_a_slip_has_kind_payment_id_and_creditor(name: str, kind: str, digits: int, creditor: str) -> None:
    slip = payment("oioubl", name)

    assert (slip.fik_kind, len(slip.fik_id), slip.creditor) == (kind, digits, creditor)
    assert (slip.account, slip.iban) == ("", "")


def test_a_danish_account_has_registration_and_number() -> None:
    means = payment("oioubl", "bank_account.xml")

    assert (means.code, means.channel, means.registration, means.account, means.text) == (
        "42",
        "DK:BANK",
        "9070",
        "0004711220",
        "F-2026-0417",
    )


def test_peppol_writes_a_slip_as_one_text() -> None:
    slip, transfer = read_invoice(FIXTURES / "peppol" / "invoice.xml").invoice.payments

    assert (slip.fik_kind, len(slip.fik_id), slip.creditor, slip.text) == ("71", 15, "87654321", "")
    assert (transfer.iban, transfer.bic, transfer.text) == ("DK3490700004711220", "FJOBDK22", "P-88120")


def test_a_peppol_invoice_has_its_references_and_its_line_charges() -> None:
    invoice = read_invoice(FIXTURES / "peppol" / "invoice.xml").invoice

    assert invoice.references == References(
        order="4500099001", buyer="REKV-12", project="XG-0000003038-00040"
    )
    assert (invoice.supplier.cvr, invoice.customer.gln, invoice.customer.cvr) == (
        "23456783",
        "5790000000012",
        "87654324",
    )
    gravel: InvoiceLine = invoice.lines[1]
    assert [(one.charge, one.amount.ore) for one in gravel.allowances] == [(True, 2500)]
    assert gravel.price_quantity == Decimal(1000)


@pytest.mark.parametrize(
    "name", ["peppol/credit_note.xml", "oioubl/credit_note.xml", "peppol/cii_credit_note.xml"]
)
def test_a_credit_note_names_its_invoice(name: str) -> None:
    invoice = read_invoice(FIXTURES / name).invoice

    assert invoice.kind is InvoiceKind.CREDIT_NOTE
    assert invoice.owed < 0
    assert len(invoice.references.originals) == 1


def test_a_project_stands_elsewhere_on_a_credit_note() -> None:
    invoice = read_invoice(FIXTURES / "peppol" / "credit_note.xml").invoice

    assert invoice.references.project == "XG-0000003038-00040"


def test_a_cii_invoice_is_read_whole() -> None:
    invoice = read_invoice(FIXTURES / "peppol" / "cii.xml").invoice

    assert (invoice.id, invoice.issue, invoice.due) == ("C-5501", date(2026, 5, 4), date(2026, 6, 3))
    assert (invoice.supplier.cvr, invoice.customer.gln) == ("34567892", "5790000000029")
    assert (invoice.references.order, invoice.references.buyer) == ("4500099777", "REKV-31")
    assert [(one.text, one.quantity, one.price, one.amount.ore) for one in invoice.lines] == [
        ("Kursus i regnskab", Decimal(2), Decimal("1500.00"), 300000)
    ]
    assert (invoice.net, invoice.tax, invoice.owed) == (300000, 75000, 375000)
    assert invoice.payments[0].iban.startswith("DK")


def test_a_pdf_within_is_counted_whatever_its_size(tmp_path: Path) -> None:
    text = (FIXTURES / "peppol" / "attachment.xml").read_text(encoding="utf-8")
    large = text.replace("JVBERi0xLjQK\n", "JVBERi0xLjQK\n" + "QUJD" * 3_000_000 + "\n")
    (tmp_path / "stor.xml").write_text(large, encoding="utf-8")

    invoice = read_invoice(tmp_path / "stor.xml").invoice

    assert invoice.attachments == 1
    line = invoice.totals.payable.place.line
    assert "PayableAmount" in large.splitlines()[line - 1]


def test_a_cpr_number_of_a_supplier_is_masked(tmp_path: Path) -> None:
    text = (FIXTURES / "oioubl" / "invoice.xml").read_text(encoding="utf-8")
    person = text.replace('schemeID="DK:CVR">DK12345674', 'schemeID="DK:CPR">0101801234')
    (tmp_path / "person.xml").write_text(person, encoding="utf-8")

    found = json.dumps(invoice_json(read_invoice(tmp_path / "person.xml")), ensure_ascii=False)

    assert "0101801234" not in found
    assert "XXXXXX-XXXX" in found


def test_a_folder_is_read_file_by_file_and_repeats_are_named(tmp_path: Path) -> None:
    for name, source in (("a.xml", "invoice.xml"), ("b.xml", "cut.xml"), ("c.xml", "invoice.xml")):
        (tmp_path / name).write_bytes((FIXTURES / "oioubl" / source).read_bytes())
    (tmp_path / "noter.txt").write_text("ikke en faktura", encoding="utf-8")

    folder = read_invoices(tmp_path)

    assert [one.file for one in folder.read] == ["a.xml", "c.xml"]
    assert [(one.code, one.place.file) for one in folder.rejected] == [("FIL-004", "b.xml")]
    assert [[one.code for one in read.findings] for read in folder.read] == [[], ["INV-015"]]
    assert folder.read[1].usable


def test_an_invoice_is_known_by_its_outermost_element(tmp_path: Path) -> None:
    names = ("oioubl/invoice.xml", "peppol/credit_note.xml", "peppol/cii.xml")

    assert all(is_invoice(FIXTURES / name) for name in names)
    assert not is_invoice(FIXTURES / "saft" / "danish.xml")
    assert not is_invoice(FIXTURES / "oioubl" / "README.md")
    assert not is_invoice(tmp_path / "mangler.xml")


def test_the_json_has_ore_decimals_and_places() -> None:
    found = invoice_json(read_invoice(FIXTURES / "oioubl" / "payable.xml"), Texts("en"))

    assert found["totals"]["payable"] == 282650
    assert found["totals"]["places"]["payable"]["cell"] == "LegalMonetaryTotal/PayableAmount"
    assert (found["lines"][0]["quantity"], found["lines"][0]["amount"]) == ("8", 200000)
    assert (found["usable"], found["findings"][0]["code"]) == (False, "INV-010")
    assert json.loads(json.dumps(found)) == found


def independent(path: Path) -> tuple[str, str, str, Decimal, int]:
    """Root, profile, customization, payable amount and number of lines by XPath alone."""
    root = etree.parse(path).getroot()

    def text(step: str) -> str:
        return str(root.xpath(f"string(/*/*[local-name()='{step}'])"))

    payable = root.xpath("string(/*/*[local-name()='LegalMonetaryTotal']/*[local-name()='PayableAmount'])")
    lines = root.xpath("count(/*/*[local-name()='InvoiceLine' or local-name()='CreditNoteLine'])")
    name = str(root.xpath("local-name(/*)"))
    return name, text("ProfileID"), text("CustomizationID"), Decimal(str(payable)), int(float(str(lines)))


def summary(invoice: Invoice) -> tuple[str, str, str, Decimal, int]:
    name = "CreditNote" if invoice.kind is InvoiceKind.CREDIT_NOTE else "Invoice"
    payable = Decimal(invoice.totals.payable.ore).scaleb(-2)
    return name, invoice.profile, invoice.customization, payable, len(invoice.lines)


@pytest.mark.parametrize("path", REAL_FILES or [NO_REAL], ids=lambda path: path.name if path else "none")
def test_each_real_invoice_is_read_as_an_independent_reader_does(path: Path) -> None:
    read = read_invoice(path)

    assert summary(read.invoice) == independent(path)
    assert read.usable == (path.name != NOT_ADDING_UP)
