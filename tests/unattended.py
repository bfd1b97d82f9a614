"""An installation for tests of unattended running: its clock can be set, and its robots do almost nothing."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from gevinst import bootstrap
from gevinst.app.clock import Clock, ClockTools
from gevinst.app.queue_port import RunQueue
from gevinst.app.start_run import new_run
from gevinst.app.work import Rescuer, WorkTools
from gevinst.domain.occurrence import ClosedDay, LatePolicy, MissedPolicy
from gevinst.domain.queue import Claim, Order
from gevinst.domain.robot import People, Phase, Robot
from gevinst.domain.run import Environment, Run, RunState, Trigger
from gevinst.runner.outbox import Outbox
from gevinst.runner.worker import Ended, Worker, WorkerTools, owner_is_gone
from gevinst.store import open_parts
from gevinst.store.opening import StoreParts

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
NO_FILE = "the bank's file had not come"


def a_robot(
    robot_id: str = "hovedkonto",
    schedule: str = "weekdays 06:00",
    *,
    missed: MissedPolicy = MissedPolicy.ONCE,
    closed_day: ClosedDay = ClosedDay.RUN,
    erp_user: str = "",
    retries: int = 2,
) -> Robot:
    """A robot in trial."""
    return Robot(
        id=robot_id,
        title={"da": robot_id},
        flow="bank_reconciliation",
        phase=Phase.TRIAL,
        people=People(
            process_owner="Leder af Regnskab",
            benefit_owner="Økonomichef",
            controller_group="Regnskab",
            erp_user=erp_user,
        ),
        sources={},
        schedule=schedule,
        late=LatePolicy(missed=missed),
        closed_day=closed_day,
        retries=retries,
        version="3f2a",
    )


def an_order(number: int, *, robot: str = "", lane: str = "") -> Order:
    """An order of a robot of its own, unless one is named."""
    name = robot or f"robot{number}"
    return Order(
        key=f"{name}@{number}",
        robot=name,
        period="2026-10",
        run_id=f"run{number}",
        trigger=Trigger.SCHEDULE,
        triggered_by="gevinst",
        due=NOON,
        lane=lane,
    )


@dataclass
class SetClock:
    """A clock that stands until it is set."""

    moment: datetime = NOON

    def __call__(self) -> datetime:
        """The moment."""
        return self.moment

    def forward(self, **step: float) -> None:
        """Go on."""
        self.moment += timedelta(**step)


@dataclass
class Installation:
    """Queue, store, clock and workers over one database."""

    url: str
    folder: Path
    robots: Sequence[Robot] = ()
    now: Callable[[], datetime] = field(default_factory=SetClock)

    def __post_init__(self) -> None:
        self.parts: StoreParts = open_parts(self.url)
        self.queue: RunQueue = bootstrap.queue(self.parts)
        self.ends: list[Ended] = []
        self.errors: list[Exception] = []

    def close(self) -> None:
        """Let go of the database."""
        self.queue.close()
        self.parts.runs.close()

    def clock(self, owner: str = "clock1") -> Clock:
        """A clock over the installation's robots."""
        return Clock(
            tools=ClockTools(
                book=self.parts.clock,
                queue=self.queue,
                alarms=self.parts.alarms,
                robots=lambda: self.robots,
                firings=bootstrap.firings,
                upcoming=lambda robot, after: bootstrap.upcoming(robot, after, also_skipped=True),
                now=self.now,
                owner=owner,
                gone=owner_is_gone,
            )
        )

    def outbox(self, **seams: Any) -> Outbox:
        """The outbox, with a seam for what is to fail."""
        return Outbox(book=self.parts.deliveries, now=self.now, note=self.parts.runs.append_audit, **seams)

    def work_tools(self) -> WorkTools:
        """What decisions about claims need."""
        return WorkTools(
            queue=self.queue,
            store=self.parts.runs,
            alarms=self.parts.alarms,
            book=self.parts.deliveries,
            now=self.now,
            close_dead=self._close_dead,
            recover=self.outbox().recover,
            lacks_file=lambda run: run.summary == NO_FILE,
        )

    def rescuer(self, gone: Callable[[str], bool] = bool) -> Rescuer:
        """A rescuer that takes every owner for gone, unless told otherwise."""
        return Rescuer(tools=self.work_tools(), gone=gone, monotonic=lambda: 0.0)

    def worker(
        self,
        run: Callable[[Run, Robot, Callable[[], bool]], Run] | None = None,
        *,
        lease: timedelta = timedelta(seconds=30),
        slots: int = 1,
    ) -> Worker:
        """A worker whose robots end as `run` says; agreed without it."""
        return Worker(
            tools=WorkerTools(
                work=self.work_tools(),
                robot=self._robot,
                start=self.started,
                run=run or self.run_agreed,
                errors=(DBAPIError,),
                told=self.ends.append,
                failed=self.errors.append,
                lease=lease,
                slots=slots,
            )
        )

    def run_agreed(self, run: Run, robot: Robot, stopping: Callable[[], bool]) -> Run:
        """Start and finish a run."""
        del robot, stopping
        return self.run_as(run, RunState.AGREED)

    def run_as(self, run: Run, state: RunState, summary: str = "") -> Run:
        """Start a run and finish it in a state."""
        self.parts.runs.start(run, holder="test")
        return self.run_finished(replace(run, summary=summary), state)

    def started_by_hand(self, robot: str, environment: Environment = Environment.TRIAL) -> Run:
        """A run that goes on, started by a person."""
        made = new_run(
            a_robot(robot),
            period="2026-10",
            trial=True,
            trigger=Trigger.MANUAL,
            user="controller",
            now=self.now(),
        )
        run = replace(made, environment=environment)
        self.parts.runs.start(run, holder="someone")
        return run

    def run_finished(self, run: Run, state: RunState) -> Run:
        """Finish a run that has started."""
        ended = replace(run, state=state, ended=self.now())
        self.parts.runs.finish(ended)
        return ended

    def started(self, claim: Claim, robot: Robot) -> Run:
        """The run of a claim."""
        return new_run(
            robot,
            period=claim.order.period,
            trial=True,
            trigger=claim.order.trigger,
            user="gevinst",
            now=self.now(),
            run_id=claim.run_id,
        )

    def _robot(self, robot_id: str) -> Robot:
        return next((one for one in self.robots if one.id == robot_id), a_robot(robot_id, ""))

    def _close_dead(self, run: Run) -> None:
        self.parts.runs.abandon(run.run_id, at=self.now(), summary="failure.gone")


def add_line(file: Path, **facts: str | int) -> None:
    """Add a line to a history, on disk before this returns."""
    with file.open("a", encoding="utf-8") as opened:
        opened.write(json.dumps(facts) + "\n")
        opened.flush()
        os.fsync(opened.fileno())


def lines_of(file: Path) -> list[dict[str, Any]]:
    """The lines of a history; one that a kill has cut off is left out."""
    if not file.is_file():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
