"""An invoice for machines: `gevinst read FILE --json`. The contract is docs/reference/invoices.md."""

from datetime import date
from decimal import Decimal
from typing import Any

from gevinst.domain.invoice import (
    AllowanceCharge,
    Amount,
    Invoice,
    InvoiceLine,
    InvoiceRead,
    Party,
    PaymentMeans,
    TaxCategory,
    Totals,
)
from gevinst.domain.masking import mask_cpr
from gevinst.reports.finding_json import finding_json, place_json
from gevinst.texts import Texts

CONTRACT = "gevinst-invoice/1"
TOTALS = (
    "line_extension",
    "allowances",
    "charges",
    "tax_exclusive",
    "tax_inclusive",
    "prepaid",
    "rounding",
    "payable",
)


def invoice_json(read: InvoiceRead, texts: Texts | None = None) -> dict[str, Any]:
    """The invoice as plain values.

    Args:
        read: an invoice as read.
        texts: the language of the findings; Danish when left out.

    Returns:
        Amounts as integer øre, quantities, prices and rates as decimal text, days ISO 8601; CPR numbers in
        free text are masked.
    """
    invoice = read.invoice
    return {
        "contract": CONTRACT,
        "file": read.file,
        "sha256": read.sha256,
        "usable": read.usable,
        **_head(invoice),
        "supplier": _party(invoice.supplier),
        "customer": _party(invoice.customer),
        "payee": _party(invoice.payee) if invoice.payee else None,
        "lines": [_line(line) for line in invoice.lines],
        "allowances": [_allowance(one) for one in invoice.allowances],
        "taxes": [_tax(one) for one in invoice.taxes],
        "totals": _totals(invoice.totals) | {"tax": invoice.tax, "owed": invoice.owed},
        "payments": [_payment(one) for one in invoice.payments],
        "references": _references(invoice),
        "attachments": invoice.attachments,
        "findings": [finding_json(one, texts or Texts()) for one in read.findings],
    }


def _head(invoice: Invoice) -> dict[str, Any]:
    return {
        "kind": str(invoice.kind),
        "family": str(invoice.family),
        "profile": invoice.profile,
        "customization": invoice.customization,
        "type_code": invoice.type_code,
        "id": invoice.id,
        "issue": _day(invoice.issue),
        "due": _day(invoice.due),
        "currency": invoice.currency,
    }


def _party(party: Party) -> dict[str, str]:
    names = ("name", "cvr", "gln", "endpoint", "endpoint_scheme", "tax_id", "contact")
    return {name: mask_cpr(getattr(party, name)) for name in names}


def _line(line: InvoiceLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "text": mask_cpr(line.text),
        "quantity": _decimal(line.quantity),
        "unit": line.unit,
        "price": _decimal(line.price),
        "price_quantity": _decimal(line.price_quantity),
        "price_factor": _decimal(line.price_factor),
        "amount": line.amount.ore,
        "category": line.category,
        "rate": _decimal(line.rate),
        "allowances": [_allowance(one) for one in line.allowances],
        "account": line.account,
        "order_line": line.order_line,
        "place": place_json(line.amount.place),
    }


def _allowance(one: AllowanceCharge) -> dict[str, Any]:
    return {
        "charge": one.charge,
        "amount": one.amount.ore,
        "reason": mask_cpr(one.reason),
        "category": one.category,
        "rate": _decimal(one.rate),
        "place": place_json(one.amount.place),
    }


def _tax(one: TaxCategory) -> dict[str, Any]:
    return {
        "scheme": one.scheme,
        "category": one.category,
        "rate": _decimal(one.rate),
        "base": one.base.ore,
        "tax": one.tax.ore,
        "per_unit": one.per_unit,
        "place": place_json(one.tax.place),
    }


def _totals(totals: Totals) -> dict[str, Any]:
    """Each total in øre, null where the invoice states none, and the places of those it states."""
    stated: dict[str, Amount | None] = {name: getattr(totals, name) for name in TOTALS}
    return {
        **{name: amount.ore if amount else None for name, amount in stated.items()},
        "places": {name: place_json(amount.place) for name, amount in stated.items() if amount},
    }


def _payment(means: PaymentMeans) -> dict[str, Any]:
    names = ("code", "channel", "fik_kind", "fik_id", "creditor", "iban", "bic", "registration", "account")
    return {
        **{name: getattr(means, name) for name in names},
        "due": _day(means.due),
        "text": mask_cpr(means.text),
        "place": place_json(means.place),
    }


def _references(invoice: Invoice) -> dict[str, Any]:
    references = invoice.references
    names = ("order", "contract", "buyer", "project", "account")
    return {name: mask_cpr(getattr(references, name)) for name in names} | {
        "originals": list(references.originals)
    }


def _decimal(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
