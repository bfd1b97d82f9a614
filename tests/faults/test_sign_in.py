"""A system refuses a robot's user: nothing tries on, so that the account is not locked."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from acceptance.offices import TestOffice
from gevinst.app.work import SIGN_IN
from gevinst.domain.alarm import AlarmKind
from gevinst.domain.queue import TicketState
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run, RunState
from unattended import Installation, an_order

FLOW = Path(__file__).parents[1] / "items" / "tasks" / "sign_in.robot"


def test_fault_39_nothing_runs_with_a_refused_user_until_a_person_says_so(
    office: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gevinst.runner.worker.SIGNED_OUT_AGAIN_IN", timedelta(0))
    tried: list[str] = []

    def refused(run: Run, robot: Robot, stopping: Callable[[], bool]) -> Run:
        del robot, stopping
        tried.append(run.robot)
        return office.run_as(run, RunState.FAILED, SIGN_IN)

    for number, lane in ((1, "erp:RPA-01"), (2, "erp:RPA-02")):
        office.queue.offer(an_order(number, lane=lane))
    worker = office.worker(refused)
    assert (worker._one(), worker._one()) == (True, True)
    office.queue.offer(an_order(3, lane="erp:RPA-01"))
    assert worker._one()

    states = [office.queue.find(f"run{number}").state for number in (1, 2, 3)]
    assert states == [TicketState.FAILED, TicketState.FAILED, TicketState.WAITING]
    assert tried == ["robot1", "robot2"]
    alarms = office.parts.alarms.alarms()
    assert {(one.kind, one.subject) for one in alarms} == {
        (AlarmKind.SIGN_IN, "erp:RPA-01"),
        (AlarmKind.SIGN_IN, "erp:RPA-02"),
    }

    for one in alarms:
        office.parts.alarms.close_alarm(one.number, by="owner", why="ny adgangskode", at=office.now())
    office.worker().drain()
    assert office.queue.find("run3").state is TicketState.DONE


def test_fault_39_a_suite_says_that_its_user_was_refused(tmp_path: Path) -> None:
    office = TestOffice(tmp_path / "office").furnish()
    office.add_robot("erp")
    file = office.folder / "robots" / "erp" / "robot.toml"
    file.write_text(file.read_text("utf-8").replace("bank_reconciliation", "sign_in"), encoding="utf-8")
    shutil.copy(FLOW, office.folder / "tasks")

    ran = office.run("erp")

    assert (ran.code, ran.facts["state"]) == (1, "failed")
    assert "afviste robottens bruger" in ran.text("koersel.html")
