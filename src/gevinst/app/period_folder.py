"""The accounts of a month: which are reconciled, which have open items, and which nobody has reconciled."""

from collections.abc import Sequence
from dataclasses import dataclass

from gevinst.app.ports import DONE_STATES, RunStore
from gevinst.domain.robot import Phase, Robot
from gevinst.domain.run import Run

RECONCILING_FLOW = "bank_reconciliation"
ACTIVE = (Phase.TRIAL, Phase.PRODUCTION)


@dataclass(frozen=True, kw_only=True)
class AccountOfPeriod:
    """One account and its standing run of the period."""

    robot: str
    title: str  #: Danish
    owner: str  #: process owner
    run: Run | None  #: the latest run that is done; None when the account is missing


def is_account(robot: Robot) -> bool:
    """Whether a robot's month is one to sign: it reconciles an account, and is at work."""
    return robot.flow == RECONCILING_FLOW and robot.phase in ACTIVE


def accounts_of_period(robots: Sequence[Robot], store: RunStore, period: str) -> list[AccountOfPeriod]:
    """Every active reconciliation robot with its latest done run of the period, by robot id."""
    return [
        AccountOfPeriod(
            robot=robot.id,
            title=robot.title.get("da", robot.id),
            owner=robot.people.process_owner,
            run=store.latest(robot.id, period, DONE_STATES),
        )
        for robot in sorted(robots, key=lambda robot: robot.id)
        if is_account(robot)
    ]
