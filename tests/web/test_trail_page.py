"""The audit trail in the console."""

import csv
import io
import re

from sqlalchemy import create_engine, text

from gevinst.app.trail_search import TrailQuestion
from gevinst.domain.audit import AuditEvent
from gevinst.web.console import Console
from web.offices import reader


def a_row(console: Console, number: int, *, who: str = "controller", robot: str = "hovedkonto") -> AuditEvent:
    what = "case.claim" if number % 2 else "run.end"
    return AuditEvent(
        at=console.now(), who=who, what=what, subject=f"sag {number}", detail={"robot": robot, "n": number}
    )


def test_an_auditor_sees_who_did_what_newest_first_and_pages_back(console: Console) -> None:
    for number in range(120):
        console.parts.runs.append_audit(a_row(console, number))
    auditor = reader(console, "auditor")

    first = auditor.get("/revisionsspor?who=controller").text
    older = re.search(r'href="(/revisionsspor\?[^"]*before=\d+)"', first)
    assert older
    second = auditor.get(older.group(1).replace("&amp;", "&")).text

    assert "sag 119" in first
    assert "sag 70" in first
    assert "sag 69<" not in first
    assert "sag 69<" in second
    assert "sag 20" in second


def test_the_page_and_the_export_find_the_same_rows(console: Console) -> None:
    for number in range(20):
        console.parts.runs.append_audit(a_row(console, number, robot="moms" if number % 3 else "skattekonto"))
    auditor = reader(console, "auditor")

    page = console.parts.trail.newest(TrailQuestion(robot="moms", what="case"), before=None, limit=100)
    exported = auditor.post("/revisionsspor/eksport", robot="moms", what="case", format="csv")

    rows = list(csv.DictReader(io.StringIO(exported.content.decode("utf-8-sig")), delimiter=";"))
    assert [row.subject for row in page][::-1] == [row["subject"] for row in rows]
    assert len(rows) == 7


def test_a_look_at_the_trail_is_noted_in_it(console: Console) -> None:
    auditor = reader(console, "auditor")

    auditor.post("/revisionsspor/eksport", format="json")
    checked = auditor.post("/revisionsspor/kontrol")

    assert 'class="told ok"' in checked.text
    assert [row.who for row in console.parts.runs.audit_of(["audit.export", "audit.check"])] == [
        "auditor"
    ] * 2


def test_a_changed_row_is_named(console: Console) -> None:
    console.parts.runs.append_audit(a_row(console, 1))
    number = console.parts.runs.append_audit(a_row(console, 2)).number
    console.parts.runs.append_audit(a_row(console, 3))
    engine = create_engine(console.office.database)
    with engine.begin() as connection:
        for (trigger,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
        ).all():
            connection.execute(text(f'DROP TRIGGER "{trigger}"'))
        connection.execute(
            text("UPDATE audit SET who = 'someone' WHERE number = :number"), {"number": number}
        )

    shown = reader(console, "auditor").post("/revisionsspor/kontrol").text

    assert "Sporet er ikke helt" in shown
    assert f"{number}" in shown


def test_what_people_wrote_is_shown_as_text(console: Console) -> None:
    event = AuditEvent(
        at=console.now(), who="x", what="run.stop", subject="<b>kørsel</b>", why="<script>alert(1)</script>"
    )
    console.parts.runs.append_audit(event)

    shown = reader(console, "auditor").get("/revisionsspor?first=nonsense&before=x").text

    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
