"""Offer a run again that has ended, by a person's wish."""

from datetime import datetime
from secrets import token_hex

from gevinst.app.ports import RunStore
from gevinst.app.queue_port import DeliveryBook, DeliveryState, EndedTicketError, RunQueue
from gevinst.app.start_run import new_run_id
from gevinst.domain.audit import AuditEvent
from gevinst.domain.queue import LIVE, Order, Ticket, TicketState
from gevinst.domain.run import Trigger


def retry(
    queue: RunQueue,
    store: RunStore,
    book: DeliveryBook,
    ticket: str,
    *,
    who: str,
    at: datetime,
    checked: bool,
) -> Order:
    """Offer the ticket's run again under a new id; the trail says who wanted it.

    Args:
        queue: of the office.
        store: of the office.
        book: of what was delivered.
        ticket: its number, or the id of any of its runs.
        who: wants it.
        at: now, UTC.
        checked: a person has looked at what an uncertain run delivered, and found that it did not.

    Raises:
        UnknownTicketError: there is no such ticket.
        EndedTicketError: it has not ended, or is uncertain and nobody has looked.
    """
    found = queue.find(ticket)
    if found.state in LIVE or (found.state is TicketState.UNCERTAIN and not checked):
        raise EndedTicketError(ticket=ticket, state=found.state)
    for delivery in book.deliveries([DeliveryState.PREPARED, DeliveryState.UNCERTAIN], found.run_id):
        book.found(delivery.key, delivery.run_id, DeliveryState.DROPPED, at=at)
    order = _again(found, who, at)
    queue.offer(order)
    queue.nudge()
    store.append_audit(
        AuditEvent(at=at, who=who, what="run.retry", subject=found.run_id, detail={"new": order.run_id})
    )
    return order


def _again(ticket: Ticket, who: str, at: datetime) -> Order:
    old = ticket.order
    return Order(
        key=f"retry:{ticket.number}:{token_hex(4)}",
        robot=old.robot,
        period=old.period,
        run_id=new_run_id(old.robot, at),
        trigger=Trigger.MANUAL,
        triggered_by=who,
        due=at,
        trial=old.trial,
        lane=old.lane,
        capability=old.capability,
        priority=old.priority - 1,
    )
