"""gevinst retention: what may be deleted, deleting it, and holding it back."""

import json
from datetime import UTC, datetime

import click

from gevinst import bootstrap
from gevinst.app.office import Office
from gevinst.app.ports import RunStore, UnknownRunError
from gevinst.app.retention import HOLD, RELEASE, RetentionPlan, carry_out, holds, note_hold, plan
from gevinst.bootstrap.evidence import retention_tools
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.table import table
from gevinst.formats.robot_folder import robot_ids
from gevinst.texts import Texts

HEADS = ("run", "kind", "since", "state")


@click.group(invoke_without_command=True, help=help_text("retention.help"))
@click.option("--carry-out", "doing", is_flag=True, help=help_text("retention.carry_out"))
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help=help_text("retention.day"))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def retention(ctx: click.Context, *, doing: bool, day: datetime | None, as_json: bool) -> None:
    """Show what may be deleted by the rules of the robots' passports; delete it."""
    if ctx.invoked_subcommand:
        return
    texts = Texts(language())
    if doing and day:
        raise click.UsageError(texts.get("cli.retention.not_both"))
    office = bootstrap.office()
    opened = bootstrap.store(office)
    found = plan(opened, bootstrap.robots(office), day.date() if day else bootstrap.today())
    if doing:
        done = carry_out(found.due, retention_tools(office, opened))
        files = sum(int(event.detail["files"]) for event in done)
        click.echo(texts.get("cli.retention.done", runs=len(done), files=files))
        return
    click.echo(_json(found) if as_json else _table(found, texts))
    for robot in found.unclear:
        click.echo(texts.get("cli.retention.unclear", robot=robot), err=True)


@retention.command(help=help_text("retention.hold"))
@click.argument("subject", metavar="ROBOT_OR_RUN", required=False)
@click.option("--why", default="", help=help_text("retention.why"))
def hold(subject: str | None, *, why: str) -> None:
    """Hold back the data of a robot or a run; without one, list what is held."""
    texts = Texts(language())
    office = bootstrap.office()
    opened = bootstrap.store(office)
    if subject is None:
        for name, reason in holds(opened).items():
            click.echo(f"{name}: {reason}")
        return
    _note(office, opened, HOLD, subject=subject, why=why)
    click.echo(texts.get("cli.retention.held", subject=subject))


@retention.command(help=help_text("retention.release"))
@click.argument("subject", metavar="ROBOT_OR_RUN")
@click.option("--why", default="", help=help_text("retention.why"))
def release(subject: str, *, why: str) -> None:
    """End a hold."""
    texts = Texts(language())
    office = bootstrap.office()
    opened = bootstrap.store(office)
    if subject not in holds(opened):
        raise click.UsageError(texts.get("cli.retention.not_held", subject=subject))
    _note(office, opened, RELEASE, subject=subject, why=why)
    click.echo(texts.get("cli.retention.released", subject=subject))


def _note(office: Office, opened: RunStore, what: str, *, subject: str, why: str) -> None:
    """Note it with its reason.

    Raises:
        UnknownRunError: there is no such robot, nor such a run.
        click.UsageError: no reason is given.
    """
    if subject not in robot_ids(office) and opened.find(subject) is None:
        raise UnknownRunError(run_id=subject)
    if not why.strip():
        raise click.UsageError(Texts(language()).get("cli.retention.needs_why"))
    note_hold(opened, what, subject, why=why, who=bootstrap.user(), at=bootstrap.now())


def _table(found: RetentionPlan, texts: Texts) -> str:
    if not found.due:
        return texts.get("cli.retention.nothing")
    rows = [
        [
            one.run.run_id,
            texts.get(f"retention.kind.{one.kind}"),
            texts.day(one.since),
            texts.get(f"retention.keep.{one.keep or 'due'}"),
        ]
        for one in found.due
    ]
    return table([texts.get(f"cli.retention.{name}") for name in HEADS], rows)


def _json(found: RetentionPlan) -> str:
    rows = [
        {
            "run": one.run.run_id,
            "robot": one.run.robot,
            "period": one.run.period,
            "kind": str(one.kind),
            "since": one.since.isoformat(),
            "kept_because": str(one.keep) if one.keep else None,
            "ended": one.run.ended.astimezone(UTC).isoformat(timespec="seconds") if one.run.ended else None,
        }
        for one in found.due
    ]
    return json.dumps({"due": rows, "unclear": list(found.unclear)}, ensure_ascii=False, indent=2)
