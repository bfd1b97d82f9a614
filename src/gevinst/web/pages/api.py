"""`/api/v1`: what programs may ask and do, with a bearer token.

Amounts are decimal texts in kroner; moments are ISO 8601 with a zone.
"""

import json
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Query, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

import gevinst
from gevinst import bootstrap
from gevinst.app.accounts import person_of_token
from gevinst.app.cases import CASE_PAGE, CaseFilter, CaseKey
from gevinst.app.console_view import PAGE, RunFilter, RunKey
from gevinst.app.open_data import public_sets
from gevinst.app.ports import StoreError
from gevinst.app.request_run import Wanted, request_run
from gevinst.domain.access import Action, Person, require
from gevinst.domain.masking import mask_cpr
from gevinst.domain.money import kroner
from gevinst.domain.queue import TicketState
from gevinst.domain.run import Run, RunState, Trigger
from gevinst.web.console import Console
from gevinst.web.pages.open_data import public_rows
from gevinst.web.robots import known_robot, request_tools
from gevinst.web.typed import moment_of
from gevinst.web.visit import TokenNeededError

ROOT = "/api/v1"
BEARER = "bearer "
KEY_LONGEST = 64
PERIOD = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
ID = r"^[A-Za-z0-9_-]{1,100}$"

#: States of a ticket whose run has not begun, in the words of a run.
QUEUE_STATES = {TicketState.WAITING: "queued", TicketState.CLAIMED: "running"}

router = APIRouter(prefix=ROOT)


class TokenGate:
    """Lets a program through when its token's role may do an action."""

    def __init__(self, action: Action) -> None:
        self.action = action

    async def __call__(self, request: Request) -> Person:
        """Who the program is.

        Raises:
            TokenNeededError, NotAllowedError.
        """
        console: Console = request.app.state.console
        header = request.headers.get("authorization", "")
        key = header[len(BEARER) :].strip() if header.lower().startswith(BEARER) else ""
        person = await run_in_threadpool(person_of_token, console.door.book, key, console.now())
        if person is None:
            raise TokenNeededError
        require(person, self.action)
        return person


Sees = Annotated[Person, Depends(TokenGate(Action.SEE))]
SeesItems = Annotated[Person, Depends(TokenGate(Action.SEE_ITEMS))]
Runs = Annotated[Person, Depends(TokenGate(Action.RUN))]
Id = Annotated[str, Path(pattern=ID)]


