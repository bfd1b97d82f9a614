"""The simulated month: an office's own processes through a month, while things are done to them.

`python tests/faults month` runs it. The clock, the workers and the robots are the program's own, each in a
process of its own; only their time is simulated (`simulated_time.py`). What is done to them is drawn from a
seed: processes are killed with -9, a machine is off for a night, a file is missing, a file is broken, and
more is asked for by hand than a morning can do.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO

from acceptance.offices import TestOffice
from faults.simulated_time import SimulatedTime
from gevinst import bootstrap
from gevinst.domain.queue import LIVE
from gevinst.domain.robot import Robot
from gevinst.domain.run import RunState
from gevinst.store.opening import StoreParts
from gevinst.texts import OFFICE_ZONE
from invariants import record_history

PROCESS = Path(__file__).with_name("an_office.py")
START = datetime(2026, 10, 31, 12, 0, tzinfo=OFFICE_ZONE)
CLOCK, WORKER, ROBOT, ASK = "clock", "worker", "robot", "ask"
LOOK = 0.05  # real seconds
SECONDS_TO_RESTART = 1.0  # as a service manager takes
SECONDS_TO_END = 900.0
SECONDS_TO_STOP = 30
KILLS_OF_EACH = 4
ROBOT_HIT = "robot killed"
LOOK_ONCE = "look"
BY_HAND = 8  # runs that are asked for at once
GARBAGE = b"\x00\xff not a statement \x00"


@dataclass(frozen=True, kw_only=True)
class Done:
    """Something that was done to the office on purpose."""

    at: datetime  #: simulated, UTC
    what: str  #: kind
    words: str  #: what a reader is told


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a month is like."""

    speed: float
    seed: int = 1
    days: int = 30
    kills: int = KILLS_OF_EACH
    hosts: Sequence[str] = ("vaert-a",)
    start: datetime = START
    off: int = 9  #: the day on whose evening the first machine goes off; 0 never
    missing: Mapping[int, str] = field(default_factory=lambda: {12: "ind/finans/hovedkonto_2026-10.txt"})
    broken: Mapping[int, str] = field(default_factory=lambda: {16: "ind/bank/hovedkonto_2026-10.xml"})
    by_hand: Mapping[int, str] = field(default_factory=lambda: {18: "hovedkonto"})

    @property
    def end(self) -> datetime:
        """When the last day is over."""
        return self.start + timedelta(days=self.days)


