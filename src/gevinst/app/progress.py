"""What goes on and what waits, for people: runs with how far they have come, and tickets in the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from gevinst.app.ports import DONE_STATES, RunStore
from gevinst.domain.progress import Progress, seconds_left
from gevinst.domain.run import Run, RunState

EARLIER_RUNS = 5


class ProgressBook(Protocol):
    """How far running runs have come; a row goes when its run has ended."""

    def note(self, progress: Progress) -> None:
        """Keep where a run is, in place of where it was."""

    def progress(self, run_id: str) -> Progress | None:
        """Where a run is; None when it has said nothing, or has ended."""

    def forget(self, run_id: str) -> None:
        """Let go of a run that has ended."""


@dataclass(frozen=True, kw_only=True)
class RunningRun:
    """A run that goes on."""

    run: Run
    progress: Progress | None
    seconds_left: int | None


def running_run(run: Run, store: RunStore, book: ProgressBook, *, now: datetime) -> RunningRun:
    """A running run with how far it has come, and an estimate by its items or by earlier runs."""
    found = book.progress(run.run_id)
    left = seconds_left(
        found or Progress(run_id=run.run_id, at=now),
        started=run.started,
        now=now,
        earlier=_earlier(run.robot, store),
    )
    return RunningRun(run=run, progress=found, seconds_left=left)


def running_runs(
    runs: Sequence[Run], store: RunStore, book: ProgressBook, *, now: datetime
) -> list[RunningRun]:
    """Those of some runs that go on."""
    return [running_run(run, store, book, now=now) for run in runs if run.state is RunState.RUNNING]


def _earlier(robot: str, store: RunStore) -> list[timedelta]:
    done = [run for run in store.list(robot, 20) if run.state in DONE_STATES and run.ended]
    return [run.ended - run.started for run in done[:EARLIER_RUNS] if run.ended]
