"""gevinst audit verify: whether the audit trail has been changed."""

import click

from gevinst import bootstrap
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.domain.audit import verify as verify_rows
from gevinst.domain.run import ExitCode
from gevinst.texts import Texts


@click.group(help=help_text("audit.help"))
def audit() -> None:
    """The audit trail."""


@audit.command(help=help_text("audit.verify"))
@click.pass_context
def verify(ctx: click.Context) -> None:
    """Check every row of the trail; names the rows that were changed, removed or moved."""
    texts = Texts(language())
    rows = list(bootstrap.store(bootstrap.office()).audit_rows())
    faults = verify_rows(rows)
    for fault in faults:
        click.echo(texts.get(f"cli.audit.{fault.kind}", number=fault.number, last=fault.last))
    if faults:
        ctx.exit(ExitCode.PEOPLE_NEEDED)
    click.echo(texts.get("cli.audit.whole", count=len(rows)))
