"""A robot of every morning goes on after its month is signed: nothing runs, and nobody is called."""

from gevinst.app.signing import SignedPeriodError
from gevinst.domain.queue import TicketState
from gevinst.domain.run import Run
from unattended import Installation, an_order


def test_a_run_of_a_signed_month_ends_without_run_and_without_alarm(office: Installation) -> None:
    def refuses(*_: object) -> Run:
        raise SignedPeriodError(robot="robot1", period="2026-10")

    office.queue.offer(an_order(1))

    office.worker(refuses).drain()

    ticket = office.queue.find("run1")
    assert (ticket.state, ticket.outcome) == (TicketState.DONE, "CFG-031")
    assert list(office.parts.alarms.alarms()) == []
    assert list(office.parts.runs.list()) == []
