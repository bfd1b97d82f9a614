"""A run in production delivers its workbook once for each month; large differences wait for two people."""

import json
from pathlib import Path
from typing import Any

import pytest

from acceptance.offices import TestOffice

BANK = "Dato;Tekst;Beløb;Saldo\n13-10-2026;Salg;1.250,00;1.250,00\n"
LEDGER = "Dato;Tekst;Beløb\n13-10-2026;Salg;{amount}\n"
PLAN = '[delivery]\nfolder = "ud/afstemning"\nfour_eyes_above = "100,00"\n'


@pytest.fixture
def office(tmp_path: Path) -> TestOffice:
    """An office with a robot that delivers."""
    made = TestOffice(tmp_path / "office").furnish()
    made.add_robot("konto", more=PLAN)
    made.put("konto", "bank", BANK)
    made.put("konto", "ledger", LEDGER.format(amount="1.250,00"))
    return made


def delivered(office: TestOffice) -> list[str]:
    folder = office.data / "ud" / "afstemning"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def book(office: TestOffice) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(office.gevinst("deliveries", "--json").out)
    return found


def test_the_workbook_is_delivered_once_a_month_and_again_when_a_person_says_so(office: TestOffice) -> None:
    first = office.run("konto")
    assert first.code == 0, first.err
    office.run("konto")
    assert delivered(office) == ["konto_2026-10_afstemning.xlsx"]
    sent = (office.data / "ud" / "afstemning" / "konto_2026-10_afstemning.xlsx").read_bytes()
    assert sent == (first.folder / "afstemning.xlsx").read_bytes()

    redo = office.gevinst("deliveries", "redo", "konto:2026-10:afstemning.xlsx", "--why", "rettet")
    office.run("konto")

    assert redo.code == 0, redo.err
    assert delivered(office) == ["konto_2026-10_afstemning-2.xlsx", "konto_2026-10_afstemning.xlsx"]
    assert [one["state"] for one in book(office)] == ["dropped", "delivered"]


def test_a_trial_delivers_nothing(office: TestOffice) -> None:
    office.run("konto", "--trial")

    assert delivered(office) == []


def test_a_large_difference_waits_for_a_second_person(office: TestOffice) -> None:
    office.put("konto", "ledger", LEDGER.format(amount="1.000,00"))

    ran = office.run("konto")
    assert ran.code == 3, ran.err
    [held] = book(office)
    assert (held["state"], held["control_total"]) == ("held", "250.00")
    assert [name for name in delivered(office) if not name.startswith(".")] == []
    assert "konto:2026-10:afstemning.xlsx" in office.gevinst("alarms").out

    same = office.gevinst("deliveries", "approve", held["key"], LOGNAME="chef", USER="chef")
    assert (same.code, "DEC-022" in same.err) == (2, True)
    with_another = office.gevinst_as("afdelingsleder", "deliveries", "approve", held["key"])

    assert with_another.code == 0, with_another.err
    assert delivered(office) == ["konto_2026-10_afstemning.xlsx"]
    assert book(office)[0]["state"] == "delivered"
    assert office.gevinst("audit", "verify").code == 0


def test_the_newer_run_takes_the_place_of_what_waits(office: TestOffice) -> None:
    office.put("konto", "ledger", LEDGER.format(amount="1.000,00"))
    office.run("konto")
    office.put("konto", "ledger", LEDGER.format(amount="1.250,00"))
    office.run("konto")

    assert delivered(office) == ["konto_2026-10_afstemning.xlsx"]
    assert [one["state"] for one in book(office)] == ["dropped", "delivered"]


def test_an_unknown_delivery_is_refused(office: TestOffice) -> None:
    assert office.gevinst("deliveries", "confirm", "x", "--why", "set").code == 2
