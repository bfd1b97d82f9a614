"""A process of an office that lives in simulated time, on a machine of a name: a clock, a worker, or a robot.

`python tests/faults/an_office.py TIME HOST clock|worker|robot|ask|look WORDS…`: the program's own commands
and `robot`, as in an office; only the time and the machine's name are others.
"""

import socket
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from zlib import crc32

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

from faults.simulated_time import SimulatedTime, live_in  # noqa: E402 - found by the line above

ROBOT, ASK, LOOK = "robot", "ask", "look"


def main(time: str, host: str, command: str, *words: str) -> None:
    """Be what the command says."""
    socket.gethostname = lambda: host
    live_in(SimulatedTime.of_words(time))
    sys.argv = [command, *words]
    if command == ROBOT:
        from robot.run import run_cli  # type: ignore[import-untyped] # noqa: PLC0415 - after the time is set

        run_cli(list(words))
        return
    _boot_as(host)
    _let_robots_live_here(time, host)
    _let_the_engine_wait(SimulatedTime.of_words(time))
    if command in (ASK, LOOK):
        ask(*words) if command == ASK else look()
        return
    from gevinst.cli import main as gevinst  # noqa: PLC0415 - as above

    sys.argv = ["gevinst", command, *words]
    gevinst()


def look() -> None:
    """Let the clock see the robots."""
    from gevinst import bootstrap  # noqa: PLC0415 - after the time is set

    office = bootstrap.office()
    process = bootstrap.clock_process(
        office, bootstrap.parts(office), told=lambda _: None, tell=bool, failed=lambda _: None
    )
    process.clock.tick()
    process.clock.tools.book.resign(process.clock.tools.owner)


def ask(robot_id: str, count: str) -> None:
    """Ask for runs of a robot by hand."""
    from gevinst import bootstrap  # noqa: PLC0415 - after the time is set
    from gevinst.domain.queue import lane_of  # noqa: PLC0415
    from gevinst.domain.run import Trigger  # noqa: PLC0415
    from unattended import an_order  # noqa: PLC0415

    office = bootstrap.office()
    [robot] = [one for one in bootstrap.robots(office) if one.id == robot_id]
    queue = bootstrap.queue(bootstrap.parts(office))
    for number in range(int(count)):
        order = an_order(number, robot=robot_id, lane=lane_of(robot_id, robot.people.erp_user))
        name = f"by-hand-{number}"
        queue.offer(replace(order, key=name, run_id=name, due=bootstrap.now(), trigger=Trigger.MANUAL))


def _boot_as(host: str) -> None:
    """Be of another boot than the machine: owners of runs are told apart by name and boot."""
    from gevinst.runner import worker  # noqa: PLC0415 - after the time is set

    boot = Path(tempfile.gettempdir()) / f"gevinst-boot-{host}"
    boot.write_text(f"{crc32(host.encode()):08x}", encoding="ascii")
    vars(worker)["_BOOT"] = boot


def _let_robots_live_here(time: str, host: str) -> None:
    """Start robots through this file, so that what they write has the same time."""
    from gevinst.runner import child  # noqa: PLC0415 - as above

    usual = child._command

    def command(*arguments: object) -> list[str]:
        python, _, robot, *words = usual(*arguments)  # type: ignore[arg-type] # as the runner calls it
        return [python, __file__, time, host, robot, *words]

    vars(child)["_command"] = command


def _let_the_engine_wait(simulated: SimulatedTime) -> None:
    """PostgreSQL's queue engine judges by the server's clock, which is not simulated."""
    try:
        from gevinst.runner import postgres_queue  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        return
    usual = postgres_queue._not_before
    vars(postgres_queue)["_not_before"] = lambda ticket: simulated.real(usual(ticket))


if __name__ == "__main__":
    main(*sys.argv[1:])
