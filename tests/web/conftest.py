"""Consoles that tests share."""

import shutil
from pathlib import Path

import pytest

from gevinst import bootstrap
from gevinst.web.console import Console, open_console
from web.offices import add_accounts, lay_out_office


@pytest.fixture(scope="session")
def office_with_accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office without runs, with an account for each role; copied, never used itself."""
    folder = lay_out_office(tmp_path_factory.mktemp("console") / "office")
    console = open_console(bootstrap.office(str(folder)))
    add_accounts(console)
    console.parts.runs.close()
    return folder


@pytest.fixture
def console(office_with_accounts: Path, tmp_path: Path) -> Console:
    """A console over an office without runs."""
    folder = shutil.copytree(office_with_accounts, tmp_path / "office")
    return open_console(bootstrap.office(str(folder)))
