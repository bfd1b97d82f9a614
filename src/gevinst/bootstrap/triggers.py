"""What starts robots besides time, and what tells that the clock lives."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from gevinst.app.office import Office
from gevinst.bootstrap.here import now

if TYPE_CHECKING:
    from gevinst.app.queue_port import RunQueue
    from gevinst.domain.occurrence import Firing, Occurrence
    from gevinst.domain.robot import Robot, Source
    from gevinst.domain.run import Run
    from gevinst.runner.drop_folder import DropFolderOnDisk
    from gevinst.store.opening import StoreParts

Robots = Callable[[], "Sequence[Robot]"]


def watchers(
    of: Office,
    opened: "StoreParts",
    robots: Robots,
    *,
    queue: "RunQueue",
    paused: Callable[[str], bool],
    told: Callable[["Robot", str], object],
) -> "Sequence[Callable[[int], Sequence[Occurrence]]]":
    """What the leading clock looks at: robots that others wait for, and files that arrive."""
    from gevinst.app.arrivals import Arrivals  # noqa: PLC0415 - only the clock needs it
    from gevinst.app.chains import Chains  # noqa: PLC0415

    chains = Chains(book=opened.clock, queue=queue, store=opened.runs, robots=robots, paused=paused, now=now)
    arrivals = Arrivals(
        book=opened.arrivals,
        queue=queue,
        store=opened.runs,
        alarms=opened.alarms,
        robots=robots,
        drop=drops(of),
        paused=paused,
        now=now,
        told=told,
    )

    def look_at_arrivals(fence: int) -> "Sequence[Occurrence]":
        arrivals.look(fence)
        return ()

    return [chains.look, look_at_arrivals]


def drops(of: Office) -> "Callable[[Robot], DropFolderOnDisk]":
    """The drop folder of a robot, the same one at each call."""
    from gevinst.runner.drop_folder import DropFolderOnDisk  # noqa: PLC0415 - only the clock needs it

    @cache
    def drop(folder: str, pattern: str) -> DropFolderOnDisk:
        return DropFolderOnDisk(folder=of.data / folder, pattern=pattern, now=now)

    def of_robot(robot: "Robot") -> DropFolderOnDisk:
        assert robot.arrival is not None  # noqa: S101 - the caller has asked
        return drop(robot.arrival.folder, robot.arrival.pattern)

    return of_robot


def rounds(of: Office, opened: "StoreParts", robots: Robots) -> Sequence[Callable[[], object]]:
    """What the leading clock looks at on its rounds: late files, work items, and old uploads."""
    from gevinst.app.arrivals import has_come  # noqa: PLC0415 - only the clock needs it
    from gevinst.app.deadlines import Deadlines  # noqa: PLC0415
    from gevinst.app.item_watch import ItemWatch  # noqa: PLC0415
    from gevinst.store.uploads import PairFolder  # noqa: PLC0415 - as above

    def is_there(robot: "Robot", source: "Source", period: str) -> bool:
        in_place = (of.data / source.path_of(period)).is_file()
        return in_place or has_come(opened.arrivals, robot.id, source.name, period)

    deadlines = Deadlines(
        alarms=opened.alarms,
        robots=robots,
        firings=partial(_deadline_firings, of.closed_days),
        has_come=is_there,
        now=now,
    )
    items = ItemWatch(book=opened.items, alarms=opened.alarms, now=now)
    return [deadlines.look, items.look, PairFolder(data=of.data, now=now).forget_old]


def _deadline_firings(
    closed_days: frozenset[date], words: str, after: datetime, until: datetime
) -> "Sequence[Firing]":
    from gevinst.bootstrap.unattended import _calendar  # noqa: PLC0415 - loads numpy
    from gevinst.domain.occurrence import ClosedDay  # noqa: PLC0415
    from gevinst.domain.schedule import parse_timing  # noqa: PLC0415
    from gevinst.runner import triggers  # noqa: PLC0415 - loads apscheduler

    calendar = _calendar(closed_days)
    return triggers.firings(parse_timing(words), after, until, closed=ClosedDay.RUN, calendar=calendar)


def ping(opened: "StoreParts", settings: Mapping[str, str] | None = None) -> "Callable[[], object] | None":
    """Asks the address that watches the installation, where one is set; silence is an alarm here too.

    Raises:
        ConfigurationError: CFG-026 the address may not be asked.
    """
    from gevinst.domain.alarm import AlarmKind  # noqa: PLC0415 - only the clock needs it
    from gevinst.runner.ping import PING_SETTING, Ping, checked_url  # noqa: PLC0415

    url = (os.environ if settings is None else settings).get(PING_SETTING, "")
    if not url:
        return None

    def failed(why: str) -> None:
        from gevinst.bootstrap.unattended import database_errors  # noqa: PLC0415

        try:
            opened.alarms.ring(AlarmKind.NO_PING, PING_SETTING, robot="", detail=why, at=now())
        except database_errors():
            return  # the clock tells of its database itself

    return Ping(url=checked_url(url), failed=failed)


def arrived_files(opened: "StoreParts", queue: "RunQueue", run: "Run") -> dict[str, Path]:
    """The file that a run is for, by source; none for one that no file has started."""
    from gevinst.app.arrivals import file_of  # noqa: PLC0415 - only workers need it

    arrival = file_of(queue.find(run.run_id), opened.arrivals, queue)
    return {arrival.source: Path(arrival.path)} if arrival else {}
