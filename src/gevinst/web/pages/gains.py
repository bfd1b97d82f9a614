"""Gains: what the robots saved against plan, a benefit owner's answer, and a stopwatch for work by hand."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gevinst.app.gain_answer import Wish, answer_quarter
from gevinst.app.gain_measure import chosen_case, keep_measurement
from gevinst.bootstrap.administration import open_gain_report, open_gain_tools
from gevinst.domain.access import Action
from gevinst.domain.gain_card import is_cost
from gevinst.domain.gain_measure import MOST_MINUTES, Key, Stopwatch, baseline_lines, baseline_of, summary_of
from gevinst.domain.gain_quarters import MONTHS_OF_YEAR, months_between
from gevinst.domain.gain_records import GainError, Measurement, QuarterState
from gevinst.domain.gain_report import GainReport
from gevinst.domain.gains import FIXED_CASE, SMALL_SAMPLE, Method
from gevinst.domain.robot import Robot
from gevinst.reports.gain_chart import bar_chart, column_chart
from gevinst.reports.gain_lists import month_csv
from gevinst.reports.gain_page import gain_page
from gevinst.reports.gain_words import GRAVE, GainWords, grave_first, lead_of
from gevinst.reports.gain_workbook import gain_workbook
from gevinst.reports.numbers import period_words
from gevinst.web.door import SEE_OTHER
from gevinst.web.pages.runs import PAGE_CSP
from gevinst.web.rendering import page
from gevinst.web.robots import known_robot, robot_title
from gevinst.web.trouble import sentence_of
from gevinst.web.typed import small_number
from gevinst.web.visit import MayConfirmGains, MayDecide, MaySeeGains, Visit

LIST = "/gevinster"
YEARS_SHOWN = 5
MOST_ITEMS = 200  # timed in one go; they stand in the address
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULAS = (
    *("gross", "net", "interval", "rate", "posts", "value", "cost", "payback", "present_value"),
    *("return", "realised", "quality", "never"),
)

router = APIRouter()


@router.get(LIST)
def gains(visit: MaySeeGains) -> Response:
    """All robots' gains."""
    year = _year(visit)
    report = _report(visit, year)
    words = GainWords(visit.texts)
    return page(
        visit,
        "gains",
        report=report,
        words=words,
        lead=lead_of(report, words),
        stretch=words.stretch(report),
        bars=bar_chart(report, words) if report.robots else None,
        columns=column_chart(report, words) if report.robots else None,
        warned=[(one, grave_first(one)) for one in report.robots if one.warnings],
        grave=GRAVE,
        formulas=FORMULAS,
        year=year,
        years=range(visit.today.year, visit.today.year - YEARS_SHOWN, -1),
    )


@router.get(f"{LIST}/hent/{{name}}")
def download(visit: MaySeeGains, name: str) -> Response:
    """The report as a workbook with live formulas, as a list, or as the page for the steering group."""
    report = _report(visit, _year(visit))
    if name == "gevinster.html":
        return HTMLResponse(
            gain_page(report, visit.texts.language), headers={"content-security-policy": PAGE_CSP}
        )
    if name == "gevinster.xlsx":
        content, kind = gain_workbook(report, visit.texts.language), XLSX
    elif name == "gevinster.csv":
        content, kind = month_csv(report).encode(), "text/csv; charset=utf-8"
    else:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Response(
        content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'}
    )


@router.get(f"{LIST}/{{robot_id}}")
def robot_gains(visit: MaySeeGains, robot_id: str) -> Response:
    """One robot's gain card, months and quarters."""
    return _robot_page(visit, robot_id)


def _robot_page(visit: Visit, robot_id: str, *, error: str = "", status: int = HTTPStatus.OK) -> Response:
    year = _year(visit)
    report = _report(visit, year)
    row = next((one for one in report.robots if one.robot == robot_id), None)
    robot = known_robot(visit.console, robot_id)
    words = GainWords(visit.texts)
    return page(
        visit,
        "gain",
        status=status,
        report=report,
        row=row,
        robot=robot,
        title=robot_title(robot, visit.texts),
        words=words,
        stretch=words.stretch(report),
        period=lambda one: period_words(one, visit.texts),
        warned=grave_first(row) if row else (),
        grave=GRAVE,
        formulas=FORMULAS,
        mine=_owns(visit, robot) and visit.person.may(Action.CONFIRM_GAINS),
        measurements=visit.console.parts.gains.measurements(robot_id)[::-1],
        cases=[one for one in row.cases if not is_cost(one.name)] if row else (),
        cards=visit.console.parts.gains.cards(robot_id)[::-1],
        error=error,
        told=visit.typed("told"),
        typed={name: visit.typed(name) for name in ("quarter", "reason")},
    )


