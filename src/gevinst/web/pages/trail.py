"""The audit trail: who did what and when, whether it is whole, and its rows for an auditor."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from gevinst.app.trail_check import TrailCheck
from gevinst.app.trail_search import TrailQuestion, rows_of
from gevinst.bootstrap.evidence import check_trail
from gevinst.domain.audit import AuditEvent, AuditRow
from gevinst.reports.trail_export import trail_csv, trail_json
from gevinst.reports.trail_words import fault_sentences
from gevinst.texts import OFFICE_ZONE, Texts
from gevinst.web.rendering import page
from gevinst.web.typed import day_of, moment_on, small_number
from gevinst.web.visit import MaySeeTrail, Visit

LIST = "/revisionsspor"
PAGE = 50
LONGEST = 200  # signs of a detail on the page; the export has all
#: Acts that a person asks for, by their first part; web.trail.act.<part> of the catalogue.
ACTS = ("account", "audit", "case", "decision", "delivery", "evidence", "gain", "login", "publish", "run")

CHECKSUM = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{24,}\b")

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address asks for, as it was typed."""

    first: str
    last: str
    who: str
    what: str
    robot: str

    def address(self, **more: str | int) -> str:
        """The same question as an address."""
        kept = {name: value for name, value in {**vars(self), **more}.items() if value}
        return f"{LIST}?{urlencode(kept)}"


@router.get(LIST)
def trail(visit: MaySeeTrail) -> Response:
    """Rows of the trail, newest first, by the filters of the address."""
    return _page(visit, _asked(visit))


@router.post(f"{LIST}/kontrol")
def check(visit: MaySeeTrail) -> Response:
    """Check chain, evidence and tables, and note in the trail that it was done."""
    found = check_trail(visit.console.office, visit.console.parts.runs, ())
    _note(visit, "audit.check", rows=found.rows, seals=found.seals, whole=int(found.whole))
    return _page(visit, _asked(visit), checked=found)


@router.post(f"{LIST}/eksport")
def export(visit: MaySeeTrail) -> Response:
    """The rows that are asked for as a file; that they were taken out is a row of its own."""
    asked = _asked(visit)
    rows = rows_of(visit.console.parts.runs, _question(asked))
    as_json = visit.typed("format") == "json"
    text, kind, name = (
        (trail_json(rows), "application/json", "revisionsspor.json")
        if as_json
        else (trail_csv(rows), "text/csv; charset=utf-8", "revisionsspor.csv")
    )
    _note(visit, "audit.export", rows=len(rows), **_question(asked).asked())
    return Response(
        text.encode(), media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'}
    )


def _page(visit: Visit, asked: Asked, *, checked: TrailCheck | None = None) -> Response:
    rows = visit.console.parts.trail.newest(
        _question(asked), before=small_number(visit.typed("before")), limit=PAGE + 1
    )
    shown = rows[:PAGE]
    return page(
        visit,
        "trail",
        asked=asked,
        rows=[(row, act_words(row, visit.texts), detail_words(row)) for row in shown],
        older=asked.address(before=shown[-1].number) if len(rows) > PAGE else "",
        head=visit.console.parts.runs.audit_head(),
        acts=ACTS,
        checked=checked,
        faults=fault_sentences(checked, visit.texts) if checked else (),
    )


def act_words(row: AuditRow, texts: Texts) -> str:
    """An act in words where the catalogue has them; else as it stands in the trail."""
    key = f"web.trail.{row.what}"
    return texts.get(key) if texts.has(key) else row.what


def detail_words(row: AuditRow) -> str:
    """What a row says besides, on one line."""
    text = ", ".join(f"{name}: {_short(value)}" for name, value in sorted(row.detail.items()))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _short(value: str | int) -> str:
    """A value with its checksums cut; the export has them whole."""
    return CHECKSUM.sub(r"\1…", str(value))


def _asked(visit: Visit) -> Asked:
    names = ("first", "last", "who", "what", "robot")
    return Asked(**{name: visit.typed(name) for name in names})


def _question(asked: Asked) -> TrailQuestion:
    return TrailQuestion(
        first=_moment(asked.first, time.min),
        last=_moment(asked.last, time.max),
        who=asked.who,
        what=asked.what,
        robot=asked.robot,
    )


def _moment(day: str, at: time) -> datetime | None:
    """A day's first or last moment in the office's zone; None for no day."""
    known = day_of(day)
    moment = moment_on(known, at) if known else None
    return moment and moment.astimezone(OFFICE_ZONE)


def _note(visit: Visit, what: str, **detail: str | int) -> None:
    event = AuditEvent(at=visit.now, who=visit.person.user, what=what, subject="audit", detail=detail)
    visit.console.parts.runs.append_audit(event)
