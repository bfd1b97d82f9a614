"""gevinst alarms: what someone must act on, until they close it."""

import json
from dataclasses import asdict
from datetime import datetime

import click

from gevinst import bootstrap
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.table import table
from gevinst.domain.audit import AuditEvent
from gevinst.domain.run import ExitCode
from gevinst.texts import Texts


@click.group(invoke_without_command=True, help=help_text("alarms.help"))
@click.option("--all", "also_closed", is_flag=True, help=help_text("alarms.all"))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def alarms(ctx: click.Context, *, also_closed: bool, as_json: bool) -> None:
    """List open alarms, newest first."""
    if ctx.invoked_subcommand:
        return
    texts = Texts(language())
    found = bootstrap.parts(bootstrap.office()).alarms.alarms(also_closed=also_closed)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2, default=_iso))
        return
    if not found:
        click.echo(texts.get("cli.alarms.none"))
        return
    rows = [
        [
            str(one.number),
            texts.moment(one.opened),
            texts.get(f"alarm.{one.kind}", robot=one.robot, detail=one.detail),
            str(one.count),
            one.closed_by,
        ]
        for one in found
    ]
    heads = [texts.get(f"cli.alarms.{name}") for name in ("number", "opened", "what", "count", "closed_by")]
    click.echo(table(heads, rows))


@alarms.command(help=help_text("alarms.close"))
@click.argument("number", type=click.IntRange(1))
@click.option("--why", default="", help=help_text("alarms.why"))
@click.pass_context
def close(ctx: click.Context, number: int, *, why: str) -> None:
    """Close an alarm; the trail says who did."""
    texts = Texts(language())
    opened = bootstrap.parts(bootstrap.office())
    who, at = bootstrap.user(), bootstrap.now()
    if not opened.alarms.close_alarm(number, by=who, why=why, at=at):
        click.echo(texts.get("cli.alarms.no_such", number=number), err=True)
        ctx.exit(ExitCode.USAGE)
    opened.runs.append_audit(AuditEvent(at=at, who=who, what="alarm.close", subject=str(number), why=why))
    click.echo(texts.get("cli.alarms.closed", number=number))


def _iso(value: object) -> str:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)
