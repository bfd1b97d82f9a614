"""An electronic invoice or credit note as a value: parties, lines, VAT, totals, ways to pay, references.

Source: OIOUBL 2.x (Digitaliseringsstyrelsen), Peppol BIS Billing 3 and EN 16931 (UBL 2.1 and UN/CEFACT CII).
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from gevinst.domain.finding import Finding, Severity
from gevinst.domain.place import Place


class InvoiceKind(StrEnum):
    """What the sender asks for."""

    INVOICE = "invoice"  #: the customer owes the payable amount
    CREDIT_NOTE = "credit_note"  #: the customer gets the payable amount back


class InvoiceFamily(StrEnum):
    """Whose rules the totals follow."""

    OIOUBL = "OIOUBL"  #: TaxExclusiveAmount is the tax itself; TaxInclusiveAmount may be rounded already
    PEPPOL = "Peppol BIS 3"  #: EN 16931 as Peppol narrows it
    UBL = "UBL"  #: EN 16931 in UBL from elsewhere
    CII = "CII"  #: EN 16931 in UN/CEFACT syntax


@dataclass(frozen=True, kw_only=True)
class Amount:
    """Money and where it stood."""

    ore: int  #: hundredths of the invoice's currency
    place: Place


@dataclass(frozen=True, kw_only=True)
class Party:
    """Supplier or customer."""

    name: str = ""
    cvr: str = ""  #: 8 digits, without DK
    gln: str = ""  #: EAN location number, 13 digits
    endpoint: str = ""  #: electronic address; a CPR number is masked
    endpoint_scheme: str = ""  #: DK:CVR, GLN, 0184 …
    tax_id: str = ""  #: SE or VAT number as written
    contact: str = ""  #: the id that OIOUBL's customer contact has, such as the order taker's


@dataclass(frozen=True, kw_only=True)
class AllowanceCharge:
    """A discount (`charge` False) or an addition, of the whole invoice or of a line."""

    charge: bool
    amount: Amount
    reason: str = ""
    category: str = ""  #: VAT category
    rate: Decimal | None = None  #: VAT percent


@dataclass(frozen=True, kw_only=True)
class InvoiceLine:
    """One line."""

    id: str
    text: str
    quantity: Decimal | None = None
    unit: str = ""
    price: Decimal | None = None  #: of `price_quantity` units, without VAT; not rounded to øre
    price_quantity: Decimal = Decimal(1)  #: units that the price is for
    price_factor: Decimal = Decimal(1)  #: priced units in each unit of `quantity`; OIOUBL only
    amount: Amount  #: without VAT
    category: str = ""  #: VAT category
    rate: Decimal | None = None  #: VAT percent
    allowances: tuple[AllowanceCharge, ...] = ()
    account: str = ""  #: the customer's account string
    order_line: str = ""
    place: Place


@dataclass(frozen=True, kw_only=True)
class TaxCategory:
    """Tax of one category and rate."""

    scheme: str  #: 63 and VAT are value added tax; others are duties
    category: str
    rate: Decimal | None = None  #: percent; None where the tax is per unit or exempt
    base: Amount
    tax: Amount
    per_unit: bool = False  #: the tax follows from a number of units and not from the base


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The sums that the invoice states; None where it states none."""

    line_extension: Amount | None = None
    allowances: Amount | None = None
    charges: Amount | None = None
    tax_exclusive: Amount | None = None  #: net amount; in OIOUBL the tax (see InvoiceFamily)
    tax: tuple[Amount, ...] = ()  #: one for each tax total in the invoice's currency
    tax_inclusive: Amount | None = None
    prepaid: Amount | None = None
    rounding: Amount | None = None
    payable: Amount


@dataclass(frozen=True, kw_only=True)
class PaymentMeans:
    """One way to pay. FIK has kind, payment id and creditor; a Danish account has `registration`."""

    code: str  #: UN/CEFACT 4461: 31 and 42 transfer, 50 giro, 93 FIK, 97 NemKonto …
    channel: str = ""  #: DK:BANK, DK:FIK, DK:NEMKONTO, IBAN …
    due: date | None = None
    fik_kind: str = ""  #: 01, 04, 15, 71, 73, 75
    fik_id: str = ""  #: 15 or 16 digits; none for 01 and 73
    creditor: str = ""  #: FIK creditor or giro number
    iban: str = ""
    bic: str = ""
    registration: str = ""  #: Danish registration number, 4 digits
    account: str = ""  #: account number beside it, or as written where it is no IBAN
    text: str = ""  #: text for the receiver's statement
    place: Place


@dataclass(frozen=True, kw_only=True)
class References:
    """What the invoice points to."""

    order: str = ""
    contract: str = ""
    buyer: str = ""  #: buyer reference: person or department who ordered
    project: str = ""
    account: str = ""  #: the customer's account string for the whole invoice
    originals: tuple[str, ...] = ()  #: invoices that a credit note or a correction is about


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """One invoice or credit note. Amounts are positive on a usual credit note too; see `owed`."""

    kind: InvoiceKind
    family: InvoiceFamily
    profile: str  #: as written
    customization: str  #: as written
    type_code: str = ""  #: UN/CEFACT 1001: 380 invoice, 381 credit note, 393 factored …
    id: str
    issue: date | None
    due: date | None = None
    currency: str  #: ISO 4217
    supplier: Party
    customer: Party
    payee: Party | None = None  #: who is paid, when it is not the supplier
    lines: tuple[InvoiceLine, ...] = ()
    allowances: tuple[AllowanceCharge, ...] = ()
    taxes: tuple[TaxCategory, ...] = ()
    totals: Totals
    payments: tuple[PaymentMeans, ...] = ()
    references: References = field(default_factory=References)
    attachments: int = 0  #: documents within the file, not opened

    @property
    def identity(self) -> tuple[str, str, str]:
        """Kind, supplier and number: two invoices that share it are one invoice twice."""
        supplier = self.supplier
        return (str(self.kind), supplier.cvr or supplier.endpoint or supplier.name, self.id)

    @property
    def owed(self) -> int:
        """What the customer owes, øre: negative for a credit note."""
        payable = self.totals.payable.ore
        return -payable if self.kind is InvoiceKind.CREDIT_NOTE else payable

    @property
    def net(self) -> int:
        """Øre of all lines, less discounts, plus additions; without tax."""
        extra = sum(one.amount.ore if one.charge else -one.amount.ore for one in self.allowances)
        return sum(line.amount.ore for line in self.lines) + extra

    @property
    def tax(self) -> int:
        """Øre of all tax."""
        return sum(one.ore for one in self.totals.tax)


@dataclass(frozen=True, kw_only=True)
class InvoiceRead:
    """An invoice as read, and what does not add up in it."""

    invoice: Invoice
    findings: tuple[Finding, ...]  #: with an error the invoice may not be used
    sha256: str
    file: str  #: name without folder

    @property
    def usable(self) -> bool:
        """Whether no finding is an error."""
        return all(one.severity is not Severity.ERROR for one in self.findings)


@dataclass(frozen=True, kw_only=True)
class InvoiceFolder:
    """The invoices of a folder, in order of file name, and the files that are none."""

    read: tuple[InvoiceRead, ...]
    rejected: tuple[Finding, ...]  #: of files that could not be read; each names its file
