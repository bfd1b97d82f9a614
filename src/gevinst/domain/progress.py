"""How far a running run has come, and when it may be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

FEWEST_ITEMS = 5  # before the pace of the items says anything


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a run is."""

    run_id: str
    phase: str = ""  #: title of the flow's group, as the log has it
    done: int = 0  #: items
    total: int | None = None  #: items, where they are known
    at: datetime  #: UTC


def seconds_left(
    progress: Progress, *, started: datetime, now: datetime, earlier: Sequence[timedelta]
) -> int | None:
    """Seconds until the run may be done; None when nothing tells.

    Args:
        progress: of the run.
        started: when it began, UTC.
        now: UTC.
        earlier: how long the robot's last runs took; used where the run has no items to count.
    """
    elapsed = (now - started).total_seconds()
    if progress.total and progress.done >= FEWEST_ITEMS:
        left = max(progress.total - progress.done, 0)
        return round(elapsed / progress.done * left)
    if not earlier:
        return None
    return max(round(median(one.total_seconds() for one in earlier) - elapsed), 0)
