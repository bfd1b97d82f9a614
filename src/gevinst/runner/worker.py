"""A worker: takes tickets, runs their robots in slots, and closes them."""

import secrets
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic

from gevinst.app.office import ConfigurationError
from gevinst.app.ports import AlreadyRunningError
from gevinst.app.queue_port import LostClaimError
from gevinst.app.signing import SignedPeriodError
from gevinst.app.work import (
    BUSY_AGAIN_IN,
    LEASE,
    SIGN_IN,
    SIGNED_OUT_AGAIN_IN,
    Rescuer,
    WorkTools,
    close,
    give_up,
    is_signed_out,
)
from gevinst.domain.queue import Claim, TicketState
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run, RunState
from gevinst.runner.heartbeat import Heartbeat, Held
from gevinst.runner.holder import is_gone, this_process

SECONDS_BETWEEN_RESCUES = 5.0
SECONDS_AFTER_ERROR = 2.0
SECONDS_TO_CLOSE = 30.0
_BOOT = Path("/proc/sys/kernel/random/boot_id")  # Linux only


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a claim's run ended."""

    claim: Claim
    state: TicketState
    run: Run | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class WorkerTools:
    """What a worker needs from outside."""

    work: WorkTools
    robot: Callable[[str], Robot]  #: by id; ConfigurationError when there is none
    start: Callable[[Claim, Robot], Run]  #: the run that is about to start; ConfigurationError
    run: Callable[[Run, Robot, Callable[[], bool]], Run]  #: runs it; ends it when asked to
    errors: tuple[type[Exception], ...]  #: what a database that does not answer for a while raises
    told: Callable[[Ended], None]  #: called with each end
    failed: Callable[[Exception], None]  #: called with each error of the database
    capabilities: Collection[str] = ()
    slots: int = 1
    lease: timedelta = LEASE


def owner_id() -> str:
    """A worker, unique over hosts, boots and processes: host:pid:began:boot:random."""
    boot = _BOOT.read_text(encoding="ascii").strip()[:8] if _BOOT.is_file() else ""
    return f"{this_process()}:{boot}:{secrets.token_hex(4)}"


def owner_is_gone(owner: str) -> bool:
    """Whether a worker was a process of this host that lives no more."""
    return is_gone(":".join(owner.split(":")[:3]))


@dataclass(kw_only=True)
class Worker:
    """Works until it is told to stop."""

    tools: WorkerTools
    owner: str = field(default_factory=owner_id)
    wake: threading.Event = field(default_factory=threading.Event)  #: set when a ticket was offered
    _over: threading.Event = field(default_factory=threading.Event)
    _slots: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._heartbeat = Heartbeat(
            queue=self.tools.work.queue, owner=self.owner, lease=self.tools.lease, errors=self.tools.errors
        )
        self._between_looks = 0.0
        self._rescuer = Rescuer(
            tools=self.tools.work, gone=owner_is_gone, monotonic=monotonic, lease=self.tools.lease
        )

    def start(self) -> "Worker":
        """Begin to take tickets, in threads."""
        self._heartbeat.start()
        self._between_looks = self.tools.work.queue.listen(self.wake.set)
        tasks = [self._work] * self.tools.slots + [self._rescue]
        self._slots = [threading.Thread(target=task, daemon=True) for task in tasks]
        for slot in self._slots:
            slot.start()
        return self

    def stop(self, *, at_once: bool) -> None:
        """Take no more tickets; wait for the runs that go on, or end them."""
        self._over.set()
        self.wake.set()
        if at_once:
            self._heartbeat.stop_all()
        for slot in self._slots:
            slot.join(SECONDS_TO_CLOSE if at_once else None)
        self._heartbeat.close()

    def drain(self) -> None:
        """Take tickets in this thread until none waits whose time has come; those of dead workers too."""
        self._heartbeat.start()
        self._look_for_the_dead()
        while self._one():
            pass
        self._heartbeat.close()

    def _work(self) -> None:
        while not self._over.is_set():
            try:
                if not self._one():
                    self.wake.wait(self._between_looks)
                    self.wake.clear()
            except self.tools.errors as error:
                self.tools.failed(error)
                self._over.wait(SECONDS_AFTER_ERROR)

    def _rescue(self) -> None:
        while not self._over.wait(SECONDS_BETWEEN_RESCUES):
            try:
                self._look_for_the_dead()
            except self.tools.errors as error:
                self.tools.failed(error)

    def _look_for_the_dead(self) -> None:
        for claim, state in self._rescuer.look():
            self.tools.told(Ended(claim=claim, state=state, reason="failure.gone"))
        self.tools.work.queue.nudge()

    def _one(self) -> bool:
        """Take one ticket and work on it; False when there was none."""
        queue = self.tools.work.queue
        claim = queue.claim(self.owner, capabilities=self.tools.capabilities, lease=self.tools.lease)
        if claim is None:
            return False
        held = self._heartbeat.hold(claim)
        try:
            self.tools.told(self._worked(held))
        except LostClaimError:
            self.tools.told(Ended(claim=claim, state=TicketState.CLAIMED, reason="claim.lost"))
        finally:
            self._heartbeat.let_go(claim)
        return True

    def _worked(self, held: Held) -> Ended:
        claim = held.claim
        if is_signed_out(claim, self.tools.work):
            return self._later(claim, SIGN_IN, SIGNED_OUT_AGAIN_IN)
        try:
            robot = self.tools.robot(claim.order.robot)
            run = self.tools.start(claim, robot)
            ended = self._run(run, robot, held)
        except SignedPeriodError as signed:  # a robot of every morning goes on after the month is signed
            self.tools.work.queue.finish(claim, TicketState.DONE, signed.code)
            return Ended(claim=claim, state=TicketState.DONE, reason=signed.code)
        except ConfigurationError as error:
            give_up(claim, error.code, self.tools.work)
            return Ended(claim=claim, state=TicketState.FAILED, reason=error.code)
        except AlreadyRunningError as twin:
            return self._later(claim, twin.code, BUSY_AGAIN_IN)
        if held.void:
            raise LostClaimError(run_id=claim.run_id, token=claim.token)
        return Ended(claim=claim, state=close(claim, ended, robot, self.tools.work), run=ended)

    def _later(self, claim: Claim, reason: str, again_in: timedelta) -> Ended:
        self.tools.work.queue.fail(claim, reason, again_in=again_in, counts=False)
        return Ended(claim=claim, state=TicketState.WAITING, reason=reason)

    def _run(self, run: Run, robot: Robot, held: Held) -> Run:
        """Run the robot; an ending run that was asked to stop comes back as it was closed."""
        try:
            return self.tools.run(run, robot, lambda: held.must_end)
        except KeyboardInterrupt:
            found = self.tools.work.store.find(run.run_id)
            if found is None or found.state is RunState.RUNNING:
                raise
            return found
