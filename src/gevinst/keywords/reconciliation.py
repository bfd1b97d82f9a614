"""Words of the reconciliation flows."""

from robot.api import logger
from robot.api.deco import keyword, library

from gevinst import bootstrap
from gevinst.app.robot_run import RobotRun
from gevinst.domain.reconciliation import Reconciliation
from gevinst.domain.source import SourceRead
from gevinst.keywords.run_words import MOST_SAID, RunWords
from gevinst.texts.findings import finding_sentence


@library(scope="SUITE", version="0.1.0")
class reconciliation(RunWords[RobotRun]):  # noqa: N801 - Robot Framework finds a library by its module's name
    """Reconcile an account of a robot, step by step.

    The words are used in order: begin, read, match, credit, write, end. Rows never pass through a keyword,
    only the names of files and sums.
    """

    def __init__(self) -> None:
        super().__init__(bootstrap.robot_run)

    @keyword
    def read_bank_statement(self) -> str:
        """Read the robot's bank statement; returns file, rows and sum in one line."""
        return self._read("bank")

    @keyword
    def read_ledger_postings(self) -> str:
        """Read the robot's ledger export, and its trial balance if it has one; returns file, rows and sum."""
        self._run.read_balances()
        return self._read("ledger")

    def _read(self, name: str) -> str:
        read = self._run.read_source(name)
        if read is None:
            return self._texts.get("keyword.not_read", file=self._run.paths[name].name)
        for finding in read.findings[:MOST_SAID]:
            logger.warn(finding_sentence(finding, self._texts))
        return self._said(read)

    def _said(self, read: SourceRead) -> str:
        return self._texts.get(
            "keyword.read", file=read.file, count=read.rows.read, sum=int(read.items["amount"].sum())
        )

    @keyword
    def match_bank_with_ledger(self) -> str:
        """Match both sides by the robot's rules, with what was open the period before; returns the counts."""
        with self._working():
            result = self._run.match()
        left, right = result.totals.values()
        return self._texts.get(
            "keyword.matched",
            groups=len(result.groups),
            left=left.matched.count,
            right=right.matched.count,
            open=left.open.count + right.open.count,
            proposed=left.proposed.count + right.proposed.count,
        )

    @keyword
    def every_row_should_be_in_its_place(self) -> None:
        """Fails when a row or an øre of either side is neither matched, open, proposed nor rejected."""
        for side, totals in self._result.totals.items():
            left_over = totals.unplaced()
            if left_over.count or left_over.sum:
                raise AssertionError(
                    self._texts.get(
                        "keyword.unplaced", side=str(side), count=left_over.count, sum=left_over.sum
                    )
                )

    @property
    def _result(self) -> Reconciliation:
        result = self._run.result
        if result is None:
            raise RuntimeError("Match Bank With Ledger comes first")
        return result

    @keyword
    def prove_the_balance(self) -> str:
        """The bridge from the bank's balance to the ledger's in one line; it names what is unexplained."""
        bridge = self._result.bridge
        key = "keyword.bridge_holds" if bridge.holds else "keyword.bridge_breaks"
        line = self._texts.get(
            key, left=bridge.left_balance, right=bridge.right_balance, difference=bridge.difference
        )
        if not bridge.holds:
            logger.warn(line)
        return line

    @keyword
    def write_run_page_and_work_list(self) -> str:
        """Write the run page, the work list and the result to the run's folder; returns the page's path."""
        folder = self._folder()
        self._run.write(folder)
        return str(folder / "koersel.html")

    def _hand_out(self) -> None:
        for key in self._run.deliver(self._folder()):
            logger.info(self._texts.get("keyword.delivered", key=key))

    @keyword
    def no_item_should_be_open(self) -> str:
        """Fails with the conclusion when items are open; returns the conclusion otherwise."""
        return self._say_conclusion()
