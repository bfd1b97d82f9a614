"""The upkeep of the database."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gevinst.store.upkeep import Checked


def check_database(url: str) -> "Checked":
    """Whether a database is whole; see store.upkeep.check."""
    from gevinst.store import upkeep  # noqa: PLC0415 - loads SQLAlchemy

    return upkeep.check(url)


def back_up_database(url: str, target: Path) -> Path:
    """Copy a database to a file; see store.upkeep.backup."""
    from gevinst.store import upkeep  # noqa: PLC0415 - loads SQLAlchemy

    return upkeep.backup(url, target)


def restore_database(url: str, source: Path, kept: Path) -> None:
    """Put a backup in a database's place; see store.upkeep.restore."""
    from gevinst.store import upkeep  # noqa: PLC0415 - loads SQLAlchemy

    upkeep.restore(url, source, kept)


def copy_database(url: str, other: str) -> dict[str, int]:
    """Copy a database to an empty one; see store.upkeep.copy_to."""
    from gevinst.store import upkeep  # noqa: PLC0415 - loads SQLAlchemy

    return upkeep.copy_to(url, other)
