"""What running a robot costs beside a bare `robot`, and what an idle office takes: `… robots_a_minute.py`.

The same suite, which does nothing, is run by a worker with two slots and by two threads that only start
`robot`; in turn, so that what else the machine does hits both. Ours takes a ticket, runs the suite with its
listener, closes the run, writes its page and seals its evidence.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter, sleep

sys.path.insert(0, str(Path(__file__).parents[1]))

from acceptance.offices import TestOffice
from benchmarks.work_items import shown
from gevinst import bootstrap
from gevinst.runner.worker import Ended
from unattended import an_order

SLOTS = 2
ROBOTS = 6  # of one burst
ROUNDS = 5
SECONDS_IDLE = 20.0
SUITE = "*** Tasks ***\nDo Nothing\n    No Operation\n"
MANIFEST = """
id = "{id}"
flow = "nothing"
phase = "trial"
[title]
da = "{id}"
en = "{id}"
[people]
process_owner = "Leder af Regnskab"
benefit_owner = "Økonomichef"
controller_group = "Regnskab"
[sources]
[items]
takes = "tom"
"""


class Burst:
    """An office of robots that do nothing."""

    def __init__(self, folder: Path) -> None:
        self.office = TestOffice(folder / "office").furnish()
        (self.office.folder / "tasks" / "nothing.robot").write_text(SUITE, encoding="utf-8")
        for number in range(ROBOTS):
            robot = self.office.folder / "robots" / f"r{number}"
            robot.mkdir()
            (robot / "robot.toml").write_text(MANIFEST.format(id=robot.name), encoding="utf-8")
        self._of = bootstrap.office(str(self.office.folder))
        self._parts = bootstrap.parts(self._of)
        self._bursts = 0

    def ours(self) -> float:
        """Seconds until a worker has run them all."""
        self._bursts += 1
        queue = bootstrap.queue(self._parts)
        ended: list[Ended] = []
        for number in range(ROBOTS):
            name = f"burst{self._bursts}-{number}"
            queue.offer(replace(an_order(number, robot=f"r{number}", lane=name), key=name, run_id=name))
        worker = bootstrap.worker(self._of, self._parts, slots=SLOTS, told=ended.append, failed=_raise)
        begun = perf_counter()
        worker.start()
        while len(ended) < ROBOTS:
            sleep(0.01)
        seconds = perf_counter() - begun
        worker.stop(at_once=False)
        assert {str(one.run.state) for one in ended if one.run} == {"agreed"}
        return seconds

    def bare(self) -> float:
        """Seconds until two threads have run `robot` as often."""
        begun = perf_counter()
        with ThreadPoolExecutor(SLOTS) as threads:
            list(threads.map(self._robot, range(ROBOTS)))
        return perf_counter() - begun

    def _robot(self, number: int) -> None:
        folder = self.office.folder / f"bare{number}"
        suite = self.office.folder / "tasks" / "nothing.robot"
        command = [sys.executable, "-m", "robot", "--outputdir", str(folder), str(suite)]
        # A session of its own, as ours has: Linux shares the processor out by sessions.
        subprocess.run(command, check=True, capture_output=True, start_new_session=True)


def _raise(error: Exception) -> None:
    raise error


@contextmanager
def started(folder: Path) -> Iterator[int]:
    """`gevinst start` over the demo office, with its console; its process's number."""
    office = TestOffice(folder / "idle").furnish(demo=True)
    process = office.start("start", "--port", "8799")
    try:
        yield process.pid
    finally:
        process.terminate()
        process.communicate(timeout=60)


def memory(process: int) -> dict[str, float]:
    """MB (proportional set size) of a process and all that it has started, by what they are."""
    found = {}
    for number in [process, *_children(process)]:
        rollup = Path(f"/proc/{number}/smaps_rollup").read_text("ascii")
        words = Path(f"/proc/{number}/cmdline").read_text("utf-8").split("\0")
        kilobytes = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        found[" ".join(words[3:4])] = kilobytes / 1024
    return found


def _children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    direct = [int(word) for task in tasks for word in task.read_text("ascii").split()]
    return [*direct, *(each for one in direct for each in _children(one))]


def compared(ours: Callable[[], float], bare: Callable[[], float]) -> None:
    """Both in turn, the median of the ratios."""
    pairs = [(ours(), bare()) for _ in range(ROUNDS)]
    ratios = [own / other for own, other in pairs]
    for name, side in (("robots a minute, ours", 0), ("robots a minute, bare `robot`", 1)):
        rates = [60 * ROBOTS / pair[side] for pair in pairs]
        shown(name, f"median {statistics.median(rates):.0f} of {', '.join(f'{r:.0f}' for r in rates)}")
    shown("times as long", f"median {statistics.median(ratios):.2f} of {_listed(ratios)}")


def _listed(values: list[float]) -> str:
    return ", ".join(f"{one:.2f}" for one in values)


def main() -> None:
    """Measure and show."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        burst = Burst(Path(folder))
        burst.ours()  # the first one loads what the worker needs
        compared(burst.ours, burst.bare)
        with started(Path(folder)) as process:
            sleep(SECONDS_IDLE)
            parts = memory(process)
        each = ", ".join(f"{name} {megabytes:.0f}" for name, megabytes in parts.items())
        shown("idle memory, MB (PSS)", f"{sum(parts.values()):.0f}: {each}")


if __name__ == "__main__":
    main()
