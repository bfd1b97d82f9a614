"""`run.py` starts from a bare Python, starts fast the second time, and says what to do when it cannot."""

import ast
import errno
import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import run

ROOT = Path(__file__).parents[2]

# Stands in for the real package, so that a start can be tested without fetching anything: it needs nothing
# and builds itself.
SMALL_PROJECT = {
    "pyproject.toml": """
        [build-system]
        requires = []
        build-backend = "backend"
        backend-path = ["."]

        [project]
        name = "gevinst"
        version = "0"
        """,
    "backend.py": """
        from pathlib import Path
        from zipfile import ZipFile

        FILES = {
            "METADATA": "Metadata-Version: 2.1\\nName: gevinst\\nVersion: 0\\n",
            "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
            "RECORD": "",
        }


        def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
            name = "gevinst-0-py3-none-any.whl"
            with ZipFile(Path(wheel_directory, name), "w") as wheel:
                for file, text in FILES.items():
                    wheel.writestr(f"gevinst-0.dist-info/{file}", text)
            return name
        """,
    "src/gevinst/__init__.py": "",
    "src/gevinst/cli.py": """
        import os
        import sys

        print("demo" if sys.argv[1:] == ["demo", "--all"] else sys.argv)
        sys.exit(int(os.environ.get("DEMO_EXIT", "0")))
        """,
    "requirements-setup.lock": "# nothing\n",
    "requirements.lock": "# nothing\n",
    "requirements-test.lock": "# nothing\n",
}


class Office:
    """A copy of the project on a computer of its own: the folder's name has blanks and Danish letters."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stamp = folder / ".venv/gevinst-lock.sha256"
        for name, text in SMALL_PROJECT.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")
        shutil.copy(ROOT / "run.py", folder)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(self.folder / "run.py"), *arguments]

    def start(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=os.environ | {"PYTHONUTF8": "1"} | environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office where Gevinst was started once."""
    office = Office(tmp_path_factory.mktemp("office") / "Økonomi og løn æøå")
    first = office.start(DEMO_EXIT="3")
    assert (first.returncode, first.stdout) == (0, "demo\n"), first.stderr
    assert "Installerer Gevinsts pakker" in first.stderr
    assert "Installing the packages" in first.stderr
    assert first.stderr.endswith(f"{run.NEXT}\n")
    return office


# The second start


@pytest.mark.slow
def test_a_second_start_installs_nothing_and_costs_well_under_a_second(office: Office) -> None:
    before = office.stamp.stat().st_mtime_ns

    second = office.start("--verbose")

    assert second.stdout == "demo\n"
    assert "Install" not in second.stderr
    assert float(second.stderr.split()[1]) < 0.5
    assert office.stamp.stat().st_mtime_ns == before


@pytest.mark.slow
@pytest.mark.parametrize(("demo", "expected"), [("0", 0), ("1", 1), ("3", 0), ("6", 6)])
def test_open_items_are_no_failure_of_the_demo_but_all_else_is(
    office: Office, demo: str, expected: int
) -> None:
    assert office.start(DEMO_EXIT=demo).returncode == expected


@pytest.mark.slow
def test_a_half_finished_install_is_made_anew(office: Office) -> None:
    leftover = office.folder / ".venv/left-over"
    leftover.touch()
    office.stamp.write_text(office.stamp.read_text().splitlines()[0] + "\n")

    again = office.start()

    assert again.stdout == "demo\n"
    assert not leftover.exists()


@pytest.mark.slow
def test_a_changed_lock_file_is_installed_into_the_same_environment(office: Office) -> None:
    kept = office.folder / ".venv/kept"
    kept.touch()
    (office.folder / "requirements.lock").write_text("# nothing, again\n")

    again = office.start()

    assert "Installing" in again.stderr
    assert kept.exists()
    assert "Installing" not in office.start().stderr


@pytest.mark.slow
def test_a_moved_folder_gets_a_new_environment(office: Office, tmp_path: Path) -> None:
    moved = Office(tmp_path / "flyttet")
    shutil.copytree(office.folder / ".venv", moved.folder / ".venv", symlinks=True)

    again = moved.start()

    assert "Installing" in again.stderr
    assert again.stdout == "demo\n"


@pytest.mark.slow
def test_two_starts_at_the_same_time_wait_for_each_other(office: Office) -> None:
    (office.folder / "requirements.lock").write_text("# a third time\n")
    with (office.folder / ".gevinst-setup.lock").open("a+b") as held:
        assert run.try_lock(held)
        waiting = subprocess.Popen(
            office.command(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        )
        time.sleep(1)
        assert waiting.poll() is None

    output, told = waiting.communicate(timeout=60)

    assert output == "demo\n"
    assert "venter på den" in told
    assert "waiting for it" in told


# What stops a start


@pytest.mark.slow
def test_without_network_it_says_so_and_what_was_there_still_works(office: Office) -> None:
    locked = office.folder / "requirements-setup.lock"
    before = locked.read_text()
    locked.write_text(f"uv==0.13.9 --hash=sha256:{'0' * 64}\n")
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "1",
        "PIP_CONFIG_FILE": os.devnull,
    }

    failed = office.start(**nowhere, PIP_FIND_LINKS="")
    locked.write_text(before)
    again = office.start(**nowhere)

    assert failed.returncode == 6
    assert "Kontrollér netforbindelsen" in failed.stderr
    assert "Behind a proxy" in failed.stderr
    assert (again.returncode, again.stdout) == (0, "demo\n")
    assert again.stderr == f"{run.NEXT}\n"


