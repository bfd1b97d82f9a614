"""What was counted of cases, kept until a person does something with one."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, func, select

from gevinst.store.console_schema import case_event
from gevinst.store.engine import Database

Counted = TypeVar("Counted")
MOST_KEPT = 256  # filters; each is some numbers


class KeptCounts:
    """Counts of many cases, by what was asked for.

    The cases of a run that has ended never change, and whatever people do with them is an event: so a count
    holds for its runs until a later event. Events are written one after the other (trail.TRAIL_TURN),
    so that none with a lower number comes to light later.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[Hashable, tuple[int, Any]] = {}
        self._lock = Lock()

    def of(self, asked: Hashable, count: Callable[[Connection], Counted]) -> Counted:
        """What was counted of `asked`, counted anew where someone has done something since."""
        with self._database.reading() as connection:
            latest = connection.execute(select(func.max(case_event.c.number))).scalar() or 0
            known = self._kept.get(asked)
            if known and known[0] == latest:
                found: Counted = known[1]
                return found
            counted = count(connection)
        with self._lock:
            self._kept.pop(asked, None)
            self._kept[asked] = (latest, counted)
            while len(self._kept) > MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
        return counted
