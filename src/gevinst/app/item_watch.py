"""Alarms of work items: those that broke down too often, and those beyond their deadline."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gevinst.app.item_port import ItemBook
from gevinst.app.queue_port import AlarmBook
from gevinst.domain.alarm import AlarmKind
from gevinst.domain.work_item import ItemState


@dataclass(kw_only=True)
class ItemWatch:
    """Goes round; rings when there are more than there were, so that a closed alarm stays closed."""

    book: ItemBook
    alarms: AlarmBook
    now: Callable[[], datetime]  #: UTC

    def __post_init__(self) -> None:
        self._parked: dict[str, int] | None = None
        self._late: dict[str, int] = {}

    def look(self) -> None:
        """Take back what dead runs hold, and ring."""
        self.book.rescue()
        parked = {one.queue: one.counts.get(ItemState.PARKED, 0) for one in self.book.counts()}
        before = parked if self._parked is None else self._parked
        self._ring(AlarmKind.PARKED, parked, before)
        self._parked = parked
        late = dict(self.book.overdue())
        self._ring(AlarmKind.ITEMS_LATE, late, self._late)
        self._late = late

    def _ring(self, kind: AlarmKind, counts: dict[str, int], before: dict[str, int]) -> None:
        for queue, count in counts.items():
            if count > before.get(queue, 0):
                self.alarms.ring(kind, queue, robot="", detail=f"{queue}: {count}", at=self.now())
