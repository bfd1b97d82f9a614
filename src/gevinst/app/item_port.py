"""What robots and commands need from the database for work items."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from gevinst.app.ports import StoreError
from gevinst.domain.work_item import Failure, ItemClaim, ItemState, ItemTally, NewItem, WorkItem

ITEM_LEASE = timedelta(seconds=60)
MOST_FILE_BYTES = 20_000_000


class LostItemError(StoreError):
    """The lease ended and the item went to another, or a person has moved it; nothing was written."""

    code = "ITM-001"

    def __init__(self, *, number: int, token: int) -> None:
        super().__init__(number=number, token=token)


class UnknownItemError(StoreError):
    """There is no such item."""

    code = "ITM-002"

    def __init__(self, *, item: str) -> None:
        super().__init__(item=item)


class ItemStateError(StoreError):
    """The item is in a state in which this cannot be done."""

    code = "ITM-003"

    def __init__(self, *, item: str, state: ItemState) -> None:
        super().__init__(item=item, state=str(state))


class ItemKeyError(StoreError):
    """The payload of a new item lacks its business key, or what its priority or deadline are read from."""

    code = "ITM-004"

    def __init__(self, *, queue: str, field: str) -> None:
        super().__init__(queue=queue, field=field)


class ItemFileError(StoreError):
    """A file of an item is too large."""

    code = "ITM-005"

    def __init__(self, *, file: str, size: int, most: int) -> None:
        super().__init__(file=file, size=size, most=most)


class NoQueueError(StoreError):
    """A robot makes items, and has no queue to give them to."""

    code = "ITM-006"

    def __init__(self, *, key: str) -> None:
        super().__init__(key=key)


@dataclass(frozen=True, kw_only=True)
class QueueCount:
    """How many items of a queue are in each state."""

    queue: str
    counts: Mapping[ItemState, int]


class ItemBook(Protocol):
    """Work items. A claim is at least once; its token keeps a stale one out.

    Leases are judged by the database's time. Each method is one transaction.
    """

    def add(self, item: NewItem) -> tuple[int, bool]:
        """Add an item that may be taken at once; its number, and whether it is new."""

    def draft(self, item: NewItem, *, parent: int, made_by: str) -> tuple[int, bool]:
        """Add an item that waits until the one it was made from is done; its number, and whether it is new.

        A draft of the same key that another attempt has left is taken over.
        """

    def publish(self, parent: int, made_by: str) -> int:
        """Let the drafts of a run that were made from an item be taken (0: from none); how many."""

    def drop_drafts(self, made_by: str) -> int:
        """Remove what a run has drafted and not published; how many."""

    def reserve(self, queue: str, owner: str, *, lease: timedelta) -> ItemClaim | None:
        """Take the first item whose time has come: by priority, deadline and age.

        Items whose lease has ended come back first, or are parked when they have had their tries.
        """

    def renew(self, owner: str, *, lease: timedelta) -> Collection[int]:
        """Lengthen the leases of all that a run holds; their numbers."""

    def finish(self, claim: ItemClaim) -> None:
        """Note that an item is done, and publish what was made from it.

        Raises:
            LostItemError: the claim is void.
        """

    def finish_and_reserve(self, claim: ItemClaim, queue: str, *, lease: timedelta) -> ItemClaim | None:
        """Finish an item that nothing was made from, and take the next of a queue, in one transaction.

        None when no item's time has come; what `reserve` would rescue is left to it.

        Raises:
            LostItemError: the claim is void, and none was taken.
        """

    def hand_back(self, claim: ItemClaim) -> None:
        """Give back an item that was not begun; nothing happens when the claim is void."""

    def fail(self, claim: ItemClaim, failure: Failure) -> ItemState:
        """Note that an item was not done, and remove what was made from it; its state now.

        Raises:
            LostItemError: the claim is void.
        """

    def complete(self, owner: str) -> int:
        """Finish all that a run that has ended well still holds, and publish its drafts; how many it held."""

    def give_back(self, owner: str, failure: Failure | None) -> int:
        """Fail all that a run that has ended still holds, or let it wait as it was (None); how many."""

    def rescue(self) -> int:
        """Take back items whose lease has ended; how many."""

    def payload(self, number: int) -> str:
        """An item's payload, JSON.

        Raises:
            UnknownItemError: there is none.
        """

    def save_payload(self, number: int, owner: str, payload: str) -> bool:
        """Replace the payload of an item that a run holds or has drafted; False for another's."""

    def files(self, number: int) -> Sequence[str]:
        """Names of the files of an item, by name."""

    def file(self, number: int, name: str) -> bytes | None:
        """A file's content."""

    def save_file(self, number: int, owner: str, name: str, content: bytes) -> bool:
        """Attach a file to an item that a run holds or has drafted; False for another's."""

    def remove_file(self, number: int, owner: str, name: str) -> bool:
        """Remove a file, as save_file."""

    def find(self, number: int) -> WorkItem:
        """An item by its number.

        Raises:
            UnknownItemError: there is none.
        """

    def items(
        self, queue: str = "", states: Collection[ItemState] = (), limit: int = 200
    ) -> Sequence[WorkItem]:
        """Items of a queue (all if none given) in some states (all if none given), newest first."""

    def items_of_run(self, run_id: str, limit: int = 10_000) -> Sequence[WorkItem]:
        """Items that a run was the last to hold, by number."""

    def tally(self, run_id: str) -> ItemTally:
        """What a run has done with items."""

    def counts(self) -> Sequence[QueueCount]:
        """The queues by name, with their items by state."""

    def overdue(self) -> Mapping[str, int]:
        """Items by queue whose deadline has passed, and that are neither done nor with people."""

    def retry(self, number: int, *, by: str, why: str = "") -> None:
        """Let an item that people had be taken again, with all its tries; noted in the audit trail.

        Raises:
            UnknownItemError, ItemStateError: there is none, or it needs no retry.
        """

    def park(self, number: int, *, by: str, why: str) -> None:
        """Set a waiting item aside; noted in the audit trail.

        Raises:
            UnknownItemError, ItemStateError: there is none, or it does not wait.
        """
