"""A process of an office that lives in simulated time, on a machine of a name: a clock, a worker, or a robot.

`python tests/faults/an_office.py TIME HOST clock|worker|robot WORDS…`: the program's own command and `robot`,
as in an office; only the time and the machine's name are others.
"""

import socket
import sys
import tempfile
from pathlib import Path
from zlib import crc32

sys.path.insert(0, str(Path(__file__).parents[1]))

from faults.simulated_time import SimulatedTime, live_in

ROBOT = "robot"


def main(time: str, host: str, command: str, *words: str) -> None:
    """Be what the command says."""
    socket.gethostname = lambda: host
    live_in(SimulatedTime.of_words(time))
    sys.argv = [command, *words]
    if command == ROBOT:
        from robot import run_cli  # noqa: PLC0415 - after the time is set

        run_cli(list(words))
        return
    _boot_as(host)
    _let_robots_live_here(time, host)
    _let_the_engine_wait(SimulatedTime.of_words(time))
    from gevinst.cli import main as gevinst  # noqa: PLC0415 - as above

    sys.argv = ["gevinst", command, *words]
    gevinst()


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