class Part(BaseModel):
    """What the API takes and gives; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Trouble(Part):
    """Why something was not done."""

    error: str = Field(description="A stable word for programs.")
    title: str
    detail: str
    do: str = Field(description="What to do about it.")


class WantedRun(Part):
    """A run that is asked for."""

    robot: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", examples=["hovedkonto"])
    period: str = Field(pattern=PERIOD, examples=["2026-10"])
    trial: bool = Field(default=True, description="Computes and shows; delivers nothing and credits nothing.")
    reason: str = Field(default="", max_length=500)


class AskedRun(Part):
    """What became of it."""

    run_id: str
    new: bool = Field(description="False when the same wish or a twin had brought the run already.")
    state: str


class RunFacts(Part):
    """One run."""

    run_id: str
    robot: str
    period: str
    state: str = Field(
        description="queued, running, agreed, open_items, rejected, failed, stopped or missed."
    )
    environment: str
    trigger: str
    triggered_by: str
    started: datetime | None
    ended: datetime | None
    summary: str
    read: int
    matched: int
    open: int
    difference: str
    unexplained: str


class RunPage(Part):
    """Runs, newest first."""

    runs: list[RunFacts]
    after: str = Field(description="Give it back as `after` for the next page; empty on the last.")


class RobotFacts(Part):
    """One robot."""

    robot: str
    title: dict[str, str]
    phase: str
    schedule: str
    process_owner: str
    version: str


class ItemFacts(Part):
    """One item of a case, with its place in the source."""

    side: str
    item_id: str
    booked: date
    amount: str
    currency: str
    text: str
    document: str
    file: str
    line: int
    age_bank_days: int


class CaseFacts(Part):
    """One case of the work list."""

    run_id: str
    number: int
    robot: str
    period: str
    kind: str
    cause: str
    state: str
    claimed_by: str
    amount: str
    oldest: date
    items: list[ItemFacts]


class WorkPage(Part):
    """Cases of the standing runs, oldest first."""

    cases: list[CaseFacts]
    after: str


class PublicSet(Part):
    """A data set that anyone may fetch."""

    id: str
    fields: list[str]
    csv: str
    json_: str = Field(alias="json")


REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"model": Trouble, "description": "It cannot be read"},
    401: {"model": Trouble, "description": "No valid token"},
    403: {"model": Trouble, "description": "The token's roles may not"},
    404: {"model": Trouble, "description": "There is none"},
    422: {"model": Trouble, "description": "A value is not as the description says"},
}


@router.post("/runs", status_code=HTTPStatus.ACCEPTED, responses={**REFUSED, 409: {"model": Trouble}})
def ask_for_run(
    request: Request,
    person: Runs,
    wanted: WantedRun,
    idempotency_key: Annotated[
        str, Header(min_length=8, max_length=KEY_LONGEST, pattern=r"^[A-Za-z0-9_.:-]+$")
    ],
) -> AskedRun:
    """Ask for a run. The same Idempotency-Key again gives the same run."""
    console: Console = request.app.state.console
    wish = Wanted(
        period=wanted.period,
        trial=wanted.trial,
        reason=wanted.reason,
        key=f"{person.user}:{idempotency_key}",
        trigger=Trigger.API,
    )
    made = request_run(known_robot(console, wanted.robot), wish, request_tools(console), by=person)
    return AskedRun(run_id=made.run_id, new=made.new, state=_facts_of(console, made.run_id).state)


@router.get("/runs", responses=REFUSED)
def list_runs(  # noqa: PLR0917 - the parameters of the address
    request: Request,
    person: Sees,
    robot: Annotated[str, Query(max_length=40)] = "",
    period: Annotated[str, Query(pattern=rf"{PERIOD}|^$")] = "",
    state: RunState | None = None,
    after: Annotated[str, Query(max_length=200)] = "",
) -> RunPage:
    """Runs, newest first."""
    del person
    console: Console = request.app.state.console
    wanted = RunFilter(robot=robot, period=period, state=state)
    found = console.parts.view.runs(wanted, after=_run_key(after), limit=PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return RunPage(
        runs=[_run_facts(one) for one in found[:PAGE]],
        after=f"{last.started.isoformat()}~{last.run_id}" if last else "",
    )


@router.get("/runs/{run_id}", responses=REFUSED)
def one_run(request: Request, person: Sees, run_id: Id) -> RunFacts:
    """One run; also one that waits in the queue."""
    del person
    return _facts_of(request.app.state.console, run_id)


@router.get("/runs/{run_id}/result", responses=REFUSED)
def result(request: Request, person: SeesItems, run_id: Id) -> dict[str, Any]:
    """The whole result as it was sealed; its schema is in docs/reference."""
    del person
    console: Console = request.app.state.console
    run = console.parts.runs.find(run_id)
    file = console.office.runs / run.folder / "result.json" if run and run.folder else None
    if file is None or not file.is_file():
        raise HTTPException(HTTPStatus.NOT_FOUND)
    content: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return content


@router.get("/robots", responses=REFUSED)
def robots(request: Request, person: Sees) -> list[RobotFacts]:
    """The office's robots."""
    del person
    found = bootstrap.robots(request.app.state.console.office)
    return [
        RobotFacts(
            robot=one.id,
            title=dict(one.title),
            phase=str(one.phase),
            schedule=str(one.schedule or ""),
            process_owner=one.people.process_owner,
            version=one.version,
        )
        for one in found
    ]


@router.get("/work", responses=REFUSED)
def work(
    request: Request,
    person: SeesItems,
    robot: Annotated[str, Query(max_length=40)] = "",
    after: Annotated[str, Query(max_length=200)] = "",
) -> WorkPage:
    """What waits for people, oldest first."""
    del person
    console: Console = request.app.state.console
    standing = console.parts.view.standing_each(bootstrap.robot_names(console.office))
    runs = [run.run_id for run in standing.values()]
    wanted = CaseFilter(robot=robot)
    found = console.parts.cases.cases(runs, wanted, after=_case_key(after), limit=CASE_PAGE + 1)
    last = found[CASE_PAGE - 1].case if len(found) > CASE_PAGE else None
    return WorkPage(
        cases=[
            CaseFacts(
                run_id=one.case.run_id,
                number=one.case.number,
                robot=one.case.robot,
                period=one.case.period,
                kind=str(one.case.kind),
                cause=one.case.cause,
                state=str(one.standing.state),
                claimed_by=one.standing.claimed_by,
                amount=_amount(one.case.amount),
                oldest=one.case.oldest,
                items=[_item_facts(item) for item in one.case.items],
            )
            for one in found[:CASE_PAGE]
        ],
        after=f"{last.oldest.isoformat()}~{last.run_id}~{last.number}" if last else "",
    )


