"""What the console's pages list, read page by page: by the key of the last row, never by counting rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gevinst.domain.run import Environment, Run, RunState

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class RunFilter:
    """Which runs are listed; "" and None stand for all."""

    robot: str = ""
    period: str = ""
    state: RunState | None = None
    environment: Environment | None = None


@dataclass(frozen=True, kw_only=True)
class RunKey:
    """Where a page of runs ended; the next begins after it."""

    started: datetime
    run_id: str


class ConsoleView(Protocol):
    """Reads lists for pages; each call sees one state of the database, and is quick with 100,000 runs."""

    def runs(self, wanted: RunFilter, *, after: RunKey | None = None, limit: int = PAGE) -> Sequence[Run]:
        """Runs, newest first, after a key."""

    def latest_each(self, robots: Sequence[str], *, limit: int) -> Mapping[str, Sequence[Run]]:
        """The latest runs of each robot that has run, newest first, by robot."""

    def runs_since(self, moment: datetime) -> Sequence[Run]:
        """Runs that started at a moment or later, newest first."""

    def standing(self, robot: str, period: str = "") -> Run | None:
        """The robot's standing run of a period, or of its latest; what is open stands there."""

    def standing_each(self, robots: Sequence[str], period: str = "") -> Mapping[str, Run]:
        """The standing run of each robot that has one, by robot; as `standing`."""

    def months(self, robot: str, *, limit: int) -> Sequence[Run]:
        """The standing run of each of the robot's latest periods, oldest period first."""
