"""gevinst stop: stop a run that waits or goes on."""

import click

from gevinst import bootstrap
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.domain.audit import AuditEvent
from gevinst.texts import Texts


@click.command(help=help_text("stop.help"))
@click.argument("run_id")
def stop(run_id: str) -> None:
    """Stop a waiting run at once, or ask the worker of a running one to end it; both are in the trail."""
    opened = bootstrap.parts(bootstrap.office())
    ticket = bootstrap.queue(opened).find(run_id)
    who = bootstrap.user()
    state = bootstrap.queue(opened).stop(ticket.number, by=who)
    opened.runs.append_audit(AuditEvent(at=bootstrap.now(), who=who, what="run.stop", subject=ticket.run_id))
    click.echo(Texts(language()).get(f"cli.stop.{state}", run=ticket.run_id))
