"""The clock as it runs: ticks while it leads, waits while another does, and gives signs of life."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from gevinst.app.alarms import Watchman
from gevinst.app.clock import Clock
from gevinst.app.queue_port import LostLeadError
from gevinst.domain.occurrence import Occurrence
from gevinst.runner.heartbeat import write_sign_of_life

SECONDS_BETWEEN_TICKS = 1.0
SHORTEST_WAIT = 0.01
SECONDS_BETWEEN_ROUNDS = 15.0
SECONDS_AFTER_ERROR = 5.0
SECONDS_BETWEEN_WATCHES = 2.0


@dataclass(kw_only=True)
class ClockProcess:
    """Runs a clock in a thread until it is told to stop."""

    clock: Clock
    watchman: Watchman
    sign_of_life: Path
    robots_changed: Callable[[], bool]  #: whether a robot's folder has changed since it was last asked
    told: Callable[[Sequence[Occurrence]], None]  #: called with what a tick has decided
    failed: Callable[[Exception], None]  #: called with each error of the database
    errors: tuple[type[Exception], ...]  #: what a database that does not answer for a while raises
    monotonic: Callable[[], float]
    watchers: Sequence[Callable[[int], Sequence[Occurrence]]] = ()  #: look while it leads, by its fence
    rounds: Sequence[Callable[[], object]] = ()  #: made every quarter of a minute while it leads
    ping: Callable[[], object] | None = None  #: tells a monitor elsewhere that the clock lives
    _last_watch: float = float("-inf")
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _last_round: float | None = None

    def start(self) -> "ClockProcess":
        """Begin to tick, in a thread."""
        self._thread = threading.Thread(target=self.run, name="clock", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Tick no more, and let another clock lead."""
        self._over.set()
        if self._thread:
            self._thread.join()

    def run(self) -> None:
        """Tick until stop is called."""
        while not self._over.is_set():
            try:
                self._turn()
                wait = self._seconds_to_wait()
            except self.errors as error:  # the office goes on when its database is back
                self.failed(error)
                wait = SECONDS_AFTER_ERROR
            self._over.wait(wait)
        try:
            self.clock.tools.book.resign(self.clock.tools.owner)
        except self.errors as error:
            self.failed(error)

    def _turn(self) -> None:
        if self.robots_changed() and self.clock.fence is not None:
            self.clock.reload()
        decided = self.clock.tick()
        if decided:
            self.told(decided)
        self._watch()
        if self._last_round is None or self.monotonic() - self._last_round >= SECONDS_BETWEEN_ROUNDS:
            self._last_round = self.monotonic()
            self._make_round()

    def _watch(self) -> None:
        """Look at what starts robots besides time: other robots, and files."""
        if self.clock.fence is None or self.monotonic() - self._last_watch < SECONDS_BETWEEN_WATCHES:
            return
        self._last_watch = self.monotonic()
        for watcher in self.watchers:
            try:
                new = watcher(self.clock.fence)
            except LostLeadError:
                return  # the next tick learns it too
            if new:
                self.told(new)

    def _make_round(self) -> None:
        leading = self.clock.fence is not None
        if leading:
            self.watchman.look()
            for look in self.rounds:
                look()
        if self.ping:
            self.ping()
        tools = self.clock.tools
        write_sign_of_life(self.sign_of_life, owner=tools.owner, leading=leading, at=tools.now())

    def _seconds_to_wait(self) -> float:
        """Until the next moment at which a robot is due, a second at most."""
        due: datetime | None = self.clock.next_moment()
        if due is None:
            return SECONDS_BETWEEN_TICKS
        left = (due - self.clock.tools.now()).total_seconds()
        return min(max(left, SHORTEST_WAIT), SECONDS_BETWEEN_TICKS)
