"""Credit the gain of work items: each that is done, once, whichever run of the robot has done it."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime

from gevinst.app.begin_run import RUNS_LOOKED_AT
from gevinst.app.credit_gain import case_of, write_credits
from gevinst.app.item_port import ItemBook
from gevinst.app.ports import DONE_STATES, RunStore
from gevinst.app.run_report import GainFact
from gevinst.domain.robot import Robot
from gevinst.domain.run import Environment, Run
from gevinst.domain.work_item import ItemState, WorkItem

MOST_ITEMS = 1_000_000  # of one run


def credit_items(
    run: Run, robot: Robot, items: ItemBook, store: RunStore, *, at: datetime
) -> GainFact | None:
    """Write the credits of a run that ends well to the gain ledger.

    An item that a run did before it broke down is done for good, and no later run has it: so the next run
    that ends well credits it too.

    Args:
        run: with the state that it ends in.
        robot: with its gain card; without one there is no gain to speak of.
        items: of the office.
        store: with the ledger.
        at: now, UTC.
    """
    if robot.gain is None:
        return None
    if run.environment is not Environment.PRODUCTION:
        return GainFact(note=str(run.environment))
    by_case: dict[str, list[str]] = {}
    for run_id in (run.run_id, *_broken_down_before(run, store)):
        for one in items.items_of_run(run_id, limit=MOST_ITEMS):
            case = case_of(_words(one), robot.case_texts)
            if one.state is ItemState.DONE and case:
                by_case.setdefault(case, []).append(_key(one))
    return write_credits(run, robot.gain, by_case, store, at=at)


def _broken_down_before(run: Run, store: RunStore) -> Iterator[str]:
    """Runs of the robot since the last one that ended well and credited its items, newest first."""
    for one in store.list(run.robot, limit=RUNS_LOOKED_AT):
        if one.environment is not Environment.PRODUCTION or one.run_id == run.run_id:
            continue
        if one.state in DONE_STATES:
            return
        yield one.run_id


def _words(one: WorkItem) -> str:
    """The texts of an item's payload, in which a case type's words are looked for."""
    return " ".join(_texts(json.loads(one.payload))).casefold()


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _key(one: WorkItem) -> str:
    """An item's key in the ledger: a hash, since its own may be a person's number."""
    digest = hashlib.sha256(one.key.encode()).hexdigest()[:16]
    return f"{one.queue}:{digest}"
