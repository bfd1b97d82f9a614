"""The same tests for every store: in memory, over SQLite and over PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gevinst.app.ports import RunStore
from gevinst.store import open_store
from gevinst.store.memory import MemoryRunStore


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunStore]:
    """Give an empty store of each kind."""
    opened: RunStore
    if request.param == "memory":
        opened = MemoryRunStore()
    elif request.param == "sqlite":
        opened = open_store(f"sqlite:///{(tmp_path / 'store.db').as_posix()}")
    else:
        opened = open_store(request.getfixturevalue("postgres_url"))
    yield opened
    opened.close()
