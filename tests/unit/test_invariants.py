"""The checker of histories finds what it is there to find."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from gevinst.domain.queue import TicketState
from invariants import Step, broken_laws, history, record_history
from unattended import Installation, an_order

CLAIM = Step(seq=1, what="ticket", id="1", old="waiting", new="claimed", token=1, lane="erp:RPA-01")
OFFER = replace(CLAIM, old="", new="waiting", token=0)
END = replace(CLAIM, old="claimed", new="done")
RUN = replace(CLAIM, what="run", id="run1", old="", new="running")
AGREED = replace(RUN, old="running", new="agreed")


def recorded(url: str, folder: Path) -> Installation:
    """An installation whose history is recorded."""
    made = Installation(url, folder)
    record_history(made.parts.queue._database)
    return made


@pytest.fixture
def office(tmp_path: Path) -> Installation:
    """Give one on SQLite."""
    return recorded(f"sqlite:///{(tmp_path / 'store.db').as_posix()}", tmp_path)


@pytest.fixture
def on_postgresql(postgres_url: str, tmp_path: Path) -> Installation:
    """Give one on PostgreSQL."""
    return recorded(postgres_url, tmp_path)


@pytest.mark.parametrize("kind", ["office", "on_postgresql"])
def test_a_history_of_a_worker_breaks_no_law(request: pytest.FixtureRequest, kind: str) -> None:
    office: Installation = request.getfixturevalue(kind)
    for number in range(3):
        office.queue.offer(an_order(number, lane="erp:RPA-01"))

    office.worker().drain()

    steps = history(office.parts.queue._database)
    assert [one.new for one in steps if (one.what, one.id) == ("ticket", "1")] == [
        "waiting",
        "claimed",
        "done",
    ]
    assert [one.new for one in steps if one.id == "run0"] == ["running", "agreed"]
    assert broken_laws(office.parts, steps) == []


def test_a_ticket_that_is_put_back_behind_the_programs_back_is_found(office: Installation) -> None:
    office.queue.offer(an_order(1))
    office.worker().drain()
    with office.parts.queue._database.writing() as connection:
        connection.execute(text("UPDATE ticket SET state = 'waiting'"))

    office.worker().drain()

    assert office.queue.find("run1").state is TicketState.DONE
    found = broken_laws(office.parts, history(office.parts.queue._database))
    assert "ticket 1: left its end: done → waiting" in found
    assert any(words.startswith("1: done twice") for words in found)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([OFFER, CLAIM, replace(CLAIM, token=2), END], "ticket 1: claimed is followed by waiting → claimed"),
        ([OFFER, replace(CLAIM, token=2), END], "ticket 1: tokens [2]"),
        ([OFFER, CLAIM], "ticket 1: not ended: claimed"),
        ([RUN], "run run1: not ended: running"),
        ([RUN, AGREED, AGREED], "run run1: ended 2 times: ['agreed', 'agreed']"),
        (
            [OFFER, CLAIM, replace(OFFER, id="2"), replace(CLAIM, id="2"), END, replace(END, id="2")],
            "lane erp:RPA-01: 2 was claimed while 1 was",
        ),
        (
            [replace(CLAIM, what="delivery", id="k", old=old, new="delivered") for old in ("prepared",) * 2],
            "delivery k: delivered twice",
        ),
        (
            [replace(CLAIM, what="occurrence", id="r@1", old="", new="offered")] * 2,
            "occurrence r@1: decided 2 times",
        ),
    ],
)
def test_a_broken_law_is_named(tmp_path: Path, steps: list[Step], words: str) -> None:
    office = Installation(f"sqlite:///{(tmp_path / 'store.db').as_posix()}", tmp_path)

    assert words in broken_laws(office.parts, steps)
