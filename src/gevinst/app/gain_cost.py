"""Enter time that people still spend on a robot's work into the gain ledger, with a minus sign."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from gevinst.app.gain_answer import check_clock
from gevinst.app.gain_count import exception_cost
from gevinst.app.gain_report import GainTools
from gevinst.domain.gain_card import HANDLING, handling_of
from gevinst.domain.gain_records import GainError
from gevinst.domain.gains import Baseline, GainCard, GainEntry, credited_minutes, to_hundredths
from gevinst.domain.period import is_period
from gevinst.domain.robot import Robot
from gevinst.domain.run import Environment, Run


@dataclass(frozen=True, kw_only=True)
class SpentTime:
    """Time that people spent."""

    period: str
    kind: str  #: supervision, rework or handling
    minutes: Decimal  #: in all
    items: int = 1  #: exceptions handled; for handling only
    case_type: str = ""  #: of the exceptions; for handling only
    at: datetime  #: with a zone


def enter_cost(spent: SpentTime, robot: Robot, tools: GainTools) -> Decimal:
    """Write the entries; gives the minutes that were taken off.

    An exception costs only what it took beyond the old way, by the mean of those that were handled.

    Raises:
        GainError: GAI-007 the clock went backwards; GAI-010 no gain card; GAI-012 no such case type;
            GAI-015 no run of the month; GAI-018 no minutes or items; GAI-019 no month.
    """
    card = robot.gain
    if card is None:
        raise GainError("GAI-010", robot=robot.id)
    if not is_period(spent.period):
        raise GainError("GAI-019", period=spent.period)
    if spent.minutes <= 0 or spent.items < 1:
        raise GainError("GAI-018")
    check_clock(tools, spent.at)
    run = _run(spent, robot, tools)
    entries = [
        _entry(spent, card, run, number) for number in range(spent.items if spent.kind == HANDLING else 1)
    ]
    entries = [one for one in entries if one.minutes]
    tools.store.credit(entries)
    return -credited_minutes(entries)


def _run(spent: SpentTime, robot: Robot, tools: GainTools) -> Run:
    for run in tools.store.standing_runs(robot.id):
        if run.period == spent.period and run.environment is Environment.PRODUCTION:
            return run
    raise GainError("GAI-015", robot=robot.id, period=spent.period)


def _entry(spent: SpentTime, card: GainCard, run: Run, number: int) -> GainEntry:
    handled = spent.kind == HANDLING
    minutes = spent.minutes
    if handled:
        minutes = exception_cost(spent.minutes / spent.items, case_baseline(card, spent.case_type).minutes)
    return GainEntry(
        robot=run.robot,
        item_key=f"cost:{spent.period}:{run.robot}:{spent.kind}:{spent.at.isoformat()}:{number}",
        case_type=handling_of(spent.case_type) if handled else spent.kind,
        period=spent.period,
        card_version=card.version,
        run_id=run.run_id,
        sign=-1,
        minutes=to_hundredths(minutes),
        reason=spent.kind,
        at=spent.at,
    )


def case_baseline(card: GainCard, case_type: str) -> Baseline:
    """The baseline of a case type.

    Raises:
        GainError: GAI-012 the card has no such case type, or nobody did that work before.
    """
    baseline = card.case_types.get(case_type)
    if baseline is None:
        known = ", ".join(name for name, one in card.case_types.items() if one)
        raise GainError("GAI-012", robot=card.robot, case=case_type, known=known)
    return baseline
