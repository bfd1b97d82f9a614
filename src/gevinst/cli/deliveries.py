"""gevinst deliveries: what has left the office, what waits for a person, and what a person decides of it."""

import json

import click

from gevinst import bootstrap
from gevinst.app.deliver_run import settle_delivery
from gevinst.app.queue_port import Delivery
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.table import table
from gevinst.domain.money import kroner
from gevinst.texts import Texts


@click.group(help=help_text("deliveries.help"), invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def deliveries(ctx: click.Context, *, as_json: bool) -> None:
    """List deliveries, oldest first."""
    if ctx.invoked_subcommand:
        return
    texts = Texts(language())
    found = bootstrap.delivery_tools(bootstrap.office()).book.deliveries()
    if as_json:
        rows = [
            {
                "key": one.key,
                "state": str(one.state),
                "run_id": one.run_id,
                "target": one.target,
                "sha256": one.sha256,
                "bytes": one.size,
                "control_total": str(kroner(one.control_total)),
                "prepared": one.prepared.isoformat(),
                "ended": one.ended.isoformat() if one.ended else None,
            }
            for one in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif not found:
        click.echo(texts.get("cli.deliveries.none"))
    else:
        heads = [texts.get(f"cli.deliveries.{name}") for name in ("key", "state", "when", "total", "target")]
        click.echo(table(heads, [_row(one, texts) for one in found], right=[3]))


def _row(one: Delivery, texts: Texts) -> list[str]:
    return [
        one.key,
        texts.get(f"delivery.{one.state}"),
        texts.moment(one.ended or one.prepared),
        texts.amount(one.control_total),
        one.target,
    ]


@deliveries.command(help=help_text("deliveries.approve"))
@click.argument("key")
@click.option("--why", default="", help=help_text("deliveries.why"))
def approve(key: str, *, why: str) -> None:
    """Let a held delivery leave, as the second person."""
    _settle(key, "approve", why)


@deliveries.command(help=help_text("deliveries.confirm"))
@click.argument("key")
@click.option("--why", required=True, help=help_text("deliveries.why"))
def confirm(key: str, *, why: str) -> None:
    """Say that an uncertain delivery has arrived."""
    _settle(key, "confirm", why)


@deliveries.command(help=help_text("deliveries.redo"))
@click.argument("key")
@click.option("--why", required=True, help=help_text("deliveries.why"))
def redo(key: str, *, why: str) -> None:
    """Let the next run of the robot and month deliver again."""
    _settle(key, "redo", why)


def _settle(key: str, act: str, why: str) -> None:
    office = bootstrap.office()
    one = settle_delivery(
        key,
        act,
        who=bootstrap.user(),
        why=why,
        store=bootstrap.store(office),
        tools=bootstrap.delivery_tools(office),
    )
    click.echo(Texts(language()).get(f"cli.deliveries.{act}.done", key=key, target=one.target))
