"""What stands in texts of bank and ledger stays harmless and masked in all that a run leaves behind."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
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
            texts[path.name] = path.read_bytes().decode("utf-8", "replace")  # a signature is no text
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

    assert len(rows) >= 2
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


#: Numbers of persons as they come: with and without a hyphen, of before 2007 and of after (no check digit).
SEEDED = (
    "010180-1234",
    "0101801234",
    "010180 1234",
    "010180–1234",
    "010180\u00a01234",
    "150711-4000",
    "1507114000",
)
HEADS = ("Dato", "Tekst", "Beløb", "Saldo", "Reference", "Modtager", "CPR 010180-1234")


def seeded_workbook(folder: Path) -> Path:
    """A bank statement with numbers of persons in its name, sheet, heads and every text."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "CPR 0101801234"
    sheet.append(HEADS)
    balance = 10_000
    for day, number in enumerate(SEEDED, start=1):
        balance += day
        texts = (f"Ydelse {number}", day, balance, f"REF {number}", f"Borger {number}", number)
        sheet.append((f"{day:02}-10-2026", *texts))
    path = folder / "kontoudtog 010180-1234 (0101801234).xlsx"
    book.save(path)
    return path


@pytest.fixture
def seeded(case_office: TestOffice) -> Ran:
    def make() -> Ran:
        robot = case_office.add_robot("saaet")
        lines = [
            f"{4000 + day};{day:02}-10-2026;Udbetalt {number};{day},01;{number}"
            for day, number in enumerate(SEEDED, start=1)
        ]
        case_office.put(robot, "ledger", "\n".join([LEDGER.splitlines()[0], *lines, ""]))
        return case_office.run(robot, files={"bank": seeded_workbook(case_office.data)})

    return case_office.once("saaet", make)


@pytest.fixture
def seeded_and_rejected(case_office: TestOffice) -> Ran:
    """As seeded, with a number of a person where an amount should be, and a head that is none."""

    def make() -> Ran:
        robot = case_office.add_robot("saaet-afvist")
        lines = (
            "Dato;Tekst 0101801234;Beløb;Saldo",
            "05-10-2026;Løn;010180-1234;1,00",
            "06-10-2026;Løn;1507114000x;1",
        )
        bank = "\n".join([*lines, ""])
        path = case_office.data / "bank 1507114000.csv"
        path.write_text(bank, encoding="utf-8")
        case_office.put(robot, "ledger", LEDGER)
        return case_office.run(robot, files={"bank": path})

    return case_office.once("saaet-afvist", make)


def names_of(folder: Path) -> set[str]:
    paths = (path.relative_to(folder) for path in folder.rglob("*"))
    return {path.as_posix() for path in paths if AS_THEY_CAME not in path.parts}


def leaks(texts: Mapping[str, str]) -> set[tuple[str, str]]:
    return {(name, number) for name, text in texts.items() for number in SEEDED if number in text}


@pytest.mark.parametrize("run", ["seeded", "seeded_and_rejected"])
def test_no_number_of_a_person_is_in_anything_for_people(
    run: str, request: pytest.FixtureRequest, case_office: TestOffice
) -> None:
    ran: Ran = request.getfixturevalue(run)
    run_id = ran.facts["run_id"]
    asked = (
        ["runs", "show", run_id],
        ["decide", "list", "saaet"],
        ["audit", "export"],
        ["robots", "register"],
    )
    printed = {" ".join(words): case_office.gevinst(*words).said for words in asked}

    assert leaks(texts_of(ran.folder)) == set()
    assert leaks({"command": ran.out + ran.err, **printed}) == set()
    assert leaks({name: name for name in names_of(ran.folder)}) == set()


def test_the_seeded_run_did_read_the_numbers(seeded: Ran, seeded_and_rejected: Ran) -> None:
    assert len(seeded.result["open"]) == 2 * len(SEEDED)
    assert seeded_and_rejected.facts["state"] == "rejected"
    assert "150711-XXXX" in seeded.text("koersel.html")


def test_a_sample_shows_no_number_of_a_person(case_office: TestOffice) -> None:
    robot = case_office.add_robot("saaet-stikproeve")
    case_office.put(robot, "bank", BANK)
    case_office.put(robot, "ledger", LEDGER.replace("Faktura 20117", "Faktura 20117 til 010180-1234"))
    ran = case_office.run(robot)

    drawn = case_office.gevinst("samples", "draw", ran.facts["run_id"])

    assert drawn.code == 0, drawn.said
    assert leaks(texts_of(case_office.data / "stikproever")) == set()


def test_a_text_cannot_become_html_in_the_log(case_office: TestOffice) -> None:
    robot = case_office.add_robot("opmaerket")
    case_office.put(robot, "bank", BANK.replace("1.250,00;11", "*HTML* <b>12</b>;11"))
    case_office.put(robot, "ledger", LEDGER)

    ran = case_office.run(robot)

    assert ran.facts["state"] == "rejected"
    assert "<b>12" not in ran.text("log.html")
    assert 'html="true"' not in ran.text("output.xml")
