"""gevinst read: what is in a file, with the place of each item."""

import json
from pathlib import Path
from typing import Any

import click

from gevinst.cli import language
from gevinst.cli.errors import exit_code_of
from gevinst.cli.help import help_text
from gevinst.cli.invoice import show_invoice
from gevinst.cli.sources import answer_hint, assumption_lines, mapping_of, read_file
from gevinst.cli.table import table
from gevinst.domain.finding import InputRejectedError, Severity
from gevinst.domain.masking import shown_value
from gevinst.domain.place import Place
from gevinst.domain.run import ExitCode
from gevinst.domain.source import SourceRead
from gevinst.formats.invoices import is_invoice
from gevinst.reports.finding_json import finding_json, place_json
from gevinst.texts import Texts
from gevinst.texts.findings import finding_sentence

SHOWN = 20
FIELDS = ("account", "currency", "reference", "text", "counterparty", "document")


@click.command(help=help_text("read.help"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--layout", default="", help=help_text("reconcile.layout"))
@click.option("--map", "mapping", default="", help=help_text("reconcile.map"))
@click.option("--no-input", is_flag=True, help=help_text("no_input"))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def read(ctx: click.Context, file: Path, *, layout: str, mapping: str, no_input: bool, as_json: bool) -> None:
    """Read one file and show items, places, findings, counts and sums."""
    if is_invoice(file):
        ctx.exit(show_invoice(file, as_json=as_json))
    try:
        found = read_file(file, layout=layout, mapping=mapping_of(mapping, "--map"), no_input=no_input)
    except InputRejectedError as error:
        if as_json:
            click.echo(json.dumps(_rejected_json(error), ensure_ascii=False, indent=2))
        code = exit_code_of(error, language())
        for hint in answer_hint(error.findings, option="--map", file=file.name):
            click.echo(hint, err=True)
        ctx.exit(code)
    errors = [one for one in found.findings if one.severity is Severity.ERROR]
    click.echo(json.dumps(read_json(found), ensure_ascii=False, indent=2) if as_json else _lines(found))
    for one in found.findings:
        click.echo(finding_sentence(one, Texts(language())), err=True)
    ctx.exit(ExitCode.INPUT if errors else ExitCode.DONE)


def read_json(found: SourceRead) -> dict[str, Any]:
    """The file as JSON; amounts in øre, dates ISO, texts as they stand in the file."""
    return {
        "layout": found.layout,
        "items": [_item(row) for row in found.items.to_dict("records")],
        "statements": [
            {
                "account": one.account,
                "number": one.number,
                "opening": one.opening,
                "closing": one.closing,
                "currency": one.currency,
                "from": str(one.first) if one.first else None,
                "to": str(one.last) if one.last else None,
            }
            for one in found.statements
        ],
        "findings": [finding_json(one, Texts(language())) for one in found.findings],
        "rows": {
            "in_file": found.rows.in_file,
            "read": found.rows.read,
            "skipped": found.rows.skipped,
            "rejected": found.rows.rejected,
        },
    }


def _rejected_json(error: InputRejectedError) -> dict[str, Any]:
    rows = {"in_file": 0, "read": 0, "skipped": 0, "rejected": 0}
    findings = [finding_json(one, Texts(language())) for one in error.findings]
    return {"layout": "", "items": [], "statements": [], "findings": findings, "rows": rows}


def _item(row: dict[Any, Any]) -> dict[str, Any]:
    place = Place(
        file=row["place_file"], sheet=row["place_sheet"], line=int(row["place_line"]), cell=row["place_cell"]
    )
    value_date = row["value_date"]
    return {
        "id": row["item_id"],
        "booked": f"{row['booked']:%Y-%m-%d}",
        "value_date": f"{value_date:%Y-%m-%d}" if value_date == value_date else None,  # noqa: PLR0124 - NaT
        "amount": int(row["amount"]),
        **{name: row[name] for name in FIELDS},
        "place": place_json(place),
    }


def _shown(*cells: str) -> list[str]:
    """Cells as a terminal may show them: masked, on one line; JSON has them whole."""
    return [shown_value(cell) for cell in cells]


def _lines(found: SourceRead) -> str:
    texts = Texts(language())
    facts = {"file": found.file, "count": found.rows.read, "sum": int(found.items["amount"].sum())}
    items = found.items.head(SHOWN)
    columns = zip(
        *(items[name] for name in ("item_id", "booked", "amount", "text", "reference", "place_line")),
        strict=True,
    )
    rows = [
        [item_id, texts.day(booked), texts.amount(amount), *_shown(text, reference), str(line)]
        for item_id, booked, amount, text, reference, line in columns
    ]
    heads = [
        texts.get(f"cli.read.{name}") for name in ("id", "booked", "amount", "text", "reference", "line")
    ]
    lines = [
        texts.get("keyword.read", **facts),
        *assumption_lines(found, texts),
        "",
        table(heads, rows, right=(2, 5)),
    ]
    if len(found.items) > SHOWN:
        lines.append(texts.get("cli.read.more", count=len(found.items) - SHOWN))
    counts = found.rows
    lines.append(
        texts.get(
            "cli.read.rows",
            in_file=counts.in_file,
            read=counts.read,
            skipped=counts.skipped,
            rejected=counts.rejected,
        )
    )
    return "\n".join(lines)
