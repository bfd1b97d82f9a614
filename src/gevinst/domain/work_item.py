"""Work items: pieces of work that robots hand to each other, each with a key of its own in its queue."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from gevinst.domain.masking import mask_cpr, mask_log

DEFAULT_TRIES = 3
LONGEST_KEY = 200
LONGEST_MESSAGE = 2_000
#: Names of queues: they stand in settings and commands.
QUEUE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class ItemState(StrEnum):
    """Where a work item is in its life."""

    DRAFT = "draft"  #: made by an item that is not done yet; nobody may take it
    WAITING = "waiting"  #: for a run, or for its time after a failure
    CLAIMED = "claimed"  #: one run holds it and renews its lease
    DONE = "done"
    BUSINESS = "business"  #: its content cannot be handled; a controller acts, never tried again by itself
    PARKED = "parked"  #: it broke down too often, or a person set it aside; IT acts


#: States in which a person may ask for another try.
RETRIABLE = frozenset({ItemState.BUSINESS, ItemState.PARKED})
#: States in which a person must do something.
NEEDS_PEOPLE = (ItemState.BUSINESS, ItemState.PARKED)


class FailureKind(StrEnum):
    """Who acts when an item fails."""

    BUSINESS = "business"  #: wrong or missing content: a controller
    APPLICATION = "application"  #: a system or the robot: tried again, then IT


@dataclass(frozen=True, kw_only=True)
class ItemRoute:
    """Where a robot's items come from and go to."""

    takes: str = ""  #: queue; "" when it does not take items
    gives: str = ""  #: queue; "" when it makes none
    key: str = ""  #: field of the payload that is the key of a new item; "" for a hash of the payload
    priority: str = ""  #: field of the payload that is the priority of a new item, a whole number
    deadline: str = ""  #: field of the payload that is its deadline, a day or a moment of ISO 8601
    tries: int = DEFAULT_TRIES  #: of a new item


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why an item was not done."""

    kind: FailureKind
    code: str = ""
    message: str = ""  #: as the robot said it; masked before it is kept


@dataclass(frozen=True, kw_only=True)
class NewItem:
    """An item that is wanted."""

    queue: str
    key: str  #: unique in its queue; the same key again is the same item
    payload: str  #: JSON
    priority: int = 0  #: lower first
    deadline: datetime | None = None  #: UTC; among equals, the earliest first
    tries: int = DEFAULT_TRIES  #: break-downs after which it is parked


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """An item as its queue keeps it."""

    number: int
    queue: str
    key: str
    payload: str  #: JSON
    priority: int
    deadline: datetime | None  #: UTC
    tries: int
    state: ItemState
    attempt: int  #: claims so far; the number of the last is its fencing token
    failures: int  #: attempts that broke down
    not_before: datetime  #: UTC
    owner: str  #: run that holds it or held it last
    lease_until: datetime | None  #: UTC, by the database's time
    failure: FailureKind | None  #: of the last attempt
    code: str
    message: str
    parent: int  #: item it was made from; 0 for none
    made_by: str  #: run that made it
    created: datetime  #: UTC
    started: datetime | None  #: UTC; of the last claim
    ended: datetime | None  #: UTC


@dataclass(frozen=True, kw_only=True)
class ItemClaim:
    """A run's right to one attempt; void once its lease has ended and another took the item."""

    number: int
    token: int  #: fencing token: grows with each claim of the item
    owner: str
    failures: int
    tries: int


@dataclass(frozen=True, kw_only=True)
class ItemTally:
    """How many items a run has ended, by how."""

    done: int = 0
    business: int = 0
    parked: int = 0
    again: int = 0  #: given back for another try
    made: int = 0  #: new items

    @property
    def ended(self) -> int:
        """Items that are done, or need people."""
        return self.done + self.business + self.parked


def business_key(payload: Any, field: str = "") -> str:
    """The key of an item: a field of its payload, else a hash of the whole payload.

    With the hash, the same content is the same item, so that a robot that is run again adds nothing.

    Args:
        payload: what JSON can hold.
        field: name of a field; "" for the hash.

    Raises:
        KeyError: the payload has no such field, or it is empty.
    """
    if not field:
        canonical = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:32]
    value = payload.get(field) if isinstance(payload, Mapping) else None
    if value is None or not str(value).strip():
        raise KeyError(field)
    return str(value).strip()[:LONGEST_KEY]


def state_after(failure: Failure, *, failures: int, tries: int) -> ItemState:
    """What becomes of an item that failed.

    Args:
        failure: why.
        failures: break-downs with this one.
        tries: break-downs after which it is parked.
    """
    if failure.kind is FailureKind.BUSINESS:
        return ItemState.BUSINESS
    return ItemState.PARKED if failures >= tries else ItemState.WAITING


def safe_failure(failure: Failure) -> Failure:
    """The failure as it may be kept: masked and short."""
    return Failure(
        kind=failure.kind,
        code=mask_cpr(failure.code)[:LONGEST_KEY],
        message=mask_log(failure.message, LONGEST_MESSAGE),
    )
