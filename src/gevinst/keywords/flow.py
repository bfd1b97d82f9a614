"""Words of the flows over tables."""

from robot.api import logger
from robot.api.deco import keyword, library

from gevinst import bootstrap
from gevinst.app.flow_run import FlowRun
from gevinst.keywords.run_words import MOST_SAID, RunWords
from gevinst.reports.flow_page import control_words
from gevinst.texts.findings import finding_sentence


@library(scope="SUITE", version="0.1.0")
class flow(RunWords[FlowRun]):  # noqa: N801 - Robot Framework finds a library by its module's name
    """Run a flow over tables, step by step.

    The words are used in order: begin, read, work out, controls, credit, write, end. Rows never pass
    through a keyword, only counts and sums.
    """

    def __init__(self) -> None:
        super().__init__(bootstrap.flow_run)

    @keyword
    def read_all_sources(self) -> str:
        """Read every file of the robot; returns files and rows in one line."""
        rows = self._run.read_all()
        files = sum(len(read.files) for read in self._run.reads.values())
        for finding in self._run.findings[:MOST_SAID]:
            logger.warn(finding_sentence(finding, self._texts))
        return self._texts.get("keyword.flow.read", files=files, rows=rows)

    @keyword
    def work_out(self) -> str:
        """Do the work of the robot's flow; returns its conclusion."""
        with self._working():
            self._run.work_out()
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
    def write_run_page_and_lists(self) -> str:
        """Write the run page, the lists and the result to the run's folder; returns the page's path."""
        folder = self._folder()
        self._run.write(folder)
        return str(folder / "koersel.html")

    @keyword
    def deliver_files(self) -> int:
        """Hand out what the robot delivers, once a month; returns how many files left or are held."""
        return len(self._run.deliver(self._folder()))

    @keyword
    def no_case_should_be_open(self) -> str:
        """Fails with the conclusion when people are needed; returns the conclusion otherwise."""
        return self._say_conclusion()
