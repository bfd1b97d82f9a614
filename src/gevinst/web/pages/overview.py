"""The overview: what needs a person first, then today's runs, what is late, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from fastapi import APIRouter
from starlette.responses import Response

from gevinst import bootstrap
from gevinst.app.cases import CaseFilter, CaseSums, total
from gevinst.app.queue_port import DeliveryState
from gevinst.app.start_run import default_period
from gevinst.domain.access import Action
from gevinst.domain.case import CaseState
from gevinst.domain.period import previous_period
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run, RunState
from gevinst.domain.signature import SignatureKind
from gevinst.texts import OFFICE_ZONE, Texts
from gevinst.web.charts import Chart, age_days, ageing_chart
from gevinst.web.console import Console
from gevinst.web.desk import standing_ids
from gevinst.web.rendering import page
from gevinst.web.robots import robot_title
from gevinst.web.visit import MaySee

LOOK_AHEAD = timedelta(hours=24)
TO_ACT_ON = frozenset({RunState.REJECTED, RunState.FAILED})

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What waits for people in one robot's standing run."""

    robot: str
    title: str
    run: Run
    ages: Sequence[CaseSums]  #: youngest first

    @property
    def sums(self) -> CaseSums:
        """What they come to."""
        return total(self.ages)


@dataclass(frozen=True, kw_only=True)
class Coming:
    """A run that is planned."""

    robot: str
    title: str
    at: datetime


@router.get("/")
def overview(visit: MaySee) -> Response:
    """The first page."""
    console = visit.console
    robots = bootstrap.robots(console.office)
    titles = {robot.id: robot_title(robot, visit.texts) for robot in robots}
    waiting = waiting_of(console, titles) if visit.person.may(Action.SEE_ITEMS) else []
    today = runs_of_today(console)
    return page(
        visit,
        "overview",
        waiting=waiting,
        count=sum(one.sums.count for one in waiting),
        amount=sum(one.sums.amount for one in waiting),
        oldest=min((one.sums.oldest for one in waiting if one.sums.oldest), default=None),
        today=today,
        titles=titles,
        to_act_on=[run for run in today if run.state in TO_ACT_ON],
        alarms=console.parts.alarms.alarms(),
        held=held_of(console) if visit.person.may(Action.SEE_ITEMS) else 0,
        approvals=approvals_of(console, visit.person.user) if visit.person.may(Action.APPROVE) else 0,
        prepared=prepared_of(console, visit.person.user) if visit.person.may(Action.SIGN_OFF) else [],
        stale=console.parts.signatures.stale(visit.today) if visit.person.may(Action.SEE_ITEMS) else [],
        ageing=ageing_of(waiting, visit.texts),
        coming=coming_of(console, robots, visit.now, visit.texts),
    )


def waiting_of(console: Console, titles: dict[str, str]) -> list[Waiting]:
    """The robots with cases to do, most first."""
    wanted, today = CaseFilter(today=console.today()), console.today()
    runs = console.parts.view.standing_each(list(titles))
    ages = console.parts.cases.ageing([run.run_id for run in runs.values()], wanted, age_days(today))
    found = [
        Waiting(robot=robot, title=titles[robot], run=run, ages=ages[run.run_id])
        for robot, run in runs.items()
        if run.run_id in ages
    ]
    return sorted(found, key=lambda one: (-one.sums.count, one.robot))


def ageing_of(waiting: Sequence[Waiting], texts: Texts) -> Chart | None:
    """The ages of all cases that wait."""
    return ageing_chart([total(bucket) for bucket in zip(*(one.ages for one in waiting), strict=True)], texts)


def runs_of_today(console: Console) -> Sequence[Run]:
    """Runs since midnight in the office's zone."""
    midnight = datetime.combine(console.today(), time(), OFFICE_ZONE)
    return console.parts.view.runs_since(midnight)


def held_of(console: Console) -> int:
    """Deliveries that wait for a person."""
    return len(console.parts.deliveries.deliveries((DeliveryState.HELD, DeliveryState.UNCERTAIN)))


def approvals_of(console: Console, user: str) -> int:
    """Others' decisions that wait for a second person."""
    runs, book = standing_ids(console), console.parts.cases
    every = CaseFilter(state=CaseState.AWAITS_APPROVAL)
    return book.sums(runs, every).count - book.sums(runs, replace(every, claimed_by=user)).count


def prepared_of(console: Console, user: str) -> list[tuple[str, int]]:
    """The last two months with accounts that another has signed as preparer and no second person has."""
    latest = default_period(console.today())
    found = []
    for period in (latest, previous_period(latest)):
        signed = console.parts.signatures.of_period(period)
        last = {one.account: one for one in signed}.values()
        waiting = [one for one in last if one.kind is SignatureKind.PREPARE and one.who != user]
        found.append((period, len(waiting)))
    return [one for one in found if one[1]]


def coming_of(console: Console, robots: Sequence[Robot], now: datetime, texts: Texts) -> list[Coming]:
    """What is planned within a day as people have changed it, first first."""
    plans = console.plans
    coming = [
        Coming(robot=robot.id, title=robot_title(robot, texts), at=firing.nominal)
        for robot in robots
        if robot.schedule
        for firing in plans.firings(robot, now, now + LOOK_AHEAD)
        if not firing.skipped
    ]
    return sorted(coming, key=lambda one: (one.at, one.robot))
