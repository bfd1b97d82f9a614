"""The accounts of a month: reconciled, open, or missing."""

from dataclasses import replace
from datetime import UTC, datetime

from gevinst.app.period_folder import accounts_of_period
from gevinst.domain.robot import People, Phase, Robot
from gevinst.domain.run import RunState
from gevinst.store.memory import MemoryRunStore
from runs import a_run


def a_robot(robot_id: str, *, phase: Phase = Phase.PRODUCTION, flow: str = "bank_reconciliation") -> Robot:
    people = People(process_owner="Leder", benefit_owner="Chef", controller_group="Gruppe")
    return Robot(
        id=robot_id,
        title={"da": robot_id.title()},
        flow=flow,
        phase=phase,
        people=people,
        sources={},
        version="1",
    )


def test_an_account_that_nobody_has_reconciled_is_listed_as_missing() -> None:
    store = MemoryRunStore()
    done = a_run(robot="hovedkonto", period="2026-10")
    store.start(done)
    store.finish(replace(done, state=RunState.AGREED, ended=datetime(2026, 11, 2, tzinfo=UTC)))

    accounts = accounts_of_period([a_robot("skattekonto"), a_robot("hovedkonto")], store, "2026-10")

    assert [(one.robot, one.run.run_id if one.run else None) for one in accounts] == [
        ("hovedkonto", done.run_id),
        ("skattekonto", None),
    ]


def test_a_rejected_run_leaves_its_account_missing() -> None:
    store = MemoryRunStore()
    rejected = a_run(robot="hovedkonto", period="2026-10")
    store.start(rejected)
    store.finish(replace(rejected, state=RunState.REJECTED, ended=datetime(2026, 11, 2, tzinfo=UTC)))

    accounts = accounts_of_period([a_robot("hovedkonto")], store, "2026-10")

    assert [one.run for one in accounts] == [None]


def test_retired_robots_and_other_flows_have_no_account() -> None:
    robots = [a_robot("gammel", phase=Phase.RETIRED), a_robot("andet", flow="other")]

    assert accounts_of_period(robots, MemoryRunStore(), "2026-10") == []
