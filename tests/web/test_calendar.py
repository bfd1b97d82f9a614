"""The calendar page: what ran, what comes, what was left out and why, and how people change the plan."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from gevinst import bootstrap
from gevinst.app.queue_port import Decided, Seen
from gevinst.domain.occurrence import Occurrence, OccurrenceState, Reason
from gevinst.domain.run import RunState
from gevinst.web.console import Console
from runs import a_run, kept
from web.offices import Reader, reader

NOW = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)  # a Wednesday
NEXT = "2026-11-12T05:00:00+00:00"  # 06.00 in Copenhagen: the main account's next run


@pytest.fixture
def at(console: Console) -> Console:
    return replace(console, now=lambda: NOW, today=NOW.date)


@pytest.fixture
def operator(at: Console) -> Reader:
    return reader(at, "operator")


def test_a_month_tells_its_bank_days_its_close_and_its_closed_days(operator: Reader) -> None:
    december = operator.get("/kalender?maaned=2026-12").text

    assert "20 bankdage." in december
    assert "Perioden lukker 30.12.2026." in december
    assert "Nytårsaftensdag" in december
    assert 'href="/kalender?maaned=2026-11"' in december
    assert 'href="/kalender?maaned=2027-01"' in december


def test_a_month_that_is_none_shows_the_one_of_today(operator: Reader) -> None:
    for asked in ("2026-13", "<script>", "9999-99"):
        assert "November 2026" in operator.get(f"/kalender?maaned={asked}").text


def test_past_runs_and_planned_ones_stand_in_the_list(at: Console, operator: Reader) -> None:
    run = kept(at.parts.runs, a_run("run-1"), RunState.OPEN_ITEMS)

    shown = operator.get("/kalender").text

    assert f'href="/koersler/{run.run_id}"' in shown
    assert "/kalender/flyt?robot=hovedkonto&amp;tid=2026-11-12T05%3A00%3A00%2B00%3A00" in shown
    assert "2026-11-10T05" not in shown  # what has passed cannot be moved


def test_what_was_missed_and_what_was_left_out_say_why(at: Console, operator: Reader) -> None:
    moments = [datetime(2026, 11, day, 5, 0, tzinfo=UTC) for day in (9, 10)]
    at.parts.runs.start(run := replace(a_run("run-m"), started=moments[0]))
    at.parts.runs.finish(replace(run, state=RunState.MISSED, ended=moments[0]))
    fence = at.parts.clock.lead("clock", lease=NOW - moments[0])
    assert fence
    decided = Decided(
        robot="hovedkonto",
        seen=Seen(schedule="hver bankdag kl. 06.00", until=NOW),
        occurrences=[
            _became(moments[0], OccurrenceState.MISSED, Reason.POLICY, "run-m"),
            _became(moments[1], OccurrenceState.SKIPPED, Reason.PAUSED, ""),
        ],
    )
    at.parts.clock.record(fence, decided)

    shown = operator.get("/kalender").text

    assert "1 kørsel udeblev." in shown
    assert "robotten indhenter ikke det forsømte" in shown
    assert "robotten var sat på pause" in shown


def _became(moment: datetime, state: OccurrenceState, reason: Reason, run_id: str) -> Occurrence:
    return Occurrence(
        robot="hovedkonto", nominal=moment, planned=moment.date(), state=state, reason=reason, run_id=run_id
    )


def test_a_pause_stands_in_the_calendar_until_someone_ends_it(operator: Reader) -> None:
    done = operator.post("/kalender/pause", robot="hovedkonto", dag="", hvorfor="Ferie <b>nu</b>")
    shown = operator.get("/kalender").text

    assert done.headers["location"] == "/kalender?told=paused"
    assert "Ferie &lt;b&gt;nu&lt;/b&gt;" in shown
    assert "/kalender/flyt?robot=hovedkonto" not in shown
    assert "12.11.2026 06.00" not in operator.get("/robotter/hovedkonto").text

    operator.post("/kalender/fortsaet", robot="hovedkonto", hvorfor="Klar")
    assert "/kalender/flyt?robot=hovedkonto" in operator.get("/kalender").text
    assert "12.11.2026 06.00" in operator.get("/robotter/hovedkonto").text


def test_a_run_is_moved_and_what_was_typed_stays_when_it_cannot_be(operator: Reader) -> None:
    form = {"robot": "hovedkonto", "tid": NEXT, "hvorfor": "Filen kommer sent"}
    refused = operator.post("/kalender/flyt", **form, dag="2026-11-11", klokken="06:00")
    wrong = operator.post("/kalender/flyt", **form, dag="i morgen", klokken="06:00")
    done = operator.post("/kalender/flyt", **form, dag="2026-11-12", klokken="14:30")

    assert (refused.status_code, wrong.status_code) == (409, 409)
    assert "Tidspunktet er passeret" in refused.text
    assert 'value="Filen kommer sent"' in refused.text
    assert done.status_code == 303
    assert "tid=2026-11-12T13%3A30" in operator.get("/kalender").text


def test_a_plan_cannot_be_changed_by_who_only_sees_it(at: Console) -> None:
    auditor = reader(at, "auditor")

    assert "/kalender/pause" not in auditor.get("/kalender").text
    assert auditor.post("/kalender/pause", robot="hovedkonto", hvorfor="x").status_code == 403


@pytest.mark.parametrize("query", ["", "?robot=ukendt&tid=2026-11-12T05:00", "?robot=hovedkonto&tid=x"])
def test_a_run_that_is_not_there_cannot_be_moved(operator: Reader, query: str) -> None:
    assert operator.get(f"/kalender/flyt{query}").status_code == 404


def test_the_offices_own_closed_day_is_no_bank_day_for_its_robots(at: Console) -> None:
    closed = replace(at, office=replace(at.office, closed_days=frozenset({date(2026, 11, 12)})))
    shown = reader(closed, "operator").get("/kalender").text

    assert "Kommunens egen lukkedag" in shown
    assert "20 bankdage." in shown
    assert "robot=hovedkonto&amp;tid=2026-11-12T05" not in shown
    assert "robot=hovedkonto&amp;tid=2026-11-13T05" in shown


def test_own_closed_days_are_read_from_the_settings_file(console: Console) -> None:
    file = console.office.robots.parent / "gevinst.toml"
    file.write_text(
        file.read_text("utf-8").replace("[office]\n", "[office]\nclosed_days = [2026-12-23]\n"), "utf-8"
    )

    assert bootstrap.office(str(file.parent)).closed_days == {date(2026, 12, 23)}
