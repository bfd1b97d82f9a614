"""gevinst demo: what it lays out and leaves alone, how it stops, and which exit code its robots come to."""

import errno
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gevinst import bootstrap
from gevinst.app.office import ConfigurationError, Office
from gevinst.bootstrap import demo as office_demo
from gevinst.bootstrap.demo import PERIOD, DemoRun, lay_out_demo, run_demo
from gevinst.bootstrap.unattended import SIGN_OF_LIFE
from gevinst.cli.demo import _exit_code, _truth_line
from gevinst.cli.errors import exit_code_of
from gevinst.domain.run import ExitCode, Run, RunState
from gevinst.runner.heartbeat import write_sign_of_life
from gevinst.runner.worker import owner_id
from gevinst.texts import Texts
from integration.cli.conftest import Command
from runs import a_run, ended

ROOT = Path(__file__).parents[3]
BALANCES = f"ind/finans/saldobalance_{PERIOD}.csv"
DANISH = Texts("da")


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo office, laid out and never run."""
    folder = tmp_path_factory.mktemp("demo")
    lay_out_demo(office_of(folder), fresh=False)
    return folder


@pytest.fixture
def office(laid_out: Path, tmp_path: Path) -> Office:
    """A copy of it."""
    shutil.copytree(laid_out, tmp_path, dirs_exist_ok=True)
    return office_of(tmp_path)


def office_of(folder: Path) -> Office:
    for part in ("robots", "tasks"):
        shutil.copytree(ROOT / part, folder / part, dirs_exist_ok=True)
    (folder / "gevinst.toml").write_text('[office]\nname = "Prøve"\ndata = "data"\n', encoding="utf-8")
    return bootstrap.office(str(folder))


def instead_of_robots(monkeypatch: pytest.MonkeyPatch, end: Callable[..., Run]) -> None:
    monkeypatch.setattr(office_demo, "run_robot", end)


def of_state(state: RunState, robot: str = "hovedkonto") -> DemoRun:
    return DemoRun(robot=robot, matches=True, run=ended(a_run(robot=robot), state), compared=True)


def test_an_offices_own_files_are_never_taken_for_a_demos(tmp_path: Path, gevinst: Command) -> None:
    office = office_of(tmp_path)
    mine = office.data / "ind" / "bank" / "konto.csv"
    mine.parent.mkdir(parents=True)
    mine.write_text("Dato;Beløb\n", encoding="utf-8")

    done = gevinst("demo", "--fresh")

    assert (done.code, "MAK-015" in done.err) == (6, True)
    assert mine.read_text(encoding="utf-8") == "Dato;Beløb\n"


def test_what_is_laid_out_is_kept_until_it_shall_be_fresh(office: Office) -> None:
    file = office.data / BALANCES
    file.write_text("rettet af en person", encoding="utf-8")

    lay_out_demo(office, fresh=False)
    assert file.read_text(encoding="utf-8") == "rettet af en person"

    lay_out_demo(office, fresh=True)
    assert file.read_bytes().startswith(b"Konto;")


def test_nothing_is_removed_under_a_clock_that_runs(office: Office) -> None:
    write_sign_of_life(office.data / SIGN_OF_LIFE, owner=owner_id(), leading=True, at=bootstrap.now())

    with pytest.raises(ConfigurationError, match="MAK-021"):
        lay_out_demo(office, fresh=True)

    assert (office.data / BALANCES).is_file()


def test_what_was_laid_out_half_is_laid_out_anew(office: Office) -> None:
    (office.data / BALANCES).unlink()
    (office.data / "ind" / "bank" / f"hovedkonto_{PERIOD}.xml").write_text("<half", encoding="utf-8")

    lay_out_demo(office, fresh=False)

    assert (office.data / BALANCES).is_file()
    assert (office.data / "ind" / "bank" / f"hovedkonto_{PERIOD}.xml").stat().st_size > 1000


def test_a_robot_that_cannot_be_read_or_begun_is_told_of_and_the_others_run(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def end(_office: Office, run: Run, _robot: object, **_more: Any) -> Run:
        if run.robot == "skattekonto":
            raise ConfigurationError("CFG-008", robot=run.robot, missing="gain")
        return replace(ended(run), folder="ingen")

    instead_of_robots(monkeypatch, end)
    (office.robots / "kortindloesning" / "robot.toml").write_text("id = ", encoding="utf-8")

    came = run_demo(office, lists=False, tell=lambda _done, _of: None)

    refused = {one.robot: one.refused.code for one in came if one.refused}
    assert refused == {"skattekonto": "CFG-008", "kortindloesning": "CFG-002"}
    assert _exit_code(office, came, DANISH) == ExitCode.CONFIGURATION
    said = capsys.readouterr().err
    assert ("skattekonto:\nCFG-008" in said, "kortindloesning:\nCFG-002" in said) == (True, True)


def test_only_robots_with_a_truth_run_and_none_that_is_retired(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead_of_robots(monkeypatch, lambda _office, run, _robot, **_more: replace(ended(run), folder="ingen"))
    retired = office.robots / "aabne_indkoeb" / "robot.toml"
    retired.write_text(retired.read_text("utf-8").replace('"trial"', '"retired"', 1), encoding="utf-8")
    shutil.copytree(office.robots / "momskontrol", office.robots / "egen")
    mine = office.robots / "egen" / "robot.toml"
    mine.write_text(mine.read_text("utf-8").replace('"momskontrol"', '"egen"', 1), encoding="utf-8")

    came = [one.robot for one in run_demo(office, lists=True, tell=lambda _done, _of: None)]

    known = {path.name for path in office.robots.iterdir()}
    assert set(came) == known - {"aabne_indkoeb", "egen"}
    assert came[:3] == ["hovedkonto", "skattekonto", "kortindloesning"]


def test_a_stop_ends_what_runs_and_begins_nothing_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    def end(_office: Office, run: Run, _robot: object, *, stopping: Callable[[], bool], **_more: Any) -> Run:
        begun.append(run.robot)
        while len(begun) > 1 and not stopping():
            time.sleep(0.01)
        if len(begun) > 1:
            raise KeyboardInterrupt
        return replace(ended(run), folder="ingen")

    def stop(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    instead_of_robots(monkeypatch, end)

    with pytest.raises(KeyboardInterrupt):
        run_demo(office, lists=True, tell=stop)

    assert len(begun) <= office_demo.AT_ONCE + 1


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ([RunState.AGREED], ExitCode.DONE),
        ([RunState.AGREED, RunState.OPEN_ITEMS], ExitCode.PEOPLE_NEEDED),
        ([RunState.OPEN_ITEMS, RunState.REJECTED], ExitCode.INPUT),
        ([RunState.REJECTED, RunState.FAILED, RunState.OPEN_ITEMS], ExitCode.FAILED),
        ([], ExitCode.FAILED),
    ],
)
def test_the_exit_code_is_that_of_the_worst_run(office: Office, states: list[RunState], code: int) -> None:
    assert _exit_code(office, [of_state(state) for state in states], DANISH) == code


def test_a_result_that_is_not_the_truth_fails_the_demo(office: Office) -> None:
    off = replace(of_state(RunState.OPEN_ITEMS), off=["open"])

    assert _exit_code(office, [of_state(RunState.AGREED), off], DANISH) == ExitCode.FAILED


def test_a_result_that_is_not_the_truth_is_named_and_one_decided_since_is_not_compared() -> None:
    agreed = of_state(RunState.AGREED)

    said = _truth_line(
        [
            agreed,
            replace(agreed, robot="skattekonto", off=["open"]),
            replace(agreed, robot="x", compared=False),
        ],
        DANISH,
    )

    assert "1 af 2" in said
    assert "skattekonto afviger fra facit: open" in said
    assert said.endswith("siden: x")


def test_a_disk_that_is_full_while_a_file_is_written_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    code = exit_code_of(OSError(errno.ENOSPC, "No space left on device"), "da")  # as a write raises it

    assert (code, "om disken er fuld" in capsys.readouterr().err) == (ExitCode.CONFIGURATION, True)
