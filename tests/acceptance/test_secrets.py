"""Secrets: kept by name, given to the robots that name them, and found nowhere after a run."""

import base64
import re
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from acceptance.offices import TestOffice
from acceptance.test_work_items import FLOWS, ROBOT

PASSWORD = "Sne!flok/på æble+9&<7>\"'"
SETTINGS = '\n[secrets]\norder = ["file"]\n'
PACKED = re.compile(rb'"([A-Za-z0-9+/]{60,}={0,2})"')


@pytest.fixture
def office(tmp_path: Path) -> TestOffice:
    """An office whose secrets are in a file, with a robot that gives one away."""
    made = TestOffice(tmp_path / "office").furnish()
    settings = made.folder / "gevinst.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + SETTINGS, encoding="utf-8")
    add_robot(made, '[secrets]\nnames = ["erp"]\n')
    return made


def add_robot(office: TestOffice, more: str) -> None:
    (office.folder / "robots" / "sladrer").mkdir()
    file = office.folder / "robots" / "sladrer" / "robot.toml"
    file.write_text(ROBOT.format(id="sladrer", flow="use_secret", more=more, phase="trial"), encoding="utf-8")
    shutil.copy(FLOWS / "use_secret.robot", office.folder / "tasks")


def keep(office: TestOffice, value: str = PASSWORD) -> None:
    assert office.gevinst("secrets", "set", "erp.user", answers="RPA-REGNSKAB-01\n").code == 0
    assert office.gevinst("secrets", "set", "erp.password", answers=value + "\n").code == 0


def written(office: TestOffice) -> Iterator[tuple[str, bytes]]:
    """All that the office has on disk but the secrets, unpacked where Robot Framework packs texts."""
    for path in office.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            yield path.name, content
            for packed in PACKED.findall(content):
                try:
                    yield f"{path.name}, packed", zlib.decompress(base64.b64decode(packed))
                except (ValueError, zlib.error):
                    continue


def forms(value: str) -> list[bytes]:
    inside = base64.b64encode(("user:" + value).encode())[8:-4]
    return [value.encode(), quote_plus(value).encode(), inside, value.encode().hex().encode()]


def test_a_secret_is_found_nowhere_after_a_run_that_gives_it_away(office: TestOffice) -> None:
    keep(office)

    ran = office.run("sladrer")

    console = ran.text("robot-konsol.txt")
    assert "2 tasks, 1 passed, 1 failed" in console, console
    places = [*written(office), ("out", ran.out.encode()), ("err", ran.err.encode())]
    for form in [*forms(PASSWORD), PASSWORD.split("/", maxsplit=1)[0].encode()]:
        assert [name for name, content in places if form in content] == []
    assert "***" in ran.text("output.xml")


def test_a_secret_that_a_robot_has_not_named_is_refused(office: TestOffice) -> None:
    keep(office)
    office.gevinst("secrets", "set", "another", answers="noget andet")

    assert "CFG-028" in office.run("sladrer").text("output.xml")


def test_a_missing_secret_refuses_the_run_and_says_what_to_write(office: TestOffice) -> None:
    done = office.gevinst("run", "sladrer", "--period", "2026-10")

    assert (done.code, "gevinst secrets set erp" in done.err) == (6, True)
    assert office.states("sladrer") == []


def test_a_file_that_others_can_read_is_not_used(office: TestOffice) -> None:
    keep(office)
    file = office.folder / "hemmeligheder.env"
    assert file.stat().st_mode & 0o077 == 0
    file.chmod(0o640)

    done = office.gevinst("secrets", "list")

    assert (done.code, "chmod 600" in done.err) == (6, True)


def test_secrets_are_listed_by_name_and_removed(office: TestOffice) -> None:
    keep(office)

    listed = office.gevinst("secrets", "list")
    removed = office.gevinst("secrets", "remove", "erp")

    assert "erp" in listed.out
    assert "sladrer" in listed.out
    assert PASSWORD not in listed.said
    assert (removed.code, office.gevinst("secrets", "remove", "erp").code) == (0, 2)
    last = office.database("SELECT what, subject FROM audit ORDER BY number")[-1]
    assert last == ("secret.remove", "erp")


def test_systemd_hands_out_secrets_before_the_file(office: TestOffice, tmp_path: Path) -> None:
    keep(office)
    settings = office.folder / "gevinst.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('["file"]', '["systemd", "file"]'), encoding="utf-8"
    )
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "erp").write_text('{"user": "RPA", "password": "fra systemd"}\n', encoding="utf-8")

    listed = office.gevinst("secrets", "list", "--json", CREDENTIALS_DIRECTORY=str(credentials))

    assert '"place": "systemd"' in listed.out


def test_a_name_that_is_none_is_refused(office: TestOffice) -> None:
    assert office.gevinst("secrets", "set", "../ERP", answers="x").code == 2
