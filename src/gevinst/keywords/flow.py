"""Words of the flows over tables."""

import json
from pathlib import Path

from robot.api import logger
from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn

from gevinst import bootstrap
from gevinst.app.flow_run import FlowRun
from gevinst.app.ports import FINAL_STATES
from gevinst.domain.finding import InputRejectedError
from gevinst.domain.run import RunState
from gevinst.keywords.beginning import runs_by_itself, started_run
from gevinst.keywords.reconciliation import BROKE_DOWN, MOST_SAID, InputNotUsableError, PeopleNeededError
from gevinst.reports.flow_page import control_words
from gevinst.runner.listener import SafeLog
from gevinst.texts import Texts
from gevinst.texts.findings import finding_sentence


@library(scope="SUITE", version="0.1.0")
class flow:  # noqa: N801 - Robot Framework finds a library by its module's name
    """Run a flow over tables, step by step.

    The words are used in order: begin, read, work out, controls, credit, write, end. Rows never pass
    through a keyword, only counts and sums.
    """

    def __init__(self) -> None:
        self._texts = Texts(bootstrap.language())
        self._current: FlowRun | None = None
        self.ROBOT_LIBRARY_LISTENER = SafeLog()

    @keyword
    def begin_run(self, robot: str, period: str = "", files: str = "{}") -> str:
        """Begin the run of a robot and period; under the runner, the run it has started.

        ``period`` is a month such as 2026-10, by default the month before this one. ``files`` is JSON: a file
        by hand for a source. Returns the run's id.
        """
        office = bootstrap.office()
        store = bootstrap.store(office)
        started = started_run(office, store, robot, period=period, folder=self._folder())
        chosen = {name: Path(path) for name, path in json.loads(files).items()}
        self._current = bootstrap.flow_run(office, started, files=chosen, opened=store)
        return started.run_id

    @property
    def _run(self) -> FlowRun:
        if self._current is None:
            raise RuntimeError("Begin Run comes first")
        return self._current

    @keyword
    def read_all_sources(self) -> str:
        """Read every file of the robot; returns files and rows in one line."""
        rows = self._run.read_all()
        files = sum(len(read.files) for read in self._run.reads.values())
        for finding in self._run.findings[:MOST_SAID]:
            logger.warn(finding_sentence(finding, self._texts))
        return self._texts.get("keyword.flow.read", files=files, rows=rows)

    @keyword
    def input_should_be_usable(self) -> None:
        """Fails with every finding when a file cannot be used; nothing of the input is used then."""
        try:
            self._run.check_input()
        except InputRejectedError as error:
            self._run.findings = list(error.findings)
            lines = [finding_sentence(one, self._texts) for one in error.findings[:MOST_SAID]]
            more = len(error.findings) - len(lines)
            said = [*lines, self._texts.get("keyword.more_findings", count=more)] if more else lines
            raise InputNotUsableError("\n".join(said)) from None

    @keyword
    def work_out(self) -> str:
        """Do the work of the robot's flow; returns its conclusion."""
        try:
            self._run.work_out()
        except InputRejectedError as error:
            self._run.findings = list(error.findings)
            raise InputNotUsableError(
                "\n".join(finding_sentence(one, self._texts) for one in error.findings[:MOST_SAID])
            ) from None
        return self._run.conclusion(self._texts.language)

    @keyword
    def controls_should_hold(self) -> str:
        """Warns of every control whose figures differ; returns how many there were."""
        result = self._run.result
        if result is None:
            raise RuntimeError("Work Out comes first")
        for one in result.controls:
            if one.difference:
                logger.warn(
                    self._texts.get(
                        "keyword.flow.control",
                        control=control_words(one, self._texts),
                        expected=self._texts.amount(one.expected) if one.is_amount else one.expected,
                        found=self._texts.amount(one.found) if one.is_amount else one.found,
                    )
                )
        return self._texts.get("keyword.flow.controls", count=len(result.controls))

    @keyword
    def log_gain(self) -> str:
        """Credit the gain of the handled items, each once; returns minutes in one line."""
        gain = self._run.credit_gain()
        if gain is None or gain.note:
            return self._texts.get("keyword.no_gain")
        return self._texts.get("keyword.gain", count=gain.credited_items, minutes=str(gain.minutes_net))

    @keyword
    def write_run_page_and_lists(self) -> str:
        """Write the run page, the lists and the result to the run's folder; returns the page's path."""
        folder = self._folder()
        self._run.write(folder)
        return str(folder / "koersel.html")

    @keyword
    def deliver_files(self) -> int:
        """Hand out what the robot delivers, once a month; returns how many files left or are held."""
        return len(self._run.deliver(self._folder()))

    def _folder(self) -> Path:
        return Path(BuiltIn().get_variable_value("${OUTPUT DIR}"))

    @keyword
    def end_run(self) -> str:
        """Close the run, also one that was stopped by its input or broke down; returns its state.

        Returns "" when there is nothing to end, so that a teardown may end what a step has ended.
        """
        run = self._current
        noted = run.tools.store.find(run.run.run_id) if run else None
        if run is None or (noted and noted.state in FINAL_STATES):
            return ""
        if run.result is None and run.findings:
            run.write(self._folder())
        if run.run.ended is None:
            return self._broke_down(run)
        run.keep()
        return str(run.finish().state)

    def _broke_down(self, run: FlowRun) -> str:
        if runs_by_itself():
            at = bootstrap.now()
            run.tools.store.abandon(run.run.run_id, not_seen_since=at, at=at, summary=BROKE_DOWN)
        return str(RunState.FAILED)

    @keyword
    def no_case_should_be_open(self) -> str:
        """Fails with the conclusion when people are needed; returns the conclusion otherwise."""
        said = self._run.conclusion(self._texts.language)
        if self._run.run.state is not RunState.AGREED:
            raise PeopleNeededError(said)
        return said
