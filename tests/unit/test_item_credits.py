"""Which work items earn, and that each earns once."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from gevinst.app.credit_items import credit_items
from gevinst.app.item_report import ItemReport
from gevinst.domain.gains import Baseline, GainCard, Method
from gevinst.domain.robot import Robot
from gevinst.domain.run import Environment, Run, RunState
from gevinst.domain.work_item import NewItem
from gevinst.runner.run_work import RunWork
from unattended import Installation, a_robot

DAY = date(2026, 6, 15)
TIMED = Baseline(
    minutes=Decimal("2.5"), n=30, method=Method.STOPWATCH, measured=DAY, valid_until=date(2036, 6, 15)
)


def a_card(*cases: str) -> Robot:
    card = GainCard(robot="robot1", version="1", case_types=dict.fromkeys(cases, TIMED))
    words = {case: ("rykker",) if case == "rykker" else () for case in cases}
    return replace(a_robot("robot1"), gain=card, case_texts=words)


def worked(office: Installation, *keys: str) -> Run:
    """A run in production that has done some items."""
    run = office.started_by_hand("robot1", Environment.PRODUCTION)
    for key in keys:
        office.parts.items.add(NewItem(queue="faktura", key=key, payload=f'{{"text": ["Til {key}"]}}'))
        claim = office.parts.items.reserve("faktura", run.run_id, lease=timedelta(minutes=1))
        assert claim is not None
        office.parts.items.finish(claim)
    return run


def test_a_run_of_items_that_was_closed_meanwhile_is_as_it_was_closed(tmp_path: Path) -> None:
    office = Installation(f"sqlite:///{(tmp_path / 'store.db').as_posix()}", tmp_path)
    runs, items = office.parts.runs, office.parts.items
    run = worked(office, "F-1")
    pages: list[ItemReport] = []
    work = RunWork(
        secrets=lambda _: {},
        items=items,
        progress=office.parts.progress,
        credit=lambda ended, robot: str(credit_items(ended, robot, items, runs, at=office.now())),
        conclude=lambda _: "Færdig.",
        write=lambda _, report: pages.append(report),
        tell=lambda _: None,
        errors=(),
    )
    runs.abandon(run.run_id, at=office.now(), summary="failure.gone")

    closed = work.closed(run, a_card("faktura"), store=runs, folder=tmp_path, at=office.now())

    assert (closed.state, closed.summary, pages) == (RunState.FAILED, "failure.gone", [])
    office.close()


def test_what_a_run_did_before_it_broke_down_earns_once_with_the_next(tmp_path: Path) -> None:
    office = Installation(f"sqlite:///{(tmp_path / 'store.db').as_posix()}", tmp_path)
    robot, runs, items = a_card("faktura", "rykker"), office.parts.runs, office.parts.items
    broken = worked(office, "F-1", "rykker F-2")
    runs.abandon(broken.run_id, at=office.now(), summary="failure.gone")
    office.now.forward(minutes=1)  # type: ignore[attr-defined] # a SetClock
    second = replace(worked(office, "F-3"), state=RunState.AGREED)

    first_time = credit_items(second, robot, items, runs, at=office.now())
    again = credit_items(second, robot, items, runs, at=office.now())
    runs.finish(replace(second, ended=office.now()))
    office.now.forward(minutes=1)  # type: ignore[attr-defined] # as above
    third = credit_items(replace(worked(office), state=RunState.AGREED), robot, items, runs, at=office.now())

    assert first_time is not None
    assert (first_time.credited_items, first_time.minutes_net) == (3, Decimal("7.50"))
    assert {one.title: one.items for one in first_time.case_types} == {"faktura": 2, "rykker": 1}
    assert again is not None
    assert (again.credited_items, again.already_credited) == (3, 3)
    assert third is not None
    assert third.credited_items == 0
    office.close()
