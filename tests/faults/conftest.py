"""Installations on SQLite, and on both databases where a fault could differ."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from unattended import Installation


@pytest.fixture(params=["sqlite", "postgresql"])
def both_urls(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Give the URL of an empty SQLite database."""
    return f"sqlite:///{(tmp_path / 'store.db').as_posix()}"


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Installation]:
    """Give an installation without robots, on SQLite."""
    made = Installation(sqlite_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def either(both_urls: str, tmp_path: Path) -> Iterator[Installation]:
    """Give an installation without robots, on each database."""
    made = Installation(both_urls, tmp_path)
    yield made
    made.close()
