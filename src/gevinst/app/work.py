"""A worker's decisions: what to do with a claim once its run has ended, and with the claims of the dead."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gevinst.app.begin_run import GONE
from gevinst.app.ports import FINAL_STATES, RunStore
from gevinst.app.queue_port import AlarmBook, DeliveryBook, DeliveryState, LostClaimError, RunQueue
from gevinst.domain.alarm import AlarmKind
from gevinst.domain.queue import Claim, TicketState, claim_of, may_try_again, wait_before
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run, RunState

LEASE = timedelta(seconds=30)
BUSY_AGAIN_IN = timedelta(seconds=60)  # a run of the robot and period that someone started by hand
MOST_DEATHS = 3  # workers that died of one ticket
SIGNED_OUT_AGAIN_IN = timedelta(minutes=5)  # a person has to get a new password first
#: A system refused the robot's user; trying on would lock the account.
SIGN_IN = "failure.sign_in"
#: A new attempt would meet these again.
LASTING = frozenset({"failure.timeout", SIGN_IN})
#: A new attempt may meet it again, as want of memory: tried again once at most.
KILLED = "failure.killed"
OUTCOMES = {RunState.STOPPED: TicketState.STOPPED, RunState.FAILED: TicketState.FAILED}


@dataclass(frozen=True, kw_only=True)
class WorkTools:
    """What the decisions need from outside."""

    queue: RunQueue
    store: RunStore
    alarms: AlarmBook
    book: DeliveryBook
    now: Callable[[], datetime]  #: UTC
    close_dead: Callable[[Run], object]  #: closes a run whose worker is gone, with page and trail
    recover: Callable[[str], object]  #: compares the deliveries of a dead run, by id, with the disk
    lacks_file: Callable[[Run], bool]  #: whether a rejected run's file had not come


def close(claim: Claim, run: Run, robot: Robot, tools: WorkTools) -> TicketState:
    """Close the ticket of a run that has ended, or give it back after a technical failure.

    Returns:
        The ticket's state now: WAITING when it is tried again.

    Raises:
        LostClaimError: the claim is void; another has the ticket.
    """
    failures = claim.failures + 1
    lasting = run.summary in LASTING or _is_uncertain(run, tools)
    retries = min(robot.retries, 1) if run.summary == KILLED else robot.retries
    if may_try_again(run.state, failures, retries=retries, lasting=lasting):
        tools.queue.fail(claim, run.summary, again_in=wait_before(failures))
        return TicketState.WAITING
    return _close_for_good(claim, run, tools)


def _close_for_good(claim: Claim, run: Run, tools: WorkTools) -> TicketState:
    """Close the ticket of a run that is not tried again; an alarm calls whoever must act."""
    if _is_uncertain(run, tools):
        return _leave_to_a_person(claim, run.summary, tools)
    state = OUTCOMES.get(run.state, TicketState.DONE)
    tools.queue.finish(claim, state, str(run.state))
    if state is TicketState.FAILED:
        _ring_ended(claim, run.summary, tools)
    if run.state is RunState.REJECTED and tools.lacks_file(run):
        _ring(AlarmKind.NO_FILE, claim, claim.run_id, tools)
    return state


def _is_uncertain(run: Run, tools: WorkTools) -> bool:
    """Whether a run failed, and nobody knows whether a delivery of it has left."""
    return run.state is RunState.FAILED and bool(tools.book.deliveries([DeliveryState.UNCERTAIN], run.run_id))


def is_signed_out(claim: Claim, tools: WorkTools) -> bool:
    """Whether a system has refused the user that a claim's run would sign in as, and nobody has mended it."""
    refused = {one.subject for one in tools.alarms.alarms() if one.kind is AlarmKind.SIGN_IN}
    return _user_of(claim) in refused


def _user_of(claim: Claim) -> str:
    return claim.order.lane or claim.order.robot


def _ring_ended(claim: Claim, reason: str, tools: WorkTools) -> None:
    order = claim.order
    if reason == SIGN_IN:
        tools.alarms.ring(
            AlarmKind.SIGN_IN, _user_of(claim), robot=order.robot, detail=claim.run_id, at=tools.now()
        )
    else:
        ring_failed(claim, reason, tools)


