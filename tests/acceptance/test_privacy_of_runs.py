"""What a run leaves behind is for its owner alone, holds no secret, and takes no title for markup."""

import os
import stat
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from acceptance.offices import Ran, TestOffice
from gevinst.texts import Texts

BANK = "Dato;Tekst;Beløb;Saldo;Reference\n05-10-2026;Faktura 1;-250,00;750,00;F1\n"
LEDGER = "Bilag;Dato;Tekst;Beløb;Reference\n4001;05-10-2026;Faktura 1;-250,00;F1\n"
SECRET = "planted-secret"  # the password that must be found nowhere
MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture
def robot(office: TestOffice) -> str:
    """A robot whose title is markup, in an office that asks for English."""
    settings = office.folder / "gevinst.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"da"', '"en"'), encoding="utf-8")
    robot = office.add_robot("konto")
    file = office.folder / "robots" / robot / "robot.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("Prøvekonto", MARKUP), encoding="utf-8")
    office.put(robot, "bank", BANK)
    office.put(robot, "ledger", LEDGER)
    return robot


def test_a_run_is_private_inert_and_in_the_language_of_the_office(office: TestOffice, robot: str) -> None:
    ran = office.run(robot)

    assert ran.facts["state"] == "agreed"
    assert f'name="{Texts("en").get("phase.read")}"' in ran.text("output.xml")
    assert [page for page in pages_of(ran) if MARKUP in ran.text(page)] == []
    if os.name != "nt":
        private = (office.data / "koersler", office.data / "gevinst.db")
        assert [stat.S_IMODE(path.stat().st_mode) & 0o077 for path in private] == [0, 0]


@pytest.mark.parametrize("code", [0, 1], ids=["agreed", "broken down"])
def test_the_password_of_the_database_is_in_no_file_of_a_run(
    office: TestOffice, robot: str, postgres_url: str, code: int
) -> None:
    url = make_url(postgres_url).set(password=SECRET).render_as_string(hide_password=False)
    if code:
        words = office.folder / "resources" / "reconciliation.resource"
        words.write_text(words.read_text(encoding="utf-8").replace("    Get Input", BREAK), encoding="utf-8")

    done = office.gevinst("run", robot, "--period", "2026-10", GEVINST_DATABASE=url)

    [folder] = (office.data / "koersler" / robot / "2026-10").iterdir()
    assert done.code == code, done.said
    assert SECRET not in done.said
    assert [path.name for path in folder.rglob("*") if path.is_file() and SECRET in content(path)] == []


#: A step that logs at the lowest level, asks for the database's address, and breaks down.
BREAK = """    Set Log Level    TRACE
    Evaluate    gevinst.bootstrap.store(gevinst.bootstrap.office())    modules=gevinst.bootstrap
    Evaluate    gevinst.bootstrap.office()    modules=gevinst.bootstrap
    Evaluate    gevinst.bootstrap.office().database    modules=gevinst.bootstrap
    Log To Console    %{GEVINST_DATABASE}
    Fail    broken
    Get Input"""


def pages_of(ran: Ran) -> list[str]:
    return [path.name for path in ran.folder.iterdir() if path.suffix in {".html", ".xml"}]


def content(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
