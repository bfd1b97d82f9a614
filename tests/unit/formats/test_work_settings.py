"""What is refused in a robot's file about chains, items, arrivals, deadlines and deliveries."""

from pathlib import Path

import pytest

from gevinst.app.office import ConfigurationError, Office
from gevinst.formats.robot_folder import find_office, load_robot

ROBOT = """
id = "{id}"
flow = "plain"
phase = "trial"
[title]
da = "Prøve"
[people]
process_owner = "Leder af Regnskab"
benefit_owner = "Økonomichef"
controller_group = "Regnskab"
[sources.bank]
path = "ind/bank.csv"
{source}
{more}
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with one flow."""
    (tmp_path / "gevinst.toml").write_text('[office]\nname = "Prøve"\n', encoding="utf-8")
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "plain.robot").write_text(
        "*** Tasks ***\nOne\n    No Operation\n", encoding="utf-8"
    )
    return find_office(tmp_path)


def add(office: Office, robot: str, more: str = "", source: str = "") -> None:
    folder = office.robots / robot
    folder.mkdir(parents=True)
    (folder / "robot.toml").write_text(ROBOT.format(id=robot, more=more, source=source), encoding="utf-8")


def refused(office: Office, robot: str = "a") -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_robot(office, robot)
    return str(caught.value)


def test_a_robot_runs_after_robots_that_exist(office: Office) -> None:
    add(office, "hovedkonto")
    add(office, "a", '[schedule]\nafter = ["hovedkonto"]\nafter_states = ["agreed"]\n')
    add(office, "b", '[schedule]\nafter = ["hovedkont"]\n')

    after = load_robot(office, "a").after
    assert after is not None
    assert (after.robots, sorted(after.states)) == (("hovedkonto",), ["agreed"])
    assert "CFG-020" in refused(office, "b")
    assert "near=hovedkonto" in refused(office, "b")


def test_robots_that_wait_for_each_other_are_refused_with_the_loop(office: Office) -> None:
    for robot, before in (("a", "b"), ("b", "c"), ("c", "a")):
        add(office, robot, f'[schedule]\nafter = ["{before}"]\n')

    assert "CFG-021" in refused(office)
    assert "a → b → c → a" in refused(office)


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ('[schedule]\nwhen = "daily"\nafter = ["a"]\n', "schedule.after"),
        ('[schedule]\nwhen = "3. bangdag"\n', "schedule.when"),
        ("[items]\n", "items.gives"),
        ('[items]\ntakes = "Faktura Kø"\n', "items.takes"),
        ('[secrets]\nnames = ["../erp"]\n', "secrets.names"),
        ('[arrival]\nfolder = "/etc"\nsource = "bank"\n', "arrival.folder"),
        ('[arrival]\nfolder = "ind/../.."\nsource = "bank"\n', "arrival.folder"),
        ('[arrival]\nfolder = "ind"\nsource = "other"\n', "sources.other"),
        ('[delivery]\nfolder = "ud"\nfiles = ["../../gevinst.db"]\n', "delivery.files"),
    ],
)
def test_a_wrong_key_is_named(office: Office, more: str, key: str) -> None:
    add(office, "a", more)

    assert key in refused(office)


def test_a_deadline_is_a_day_in_words(office: Office) -> None:
    add(office, "a", source='deadline = "5. bankdag kl. 10.00"')
    add(office, "b", source='deadline = "hvert 5. minut"')

    assert load_robot(office, "a").sources["bank"].deadline == "5. bankdag kl. 10.00"
    assert "sources.bank.deadline" in refused(office, "b")


@pytest.mark.parametrize(
    "words",
    [
        "3rd bank day 06:00",
        "last bank day",
        "2 bank days before period close",
        "weekdays 05:30",
        "3. bankdag",
        "sidste bankdag",
        "2 bankdage før periodeluk",
    ],
)
def test_the_words_of_a_schedule_may_leave_out_the_time(office: Office, words: str) -> None:
    add(office, "a", f'[schedule]\nwhen = "{words}"\n')

    assert load_robot(office, "a").schedule == words
