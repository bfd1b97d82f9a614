"""UN/CEFACT Cross Industry Invoice (EN 16931), by local names."""

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
from gevinst.formats.invoice_parts import CREDIT_CODES, Identifier, account_of, cvr_of, fik_of, gln_of
from gevinst.formats.xml_node import Node
from gevinst.formats.xml_values import compact_date

ROOT = "CrossIndustryInvoice"
_AGREEMENT = "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement"
_SETTLEMENT = "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement"
_SUMMATION = "SpecifiedTradeSettlementHeaderMonetarySummation"
_DUE = "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString"


def read_cii(intake: Intake, root: Node) -> tuple[Invoice, Fields]:
    """The invoice, and its fields with what is wrong in them."""
    agreement, settlement = root.node(_AGREEMENT) or root, root.node(_SETTLEMENT) or root
    fields = Fields(intake=intake, currency=settlement.text("InvoiceCurrencyCode"), read_day=compact_date)
    if not fields.currency:
        fields.fault(root, "CEL-007", f"{_SETTLEMENT}/InvoiceCurrencyCode", "")
    type_code = root.text("ExchangedDocument/TypeCode")
    context = "ExchangedDocumentContext"
    invoice = Invoice(
        kind=InvoiceKind.CREDIT_NOTE if type_code in CREDIT_CODES else InvoiceKind.INVOICE,
        family=InvoiceFamily.CII,
        profile=root.text(f"{context}/BusinessProcessSpecifiedDocumentContextParameter/ID"),
        customization=root.text(f"{context}/GuidelineSpecifiedDocumentContextParameter/ID"),
        type_code=type_code,
        id=root.text("ExchangedDocument/ID"),
        issue=fields.day(root, "ExchangedDocument/IssueDateTime/DateTimeString"),
        due=fields.day(settlement, _DUE),
        currency=fields.currency,
        supplier=_party(agreement.node("SellerTradeParty")),
        customer=_party(agreement.node("BuyerTradeParty")),
        payee=_party(payee) if (payee := settlement.node("PayeeTradeParty")) else None,
        lines=tuple(_lines(fields, root)),
        allowances=tuple(
            _allowance(fields, node) for node in settlement.nodes("SpecifiedTradeAllowanceCharge")
        ),
        taxes=tuple(_tax(fields, node) for node in settlement.nodes("ApplicableTradeTax")),
        totals=_totals(fields, settlement),
        payments=tuple(_payments(fields, settlement)),
        references=_references(agreement, settlement),
        attachments=len(agreement.nodes("AdditionalReferencedDocument/AttachmentBinaryObject")),
    )
    return invoice, fields


def _party(node: Node | None) -> Party:
    if node is None:
        return Party()
    endpoint = Identifier(
        scheme=node.attribute("URIUniversalCommunication/URIID", "schemeID"),
        value=node.text("URIUniversalCommunication/URIID"),
    )
    legal = Identifier(
        scheme=node.attribute("SpecifiedLegalOrganization/ID", "schemeID"),
        value=node.text("SpecifiedLegalOrganization/ID"),
    )
    tax = Identifier(scheme="VA", value=node.text("SpecifiedTaxRegistration/ID"))
    others = [
        Identifier(scheme=one.element.get("schemeID", ""), value=one.own_text())
        for name in ("GlobalID", "ID")
        for one in node.nodes(name)
    ]
    identifiers = [legal, endpoint, *others, tax]
    return Party(
        name=node.text("Name"),
        cvr=cvr_of(identifiers),
        gln=gln_of(identifiers),
        endpoint=endpoint.shown,
        endpoint_scheme=endpoint.scheme,
        tax_id=tax.shown,
    )


