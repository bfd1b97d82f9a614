"""Files that arrive in drop folders: each content starts its robot once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from gevinst.app.ports import DONE_STATES, RunStore
from gevinst.app.queue_port import AlarmBook, RunQueue
from gevinst.app.start_run import new_run_id
from gevinst.domain.alarm import AlarmKind
from gevinst.domain.arrival import Again, Arrival, ArrivalState, period_in
from gevinst.domain.audit import AuditEvent
from gevinst.domain.masking import mask_cpr
from gevinst.domain.queue import LIVE, Order, Ticket, TicketState, lane_of
from gevinst.domain.robot import Phase, Robot
from gevinst.domain.run import Environment, Run, Trigger
from gevinst.texts import OFFICE_ZONE

RETRY_KEY = "retry:"  # how app.retry begins the key of a run that is run again
FILES = "gevinst"  # who starts what arrives


class ArrivalBook(Protocol):
    """What has arrived, by robot and content."""

    def take(self, fence: int | None, arrival: Arrival, order: Order) -> bool:
        """Note a file and offer its run, at once; False when this content was taken before and not refused.

        Args:
            fence: of the clock that takes it; None when a person does.
            arrival: the file.
            order: for its run.

        Raises:
            LostLeadError: another clock leads.
        """

    def arrivals(self, robot: str, states: Sequence[ArrivalState] = ()) -> Sequence[Arrival]:
        """A robot's arrivals, newest first."""

    def of_run(self, run_id: str) -> Arrival | None:
        """The file that a run was wanted for."""

    def settle(self, arrival: Arrival, state: ArrivalState, path: str) -> None:
        """Note where a file went when its run had ended."""


class Drop(Protocol):
    """The drop folder of one robot."""

    def settled(self) -> Sequence[Path]:
        """Files to work on: those that have not changed between two looks, and those left from before."""

    def taken(self) -> Sequence[Path]:
        """Files that have left the folder where they arrive, and are not put away."""

    def archive(self, path: Path, *, refused: bool) -> Path:
        """Move a file to the archive or to what was refused; its new path.

        Raises:
            OSError: it cannot be moved, such as one that another program has open.
        """

    def digest(self, path: Path) -> str:
        """SHA-256 of a file, hex."""


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """Takes what has arrived, and puts away what has been used."""

    book: ArrivalBook
    queue: RunQueue
    store: RunStore
    alarms: AlarmBook
    robots: Callable[[], Sequence[Robot]]
    drop: Callable[[Robot], Drop]  #: the same one for a robot at each call
    paused: Callable[[str], bool]  #: whether a person has paused a robot, by id
    now: Callable[[], datetime]  #: UTC
    told: Callable[[Robot, str], object]  #: called with a file that had arrived before
    _called: dict[str, set[str]] = field(default_factory=dict)  #: contents that wait for a person, by robot

    def look(self, fence: int) -> None:
        """Take and put away; the files of a paused robot wait where they have arrived.

        When a folder or file cannot be read or moved, an alarm tells, and it stays for the next look.

        Raises:
            LostLeadError: another clock leads.
        """
        for robot in self.robots():
            if robot.arrival and robot.phase in (Phase.TRIAL, Phase.PRODUCTION):
                with self._telling():
                    self._look_at(robot, fence)

    def _look_at(self, robot: Robot, fence: int) -> None:
        drop = self.drop(robot)
        if not self.paused(robot.id):
            self._take_all(robot, drop, fence)
        for one in self.book.arrivals(robot.id, [ArrivalState.TAKEN]):
            with self._telling():
                self._put_away(drop, one)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            path = mask_cpr(str(error.filename or ""))
            detail = f"{path}: {error.strerror or type(error).__name__}"
            self.alarms.ring(AlarmKind.NO_FOLDER, path, robot="", detail=detail, at=self.now())

    def _take_all(self, robot: Robot, drop: Drop, fence: int) -> None:
        known = {one.path for one in self.book.arrivals(robot.id, [ArrivalState.TAKEN])}
        waiting = set()
        for path in drop.settled():
            if str(path) not in known:
                arrival = arrival_of(robot, drop, path, alarms=self.alarms, at=self.now())
                if self._follows_another(robot, arrival):
                    continue
                if waits_for_a_person(robot, arrival, self.book, self.store):
                    self._call(arrival)
                    waiting.add(arrival.sha256)
                    continue
                with self._telling():
                    self._take(robot, drop, arrival, fence)
        self._called[robot.id] = waiting  # what comes back once it was put away is called for again

    def _take(self, robot: Robot, drop: Drop, arrival: Arrival, fence: int) -> None:
        if self.book.take(fence, arrival, order_of(robot, arrival)):
            self.queue.nudge()
            return
        drop.archive(Path(arrival.path), refused=False)
        self._note(arrival, "file.seen")
        self.told(robot, arrival.name)

    def _follows_another(self, robot: Robot, one: Arrival) -> bool:
        """Whether the month's first file is worked on, so that nobody knows yet whether this corrects it."""
        if not asks(robot):
            return False
        others = self.book.arrivals(robot.id, [ArrivalState.TAKEN])
        return any((each.source, month_of(each)) == (one.source, month_of(one)) for each in others)

    def _call(self, one: Arrival) -> None:
        """Call a person to a file, once while it waits and this clock runs; a closed alarm stays closed."""
        called = self._called.setdefault(one.robot, set())
        if one.sha256 not in called:
            called.add(one.sha256)
            self.alarms.ring(
                AlarmKind.CORRECTED,
                alarm_subject(one.robot, one.sha256),
                robot=one.robot,
                detail=mask_cpr(one.name),
                at=self.now(),
            )

    def _put_away(self, drop: Drop, one: Arrival) -> None:
        ticket = self.queue.find(one.run_id)
        if ticket.state in LIVE or ticket.state is TicketState.UNCERTAIN:
            return
        run = self.store.find(ticket.run_id)
        used = run is not None and run.state in DONE_STATES
        path = Path(one.path)
        if path.is_file():
            path = drop.archive(path, refused=not used)
        self.book.settle(one, ArrivalState.ARCHIVED if used else ArrivalState.REFUSED, str(path))

    def _note(self, one: Arrival, what: str) -> None:
        detail: dict[str, str | int] = {"sha256": one.sha256}
        self.store.append_audit(
            AuditEvent(at=self.now(), who=FILES, what=what, subject=one.robot, detail=detail)
        )