def give_up(claim: Claim, reason: str, tools: WorkTools) -> None:
    """Close a ticket whose run cannot start, such as for a robot that is gone; an alarm tells."""
    tools.queue.finish(claim, TicketState.FAILED, reason)
    ring_failed(claim, reason, tools)


def ring_failed(claim: Claim, reason: str, tools: WorkTools) -> None:
    """Tell that a run failed for good."""
    _ring(AlarmKind.FAILED, claim, f"{claim.run_id}: {reason}", tools)


def _ring(kind: AlarmKind, claim: Claim, detail: str, tools: WorkTools) -> None:
    order = claim.order
    tools.alarms.ring(kind, order.run_id, robot=order.robot, detail=detail, at=tools.now())


def _leave_to_a_person(claim: Claim, reason: str, tools: WorkTools) -> TicketState:
    tools.queue.finish(claim, TicketState.UNCERTAIN, reason)
    _ring(AlarmKind.UNCERTAIN, claim, claim.run_id, tools)
    return TicketState.UNCERTAIN


@dataclass(kw_only=True)
class Rescuer:
    """Finds claims whose worker is gone, and judges each once.

    A lease that has ended is looked at twice, half a lease apart by a clock that nobody can set: when the
    machine's clock jumps, a live worker renews in between.
    """

    tools: WorkTools
    gone: Callable[[str], bool]  #: whether an owner is a process of this host that lives no more
    monotonic: Callable[[], float]  #: seconds
    lease: timedelta = LEASE
    _suspects: dict[tuple[int, int], tuple[datetime, float]] = field(default_factory=dict)

    def look(self) -> list[tuple[Claim, TicketState]]:
        """Judge the claims of the dead; what each ticket has become."""
        lapsed = list(self.tools.queue.lapsed(lease=self.lease))
        seen = {(one.number, one.token): one.lease_until for one in lapsed}
        self._suspects = {key: value for key, value in self._suspects.items() if seen.get(key) == value[0]}
        dead = self._of_dead_processes()
        dead |= {(one.number, one.token): one for one in lapsed if self._is_dead(one)}
        return [(one, self._judged(one)) for one in dead.values()]

    def _of_dead_processes(self) -> dict[tuple[int, int], Claim]:
        """Claims of workers of this host that live no more: their leases need not end first."""
        claims = [claim_of(one) for one in self.tools.queue.tickets([TicketState.CLAIMED])]
        return {(one.number, one.token): one for one in claims if self.gone(one.owner)}

    def _is_dead(self, claim: Claim) -> bool:
        key = (claim.number, claim.token)
        _, since = self._suspects.setdefault(key, (claim.lease_until, self.monotonic()))
        return self.monotonic() - since >= self.lease.total_seconds() / 2

    def _judged(self, claim: Claim) -> TicketState:
        self._suspects.pop((claim.number, claim.token), None)
        try:
            return judge_dead(claim, self.tools)
        except LostClaimError:  # another rescuer was first
            return self.tools.queue.find(str(claim.number)).state


def judge_dead(claim: Claim, tools: WorkTools) -> TicketState:
    """Decide what becomes of a claim whose worker is gone: done, uncertain, tried again, or given up.

    Raises:
        LostClaimError: someone else has judged it.
    """
    run = tools.store.find(claim.run_id)
    if run is not None and run.state in FINAL_STATES and run.summary != GONE:
        return _close_for_good(claim, run, tools)  # it had ended, and only this was not written
    if run is not None and run.state is RunState.RUNNING:
        tools.close_dead(run)
    tools.recover(claim.run_id)
    if tools.book.deliveries(
        [DeliveryState.PREPARED, DeliveryState.DELIVERED, DeliveryState.UNCERTAIN], claim.run_id
    ):  # what has left is not sent again, and only a person knows what the receiver made of half a run
        return _leave_to_a_person(claim, GONE, tools)
    if claim.failures + 1 >= MOST_DEATHS:
        give_up(claim, GONE, tools)
        return TicketState.FAILED
    tools.queue.fail(claim, GONE, again_in=timedelta(0))
    return TicketState.WAITING
