"""The demo year: its truth, and every form of its report."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from gevinst import bootstrap
from gevinst.app.robot_run import RobotRun
from gevinst.demo import lay_out
from gevinst.demo.year import MONTHS, lay_out_year
from gevinst.domain.money import kroner
from gevinst.formats.robot_folder import find_office, load_robot, load_rules
from gevinst.reports.gain_files import write_gain_report
from gevinst.reports.gain_json import gain_json, gain_schema
from gevinst.reports.gain_lists import MONTH_COLUMNS, month_csv, process_fields
from gevinst.reports.gain_page import gain_page
from gevinst.reports.gain_words import GainWords, lead_of
from gevinst.texts import Texts
from integration.gains.calc import NO_CALC, counted_anew, find_calc, formulas_of, values_of
from integration.gains.conftest import ROOT, DemoYear
from runs import a_run


def test_the_report_has_the_hours_that_were_laid_out(year: DemoYear) -> None:
    truth = json.loads(year.truth.read_text(encoding="utf-8"))

    for robot in year.report.robots:
        assert round(robot.hours.middle, 6) == round(Decimal(truth[robot.robot]["hours"]), 6)
        for month in robot.months:
            known = truth[robot.robot]["months"].get(month.period, {"items": 0})
            assert month.items == known["items"]


def test_laying_it_out_again_changes_nothing(year: DemoYear) -> None:
    before = year.tools.book.sums()

    again = lay_out_year(year.folder, year.robots, store=year.tools.store, book=year.tools.book)

    assert not again
    assert year.tools.book.sums() == before


def test_the_month_after_the_year_begins_with_the_list_of_open_items(year: DemoYear, tmp_path: Path) -> None:
    lay_out(tmp_path)
    office = replace(find_office(ROOT), data=tmp_path)
    tools = bootstrap.run_tools(office, year.tools.store)
    rules, robot = load_rules(office.robots / "hovedkonto"), load_robot(office, "hovedkonto")

    carried = RobotRun(a_run(), robot, rules, tools).carried_items()

    assert set(carried["carried_from"]) == {"2026-09"}


def test_three_robots_one_as_planned_one_less_one_that_costs(year: DemoYear) -> None:
    rows = {one.robot: one for one in year.report.robots}

    assert year.report.robots[0].robot == "skattekonto"
    assert rows["skattekonto"].costs_time
    assert Decimal("0.95") < (rows["hovedkonto"].share or 0) < Decimal("1.05")
    assert Decimal("0.6") < (rows["kortindloesning"].share or 0) < Decimal("0.8")
    assert all(not one.changed for row in rows.values() for one in row.quarters)


def test_realised_is_what_was_confirmed_and_nothing_else(year: DemoYear) -> None:
    for robot in year.report.robots:
        confirmed = sum((one.hours for one in robot.quarters if one.state == "confirmed"), Decimal(0))
        assert round(robot.realised, 2) == round(confirmed, 2)


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_page_leads_with_the_cautious_hours_and_the_robot_that_costs(
    year: DemoYear, language: str
) -> None:
    page = gain_page(year.report, language)
    words = GainWords(Texts(language))
    lead = lead_of(year.report, words)

    assert f"<h1>{lead.headline}</h1>" in page
    assert words.whole(year.report.hours.low) in lead.headline
    assert year.report.robots[0].title_in(language) in lead.action
    assert page.index('id="do"') < page.index('id="money"')
    assert "<script" not in page
    assert "style=" not in page


def test_the_data_keep_the_schema(year: DemoYear) -> None:
    values = gain_json(year.report)

    jsonschema.Draft202012Validator.check_schema(gain_schema())
    jsonschema.validate(values, gain_schema())
    jsonschema.validate(json.loads(json.dumps(values)), gain_schema())


def test_the_data_and_the_list_sum_to_the_report(year: DemoYear) -> None:
    rows = list(csv.DictReader(io.StringIO(month_csv(year.report).lstrip("\ufeff")), delimiter=";"))

    assert tuple(rows[0]) == MONTH_COLUMNS
    assert len(rows) == len(MONTHS) * len(year.report.robots)
    for robot in year.report.robots:
        mine = [row for row in rows if row["robot"] == robot.robot]
        assert danish_sum(mine, "value") == kroner(robot.value.middle)
        assert danish_sum(mine, "net") == kroner(robot.value.middle - robot.running_cost)


def danish_sum(rows: Sequence[dict[str, str]], column: str) -> Decimal:
    return sum((Decimal(row[column].replace(",", ".")) for row in rows), Decimal(0))


def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(year: DemoYear) -> None:
    evil = replace(year.report.robots[0], unit='=HYPERLINK("http://x")', title={"da": "+1"})
    report = replace(year.report, robots=(evil,))

    [_, first, *_] = month_csv(report).splitlines()

    assert "'=HYPERLINK" in first
    assert ";'+1;" in first


def test_a_persons_number_is_in_no_form_of_the_report(year: DemoYear, tmp_path: Path) -> None:
    number = "010170-1234"
    row = year.report.robots[1]
    quarters = [replace(one, reason=f"Se {number}", role=number) for one in row.quarters]
    marked = replace(row, unit=number, purpose=number, owner=number, quarters=tuple(quarters))
    report = replace(year.report, robots=(marked,), units=(replace(year.report.units[0], unit=number),))

    paths = write_gain_report(report, year.robots, tmp_path)

    for path in paths:
        text = str(values_of(path)) if path.suffix == ".xlsx" else path.read_text(encoding="utf-8")
        assert number not in text, path.name
        assert number.replace("-", "") not in text, path.name


def test_processes_have_the_field_names_and_lengths_of_os2autoproces(year: DemoYear) -> None:
    fields = [
        process_fields(row, robot, Texts("da"))
        for row in year.report.robots
        for robot in year.robots
        if robot.id == row.robot
    ]

    for one in fields:
        assert len(one["title"]) <= 65
        assert len(one["shortDescription"]) <= 140
        assert 0 <= one["timeSpendPercentageDigital"] <= 100
        by_hand = one["timeSpendOccurancesPerEmployee"] * one["timeSpendPerOccurance"]
        total = by_hand * one["timeSpendPercentageDigital"] / 100 / 60
        assert abs(total - one["timeSpendComputedTotal"]) < 2
    assert [one["evaluatedLevelOfRoi"] for one in fields] == ["VERY_LOW", "VERY_HIGH", "VERY_HIGH"]


def test_the_same_report_gives_the_same_bytes(year: DemoYear, tmp_path: Path) -> None:
    first = write_gain_report(year.report, year.robots, tmp_path / "a")
    second = write_gain_report(year.report, year.robots, tmp_path / "b")

    assert [one.read_bytes() for one in first] == [one.read_bytes() for one in second]


def test_a_report_that_cannot_be_written_leaves_the_earlier_one_whole(year: DemoYear, tmp_path: Path) -> None:
    paths = write_gain_report(year.report, year.robots, tmp_path)
    before = paths[0].read_bytes()
    (tmp_path / "gevinster.html.tmp").mkdir()

    with pytest.raises(OSError, match=r"gevinster\.html\.tmp"):
        write_gain_report(year.report, year.robots, tmp_path)

    assert paths[0].read_bytes() == before


def test_the_workbook_counts_by_formulas(year: DemoYear, tmp_path: Path) -> None:
    workbook = write_gain_report(year.report, year.robots, tmp_path)[2]
    formulas = formulas_of(workbook)

    assert len(formulas) > 1_000
    npv = [one for one in formulas.values() if "NPV(" in one]
    assert len(npv) == 3 * len(year.report.robots)
    assert all(one.startswith("=ROUND(-E") for one in npv), "year 0 stands outside NPV, which discounts it"


@pytest.mark.slow
def test_a_spreadsheet_program_counts_the_same_figures(year: DemoYear, tmp_path: Path) -> None:
    program = find_calc()
    if program is None:
        pytest.skip(NO_CALC)
    workbook = write_gain_report(year.report, year.robots, tmp_path)[2]

    written, counted = values_of(workbook), counted_anew(program, workbook, tmp_path / "calc")

    different = {cell for cell in formulas_of(workbook) if not alike(written.get(cell), counted.get(cell))}
    assert different == set()


def alike(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < 1e-6
    return (one or "") == (other or "")
