"""Runs, open items, gains and the audit trail in a database: SQLite or PostgreSQL, by URL; or in memory.

`open_store` is the door; the modules behind it load SQLAlchemy, which takes half a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gevinst.store.opening import StoreParts
    from gevinst.store.sql import SqlRunStore


def open_store(url: str) -> SqlRunStore:
    """The store of an office; see `gevinst.store.opening.open_store`."""
    from gevinst.store import opening  # noqa: PLC0415 - see above

    return opening.open_store(url)


def open_parts(url: str) -> StoreParts:
    """All that clock and workers keep; see `gevinst.store.opening.open_parts`."""
    from gevinst.store import opening  # noqa: PLC0415 - see above

    return opening.open_parts(url)
