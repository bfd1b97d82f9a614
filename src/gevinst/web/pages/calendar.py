"""The calendar: bank days, closed days, the close, what ran, what was missed, and what is planned."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus

from babel.dates import format_date, get_day_names
from fastapi import APIRouter, HTTPException
from starlette.responses import RedirectResponse, Response

from gevinst import bootstrap
from gevinst.app.plan import PlanError, Plans, move, pause, resume
from gevinst.domain.calendar import BankCalendar
from gevinst.domain.closed_days import closed_day_names, days_of_month
from gevinst.domain.occurrence import Firing, Occurrence, OccurrenceState
from gevinst.domain.period import is_period, period_of, previous_period
from gevinst.domain.plan_change import PlanChange, pause_at
from gevinst.domain.robot import Phase, Robot
from gevinst.domain.run import Run, RunState
from gevinst.domain.schedule import ScheduleError
from gevinst.texts import OFFICE_ZONE, Texts
from gevinst.web.door import SEE_OTHER
from gevinst.web.rendering import page
from gevinst.web.robots import robot_title
from gevinst.web.trouble import sentence_of
from gevinst.web.typed import moment_of, moment_on
from gevinst.web.visit import MayPause, MaySee, Visit

LIST = "/kalender"
MOST_ROWS = 2_000  # runs of a month; a robot of every five minutes has more, and they are counted by day
MOST_A_DAY = 3  # of one robot, before they are counted instead of listed
OFTEN = 6  # moments in a day; such a robot's plan is told in words
DAYS = 7

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened or will: of one robot, on one day."""

    robot: str
    title: str
    at: datetime  #: UTC
    state: str  #: of the run; planned or skipped for what is none
    why: str = ""  #: a sentence
    run_id: str = ""
    count: int = 1  #: runs that the entry stands for
    movable: bool = False


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of the month's table."""

    day: date
    inside: bool  #: of the month
    bank_day: bool
    closes: bool  #: the period closes
    name: str  #: why banks are closed; "" on weekends and bank days
    entries: Sequence[Entry]


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A robot that is paused now."""

    robot: str
    title: str
    change: PlanChange


@router.get(LIST)
def calendar(visit: MaySee) -> Response:
    """One month."""
    asked = visit.typed("maaned")
    month = asked if is_period(asked) else period_of(visit.today)
    first, last = days_of_month(month)
    plans = visit.console.plans
    robots = bootstrap.robots(visit.console.office)
    often = [one for one in robots if _is_planned(one) and _runs_often(plans, one, visit.now)]
    rest = [one for one in robots if one not in often]
    entries = [*_past(visit, robots, first, last), *_planned(visit, plans, rest, (first, last))]
    days = _days(entries, (first, last), visit)
    inside = [one for one in days if one.inside]
    return page(
        visit,
        "calendar",
        month=month,
        title=_month_title(first, visit.texts),
        previous=previous_period(month),
        following=period_of(last + timedelta(days=1)),
        weeks=[days[start : start + DAYS] for start in range(0, len(days), DAYS)],
        day_names=_day_names(visit.texts),
        days=[one for one in inside if one.entries or one.name or one.closes],
        bank_days=sum(one.bank_day for one in inside),
        closes=next((one.day for one in inside if one.closes), None),
        missed=sum(each.state == RunState.MISSED for one in inside for each in one.entries),
        planned=sum(each.state == "planned" for one in inside for each in one.entries),
        often=[(robot_title(one, visit.texts), one.schedule) for one in often],
        pauses=_pauses(plans, robots, visit),
        today=visit.today,
        told=visit.typed("told"),
    )


def _is_planned(robot: Robot) -> bool:
    return bool(robot.schedule) and robot.phase in (Phase.TRIAL, Phase.PRODUCTION)


def _runs_often(plans: Plans, robot: Robot, now: datetime) -> bool:
    return len(_firings(plans, robot, now, now + timedelta(days=1))) > OFTEN


def _firings(plans: Plans, robot: Robot, after: datetime, until: datetime) -> Sequence[Firing]:
    """The robot's moments; none for a schedule that is none, of which the robot's page tells."""
    try:
        return plans.firings(robot, after, until)
    except ScheduleError:
        return []


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), OFFICE_ZONE).astimezone(UTC)


def _past(visit: Visit, robots: Sequence[Robot], first: date, last: date) -> Iterator[Entry]:
    """What ran, was missed or was left out."""
    book, titles = visit.console.parts.plans, {one.id: robot_title(one, visit.texts) for one in robots}
    start, end = _start(first), _start(last + timedelta(days=1))
    became = book.occurrences_between(start, end, limit=MOST_ROWS)
    why = {one.run_id: _why(one, visit.texts) for one in became if one.run_id}
    for run in book.runs_between(start, end, limit=MOST_ROWS):
        missed = why.get(run.run_id, "") if run.state is RunState.MISSED else ""
        yield _entry_of_run(run, titles.get(run.robot, run.robot), missed)
    for one in became:
        if one.state is OccurrenceState.SKIPPED:
            yield Entry(
                robot=one.robot,
                title=titles.get(one.robot, one.robot),
                at=one.nominal,
                state="skipped",
                why=_why(one, visit.texts),
            )


def _entry_of_run(run: Run, title: str, why: str) -> Entry:
    return Entry(
        robot=run.robot, title=title, at=run.started, state=str(run.state), why=why, run_id=run.run_id
    )


def _why(one: Occurrence, texts: Texts) -> str:
    parts = [texts.get(f"occurrence.{one.reason}", planned=one.planned, minutes=one.late_minutes)]
    parts += [texts.get("occurrence.more", count=one.count)] if one.count > 1 else []
    return " ".join(parts)


def _planned(
    visit: Visit, plans: Plans, robots: Sequence[Robot], month: tuple[date, date]
) -> Iterator[Entry]:
    """What is still to come in the month, from its first day to its last."""
    first, last = month
    after = max(visit.now, _start(first) - timedelta(microseconds=1))
    until = _start(last + timedelta(days=1)) - timedelta(microseconds=1)
    if after >= until:
        return
    for robot in filter(_is_planned, robots):
        changes = plans.changes(robot.id)
        for firing in _firings(plans, robot, after, until):
            yield _planned_entry(robot, firing, changes, visit.texts)


def _planned_entry(robot: Robot, firing: Firing, changes: Sequence[PlanChange], texts: Texts) -> Entry:
    held = pause_at(changes, firing.nominal)
    why = held.why if held else ""
    if not held and firing.moved:
        key = "moved_by_hand" if firing.changed else "moved"
        why = texts.get(f"occurrence.{key}", planned=firing.planned)
    if not held and firing.skipped:
        why = texts.get("occurrence.closed_day", planned=firing.planned)
    state = "paused" if held else "skipped" if firing.skipped else "planned"
    title = robot_title(robot, texts)
    return Entry(
        robot=robot.id,
        title=title,
        at=firing.nominal,
        state=state,
        why=why,
        movable=state == "planned",
    )


def _days(entries: Sequence[Entry], month: tuple[date, date], visit: Visit) -> list[Day]:
    """Whole weeks from Monday on, with the month in them."""
    (first, last), texts, own = month, visit.texts, visit.console.office.closed_days
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda one: (one.at, one.robot)):
        by_day[entry.at.astimezone(OFFICE_ZONE).date()].append(entry)
    start = first - timedelta(days=first.weekday())
    end = last + timedelta(days=DAYS - 1 - last.weekday())
    names = closed_day_names(start, end, str(texts.language))
    names = {day: texts.get("calendar.own") for day in own} | {
        day: _closed_name(name, texts) for day, name in names.items()
    }
    bank = BankCalendar(closed_days=own)
    shown = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    closing = max(day for day in shown if first <= day <= last and bank.is_bank_day(day))
    return [
        Day(
            day=day,
            inside=first <= day <= last,
            bank_day=bank.is_bank_day(day),
            closes=day == closing,
            name=names.get(day, ""),
            entries=_counted(by_day.get(day, [])),
        )
        for day in shown
    ]


def _closed_name(name: str, texts: Texts) -> str:
    return texts.get(f"calendar.closed.{name[1:]}") if name.startswith("=") else name


def _counted(entries: Sequence[Entry]) -> list[Entry]:
    """A day's entries; those of a robot that runs all day are counted, by what came of them."""
    alike: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        alike[entry.robot, entry.state].append(entry)
    shown: list[Entry] = []
    for group in alike.values():
        shown += group if len(group) <= MOST_A_DAY else [_count(group)]
    return sorted(shown, key=lambda one: (one.at, one.robot))


