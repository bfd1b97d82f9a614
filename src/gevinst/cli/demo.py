"""gevinst demo: lay out the demo office, run its robots once, and show what came of it."""

import time
from concurrent.futures import ThreadPoolExecutor

import click

from gevinst import bootstrap
from gevinst.app.office import Office
from gevinst.app.start_run import new_run
from gevinst.bootstrap import gains
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.run_facts import page_of
from gevinst.cli.table import table
from gevinst.domain.robot import Phase
from gevinst.domain.run import ExitCode, Run, RunState, Trigger
from gevinst.formats.robot_folder import load_robot
from gevinst.texts import Texts

PERIOD = "2026-10"
ROBOTS = ("hovedkonto", "skattekonto", "kortindloesning")
AT_ONCE = 2  # child processes side by side


@click.command(help=help_text("demo.help"))
@click.option("--fresh", is_flag=True, help=help_text("demo.fresh"))
@click.option("--year", is_flag=True, help=help_text("demo.year"))
@click.option("--all", "everything", is_flag=True, help=help_text("demo.all"))
@click.pass_context
def demo(ctx: click.Context, *, fresh: bool, year: bool, everything: bool) -> None:
    """Lay out the demo office where it is missing, and run its robots."""
    from gevinst.demo import lay_out  # noqa: PLC0415 - only this command makes data

    texts = Texts(language())
    begun = time.perf_counter()
    office = bootstrap.office()
    if fresh or not (office.data / "facit").is_dir():
        bootstrap.clear_demo(office)
        lay_out(office.data)
    if year:
        _lay_out_year(office, texts)
    robots = _with_flows(office) if everything else ROBOTS
    bootstrap.store(office)  # made before the runs, so that two at once do not both make it
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ended = list(pool.map(lambda robot: _run(office, robot), robots))
    click.echo(_table(office, ended, texts))
    for page in filter(None, (page_of(office.runs / run.folder, texts) for run in ended)):
        click.echo(texts.get("cli.run.page", path=str(page)))
    click.echo(texts.get("cli.demo.took", seconds=f"{time.perf_counter() - begun:.1f}"))
    failed = [run for run in ended if run.state is RunState.FAILED]
    for run in failed:
        click.echo(bootstrap.console_tail(office.runs / run.folder), err=True)
    ctx.exit(ExitCode.FAILED if failed else ExitCode.PEOPLE_NEEDED)


def _with_flows(office: Office) -> list[str]:
    """All the robots that run, with the lists that theirs work on laid out."""
    from gevinst.demo.flows import lay_out_flows  # noqa: PLC0415 - only this command makes data

    lay_out_flows(office.data, PERIOD)
    runnable = (Phase.TRIAL, Phase.PRODUCTION)
    others = [one.id for one in bootstrap.robots(office) if one.phase in runnable and one.id not in ROBOTS]
    return [*ROBOTS, *others]


def _lay_out_year(office: Office, texts: Texts) -> None:
    """Put a year of gains into the ledger, before the month that the robots run."""
    from gevinst.demo.year import lay_out_year  # noqa: PLC0415 - only this command makes data

    store, book = bootstrap.store(office), gains.gain_book(office)
    laid = lay_out_year(office.data, bootstrap.robots(office), store=store, book=book)
    click.echo(texts.get("cli.demo.year_laid" if laid else "cli.demo.year_there"))


def _run(office: Office, robot_id: str) -> Run:
    robot = load_robot(office, robot_id)
    started = new_run(
        robot, period=PERIOD, trial=False, trigger=Trigger.MANUAL, user=bootstrap.user(), now=bootstrap.now()
    )
    return bootstrap.run_robot(office, started, robot, files={})


def _table(office: Office, ended: list[Run], texts: Texts) -> str:
    store = bootstrap.store(office)
    rows = [
        [
            run.robot,
            texts.get(f"state_of_run.{run.state}"),
            texts.number(run.read),
            texts.number(run.matched),
            texts.number(run.open),
            texts.amount(run.difference),
            texts.amount(run.unexplained),
            texts.number(round(store.gain_minutes(run.robot, run.period))),
        ]
        for run in ended
    ]
    names = ("robot", "state", "read", "matched", "open", "difference", "unexplained", "minutes")
    return table([texts.get(f"cli.demo.{name}") for name in names], rows, right=range(2, len(names)))
