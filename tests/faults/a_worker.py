"""A worker in a process that a test may kill: each run delivers one journal, with pauses to die in."""

import random
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from gevinst.domain.queue import LIVE
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run, RunState
from unattended import Installation, add_line

PAUSE = 0.004  # seconds, at most, between the steps of a run
GAVE_UP = 60.0


def main(url: str, folder: Path) -> None:
    """Work until no ticket is live."""
    office = Installation(url, folder, now=lambda: datetime.now(UTC))

    def run(started: Run, robot: Robot, stopping: object) -> Run:
        del robot, stopping
        ticket = office.queue.find(started.run_id).number
        add_line(folder / "history.jsonl", ticket=ticket, run=started.run_id)
        office.parts.runs.start(started, holder="test")
        pause()
        office.outbox().deliver(
            f"ticket {ticket}".encode(),
            folder / "ud" / f"journal-{ticket}-{started.run_id}.txt",
            key=f"journal:{ticket}",
            run_id=started.run_id,
            control_total=ticket,
        )
        pause()
        return office.run_finished(started, RunState.AGREED)

    worker = office.worker(run, lease=timedelta(seconds=30))
    until = time.monotonic() + GAVE_UP
    while office.queue.tickets(LIVE) and time.monotonic() < until:
        worker._rescuer.look()
        office.queue.nudge()
        worker.drain()
        time.sleep(0.05)
    office.close()


def pause() -> None:
    """Give the test time to kill."""
    time.sleep(random.uniform(0, PAUSE))  # noqa: S311 - no secret


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
