"""gevinst retry: offer a run again that has ended."""

import click

from gevinst import bootstrap
from gevinst.app.retry import retry as offer_again
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.texts import Texts


@click.command(help=help_text("retry.help"))
@click.argument("run_id")
@click.option("--checked", is_flag=True, help=help_text("retry.checked"))
def retry(run_id: str, *, checked: bool) -> None:
    """Offer the run again; after an uncertain one only when a person has looked at what was delivered."""
    opened = bootstrap.parts(bootstrap.office())
    order = offer_again(
        bootstrap.queue(opened),
        opened.runs,
        opened.deliveries,
        run_id,
        who=bootstrap.user(),
        at=bootstrap.now(),
        checked=checked,
    )
    click.echo(Texts(language()).get("cli.retry.offered", run=order.run_id))