@dataclass(kw_only=True)
class Month:
    """An office, its processes and what is done to them."""

    office: TestOffice
    url: str
    plan: Plan
    done: list[Done] = field(default_factory=list)
    starts: int = 0

    def __post_init__(self) -> None:
        self.parts: StoreParts = bootstrap.parts(
            replace(bootstrap.office(str(self.office.folder)), database=self.url)
        )
        robots = bootstrap.robots(bootstrap.office(str(self.office.folder)))
        self.robots: list[Robot] = [one for one in robots if one.schedule]
        self._done_file = self.office.folder / "done.json"
        self._chance = random.Random(self.plan.seed)  # noqa: S311 - no secret
        self._processes: dict[tuple[str, str], subprocess.Popen[bytes]] = {}
        self._again_at: dict[tuple[str, str], float] = {}
        self._off: set[str] = set()
        self._log: IO[bytes] = (self.office.folder / "processes.log").open("ab")

    def live(self) -> None:
        """Go through the month; returns when nothing is left to do."""
        record_history(self.parts.queue._database)
        self.time = SimulatedTime.from_now(self.plan.start, 1)
        self._started(self.plan.hosts[0], LOOK_ONCE).wait()  # robots are due from when a clock has seen them
        self.time = SimulatedTime.from_now(self.plan.start, self.plan.speed)
        acts = sorted(self._acts(), key=lambda act: act[0])
        try:
            while self.time.now() < self.plan.end:
                while acts and acts[0][0] <= self.time.now():
                    acts.pop(0)[1]()
                self._keep_alive(CLOCK, WORKER)
                time.sleep(LOOK)
            self._wait_for_the_last()
        finally:
            self._end()

    def _acts(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """When what is done, in simulated time."""
        plan = self.plan
        if plan.off:
            yield self._at(plan.off, 22), self._machine_off
            yield self._at(plan.off + 1, 9), self._machine_on
        for day, file in plan.missing.items():
            yield self._at(day, 5), partial(self._hide, file)
            yield self._at(day, 20), partial(self._show, file)
        for day, file in plan.broken.items():
            yield self._at(day, 5), partial(self._break, file)
            yield self._at(day, 20), partial(self._show, file)
        for day, robot in plan.by_hand.items():
            yield self._at(day, 5), partial(self._ask_for, robot)
        for kind in (CLOCK, WORKER, ROBOT):
            for day in self._chance.sample(self._quiet_days(), plan.kills):
                minute = self._chance.randrange(24 * 60) if kind == CLOCK else 6 * 60
                yield self._at(day, 0) + timedelta(minutes=minute), partial(self._kill, kind)

    def _quiet_days(self) -> list[int]:
        """Bank days on which nothing else is done, so that each irregularity has one cause."""
        plan = self.plan
        busy = {plan.off, plan.off + 1, *plan.missing, *plan.broken, *plan.by_hand}
        calendar = bootstrap.unattended._calendar(frozenset())
        return [
            day
            for day in range(1, plan.days)
            if day not in busy and calendar.is_bank_day(self._at(day, 12).astimezone(OFFICE_ZONE).date())
        ]

    def _at(self, day: int, hour: int) -> datetime:
        """An hour of a day of the month, counted from the day after the start, on the office's wall clock."""
        date = self.plan.start.date() + timedelta(days=day)
        return datetime(date.year, date.month, date.day, hour, tzinfo=OFFICE_ZONE).astimezone(UTC)

    def _keep_alive(self, *kinds: str) -> None:
        """Start what should run and does not, as a service manager would."""
        for key in ((host, kind) for host in self.plan.hosts for kind in kinds):
            process = self._processes.get(key)
            if key[0] in self._off or (process is not None and process.poll() is None):
                continue
            if time.monotonic() >= self._again_at.setdefault(key, 0.0):
                self._processes[key] = self._started(*key)
                self._again_at[key] = time.monotonic() + SECONDS_TO_RESTART
                self.starts += 1

    def _started(self, host: str, kind: str, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, str(PROCESS), self.time.words, host, kind, *words],
            cwd=self.office.folder,
            env=self.office.environment(GEVINST_DATABASE=self.url, GEVINST_LANGUAGE="en"),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def _kill(self, kind: str) -> None:
        """Kill a clock at once, a worker or a robot while a robot runs."""
        if kind == CLOCK:
            self._kill_process(self._chance.choice(self.plan.hosts), CLOCK)
            return
        until = time.monotonic() + 30
        while not (robots := list(self._robots())):
            if time.monotonic() > until:
                return  # the day's runs are over
            self._keep_alive(CLOCK, WORKER)
            time.sleep(LOOK)
        host, number, run_id = self._chance.choice(robots)
        time.sleep(self._chance.uniform(0, 1.5))
        if kind == WORKER:
            self._kill_process(host, WORKER)
        elif _killed(number):
            run = self.parts.runs.find(run_id)
            hit = run is not None and run.state is RunState.RUNNING
            words = "" if hit else ", when its run had ended"
            self._note(
                ROBOT_HIT if hit else "robot killed late", f"a robot on {host} was killed with -9{words}"
            )

    def _kill_process(self, host: str, kind: str) -> None:
        process = self._processes.get((host, kind))
        if process is None or process.poll() is not None:
            return
        process.kill()
        process.wait()
        self._again_at[host, kind] = time.monotonic() + SECONDS_TO_RESTART
        self._note(f"{kind} killed", f"the {kind} on {host} was killed with -9")

    def _machine_off(self) -> None:
        host = self.plan.hosts[0]
        self._off.add(host)
        for kind in (CLOCK, WORKER):
            self._processes[host, kind].kill()
            self._processes[host, kind].wait()
        for other, number, _ in self._robots():
            if other == host:
                _killed(number)
        alone = len(self.plan.hosts) == 1
        self._note("machine off" if alone else "one machine off", f"{host} was off from 22.00 to 09.00")

    def _machine_on(self) -> None:
        self._off.clear()

    def _hide(self, file: str) -> None:
        path = self.office.data / file
        path.rename(path.with_name(f"{path.name}.gone"))
        self._note("file missing", f"{path.name} was missing from 05.00 to 20.00")

    def _break(self, file: str) -> None:
        path = self.office.data / file
        shutil.copy2(path, path.with_name(f"{path.name}.gone"))
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2] + GARBAGE)
        self._note("file broken", f"{path.name} was cut in the middle from 05.00 to 20.00")

    def _show(self, file: str) -> None:
        path = self.office.data / file
        path.with_name(f"{path.name}.gone").replace(path)

    def _ask_for(self, robot: str) -> None:
        """Fill the queue before the morning's runs."""
        self._started(self.plan.hosts[-1], ASK, robot, str(BY_HAND)).wait()
        self._note("queue full", f"{BY_HAND} runs of {robot} were asked for by hand at 05.00")

    def _note(self, what: str, words: str) -> None:
        self.done.append(Done(at=self.time.now(), what=what, words=words))
        kept = [{"at": one.at.isoformat(), "what": one.what, "words": one.words} for one in self.done]
        self._done_file.write_text(json.dumps(kept, indent=1), encoding="utf-8")

    def remember(self) -> None:
        """Read what was done to an office that was kept, so that its record can be judged again."""
        kept = json.loads(self._done_file.read_text(encoding="utf-8"))
        self.done = [
            Done(at=datetime.fromisoformat(one["at"]), what=one["what"], words=one["words"]) for one in kept
        ]

    def _robots(self) -> Iterator[tuple[str, int, str]]:
        """Host, number and run of each robot's process of this office."""
        mine = str(self.office.folder).encode()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (process / "cmdline").read_bytes().split(b"\0")
                if words[4:5] == [ROBOT.encode()] and mine in (folder := words[6]):
                    yield words[3].decode(), int(process.name), Path(folder.decode()).name

    def _wait_for_the_last(self) -> None:
        """The month is over: nothing more comes due, and what waits is worked off."""
        for host in self.plan.hosts:
            self._ends(host, CLOCK)
        until = time.monotonic() + SECONDS_TO_END
        while self.parts.queue.tickets(LIVE) and time.monotonic() < until:
            self._keep_alive(WORKER)
            time.sleep(10 * LOOK)

    def _ends(self, host: str, kind: str) -> None:
        process = self._processes[host, kind]
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_STOP)
        process.kill()

    def _end(self) -> None:
        for host, kind in self._processes:
            self._ends(host, kind)
        self._log.close()


def _killed(process: int) -> bool:
    """Kill a process; False when it was over."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
