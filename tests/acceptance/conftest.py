"""One demo office for all tests, its robots run once; and empty offices for tests that change one."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fasteners
import pytest

from acceptance.offices import Ran, TestOffice

ROBOTS = ("hovedkonto", "skattekonto", "kortindloesning")


@pytest.fixture(scope="session")
def shared_folder(testrun_uid: str) -> Iterator[Path]:
    """A folder that all workers of this test run share; its name has what trips up programs.

    The last worker to end deletes it.
    """
    folder = Path(tempfile.gettempdir()) / f"gevinst {testrun_uid}"
    users = folder / "users"
    (folder / "Økonomi på Ærø").mkdir(parents=True, exist_ok=True)
    users.mkdir(exist_ok=True)
    user = users / str(os.getpid())
    user.touch()
    yield folder / "Økonomi på Ærø"
    user.unlink()
    if not list(users.iterdir()):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def demo_office(shared_folder: Path) -> TestOffice:
    """The demo office, with its files."""
    office = TestOffice(shared_folder / "demo")
    with fasteners.InterProcessLock(shared_folder / "demo.lock"):
        if not (office.folder / "ready").exists():
            office.furnish(demo=True)
            (office.folder / "ready").touch()
    return office


@pytest.fixture(scope="session")
def demo_runs(demo_office: TestOffice) -> Mapping[str, Ran]:
    """The first run of each robot of the demo office."""
    with ThreadPoolExecutor(2) as pool:
        ran = pool.map(lambda robot: demo_office.once(robot, lambda: demo_office.run(robot)), ROBOTS)
        return dict(zip(ROBOTS, ran, strict=True))


@pytest.fixture(scope="session")
def case_office(shared_folder: Path) -> TestOffice:
    """An office for small cases: each test has a robot of its own in it."""
    office = TestOffice(shared_folder / "sager")
    with fasteners.InterProcessLock(shared_folder / "sager.lock"):
        if not (office.folder / "ready").exists():
            office.furnish()
            (office.folder / "ready").touch()
    return office


@pytest.fixture
def office(tmp_path: Path) -> TestOffice:
    """An empty office of the test's own."""
    return TestOffice(tmp_path / "kontor æøå").furnish()
