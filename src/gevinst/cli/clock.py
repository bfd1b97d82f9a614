"""gevinst clock: the clock alone, for offices with more than one machine."""

import click

from gevinst import bootstrap
from gevinst.cli.help import help_text
from gevinst.cli.running import Teller, tell_people, wait_for_stop


@click.command(help=help_text("clock.help"))
def clock() -> None:
    """Offer runs as they come due, while this clock leads, until Ctrl-C."""
    office = bootstrap.office()
    teller = Teller()
    process = bootstrap.clock_process(
        office,
        bootstrap.parts(office),
        told=teller.decided,
        tell=tell_people,
        failed=teller.failed,
        seen_before=teller.seen_before,
    ).start()
    teller.say("running.clock_started", office=office.name)
    wait_for_stop()
    process.stop()
    teller.say("running.stopped")
