"""gevinst start: the clock and a worker in one process, and the console in another."""

from collections.abc import Sequence

import click

from gevinst import bootstrap
from gevinst.cli.help import help_text
from gevinst.cli.running import Teller, stop_in_two_steps, tell_people, wait_for_stop
from gevinst.domain.occurrence import Occurrence
from gevinst.runner.console_child import ConsoleChild

PORT = 8765  # as gevinst console


@click.command(help=help_text("start.help"))
@click.option("--slots", type=click.IntRange(1, 16), default=2, show_default=True, help=help_text("slots"))
@click.option("--console/--no-console", default=True, show_default=True, help=help_text("start.console"))
@click.option(
    "--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help=help_text("start.port")
)
def start(*, slots: int, console: bool, port: int) -> None:
    """Run robots as they come due, until Ctrl-C."""
    office = bootstrap.office()
    opened = bootstrap.parts(office)
    teller = Teller()
    worker = bootstrap.worker(office, opened, slots=slots, told=teller.ended, failed=teller.failed)

    def decided(occurrences: Sequence[Occurrence]) -> None:
        worker.wake.set()
        teller.decided(occurrences)

    clock = bootstrap.clock_process(
        office,
        opened,
        told=decided,
        tell=tell_people,
        failed=teller.failed,
        seen_before=teller.seen_before,
    )
    child = ConsoleChild(ended=lambda code: teller.say("running.console_ended", code=code, port=port))
    worker.start()
    clock.start()
    if console:
        child.start("--port", str(port))
    teller.say("running.started", office=office.name, slots=slots)
    wait_for_stop()
    teller.say("running.stopping")
    child.stop()
    clock.stop()
    stop_in_two_steps(lambda: worker.stop(at_once=False), lambda: worker.stop(at_once=True))
    teller.say("running.stopped")
