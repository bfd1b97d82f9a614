"""gevinst run: run one robot now."""

import json
import signal
from pathlib import Path
from types import FrameType

import click

from gevinst import bootstrap
from gevinst.app.signing import check_run
from gevinst.app.start_run import new_run, period_due
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.progress_words import ProgressLine, progress_words
from gevinst.cli.run_facts import page_of, rejected_lines, run_values, summary_of
from gevinst.domain.run import EXIT_CODES, Run, RunState, Trigger
from gevinst.formats.robot_folder import load_robot
from gevinst.texts import Texts


@click.command(help=help_text("run.help"))
@click.argument("robot")
@click.option("--period", default="", help=help_text("run.period"))
@click.option("--source", "sources", multiple=True, metavar="NAME=FILE", help=help_text("run.source"))
@click.option("--trial", is_flag=True, help=help_text("run.trial"))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def run(
    ctx: click.Context, robot: str, *, period: str, sources: tuple[str, ...], trial: bool, as_json: bool
) -> None:
    """Run a robot and say what came of it."""
    office = bootstrap.office()
    found = load_robot(office, robot)
    files = source_files(sources, known=list(found.sources))
    now = bootstrap.now()
    started = new_run(
        found,
        period=period or period_due(found, bootstrap.today()),
        trial=trial,
        trigger=Trigger.MANUAL,
        user=bootstrap.user(),
        now=now,
    )
    parts = bootstrap.parts(office)
    check_run(parts.signatures, started)
    signal.signal(signal.SIGTERM, _stop)
    shown, texts = ProgressLine(), Texts(language())
    ended = bootstrap.run_robot(
        office,
        started,
        found,
        files=files,
        opened=parts.runs,
        tell=lambda progress: shown.say(progress_words(progress, texts)),
    )
    shown.clear()
    folder = office.runs / ended.folder
    for line in trouble_lines(ended, folder):
        click.echo(line, err=True)
    click.echo(
        json.dumps(run_values(ended, folder), ensure_ascii=False, indent=2)
        if as_json
        else run_lines(ended, folder)
    )
    ctx.exit(EXIT_CODES[ended.state])


def _stop(_number: int, _frame: FrameType | None) -> None:
    """A service manager's wish to stop is a person's: the run is closed, not left behind."""
    raise KeyboardInterrupt


def source_files(sources: tuple[str, ...], *, known: list[str]) -> dict[str, Path]:
    """The files given by hand, by source.

    Raises:
        click.BadParameter: not NAME=FILE, or no such source.
    """
    files = {}
    for text in sources:
        name, mark, path = text.partition("=")
        if not mark or not path or name not in known:
            raise click.BadParameter(
                Texts(language()).get("cli.run.bad_source", text=text, known=", ".join(known)),
                param_hint="--source",
            )
        files[name] = Path(path).absolute()
    return files


def run_lines(ended: Run, folder: Path) -> str:
    """What a person sees after a run: the conclusion, and where its page is."""
    texts = Texts(language())
    page = page_of(folder, texts)
    where = [texts.get("cli.run.page", path=str(page))] if page else []
    return "\n".join([summary_of(ended, folder, texts), *where])


def trouble_lines(ended: Run, folder: Path) -> list[str]:
    """What a controller must mend in the input, or what IT must see of a run that broke down."""
    texts = Texts(language())
    if ended.state is RunState.FAILED:
        return [texts.get("cli.run.folder", path=str(folder)), bootstrap.console_tail(folder)]
    return rejected_lines(ended, folder, texts)
