"""Runs: the list with its filters, one run, and its evidence."""

from asyncio import sleep
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath

from fastapi import APIRouter, HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse

from gevinst import bootstrap
from gevinst.app.console_view import PAGE, RunFilter, RunKey
from gevinst.app.ports import DONE_STATES, StoreError
from gevinst.app.progress import RunningRun, running_run
from gevinst.domain.audit import AuditEvent
from gevinst.domain.queue import Ticket
from gevinst.domain.run import Environment, Run, RunState
from gevinst.texts import Texts
from gevinst.web.console import Console
from gevinst.web.door import SEE_OTHER
from gevinst.web.rendering import page
from gevinst.web.robots import robot_title
from gevinst.web.shield import LOG_CSP
from gevinst.web.turnstile import BusyError
from gevinst.web.typed import moment_of
from gevinst.web.visit import MaySee, MaySeeItems, MayStop, Visit

NOT_FOUND = 404
LIVE_EVERY = 1.0  # seconds
LONGEST_LIVE = 3_600
WATCH_AGAIN = 60_000  # milliseconds
#: Files of an evidence folder that are pages of their own; all others are downloaded.
SHOWN = {
    "koersel.html": "text/html",
    "koersel.en.html": "text/html",
    "log.html": "text/html",
    "report.html": "text/html",
}
#: Our own page brings its style with its hash in a policy of its own; the browser keeps to both policies.
PAGE_CSP = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:"

router = APIRouter()


@router.get("/koersler")
def list_runs(visit: MaySee) -> Response:
    """Runs, newest first, by the filters of the address."""
    wanted = _filter(visit)
    found = visit.console.parts.view.runs(wanted, after=_after(visit), limit=PAGE + 1)
    robots = bootstrap.robots(visit.console.office)
    return page(
        visit,
        "runs",
        runs=found[:PAGE],
        more=found[PAGE - 1] if len(found) > PAGE else None,
        wanted=wanted,
        robots=[(one.id, robot_title(one, visit.texts)) for one in robots],
        titles={one.id: robot_title(one, visit.texts) for one in robots},
        states=[state for state in RunState if state not in (RunState.PLANNED, RunState.QUEUED)],
    )


def _stands(console: Console, run: Run) -> bool:
    """Whether the run's cases are those that wait."""
    standing = console.parts.view.standing(run.robot)
    return standing is not None and standing.run_id == run.run_id


def _filter(visit: Visit) -> RunFilter:
    state, environment = visit.typed("state"), visit.typed("environment")
    return RunFilter(
        robot=visit.typed("robot"),
        period=visit.typed("period"),
        state=RunState(state) if state in set(RunState) else None,
        environment=Environment(environment) if environment in set(Environment) else None,
    )


def _after(visit: Visit) -> RunKey | None:
    started = moment_of(visit.typed("after"))
    return RunKey(started=started, run_id=visit.typed("after_id")) if started else None


@router.get("/koersler/{run_id}")
def show_run(visit: MaySee, run_id: str) -> Response:
    """One run: its conclusion, its figures, and its evidence."""
    run = visit.console.parts.runs.find(run_id)
    if run is None:
        return _waiting_run(visit, run_id)
    folder = visit.console.office.runs / run.folder if run.folder else None
    files = evidence_files(folder) if folder else []
    return page(
        visit,
        "run",
        run=run,
        title=next(
            (
                robot_title(one, visit.texts)
                for one in bootstrap.robots(visit.console.office)
                if one.id == run.robot
            ),
            run.robot,
        ),
        files=files,
        replaced_by=visit.console.parts.runs.replaced_by(run_id),
        has_cases=run.state is RunState.OPEN_ITEMS and _stands(visit.console, run),
        has_paper=run.state in DONE_STATES and run.environment is Environment.PRODUCTION,
        told=visit.typed("told"),
        going=going_words(found, visit.texts) if (found := _going(visit, run)) else "",
        run_page="koersel.en.html" if str(visit.texts.language) == "en" else "koersel.html",
    )


def _waiting_run(visit: Visit, run_id: str) -> Response:
    """A run that has not begun: where it stands in the queue.

    Raises:
        HTTPException: 404, there is no such run.
    """
    return page(visit, "waiting_run", ticket=_ticket(visit.console, run_id), told=visit.typed("told"))


def _ticket(console: Console, run_id: str) -> Ticket:
    """The ticket of a run that has not begun.

    Raises:
        HTTPException: 404, there is none.
    """
    try:
        return bootstrap.queue(console.parts).find(run_id)
    except StoreError:
        raise HTTPException(NOT_FOUND) from None


