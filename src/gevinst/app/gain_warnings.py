"""What a reader of the gain report must know: each warning by a code of the catalogue, gain.warn.<code>."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from gevinst.domain.gain_report import RobotGain, UnitGain, Warned
from gevinst.domain.gains import REALISED_HIGH, REALISED_LOW, SMALL_SAMPLE, GainKind, Grade
from gevinst.domain.robot import Phase, Robot
from gevinst.domain.run import Run

MOST_EXCEPTIONS = Decimal("0.5")
#: A robot that claims more hours a year deserves a question (130 robots of one municipality: 96 each).
HOURS_TO_ASK_ABOUT = 1_500


def robot_warnings(
    row: RobotGain, robot: Robot, runs: Sequence[Run], *, today: date, hole: bool
) -> Iterator[Warned]:
    """What is to be said of one robot, the gravest first."""
    if hole:
        yield Warned(code="hole", facts={"robot": row.robot})
    yield from _costs(row)
    yield from _clock(runs)
    yield from _baselines(row, robot, today)
    yield from _missing(row, robot)
    yield from _plan(row)
    yield from _quarters(row)


def _costs(row: RobotGain) -> Iterator[Warned]:
    if row.costs_time:
        yield Warned(code="costs_time", facts={"hours": -row.hours.middle})
    if row.exceptions is not None and row.exceptions > MOST_EXCEPTIONS:
        yield Warned(code="exceptions", facts={"share": row.exceptions})


def _clock(runs: Sequence[Run]) -> Iterator[Warned]:
    """Runs that ended before they began: the machine's clock was set back."""
    for run in runs:
        if run.ended is not None and run.ended < run.started:
            yield Warned(code="clock", facts={"run": run.run_id})


def _baselines(row: RobotGain, robot: Robot, today: date) -> Iterator[Warned]:
    for one in row.cases:
        if one.baseline is None:
            yield Warned(code="card_gone", facts={"case": one.name, "version": one.card_version})
        elif one.stale:
            yield Warned(code="stale", facts={"case": one.name, "day": one.baseline.valid_until})
        elif one.baseline.measured > today:
            yield Warned(code="measured_later", facts={"case": one.name, "day": one.baseline.measured})
        if one.baseline and not one.baseline.estimate and one.baseline.n < SMALL_SAMPLE:
            yield Warned(code="few", facts={"case": one.name, "n": one.baseline.n})
    for name, baseline in robot.gain.case_types.items() if robot.gain else ():
        if baseline is None:
            yield Warned(code="new_work", facts={"case": name})
        elif baseline.grade(today) is Grade.D:
            yield Warned(code="guess", facts={"case": name})


def _missing(row: RobotGain, robot: Robot) -> Iterator[Warned]:
    if row.rate is None:
        yield Warned(code="no_rate")
    if robot.gain and not robot.gain.terms.investments:
        yield Warned(code="no_investment", facts={"robot": row.robot})
    if not row.planned:
        yield Warned(code="no_plan", facts={"robot": row.robot})
    if row.kind is GainKind.FREED_TIME and not row.purpose:
        yield Warned(code="no_purpose", facts={"robot": row.robot})
    if robot.phase is Phase.PRODUCTION and not any(one.items for one in row.months):
        yield Warned(code="nothing", facts={"robot": row.robot})


def _plan(row: RobotGain) -> Iterator[Warned]:
    if row.share is not None and row.share < REALISED_LOW and not row.costs_time:
        yield Warned(code="under_plan", facts={"share": row.share})
    if row.share is not None and row.share > REALISED_HIGH:
        yield Warned(code="over_plan", facts={"share": row.share})
    if row.hours.low > HOURS_TO_ASK_ABOUT:
        yield Warned(code="much", facts={"hours": row.hours.low})


def _quarters(row: RobotGain) -> Iterator[Warned]:
    waiting = [one.quarter for one in row.quarters if one.waits]
    if waiting:
        yield Warned(code="waiting", facts={"quarters": ", ".join(waiting), "owner": row.owner})
    for one in row.quarters:
        if one.changed:
            yield Warned(code="changed", facts={"quarter": one.quarter, "hours": one.hours - one.realised})


def report_warnings(units: Sequence[UnitGain], last: datetime | None, today: date) -> Iterator[Warned]:
    """What is to be said of the whole: hours that a unit does not have, a clock that went backwards."""
    for one in units:
        if one.staff_hours and one.hours.middle > one.staff_hours:
            facts = {"unit": one.unit, "hours": one.hours.middle, "staff": one.staff_hours}
            yield Warned(code="over_staff", facts=facts)
    if last is not None and last.date() > today:
        yield Warned(code="clock_back", facts={"last": last.date(), "today": today})
