"""gevinst start: the clock and a worker in one process."""

from collections.abc import Sequence

import click

from gevinst import bootstrap
from gevinst.cli.help import help_text
from gevinst.cli.running import Teller, stop_in_two_steps, tell_people, wait_for_stop
from gevinst.domain.occurrence import Occurrence


@click.command(help=help_text("start.help"))
@click.option("--slots", type=click.IntRange(1, 16), default=2, show_default=True, help=help_text("slots"))
def start(*, slots: int) -> None:
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
    worker.start()
    clock.start()
    teller.say("running.started", office=office.name, slots=slots)
    wait_for_stop()
    teller.say("running.stopping")
    clock.stop()
    stop_in_two_steps(lambda: worker.stop(at_once=False), lambda: worker.stop(at_once=True))
    teller.say("running.stopped")
