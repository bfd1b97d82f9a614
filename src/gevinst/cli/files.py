"""gevinst files: files that came for a month that is done, and a person's answer to each."""

import json
from collections.abc import Sequence

import click

from gevinst import bootstrap
from gevinst.app.arrivals import month_of
from gevinst.app.corrected import HeldFile, HeldTools, find_held, held_files, refuse_held, take_held
from gevinst.app.queue_port import DeliveryState
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.table import table
from gevinst.domain.masking import mask_cpr
from gevinst.domain.money import kroner
from gevinst.store.opening import StoreParts
from gevinst.texts import Texts

HEADS = ("robot", "file", "period", "done", "before", "change")


@click.group(help=help_text("files.help"), invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def files(ctx: click.Context, *, as_json: bool) -> None:
    """List the files that wait, with how each differs from the one that it corrects."""
    if ctx.invoked_subcommand:
        return
    texts, (_, _, held) = Texts(language()), _held()
    if as_json:
        click.echo(json.dumps([_values(one) for one in held], ensure_ascii=False, indent=2))
    elif not held:
        click.echo(texts.get("cli.files.none"))
    else:
        heads = [texts.get(f"cli.files.head.{name}") for name in HEADS]
        click.echo(table(heads, [_row(one, texts) for one in held]))


@files.command(help=help_text("files.take"))
@click.argument("robot")
@click.argument("file")
@click.option("--why", required=True, help=help_text("files.why"))
def take(robot: str, file: str, *, why: str) -> None:
    """Run again with the file; what was delivered stays until a person lets it go again."""
    texts, (opened, tools, held) = Texts(language()), _held()
    one = find_held(held, robot, file)
    run_id = take_held(one, tools, who=bootstrap.user(), why=why)
    click.echo(texts.get("cli.files.taken", run=run_id, done=one.done.run_id))
    sent = opened.deliveries.deliveries([DeliveryState.DELIVERED], one.done.run_id)
    if sent:
        click.echo(texts.get("cli.files.sent", keys=", ".join(each.key for each in sent)))


@files.command(help=help_text("files.refuse"))
@click.argument("robot")
@click.argument("file")
@click.option("--why", required=True, help=help_text("files.why"))
def refuse(robot: str, file: str, *, why: str) -> None:
    """Put the file away unused."""
    _, tools, held = _held()
    one = find_held(held, robot, file)
    place = refuse_held(one, tools, who=bootstrap.user(), why=why)
    click.echo(Texts(language()).get("cli.files.refused", place=str(place), done=one.done.run_id))


def _held() -> tuple[StoreParts, HeldTools, Sequence[HeldFile]]:
    office = bootstrap.office()
    opened = bootstrap.parts(office)
    tools = bootstrap.held_tools(office, opened)
    return opened, tools, held_files(bootstrap.robots(office), tools)


def _row(one: HeldFile, texts: Texts) -> list[str]:
    change = bootstrap.held_change(bootstrap.office(), one)
    words = texts.get("cli.files.unread")
    if change:
        new, gone = change
        words = texts.get(
            "cli.files.change", new=new.count, new_sum=new.sum, gone=gone.count, gone_sum=gone.sum
        )
    before = mask_cpr(one.before.file) if one.before else ""
    return [one.robot.id, mask_cpr(one.file.name), month_of(one.file), one.done.run_id, before, words]


def _values(one: HeldFile) -> dict[str, object]:
    """A file that waits with stable keys; sums in kroner."""
    change = bootstrap.held_change(bootstrap.office(), one)
    return {
        "robot": one.robot.id,
        "file": mask_cpr(one.file.name),
        "period": month_of(one.file),
        "sha256": one.file.sha256,
        "replaces": one.done.run_id,
        "earlier_sha256": one.before.sha256 if one.before else None,
        **{
            f"only_{side}": {"rows": tally.count, "sum": str(kroner(tally.sum))}
            for side, tally in zip(("new", "old"), change or (), strict=False)
        },
    }