def _lines(fields: Fields, root: Node) -> Iterator[InvoiceLine]:
    price = "SpecifiedLineTradeAgreement/NetPriceProductTradePrice"
    billed = "SpecifiedLineTradeDelivery/BilledQuantity"
    settlement = "SpecifiedLineTradeSettlement"
    for node in root.nodes("SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem"):
        yield InvoiceLine(
            id=node.text("AssociatedDocumentLineDocument/LineID"),
            text=node.text("SpecifiedTradeProduct/Name", "SpecifiedTradeProduct/Description"),
            quantity=fields.number(node, billed),
            unit=node.attribute(billed, "unitCode"),
            price=fields.number(node, f"{price}/ChargeAmount"),
            price_quantity=fields.number(node, f"{price}/BasisQuantity") or Decimal(1),
            amount=fields.needed(
                node, f"{settlement}/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"
            ),
            category=node.text(f"{settlement}/ApplicableTradeTax/CategoryCode"),
            rate=fields.number(node, f"{settlement}/ApplicableTradeTax/RateApplicablePercent"),
            allowances=tuple(
                _allowance(fields, one) for one in node.nodes(f"{settlement}/SpecifiedTradeAllowanceCharge")
            ),
            account=node.text(f"{settlement}/ReceivableSpecifiedTradeAccountingAccount/ID"),
            order_line=node.text("SpecifiedLineTradeAgreement/BuyerOrderReferencedDocument/LineID"),
            place=fields.intake.place(line=node.line, cell=node.path),
        )


def _allowance(fields: Fields, node: Node) -> AllowanceCharge:
    return AllowanceCharge(
        charge=node.text("ChargeIndicator/Indicator").lower() in {"true", "1"},
        amount=fields.needed(node, "ActualAmount"),
        reason=node.text("Reason", "ReasonCode"),
        category=node.text("CategoryTradeTax/CategoryCode"),
        rate=fields.number(node, "CategoryTradeTax/RateApplicablePercent"),
    )


def _tax(fields: Fields, node: Node) -> TaxCategory:
    return TaxCategory(
        scheme=node.text("TypeCode"),
        category=node.text("CategoryCode"),
        rate=fields.number(node, "RateApplicablePercent"),
        base=fields.needed(node, "BasisAmount"),
        tax=fields.needed(node, "CalculatedAmount"),
    )


def _totals(fields: Fields, settlement: Node) -> Totals:
    node = settlement.node(_SUMMATION) or settlement

    def stated(name: str) -> Amount | None:
        return fields.amount(node, name)

    accounts = settlement.text("TaxCurrencyCode")
    return Totals(
        line_extension=stated("LineTotalAmount"),
        allowances=stated("AllowanceTotalAmount"),
        charges=stated("ChargeTotalAmount"),
        tax_exclusive=stated("TaxBasisTotalAmount"),
        tax=tuple(
            amount
            for one in node.nodes("TaxTotalAmount")
            if one.element.get("currencyID", "") in {"", fields.currency} or not accounts
            if (amount := fields.amount_of(one))
        ),
        tax_inclusive=stated("GrandTotalAmount"),
        prepaid=stated("TotalPrepaidAmount"),
        rounding=stated("RoundingAmount"),
        payable=fields.needed(node, "DuePayableAmount"),
    )


def _payments(fields: Fields, settlement: Node) -> Iterator[PaymentMeans]:
    reference = settlement.text("PaymentReference")
    for node in settlement.nodes("SpecifiedTradeSettlementPaymentMeans"):
        iban = node.text("PayeePartyCreditorFinancialAccount/IBANID")
        own = node.text("PayeePartyCreditorFinancialAccount/ProprietaryID")
        fik = fik_of(reference, "")
        account = account_of(
            iban or ("" if fik else own),
            node.text("PayeeSpecifiedCreditorFinancialInstitution/BICID"),
            is_iban_told=bool(iban),
        )
        yield PaymentMeans(
            code=node.text("TypeCode"),
            due=fields.day(settlement, _DUE),
            fik_kind=fik.kind if fik else "",
            fik_id=fik.payment_id if fik else "",
            creditor=own if fik else "",
            iban=account.iban,
            bic=account.bic,
            account=account.account,
            text="" if fik else reference,
            place=fields.intake.place(line=node.line, cell=node.path),
        )


def _references(agreement: Node, settlement: Node) -> References:
    originals = (one.text("IssuerAssignedID") for one in settlement.nodes("InvoiceReferencedDocument"))
    return References(
        order=agreement.text("BuyerOrderReferencedDocument/IssuerAssignedID"),
        contract=agreement.text("ContractReferencedDocument/IssuerAssignedID"),
        buyer=agreement.text("BuyerReference"),
        project=agreement.text("SpecifiedProcuringProject/ID"),
        account=settlement.text("ReceivableSpecifiedTradeAccountingAccount/ID"),
        originals=tuple(dict.fromkeys(one for one in originals if one)),
    )
