"""gevinst runs: which runs there have been, and one of them in full."""

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import click

from gevinst import bootstrap
from gevinst.app.office import Office
from gevinst.app.ports import UnknownRunError
from gevinst.app.progress import RunningRun, running_runs
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.progress_words import progress_values, running_words
from gevinst.cli.run_facts import page_of, rejected_lines, run_values, summary_of
from gevinst.cli.table import table
from gevinst.domain.queue import Ticket, TicketState
from gevinst.domain.run import Run
from gevinst.reports.numbers import decimal_words
from gevinst.texts import Texts

HEADS = ("run", "period", "started", "state", "read", "matched", "open", "difference")
SHOWN = 20


class _Runs(click.Group):
    """A group that says how one run is shown, to who has typed its id."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """See click."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            hint = Texts(language()).get("cli.runs.show_hint", run=args[0])
            raise click.UsageError(f"{error.message} {hint}", ctx) from None


@click.group(cls=_Runs, invoke_without_command=True, help=help_text("runs.help"))
@click.option("--robot", default="", help=help_text("runs.only_robot"))
@click.option("--limit", type=click.IntRange(1, 10_000), default=SHOWN, help=help_text("runs.limit"))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def runs(ctx: click.Context, *, robot: str, limit: int, as_json: bool) -> None:
    """List the last runs, newest first."""
    if ctx.invoked_subcommand:
        return
    office = bootstrap.office()
    opened = bootstrap.parts(office)
    found = opened.runs.list(robot or None, limit)
    going_on = running_runs(found, opened.runs, opened.progress, now=bootstrap.now())
    if as_json:
        far = {one.run.run_id: progress_values(one) for one in going_on}
        values = [
            run_values(run, evidence_of(office, run)) | {"progress": far.get(run.run_id)} for run in found
        ]
        click.echo(json.dumps(values, ensure_ascii=False, indent=2))
        return
    waiting = [one for one in opened.queue.tickets([TicketState.WAITING]) if robot in ("", one.order.robot)]
    if waiting or going_on:
        click.echo(f"{_live_table(going_on, waiting)}\n")
    click.echo(_table(found))


@runs.command(help=help_text("runs.show"))
@click.argument("run_id")
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
def show(run_id: str, *, as_json: bool) -> None:
    """Show one run: conclusion, counts, who and when, and where the evidence is."""
    office = bootstrap.office()
    store = bootstrap.store(office)
    run = store.find(run_id)
    if run is None:
        raise UnknownRunError(run_id=run_id)
    evidence = evidence_of(office, run)
    replaced_by = store.replaced_by(run_id)
    if as_json:
        values = run_values(run, evidence) | {"replaced_by": replaced_by or None}
        click.echo(json.dumps(values, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(run, evidence, replaced_by)))


def evidence_of(office: Office, run: Run) -> Path | None:
    """The evidence folder of a run; None when it ran without our runner."""
    return office.runs / run.folder if run.folder else None


def _live_table(going_on: Sequence[RunningRun], waiting: Sequence[Ticket]) -> str:
    """What goes on, with how far it has come, and what waits for its time or a worker."""
    texts = Texts(language())
    rows = [
        [
            one.run.run_id,
            texts.get("state_of_run.running"),
            texts.moment(one.run.started),
            running_words(one, texts),
        ]
        for one in going_on
    ]
    rows += [
        [one.run_id, texts.get(f"ticket.{one.state}"), texts.moment(max(one.order.due, one.not_before)), ""]
        for one in reversed(waiting)
    ]
    heads = [texts.get(f"cli.runs.{name}") for name in ("run", "state", "due", "progress")]
    return f"{texts.get('cli.runs.live')}\n{table(heads, rows)}"


def _table(found: list[Run]) -> str:
    texts = Texts(language())
    if not found:
        return texts.get("cli.runs.none")
    rows = [
        [
            run.run_id,
            run.period,
            texts.moment(run.started),
            texts.get(f"state_of_run.{run.state}"),
            texts.number(run.read),
            texts.number(run.matched),
            texts.number(run.open),
            texts.amount(run.difference),
        ]
        for run in found
    ]
    return table([texts.get(f"cli.runs.{name}") for name in HEADS], rows, right=range(4, len(HEADS)))


def _lines(run: Run, evidence: Path | None, replaced_by: str) -> list[str]:
    texts = Texts(language())
    page = page_of(evidence, texts)
    facts = {
        "robot": run.robot,
        "period": run.period,
        "state": texts.get(f"state_of_run.{run.state}"),
        "environment": texts.get(f"environment_of_run.{run.environment}"),
        "started_by": run.triggered_by,
        "started": texts.moment(run.started),
        "ended": texts.moment(run.ended) if run.ended else "",
        "read": texts.number(run.read),
        "matched": texts.number(run.matched),
        "open": texts.number(run.open),
        "difference": texts.amount(run.difference),
        "unexplained": texts.amount(run.unexplained),
        "minutes": decimal_words(Decimal(run.minutes_saved), texts) if run.minutes_saved else "",
        "replaces": run.replaces,
        "replaced_by": replaced_by,
        "version": run.robot_version,
        "page": str(page or ""),
        "evidence": str(evidence or ""),
    }
    names = {name: texts.get(f"cli.runs.{name}") for name, fact in facts.items() if fact}
    width = max(map(len, names.values()))
    told = rejected_lines(run, evidence, texts) if evidence else []
    return [
        summary_of(run, evidence, texts),
        *told,
        "",
        *(f"{head.ljust(width)}  {facts[name]}" for name, head in names.items()),
    ]
