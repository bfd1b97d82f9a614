"""An office's database, and a demo year made once."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gains import url_in
from gevinst.app.gain_report import GainTools, gain_report
from gevinst.demo.year import MONTHS, TRUTH, lay_out_year
from gevinst.domain.gain_report import GainReport
from gevinst.domain.robot import Robot
from gevinst.formats.gain_settings import read_gain_settings
from gevinst.formats.robot_folder import find_office, load_robot
from gevinst.store import open_parts
from gevinst.store.opening import StoreParts

ROOT = Path(__file__).parents[3]
ROBOTS = ("hovedkonto", "kortindloesning", "skattekonto")


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[StoreParts]:
    """Give an empty office's store."""
    opened = open_parts(url_in(tmp_path))
    yield opened
    opened.runs.close()


@dataclass(frozen=True, kw_only=True)
class DemoYear:
    """The year of three robots."""

    folder: Path
    robots: list[Robot]
    tools: GainTools
    report: GainReport
    truth: Path

    def database_in(self, folder: Path) -> str:
        """URL of a copy of the database."""
        shutil.copy(self.folder / "gevinst.db", folder / "gevinst.db")
        return url_in(folder)


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoYear]:
    """Give the demo year, with its report as of 2 November 2026."""
    from gains import TODAY, tools  # noqa: PLC0415 - builders

    folder = tmp_path_factory.mktemp("year")
    opened = open_parts(url_in(folder))
    office = find_office(ROOT)
    robots = [load_robot(office, name) for name in ROBOTS]
    assert lay_out_year(folder, robots, store=opened.runs, book=opened.gains)
    made: Any = tools(opened, read_gain_settings(ROOT), today=TODAY)
    report = gain_report(robots, MONTHS, made)
    yield DemoYear(folder=folder, robots=robots, tools=made, report=report, truth=folder / TRUTH)
    opened.runs.close()
