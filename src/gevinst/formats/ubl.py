"""UBL Invoice and CreditNote, OIOUBL 2.x and Peppol BIS 3 alike, by local names."""

from collections.abc import Iterator
from decimal import Decimal

from gevinst.domain.invoice import (
    AllowanceCharge,
    Amount,
    Invoice,
    InvoiceFamily,
    InvoiceKind,
    InvoiceLine,
    Party,
    PaymentMeans,
    References,
    TaxCategory,
    Totals,
)
from gevinst.formats.intake import Intake
from gevinst.formats.invoice_fields import Fields
from gevinst.formats.invoice_parts import (
    CREDIT_CODES,
    Identifier,
    account_of,
    cvr_of,
    family_of,
    fik_of,
    gln_of,
)
from gevinst.formats.xml_node import Node
from gevinst.formats.xml_values import iso_date

ROOTS = {"Invoice": "InvoiceLine", "CreditNote": "CreditNoteLine"}
NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
VAT_SCHEMES = frozenset({"63", "VAT", ""})
PROJECT_DOCUMENT = "50"  # type code of a project reference on a credit note


def read_ubl(intake: Intake, root: Node) -> tuple[Invoice, Fields]:
    """The invoice, and its fields with what is wrong in them."""
    currency = root.text("DocumentCurrencyCode") or root.attribute(
        "LegalMonetaryTotal/PayableAmount", "currencyID"
    )
    fields = Fields(intake=intake, currency=currency, read_day=iso_date)
    if not currency:
        fields.fault(root, "CEL-007", "DocumentCurrencyCode", "")
    payments = tuple(_payment(fields, node) for node in root.nodes("PaymentMeans"))
    customization = root.text("CustomizationID")
    family = family_of(customization)
    type_code = root.text("InvoiceTypeCode", "CreditNoteTypeCode")
    credit = root.name == "CreditNote" or type_code in CREDIT_CODES
    invoice = Invoice(
        kind=InvoiceKind.CREDIT_NOTE if credit else InvoiceKind.INVOICE,
        family=family,
        profile=root.text("ProfileID"),
        customization=customization,
        type_code=type_code,
        id=root.text("ID"),
        issue=fields.day(root, "IssueDate"),
        due=fields.day(root, "DueDate") or next((one.due for one in payments if one.due), None),
        currency=currency,
        supplier=_party(root.node("AccountingSupplierParty/Party")),
        customer=_party(root.node("AccountingCustomerParty/Party")),
        payee=_party(payee) if (payee := root.node("PayeeParty")) else None,
        lines=tuple(_line(fields, node, family) for node in root.nodes(ROOTS[root.name])),
        allowances=tuple(_allowance(fields, node) for node in root.nodes("AllowanceCharge")),
        taxes=tuple(_taxes(fields, root)),
        totals=_totals(fields, root),
        payments=payments,
        references=_references(root),
        attachments=_attachments(root),
    )
    return invoice, fields


def _party(node: Node | None) -> Party:
    if node is None:
        return Party()
    paths = ("PartyLegalEntity/CompanyID", "EndpointID", "PartyTaxScheme/CompanyID")
    identifiers = [
        *(Identifier(scheme=node.attribute(path, "schemeID"), value=node.text(path)) for path in paths),
        *(
            Identifier(scheme=one.attribute("ID", "schemeID"), value=one.text("ID"))
            for one in node.nodes("PartyIdentification")
        ),
    ]
    endpoint = identifiers[1]
    return Party(
        name=node.text("PartyName/Name", "PartyLegalEntity/RegistrationName"),
        cvr=cvr_of(identifiers),
        gln=gln_of(identifiers),
        endpoint=endpoint.shown,
        endpoint_scheme=endpoint.scheme,
        tax_id=identifiers[2].shown,
        contact=node.text("Contact/ID"),
    )


def _line(fields: Fields, node: Node, family: InvoiceFamily) -> InvoiceLine:
    """One line.

    OIOUBL 2 prices `OrderableUnitFactorRate` times its base quantity, so the base quantity divides nothing
    there: 1 barrel at 960,00 for each 100 litres with factor 0.75 is 720,00.
    """
    oioubl = family is InvoiceFamily.OIOUBL
    quantity = "InvoicedQuantity" if node.name == "InvoiceLine" else "CreditedQuantity"
    tax = _line_tax(node)
    return InvoiceLine(
        id=node.text("ID"),
        text=node.text("Item/Name", "Item/Description", "Note"),
        quantity=fields.number(node, quantity),
        unit=node.attribute(quantity, "unitCode"),
        price=fields.number(node, "Price/PriceAmount"),
        price_quantity=(None if oioubl else fields.number(node, "Price/BaseQuantity")) or Decimal(1),
        price_factor=fields.number(node, "Price/OrderableUnitFactorRate") or Decimal(1),
        amount=fields.needed(node, "LineExtensionAmount"),
        category=tax.text("ID") if tax else "",
        rate=fields.number(tax, "Percent") if tax else None,
        allowances=tuple(_allowance(fields, one) for one in node.nodes("AllowanceCharge")),
        account=node.text("AccountingCost"),
        order_line=node.text("OrderLineReference/LineID"),
        place=fields.intake.place(line=node.line, cell=node.path),
    )