def _count(group: Sequence[Entry]) -> Entry:
    one = group[0]
    return Entry(robot=one.robot, title=one.title, at=one.at, state=one.state, count=len(group))


def _month_title(first: date, texts: Texts) -> str:
    return format_date(first, "LLLL y", locale=str(texts.language)).capitalize()


def _day_names(texts: Texts) -> list[str]:
    names = get_day_names("abbreviated", context="stand-alone", locale=str(texts.language))
    return [names[number].rstrip(".").capitalize() for number in range(DAYS)]


def _pauses(plans: Plans, robots: Sequence[Robot], visit: Visit) -> list[Pause]:
    found = ((one, pause_at(plans.changes(one.id), visit.now)) for one in robots)
    return [
        Pause(robot=one.id, title=robot_title(one, visit.texts), change=change)
        for one, change in found
        if change
    ]


@router.get(f"{LIST}/pause")
def ask_pause(visit: MayPause) -> Response:
    """Which robot, until when, and why."""
    return _pause_page(visit)


def _pause_page(visit: Visit, error: str = "") -> Response:
    robots = [one for one in bootstrap.robots(visit.console.office) if _is_planned(one)]
    return page(
        visit,
        "pause",
        status=HTTPStatus.CONFLICT if error else HTTPStatus.OK,
        robots=[(one.id, robot_title(one, visit.texts)) for one in robots],
        error=error,
        typed={name: visit.typed(name) for name in ("robot", "dag", "hvorfor")},
    )


