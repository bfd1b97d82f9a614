"""gevinst install over a robot that was taken in, and put-back: the office's own stays, all else comes in."""

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gevinst import bootstrap
from gevinst.app.office import ConfigurationError, Office
from gevinst.app.robot_update import Change
from gevinst.bootstrap import moving, updating
from gevinst.bootstrap.updating import Update
from gevinst.formats.robot_folder import load_robot
from integration.cli.conftest import Command

ROOT = Path(__file__).parents[3]
ROBOT = "debitorkontrol"
RULES = '# Særligt for kontoen\ndays = 3\nwords = ["leje"]\n'


@dataclass(kw_only=True)
class Place:
    """An office in a folder, with its database."""

    folder: Path

    @property
    def office(self) -> Office:
        return bootstrap.office(str(self.folder))

    def file(self, name: str = "robot.toml") -> Path:
        return self.folder / "robots" / ROBOT / name

    def change(self, old: str, new: str, name: str = "robot.toml") -> None:
        text = self.file(name).read_text("utf-8")
        assert text.count(old) == 1
        self.file(name).write_text(text.replace(old, new), encoding="utf-8")

    def plan(self, pack: Path, **more: str) -> Update:
        found = updating.planned_update(self.office, bootstrap.store(self.office), pack, **more)
        assert found is not None
        return found

    def update(self, pack: Path) -> Update:
        found = self.plan(pack)
        updating.carry_out(self.office, bootstrap.store(self.office), found)
        return found

    def acts(self) -> list[str]:
        return [row.what for row in bootstrap.store(self.office).audit_of([moving.INSTALLED, *ACTS])]


ACTS = (updating.UPDATED, updating.PUT_BACK)


def place(folder: Path) -> Place:
    for part in ("tasks", "resources"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "gevinst.toml").write_text('[office]\nname = "Prøve"\ndata = "data"\n', encoding="utf-8")
    return Place(folder=folder)


