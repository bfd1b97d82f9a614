"""Keep a measurement of work by hand, and say what it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from gevinst.app.gain_answer import check_clock
from gevinst.app.gain_report import GainTools
from gevinst.domain.gain_measure import Summary, baseline_lines, baseline_of, summary_of
from gevinst.domain.gain_records import GainError, Measurement
from gevinst.domain.gains import FIXED_CASE, Baseline, Method
from gevinst.domain.robot import Robot


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A measurement that was kept, and the baseline that it gives."""

    kept: Measurement
    summary: Summary
    baseline: Baseline
    table: str  #: name of the table of robot.toml that it belongs in
    lines: Sequence[str]  #: of that table


def chosen_case(robot: Robot, case_type: str) -> str:
    """The case type to measure: the one that was named, or the card's only one.

    Raises:
        GainError: GAI-010 no gain card; GAI-012 no such case type; GAI-021 several, and none named.
    """
    if robot.gain is None:
        raise GainError("GAI-010", robot=robot.id)
    known = [*robot.gain.case_types, FIXED_CASE]
    if not case_type and len(robot.gain.case_types) == 1:
        return known[0]
    if not case_type:
        raise GainError("GAI-021", robot=robot.id, known=", ".join(known))
    if case_type not in known:
        raise GainError("GAI-012", robot=robot.id, case=case_type, known=", ".join(known))
    return case_type


def keep_measurement(
    minutes: Sequence[Decimal],
    robot: Robot,
    tools: GainTools,
    *,
    case_type: str,
    method: Method,
    source: str,
    who: str,
    at: datetime,
) -> Measured:
    """Keep the minutes of each item.

    Raises:
        GainError: GAI-007 the clock went backwards; GAI-016 no item was measured.
    """
    if not minutes:
        raise GainError("GAI-016")
    check_clock(tools, at)
    kept = tools.book.keep_measurement(
        Measurement(
            robot=robot.id,
            case_type=case_type,
            method=method,
            minutes=tuple(minutes),
            source=source,
            who=who,
            at=at,
        )
    )
    summary = summary_of(minutes)
    baseline = baseline_of(summary, method, tools.today)
    table = "gain.fixed" if case_type == FIXED_CASE else f"gain.case_types.{case_type}"
    return Measured(
        kept=kept, summary=summary, baseline=baseline, table=table, lines=tuple(baseline_lines(baseline))
    )
