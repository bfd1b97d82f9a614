"""A small electronic invoice in Peppol BIS 3, as made-up suppliers send it."""

from datetime import date
from xml.sax.saxutils import escape

from gevinst.domain.money import kroner

VAT_PART = 5  # a fifth of an amount with 25 percent VAT is VAT
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
  <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
  <cbc:ID>{number}</cbc:ID>
  <cbc:IssueDate>{day}</cbc:IssueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cbc:DocumentCurrencyCode>DKK</cbc:DocumentCurrencyCode>
"""
_PARTIES = """  <cac:AccountingSupplierParty><cac:Party>
    <cbc:EndpointID schemeID="0184">{cvr}</cbc:EndpointID>
    <cac:PartyLegalEntity>
      <cbc:RegistrationName>{name}</cbc:RegistrationName>
      <cbc:CompanyID schemeID="0184">{cvr}</cbc:CompanyID>
    </cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cbc:EndpointID schemeID="0088">5790000000012</cbc:EndpointID>
  </cac:Party></cac:AccountingCustomerParty>
"""
_CATEGORY = (
    "<cbc:ID>S</cbc:ID><cbc:Percent>25</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
)
_SUMS = """  <cac:TaxTotal>
    <cbc:TaxAmount currencyID="DKK">{vat}</cbc:TaxAmount>
    <cac:TaxSubtotal>
      <cbc:TaxableAmount currencyID="DKK">{net}</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="DKK">{vat}</cbc:TaxAmount>
      <cac:TaxCategory>{category}</cac:TaxCategory>
    </cac:TaxSubtotal>
  </cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="DKK">{net}</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="DKK">{net}</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="DKK">{gross}</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="DKK">{gross}</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
  <cac:InvoiceLine>
    <cbc:ID>1</cbc:ID>
    <cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="DKK">{net}</cbc:LineExtensionAmount>
    <cac:Item><cbc:Name>Levering</cbc:Name>
      <cac:ClassifiedTaxCategory>{category}</cac:ClassifiedTaxCategory>
    </cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="DKK">{net}</cbc:PriceAmount></cac:Price>
  </cac:InvoiceLine>
</Invoice>
"""


def invoice_xml(*, cvr: str, name: str, number: str, day: date, gross: int) -> bytes:
    """The file of one invoice of one line.

    Args:
        cvr: the supplier's, 8 digits.
        name: the supplier's.
        number: the invoice's.
        day: of issue.
        gross: øre, VAT of 25 percent included; of whole kroner that five divides.
    """
    vat = gross // VAT_PART
    text = _HEAD.format(number=escape(number), day=day.isoformat())
    text += _PARTIES.format(cvr=escape(cvr), name=escape(name))
    text += _SUMS.format(vat=kroner(vat), net=kroner(gross - vat), gross=kroner(gross), category=_CATEGORY)
    return text.encode()
