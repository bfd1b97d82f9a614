"""Note a run as running, and clear away a twin whose process is gone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from gevinst.app.ports import DONE_STATES, AlreadyRunningError, RunStore
from gevinst.domain.run import Run

GONE = "failure.gone"
RUNS_LOOKED_AT = 400  # more than a year of daily runs


def begin(run: Run, store: RunStore, *, holder: str, gone: Callable[[str], bool], at: datetime) -> list[Run]:
    """Add the run, in state running, to the store.

    Args:
        run: with `replaces` set (see `replacing`).
        store: where runs are kept.
        holder: who holds the run, for `gone` to judge later.
        gone: whether a holder can no longer end its run.
        at: now, UTC.

    Returns:
        The twin that was closed as failed, since its holder is gone: none or one.

    Raises:
        AlreadyRunningError: a run of the same robot and period has not ended.
    """
    try:
        store.start(run, holder=holder)
    except AlreadyRunningError as twin:
        if not gone(twin.holder):
            raise
        store.abandon(twin.running.run_id, not_seen_since=twin.seen, at=at, summary=GONE)
        store.start(run, holder=holder)
        closed = store.find(twin.running.run_id)
        return [closed] if closed else []
    return []


def replacing(run: Run, store: RunStore) -> Run:
    """The run with the id of the done run that it will replace: of its robot, period and environment."""
    earlier = (
        one.run_id
        for one in store.list(run.robot, limit=RUNS_LOOKED_AT)
        if (one.period, one.environment) == (run.period, run.environment) and one.state in DONE_STATES
    )
    return replace(run, replaces=next(earlier, ""))
