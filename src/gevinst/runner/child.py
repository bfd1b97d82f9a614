"""The child process of a run: plain `robot` in a folder of its own."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from gevinst.app.office import Office
from gevinst.domain.masking import mask_cpr
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run
from gevinst.domain.secret import Scrubber
from gevinst.domain.work_item import ItemRoute
from gevinst.runner.child_settings import ITEMS_SETTING, RUN_SETTING
from gevinst.runner.console import keep_console
from gevinst.runner.given_secrets import ON_STDIN, SECRETS_SETTING, hand_over
from gevinst.runner.memory import peak_memory
from gevinst.runner.progress_file import PROGRESS_FILE, PROGRESS_SETTING, read_progress

CONSOLE_FILE = "robot-konsol.txt"
JOURNAL_FILE = "journal.jsonl"
WORK_ITEM_IN = "work-item-in.json"
WORK_ITEM_OUT = "work-item-out.json"
ITEM_ADAPTER = "gevinst.keywords.work_items.OfficeItems"
SECONDS_TO_END = 5
SECONDS_BETWEEN_LOOKS = 0.5
TIMED_OUT = -1
KILLED = -9  # as Popen gives the signal
#: What a robot's process may see of the environment; secrets are not among it.
PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SYSTEMROOT",
    "USERPROFILE",
    "VIRTUAL_ENV",
)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How the child ended."""

    code: int  #: Robot Framework's exit code, negative for a signal
    timed_out: bool
    memory: int = 0  #: most that its process was seen to have, kB; 0 where the system does not say

    @property
    def killed(self) -> bool:
        """Whether it was ended at once from outside, as Linux does when memory runs out."""
        return self.code == KILLED


def run_child(
    run: Run,
    robot: Robot,
    office: Office,
    *,
    files: Mapping[str, Path],
    stopping: Callable[[], bool] = lambda: False,
    secrets: Mapping[str, Mapping[str, str]] | None = None,
    noticed: Callable[[Mapping[str, Any]], object] | None = None,
) -> Ended:
    """Run the robot's flow and wait for its end, at most its time-out; its process tree is stopped then.

    The run, its period and files given by hand reach the flow as a work item, the field's own interface, so
    that the same suite runs under other tool chains. Secrets reach it on stdin.

    Args:
        run: has its folder, which is there.
        robot: of the run.
        office: of the robot.
        files: given by hand, by source.
        stopping: asked twice a second whether the run must end.
        secrets: parts by name, of what the robot has named.
        noticed: called with how far the run has come, when that is new.

    Raises:
        OSError: the run's folder, which is there, cannot be written.
        KeyboardInterrupt: `stopping` said that it must end.
    """
    folder = office.runs / run.folder
    _write_work_item(folder, run, files)
    secrets = secrets or {}
    environment = _environment(run, robot, office, folder)
    child = _started(_command(robot, office, folder), folder, environment, has_secrets=bool(secrets))
    scrubber = Scrubber(value for parts in secrets.values() for value in parts.values())
    with _drained(child, folder / CONSOLE_FILE, scrubber):
        try:
            _hand_over(child, secrets)
            looking = _Looking(
                stopping=stopping, noticed=noticed, file=folder / PROGRESS_FILE, process=child.pid
            )
            code = _waited(child, robot.timeout_minutes * 60, looking)
            return Ended(code=code, timed_out=False, memory=looking.memory)
        except subprocess.TimeoutExpired:
            _stop_tree(child)
            return Ended(code=TIMED_OUT, timed_out=True)
        except BaseException:
            _stop_tree(child)
            raise