@pytest.fixture
def sender(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The office that has the robot; each of its packs is a second younger than the one before."""
    sender = place(tmp_path_factory.mktemp("afsender"))
    shutil.copytree(ROOT / "robots" / ROBOT, sender.folder / "robots" / ROBOT)
    sender.file("rules.toml").write_text(RULES, encoding="utf-8")
    moments = (datetime(2026, 11, 2, 8, tzinfo=UTC) + timedelta(seconds=one) for one in range(1000))
    monkeypatch.setattr(moving, "now", lambda: next(moments))
    return sender


def pack(of: Place) -> Path:
    target = of.folder / f"{len(list(of.folder.glob('*.gevinst')))}.gevinst"
    moving.pack(of.office, bootstrap.store(of.office), ROBOT, target)
    return target


@pytest.fixture
def first(sender: Place) -> Path:
    return pack(sender)


@pytest.fixture
def here(first: Path, tmp_path: Path) -> Place:
    """The office that has taken the first pack in, written its own people, and put it into production."""
    here = place(tmp_path)
    take_in(here, first)
    here.change('process_owner = "Leder af Opkrævning"', 'process_owner = "Leder af Debitor"')
    here.change('phase = "trial"', 'phase = "production"')
    return here


def take_in(here: Place, pack: Path) -> None:
    with pytest.raises(ConfigurationError) as unknown:
        moving.install(here.office, bootstrap.store(here.office), pack)
    trust = str(unknown.value.facts["fingerprint"])
    moving.install(here.office, bootstrap.store(here.office), pack, trust=trust)


def test_what_the_sender_changed_comes_in_and_what_the_office_wrote_stays(sender: Place, here: Place) -> None:
    sender.change('controller_group = "Opkrævning"', 'controller_group = "Debitor"')
    sender.change("days = 3", "days = 4", "rules.toml")
    sender.file("README.md").write_text("# Ny\n", encoding="utf-8")

    update = here.update(pack(sender))

    robot = load_robot(here.office, ROBOT)
    assert (robot.people.process_owner, robot.people.controller_group) == ("Leder af Debitor", "Debitor")
    assert "days = 4" in here.file("rules.toml").read_text("utf-8")
    assert [(one.name, one.change) for one in update.changes] == [
        ("README.md", Change.CHANGED),
        ("robot.toml", Change.CHANGED),
        ("rules.toml", Change.CHANGED),
    ]
    keys = {key.key: (key.before, key.after) for one in update.changes for key in one.keys}
    assert keys["days"] == ("3", "4")
    assert keys["people.controller_group"] == ("Opkrævning", "Debitor")
    assert here.acts() == [moving.INSTALLED, updating.UPDATED]


def test_a_rule_that_both_have_changed_is_the_offices_and_the_senders_is_told(
    sender: Place, here: Place
) -> None:
    here.change("days = 3", "days = 7", "rules.toml")
    sender.change("days = 3", "days = 4", "rules.toml")

    update = here.update(pack(sender))

    [rules] = [one for one in update.changes if one.name == "rules.toml"]
    assert rules.change is Change.OURS
    assert [(one.ours, one.theirs) for one in rules.clashes] == [("days = 7", "days = 4")]
    assert "days = 7" in here.file("rules.toml").read_text("utf-8")


@pytest.mark.parametrize(("name", "phase"), [("README.md", "production"), ("rules.toml", "trial")])
def test_a_robot_in_production_is_tried_again_when_its_rules_or_settings_change(
    sender: Place, here: Place, name: str, phase: str
) -> None:
    sender.file(name).write_text(sender.file(name).read_text("utf-8") + "\n# mere\n", encoding="utf-8")

    update = here.update(pack(sender))

    assert update.to_trial is (phase == "trial")
    assert load_robot(here.office, ROBOT).phase == phase


def test_files_that_the_sender_added_or_took_out_are_added_and_taken_out(sender: Place, here: Place) -> None:
    sender.file("mere.toml").write_text("a = 1\n", encoding="utf-8")
    sender.file("rules.toml").unlink()

    here.update(pack(sender))

    assert (here.file("mere.toml").exists(), here.file("rules.toml").exists()) == (True, False)


def test_the_version_of_before_is_put_back_as_it_stood_and_the_other_way(sender: Place, here: Place) -> None:
    before = {path.name: path.read_bytes() for path in here.file().parent.iterdir()}
    sender.change("days = 3", "days = 4", "rules.toml")
    newer = pack(sender)
    here.update(newer)
    after = {path.name: path.read_bytes() for path in here.file().parent.iterdir()}
    store = bootstrap.store(here.office)

    updating.carry_out(here.office, store, updating.planned_return(here.office, store, ROBOT))
    assert {path.name: path.read_bytes() for path in here.file().parent.iterdir()} == before

    assert here.plan(newer).changes  # the newer one can be taken in again
    updating.carry_out(here.office, store, updating.planned_return(here.office, store, ROBOT))
    assert {path.name: path.read_bytes() for path in here.file().parent.iterdir()} == after
    assert here.acts()[1:] == [updating.UPDATED, updating.PUT_BACK, updating.PUT_BACK]


def test_the_same_pack_again_changes_nothing(first: Path, here: Place) -> None:
    assert here.plan(first).is_nothing


def test_an_older_pack_is_refused(sender: Place, first: Path, here: Place) -> None:
    here.update(pack(sender))

    with pytest.raises(ConfigurationError, match="MAK-018"):
        here.plan(first)


def test_a_pack_of_another_signer_is_refused(sender: Place, here: Place) -> None:
    shutil.rmtree(sender.folder / "data")  # with its key; the next one is another

    with pytest.raises(ConfigurationError, match="MAK-017"):
        here.plan(pack(sender))


@pytest.mark.parametrize("content", [None, b"PK"])
def test_without_the_pack_of_before_nothing_is_guessed(
    sender: Place, here: Place, content: bytes | None
) -> None:
    [kept] = (here.folder / "data" / moving.PACKS).iterdir()
    kept.unlink()
    if content:
        kept.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"MAK-016|MAK-006"):
        here.plan(pack(sender))


def test_an_update_that_cannot_run_leaves_all_as_it_was(sender: Place, here: Place) -> None:
    sender.change("days = 3", "days = 4", "rules.toml")
    planned = here.plan(pack(sender))
    broken = replace(planned, files={**planned.files, "robot.toml": b'id = "debitorkontrol"\n'})
    before = {path.name: path.read_bytes() for path in here.file().parent.iterdir()}

    with pytest.raises(ConfigurationError):
        updating.carry_out(here.office, bootstrap.store(here.office), broken)

    assert {path.name: path.read_bytes() for path in here.file().parent.iterdir()} == before
    assert here.acts() == [moving.INSTALLED]


def test_a_robot_that_was_never_updated_has_nothing_to_put_back(here: Place) -> None:
    with pytest.raises(ConfigurationError, match="MAK-020"):
        updating.planned_return(here.office, bootstrap.store(here.office), ROBOT)


def test_the_command_shows_asks_and_updates(sender: Place, here: Place, gevinst: Command) -> None:
    sender.change("days = 3", "days = 4", "rules.toml")
    newer = str(pack(sender))

    unasked = gevinst("install", newer)
    done = gevinst("install", newer, "--yes")

    assert (unasked.code, "days: 3 → 4" in unasked.out, "--yes" in unasked.err) == (2, True, True)
    assert (done.code, "prøve igen" in done.out) == (0, True), done.err
    assert "days = 4" in here.file("rules.toml").read_text("utf-8")


def test_what_a_pack_says_cannot_write_over_the_list_that_a_person_is_asked_about(
    sender: Place, here: Place, gevinst: Command
) -> None:
    sender.change('controller_group = "Opkrævning"', r'controller_group = "A\u001b[2K\nny  b.toml"')
    here.file("README.md").write_text("# Vores\n", encoding="utf-8")
    sender.file("README.md").write_text("# Ny\x1b[2K\n", encoding="utf-8")

    done = gevinst("install", str(pack(sender)))

    assert "controller_group: Opkrævning → A" in done.out
    assert "afsenderen har: # Ny" in done.out
    assert "\x1b" not in done.out
    assert not any(line.startswith("ny ") for line in done.out.splitlines())


def test_a_key_that_was_taken_away_can_be_trusted_again(sender: Place, here: Place) -> None:
    sender.change("days = 3", "days = 4", "rules.toml")
    newer = pack(sender)
    [key] = (here.office.keys / moving.TRUSTED).iterdir()
    key.unlink()
    with pytest.raises(ConfigurationError, match="MAK-011") as unknown:
        here.plan(newer)

    assert here.plan(newer, trust=str(unknown.value.facts["fingerprint"])).changes


def test_a_robot_without_its_passport_is_not_updated(sender: Place, here: Place) -> None:
    here.file().unlink()
    sender.change("days = 3", "days = 4", "rules.toml")
    planned = here.plan(pack(sender))

    with pytest.raises(ConfigurationError):
        updating.carry_out(here.office, bootstrap.store(here.office), planned)

    assert "days = 3" in here.file("rules.toml").read_text("utf-8")
