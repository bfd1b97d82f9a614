"""gevinst demo: lay out the demo office, run its robots once, and show what came of it."""

import time
from collections.abc import Sequence

import click

from gevinst import bootstrap
from gevinst.app.office import Office
from gevinst.bootstrap import demo as office_demo
from gevinst.bootstrap import gains
from gevinst.bootstrap.demo import DemoRun
from gevinst.cli import language
from gevinst.cli.errors import exit_code_of
from gevinst.cli.help import help_text
from gevinst.cli.progress_words import ProgressLine
from gevinst.cli.run import trouble_lines
from gevinst.cli.run_facts import page_of, summary_of
from gevinst.cli.table import table
from gevinst.domain.run import EXIT_CODES, Environment, ExitCode, Run, RunState
from gevinst.texts import Texts

#: The exit code of several runs is the first of these that one of them has.
WORST_FIRST = (
    ExitCode.FAILED,
    ExitCode.CONFIGURATION,
    ExitCode.ALREADY_RUNNING,
    ExitCode.INPUT,
    ExitCode.PEOPLE_NEEDED,
    ExitCode.DONE,
)
TROUBLE = (RunState.FAILED, RunState.REJECTED)


@click.command(help=help_text("demo.help"))
@click.option("--fresh", is_flag=True, help=help_text("demo.fresh"))
@click.option("--year", is_flag=True, help=help_text("demo.year"))
@click.option("--all", "everything", is_flag=True, help=help_text("demo.all"))
@click.pass_context
def demo(ctx: click.Context, *, fresh: bool, year: bool, everything: bool) -> None:
    """Lay out the demo office where it is missing, and run its robots."""
    texts = Texts(language())
    begun = time.perf_counter()
    office = bootstrap.office()
    office_demo.lay_out_demo(office, fresh=fresh)
    if year:
        _lay_out_year(office, texts)
    line = ProgressLine()
    ended = office_demo.run_demo(
        office,
        lists=everything,
        tell=lambda done, of: line.say(texts.get("cli.demo.running", done=done, of=of)),
    )
    line.clear()
    _show(office, ended, texts)
    if everything or any(one.off for one in ended):
        click.echo(_truth_line(ended, texts))
    click.echo(texts.get("cli.demo.took", seconds=f"{time.perf_counter() - begun:.1f}"))
    ctx.exit(_exit_code(office, ended, texts))


def _lay_out_year(office: Office, texts: Texts) -> None:
    """Put a year of gains into the ledger, before the month that the robots run."""
    from gevinst.demo.year import lay_out_year  # noqa: PLC0415 - only this command makes data

    store, book = bootstrap.store(office), gains.gain_book(office)
    laid = lay_out_year(office.data, bootstrap.robots(office), store=store, book=book)
    click.echo(texts.get("cli.demo.year_laid" if laid else "cli.demo.year_there"))


def _show(office: Office, ended: Sequence[DemoRun], texts: Texts) -> None:
    """The tables, and the run pages of the accounts."""
    store = bootstrap.store(office)

    def minutes(run: Run) -> str:
        if run.environment is not Environment.PRODUCTION:
            return texts.get("cli.demo.trial")
        return texts.number(round(store.gain_minutes(run.robot, run.period)))

    accounts, lists = (
        [one.run for one in ended if one.run and one.matches is side] for side in (True, False)
    )
    tables = [
        _table(name, runs, [minutes(run) for run in runs], texts)
        for name, runs in (("account", accounts), ("list", lists))
        if runs
    ]
    click.echo("\n\n".join(tables))
    for page in filter(None, (page_of(office.runs / run.folder, texts) for run in accounts)):
        click.echo(texts.get("cli.run.page", path=str(page)))


def _table(kind: str, runs: Sequence[Run], minutes: Sequence[str], texts: Texts) -> str:
    """One line for each run: of accounts with both differences, of lists with what does not go up."""
    rows = [
        [
            run.robot,
            texts.get(f"state_of_run.{run.state}"),
            *(texts.number(count) for count in (run.read, run.matched, run.open)),
            *([texts.amount(run.difference)] if kind == "account" else []),
            texts.amount(run.unexplained),
            saved,
        ]
        for run, saved in zip(runs, minutes, strict=True)
    ]
    both = ("state", "read", "matched", "open", "difference", "unexplained", "minutes")
    names = ("robot", *(name for name in both if name != "difference" or kind == "account"))
    own = {name: f"cli.demo.{name}" for name in names}
    if kind == "list":
        own |= {name: f"cli.demo.list_{name}" for name in ("robot", "read", "matched", "open")}
    return table([texts.get(key) for key in own.values()], rows, right=range(2, len(names)))


def _truth_line(ended: Sequence[DemoRun], texts: Texts) -> str:
    """How many results are equal to their truth, and which are not."""
    compared = [one for one in ended if one.compared]
    off = [one for one in compared if one.off]
    lines = [texts.get("cli.demo.truth", equal=len(compared) - len(off), count=len(compared))]
    lines += [texts.get("cli.demo.off", robot=one.robot, parts=", ".join(one.off)) for one in off]
    decided = [one.robot for one in ended if one.run and not one.compared]
    if decided:
        lines.append(texts.get("cli.demo.decided", robots=", ".join(decided)))
    return "\n".join(lines)


def _exit_code(office: Office, ended: Sequence[DemoRun], texts: Texts) -> int:
    """The worst of all; what is wrong with a robot or its input is told on stderr."""
    codes = {int(EXIT_CODES[one.run.state]) for one in ended if one.run}
    for one in ended:
        if one.refused:
            click.echo(f"{one.robot}:", err=True)
            codes.add(exit_code_of(one.refused, texts.language))
        elif one.run and one.run.state in TROUBLE:
            folder = office.runs / one.run.folder
            said = [f"{one.robot}: {summary_of(one.run, folder, texts)}", *trouble_lines(one.run, folder)]
            click.echo("\n".join(said), err=True)
    return next((code for code in WORST_FIRST if code in codes), ExitCode.FAILED)
