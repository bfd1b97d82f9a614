"""What the record of a simulated month says, beside what was done to the office: whether all is explained."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from faults.month import ROBOT_HIT, Month
from gevinst import bootstrap
from gevinst.domain.alarm import Alarm, AlarmKind
from gevinst.domain.occurrence import Occurrence, OccurrenceState, Reason
from gevinst.domain.queue import Ticket, TicketState
from gevinst.domain.run import Run, RunState
from gevinst.texts import OFFICE_ZONE, Texts
from invariants import broken_laws, history

LONG_WAIT = timedelta(seconds=20)  # real; runs of one lane wait for each other
HEADS = ("planned", "on time", "late", "missed", "by hand", "attempts", "open items", "rejected", "failed")
#: What must show in the record. A clock or a worker that is killed need not: another may go on in time.
TRACES = {
    "machine off": {"late", "covered", "gone"},
    "file missing": {"rejected", "broke down", "waited"},  # gone while it was read; back before its run came
    "file broken": {"rejected"},
    ROBOT_HIT: {"broke down", "gone"},
    "queue full": {"waited"},
}


KINDS = {"failure.gone": "gone", "failure.broke_down": "broke down", "failure.killed": "broke down"}


@dataclass(frozen=True, kw_only=True)
class Irregularity:
    """Something that was not as planned, and why, as the record has it."""

    at: datetime  #: UTC
    robot: str
    kind: str
    why: str  #: "" when the record does not say
    done: str  #: what was done to the office at that time; "" for nothing


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is shown of a month."""

    by_robot: dict[str, Counter[str]]
    irregular: Sequence[Irregularity]
    problems: Sequence[str]  #: what is lost, twice or not explained; none when all is well


def record_of(month: Month) -> Record:
    """Read the month's record, and check it."""
    steps = history(month.parts.queue._database)
    irregular = sorted(_irregularities(month), key=lambda one: one.at)
    problems = broken_laws(month.parts, steps)
    problems += _lost(month)
    problems += [f"not explained: {one}" for one in irregular if not one.why]
    problems += _without_trace(month, irregular)
    return Record(by_robot=_counted(month), irregular=irregular, problems=problems)


def words_of(record: Record, month: Month) -> str:
    """The record as a table, as it is printed."""
    lines = [f"{'robot':<18}" + "".join(f"{head:>12}" for head in HEADS)]
    for robot, counted in record.by_robot.items():
        lines.append(f"{robot:<18}" + "".join(f"{counted[head]:>12}" for head in HEADS))
    lines += ["", "What was done to the office:"]
    lines += [f"  {_local(one.at)}  {one.words}" for one in month.done]
    lines += ["", "What was not as planned, and why:"]
    lines += [_line_of(one) for one in record.irregular]
    lines += ["", *(record.problems or ["Nothing lost, nothing twice, everything explained."])]
    return "\n".join(lines)


def _line_of(one: Irregularity) -> str:
    beside = f"  [{one.done}]" if one.done else ""
    return f"  {_local(one.at)}  {one.robot:<16} {one.kind:<12} {one.why}{beside}"


def _counted(month: Month) -> dict[str, Counter[str]]:
    found = {robot.id: Counter[str]() for robot in month.robots}
    for one in month.parts.clock.occurrences(limit=100_000):
        found[one.robot]["planned"] += one.count
        found[one.robot][_word_of(one)] += one.count
    for ticket in month.parts.queue.tickets(limit=100_000):
        found[ticket.order.robot]["by hand"] += ticket.order.run_id.startswith("by-hand")
        found[ticket.order.robot]["attempts"] += ticket.attempt
    for run in month.parts.runs.list(limit=100_000):
        found[run.robot][str(run.state).replace("_", " ")] += 1
    return found


def _word_of(one: Occurrence) -> str:
    if one.state is OccurrenceState.MISSED:
        return "missed"
    return "late" if one.reason is Reason.LATE else "on time"


def _lost(month: Month) -> Iterator[str]:
    """Moments of the schedules that the record lacks or has too many of."""
    end = month.plan.end.astimezone(UTC)
    for robot in month.robots:
        planned = {one.nominal for one in bootstrap.firings(robot, month.plan.start.astimezone(UTC), end)}
        found = [one for one in month.parts.clock.occurrences(robot.id, limit=100_000) if one.nominal <= end]
        yield from (
            f"{robot.id}: {one.nominal} was not planned" for one in found if one.nominal not in planned
        )
        if sum(one.count for one in found) != len(planned):
            yield f"{robot.id}: {len(planned)} planned, {sum(one.count for one in found)} in the record"


