"""The parts of the inbox."""

from pathlib import Path
from typing import TYPE_CHECKING

from gevinst.app.office import Office
from gevinst.bootstrap.here import now
from gevinst.bootstrap.runs import kept_inputs, source_reader
from gevinst.bootstrap.triggers import drops
from gevinst.bootstrap.unattended import queue
from gevinst.domain.finding import InputRejectedError

if TYPE_CHECKING:
    from gevinst.app.corrected import HeldFile, HeldTools
    from gevinst.app.inbox import InboxTools
    from gevinst.domain.reconciliation import Tally
    from gevinst.domain.robot import Robot
    from gevinst.runner.inbox_folder import InboxFolder
    from gevinst.store.opening import StoreParts


def inbox_folder(of: Office, robot: "Robot") -> "InboxFolder | None":
    """A robot's drop folder; None for a robot that no file starts."""
    from gevinst.runner.inbox_folder import InboxFolder  # noqa: PLC0415 - only the console needs it

    if robot.arrival is None:
        return None
    return InboxFolder(folder=of.data / robot.arrival.folder, pattern=robot.arrival.pattern)


def inbox_tools(opened: "StoreParts", box: "InboxFolder") -> "InboxTools":
    """What acts on a drop folder need."""
    from gevinst.app.inbox import InboxTools  # noqa: PLC0415 - only the console needs it

    return InboxTools(book=opened.arrivals, store=opened.runs, box=box, now=now())


def held_tools(of: Office, opened: "StoreParts") -> "HeldTools":
    """What a person's answer to a file that waits needs."""
    from gevinst.app.corrected import HeldTools  # noqa: PLC0415 - only commands and console need it
    from gevinst.app.signing import is_locked  # noqa: PLC0415 - as above

    return HeldTools(
        book=opened.arrivals,
        queue=queue(opened),
        store=opened.runs,
        alarms=opened.alarms,
        drop=drops(of),
        locked=lambda robot, month: is_locked(opened.signatures, robot, month),
        now=now,
    )


def held_change(of: Office, one: "HeldFile") -> "tuple[Tally, Tally] | None":
    """What only a file that waits has, and what only the one that it corrects has.

    None where rows cannot be compared: the robot's flow reads tables, or a file cannot be read or is gone.
    """
    from gevinst.app.drift_check import COMPARED  # noqa: PLC0415 - loads pandas
    from gevinst.domain.overlap import changed_rows  # noqa: PLC0415 - as above

    source = one.robot.sources.get(one.file.source)
    earlier = kept_inputs(of, one.done).get(one.before.sha256) if one.before else None
    if source is None or source.name not in COMPARED or earlier is None:
        return None
    read = source_reader(of)
    try:
        new, old = (
            read(path, layout=source.layout or None, mapping=source.mapping or None).items
            for path in (Path(one.file.path), earlier)
        )
    except InputRejectedError:
        return None
    return changed_rows(new, old)
