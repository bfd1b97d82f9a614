"""Runs, open items, gains and the audit trail in a database: SQLite or PostgreSQL, by URL; or in memory.

`open_store` is the door; the modules behind it load SQLAlchemy, which takes half a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gevinst.store.gain_book import SqlGainBook
    from gevinst.store.opening import StoreParts
    from gevinst.store.sql import SqlRunStore


def open_store(url: str) -> SqlRunStore:
    """The store of an office.

    Args:
        url: `sqlite:///path/to/file.db` (made when it is not there), or `postgresql+psycopg://user@host/name`.

    Raises:
        StoreError: see `gevinst.store.revisions.open_database`.
    """
    from gevinst.store.revisions import open_database  # noqa: PLC0415 - see above
    from gevinst.store.sql import SqlRunStore  # noqa: PLC0415 - as above

    return SqlRunStore(open_database(url))


def open_gains(url: str) -> SqlGainBook:
    """What is kept of gains; see open_store."""
    from gevinst.store.gain_book import SqlGainBook  # noqa: PLC0415 - see above
    from gevinst.store.revisions import open_database  # noqa: PLC0415 - as above

    return SqlGainBook(open_database(url))


def open_parts(url: str) -> StoreParts:
    """All that clock and workers keep; see `gevinst.store.opening.open_parts`."""
    from gevinst.store import opening  # noqa: PLC0415 - see above

    return opening.open_parts(url)