@router.post(f"{LIST}/pause")
def do_pause(visit: MayPause) -> Response:
    """Pause a robot."""
    robot = _known(visit)
    try:
        until = _moment(visit.typed("dag"), "00:00") if visit.typed("dag") else None
        plans = visit.console.plans
        pause(plans, robot, until=until, why=visit.typed("hvorfor"), by=visit.person, now=visit.now)
    except PlanError as error:
        return _pause_page(visit, sentence_of(error, visit.texts))
    return RedirectResponse(f"{LIST}?told=paused", SEE_OTHER)


@router.post(f"{LIST}/fortsaet")
def do_resume(visit: MayPause) -> Response:
    """Let a robot run by its plan again."""
    plans = visit.console.plans
    resume(plans, _known(visit), why=visit.typed("hvorfor"), by=visit.person, now=visit.now)
    return RedirectResponse(f"{LIST}?told=resumed", SEE_OTHER)


@router.get(f"{LIST}/flyt")
def ask_move(visit: MayPause) -> Response:
    """Where to one planned run is moved, and why."""
    return _move_page(visit, _nominal(visit))


def _move_page(visit: Visit, nominal: datetime, error: str = "") -> Response:
    robot = _known(visit)
    local = nominal.astimezone(OFFICE_ZONE)
    return page(
        visit,
        "move",
        status=HTTPStatus.CONFLICT if error else HTTPStatus.OK,
        robot=robot,
        title=robot_title(robot, visit.texts),
        nominal=nominal,
        error=error,
        day=visit.typed("dag") or f"{local:%Y-%m-%d}",
        clock=visit.typed("klokken") or f"{local:%H:%M}",
        why=visit.typed("hvorfor"),
    )


@router.post(f"{LIST}/flyt")
def do_move(visit: MayPause) -> Response:
    """Move one planned run."""
    robot, nominal = _known(visit), _nominal(visit)
    try:
        to = _moment(visit.typed("dag"), visit.typed("klokken"))
        plans = visit.console.plans
        why = visit.typed("hvorfor")
        move(plans, robot, nominal=nominal, to=to, why=why, by=visit.person, now=visit.now)
    except PlanError as error:
        return _move_page(visit, nominal, sentence_of(error, visit.texts))
    month = period_of(to.astimezone(OFFICE_ZONE).date())
    return RedirectResponse(f"{LIST}?maaned={month}&told=moved", SEE_OTHER)


def _known(visit: Visit) -> Robot:
    """The robot of the request.

    Raises:
        HTTPException: 404, there is none.
    """
    robots = {one.id: one for one in bootstrap.robots(visit.console.office)}
    robot = robots.get(visit.typed("robot"))
    if robot is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return robot


def _nominal(visit: Visit) -> datetime:
    """The planned moment of the request.

    Raises:
        HTTPException: 404, it is none.
    """
    moment = moment_of(visit.typed("tid"))
    if moment is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return moment


def _moment(day: str, clock: str) -> datetime:
    """A moment of the office's wall clock.

    Raises:
        PlanError: PLN-008 it is no day or no time.
    """
    try:
        moment = moment_on(date.fromisoformat(day), time.fromisoformat(clock))
    except ValueError:
        moment = None
    if moment is None:
        raise PlanError("PLN-008", day=day, clock=clock)
    return moment
