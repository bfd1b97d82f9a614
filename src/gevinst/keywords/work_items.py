"""rpaframework's work items over the office's database: `RPA_WORKITEMS_ADAPTER` names `OfficeItems`.

Our runner sets the adapter and its settings for a robot that has `[items]`. With plain `robot`, set
GEVINST_ITEMS_TAKES and GEVINST_ITEMS_GIVES to names of queues.
"""

import atexit
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from robot.api import logger
from RPA.Robocorp.WorkItems import BaseAdapter, EmptyQueue, State

from gevinst import bootstrap
from gevinst.app.item_port import (
    ITEM_LEASE,
    MOST_FILE_BYTES,
    ItemFileError,
    ItemKeyError,
    LostItemError,
    NoQueueError,
)
from gevinst.app.ports import StoreError
from gevinst.domain.work_item import (
    DEFAULT_TRIES,
    Failure,
    FailureKind,
    ItemClaim,
    ItemRoute,
    NewItem,
    business_key,
)
from gevinst.runner.child_settings import ITEMS_SETTING, RUN_SETTING
from gevinst.runner.progress_file import PROGRESS
from gevinst.texts import OFFICE_ZONE, Texts

RUN_ITEM = "run"  # the input of a robot that takes no items: its robot, period and files
NO_MORE = "No work items in the input queue"  # as rpaframework's own adapters say it: suites look for it
RUN_PAYLOAD = "RPA_INPUT_WORKITEM_PATH"


class ItemError(RuntimeError):
    """What went wrong with a work item, in a sentence; shown without a traceback."""

    ROBOT_SUPPRESS_NAME = True


@contextmanager
def told() -> Iterator[None]:
    """Turn errors of the store into sentences."""
    try:
        yield
    except StoreError as error:
        sentence = Texts(bootstrap.language()).get(f"error.{error.code}", **error.facts)
        raise ItemError(f"{error.code}: {sentence}") from None


class OfficeItems(BaseAdapter):  # type: ignore[misc] # rpaframework has no type information
    """Takes items from one queue of the office and gives new ones to another.

    What an item makes can be taken by others once the item is released as done, and is gone when it fails: a
    robot that dies half-way and runs again makes nothing twice.
    """

    def __init__(self) -> None:
        self._route = route_of(os.environ)
        self._owner = os.environ.get(RUN_SETTING) or bootstrap.holder()
        self._book = bootstrap.item_book(bootstrap.office())
        self._lease = bootstrap.item_lease(self._book, self._owner).start()
        self._claims: dict[int, ItemClaim] = {}
        self._ahead: ItemClaim | None = None  #: taken with the release of the one before
        self._made: set[int] = set()  #: items that others were made from
        self._own: set[int] = set()  #: items made here
        self._begun = self._ended = 0
        atexit.register(self.leave)

    def leave(self) -> None:
        """Give back what was taken and not begun, and renew no more."""
        atexit.unregister(self.leave)
        self._lease.close()
        if self._ahead:
            self._book.hand_back(self._ahead)
            self._ahead = None

    # Input

    def reserve_input(self) -> str:
        """See BaseAdapter."""
        if not self._route.takes:
            return self._run_item()
        with told():
            claim = self._ahead or self._book.reserve(self._route.takes, self._owner, lease=ITEM_LEASE)
        self._ahead = None
        if claim is None:
            raise EmptyQueue(NO_MORE)
        self._claims[claim.number] = claim
        self._begun += 1
        if self._begun == 1:
            PROGRESS.say(total=bootstrap.items_to_do(self._book, self._route.takes), done=0)
        return str(claim.number)

    def _run_item(self) -> str:
        if self._begun:
            raise EmptyQueue(NO_MORE)
        self._begun = 1
        return RUN_ITEM

    def release_input(
        self, item_id: str, state: State, exception: Mapping[str, str | None] | None = None
    ) -> None:
        """See BaseAdapter."""
        failure = failure_of(exception) if state is State.FAILED else None
        if item_id == RUN_ITEM:
            if failure:
                self._book.drop_drafts(self._owner)
            else:
                self._book.publish(0, self._owner)
            return
        with told():
            self._release(self._claims.pop(int(item_id)), failure)
        self._ended += 1
        PROGRESS.say(done=self._ended)

    def _release(self, claim: ItemClaim, failure: Failure | None) -> None:
        if failure:
            self._book.fail(claim, failure)
        elif claim.number in self._made or self._begun == 1:
            self._book.finish(claim)
        else:  # a robot that has taken two takes them all: one commit for both steps
            self._ahead = self._book.finish_and_reserve(claim, self._route.takes, lease=ITEM_LEASE)

    # Output

    def create_output(self, parent_id: str, payload: Any = None) -> str:
        """See BaseAdapter."""
        parent = 0 if parent_id == RUN_ITEM else int(parent_id)
        with told():
            item = new_item(payload if payload is not None else {}, self._route)
            number, new = self._book.draft(item, parent=parent, made_by=self._owner)
        self._made.add(parent)
        if new:
            self._own.add(number)
        else:
            logger.info(f"{item.queue}: {number}")
        return str(number)

    # Content

    def load_payload(self, item_id: str) -> Any:
        """See BaseAdapter."""
        if item_id == RUN_ITEM:
            return run_payload(os.environ)
        with told():
            return json.loads(self._book.payload(int(item_id)))

    def save_payload(self, item_id: str, payload: Any) -> None:
        """See BaseAdapter."""
        with self._writing(item_id) as number:
            if number is not None and not self._book.save_payload(
                number, self._owner, json.dumps(payload, ensure_ascii=False)
            ):
                raise self._lost(number)

    def list_files(self, item_id: str) -> list[str]:
        """See BaseAdapter."""
        return [] if item_id == RUN_ITEM else list(self._book.files(int(item_id)))

    def get_file(self, item_id: str, name: str) -> bytes:
        """See BaseAdapter."""
        content = None if item_id == RUN_ITEM else self._book.file(int(item_id), name)
        if content is None:
            raise FileNotFoundError(name)
        return content

    def add_file(self, item_id: str, name: str, *, original_name: str, content: bytes) -> None:
        """See BaseAdapter."""
        del original_name
        with self._writing(item_id) as number:
            if len(content) > MOST_FILE_BYTES:
                raise ItemFileError(file=name, size=len(content), most=MOST_FILE_BYTES)
            if number is not None and not self._book.save_file(number, self._owner, name, content):
                raise self._lost(number)

    def remove_file(self, item_id: str, name: str) -> None:
        """See BaseAdapter."""
        with self._writing(item_id) as number:
            if number is not None:
                self._book.remove_file(number, self._owner, name)

    @contextmanager
    def _writing(self, item_id: str) -> Iterator[int | None]:
        """The number of an item that this run may write; None for one that was there before and stays so."""
        with told():
            number = None if item_id == RUN_ITEM else int(item_id)
            yield number if number in self._own or number in self._claims else None

    def _lost(self, number: int) -> LostItemError:
        claim = self._claims.get(number)
        return LostItemError(number=number, token=claim.token if claim else 0)


