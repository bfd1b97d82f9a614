"""The words that all flows share: how a run begins, stops for its input, and ends."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from robot.api.deco import keyword
from robot.libraries.BuiltIn import BuiltIn

from gevinst import bootstrap
from gevinst.app.flow_run import FlowRun
from gevinst.app.ports import FINAL_STATES
from gevinst.app.robot_run import RobotRun
from gevinst.domain.finding import InputRejectedError, Severity
from gevinst.domain.run import RunState
from gevinst.keywords.beginning import started_run
from gevinst.runner.child_settings import RUN_SETTING
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


S = TypeVar("S", RobotRun, FlowRun)


class RunWords(Generic[S]):
    """The words that the flows share; each library adds those of its own work."""

    def __init__(self, make: Callable[..., S]) -> None:
        self._texts = Texts(bootstrap.language())
        self._make: Callable[..., S] = make
        self._current: S | None = None
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
        self._current = self._make(office, started, files=chosen, opened=store)
        return started.run_id

    @property
    def _run(self) -> S:
        if self._current is None:
            raise RuntimeError("Begin Run comes first")
        return self._current

    def _folder(self) -> Path:
        return Path(BuiltIn().get_variable_value("${OUTPUT DIR}"))

    @keyword
    def input_should_be_usable(self) -> None:
        """Fails with every finding when a file cannot be used; nothing of the input is used then."""
        try:
            self._run.check_input()
        except InputRejectedError as error:
            raise InputNotUsableError(self._said_of(error)) from None

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Keep what the work itself finds wrong with the input, and fail with it."""
        try:
            yield
        except InputRejectedError as error:
            self._run.findings = list(error.findings)
            raise InputNotUsableError(self._said_of(error)) from None

    def _said_of(self, error: InputRejectedError) -> str:
        """The first findings as a message; the run page has them all."""
        lines: list[str] = [finding_sentence(finding, self._texts) for finding in error.findings[:MOST_SAID]]
        more = len(error.findings) - len(lines)
        return "\n".join([*lines, self._texts.get("keyword.more_findings", count=more)] if more else lines)

    @keyword
    def log_gain(self) -> str:
        """Credit the gain of the handled items, each once; returns minutes in one line."""
        gain = self._run.credit_gain()
        if gain is None or gain.note:
            return self._texts.get("keyword.no_gain")
        return self._texts.get("keyword.gain", count=gain.credited_items, minutes=str(gain.minutes_net))

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
        if run.result is None and (run.findings or _has_errors(run)):
            run.write(self._folder())
        if run.run.ended is None:
            return _broke_down(run)
        run.keep()
        self._hand_out()
        return str(run.finish().state)

    def _hand_out(self) -> None:
        """For a flow that delivers as it ends."""

    def _say_conclusion(self) -> str:
        """Fail with the conclusion when people are needed."""
        said = self._run.conclusion(self._texts.language)
        if self._run.run.state is not RunState.AGREED:
            raise PeopleNeededError(said)
        return said


def _has_errors(run: RobotRun | FlowRun) -> bool:
    return any(one.severity is Severity.ERROR for read in run.reads.values() for one in read.findings)


def _broke_down(run: RobotRun | FlowRun) -> str:
    """Leave the run to the runner that stands behind the suite; without one, close it as failed."""
    if not os.environ.get(RUN_SETTING):
        run.tools.store.abandon(run.run.run_id, at=bootstrap.now(), summary=BROKE_DOWN)
    return str(RunState.FAILED)
