"""The robots that gather files, run for real over the demo office's input."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from acceptance.offices import TestOffice
from gevinst.demo.flows_consolidation import lay_out_consolidation

PERIOD = "2026-10"
CAUSES = {
    "rapportsamling": 0,
    "ydelsesrefusion": 1,
    "maanedsrapporter": 1,
    "projektposteringer": 2,
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> TestOffice:
    made = TestOffice(tmp_path_factory.mktemp("gather") / "office").furnish()
    lay_out_consolidation(made.data, PERIOD)
    return made


def folder(office: TestOffice, robot: str) -> Path:
    return max((office.data / "koersler" / robot / PERIOD).iterdir())


def test_management_gets_one_workbook_whose_totals_are_the_erps(office: TestOffice) -> None:
    assert office.run("budgetopfoelgning").code == 3

    truth = json.loads((office.data / "facit" / f"budgetopfoelgning_{PERIOD}.json").read_text("utf-8"))
    path = folder(office, "budgetopfoelgning") / f"budgetopfoelgning_{PERIOD}.xlsx"
    book = openpyxl.load_workbook(path, data_only=True)
    total: list[Any] = [cell.value for cell in book["Overblik"][37]]
    assert [round(total[at] * 100) for at in (2, 3)] == [truth["budget"], truth["spent"]]
    assert book.sheetnames[:2] == ["Overblik", "Diagrammer"]


def test_a_line_leads_to_the_cell_in_the_runs_copy_of_the_file(office: TestOffice) -> None:
    run = folder(office, "budgetopfoelgning")
    lines = openpyxl.load_workbook(run / f"budgetopfoelgning_{PERIOD}.xlsx")["Linjer"]
    forecast, link = lines["F2"].value, lines["M2"].hyperlink
    sheet, cell = link.location.replace("'", "").split("!")

    file = run / link.target.replace("\\", "/")  # as Excel writes paths
    source = openpyxl.load_workbook(file, data_only=True)[sheet]

    assert round(float(source[cell].value), 2) == forecast


@pytest.mark.parametrize("robot", CAUSES)
def test_a_robot_of_the_demo_office_tells_what_needs_a_person(office: TestOffice, robot: str) -> None:
    ended = office.run(robot)

    assert ended.code == (3 if CAUSES[robot] else 0), ended.err
    result = json.loads((folder(office, robot) / "result.json").read_text("utf-8"))
    assert len(result["cases"]) == CAUSES[robot]
    assert all(one["difference"] == 0 for one in result["controls"])
