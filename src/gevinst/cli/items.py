"""gevinst items: the queues of work items, one item in full, another try, or set aside."""

import json
from collections.abc import Sequence
from typing import Any

import click

from gevinst import bootstrap
from gevinst.app.item_port import ItemBook
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.table import table
from gevinst.domain.masking import mask_cpr
from gevinst.domain.work_item import ItemState, WorkItem
from gevinst.texts import Texts

SHOWN = 50
STATES = [str(state) for state in ItemState]


@click.group(help=help_text("items.help"), invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def items(ctx: click.Context, *, as_json: bool) -> None:
    """Show how many items each queue has, by state."""
    if ctx.invoked_subcommand:
        return
    texts, counts = Texts(language()), _book().counts()
    if as_json:
        rows = [
            {"queue": one.queue, **{str(state): one.counts.get(state, 0) for state in ItemState}}
            for one in counts
        ]
        click.echo(json.dumps(rows, indent=2))
    elif not counts:
        click.echo(texts.get("cli.items.none"))
    else:
        heads = [texts.get("items.head.queue"), *(texts.get(f"items.state.{state}") for state in ItemState)]
        lines = [
            [one.queue, *(texts.number(one.counts.get(state, 0)) for state in ItemState)] for one in counts
        ]
        click.echo(table(heads, lines, right=range(1, len(heads))))


@items.command(name="list", help=help_text("items.list"))
@click.argument("queue", default="")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help=help_text("items.state"))
@click.option("--limit", type=click.IntRange(1, 10_000), default=SHOWN, help=help_text("items.limit"))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
def show_list(queue: str, *, states: Sequence[str], limit: int, as_json: bool) -> None:
    """List items, newest first; never their content."""
    found = _book().items(queue, [ItemState(state) for state in states], limit)
    texts = Texts(language())
    if as_json:
        click.echo(json.dumps([_values(one) for one in found], ensure_ascii=False, indent=2))
    elif not found:
        click.echo(texts.get("cli.items.none"))
    else:
        heads = [
            texts.get(f"items.head.{name}")
            for name in ("number", "queue", "key", "state", "attempt", "deadline", "why")
        ]
        click.echo(table(heads, [_row(one, texts) for one in found]))


@items.command(help=help_text("items.show"))
@click.argument("number", type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
def show(number: int, *, as_json: bool) -> None:
    """Show one item with its content, in which CPR numbers are masked."""
    book, texts = _book(), Texts(language())
    one = book.find(number)
    values = _values(one) | {"payload": mask_cpr(one.payload), "files": list(book.files(number))}
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False, indent=2))
        return
    row = _row(one, texts)
    heads = [
        texts.get(f"items.head.{name}")
        for name in ("number", "queue", "key", "state", "attempt", "deadline", "why")
    ]
    lines = [*zip(heads, row, strict=True), (texts.get("items.head.run"), one.owner)]
    lines += [(texts.get("cli.items.payload"), values["payload"])]
    lines += [(texts.get("cli.items.file"), name) for name in values["files"]]
    width = max(len(head) for head, _ in lines)
    click.echo("\n".join(f"{head.ljust(width)}  {fact}" for head, fact in lines if fact))


@items.command(help=help_text("items.retry"))
@click.argument("number", type=click.IntRange(1))
@click.option("--why", default="", help=help_text("items.why"))
def retry(number: int, *, why: str) -> None:
    """Queue an item again that people had; the trail says who."""
    _book().retry(number, by=bootstrap.user(), why=why)
    click.echo(Texts(language()).get("cli.items.retried", number=number))


@items.command(help=help_text("items.park"))
@click.argument("number", type=click.IntRange(1))
@click.option("--why", required=True, help=help_text("items.why"))
def park(number: int, *, why: str) -> None:
    """Set a waiting item aside; the trail says who and why."""
    _book().park(number, by=bootstrap.user(), why=why)
    click.echo(Texts(language()).get("cli.items.parked", number=number))


def _book() -> ItemBook:
    return bootstrap.item_book(bootstrap.office())


def _row(one: WorkItem, texts: Texts) -> list[str]:
    return [
        str(one.number),
        one.queue,
        mask_cpr(one.key),
        texts.get(f"items.state.{one.state}"),
        str(one.attempt),
        texts.moment(one.deadline) if one.deadline else "",
        " ".join(part for part in (one.code, one.message) if part),
    ]


def _values(one: WorkItem) -> dict[str, Any]:
    """An item with stable keys; moments ISO 8601 in UTC, no content."""
    return {
        "number": one.number,
        "queue": one.queue,
        "key": mask_cpr(one.key),
        "state": str(one.state),
        "priority": one.priority,
        "deadline": one.deadline.isoformat() if one.deadline else None,
        "attempt": one.attempt,
        "failures": one.failures,
        "tries": one.tries,
        "failure": str(one.failure) if one.failure else None,
        "code": one.code,
        "message": one.message,
        "run_id": one.owner or None,
        "made_by": one.made_by or None,
        "created": one.created.isoformat(),
        "ended": one.ended.isoformat() if one.ended else None,
    }
