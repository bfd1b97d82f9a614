"""A robot's folder that is changed while a run of it starts."""

from pathlib import Path

import pytest

from acceptance.offices import TestOffice
from gevinst import bootstrap
from gevinst.app.office import ConfigurationError
from gevinst.app.start_run import new_run
from gevinst.domain.run import Run, Trigger
from gevinst.formats.robot_folder import load_robot


@pytest.fixture
def office(tmp_path: Path) -> TestOffice:
    """Give an office with one robot of its own."""
    made = TestOffice(tmp_path / "kontor").furnish()
    made.add_robot("konto")
    return made


def started(office: TestOffice) -> Run:
    here = bootstrap.office(str(office.folder))
    return new_run(
        load_robot(here, "konto"),
        period="2026-10",
        trial=True,
        trigger=Trigger.MANUAL,
        user="controller",
        now=bootstrap.now(),
    )


@pytest.mark.parametrize("file", ["rules.toml", "robot.toml"])
def test_fault_38_a_run_whose_robot_was_changed_since_its_start_is_refused(
    office: TestOffice, file: str
) -> None:
    here, run = bootstrap.office(str(office.folder)), started(office)
    changed = office.folder / "robots" / "konto" / file
    changed.write_text(changed.read_text(encoding="utf-8") + "\n# a later hand\n", encoding="utf-8")

    with pytest.raises(ConfigurationError) as refused:
        bootstrap.robot_run(here, run, files={}, opened=bootstrap.store(here))

    assert (refused.value.code, refused.value.facts["robot"]) == ("CFG-030", "konto")


def test_fault_38_a_change_after_its_rules_were_read_does_not_touch_a_run(office: TestOffice) -> None:
    here, run = bootstrap.office(str(office.folder)), started(office)
    going_on = bootstrap.robot_run(here, run, files={}, opened=bootstrap.store(here))
    before = going_on.rules
    (office.folder / "robots" / "konto" / "rules.toml").write_text("no rules [", encoding="utf-8")

    assert going_on.rules is before
