"""The parts of the inbox."""

from typing import TYPE_CHECKING

from gevinst.app.office import Office
from gevinst.bootstrap.here import now

if TYPE_CHECKING:
    from gevinst.app.inbox import InboxTools
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
