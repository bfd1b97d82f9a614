"""The office's settings file: where it is, and the language it asks for.

`robot_folder` checks the whole file; these two are asked for by every command, before there is an office.
"""

import tomllib
from functools import lru_cache
from pathlib import Path

OFFICE_FILE = "gevinst.toml"
LANGUAGES = ("da", "en")


def office_folder(start: Path) -> Path | None:
    """The folder with gevinst.toml: `start` or the nearest above it; None when there is none.

    Args:
        start: a folder, or the settings file itself.
    """
    folder = start.resolve() if start.is_dir() else start.resolve().parent
    return next((path for path in (folder, *folder.parents) if (path / OFFICE_FILE).is_file()), None)


@lru_cache
def office_language(start: Path) -> str:
    """The language that the office of a folder asks for; Danish without an office or with a wrong file.

    What is wrong in the file is said by the command that reads it, not here.
    """
    folder = office_folder(start)
    if folder is None:
        return LANGUAGES[0]
    try:
        office = tomllib.loads((folder / OFFICE_FILE).read_text(encoding="utf-8-sig")).get("office")
    except (OSError, ValueError):
        return LANGUAGES[0]
    asked = office.get("language") if isinstance(office, dict) else None
    return asked if asked in LANGUAGES else LANGUAGES[0]
