"""Whether an invoice adds up, as findings.

Rounding rule: the tax of a category is base × rate / 100, rounded half away from zero to whole øre. A system
that rounds on each line may be off by half an øre a line, so the slack is one øre, or half an øre for each
line of the invoice when that is more. All other sums are exact.
"""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal

from gevinst.domain.finding import Finding, Severity
from gevinst.domain.invoice import (
    AllowanceCharge,
    Amount,
    Invoice,
    InvoiceFamily,
    InvoiceLine,
    Party,
    PaymentMeans,
    TaxCategory,
)
from gevinst.domain.place import Place

# Currencies with two decimals that a Nordic office meets. ISO 4217 has others with none or three.
TWO_DECIMALS = frozenset(
    ("DKK", "EUR", "SEK", "NOK", "GBP", "USD", "CHF", "PLN", "CZK", "HUF", "RON", "BGN", "AUD", "CAD")
)
HUNDRED = 100
LINE_SLACK = 1  #: øre between quantity × price and a line's amount
FIK_LENGTHS = {"04": 16, "15": 16, "71": 15, "75": 16}
DIGIT_BASE = 10
WIDE = Context(prec=200)  # digits: quantity × factor × price of 30 each, by a price quantity that is small


def invoice_findings(invoice: Invoice) -> list[Finding]:
    """Everything that does not add up or is missing."""
    return [
        *_missing(invoice),
        *_currency(invoice),
        *_line_sum(invoice),
        *_allowance_sums(invoice),
        *_net(invoice),
        *_tax(invoice),
        *_inclusive(invoice),
        *_payable(invoice),
        *(finding for line in invoice.lines for finding in _line(invoice.family, line)),
        *(finding for means in invoice.payments for finding in _fik(means)),
    ]


def repeated_findings(earlier: Invoice, later: Invoice) -> list[Finding]:
    """INV-015 when two invoices have the same kind, supplier and number."""
    if earlier.identity != later.identity or not later.id:
        return []
    place = later.totals.payable.place
    facts = {"number": later.id, "file": earlier.totals.payable.place.file}
    return [Finding(code="INV-015", place=Place(file=place.file), severity=Severity.WARNING, facts=facts)]


def _missing(invoice: Invoice) -> Iterator[Finding]:
    """INV-002 for each part that an invoice must have, named as in UBL."""
    parts = {
        "ID": invoice.id,
        "IssueDate": invoice.issue,
        "AccountingSupplierParty/PartyName": invoice.supplier.name or invoice.supplier.cvr,
        "AccountingSupplierParty/CompanyID": _supplier_number(invoice.supplier),
        "AccountingCustomerParty": invoice.customer.name or invoice.customer.cvr or invoice.customer.gln,
        "InvoiceLine": invoice.lines,
    }
    place = Place(file=invoice.totals.payable.place.file)
    for what, value in parts.items():
        if not value:
            yield Finding(code="INV-002", place=place, facts={"what": what})


def _supplier_number(supplier: Party) -> str:
    return supplier.cvr or supplier.tax_id or supplier.endpoint


def _currency(invoice: Invoice) -> Iterator[Finding]:
    if invoice.currency not in TWO_DECIMALS:
        place = invoice.totals.payable.place
        yield Finding(
            code="INV-012", place=place, severity=Severity.WARNING, facts={"currency": invoice.currency}
        )


def _line_sum(invoice: Invoice) -> Iterator[Finding]:
    lines = sum(line.amount.ore for line in invoice.lines)
    yield from _compare("INV-004", invoice.totals.line_extension, lines)


def _allowance_sums(invoice: Invoice) -> Iterator[Finding]:
    """Both totals against their parts; parts without a total count as well."""
    totals = invoice.totals
    for charge, stated in ((False, totals.allowances), (True, totals.charges)):
        parts = [one for one in invoice.allowances if one.charge is charge]
        computed = sum(one.amount.ore for one in parts)
        yield from _compare("INV-005", stated, computed)
        if stated is None and computed:
            facts = {"stated": 0, "computed": computed, "difference": -computed}
            yield Finding(code="INV-005", place=parts[0].amount.place, facts=facts)


def _net(invoice: Invoice) -> Iterator[Finding]:
    oioubl = invoice.family is InvoiceFamily.OIOUBL
    yield from _compare("INV-006", invoice.totals.tax_exclusive, invoice.tax if oioubl else invoice.net)
    if not oioubl and invoice.taxes:
        computed = sum(one.base.ore for one in invoice.taxes)
        first = invoice.taxes[0].base
        yield from _compare("INV-011", Amount(ore=computed, place=first.place), invoice.net)