def _started(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], *, has_secrets: bool
) -> subprocess.Popen[bytes]:
    """The child in its folder, the first of a process tree of its own; it reads stdin only for secrets."""
    return subprocess.Popen(  # noqa: S603 - starts our own Python on a suite of the office
        command,
        cwd=folder,
        env={**environment, SECRETS_SETTING: ON_STDIN} if has_secrets else environment,
        stdin=subprocess.PIPE if has_secrets else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=os.name != "nt",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


@dataclass(kw_only=True)
class _Looking:
    """What is looked at twice a second while a child runs."""

    stopping: Callable[[], bool]
    noticed: Callable[[Mapping[str, Any]], object] | None
    file: Path
    process: int
    memory: int = 0  #: kB
    _said: Mapping[str, Any] = field(default_factory=dict)

    def look(self) -> None:
        """Tell how far the run has come, and see how much memory it has had.

        Raises:
            KeyboardInterrupt: the run must end.
        """
        if self.stopping():
            raise KeyboardInterrupt
        self.memory = peak_memory(self.process) or self.memory
        said = read_progress(self.file)
        if self.noticed and said and said != self._said:
            self._said = said
            self.noticed(said)


def _hand_over(child: subprocess.Popen[bytes], secrets: Mapping[str, Mapping[str, str]]) -> None:
    if child.stdin is None:
        return
    with suppress(OSError):  # a child that has died already is told so by its code
        child.stdin.write(hand_over(secrets))
        child.stdin.close()


def _waited(child: subprocess.Popen[bytes], seconds: float, looking: _Looking) -> int:
    until = monotonic() + seconds
    try:
        while True:
            try:
                return child.wait(max(min(SECONDS_BETWEEN_LOOKS, until - monotonic()), 0))
            except subprocess.TimeoutExpired:
                if monotonic() >= until:
                    raise
                looking.look()
    finally:
        looking.file.unlink(missing_ok=True)


def _command(robot: Robot, office: Office, folder: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "robot",
        "--outputdir",
        str(folder),
        "--listener",
        f"gevinst.runner.listener.Listener;{JOURNAL_FILE}",
        "--name",
        robot.title.get("da", robot.id),
        "--consolecolors",
        "off",
        str(office.tasks / f"{robot.flow}.robot"),
    ]


@contextmanager
def _drained(child: subprocess.Popen[bytes], file: Path, scrubber: Scrubber) -> Iterator[None]:
    """Drain the child's output meanwhile; a process left behind may hold the pipe, and is not waited for."""
    drain = threading.Thread(
        target=keep_console, args=(child.stdout, file), kwargs={"scrubber": scrubber}, daemon=True
    )
    drain.start()
    try:
        yield
    finally:
        drain.join(SECONDS_TO_END)
        if child.stdout and not drain.is_alive():
            child.stdout.close()


def _write_work_item(folder: Path, run: Run, files: Mapping[str, Path]) -> None:
    payload = {
        "robot": run.robot,
        "period": run.period,
        "files": {name: str(path) for name, path in files.items()},
    }
    (folder / WORK_ITEM_IN).write_text(json.dumps([{"payload": payload, "files": {}}]), encoding="utf-8")


def _environment(run: Run, robot: Robot, office: Office, folder: Path) -> dict[str, str]:
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return passed | {
        "PYTHONUTF8": "1",
        "PYTHONSAFEPATH": "1",
        RUN_SETTING: run.run_id,
        "GEVINST_OFFICE": str(office.tasks.parent),
        "GEVINST_DATABASE": office.database,
        "RPA_SECRET_MANAGER": "gevinst.keywords.vault.OfficeVault",
        "RPA_WORKITEMS_ADAPTER": ITEM_ADAPTER if robot.items else "RPA.Robocorp.WorkItems.FileAdapter",
        "RPA_INPUT_WORKITEM_PATH": str(folder / WORK_ITEM_IN),
        "RPA_OUTPUT_WORKITEM_PATH": str(folder / WORK_ITEM_OUT),
        PROGRESS_SETTING: str(folder / PROGRESS_FILE),
        **_item_settings(robot.items),
    }


def _item_settings(route: ItemRoute | None) -> dict[str, str]:
    """What the adapter of work items reads."""
    return (
        {f"{ITEMS_SETTING}{name.upper()}": str(value) for name, value in asdict(route).items()}
        if route
        else {}
    )


def _stop_tree(child: subprocess.Popen[bytes]) -> None:
    """End the child and all it has started: first asked, then killed."""
    if os.name == "nt":
        taskkill = ["taskkill", "/PID", str(child.pid), "/T", "/F"]
        subprocess.run(taskkill, check=False, capture_output=True)  # noqa: S603 - our own child
    else:
        for sent in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(child.pid, sent)
            with suppress(subprocess.TimeoutExpired):
                child.wait(SECONDS_TO_END)
    child.wait()


def mask_work_items(folder: Path) -> None:
    """Take CPR numbers out of the work items of an ended run: a file by hand may have one in its name.

    Raises:
        OSError: they cannot be written.
    """
    for path in (folder / WORK_ITEM_IN, folder / WORK_ITEM_OUT):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            if text != mask_cpr(text):
                path.write_text(mask_cpr(text), encoding="utf-8")
