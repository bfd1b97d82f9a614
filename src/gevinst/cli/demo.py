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
from gevinst.domain.run import EXIT_CODES, ExitCode, RunState
from gevinst.texts import Texts

#: The exit code of several runs is the first of these that one of them has.
WORST_FIRST = (
    ExitCode.FAILED,
    ExitCode.INTERRUPTED,
    ExitCode.CONFIGURATION,
    ExitCode.ALREADY_RUNNING,
    ExitCode.INPUT,
    ExitCode.PEOPLE_NEEDED,
    ExitCode.DONE,
)
FINE = (ExitCode.DONE, ExitCode.PEOPLE_NEEDED)
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
    _show(office, ended, texts, everything=everything)
    click.echo(texts.get("cli.demo.took", seconds=texts.number(round(time.perf_counter() - begun))))
    ctx.exit(_exit_code(office, ended, texts))


def _lay_out_year(office: Office, texts: Texts) -> None:
    """Put a year of gains into the ledger, before the month that the robots run."""
    from gevinst.demo.year import lay_out_year  # noqa: PLC0415 - only this command makes data

    store, book = bootstrap.store(office), gains.gain_book(office)
    laid = lay_out_year(office.data, bootstrap.robots(office), store=store, book=book)
    click.echo(texts.get("cli.demo.year_laid" if laid else "cli.demo.year_there"))


def _show(office: Office, ended: Sequence[DemoRun], texts: Texts, *, everything: bool) -> None:
    """The tables, and where the run pages are: of three robots by name, of all of them on one page."""
    accounts, lists = ([one for one in ended if one.run and one.matches is side] for side in (True, False))
    tables = [_table(name, part, texts) for name, part in (("account", accounts), ("list", lists)) if part]
    click.echo("\n\n".join(tables))
    if not everything:
        for page in filter(None, (page_of(office.runs / one.run.folder, texts) for one in ended if one.run)):
            click.echo(texts.get("cli.run.page", path=str(page)))
        return
    pages = office_demo.write_overview(
        office, ended, lambda run, language: summary_of(run, office.runs / run.folder, Texts(language))
    )
    click.echo("\n" + texts.get("cli.demo.pages", path=str(pages[texts.language])))
    click.echo(_truth_line(ended, texts))


def _table(kind: str, ended: Sequence[DemoRun], texts: Texts) -> str:
    """One line for each run: of accounts with both differences, of lists with what does not go up."""
    rows = [
        [
            one.robot,
            texts.get(f"state_of_run.{one.run.state}"),
            *(texts.number(count) for count in (one.run.read, one.run.matched, one.run.open)),
            *([texts.amount(one.run.difference)] if kind == "account" else []),
            texts.amount(one.run.unexplained),
            texts.get("cli.demo.trial") if one.minutes is None else texts.number(one.minutes),
        ]
        for one in ended
        if one.run
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
    """The worst of all, and failed where a result is not the truth; what is wrong is told on stderr."""
    codes = {int(EXIT_CODES[one.run.state]) for one in ended if one.run}
    for one in ended:
        if one.refused:
            click.echo(f"{one.robot}:", err=True)
            codes.add(exit_code_of(one.refused, texts.language))
        elif one.run and one.run.state in TROUBLE:
            folder = office.runs / one.run.folder
            said = [f"{one.robot}: {summary_of(one.run, folder, texts)}", *trouble_lines(one.run, folder)]
            click.echo("\n".join(said), err=True)
    worst = next((code for code in WORST_FIRST if code in codes), ExitCode.FAILED)
    if worst in FINE and any(one.off for one in ended):
        worst = ExitCode.FAILED
    if worst not in FINE:
        click.echo(texts.get("cli.demo.begin_again"), err=True)
    return worst
