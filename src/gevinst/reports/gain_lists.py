"""The gain report as lists: CSV for a spreadsheet, and the fields that OS2autoproces knows a process by."""

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from gevinst.domain.gain_quarters import MONTHS_OF_YEAR, quarter_of
from gevinst.domain.gain_report import GainReport, RobotGain
from gevinst.domain.gain_terms import GainTerms
from gevinst.domain.gains import MINUTES_PER_HOUR
from gevinst.domain.masking import mask_cpr
from gevinst.domain.money import kroner
from gevinst.domain.robot import Phase, Robot
from gevinst.reports.gain_words import GainWords
from gevinst.texts import Texts

MONTH_COLUMNS = (
    *("robot", "title", "unit", "kind", "month", "quarter", "state", "items", "gross_hours", "cost_hours"),
    *("hours_low", "hours", "hours_high", "planned_hours", "value_low", "value", "value_high"),
    *("running_cost", "net", "price_year"),
)
TITLE_LENGTH, DESCRIPTION_LENGTH = 65, 140
#: First signs with which a spreadsheet takes a text for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
#: Years of payback that OS2autoproces' levels stand for here: within a year, two, five.
ROI_LEVELS = ((12, "VERY_HIGH"), (24, "HIGH"), (60, "LOW"))
PHASES = {
    Phase.IDEA: "IDEA",
    Phase.TRIAL: "IMPLEMENTATION",
    Phase.PRODUCTION: "OPERATION",
    Phase.RETIRED: "DECOMMISSIONED",
}


def month_rows(report: GainReport) -> Iterator[Sequence[Any]]:
    """One row for each robot and month."""
    for robot in report.robots:
        states = {one.quarter: one.state for one in robot.quarters}
        for month in robot.months:
            quarter = quarter_of(month.period)
            hours = (
                month.gross,
                month.costs,
                month.hours.low,
                month.hours.middle,
                month.hours.high,
                month.planned,
            )
            amounts = (month.value.low, month.value.middle, month.value.high, month.running_cost, month.net)
            yield (
                *(robot.robot, robot.title_in("da"), robot.unit, robot.kind, month.period, quarter),
                *(states[quarter], month.items),
                *(_two(one) for one in hours),
                *(kroner(one) for one in amounts),
                report.price_year,
            )


def month_csv(report: GainReport) -> str:
    """The months as CSV: semicolons, decimal commas, a byte order mark, so that Danish Excel opens it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(MONTH_COLUMNS)
    for row in month_rows(report):
        writer.writerow([_cell(value) for value in row])
    return "\ufeff" + text.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", ",")
    text = mask_cpr(str(value))
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def _two(value: Decimal) -> Decimal:
    return round(value, 2)


def process_fields(row: RobotGain, robot: Robot, texts: Texts) -> dict[str, Any]:
    """A robot in the field names of an OS2autoproces process; what the office alone knows is left empty.

    Time is the work by hand: occurrences a year, minutes for each, percent that the robot took over, and the
    hours that these come to.
    Users, systems and technologies are objects of that installation and cannot be named from here.
    """
    months = max(1, sum(one.counts for one in row.months))
    closed = sum(one.items for one in row.months) * MONTHS_OF_YEAR // months
    minutes = sum((one.gross for one in row.months), Decimal(0)) * MINUTES_PER_HOUR * MONTHS_OF_YEAR / months
    percent = _automated(row)
    items = closed * 100 // percent if percent else closed
    terms = robot.gain.terms if robot.gain else GainTerms()
    words = GainWords(texts)
    return {
        "title": row.title_in("da")[:TITLE_LENGTH],
        "shortDescription": texts.get("gain.autoproces.short", title=row.title_in("da"))[:DESCRIPTION_LENGTH],
        "phase": PHASES[robot.phase],
        "status": "INPROGRESS",
        "runPeriod": _run_period(robot),
        "kle": None,
        "legalClause": robot.passport.legal_basis[:DESCRIPTION_LENGTH] if robot.passport else None,
        "owner": None,
        "contact": None,
        "itSystems": [],
        "itSystemsDescription": ", ".join(sorted(one.name for one in robot.sources.values())),
        "technologies": [],
        "timeSpendOccurancesPerEmployee": items,
        "timeSpendPerOccurance": float(round(minutes / closed, 2)) if closed else 0.0,
        "timeSpendEmployeesDoingProcess": 1,
        "timeSpendPercentageDigital": percent,
        "timeSpendComputedTotal": int(minutes // MINUTES_PER_HOUR),
        "timeSpendComment": texts.get(
            "gain.autoproces.comment",
            low=words.whole(row.hours.low),
            hours=words.whole(row.hours.middle),
            realised=words.whole(row.realised),
            owner=mask_cpr(row.owner),
        ),
        "targetsCompanies": False,
        "targetsCitizens": False,
        "levelOfQuality": "NOT_SET",
        "levelOfSpeed": "NOT_SET",
        "levelOfRoutineWorkReduction": _reduction(row),
        "evaluatedLevelOfRoi": _roi(row),
        "expectedDevelopmentTime": None,
        "codeRepositoryUrl": None,
        "putIntoOperation": terms.in_operation.isoformat() if terms.in_operation else None,
        "decommissioned": None,
    }


def _automated(row: RobotGain) -> int:
    """Percent of the items that the robot closed."""
    return 0 if row.exceptions is None else int(((1 - row.exceptions) * 100).to_integral_value())


def _reduction(row: RobotGain) -> str:
    if row.costs_time:
        return "VERY_LOW"
    return "NOT_SET" if row.share is None else ("VERY_HIGH" if row.share >= 1 else "HIGH")


def _roi(row: RobotGain) -> str:
    if row.investment is None:
        return "NOT_SET"
    months = row.investment.payback
    return next((level for limit, level in ROI_LEVELS if months is not None and months <= limit), "VERY_LOW")


def _run_period(robot: Robot) -> str:
    words = robot.schedule.casefold()
    if not words:
        return "ONDEMAND"
    if any(word in words for word in ("hver bankdag", "weekday", "daglig", "daily", "bankdage", "minut")):
        return "DAILY"
    weekdays = (
        "mandag",
        "tirsdag",
        "onsdag",
        "torsdag",
        "fredag",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
    )
    return "WEEKLY" if any(day in words for day in (*weekdays, "friday")) else "MONTHLY"
