"""The work list as a workbook: out with the filter's cases, and in with what a person has answered."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from gevinst import bootstrap
from gevinst.app.case_sheet import (
    KNOWN,
    MOST_LISTED,
    SheetRefusedError,
    SheetTools,
    settle_sheet,
    sheet_key,
)
from gevinst.app.cases import ListedCase
from gevinst.domain.finding import InputRejectedError
from gevinst.domain.masking import mask_cpr
from gevinst.texts import Texts
from gevinst.texts.findings import finding_sentence
from gevinst.web.case_words import list_facts, place_words
from gevinst.web.desk import LIST, asked_filter, desk_of, standing_ids
from gevinst.web.door import SEE_OTHER
from gevinst.web.rendering import page
from gevinst.web.robots import robot_title
from gevinst.web.trouble import sentence_of
from gevinst.web.visit import MayDecide, Visit

SHEET = f"{LIST}/excel"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

router = APIRouter()


@router.get(SHEET)
def take_out(visit: MayDecide) -> Response:
    """The cases of the filter as a workbook to fill in."""
    wanted, _ = asked_filter(visit)
    book, runs = visit.console.parts.cases, standing_ids(visit.console)
    found = book.cases(runs, wanted, limit=MOST_LISTED)
    robots = bootstrap.robots(visit.console.office)
    titles = {robot.id: robot_title(robot, visit.texts) for robot in robots}
    content = bootstrap.case_sheet(
        [sheet_values(one, titles, visit.texts) for one in found],
        visit.texts,
        made=visit.now,
        left_out=book.sums(runs, wanted).count - len(found),
    )
    name = f"{visit.texts.get('sheet.file')}-{visit.today.isoformat()}.xlsx"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=SPREADSHEET, headers=headers)


def sheet_values(listed: ListedCase, titles: dict[str, str], texts: Texts) -> list[Any]:
    """The locked values of a case, in the order of the workbook's columns."""
    case, shown = listed.case, list_facts(listed, texts)
    values = {
        "key": sheet_key(listed),
        "robot": titles.get(case.robot, case.robot),
        "period": case.period,
        "why": shown["why"],
        "what": shown["what"],
        "amount": case.amount,
        "age": shown["age"],
        "oldest": case.oldest,
        "place": "; ".join(mask_cpr(place_words(item, texts)) for item in case.items[:3]),
        "state": texts.get(f"case.state.{listed.standing.state}"),
    }
    return [values[key] for key in KNOWN]


@router.post(SHEET)
def take_in(visit: MayDecide) -> Response:
    """Settle what a workbook says, or nothing, with a reason for each row."""
    upload = visit.upload("sheet")
    if upload is None:
        return _refused(visit, [(0, visit.texts.get("sheet.none_chosen"))])
    tools = SheetTools(
        book=visit.console.parts.cases,
        standing=frozenset(standing_ids(visit.console)),
        desk=lambda seen: desk_of(visit, seen),
        texts=visit.texts,
    )
    try:
        rows = bootstrap.read_case_sheet(upload.filename or "", upload.file.read())
        done = settle_sheet(rows, tools, by=visit.person)
    except InputRejectedError as error:
        return _refused(visit, [(0, finding_sentence(one, visit.texts)) for one in error.findings])
    except SheetRefusedError as error:
        told = [(fault.line, sentence_of(fault.error, visit.texts)) for fault in error.faults]
        return _refused(visit, told, done=error.done)
    return RedirectResponse(f"{LIST}?told=sheet&done={done}", SEE_OTHER)


def _refused(visit: Visit, faults: list[tuple[int, str]], *, done: int = 0) -> Response:
    return page(visit, "work_sheet", status=HTTPStatus.CONFLICT, faults=faults, done=done)
