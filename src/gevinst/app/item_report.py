"""What a run of work items leaves to be read."""

from collections.abc import Sequence
from dataclasses import dataclass

from gevinst.domain.robot import Robot
from gevinst.domain.run import Run
from gevinst.domain.work_item import ItemTally, WorkItem


@dataclass(frozen=True, kw_only=True)
class ItemReport:
    """What a run has done with work items."""

    run: Run  #: as it ended
    robot: Robot
    tally: ItemTally
    items: Sequence[WorkItem]  #: those it was the last to hold, by number
    office: str = ""