def _line_tax(node: Node) -> Node | None:
    """The VAT category of a line: with the item in EN 16931, with the line's tax in OIOUBL."""
    found = node.node("Item/ClassifiedTaxCategory")
    if found is not None:
        return found
    categories = (
        category
        for total in node.nodes("TaxTotal")
        for part in total.nodes("TaxSubtotal")
        if (category := part.node("TaxCategory")) and category.text("TaxScheme/ID") in VAT_SCHEMES
    )
    return next(categories, None)


def _allowance(fields: Fields, node: Node) -> AllowanceCharge:
    return AllowanceCharge(
        charge=node.text("ChargeIndicator").lower() in {"true", "1"},
        amount=fields.needed(node, "Amount"),
        reason=node.text("AllowanceChargeReason", "AllowanceChargeReasonCode"),
        category=node.text("TaxCategory/ID"),
        rate=fields.number(node, "TaxCategory/Percent"),
    )


def _tax_totals(fields: Fields, root: Node) -> list[Node]:
    """Tax totals in the invoice's currency; one in the currency of the accounts repeats the same tax."""
    accounts = root.text("TaxCurrencyCode")
    return [
        node
        for node in root.nodes("TaxTotal")
        if accounts in {"", fields.currency} or node.attribute("TaxAmount", "currencyID") != accounts
    ]


def _taxes(fields: Fields, root: Node) -> Iterator[TaxCategory]:
    for total in _tax_totals(fields, root):
        for node in total.nodes("TaxSubtotal"):
            rate = fields.number(node, "TaxCategory/Percent")
            per_unit = node.node("TaxCategory/PerUnitAmount") or node.node("PerUnitAmount")
            yield TaxCategory(
                scheme=node.text("TaxCategory/TaxScheme/ID"),
                category=node.text("TaxCategory/ID"),
                rate=fields.number(node, "Percent") if rate is None else rate,
                base=fields.needed(node, "TaxableAmount"),
                tax=fields.needed(node, "TaxAmount"),
                per_unit=per_unit is not None,
            )


def _totals(fields: Fields, root: Node) -> Totals:
    node = root.node("LegalMonetaryTotal") or root

    def stated(name: str) -> Amount | None:
        return fields.amount(node, name)

    return Totals(
        line_extension=stated("LineExtensionAmount"),
        allowances=stated("AllowanceTotalAmount"),
        charges=stated("ChargeTotalAmount"),
        tax_exclusive=stated("TaxExclusiveAmount"),
        tax=tuple(fields.needed(one, "TaxAmount") for one in _tax_totals(fields, root)),
        tax_inclusive=stated("TaxInclusiveAmount"),
        prepaid=stated("PrepaidAmount"),
        rounding=stated("PayableRoundingAmount"),
        payable=fields.needed(node, "PayableAmount"),
    )


def _payment(fields: Fields, node: Node) -> PaymentMeans:
    channel = node.text("PaymentChannelCode")
    payment_id, number = node.text("PaymentID"), node.text("PayeeFinancialAccount/ID")
    fik = fik_of(payment_id, node.text("InstructionID"))
    branch = "PayeeFinancialAccount/FinancialInstitutionBranch"
    account = account_of(
        "" if fik else number,
        node.text(f"{branch}/ID"),
        node.text(f"{branch}/FinancialInstitution/ID"),
        is_iban_told=channel == "IBAN",
    )
    return PaymentMeans(
        code=node.text("PaymentMeansCode"),
        channel=channel,
        due=fields.day(node, "PaymentDueDate"),
        fik_kind=fik.kind if fik else "",
        fik_id=fik.payment_id if fik else "",
        creditor=node.text("CreditAccount/AccountID") or (number if fik else ""),
        iban=account.iban,
        bic=account.bic,
        registration=account.registration,
        account=account.account,
        text=node.text("PayeeFinancialAccount/PaymentNote", "InstructionNote") or ("" if fik else payment_id),
        place=fields.intake.place(line=node.line, cell=node.path),
    )


def _references(root: Node) -> References:
    billing = (
        one.text("InvoiceDocumentReference/ID", "CreditNoteDocumentReference/ID")
        for one in root.nodes("BillingReference")
    )
    projects = (
        one.text("ID")
        for one in root.nodes("AdditionalDocumentReference")
        if one.text("DocumentTypeCode") == PROJECT_DOCUMENT
    )
    return References(
        order=root.text("OrderReference/ID"),
        contract=root.text("ContractDocumentReference/ID"),
        buyer=root.text("BuyerReference"),
        project=root.text("ProjectReference/ID") or next(projects, ""),
        account=root.text("AccountingCost"),
        originals=tuple(dict.fromkeys(one for one in billing if one)),
    )


def _attachments(root: Node) -> int:
    return sum(
        node.node("Attachment/EmbeddedDocumentBinaryObject") is not None
        for node in root.nodes("AdditionalDocumentReference")
    )
