"""What a run delivers: files of its folder, once a month, before it ends; two people see large sums."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from gevinst.app.free_path import free_path
from gevinst.app.ports import RunStore
from gevinst.app.queue_port import AlarmBook, Delivery, DeliveryBook, DeliveryState, UnsettledDeliveryError
from gevinst.domain.alarm import AlarmKind
from gevinst.domain.audit import AuditEvent
from gevinst.domain.decision import DecisionError
from gevinst.domain.robot import Robot
from gevinst.domain.run import Environment, Run

#: What a person may settle, by the act.
SETTLED_BY = {
    "approve": (DeliveryState.HELD,),
    "confirm": (DeliveryState.UNCERTAIN,),
    "redo": (DeliveryState.HELD, DeliveryState.UNCERTAIN, DeliveryState.DELIVERED),
}


class Sender(Protocol):
    """Puts bytes under a name once; see runner.outbox.Outbox."""

    def deliver(
        self, content: bytes, target: Path, *, key: str, run_id: str, control_total: int, held: bool = False
    ) -> bool:
        """False when what has this key has left before."""

    def release(self, one: Delivery) -> bool:
        """Give a held delivery its name; False when its bytes are gone."""

    def withdraw(self, one: Delivery) -> None:
        """Take the bytes of a held delivery away."""


@dataclass(frozen=True, kw_only=True)
class DeliveryTools:
    """What a delivery needs from outside."""

    sender: Sender
    book: DeliveryBook
    alarms: AlarmBook
    data: Path  #: the office's data folder
    now: Callable[[], datetime]  #: UTC


def deliver_run(
    run: Run,
    robot: Robot,
    folder: Path,
    tools: DeliveryTools,
    *,
    totals: Mapping[str, int] = MappingProxyType({}),
) -> Sequence[str]:
    """Deliver what the robot's plan names; the keys of what has left or is held now.

    A trial delivers nothing. What nobody knows the fate of stays with the person who was told of it.

    Args:
        run: as it ends.
        robot: with its plan; a name with * takes every file that fits it.
        folder: of the run.
        tools: of the office.
        totals: control totals in øre by file name; the run's difference stands for a file without one.

    Raises:
        FinishedRunError: the run runs no more; nothing has left.
        OSError: a folder cannot be written; what had not left before has not left.
    """
    if robot.delivery is None or run.environment is not Environment.PRODUCTION:
        return []
    names = _names(robot.delivery.files, folder)
    largest = max(map(abs, (run.difference, run.unexplained, *(totals.get(name, 0) for name in names))))
    held = robot.four_eyes_above is not None and largest > robot.four_eyes_above
    target = tools.data / robot.delivery.folder
    target.mkdir(parents=True, exist_ok=True)
    keys = [
        _delivered(
            run,
            folder / name,
            target / (name if robot.delivery.own_names else f"{run.robot}_{run.period}_{name}"),
            total=totals.get(name, run.difference),
            held=held,
            tools=tools,
        )
        for name in names
    ]
    sent = [key for key in keys if key]
    if held and sent:
        tools.alarms.ring(AlarmKind.HELD, run.run_id, robot=run.robot, detail=", ".join(sent), at=tools.now())
    return sent


def _names(wanted: Sequence[str], folder: Path) -> list[str]:
    """Files of the folder that the plan names, each once, in the plan's order."""
    found = [path.name for name in wanted for path in sorted(folder.glob(name)) if path.is_file()]
    return list(dict.fromkeys(found))


def _delivered(run: Run, file: Path, target: Path, *, total: int, held: bool, tools: DeliveryTools) -> str:
    key = f"{run.robot}:{run.period}:{file.name}"
    standing = tools.book.standing(key)
    if standing is not None and standing.state is DeliveryState.HELD:  # the newer run's is the one to look at
        tools.sender.withdraw(standing)
    try:
        sent = tools.sender.deliver(
            file.read_bytes(),
            free_path(target),
            key=key,
            run_id=run.run_id,
            control_total=total,
            held=held,
        )
    except UnsettledDeliveryError:
        return ""
    return key if sent else ""


def settle_delivery(
    key: str, act: str, *, who: str, why: str, store: RunStore, tools: DeliveryTools
) -> Delivery:
    """Do what a person has decided about a delivery; noted in the audit trail.

    Args:
        key: of the delivery.
        act: approve what is held, confirm what was uncertain, or redo: the next run delivers again.
        who: the person.
        why: the person's reason.
        store: of the office.
        tools: of the office.

    Raises:
        DecisionError: DEC-020 no such delivery; DEC-021 it is not in a state for this; DEC-022 the person who
            started the run cannot be the second one; DEC-023 its bytes are gone.
    """
    one = tools.book.standing(key)
    if one is None:
        raise DecisionError("DEC-020", key=key)
    if one.state not in SETTLED_BY[act]:
        raise DecisionError("DEC-021", key=key, state=str(one.state))
    if act == "approve":
        _approve(one, who, store, tools)
    elif act == "confirm":
        tools.book.decide(one, DeliveryState.DELIVERED, at=tools.now())
    elif one.state is DeliveryState.HELD:
        tools.sender.withdraw(one)
    else:
        tools.book.decide(one, DeliveryState.DROPPED, at=tools.now())
    detail: dict[str, str | int] = {"key": key, "sha256": one.sha256}
    store.append_audit(
        AuditEvent(
            at=tools.now(), who=who, what=f"delivery.{act}", subject=one.run_id, detail=detail, why=why
        )
    )
    return one


def _approve(one: Delivery, who: str, store: RunStore, tools: DeliveryTools) -> None:
    run = store.find(one.run_id)
    if run is not None and run.triggered_by == who:
        raise DecisionError("DEC-022", key=one.key, who=who)
    if not tools.sender.release(one):
        raise DecisionError("DEC-023", key=one.key)
