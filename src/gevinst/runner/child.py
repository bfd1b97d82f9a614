"""The child process of a run: plain `robot` in a folder of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gevinst.app.office import Office
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run

CONSOLE_FILE = "robot-konsol.txt"
JOURNAL_FILE = "journal.jsonl"
WORK_ITEM_IN = "work-item-in.json"
WORK_ITEM_OUT = "work-item-out.json"
SECONDS_TO_END = 5
TIMED_OUT = -1
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


def run_child(run: Run, robot: Robot, office: Office, folder: Path, files: Mapping[str, Path]) -> Ended:
    """Run the robot's flow and wait for its end, at most its time-out; the whole process tree is stopped then.

    The run, its period and files given by hand reach the flow as a work item, the field's own interface, so that
    the same suite runs under other tool chains.
    """
    _write_work_item(folder, run, files)
    command = [
        sys.executable,
        "-m",
        "robot",
        "--outputdir",
        str(folder),
        "--listener",
        f"gevinst.runner.listener.Listener;{folder / JOURNAL_FILE}",
        "--name",
        robot.title.get("da", robot.id),
        "--consolecolors",
        "off",
        str(office.tasks / f"{robot.flow}.robot"),
    ]
    with (folder / CONSOLE_FILE).open("wb") as console:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(run, office, folder),
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=os.name != "nt",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        try:
            return Ended(code=child.wait(robot.timeout_minutes * 60), timed_out=False)
        except subprocess.TimeoutExpired:
            _stop_tree(child)
            return Ended(code=TIMED_OUT, timed_out=True)
        except BaseException:
            _stop_tree(child)
            raise


def _write_work_item(folder: Path, run: Run, files: Mapping[str, Path]) -> None:
    payload = {
        "robot": run.robot,
        "period": run.period,
        "files": {name: str(path) for name, path in files.items()},
    }
    (folder / WORK_ITEM_IN).write_text(json.dumps([{"payload": payload, "files": {}}]), encoding="utf-8")


def _environment(run: Run, office: Office, folder: Path) -> dict[str, str]:
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return passed | {
        "PYTHONUTF8": "1",
        "PYTHONSAFEPATH": "1",
        "GEVINST_RUN": run.run_id,
        "GEVINST_OFFICE": str(office.tasks.parent),
        "GEVINST_DATABASE": office.database,
        "RPA_WORKITEMS_ADAPTER": "RPA.Robocorp.WorkItems.FileAdapter",
        "RPA_INPUT_WORKITEM_PATH": str(folder / WORK_ITEM_IN),
        "RPA_OUTPUT_WORKITEM_PATH": str(folder / WORK_ITEM_OUT),
    }


def _stop_tree(child: subprocess.Popen[bytes]) -> None:
    """End the child and all it has started: first asked, then killed."""
    if os.name == "nt":
        taskkill = ["taskkill", "/PID", str(child.pid), "/T", "/F"]
        subprocess.run(taskkill, check=False, capture_output=True)
    else:
        for sent in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(child.pid, sent)
            with suppress(subprocess.TimeoutExpired):
                child.wait(SECONDS_TO_END)
    child.wait()
