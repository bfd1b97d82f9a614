"""What stands in texts of bank and ledger stays harmless and masked in all that a run leaves behind."""

import re
import zipfile
from pathlib import Path

import pytest

from acceptance.offices import Ran, TestOffice

CPR = ("010180-1234", "0101801234", "010180 1234")
MASKED = "010180-XXXX"
HOSTILE = "<script>alert(1)</script> *HTML* <img src=x onerror=alert(2)>"
BANK = f"""Dato;Tekst;Beløb;Saldo;Reference
05-10-2026;Husleje 010180-1234 {HOSTILE};1.250,00;11.250,00;
06-10-2026;Faktura 20117;-400,00;10.850,00;F20117
"""
LEDGER = f"""Bilag;Dato;Tekst;Beløb;Reference
4001;06-10-2026;Faktura 20117;-400,00;F20117
4002;07-10-2026;Udlæg 0101801234 og 010180 1234 {HOSTILE};-75,50;
"""
#: Kept as they came: the run's own inputs. A database has what the next period's work list shows.
AS_THEY_CAME = "input"


@pytest.fixture
def ran(case_office: TestOffice) -> Ran:
    def make() -> Ran:
        robot = case_office.add_robot("fortroligt")
        case_office.put(robot, "bank", BANK)
        case_office.put(robot, "ledger", LEDGER)
        return case_office.run(robot)

    return case_office.once("fortroligt", make)


def texts_of(folder: Path) -> dict[str, str]:
    """Texts of the evidence by name, inputs left out; a workbook's parts by name."""
    texts: dict[str, str] = {}
    for path in folder.rglob("*"):
        if path.is_dir() or AS_THEY_CAME in path.relative_to(folder).parts:
            continue
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                texts |= {f"{path.name}/{name}": book.read(name).decode() for name in book.namelist()}
        else:
            texts[path.name] = path.read_text(encoding="utf-8")
    return texts


def test_both_items_are_open(ran: Ran) -> None:
    assert [one["side"] for one in ran.result["open"]] == ["left", "right"]


def test_no_file_that_a_run_writes_has_a_cpr_number(ran: Ran) -> None:
    found = {name for name, text in texts_of(ran.folder).items() if any(number in text for number in CPR)}

    assert found == set()


def test_no_command_prints_a_cpr_number(ran: Ran, case_office: TestOffice) -> None:
    shown = case_office.gevinst("runs", "show", ran.facts["run_id"])
    read = case_office.gevinst("read", str(ran.folder / "input" / "fortroligt_ledger_2026-10.csv"))

    printed = ran.out + ran.err + shown.said + read.said
    assert MASKED in read.out
    assert [number for number in CPR if number in printed] == []


def test_no_audit_row_has_a_cpr_number(ran: Ran, case_office: TestOffice) -> None:
    rows = case_office.database(f"SELECT * FROM audit WHERE subject = '{ran.facts['run_id']}'")  # noqa: S608

    assert len(rows) == 2
    assert [number for number in CPR if number in str(rows)] == []


@pytest.mark.parametrize("name", ["poster_venstre.csv", "poster_hoejre.csv", "koersel.html"])
def test_items_show_the_number_masked(ran: Ran, name: str) -> None:
    assert MASKED in ran.text(name)


def test_the_workbook_shows_the_number_masked(ran: Ran) -> None:
    texts = texts_of(ran.folder)

    assert any(MASKED in text for name, text in texts.items() if name.startswith("afstemning.xlsx/"))


@pytest.mark.parametrize("page", ["koersel.html", "koersel.en.html"])
def test_markup_in_a_text_is_shown_as_text(ran: Ran, page: str) -> None:
    html = ran.text(page)

    assert "&lt;script&gt;alert(1)" in html
    assert not re.search(r"<script|<img|onerror\s*=\s*[^&]*>", html.replace("onerror=alert(2)&gt;", ""))


@pytest.mark.parametrize("log", ["log.html", "report.html", "output.xml"])
def test_markup_in_a_text_is_inert_in_the_technical_log(ran: Ran, log: str) -> None:
    assert "<script>alert" not in ran.text(log)
    assert "<img src=x" not in ran.text(log)


def test_a_text_cannot_become_html_in_the_log(case_office: TestOffice) -> None:
    robot = case_office.add_robot("opmaerket")
    case_office.put(robot, "bank", BANK.replace("1.250,00;11", "*HTML* <b>12</b>;11"))
    case_office.put(robot, "ledger", LEDGER)

    ran = case_office.run(robot)

    assert ran.facts["state"] == "rejected"
    assert "<b>12" not in ran.text("log.html")
    assert 'html="true"' not in ran.text("output.xml")