@router.get("/open-data", responses={404: REFUSED[404]})
def open_sets(request: Request) -> list[PublicSet]:
    """The data sets that anyone may fetch; needs no token."""
    console: Console = request.app.state.console
    return [
        PublicSet(
            id=one.id,
            fields=[field.name for field in one.fields],
            csv=f"/aabne-data/{one.id}.csv",
            json=f"{ROOT}/open-data/{one.id}",
        )
        for one in public_sets(console.parts.published)
    ]


@router.get("/open-data/{data_set}", responses={404: REFUSED[404], 422: REFUSED[422]})
def open_rows(
    request: Request, data_set: Annotated[str, Path(pattern=r"^[a-z]{1,40}$")]
) -> list[dict[str, str | int | None]]:
    """The rows of a public data set; needs no token."""
    return [dict(row) for row in public_rows(request.app.state.console, data_set)]


@router.get("/openapi.json", include_in_schema=False)
def description() -> Response:
    """What the API takes and gives, as OpenAPI."""
    content = get_openapi(
        title="Gevinst", version=gevinst.__version__, routes=router.routes, description=__doc__
    )
    content["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for path, verbs in content["paths"].items():
        if not path.startswith(f"{ROOT}/open-data"):
            for verb in verbs.values():
                verb["security"] = [{"token": []}]
    return JSONResponse(content)


def _facts_of(console: Console, run_id: str) -> RunFacts:
    """A run that has begun, or one that waits.

    Raises:
        HTTPException: 404, there is none.
    """
    run = console.parts.runs.find(run_id)
    if run:
        return _run_facts(run)
    try:
        ticket = bootstrap.queue(console.parts).find(run_id)
    except StoreError:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    order = ticket.order
    return RunFacts(
        run_id=order.run_id,
        robot=order.robot,
        period=order.period,
        state=QUEUE_STATES.get(ticket.state, str(ticket.state)),
        environment="trial" if order.trial else "production",
        trigger=str(order.trigger),
        triggered_by=order.triggered_by,
        started=None,
        ended=None,
        summary="",
        read=0,
        matched=0,
        open=0,
        difference=_amount(0),
        unexplained=_amount(0),
    )


def _run_facts(run: Run) -> RunFacts:
    names = ("run_id", "robot", "period", "triggered_by", "started", "ended", "read", "matched", "open")
    return RunFacts(
        **{name: getattr(run, name) for name in names},
        state=str(run.state),
        environment=str(run.environment),
        trigger=str(run.trigger),
        summary=mask_cpr(run.summary),
        difference=_amount(run.difference),
        unexplained=_amount(run.unexplained),
    )


def _item_facts(item: Any) -> ItemFacts:
    names = ("side", "item_id", "booked", "currency", "document", "file", "line", "age_bank_days")
    facts = {name: getattr(item, name) for name in names}
    return ItemFacts(**facts, amount=_amount(item.amount), text=mask_cpr(item.text))


def _amount(ore: int) -> str:
    return f"{kroner(ore):.2f}"


def _run_key(text: str) -> RunKey | None:
    """Where a page ended.

    Raises:
        HTTPException: 422, it is not what an earlier page gave.
    """
    moment, _, run_id = text.partition("~")
    started = moment_of(moment)
    if text and started is None:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY)
    return RunKey(started=started, run_id=run_id) if started else None


def _case_key(text: str) -> CaseKey | None:
    """As _run_key."""
    if not text:
        return None
    day, _, rest = text.partition("~")
    run_id, _, number = rest.partition("~")
    try:
        return CaseKey(oldest=date.fromisoformat(day), run_id=run_id, number=min(int(number), 2**31))
    except ValueError:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY) from None
