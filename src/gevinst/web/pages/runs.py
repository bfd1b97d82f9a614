"""Runs: the list with its filters, one run, and its evidence."""

from datetime import datetime
from pathlib import Path, PurePosixPath

from fastapi import APIRouter, HTTPException
from starlette.responses import FileResponse, Response

from gevinst import bootstrap
from gevinst.app.console_view import PAGE, RunFilter, RunKey
from gevinst.domain.run import Environment, Run, RunState
from gevinst.web.console import Console
from gevinst.web.pages.overview import robot_title
from gevinst.web.rendering import page
from gevinst.web.shield import LOG_CSP
from gevinst.web.visit import MaySee, MaySeeItems, Visit

NOT_FOUND = 404
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


def _filter(visit: Visit) -> RunFilter:
    state, environment = visit.typed("state"), visit.typed("environment")
    return RunFilter(
        robot=visit.typed("robot"),
        period=visit.typed("period"),
        state=RunState(state) if state in set(RunState) else None,
        environment=Environment(environment) if environment in set(Environment) else None,
    )


def _after(visit: Visit) -> RunKey | None:
    try:
        return RunKey(started=datetime.fromisoformat(visit.typed("after")), run_id=visit.typed("after_id"))
    except ValueError:
        return None


@router.get("/koersler/{run_id}")
def show_run(visit: MaySee, run_id: str) -> Response:
    """One run: its conclusion, its figures, and its evidence."""
    run = known_run(visit.console, run_id)
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
        run_page="koersel.en.html" if str(visit.texts.language) == "en" else "koersel.html",
    )


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
    file = (folder / path).resolve()
    return file if file.is_relative_to(folder.resolve()) and file.is_file() else None