@router.post(f"{LIST}/{{robot_id}}/svar")
def answer(visit: MayConfirmGains, robot_id: str) -> Response:
    """Confirm or reject a quarter, as its benefit owner."""
    robot = known_robot(visit.console, robot_id)
    try:
        state = QuarterState(visit.typed("state"))
    except ValueError:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY) from None
    if state is QuarterState.CALCULATED:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY)
    wish = Wish(
        quarter=visit.typed("quarter"),
        state=state,
        reason=visit.typed("reason"),
        who=visit.person.user,
        at=visit.now,
    )
    try:
        answer_quarter(wish, robot, open_gain_tools(visit.console.office, visit.console.parts))
    except GainError as error:
        told = sentence_of(error, visit.texts)
        return _robot_page(visit, robot_id, error=told, status=HTTPStatus.CONFLICT)
    return RedirectResponse(f"{LIST}/{robot_id}?told=answered#kvartaler", SEE_OTHER)


@router.get(f"{LIST}/{{robot_id}}/stopur")
def stopwatch(visit: MayDecide, robot_id: str) -> Response:
    """Time items that are done by hand. The times stand in the address, so that a reload loses nothing."""
    robot = known_robot(visit.console, robot_id)
    watch, number = _watch(visit), visit.typed("maaling")
    kept = next(
        (one for one in visit.console.parts.gains.measurements(robot_id) if str(one.number) == number), None
    )
    return page(
        visit,
        "stopwatch",
        robot=robot,
        title=robot_title(robot, visit.texts),
        cases=[*robot.gain.case_types, FIXED_CASE] if robot.gain else [],
        case=visit.typed("sag"),
        words=GainWords(visit.texts),
        watch=watch,
        state=_state(watch, visit.typed("sag")) if watch else {},
        kept=kept,
        result=_result(kept, visit) if kept else None,
        few=SMALL_SAMPLE,
    )


@router.post(f"{LIST}/{{robot_id}}/stopur")
def press(visit: MayDecide, robot_id: str) -> Response:
    """One press of the stopwatch."""
    robot, pressed = known_robot(visit.console, robot_id), visit.typed("key")
    case = chosen_case(robot, visit.typed("sag"))
    now = visit.now.timestamp()
    watch = _watch(visit)
    if watch is None:
        watch = Stopwatch(started=now)
    elif pressed == Key.STOP:
        return _kept(visit, robot, case, watch.minutes)
    elif pressed in set(Key) and len(watch.minutes) < MOST_ITEMS:
        watch.press(Key(pressed), now)
    return RedirectResponse(f"{LIST}/{robot_id}/stopur?{urlencode(_state(watch, case))}", SEE_OTHER)


def _kept(visit: Visit, robot: Robot, case: str, minutes: Sequence[Decimal]) -> Response:
    measured = keep_measurement(
        minutes,
        robot,
        open_gain_tools(visit.console.office, visit.console.parts),
        case_type=case,
        method=Method.STOPWATCH,
        source=str(Method.STOPWATCH),
        who=visit.person.user,
        at=visit.now,
    )
    return RedirectResponse(f"{LIST}/{robot.id}/stopur?maaling={measured.kept.number}", SEE_OTHER)


def _watch(visit: Visit) -> Stopwatch | None:
    """The stopwatch that an address or a form holds; None when none has been started, or it is nonsense."""
    try:
        started, away = float(visit.typed("start")), float(visit.typed("vaek") or 0)
        paused = float(visit.typed("pause")) if visit.typed("pause") else None
        minutes = [Decimal(one) for one in visit.typed("min").split("_") if one]
    except (ValueError, InvalidOperation):
        return None
    now = visit.now.timestamp()
    sane = all(0 < one <= MOST_MINUTES for one in minutes) and 0 < started <= now and 0 <= away <= now
    if not sane or len(minutes) > MOST_ITEMS or (paused is not None and not started <= paused <= now):
        return None
    return Stopwatch(started=started, paused_at=paused, away=away, minutes=minutes)


def _state(watch: Stopwatch, case: str) -> dict[str, str]:
    """The stopwatch as an address holds it."""
    kept = {"sag": case, "start": f"{watch.started:.3f}", "vaek": f"{watch.away:.3f}"}
    if watch.paused_at is not None:
        kept["pause"] = f"{watch.paused_at:.3f}"
    return kept | {"min": "_".join(map(str, watch.minutes))}


def _result(kept: Measurement, visit: Visit) -> dict[str, object]:
    """What a measurement comes to, and the lines that belong in the robot's file."""
    summary = summary_of(kept.minutes)
    baseline = baseline_of(summary, kept.method, visit.today)
    table = "gain.fixed" if kept.case_type == FIXED_CASE else f"gain.case_types.{kept.case_type}"
    return {"summary": summary, "baseline": baseline, "lines": [f"[{table}]", *baseline_lines(baseline)]}


def _owns(visit: Visit, robot: Robot) -> bool:
    """Whether the person is among those who may answer for the robot's benefit owner."""
    settings = open_gain_tools(visit.console.office, visit.console.parts).settings
    return visit.person.user in settings.owners.get(robot.people.benefit_owner, ())


def _year(visit: Visit) -> int | None:
    """The year that is asked for; None for the last four whole quarters."""
    year = small_number(visit.request.query_params.get("aar", ""))
    return year if year is not None and 0 <= visit.today.year - year < YEARS_SHOWN else None


def _report(visit: Visit, year: int | None) -> GainReport:
    months = months_between(f"{year}-01", f"{year}-{MONTHS_OF_YEAR}") if year else ()
    return open_gain_report(visit.console.office, visit.console.parts, months)
