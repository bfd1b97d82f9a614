"""Invoice files as a table of one row each, for flows that compare invoices with lists."""

from gevinst.domain.invoice import InvoiceKind
from gevinst.domain.money import kroner
from gevinst.formats.grid import Grid, Syntax
from gevinst.formats.intake import Intake
from gevinst.formats.invoices import read_invoice_of

HEADINGS = (
    "CVR",
    "Leverandør",
    "Fakturanr.",
    "Fakturadato",
    "Beløb",
    "Valuta",
    "Art",
    "EAN",
    "Købers reference",
    "Ordrenr.",
)


def invoice_grids(intake: Intake) -> list[Grid]:
    """One row: supplier, number, day, what is owed (negative for a credit note), and whom it is for.

    Raises:
        InputRejectedError: as invoices.read_invoice.
    """
    invoice = read_invoice_of(intake).invoice
    supplier = invoice.supplier
    row = [
        supplier.cvr or supplier.endpoint,
        supplier.name,
        invoice.id,
        invoice.issue or "",
        kroner(invoice.owed),
        invoice.currency,
        "Kreditnota" if invoice.kind is InvoiceKind.CREDIT_NOTE else "Faktura",
        invoice.customer.gln,
        invoice.references.buyer,
        invoice.references.order,
    ]
    return [Grid(syntax=Syntax.DELIMITED, rows=[list(HEADINGS), [str(cell) for cell in row]], lines=[1, 1])]