def _tax(invoice: Invoice) -> Iterator[Finding]:
    slack = max(1, (len(invoice.lines) + 1) // 2)
    for one in invoice.taxes:
        yield from _category(one, slack)
    stated, parts = invoice.tax, sum(one.tax.ore for one in invoice.taxes)
    if invoice.taxes and invoice.totals.tax and stated != parts:
        yield from _compare("INV-008", Amount(ore=stated, place=invoice.totals.tax[0].place), parts)


def _category(one: TaxCategory, slack: int) -> Iterator[Finding]:
    if one.rate is None or one.per_unit:
        return
    computed = rounded(Decimal(one.base.ore) * one.rate / HUNDRED)
    if abs(computed - one.tax.ore) > slack:
        facts = _facts(one.tax.ore, computed)
        facts |= {"rate": f"{one.rate.normalize():f}", "base": one.base.ore}
        yield Finding(code="INV-007", place=one.tax.place, facts=facts)


def _inclusive(invoice: Invoice) -> Iterator[Finding]:
    stated, computed = invoice.totals.tax_inclusive, invoice.net + invoice.tax
    if stated is not None and stated.ore not in _inclusive_readings(invoice, computed):
        yield from _compare("INV-009", stated, computed)


def _inclusive_readings(invoice: Invoice, computed: int) -> set[int]:
    """OIOUBL leaves open whether the rounding of the payable amount is in the inclusive amount already."""
    rounding = _ore(invoice.totals.rounding)
    return {computed, computed + rounding} if invoice.family is InvoiceFamily.OIOUBL else {computed}


def _payable(invoice: Invoice) -> Iterator[Finding]:
    totals = invoice.totals
    inclusive = totals.tax_inclusive.ore if totals.tax_inclusive else invoice.net + invoice.tax
    rounding = _ore(totals.rounding)
    rounded_already = (
        invoice.family is InvoiceFamily.OIOUBL and inclusive == invoice.net + invoice.tax + rounding
    )
    due = inclusive - _ore(totals.prepaid) + (0 if rounded_already else rounding)
    yield from _compare("INV-010", totals.payable, due)


def _line(family: InvoiceFamily, line: InvoiceLine) -> Iterator[Finding]:
    """INV-013, a warning, when quantity × price and the line's own discounts do not give its amount.

    OIOUBL leaves open whether a line's discounts are taken from its amount already.
    """
    if line.quantity is None or line.price is None or not line.price_quantity:
        return
    plain = rounded(line.quantity * line.price_factor * line.price / line.price_quantity * HUNDRED)
    computed = plain + sum(_signed(one) for one in line.allowances)
    readings = {computed, plain} if family is InvoiceFamily.OIOUBL else {computed}
    if all(abs(reading - line.amount.ore) > LINE_SLACK for reading in readings):
        facts = _facts(line.amount.ore, computed) | {"line": line.id}
        yield Finding(code="INV-013", place=line.amount.place, severity=Severity.WARNING, facts=facts)


def _fik(means: PaymentMeans) -> Iterator[Finding]:
    """INV-014, a warning, when a FIK payment id has the wrong length or check digit."""
    length = FIK_LENGTHS.get(means.fik_kind)
    if length is not None and not (len(means.fik_id) == length and check_digit_fits(means.fik_id)):
        facts: dict[str, str | int] = {"kind": means.fik_kind, "length": length}
        yield Finding(
            code="INV-014", place=means.place, found=means.fik_id, severity=Severity.WARNING, facts=facts
        )


def check_digit_fits(digits: str) -> bool:
    """Whether the last digit of a FIK payment id fits (modulus 10, weights 1 and 2 from the right)."""
    if not (digits.isascii() and digits.isdigit()):
        return False
    weighted = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(one // DIGIT_BASE + one % DIGIT_BASE for one in weighted) % DIGIT_BASE == 0


def rounded(ore: Decimal) -> int:
    """Whole øre, half away from zero."""
    return int(ore.quantize(Decimal(1), rounding=ROUND_HALF_UP, context=WIDE))


def _compare(code: str, stated: Amount | None, computed: int) -> Iterator[Finding]:
    if stated is not None and stated.ore != computed:
        yield Finding(code=code, place=stated.place, facts=_facts(stated.ore, computed))


def _facts(stated: int, computed: int) -> dict[str, str | int]:
    return {"stated": stated, "computed": computed, "difference": stated - computed}


def _signed(one: AllowanceCharge) -> int:
    return one.amount.ore if one.charge else -one.amount.ore


def _ore(amount: Amount | None) -> int:
    return amount.ore if amount else 0
