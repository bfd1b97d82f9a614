"""The parts of the console that it does not share with the commands."""

from typing import TYPE_CHECKING

from gevinst.app.accounts import Door
from gevinst.app.office import Office
from gevinst.formats.robot_folder import load_robot, robot_ids

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gevinst.app.second_factor import FactorDoor
    from gevinst.domain.robot import Robot
    from gevinst.store.attachments import Attachment
    from gevinst.store.opening import StoreParts


def door(opened: "StoreParts") -> Door:
    """What signing in needs: the accounts in the database, and Argon2."""
    from gevinst.app.second_factor import has_factor  # noqa: PLC0415 - only the console needs it
    from gevinst.store.passwords import Argon2Passwords  # noqa: PLC0415 - only the console needs it

    factors = opened.factors
    return Door(
        book=opened.accounts, passwords=Argon2Passwords(), half=lambda user: has_factor(factors, user)
    )


def factor_door(opened: "StoreParts", of: Door) -> "FactorDoor":
    """What a second factor needs beside the door: the devices' secrets, and codes by RFC 6238."""
    from gevinst.app.second_factor import FactorDoor  # noqa: PLC0415 - only the console needs it
    from gevinst.store.one_time_codes import TotpCodes  # noqa: PLC0415

    return FactorDoor(door=of, factors=opened.factors, codes=TotpCodes())


def robot(of: Office, robot_id: str) -> "Robot":
    """One robot of the office.

    Raises:
        ConfigurationError: there is none of the id, or its folder cannot be read.
    """
    return load_robot(of, robot_id)


def robot_names(of: Office) -> "Sequence[str]":
    """Ids of the office's robots, also of those whose folders cannot be read."""
    return robot_ids(of)


def keep_attachment(of: Office, name: str, content: bytes) -> "Attachment":
    """Keep a file that a person attaches; see store.attachments.keep."""
    from gevinst.store import attachments  # noqa: PLC0415 - only the console needs it

    return attachments.keep(of.data, name, content)


def find_attachment(of: Office, sha256: str) -> "Path | None":
    """A file that a person attached; None when it is gone."""
    from gevinst.store import attachments  # noqa: PLC0415 - only the console needs it

    return attachments.find(of.data, sha256)


def robot_readme(of: Office, robot_id: str) -> str:
    """What a robot's README says; "" when it has none."""
    file = of.robots / robot_id / "README.md"
    return file.read_text("utf-8", errors="replace") if file.is_file() else ""
