"""gevinst worker: takes runs from the queue, on this or another machine."""

import click

from gevinst import bootstrap
from gevinst.cli.help import help_text
from gevinst.cli.running import Teller, stop_in_two_steps, wait_for_stop


@click.command(help=help_text("worker.help"))
@click.option("--slots", type=click.IntRange(1, 16), default=2, show_default=True, help=help_text("slots"))
@click.option("--capability", "capabilities", multiple=True, help=help_text("worker.capability"))
@click.option("--drain", is_flag=True, help=help_text("worker.drain"))
def worker(*, slots: int, capabilities: tuple[str, ...], drain: bool) -> None:
    """Take runs until Ctrl-C, or until none waits."""
    office = bootstrap.office()
    teller = Teller()
    found = bootstrap.worker(
        office,
        bootstrap.parts(office),
        slots=slots,
        capabilities=capabilities,
        told=teller.ended,
        failed=teller.failed,
    )
    if drain:
        found.drain()
        return
    found.start()
    teller.say("running.worker_started", office=office.name, slots=slots)
    wait_for_stop()
    teller.say("running.stopping")
    stop_in_two_steps(lambda: found.stop(at_once=False), lambda: found.stop(at_once=True))
    teller.say("running.stopped")
