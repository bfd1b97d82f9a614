"""Words of the reconciliation flows."""

import json
import os
from pathlib import Path

from robot.api import logger
from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn

from gevinst import bootstrap
from gevinst.app.ports import FINAL_STATES
from gevinst.app.robot_run import RobotRun
from gevinst.domain.finding import InputRejectedError
from gevinst.domain.reconciliation import Reconciliation
from gevinst.domain.run import RunState
from gevinst.domain.source import SourceRead
from gevinst.keywords.beginning import RUN_SETTING, started_run
from gevinst.runner.listener import SafeLog
from gevinst.texts import Texts
from gevinst.texts.findings import finding_sentence

MOST_SAID = 5  # findings in a message of the log
BROKE_DOWN = "failure.broke_down"


class PeopleNeededError(AssertionError):
    """The run is done, and people are needed; shown without a traceback."""

    ROBOT_SUPPRESS_NAME = True


class InputNotUsableError(AssertionError):
    """The input cannot be used; shown without a traceback."""

    ROBOT_SUPPRESS_NAME = True


@library(scope="SUITE", version="0.1.0")
class reconciliation:  # noqa: N801 - Robot Framework finds a library by its module's name
    """Reconcile an account of a robot, step by step.

    The words are used in order: begin, read, match, credit, write, end. Rows never pass through a keyword,
    only the names of files and sums.
    """

    def __init__(self) -> None:
        self._texts = Texts(bootstrap.language())
        self._current: RobotRun | None = None
        self.ROBOT_LIBRARY_LISTENER = SafeLog()

    @keyword
    def begin_run(self, robot: str, period: str = "", files: str = "{}") -> str:
        """Begin the run of a robot and period; under the runner, the run it has started.

        ``period`` is a month such as 2026-10, by default the month before this one. ``files`` is JSON: a file
        by hand for a source, such as {"bank": "statement.xml"}. Returns the run's id.
        """
        office = bootstrap.office()
        store = bootstrap.store(office)
        started = started_run(office, store, robot, period=period, folder=self._folder())
        chosen = {name: Path(path) for name, path in json.loads(files).items()}
        self._current = bootstrap.robot_run(office, started, files=chosen, opened=store)
        return started.run_id

    @property
    def _run(self) -> RobotRun:
        if self._current is None:
            raise RuntimeError("Begin Run comes first")
        return self._current

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
    def input_should_be_usable(self) -> None:
        """Fails with every finding when a file cannot be used; nothing of the input is used then."""
        try:
            self._run.check_input()
        except InputRejectedError as error:
            raise InputNotUsableError(self._said_of(error)) from None

    def _said_of(self, error: InputRejectedError) -> str:
        """The first findings as a message; the run page has them all."""
        lines = [finding_sentence(finding, self._texts) for finding in error.findings[:MOST_SAID]]
        more = len(error.findings) - len(lines)
        return "\n".join([*lines, self._texts.get("keyword.more_findings", count=more)] if more else lines)

    @keyword
    def match_bank_with_ledger(self) -> str:
        """Match both sides by the robot's rules, with what was open the period before; returns the counts."""
        try:
            result = self._run.match()
        except InputRejectedError as error:
            self._run.findings = list(error.findings)
            raise InputNotUsableError(self._said_of(error)) from None
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
    def log_gain(self) -> str:
        """Credit the gain of the matched items, each once; returns minutes in one line."""
        gain = self._run.credit_gain()
        if gain is None or gain.note:
            return self._texts.get("keyword.no_gain")
        return self._texts.get("keyword.gain", count=gain.credited_items, minutes=str(gain.minutes_net))

    @keyword
    def write_run_page_and_work_list(self) -> str:
        """Write the run page, the work list and the result to the run's folder; returns the page's path."""
        folder = self._folder()
        self._run.write(folder)
        return str(folder / "koersel.html")

    def _folder(self) -> Path:
        return Path(BuiltIn().get_variable_value("${OUTPUT DIR}"))

    @keyword
    def end_run(self) -> str:
        """Close the run, also one that was stopped by its input or broke down; returns its state.

        Returns "" when there is nothing to end: no run has begun, or it has ended, so that a teardown may end
        what a step has ended. A run that broke down is left to the runner, or closed as failed here when
        there is none.
        """
        run = self._current
        noted = run.tools.store.find(run.run.run_id) if run else None
        if run is None or (noted and noted.state in FINAL_STATES):
            return ""
        if run.result is None and (run.findings or self._has_errors()):
            run.write(self._folder())
        if run.run.ended is None:
            return self._broke_down(run)
        run.keep()
        for key in run.deliver(self._folder()):
            logger.info(self._texts.get("keyword.delivered", key=key))
        return str(run.finish().state)

    def _broke_down(self, run: RobotRun) -> str:
        if not os.environ.get(RUN_SETTING):
            at = bootstrap.now()
            run.tools.store.abandon(run.run.run_id, not_seen_since=at, at=at, summary=BROKE_DOWN)
        return str(RunState.FAILED)

    def _has_errors(self) -> bool:
        return any(one.severity == "error" for read in self._run.reads.values() for one in read.findings)

    @keyword
    def no_item_should_be_open(self) -> str:
        """Fails with the conclusion when items are open; returns the conclusion otherwise."""
        said = self._run.conclusion(self._texts.language)
        if self._run.run.state is not RunState.AGREED:
            raise PeopleNeededError(said)
        return said
