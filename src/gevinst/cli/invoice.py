"""gevinst read of an invoice: head, lines, totals and findings."""

import json
from pathlib import Path

import click

from gevinst.cli import language
from gevinst.cli.errors import exit_code_of
from gevinst.cli.table import table
from gevinst.domain.finding import InputRejectedError
from gevinst.domain.invoice import Invoice
from gevinst.domain.masking import shown_value
from gevinst.domain.run import ExitCode
from gevinst.formats.invoices import read_invoice
from gevinst.reports.invoice_json import invoice_json
from gevinst.texts import Texts
from gevinst.texts.findings import finding_sentence


def show_invoice(file: Path, *, as_json: bool) -> ExitCode:
    """Show an invoice or credit note; findings go to stderr."""
    texts = Texts(language())
    try:
        read = read_invoice(file)
    except InputRejectedError as error:
        return ExitCode(exit_code_of(error, language()))
    if as_json:
        click.echo(json.dumps(invoice_json(read, texts), ensure_ascii=False, indent=2))
    else:
        click.echo(_lines(read.invoice, texts))
    for finding in read.findings:
        click.echo(finding_sentence(finding, texts), err=True)
    return ExitCode.DONE if read.usable else ExitCode.INPUT


def _lines(invoice: Invoice, texts: Texts) -> str:
    head = texts.get(
        f"cli.invoice.{invoice.kind}",
        number=shown_value(invoice.id),
        supplier=shown_value(invoice.supplier.name),
        issued=texts.day(invoice.issue),
        amount=invoice.owed,
        currency=invoice.currency,
    )
    rows = [
        [
            shown_value(line.id),
            shown_value(line.text),
            str(line.quantity or ""),
            texts.amount(line.amount.ore),
        ]
        for line in invoice.lines
    ]
    heads = [texts.get(f"cli.invoice.{name}") for name in ("line", "text", "quantity", "amount")]
    return "\n".join([head, "", table(heads, rows, right=(2, 3))])