def route_of(settings: Mapping[str, str]) -> ItemRoute:
    """Where items come from and go to, as the runner has set it."""
    told_of = {name: settings.get(f"{ITEMS_SETTING}{name.upper()}", "") for name in ItemRoute.__annotations__}
    tries = told_of.pop("tries")
    return ItemRoute(**told_of, tries=int(tries) if tries else DEFAULT_TRIES)


def run_payload(settings: Mapping[str, str]) -> Any:
    """The run's own item: its robot, period and files."""
    path = settings.get(RUN_PAYLOAD, "")
    return json.loads(Path(path).read_text(encoding="utf-8"))[0]["payload"] if path else {}


def failure_of(exception: Mapping[str, str | None] | None) -> Failure:
    """Why an item failed, as rpaframework says it; without a kind it is the robot's."""
    said = exception or {}
    business = said.get("type") == "BUSINESS"
    return Failure(
        kind=FailureKind.BUSINESS if business else FailureKind.APPLICATION,
        code=said.get("code") or "",
        message=said.get("message") or "",
    )


def new_item(payload: Any, route: ItemRoute) -> NewItem:
    """An item as the robot's settings want it.

    Raises:
        NoQueueError: there is no queue to give it to.
        ItemKeyError: it has no key, or its priority or deadline cannot be read.
    """
    if not route.gives:
        raise NoQueueError(key="gives")
    try:
        key = business_key(payload, route.key)
    except KeyError:
        raise ItemKeyError(queue=route.gives, field=route.key) from None
    try:
        priority = int(_field(payload, route.priority) or 0)
    except (TypeError, ValueError):
        raise ItemKeyError(queue=route.gives, field=route.priority) from None
    return NewItem(
        queue=route.gives,
        key=key,
        payload=json.dumps(payload, ensure_ascii=False),
        priority=priority,
        deadline=_deadline(payload, route),
        tries=route.tries,
    )


def _field(payload: Any, name: str) -> Any:
    return payload.get(name) if name and isinstance(payload, Mapping) else None


def _deadline(payload: Any, route: ItemRoute) -> datetime | None:
    """A moment, or the end of a day in the office's zone."""
    text = str(_field(payload, route.deadline) or "")
    if not text:
        return None
    try:
        moment = (
            datetime.combine(date.fromisoformat(text), time(23, 59, 59))
            if len(text) == len("2026-10-31")
            else datetime.fromisoformat(text)
        )
    except ValueError:
        raise ItemKeyError(queue=route.gives, field=route.deadline) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=OFFICE_ZONE)).astimezone(UTC)
