"""A month in minutes: the whole of the program, and its database, in a time that goes faster.

Only tests use this. It replaces the two places that ask for the moment (`bootstrap.here.now`, and the
database's own time in queries) by the same moment of a simulated calendar. What depends on how fast machines
are, and not on the calendar, keeps its real length: leases, the pause between ticks, and the step that counts
as a jump of the clock are made as many times longer as time goes faster.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

from sqlalchemy import ColumnElement, func, literal, literal_column, type_coerce

SHORTEST_TICK = 0.05  # real seconds
TICK = timedelta(minutes=1)
BEHIND = timedelta(seconds=3)  # real; a machine that is busy with other work is late so much
STUCK_AFTER = timedelta(minutes=3)  # real


@dataclass(frozen=True, kw_only=True)
class SimulatedTime:
    """A calendar that stood at `start` when the real clock showed `begun`, and goes `speed` times as fast."""

    start: float  #: simulated, seconds since 1970
    begun: float  #: real, seconds since 1970
    speed: float

    @classmethod
    def from_now(cls, start: datetime, speed: float) -> "SimulatedTime":
        """One that begins at this moment."""
        return cls(start=start.timestamp(), begun=time.time(), speed=speed)

    @classmethod
    def of_words(cls, words: str) -> "SimulatedTime":
        """From what `words` gives."""
        start, begun, speed = map(float, words.split(","))
        return cls(start=start, begun=begun, speed=speed)

    @property
    def words(self) -> str:
        """As an argument of a process."""
        return ",".join(repr(value) for value in asdict(self).values())

    def now(self) -> datetime:
        """The simulated moment, UTC."""
        return datetime.fromtimestamp(self.start + (time.time() - self.begun) * self.speed, UTC)

    def real(self, moment: datetime) -> datetime:
        """When the real clock shows a simulated moment."""
        return datetime.fromtimestamp(self.begun + (moment.timestamp() - self.start) / self.speed, UTC)

    def stretched(self, real: timedelta) -> timedelta:
        """What passes on the calendar in a real time."""
        return real * self.speed

    def monotonic(self) -> float:
        """Simulated seconds, for what measures leases."""
        return time.monotonic() * self.speed

    def moment_of_database(self, dialect: str, plus: timedelta = timedelta(0)) -> ColumnElement[object]:
        """The database's time, as it is on the calendar."""
        from gevinst.store.schema import Moment  # noqa: PLC0415 - after the office is set up

        shift = self.start + plus.total_seconds()
        if dialect == "sqlite":
            days: ColumnElement[float] = literal_column("(julianday('now') - 2440587.5) * 86400.0")
            seconds = literal(shift) + (days - literal(self.begun)) * literal(self.speed)
            shown = func.strftime("%Y-%m-%dT%H:%M:%f", seconds, "unixepoch").op("||")(literal("000+00:00"))
            return type_coerce(shown, Moment)
        real: ColumnElement[float] = literal_column("extract(epoch from clock_timestamp())::float8")
        return type_coerce(func.to_timestamp(shift + (real - self.begun) * self.speed), Moment)


def live_in(simulated: SimulatedTime) -> None:
    """Make this process live in simulated time; before it does anything else."""
    from gevinst.bootstrap import here  # noqa: PLC0415 - what is replaced must be loaded, and little else
    from gevinst.store import queue_schema  # noqa: PLC0415

    _stretch_what_is_real(simulated)
    replace_everywhere(here.now, simulated.now)
    replace_everywhere(queue_schema.moment_of_database, simulated.moment_of_database)


def replace_everywhere(old: Callable[..., Any], new: Callable[..., Any]) -> None:
    """Put a function in another's place wherever it was imported to."""
    for name, module in list(sys.modules.items()):
        if name.startswith("gevinst"):
            for key, value in list(vars(module).items()):
                if value is old:
                    setattr(module, key, new)


def _stretch_what_is_real(simulated: SimulatedTime) -> None:
    """Leases first: the worker takes its default when it is loaded."""
    from gevinst.app import alarms, clock, work  # noqa: PLC0415 - as above

    _set(work, LEASE=simulated.stretched(work.LEASE))
    _set(clock, LEASE=simulated.stretched(clock.LEASE), JUMP=simulated.stretched(BEHIND))
    _set(alarms, STUCK_AFTER=simulated.stretched(STUCK_AFTER))
    from gevinst.runner import clock_process, heartbeat, worker  # noqa: PLC0415

    tick = max(TICK.total_seconds() / simulated.speed, SHORTEST_TICK)
    _set(clock_process, SECONDS_BETWEEN_TICKS=tick, SECONDS_BETWEEN_ROUNDS=10 * tick)
    _set(worker, monotonic=simulated.monotonic)
    _set(heartbeat, monotonic=simulated.monotonic)


def _set(module: ModuleType, **values: Any) -> None:
    for name, value in values.items():
        assert name in vars(module)
        setattr(module, name, value)