def test_an_old_python_is_told_which_one_is_needed(tmp_path: Path) -> None:
    shutil.copy(ROOT / "run.py", tmp_path)
    pretend = (
        "import runpy, sys; sys.version_info = (3, 8, 18); runpy.run_path('run.py', run_name='__main__')"
    )

    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", pretend],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 6
    assert "kræver Python 3.11 eller nyere, og dette er Python 3.8" in done.stderr
    assert "needs Python 3.11 or newer, and this is Python 3.8" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_python_3_6_can_read_far_enough_to_be_told() -> None:
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize(
    ("number", "danish", "english"),
    [
        (errno.EROFS, "kan ikke skrives i mappen", "cannot be written to"),
        (errno.EACCES, "kan ikke skrives i mappen", "cannot be written to"),
        (errno.ENOSPC, "Disken er fuld", "The disk is full"),
    ],
)
def test_a_folder_that_cannot_be_written_to_stops_with_what_to_do(
    number: int,
    danish: str,
    english: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @contextmanager
    def refused() -> Iterator[None]:
        if number:
            raise OSError(number, os.strerror(number))
        yield

    monkeypatch.setattr(run, "is_ready", lambda _part: False)
    monkeypatch.setattr(run, "only_start", refused)

    assert run.main([]) == 6
    told = capsys.readouterr().err
    assert danish in told
    assert english in told


def test_without_the_venv_module_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(run, "STAMP", tmp_path / ".venv/stamp.sha256")
    monkeypatch.setattr(run, "PYTHON", tmp_path / ".venv/bin/python")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ensurepip" else name)

    with pytest.raises(
        run.CannotStartError, match=r"mangler modulet ensurepip.*\n.*apt install python3-venv"
    ):
        run.make_environment(verbose=False)


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (
            "NewConnectionError('Failed to establish a new connection: [Errno 111] Connection refused')",
            "no_network",
        ),
        ("Temporary failure in name resolution\nERROR: No matching distribution found for uv", "no_network"),
        ("error: Request failed\n  Caused by: dns error: failed to lookup address", "no_network"),
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk_full"),
        ("error: failed to create directory: Read-only file system (os error 30)", "read_only"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "hash_mismatch"),
        ("error: Failed to build `stringcase`", "failed"),
    ],
)
def test_what_an_installer_wrote_is_told_as_its_cause(output: str, reason: str) -> None:
    assert run.cause(output) == reason


def test_a_failed_step_shows_the_end_of_what_the_installer_wrote(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(run.CannotStartError) as stopped:
        run.call([sys.executable, "-c", "print('the reason'); raise SystemExit(1)"], verbose=False)

    assert stopped.value.reason == "failed"
    assert "the reason" in capsys.readouterr().err


@pytest.mark.parametrize("reason", run.MESSAGES)
def test_each_message_is_whole_in_both_languages(reason: str) -> None:
    lines = str(run.CannotStartError(reason, found="X")).splitlines()

    assert len(lines) % 2 == 0
    assert "{" not in "".join(lines)


# The parts


def test_a_package_is_left_out_with_its_hashes() -> None:
    listed = """\
a==1 \\
    --hash=sha256:aa
evdev==2 ; 'linux' in sys_platform \\
    --hash=sha256:ee
    # via b
b==3
"""

    assert run.without("evdev", listed) == "a==1 \\\n    --hash=sha256:aa\nb==3\n"


def test_only_the_package_without_a_wheel_is_left_out_of_the_lock() -> None:
    whole = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    installed = run.without(
        run.LEFT_OUT, (ROOT / "requirements.lock").read_text(encoding="utf-8")
    ).splitlines()

    assert [line.split("==")[0] for line in whole if "==" in line and line not in installed] == ["evdev"]


def test_all_checks_run_and_the_last_line_names_the_one_that_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "start", lambda *command: 1 if "mypy" in command else 0)

    assert run.run_tests([]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("Steps: ruff check ok, ruff format ok, mypy FAILED, import-linter ok, ")
    assert last.endswith(", pytest ok")


def test_arguments_after_test_go_to_pytest_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[str, ...]] = []

    def start(*command: str) -> int:
        started.append(command)
        return 0

    monkeypatch.setattr(run, "prepare", lambda _part, *, verbose: None)  # noqa: ARG005 - the name is part of the call
    monkeypatch.setattr(run, "start", start)

    assert run.main(["test", "tests/unit", "-k", "calendar", "--verbose"]) == 0
    assert started == [("-m", "pytest", "tests/unit", "-k", "calendar", "--verbose")]


@pytest.mark.parametrize(
    ("there", "commands"),
    [
        (False, [("-m", "gevinst.cli", "demo", "--all"), ("-m", "gevinst.cli", "start", "--port", "8770")]),
        (True, [("-m", "gevinst.cli", "start", "--port", "8770")]),
    ],
)
def test_the_console_starts_over_a_demo_office_that_has_run_once(
    *, there: bool, commands: list[tuple[str, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, ...]] = []
    database = tmp_path / "gevinst.db"
    if there:
        database.touch()

    def start(*command: str) -> int:
        started.append(command)
        return run.PEOPLE_NEEDED if "demo" in command else 0

    monkeypatch.setattr(run, "DEMO_DATABASE", database)
    monkeypatch.setattr(run, "prepare", lambda _part, *, verbose: None)  # noqa: ARG005 - the name is part of the call
    monkeypatch.setattr(run, "start", start)

    assert run.main(["console", "--port", "8770"]) == 0
    assert started == commands


def test_an_unknown_word_shows_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["demo"]) == 2
    shown = capsys.readouterr().out
    assert "python3 run.py [--verbose] test" in shown
    assert "python3 run.py [--verbose] console" in shown
