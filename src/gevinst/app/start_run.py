"""Start a run: what it is called, what it is for, and whether the robot may run."""

from datetime import date, datetime
from secrets import token_hex

from gevinst.app.office import ConfigurationError
from gevinst.domain.calendar import BankCalendar
from gevinst.domain.occurrence import RunMonth
from gevinst.domain.period import is_period, period_of, previous_period
from gevinst.domain.robot import Phase, Robot
from gevinst.domain.run import Environment, Run, RunState, Trigger


def new_run(
    robot: Robot, *, period: str, trial: bool, trigger: Trigger, user: str, now: datetime, run_id: str = ""
) -> Run:
    """A run of a robot that is about to start.

    Raises:
        ConfigurationError: CFG-006 the period is no month; CFG-007 the robot's phase does not run; CFG-008
            parts that production needs are missing; CFG-009 the review date has passed.
    """
    if not is_period(period):
        raise ConfigurationError("CFG-006", period=period)
    if robot.phase in (Phase.IDEA, Phase.RETIRED):
        raise ConfigurationError("CFG-007", robot=robot.id, phase=str(robot.phase))
    production = robot.phase is Phase.PRODUCTION and not trial
    if production:
        _check_passport(robot, now.date())
    return Run(
        run_id=run_id or new_run_id(robot.id, now),
        robot=robot.id,
        robot_version=robot.version,
        period=period,
        environment=Environment.PRODUCTION if production else Environment.TRIAL,
        trigger=trigger,
        triggered_by=user,
        state=RunState.RUNNING,
        started=now,
    )


def new_run_id(robot: str, moment: datetime) -> str:
    """An id that sorts by its moment and that two starts of the same second do not share."""
    return f"{moment:%Y%m%dT%H%M%S}-{robot}-{token_hex(2)}"


def _check_passport(robot: Robot, today: date) -> None:
    missing = robot.missing_for_production()
    if missing:
        raise ConfigurationError("CFG-008", robot=robot.id, missing=", ".join(missing))
    if robot.passport and date.fromisoformat(robot.passport.review) < today:
        raise ConfigurationError("CFG-009", robot=robot.id, review=robot.passport.review)


def default_period(today: date) -> str:
    """The month before that of a day in the office's zone."""
    return previous_period(period_of(today))


def period_due(robot: Robot, today: date) -> str:
    """The month that a run of a robot is for, on a day in the office's zone, when nobody says."""
    if robot.month is RunMonth.BEFORE:
        return default_period(today)
    return period_of(BankCalendar().last_closed(today))
