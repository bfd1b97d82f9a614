"""Ask for a run, from the console or by the API: once, by one who may, and never beside its twin."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from gevinst.app.ports import RunStore
from gevinst.app.queue_port import RunQueue
from gevinst.app.start_run import new_run, new_run_id
from gevinst.domain.access import Action, Person, require
from gevinst.domain.audit import AuditEvent
from gevinst.domain.queue import LIVE, Order, Ticket, lane_of
from gevinst.domain.refusal import RefusedError
from gevinst.domain.robot import Robot
from gevinst.domain.run import Environment, RunState, Trigger

RECENT = 1_000  # tickets among which a repeated wish is found


class RequestError(RefusedError):
    """A run that cannot be asked for."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A run that someone wants."""

    period: str  #: such as 2026-10
    trial: bool  #: computes and shows; delivers nothing, credits nothing
    reason: str = ""
    key: str  #: of the wish; the same wish twice is one run
    trigger: Trigger = Trigger.MANUAL


@dataclass(frozen=True, kw_only=True)
class Requested:
    """What became of a wish."""

    run_id: str
    new: bool  #: False when the run was asked for, or goes on, already


@dataclass(frozen=True, kw_only=True)
class RequestTools:
    """What asking for a run needs from outside."""

    queue: RunQueue
    store: RunStore
    locked: Callable[[str, str], bool]  #: whether a robot's period is signed
    now: datetime


def request_run(robot: Robot, wanted: Wanted, tools: RequestTools, *, by: Person) -> Requested:
    """Put a run in the queue.

    Raises:
        NotAllowedError: the person may not run robots.
        ConfigurationError: see start_run.new_run.
        RequestError: REQ-001 the period is signed and locked.
    """
    require(by, Action.RUN)
    run = new_run(
        robot,
        period=wanted.period,
        trial=wanted.trial,
        trigger=wanted.trigger,
        user=by.user,
        now=tools.now,
    )
    wanted = replace(wanted, trial=run.environment is not Environment.PRODUCTION)
    if not wanted.trial and tools.locked(robot.id, wanted.period):
        raise RequestError("REQ-001", robot=robot.id, period=wanted.period)
    twin = _twin(robot, wanted, tools)
    if twin:
        return Requested(run_id=twin, new=False)
    order = Order(
        key=_key(wanted),
        robot=robot.id,
        period=wanted.period,
        run_id=new_run_id(robot.id, tools.now),
        trigger=wanted.trigger,
        triggered_by=by.user,
        due=tools.now,
        trial=wanted.trial,
        lane=lane_of(robot.id, robot.people.erp_user),
    )
    if not tools.queue.offer(order):
        return Requested(run_id=_asked(wanted, tools) or order.run_id, new=False)
    tools.queue.nudge()
    event = AuditEvent(
        at=tools.now,
        who=by.user,
        what="run.requested",
        subject=order.run_id,
        detail={"robot": robot.id, "period": wanted.period, "trial": int(order.trial)},
        why=wanted.reason,
    )
    tools.store.append_audit(event)
    return Requested(run_id=order.run_id, new=True)


def _key(wanted: Wanted) -> str:
    return f"{wanted.trigger}:{wanted.key}"


def _asked(wanted: Wanted, tools: RequestTools) -> str:
    """Id of the run that the same wish has brought already."""
    key = _key(wanted)
    return next((one.run_id for one in tools.queue.tickets(limit=RECENT) if one.order.key == key), "")


def _twin(robot: Robot, wanted: Wanted, tools: RequestTools) -> str:
    """Id of a run of the same robot and period that waits or goes on, or that the same wish has brought."""
    waiting = [one for one in tools.queue.tickets(LIVE) if _same(one, robot, wanted)]
    running = tools.store.latest(robot.id, wanted.period, [RunState.RUNNING])
    if running and (running.environment is Environment.PRODUCTION) is not wanted.trial:
        return running.run_id
    return waiting[0].run_id if waiting else _asked(wanted, tools)


def _same(ticket: Ticket, robot: Robot, wanted: Wanted) -> bool:
    same = ticket.order.robot == robot.id and ticket.order.period == wanted.period
    return same and ticket.order.trial == wanted.trial
