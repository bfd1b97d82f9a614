"""Where we are: the office, its language, its robots and database, who and when."""

import os
import platform
import sys
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import gevinst
from gevinst.app.office import ConfigurationError, Office
from gevinst.formats.office_file import office_language
from gevinst.formats.robot_folder import find_office, load_robot, robot_ids
from gevinst.texts import OFFICE_ZONE

if TYPE_CHECKING:
    from collections.abc import Hashable

    from gevinst.app.ports import RunStore
    from gevinst.domain.robot import Robot

OFFICE_SETTING = "GEVINST_OFFICE"
DATABASE_SETTING = "GEVINST_DATABASE"
LANGUAGE_SETTING = "GEVINST_LANGUAGE"
PACKAGES_SHOWN = ("robotframework", "rpaframework", "pandas", "openpyxl", "python-calamine", "lxml")


def office(folder: str | None = None) -> Office:
    """The office of a folder, of GEVINST_OFFICE, or of the working folder.

    Raises:
        ConfigurationError: see formats.robot_folder.find_office.
    """
    start = Path(folder) if folder else _start()
    return find_office(start, database=os.environ.get(DATABASE_SETTING, ""))


def _start() -> Path:
    return Path(os.environ.get(OFFICE_SETTING) or Path.cwd())


def language() -> str:
    """The language of commands and logs, da or en: GEVINST_LANGUAGE, else the office's, else Danish."""
    wanted = os.environ.get(LANGUAGE_SETTING, "").lower()
    if wanted:
        return "en" if wanted.startswith("en") else "da"
    return office_language(_start())


def robots(of: Office) -> "list[Robot]":
    """The office's robots whose folders can be read; `load_robot` says what is wrong with another.

    Read again when a file of robots or flows has changed: a page must not pay for all of them each time.
    """
    return list(_robots(of, _stamp(of.robots, of.tasks)))


def _stamp(*folders: Path) -> "Hashable":
    """Names, sizes and times of the files in some folders; something never met again when one goes away."""
    files = (file for folder in folders for file in folder.rglob("*"))
    try:
        facts = ((str(file), file.stat()) for file in files)
        return tuple(sorted((name, one.st_size, one.st_mtime_ns) for name, one in facts))
    except OSError:
        return object()


@lru_cache(maxsize=4)
def _robots(of: Office, _stamped: "Hashable") -> "tuple[Robot, ...]":
    found = []
    for robot_id in robot_ids(of):
        try:
            found.append(load_robot(of, robot_id, whole=False))
        except ConfigurationError:
            continue
    return tuple(found)


def store(of: Office) -> "RunStore":
    """The office's database, made on first use."""
    from gevinst.store import open_store  # noqa: PLC0415 - a command that needs no database is quick to start

    of.data.mkdir(parents=True, exist_ok=True)
    return open_store(of.database)


def now() -> datetime:
    """The moment, UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day in the office's zone: at midnight UTC is still in the month before."""
    return now().astimezone(OFFICE_ZONE).date()


def user() -> str:
    """Who starts a command: the name of the user that the process runs as; its number when it has no name.

    The environment is not asked: in it, anybody can be anybody, such as the second person of four eyes.
    """
    if sys.platform == "win32":
        return os.getlogin()
    import pwd  # noqa: PLC0415 - Windows has none

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def holder() -> str:
    """Who holds a run: this host and process."""
    from gevinst.runner.holder import this_process  # noqa: PLC0415 - only what runs robots needs it

    return this_process()


def holder_is_gone(of: str) -> bool:
    """Whether the process that holds a run lives no more; never true of another host's."""
    from gevinst.runner.holder import is_gone  # noqa: PLC0415 - only what runs robots needs it

    return is_gone(of)


def versions() -> dict[str, str]:
    """Versions that a result is made with."""
    found = {"gevinst": gevinst.__version__, "python": platform.python_version()}
    return found | {name: version(name) for name in PACKAGES_SHOWN}


def notify(subject: str, text: str) -> bool:
    """Tell people by what the office has set up; False when nobody has taken it."""
    from gevinst.runner.notify import Notice, Notifier  # noqa: PLC0415 - only the clock needs it

    return Notifier.of(os.environ).send(Notice(subject=subject, text=text))
