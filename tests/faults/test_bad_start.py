"""What an office cannot start with: each is said plainly, with an exit code, and nothing is half-done."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from acceptance.offices import TestOffice
from gevinst.domain.run import ExitCode
from gevinst.store import open_parts


@pytest.fixture
def office(tmp_path: Path) -> TestOffice:
    """Give an office with one robot of its own."""
    made = TestOffice(tmp_path / "kontor").furnish()
    made.add_robot("konto")
    return made


def scheduled(office: TestOffice, words: str) -> None:
    file = office.folder / "robots" / "konto" / "robot.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[limits]", f'[schedule]\nwhen = "{words}"\n[limits]'), encoding="utf-8")


def made_by_a_later_program(office: TestOffice) -> None:
    file = office.data / "gevinst.db"
    open_parts(f"sqlite:///{file.as_posix()}").runs.close()
    with closing(sqlite3.connect(file)) as opened, opened:
        opened.execute("UPDATE alembic_version SET version_num = '9999'")


def no_database_at_all(office: TestOffice) -> None:
    (office.data / "gevinst.db").write_text("Kære kollega", encoding="utf-8")


@pytest.mark.parametrize("command", ["start", "worker", "clock"])
def test_a_server_that_cannot_be_reached_ends_the_start_with_its_name_and_no_password(
    office: TestOffice, command: str
) -> None:
    url = "postgresql+psycopg://gevinst:hemmelig@127.0.0.1:1/gevinst"

    done = office.gevinst(command, GEVINST_DATABASE=url)

    assert done.code == ExitCode.CONFIGURATION
    assert "127.0.0.1:1/gevinst" in done.err
    assert "hemmelig" not in done.said


@pytest.mark.parametrize(
    ("prepare", "code", "words"),
    [(made_by_a_later_program, "STO-005", "9999"), (no_database_at_all, "STO-", "gevinst.db")],
)
def test_a_database_that_is_no_use_ends_the_start_and_is_left_as_it_was(
    office: TestOffice, prepare: Callable[[TestOffice], None], code: str, words: str
) -> None:
    prepare(office)
    before = (office.data / "gevinst.db").read_bytes()

    done = office.gevinst("worker", "--drain")

    assert done.code == ExitCode.CONFIGURATION
    assert code in done.err
    assert words in done.err
    assert (office.data / "gevinst.db").read_bytes() == before


def test_an_unknown_word_of_the_calendar_is_named_with_the_nearest_known(office: TestOffice) -> None:
    scheduled(office, "hver bankdga kl. 06.00")

    done = office.gevinst("run", "konto", "--period", "2026-10")

    assert done.code == ExitCode.CONFIGURATION
    assert "bankdga" in done.err
    assert "bankdag" in done.err.replace("bankdga", "")


def test_a_schedule_that_never_fires_is_told_beside_the_schedules_that_do(office: TestOffice) -> None:
    scheduled(office, "cron: 0 6 31 2 *")

    done = office.gevinst("schedule")

    assert done.code == 0
    assert "0 6 31 2 *" in done.err
    assert "hovedkonto" in done.out
