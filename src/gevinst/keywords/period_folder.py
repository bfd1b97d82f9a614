"""Words of the period folder: which accounts of a month are reconciled, and their evidence in one place."""

import shutil
from pathlib import Path
from typing import Any

from robot.api import logger
from robot.api.deco import keyword, library

from gevinst import bootstrap
from gevinst.app.period_folder import AccountOfPeriod, accounts_of_period
from gevinst.texts import Texts

COLUMNS = ("account", "robot", "owner", "state", "open", "difference", "unexplained", "run")


@library(scope="SUITE", version="0.1.0")
class period_folder:  # noqa: N801 - Robot Framework finds a library by its module's name
    """Gather the reconciliations of a month; an account that is missing is listed as missing."""

    def __init__(self) -> None:
        self._texts = Texts(bootstrap.language())
        self._office = bootstrap.office()

    @keyword
    def accounts_of_period(self, period: str) -> list[dict[str, Any]]:
        """One row for each reconciliation robot of the office, with the state of its account in the period.

        The columns are named in the office's language; amounts are texts in kroner.
        """
        return [self._row(account) for account in self._accounts(period)]

    def _accounts(self, period: str) -> list[AccountOfPeriod]:
        return accounts_of_period(bootstrap.robots(self._office), bootstrap.store(self._office), period)

    def _row(self, account: AccountOfPeriod) -> dict[str, Any]:
        run, texts = account.run, self._texts
        values = {
            "account": account.title,
            "robot": account.robot,
            "owner": account.owner,
            "state": texts.get(f"state_of_run.{run.state}" if run else "folder.missing"),
            "open": run.open if run else "",
            "difference": texts.amount(run.difference) if run else "",
            "unexplained": texts.amount(run.unexplained) if run else "",
            "run": run.run_id if run else "",
        }
        return {texts.get(f"folder.{name}"): values[name] for name in COLUMNS}

    @keyword
    def copy_evidence_of_period(self, period: str, target: str) -> int:
        """Copy the evidence of each account's standing run below `target`; returns how many there were.

        A run by plain `robot` has its evidence where that wrote it, and is warned of.
        """
        copied = 0
        for account in self._accounts(period):
            if account.run and account.run.folder:
                source = self._office.runs / account.run.folder
                shutil.copytree(source, Path(target) / account.robot, dirs_exist_ok=True)
                copied += 1
            elif account.run:
                logger.warn(self._texts.get("folder.elsewhere", robot=account.robot, run=account.run.run_id))
        return copied

    @keyword
    def conclusion_of_period(self, period: str) -> str:
        """How many accounts are reconciled, have open items, or are missing, in one sentence."""
        accounts = self._accounts(period)
        done = [account for account in accounts if account.run and account.run.open == 0]
        missing = [account for account in accounts if account.run is None]
        return self._texts.get(
            "folder.conclusion",
            period=period,
            done=len(done),
            open=len(accounts) - len(done) - len(missing),
            missing=len(missing),
        )
