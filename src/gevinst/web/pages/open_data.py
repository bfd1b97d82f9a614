"""Open data: what anyone may see once the office has said so, and the switches of who says so."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from gevinst.app.accounts import visitor
from gevinst.app.open_data import (
    DATA_SETS,
    SMALLEST,
    DataSet,
    OpenDataError,
    Row,
    known_set,
    public_sets,
    publish,
)
from gevinst.bootstrap.administration import open_rows
from gevinst.domain.access import Action
from gevinst.domain.audit import AuditRow
from gevinst.reports.open_data import LICENCE, data_package, set_csv, set_json
from gevinst.web.console import Console
from gevinst.web.door import SEE_OTHER
from gevinst.web.rendering import bare_page, page
from gevinst.web.trouble import sentence_of
from gevinst.web.visit import MayPublish, Visit, texts_of

LIST = "/aabne-data"
STATEMENT = "/tilgaengelighed"
PREVIEW = 12  # rows shown of a set
SWITCHED = ("publish.on", "publish.off")

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class ShownSet:
    """A data set as a page shows it."""

    set: DataSet
    rows: tuple[Row, ...]  #: the first ones
    count: int
    history: tuple[AuditRow, ...]  #: when it was made public or withdrawn, newest first


@router.get(LIST)
def open_data(request: Request) -> Response:
    """The public page: what the figures are, and the figures."""
    console: Console = request.app.state.console
    sets = [_shown(console, one) for one in public_sets(console.parts.published)]
    visit = visit_of(request)
    facts: dict[str, Any] = {
        "sets": sets,
        "least": SMALLEST,
        "licence": LICENCE,
        "may_publish": visit is not None and visit.person.may(Action.PUBLISH),
    }
    if visit:
        return page(visit, "open_data", **facts)
    if not sets:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return bare_page(request, "open_data", **facts)


@router.get(f"{LIST}/datapackage.json")
def package(request: Request) -> Response:
    """The description of all public data sets."""
    console: Console = request.app.state.console
    switches = console.parts.published.switches()
    sets = {one: switches[one.id].at for one in public_sets(console.parts.published)}
    if not sets:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    content = data_package(
        sets,
        office=console.office.name,
        address=console.url.rstrip("/"),
        now=console.now(),
        texts=texts_of(request),
    )
    return JSONResponse(content, headers=FOR_ALL)


@router.get(f"{LIST}/udgivelse")
def switches(visit: MayPublish) -> Response:
    """What is public, what would be, and the switch of each."""
    return _switches(visit)


@router.post(f"{LIST}/udgivelse")
def switch(visit: MayPublish) -> Response:
    """Make a data set public, or no longer."""
    try:
        publish(
            visit.console.parts.published,
            visit.typed("data_set"),
            on=visit.typed("on") == "yes",
            by=visit.person,
            why=visit.typed("why"),
            now=visit.now,
        )
    except OpenDataError as error:
        return _switches(visit, error=sentence_of(error, visit.texts), status=HTTPStatus.CONFLICT)
    return RedirectResponse(f"{LIST}/udgivelse", SEE_OTHER)


@router.get(f"{LIST}/{{name}}")
def data(request: Request, name: str) -> Response:
    """A public data set as CSV or JSON."""
    console: Console = request.app.state.console
    data_set, _, ending = name.rpartition(".")
    rows = public_rows(console, data_set)
    if ending == "csv":
        return Response(
            set_csv(known_set(data_set), rows), media_type="text/csv; charset=utf-8", headers=FOR_ALL
        )
    if ending == "json":
        return Response(set_json(rows), media_type="application/json", headers=FOR_ALL)
    raise HTTPException(HTTPStatus.NOT_FOUND)


@router.get(STATEMENT)
def statement(request: Request) -> Response:
    """The accessibility statement of the public page."""
    return bare_page(request, "accessibility")


#: Public figures may be fetched by pages of other sites.
FOR_ALL = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}


def public_rows(console: Console, data_set: str) -> list[Row]:
    """The rows of a data set that is public.

    Raises:
        HTTPException: 404, there is none of the name, or it is not public: an outsider cannot tell which.
    """
    if data_set not in {one.id for one in public_sets(console.parts.published)}:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return open_rows(console.office, console.parts, data_set)


def visit_of(request: Request) -> Visit | None:
    """The visit of one who happens to be signed in; None for the public."""
    console: Console = request.app.state.console
    seen = visitor(console.door.book, request.cookies.get(console.cookie, ""), console.now())
    return Visit(console=console, request=request, texts=texts_of(request), seen=seen) if seen else None


def _shown(console: Console, of: DataSet) -> ShownSet:
    rows = open_rows(console.office, console.parts, of.id)
    history = console.parts.runs.audit_of(SWITCHED, of.id)
    return ShownSet(set=of, rows=tuple(rows[:PREVIEW]), count=len(rows), history=tuple(history[::-1]))


def _switches(visit: Visit, *, error: str = "", status: int = HTTPStatus.OK) -> Response:
    console = visit.console
    public: dict[str, datetime] = {
        name: one.at for name, one in console.parts.published.switches().items() if one.on
    }
    return page(
        visit,
        "publishing",
        status=status,
        sets=[_shown(console, one) for one in DATA_SETS.values()],
        public=public,
        least=SMALLEST,
        error=error,
        why=visit.typed("why"),
    )
