"""All files of a gain report in one folder: pages, workbook, list, data, and the fields of OS2autoproces."""

import json
from collections.abc import Sequence
from pathlib import Path

from gevinst.domain.gain_report import GainReport
from gevinst.domain.robot import Robot
from gevinst.reports.gain_json import gain_json
from gevinst.reports.gain_lists import month_csv, process_fields
from gevinst.reports.gain_page import PAGES, gain_page
from gevinst.reports.gain_put import put
from gevinst.reports.gain_workbook import gain_workbook
from gevinst.texts import Language, Texts

WORKBOOK, LIST, DATA, PROCESSES = "gevinster.xlsx", "gevinster.csv", "gevinster.json", "os2autoproces.json"


def write_gain_report(
    report: GainReport, robots: Sequence[Robot], folder: Path, language: Language | str = Language.DANISH
) -> list[Path]:
    """Write the files over those of an earlier report; gives their paths, the page first.

    Raises:
        OSError: the folder cannot be made, or a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = Texts(Language.DANISH)
    by_id = {robot.id: robot for robot in robots}
    processes = [process_fields(row, by_id[row.robot], texts) for row in report.robots]
    contents = {
        **{name: gain_page(report, one) for one, name in PAGES.items()},
        LIST: month_csv(report),
        DATA: _json(gain_json(report)),
        PROCESSES: _json(processes),
    }
    paths = [put(folder / name, text.encode()) for name, text in contents.items()]
    workbook = put(folder / WORKBOOK, gain_workbook(report, language))
    return [*paths[: len(PAGES)], workbook, *paths[len(PAGES) :]]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