def _irregularities(month: Month) -> Iterator[Irregularity]:
    runs = {run.run_id: run for run in month.parts.runs.list(limit=100_000)}
    alarms = month.parts.alarms.alarms(also_closed=True)
    for one in month.parts.clock.occurrences(limit=100_000):
        if one.reason not in (Reason.ON_TIME, Reason.MOVED):
            yield _noted(month, one.nominal, one.robot, kind=str(one.reason), why=_why_late(one))
    for ticket in month.parts.queue.tickets(limit=100_000):
        yield from _of_ticket(month, ticket, runs, alarms)


def _of_ticket(
    month: Month, ticket: Ticket, runs: dict[str, Run], alarms: Sequence[Alarm]
) -> Iterator[Irregularity]:
    robot, first = ticket.order.robot, ticket.order.run_id
    for name in [first, *(f"{first}-{number}" for number in range(2, ticket.attempt + 1))][: ticket.attempt]:
        run = runs.get(name)
        if run is None:
            yield _noted(month, ticket.order.due, robot, kind="gone", why=_why_no_run(ticket))
        elif run.state in (RunState.FAILED, RunState.REJECTED, RunState.STOPPED):
            yield _noted(month, run.started, robot, kind=_kind_of(run), why=_why_it_ended(month, run))
    waited = _real_wait(month, ticket)
    if waited > LONG_WAIT:
        late = (one for one in alarms if (one.subject, one.kind) == (first, AlarmKind.LATE))
        why = next((f"alarm {one.number}: {one.kind}" for one in late), "")
        yield _noted(month, ticket.order.due, robot, kind="waited", why=why or _why_late_again(ticket))
    if ticket.state in (TicketState.FAILED, TicketState.UNCERTAIN):
        rung = [one for one in alarms if one.subject == first and str(one.kind) in ("failed", "uncertain")]
        why = f"alarm {rung[0].number}: {rung[0].kind}, {rung[0].detail}" if rung else ""
        yield _noted(month, ticket.order.due, robot, kind="given up", why=why)


def _real_wait(month: Month, ticket: Ticket) -> timedelta:
    if ticket.started is None or ticket.attempt > 1:
        return timedelta(0)
    return (ticket.started - ticket.order.due) / month.plan.speed


def _noted(month: Month, at: datetime, robot: str, *, kind: str, why: str) -> Irregularity:
    near = [one for one in month.done if abs(one.at - at) < _soon(month, 12)]
    return Irregularity(at=at, robot=robot, kind=kind, why=why, done="; ".join(one.words for one in near))


def _why_late(one: Occurrence) -> str:
    return (
        f"{one.reason}, {one.late_minutes} minutes after its moment" if one.late_minutes else str(one.reason)
    )


def _why_late_again(ticket: Ticket) -> str:
    return "its occurrence was late" if ticket.offered - ticket.order.due > timedelta(minutes=15) else ""


def _why_no_run(ticket: Ticket) -> str:
    return (
        f"its worker died before the run began; attempt {ticket.attempt} followed"
        if ticket.attempt > 1
        else ""
    )


def _kind_of(run: Run) -> str:
    if run.state is RunState.REJECTED:
        return "rejected"
    return KINDS.get(run.summary, str(run.state))


def _why_it_ended(month: Month, run: Run) -> str:
    if run.state is RunState.REJECTED:
        file = month.office.data / "koersler" / run.folder / "result.json"
        return ", ".join(sorted({one["code"] for one in json.loads(file.read_text())["rejected"]}))
    texts = Texts("en")
    return texts.get(run.summary) if texts.has(run.summary) else ""


def _without_trace(month: Month, irregular: Sequence[Irregularity]) -> Iterator[str]:
    """What was done to the office that the record does not show."""
    for one in month.done:
        wanted = TRACES.get(one.what, set())
        near = {each.kind for each in irregular if abs(each.at - one.at) < _soon(month, 14)}
        if wanted and not wanted & near:
            yield f"no trace of: {_local(one.at)} {one.words}"


def _soon(month: Month, hours: int) -> timedelta:
    """So many hours, or what passes on the calendar while a busy machine gets round to it."""
    return max(timedelta(hours=hours), LONG_WAIT * month.plan.speed)


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(OFFICE_ZONE):%d.%m. %H.%M}"
