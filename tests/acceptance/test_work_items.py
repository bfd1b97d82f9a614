"""Robots that split work into items and handle them, with rpaframework's own keywords, in real runs."""

import json
import shutil
from pathlib import Path

import pytest

from acceptance.offices import EARNS, TestOffice

FLOWS = Path(__file__).parents[1] / "items" / "tasks"
ROBOT = """
id = "{id}"
flow = "{flow}"
phase = "{phase}"
[title]
da = "Prøve {id}"
en = "Test {id}"
[people]
process_owner = "Leder af Regnskab"
benefit_owner = "Økonomichef"
controller_group = "Regnskab"
erp_user = "RPA-TEST-01"
[limits]
retries = 0
[sources]
{more}
"""
SPLITS = '[items]\ngives = "faktura"\nkey = "invoice"\ntries = 1\n'
HANDLES = '[items]\ntakes = "faktura"\n' + EARNS


@pytest.fixture
def office(tmp_path: Path) -> TestOffice:
    """An office with a robot that splits and one that handles."""
    made = TestOffice(tmp_path / "office").furnish()
    add_robot(made, "opdeler", "split_invoices", SPLITS)
    add_robot(made, "behandler", "handle_invoices", HANDLES, phase="production")
    return made


def add_robot(office: TestOffice, robot: str, flow: str, more: str, *, phase: str = "trial") -> None:
    (office.folder / "robots" / robot).mkdir()
    file = office.folder / "robots" / robot / "robot.toml"
    file.write_text(ROBOT.format(id=robot, flow=flow, more=more, phase=phase), encoding="utf-8")
    shutil.copy(FLOWS / f"{flow}.robot", office.folder / "tasks")


def keys(office: TestOffice, state: str) -> list[str]:
    rows = office.database(f"SELECT key FROM work_item WHERE state = '{state}' ORDER BY number")  # noqa: S608
    return [row[0] for row in rows]


def test_a_run_splits_its_work_and_another_handles_each_item(office: TestOffice) -> None:
    split = office.run("opdeler")
    handled = office.run("behandler")

    assert (split.code, split.facts["summary"]) == (0, "0 opgaver er klaret, 5 nye er lagt i kø.")
    assert (handled.code, handled.facts["state"]) == (3, "open_items")
    assert keys(office, "done") == ["F-1", "F-3", "F-5"]
    assert keys(office, "business") == ["F-2"]
    assert keys(office, "parked") == ["F-4"]
    assert handled.facts["summary_en"] == "3 items are done, 2 need a person."
    page, said = handled.text("koersel.html"), json.loads(handled.text("opgaver.json"))
    assert "The ERP does not answer" in page
    assert "1234" not in page
    assert [one["state"] for one in said["items"]] == ["done", "business", "done", "parked", "done"]
    assert (handled.facts["minutes_saved"], "<dd>6,0</dd>" in page) == ("6.00", True)
    earned = office.database("SELECT case_type, hundredths, run_id FROM gain")
    assert earned == [("payment", 200, handled.facts["run_id"])] * 3


def test_splitting_the_same_work_again_adds_nothing(office: TestOffice) -> None:
    office.run("opdeler")
    again = office.run("opdeler")

    assert again.facts["summary"] == "0 opgaver er klaret."
    assert len(keys(office, "waiting")) == 5


def test_a_run_that_fails_half_way_has_split_nothing(office: TestOffice) -> None:
    flow = office.folder / "tasks" / "split_invoices.robot"
    flow.write_text(
        flow.read_text(encoding="utf-8") + "    Fail    The list is not whole\n", encoding="utf-8"
    )

    failed = office.run("opdeler")

    assert (failed.code, failed.facts["state"]) == (1, "failed")
    assert office.database("SELECT count(*) FROM work_item") == [(0,)]


def test_a_run_without_items_to_take_is_in_order(office: TestOffice) -> None:
    done = office.run("behandler")

    assert (done.code, done.facts["summary"]) == (0, "0 opgaver er klaret.")
