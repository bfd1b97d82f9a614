"""The pages for readers do what they say: each page's blocks are carried out in a fresh demo office."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from documents import NOT_RUN, PAGES, ROOT, Block, Command, DemoOfficeFolder, blocks, commands
from gevinst.store import open_store

CARRIED_OUT = [page for page in PAGES if any(block.language == "console" for block in blocks(page))]
TUTORIAL = ROOT / "docs" / "tutorial" / "add-an-account.md"
DANISH_PAGE = ROOT / "docs" / "tutorial" / "laes-koerselssiden.md"
ENGLISH_PAGE = ROOT / "docs" / "tutorial" / "your-first-run.md"
EXPLAINED = ("Opgørelse", "Kontroltotaler", "Matchede poster", "Tvivl")  # headings that both pages explain


def page_id(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def new_office(tmp_path: Path) -> DemoOfficeFolder:
    return DemoOfficeFolder(tmp_path / "et kontor på Ærø")


def result_of(office: DemoOfficeFolder, robot: str) -> dict[str, Any]:
    text = (office.last_run(robot) / "result.json").read_text(encoding="utf-8")
    result = json.loads(text)
    assert isinstance(result, dict)
    return result


def truth_of(office: DemoOfficeFolder, robot: str) -> dict[str, Any]:
    file = office.folder / "output" / "demo" / "facit" / f"{robot}_2026-10.json"
    truth = json.loads(file.read_text(encoding="utf-8"))
    assert isinstance(truth, dict)
    return truth


def gain_of(office: DemoOfficeFolder, robot: str) -> tuple[int, str]:
    """Items and minutes in the ledger of gains."""
    store = open_store(f"sqlite:///{(office.folder / 'output/demo/gevinst.db').as_posix()}")
    entries = store.gain_entries(robot, "2026-10")
    return len(entries), str(store.gain_minutes(robot, "2026-10"))


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in CARRIED_OUT if page != TUTORIAL], ids=page_id)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    new_office(tmp_path).carry_out(page)


def test_commands_that_are_not_run_stand_in_a_page() -> None:
    typed = {one.line for page in CARRIED_OUT for block in blocks(page) for one in commands_of(block)}

    assert NOT_RUN.keys() <= typed


def commands_of(block: Block) -> list[Command]:
    return commands(block) if block.language == "console" else []


@pytest.mark.slow
def test_a_fourth_account_is_added_by_two_files(tmp_path: Path) -> None:
    office = new_office(tmp_path)

    office.carry_out(TUTORIAL)

    result = result_of(office, "gavekonto")
    truth = truth_of(office, "gavekonto")
    assert sorted(path.name for path in (office.folder / "robots" / "gavekonto").iterdir()) == [
        "robot.toml",
        "rules.toml",
    ]
    assert [(one["side"], one["id"], one["amount"]) for one in result["open"]] == [
        (one["side"], one["id"], one["amount"]) for one in truth["open"]
    ]
    assert {pairs_of(one) for one in result["groups"]} == {pairs_of(one) for one in truth["groups"]}
    assert result["run"]["environment"] == "production"
    assert gain_of(office, "gavekonto") == (19, "47.50")
    assert_headings_are_explained((office.last_run("gavekonto") / "koersel.html").read_text(encoding="utf-8"))


def assert_headings_are_explained(run_page: str) -> None:
    """The headings that the two pages for controllers explain are those of the run page."""
    headings = set(re.findall(r"<h2[^>]*>([^<]+)</h2>", run_page))
    for page in (DANISH_PAGE, ENGLISH_PAGE):
        text = page.read_text(encoding="utf-8")
        named = {*EXPLAINED, *re.findall(r"^- \*([^*]+)\*:", text, re.MULTILINE)}
        assert named <= headings
        assert all(name in text for name in EXPLAINED)


def pairs_of(group: dict[str, list[str]]) -> tuple[str, str]:
    [left], [right] = group["left"], group["right"]
    return left, right
