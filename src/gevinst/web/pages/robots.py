"""Robots: what each does, who owns it, how it has gone, and run now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from secrets import token_urlsafe

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from gevinst import bootstrap
from gevinst.app.console_view import RunFilter
from gevinst.app.office import ConfigurationError
from gevinst.app.plan import Plans
from gevinst.app.request_run import RequestError, Wanted, request_run
from gevinst.app.signing import is_locked
from gevinst.app.start_run import default_period
from gevinst.domain.period import is_period
from gevinst.domain.robot import Phase, Robot, Source
from gevinst.domain.run import Run
from gevinst.web.charts import matched_chart
from gevinst.web.console import Console
from gevinst.web.door import SEE_OTHER
from gevinst.web.rendering import page
from gevinst.web.robots import known_robot, request_tools, robot_title
from gevinst.web.trouble import sentence_of
from gevinst.web.visit import MayRun, MaySee, Visit

LIST = "/robotter"
STRIP = 20  # runs
MONTHS = 12  # in the chart
FIRINGS_SHOWN = 5
MOST_LOOKED_AT = 50  # moments of a plan, among them those that are left out
KEY_BYTES = 12
README_LONGEST = 20_000  # characters

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class RobotRow:
    """A robot in the list."""

    robot: Robot
    title: str
    strip: list[Run]  #: newest last
    upcoming: datetime | None


@dataclass(frozen=True, kw_only=True)
class FileToRead:
    """A file that a run would read."""

    name: str  #: of the source
    path: str  #: below the office's folder
    there: bool
    size: int = 0  #: bytes
    changed: datetime | None = None


@router.get(LIST)
def list_robots(visit: MaySee) -> Response:
    """All robots, with how they have gone."""
    plans = visit.console.plans
    robots = bootstrap.robots(visit.console.office)
    latest = visit.console.parts.view.latest_each([robot.id for robot in robots], limit=STRIP)
    rows = [_row(visit, robot, plans, latest.get(robot.id, ())) for robot in robots]
    known = {row.robot.id for row in rows}
    broken = [name for name in bootstrap.robot_names(visit.console.office) if name not in known]
    return page(visit, "robots", rows=rows, broken=[(name, _broken(visit, name)) for name in broken])


def _row(visit: Visit, robot: Robot, plans: Plans, runs: Sequence[Run]) -> RobotRow:
    upcoming = _firings(plans, robot, visit.now, most=1)
    return RobotRow(
        robot=robot,
        title=robot_title(robot, visit.texts),
        strip=list(reversed(runs)),
        upcoming=upcoming[0] if upcoming else None,
    )


def _broken(visit: Visit, name: str) -> str:
    """What is wrong in a robot's folder."""
    try:
        bootstrap.robot(visit.console.office, name)
    except ConfigurationError as error:
        return sentence_of(error, visit.texts)
    return ""


@router.get(f"{LIST}/{{robot_id}}")
def one_robot(visit: MaySee, robot_id: str) -> Response:
    """One robot: what it does, its passport, its runs and its plan."""
    robot, plans = known_robot(visit.console, robot_id), visit.console.plans
    readme = bootstrap.robot_readme(visit.console.office, robot.id)
    runs = visit.console.parts.view.runs(RunFilter(robot=robot.id), limit=STRIP)
    return page(
        visit,
        "robot",
        row=_row(visit, robot, plans, runs),
        robot=robot,
        title=robot_title(robot, visit.texts),
        readme=readme[:README_LONGEST],
        firings=_firings(plans, robot, visit.now, most=FIRINGS_SHOWN),
        runs=runs,
        matched=matched_chart(visit.console.parts.view.months(robot.id, limit=MONTHS), visit.texts),
        runnable=robot.phase in (Phase.TRIAL, Phase.PRODUCTION),
    )


def _firings(plans: Plans, robot: Robot, now: datetime, *, most: int) -> list[datetime]:
    """The robot's next moments as people have changed them; none while it is paused without an end."""
    found, after = list[datetime](), now
    for _ in range(MOST_LOOKED_AT if robot.schedule else 0):
        firing = plans.upcoming(robot, after)
        if firing is None or len(found) == most:
            break
        found += [] if firing.skipped else [firing.nominal]
        after = firing.nominal
    return found


@router.get(f"{LIST}/{{robot_id}}/koer")
def ask(visit: MayRun, robot_id: str) -> Response:
    """What a run would read, before it is asked for."""
    asked = visit.typed("period")
    period = asked if is_period(asked) else default_period(visit.today)
    return _ask_page(visit, known_robot(visit.console, robot_id), period)


def _ask_page(
    visit: Visit, robot: Robot, period: str, *, error: str = "", status: int = HTTPStatus.OK
) -> Response:
    console = visit.console
    return page(
        visit,
        "run_now",
        status=status,
        robot=robot,
        title=robot_title(robot, visit.texts),
        period=period,
        files=[file_to_read(console, one, period) for one in robot.sources.values()],
        earlier=console.parts.runs.latest(robot.id, period),
        locked=is_locked(console.parts.signatures, robot.id, period),
        key=visit.typed("key") or token_urlsafe(KEY_BYTES),
        error=error,
        reason=visit.typed("reason"),
        trial=visit.typed("trial") == "yes" if visit.form else robot.phase is Phase.TRIAL,
    )


@router.post(f"{LIST}/{{robot_id}}/koer")
def run_now(visit: MayRun, robot_id: str) -> Response:
    """Put the run in the queue; the same wish twice, or a twin, leads to the run that there is."""
    robot = known_robot(visit.console, robot_id)
    wanted = Wanted(
        period=visit.typed("period"),
        trial=visit.typed("trial") == "yes",
        reason=visit.typed("reason"),
        key=visit.typed("key") or token_urlsafe(KEY_BYTES),
    )
    try:
        made = request_run(robot, wanted, request_tools(visit.console), by=visit.person)
    except (RequestError, ConfigurationError) as error:
        told = sentence_of(error, visit.texts)
        return _ask_page(visit, robot, wanted.period, error=told, status=HTTPStatus.CONFLICT)
    return RedirectResponse(f"/koersler/{made.run_id}?told={'asked' if made.new else 'twin'}", SEE_OTHER)


def file_to_read(console: Console, source: Source, period: str) -> FileToRead:
    """A source's file as it lies now."""
    path = source.path.replace("{period}", period)
    file = console.office.data / path
    if not file.is_file():
        return FileToRead(name=source.name, path=path, there=False)
    facts = file.stat()
    return FileToRead(
        name=source.name,
        path=path,
        there=True,
        size=facts.st_size,
        changed=datetime.fromtimestamp(facts.st_mtime).astimezone(),
    )