def month_of(one: Arrival) -> str:
    """The month that a file is for, by its name, or by the day on which it arrived here."""
    return period_in(one.name, one.arrived.astimezone(OFFICE_ZONE).date())


def arrival_of(robot: Robot, drop: Drop, path: Path, *, alarms: AlarmBook, at: datetime) -> Arrival:
    """A file of a robot's drop folder, as if its run were wanted at a moment.

    One that a person has been called to arrived then: while it waits, its month stays what it was.
    """
    assert robot.arrival is not None  # noqa: S101 - only such robots are looked at
    sha256 = drop.digest(path)
    return Arrival(
        robot=robot.id,
        sha256=sha256,
        name=path.name,
        source=robot.arrival.source,
        path=str(path),
        run_id=new_run_id(robot.id, at),
        state=ArrivalState.TAKEN,
        arrived=_first_called(robot, sha256, alarms, at) if asks(robot) else at,
    )


def _first_called(robot: Robot, sha256: str, alarms: AlarmBook, now: datetime) -> datetime:
    """When a person was first called to a content; now for none."""
    about = (AlarmKind.CORRECTED, alarm_subject(robot.id, sha256))
    calls = (one.opened for one in alarms.alarms(also_closed=True) if (one.kind, one.subject) == about)
    return min(calls, default=now)


def alarm_subject(robot: str, sha256: str) -> str:
    """What the alarm about a file that waits is about."""
    return f"{robot}:{sha256[:16]}"


def asks(robot: Robot) -> bool:
    """Whether a robot's second file for a month waits for a person: what a trial shows binds nobody."""
    again = robot.arrival.again if robot.arrival else Again.RUN
    return again is Again.ASK and robot.phase is Phase.PRODUCTION


def waits_for_a_person(robot: Robot, one: Arrival, book: ArrivalBook, store: RunStore) -> bool:
    """Whether a file may not start a run by itself, since it would replace what its month was done with.

    Content that has arrived before is not asked about: it changes nothing.
    """
    if not asks(robot) or done_with(one, store) is None:
        return False
    before = book.arrivals(robot.id, [ArrivalState.TAKEN, ArrivalState.ARCHIVED])
    return one.sha256 not in {each.sha256 for each in before}


def done_with(one: Arrival, store: RunStore) -> Run | None:
    """The run that has done a file's month in production, with another file for its source."""
    run = store.latest(one.robot, month_of(one), DONE_STATES, environment=Environment.PRODUCTION)
    if run is None or any(
        (each.source, each.sha256) == (one.source, one.sha256) for each in store.inputs(run.run_id)
    ):
        return None
    return run


def has_come(book: ArrivalBook, robot: str, source: str, period: str) -> bool:
    """Whether a source's file of a month has arrived; one that could not be used has not."""
    arrived = book.arrivals(robot, [ArrivalState.TAKEN, ArrivalState.ARCHIVED])
    return any(one.source == source and month_of(one) == period for one in arrived)


def file_of(ticket: Ticket, book: ArrivalBook, queue: RunQueue) -> Arrival | None:
    """The file that a ticket's run is for, also when it is run again."""
    while ticket.order.key.startswith(RETRY_KEY):
        ticket = queue.find(ticket.order.key.split(":")[1])
    return book.of_run(ticket.order.run_id)


def order_of(robot: Robot, arrival: Arrival) -> Order:
    """The run that a file starts."""
    return Order(
        key=f"file:{robot.id}:{arrival.sha256}:{arrival.run_id}",
        robot=robot.id,
        period=month_of(arrival),
        run_id=arrival.run_id,
        trigger=Trigger.FILE,
        triggered_by=FILES,
        due=arrival.arrived,
        lane=lane_of(robot.id, robot.people.erp_user),
    )