def _going(visit: Visit, run: Run) -> RunningRun | None:
    if run.state is not RunState.RUNNING:
        return None
    parts = visit.console.parts
    return running_run(run, parts.runs, parts.progress, now=visit.now)


@router.post("/koersler/{run_id}/stop")
def stop_run(visit: MayStop, run_id: str) -> Response:
    """Stop a run that waits or goes on; its worker ends it."""
    parts = visit.console.parts
    queue = bootstrap.queue(parts)
    queue.stop(queue.find(run_id).number, by=visit.person.user)
    event = AuditEvent(
        at=visit.now,
        who=visit.person.user,
        what="run.stop",
        subject=run_id,
        why=visit.typed("reason"),
    )
    parts.runs.append_audit(event)
    return RedirectResponse(f"/koersler/{run_id}?told=stopping", SEE_OTHER)


@router.get("/koersler/{run_id}/live")
async def live(visit: MaySee, run_id: str) -> Response:
    """How a run goes, as server-sent events, until it or the session ends, or an hour has passed."""
    await run_in_threadpool(_known_or_waiting, visit.console, run_id)
    return StreamingResponse(_watched(visit, run_id), media_type="text/event-stream")


async def _watched(visit: Visit, run_id: str) -> AsyncIterator[str]:
    """The events, unless too many are watched: then a browser asks again in a minute, and the page stands."""
    try:
        with visit.console.watching.enter(visit.person.user):
            async for event in _events(visit, run_id):
                yield event
    except BusyError:
        yield f"retry: {WATCH_AGAIN}\n\n"


async def _events(visit: Visit, run_id: str) -> AsyncIterator[str]:
    for _ in range(LONGEST_LIVE):
        if await run_in_threadpool(_signed_out, visit):
            return
        run = await run_in_threadpool(visit.console.parts.runs.find, run_id)
        if run is not None and run.state is not RunState.RUNNING:
            yield "event: ended\ndata: \n\n"
            return
        words = await run_in_threadpool(_progress_words, visit, run) if run else visit.texts.get("run.queued")
        yield f"event: progress\ndata: {' '.join(words.splitlines())}\n\n"
        await sleep(LIVE_EVERY)


def _signed_out(visit: Visit) -> bool:
    """Whether the session is over by now; watching does not keep it open."""
    session = visit.console.door.book.session(visit.session.key_hash)
    return session is None or session.ended(visit.now)


def _known_or_waiting(console: Console, run_id: str) -> None:
    """Go on only for a run that has begun or waits.

    Raises:
        HTTPException: 404, there is none.
    """
    if console.parts.runs.find(run_id) is None:
        _ticket(console, run_id)


def _progress_words(visit: Visit, run: Run) -> str:
    going = _going(visit, run)
    return going_words(going, visit.texts) if going else visit.texts.get("run.going")


def going_words(going: RunningRun, texts: Texts) -> str:
    """How far a run has come, in one line."""
    progress = going.progress
    parts = [progress.phase if progress and progress.phase else texts.get("run.going")]
    if progress and progress.total:
        parts.append(texts.get("run.items", done=progress.done, total=progress.total))
    if going.seconds_left is not None:
        parts.append(texts.get("run.left", minutes=max(1, round(going.seconds_left / 60))))
    return " · ".join(parts)


@router.get("/koersler/{run_id}/filer/{path:path}")
def evidence_file(visit: MaySeeItems, run_id: str, path: str) -> Response:
    """A file of a run's evidence; pages in an origin of their own, the rest as downloads."""
    run = known_run(visit.console, run_id)
    file = _inside(visit.console.office.runs / run.folder, path) if run.folder else None
    if file is None:
        raise HTTPException(NOT_FOUND)
    shown = SHOWN.get(path)
    if shown is None:
        return FileResponse(file, filename=file.name, content_disposition_type="attachment")
    policy = PAGE_CSP if path.startswith("koersel") else LOG_CSP
    return FileResponse(file, media_type=shown, headers={"content-security-policy": policy})


def known_run(console: Console, run_id: str) -> Run:
    """The run of an id.

    Raises:
        HTTPException: 404, there is none.
    """
    run = console.parts.runs.find(run_id)
    if run is None:
        raise HTTPException(NOT_FOUND)
    return run


def evidence_files(folder: Path) -> list[str]:
    """The files of an evidence folder, as paths below it."""
    if not folder.is_dir():
        return []
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _inside(folder: Path, path: str) -> Path | None:
    """A file below a folder; None for any path that leads out, or to none."""
    if ".." in PurePosixPath(path).parts or path.startswith("/") or "\\" in path or "\0" in path:
        return None
    try:
        file = (folder / path).resolve()
        return file if file.is_relative_to(folder.resolve()) and file.is_file() else None
    except OSError:  # a name longer than any file's
        return None
