"""Keeps the work items of a run while it works: a thread of its own renews their leases."""

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from gevinst.app.item_port import ITEM_LEASE, ItemBook

LOOKS_A_LEASE = 4  # renewals in the time of one lease


@dataclass(kw_only=True)
class ItemLease:
    """Renews what a run holds until it is closed."""

    book: ItemBook
    owner: str
    errors: tuple[type[Exception], ...]  #: what a database that does not answer for a while raises
    lease: timedelta = ITEM_LEASE
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> "ItemLease":
        """Begin to renew."""
        threading.Thread(target=self._renew, name="items", daemon=True).start()
        return self

    def close(self) -> None:
        """Renew no more."""
        self._over.set()

    def _renew(self) -> None:
        while not self._over.wait(self.lease.total_seconds() / LOOKS_A_LEASE):
            with suppress(*self.errors):
                self.book.renew(self.owner, lease=self.lease)
