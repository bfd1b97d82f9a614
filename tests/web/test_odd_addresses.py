"""Addresses and forms that no page of ours makes: refused or empty, never a fault of the console's own."""

from collections.abc import AsyncIterator
from dataclasses import replace
from http import HTTPStatus
from typing import Any, cast

import pytest
from starlette.responses import StreamingResponse

from gevinst.app.accounts import Visitor, end_sessions, visitor
from gevinst.app.case_sheet import SheetRefusedError, SheetRow, SheetTools, settle_sheet
from gevinst.app.cases import Desk, ListedCase
from gevinst.app.closing import Answer, Closing
from gevinst.domain.access import Person, Role
from gevinst.texts import Language, Texts
from gevinst.web.console import Console
from gevinst.web.pages.runs import live
from gevinst.web.visit import Visit
from runs import a_run, ended
from web.offices import EVERYTHING, IT, awaited, visiting

MANY = "9" * 30


@pytest.mark.parametrize(
    "path",
    [
        f"/arbejde?least={MANY}",
        f"/arbejde?after=x.{MANY}&after_day=2026-10-01",
        "/koersler?after=0001-01-01T00:00:00%2B14:00&after_id=x",
        "/koersler?after=9999-12-31T23:59:59-14:00&after_id=x",
        "/koersler?after=2026-10-01T06:00:00&after_id=x",
        f"/revisionsspor?before={MANY}",
        "/revisionsspor?first=0001-01-01&last=9999-12-31",
        f"/gevinster?aar={'9' * 5_000}",
        f"/gevinster/hovedkonto/stopur?start=1&min={MANY}&maaling={MANY}",
        "/kalender?maaned=2099-12",
        f"/robotter/hovedkonto/koer?period={MANY}",
    ],
)
def test_a_filter_beyond_all_bounds_still_gives_the_list(console: Console, path: str) -> None:
    assert visiting(console, EVERYTHING).get(path).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "path",
    [
        f"/koersler/{MANY}",
        f"/arbejde/run-1.{MANY}",
        "/koersler/ingen/live",
        "/kalender/flyt?robot=hovedkonto&tid=0001-01-01T00:00:00%2B14:00",
        "/kalender/flyt?robot=hovedkonto&tid=2026-10-01",
        f"/koersler/run-1/filer/{'a' * 5_000}",
        f"/koersler/run-1/filer/{'a/' * 3_000}a",
    ],
)
def test_what_no_run_has_is_not_found(console: Console, path: str) -> None:
    run = replace(a_run("run-1"), folder="hovedkonto/2026-10/run-1")
    console.parts.runs.start(run)
    console.parts.runs.finish(ended(run))

    assert visiting(console, EVERYTHING).get(path).status_code == HTTPStatus.NOT_FOUND


def _no_desk(_seen: ListedCase) -> Desk:
    raise AssertionError("an unknown case has no desk")


def test_a_row_of_a_workbook_with_a_number_beyond_all_bounds_is_an_unknown_case(console: Console) -> None:
    row = SheetRow(line=2, key=f"run-1.{MANY}", version=0, answer=Answer(closing=Closing.WAITS))
    tools = SheetTools(
        book=console.parts.cases, standing=["run-1"], desk=_no_desk, texts=Texts(Language.DANISH)
    )

    with pytest.raises(SheetRefusedError) as refused:
        settle_sheet([row], tools, by=Person(user="anna", roles=frozenset(Role)))

    assert [str(fault.error)[:7] for fault in refused.value.faults] == ["CAS-010"]


def test_a_run_that_is_watched_is_told_of_until_the_session_ends(console: Console) -> None:
    reader = visiting(console, str(Role.AUDITOR))
    run = a_run("run-1")
    console.parts.runs.start(run)
    seen = visitor(console.door.book, reader.client.cookies[console.cookie], console.now())

    told = awaited(_first_and_rest(console, cast("Visitor", seen)))

    assert told[0].startswith("event: progress")
    assert len(told) == 1


async def _first_and_rest(console: Console, seen: Visitor) -> list[str]:
    """What a watcher is told, whose sessions an administrator ends after the first words."""
    visit = Visit(console=console, request=cast("Any", None), texts=Texts(Language.DANISH), seen=seen)
    answer = await live(visit, "run-1")
    assert isinstance(answer, StreamingResponse)
    words = cast("AsyncIterator[str]", answer.body_iterator)
    first = await anext(words)
    end_sessions(console.door.book, by=IT, user=seen.account.user, now=console.now())
    return [first, *[word async for word in words]]
