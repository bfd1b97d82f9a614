"""gevinst pack, install, put-back: move a robot between offices, and update one that was taken in."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from gevinst import bootstrap
from gevinst.app.office import Office
from gevinst.app.robot_update import Change, FileChange
from gevinst.bootstrap import moving, updating
from gevinst.bootstrap.updating import Update
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.domain.masking import printable, shown_value
from gevinst.domain.run import ExitCode
from gevinst.texts import Texts


@click.command(help=help_text("pack.help"))
@click.argument("robot")
@click.option("--out", required=True, type=click.Path(path_type=Path), help=help_text("pack.out"))
def pack(robot: str, *, out: Path) -> None:
    """Write a robot to one signed file."""
    office = bootstrap.office()
    moved = moving.pack(office, bootstrap.store(office), robot, out)
    texts = Texts(language())
    for name in moved.files:
        click.echo(f"  {name}")
    click.echo(texts.get("make.packed", robot=robot, path=str(out), count=len(moved.files)))
    click.echo(texts.get("make.fingerprint", fingerprint=moved.fingerprint))


@click.command(help=help_text("install.help"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "robot_id", default="", metavar="ROBOT", help=help_text("install.as"))
@click.option("--trust", default="", metavar="FINGERPRINT", help=help_text("install.trust"))
@click.option("--yes", is_flag=True, help=help_text("install.yes"))
def install(file: Path, *, robot_id: str, trust: str, yes: bool) -> None:
    """Take in a robot from another office, in trial; or update one that came from there."""
    office = bootstrap.office()
    store = bootstrap.store(office)
    update = updating.planned_update(office, store, file, trust=trust, robot_id=robot_id)
    if update is not None:
        _let_happen(office, update, may=yes)
        return
    found, folder = moving.install(office, store, file, trust=trust, robot_id=robot_id)
    texts = Texts(language())
    facts = {
        "robot": folder.name,
        "office": shown_value(found.facts.get("office", "")),
        "folder": str(folder),
    }
    click.echo(texts.get("make.installed", **facts))
    click.echo(texts.get("make.installed_next", robot=folder.name))


@click.command("put-back", help=help_text("put_back.help"))
@click.argument("robot")
@click.option("--yes", is_flag=True, help=help_text("install.yes"))
def put_back(robot: str, *, yes: bool) -> None:
    """Let the version of before the last update take the place of a robot's."""
    office = bootstrap.office()
    _let_happen(office, updating.planned_return(office, bootstrap.store(office), robot), may=yes)


def _let_happen(office: Office, update: Update, *, may: bool) -> None:
    """Show what would become of a robot, ask, and do it.

    Raises:
        click.UsageError: nobody is there to ask, and --yes was not said.
    """
    texts = Texts(language())
    if update.is_nothing:
        click.echo(texts.get("make.update.nothing", robot=update.robot))
        return
    for line in _lines(update, texts):
        click.echo(line)
    if not may:
        if not sys.stdin.isatty():
            raise click.UsageError(texts.get("make.update.ask_yes"))
        if not _says_yes(texts.get(f"make.ask.{update.what}", robot=update.robot), texts):
            click.echo(texts.get("make.update.left"))
            click.get_current_context().exit(ExitCode.INTERRUPTED)
    kept = updating.carry_out(office, bootstrap.store(office), update)
    click.echo(texts.get(f"make.done.{update.what}", robot=update.robot, folder=str(kept)))
    if update.to_trial:
        click.echo(texts.get("make.update.to_trial", robot=update.robot))


def _says_yes(question: str, texts: Texts) -> bool:
    """Whether a person answers yes, in the language of the question; anything else is no."""
    answer = click.prompt(f"{question} [{texts.get('make.ask.yes_or_no')}]", default="", show_default=False)
    return answer.strip().casefold() in texts.get("make.ask.yes").split()


def _lines(update: Update, texts: Texts) -> Iterator[str]:
    """Each file with its settings that become others, and the office's own that stay."""
    for one in update.changes:
        yield f"{texts.get(f'make.change.{one.change}'):<11} {one.name}"
        yield from _inside(one, texts)
    for name in update.layouts:
        yield f"{texts.get(f'make.change.{Change.CHANGED}'):<11} {texts.get('make.update.layout', file=name)}"


def _inside(one: FileChange, texts: Texts) -> Iterator[str]:
    nothing = texts.get("make.update.no_value")
    for key in one.keys:
        yield printable(f"    {key.key}: {key.before or nothing} → {key.after or nothing}")
    for clash in one.clashes:
        ours, theirs = (" | ".join(text.splitlines()) or nothing for text in (clash.ours, clash.theirs))
        yield printable("    " + texts.get("make.update.clash", ours=ours, theirs=theirs))
