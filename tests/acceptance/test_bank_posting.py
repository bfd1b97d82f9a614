"""The robot that posts bank lines, run for real: two people, one delivery, the ERP's answer."""

import json
from pathlib import Path
from typing import Any

import pytest

from acceptance.offices import Ran, TestOffice
from flows.opus_check import check_xml
from gevinst.demo.flows_posting import FOLDER, lay_out_posting

ROBOT = "bankbogfoering"
NAME = "ZFIR_KMD_Opus_Posteringer_IND_000_BANK_20261030_{}.xml"
FIRST, SECOND = NAME.format("000000"), NAME.format("000003")
KEY = f"{ROBOT}:2026-10:{FIRST}"
DIES = Path(__file__).with_name("dies_delivering.py")
ANSWER = """<?xml version="1.0"?>
<ns1:FinancePostingResponse xmlns:ns1="http://kmd.dk/fir/posting/external">
<CONTROL_FIELDS><FILE_NAME>{file}</FILE_NAME></CONTROL_FIELDS>
<RETURN><RECEIV_DOC>BANK20261030001</RECEIV_DOC><MESSAGE_TYPE>{kind}</MESSAGE_TYPE>
<MESSAGE_NUM>322</MESSAGE_NUM><MESSAGE_TEXT>Kontoen er spærret</MESSAGE_TEXT></RETURN>
</ns1:FinancePostingResponse>
"""


@pytest.fixture
def office(tmp_path: Path) -> TestOffice:
    """An office whose robot is in production, with a limit that its journal is above."""
    made = TestOffice(tmp_path / "office").furnish()
    file = made.folder / "robots" / ROBOT / "robot.toml"
    text = file.read_text("utf-8").replace('phase = "trial"', 'phase = "production"')
    file.write_text(text.replace("1.000.000,00", "500.000,00"), "utf-8")
    lay_out_posting(made.data, "2026-10")
    return made


def allow_all(office: TestOffice) -> None:
    """Let a journal of any size leave at once."""
    file = office.folder / "robots" / ROBOT / "robot.toml"
    file.write_text(file.read_text("utf-8").replace("500.000,00", "9.000.000,00"), "utf-8")


def delivered(office: TestOffice) -> list[str]:
    return sorted(path.name for path in (office.data / "ud" / "opus").glob("*.xml"))


def book(office: TestOffice) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(office.gevinst("deliveries", "--json").out)
    return found


def rule_file(office: TestOffice) -> Path:
    return office.data / FOLDER / "posteringsregler.csv"


def put_answer(office: TestOffice, file: str, *, kind: str = "I") -> None:
    path = office.data / FOLDER / "svar" / "2026-10" / "svar.xml"
    path.parent.mkdir(parents=True)
    path.write_text(ANSWER.format(file=file, kind=kind), "utf-8")


def items_of(ran: Ran) -> dict[str, str]:
    """Document by bank line, of the journal that a run made."""
    files = json.loads(ran.text("linjer_i_filer.json"))
    lines = [line for name, one in files.items() if name.endswith(".xml") for line in one["lines"]]
    return {item: document for document, item, *_ in lines}


def test_a_large_journal_waits_for_two_people_leaves_once_and_its_answer_is_read(
    office: TestOffice,
) -> None:
    first = office.run(ROBOT)
    assert first.code == 3, first.err
    assert delivered(office) == []
    assert office.gevinst("deliveries", "approve", KEY).code != 0  # the one who started the run

    approval = office.gevinst_as("anden", "deliveries", "approve", KEY)
    put_answer(office, FIRST)
    last = office.run(ROBOT)

    assert approval.code == 0, approval.said
    assert delivered(office) == [FIRST]
    wrong, sums = check_xml((office.data / "ud" / "opus" / FIRST).read_bytes(), FIRST)
    assert wrong == []
    debit = sum(value for (_, side), value in sums.items() if side == "Debet")
    assert [(one["state"], one["control_total"]) for one in book(office)] == [("delivered", str(debit))]
    assert last.code == 3, last.err
    assert last.result["tables"]["answers"] == 1
    assert last.result["outputs"] == []
    assert last.result["tables"]["in_journal"] == len(items_of(first))


def test_every_line_of_a_month_leaves_once_though_a_run_dies_and_a_document_is_refused(
    office: TestOffice,
) -> None:
    suite = office.folder / "tasks" / "bank_posting.robot"
    suite.write_text(
        suite.read_text("utf-8").replace("\nTask Teardown", f"\nLibrary    {DIES}\n\nTask Teardown")
    )
    allow_all(office)
    bank = office.data / FOLDER / "bank_2026-10.csv"
    head, *lines = bank.read_text("utf-8-sig").splitlines(keepends=True)
    bank.write_text("".join([head, *lines[:100]]), "utf-8-sig", newline="")
    (office.folder / "dies").touch()

    died = office.run(ROBOT)
    bank.write_text("".join([head, *lines]), "utf-8-sig", newline="")
    second = office.run(ROBOT)
    put_answer(office, FIRST, kind="E")
    third = office.run(ROBOT)

    truth = json.loads((office.data / "facit" / f"{ROBOT}_2026-10.json").read_text("utf-8"))["lines"]
    wanted = {line for line, (outcome, *_) in truth.items() if outcome != "elsewhere"}
    early, late, again = items_of(died), items_of(second), items_of(third)
    assert died.code == 1
    assert early.keys() | late.keys() == wanted
    assert early.keys().isdisjoint(late)
    assert again.keys() == {line for line, document in early.items() if document == "BANK20261030001"}
    assert {"BANK20261030001"}.isdisjoint(again.values())
    assert delivered(office) == [FIRST, SECOND, NAME.format("000006")]
    for name in delivered(office):
        assert check_xml((office.data / "ud" / "opus" / name).read_bytes(), name)[0] == []
    assert [one["state"] for one in book(office)] == ["delivered"] * 3


def test_an_answer_to_a_journal_that_was_never_sent_stops_the_run(office: TestOffice) -> None:
    put_answer(office, "ZFIR_fremmed.xml")

    ran = office.run(ROBOT)

    assert ran.code == 4
    assert [one["code"] for one in ran.result["rejected"]] == ["POS-022"]
    assert book(office) == []


def test_a_draft_counts_once_it_is_activated_and_who_and_why_are_kept(office: TestOffice) -> None:
    before = rule_file(office).read_bytes()
    extra = "BORGER;indbetaling;;;;;;Borger;90540000;;;;;;Kladde\r\n"
    rule_file(office).write_bytes(before + extra.encode())

    done = office.gevinst_as("ann", "posting", "rules", "activate", ROBOT, "BORGER", "--reason", "Aftalt")

    assert done.code == 0, done.said
    assert "BORGER" in done.out
    row = rule_file(office).read_text("utf-8-sig").splitlines()[-1].split(";")
    assert (row[14], row[17:20]) == ("Aktiv", ["2", "ann", "Aftalt"])
    kept = list((rule_file(office).parent / "historik").iterdir())
    assert [one.read_bytes() for one in kept] == [before + extra.encode()]
    [audit] = office.database("SELECT who, subject, why FROM audit WHERE what = 'posting_rule.active'")
    assert audit == ("ann", f"{ROBOT}:BORGER", "Aftalt")


def test_an_activation_that_would_change_what_is_posted_is_refused(office: TestOffice) -> None:
    text = rule_file(office).read_text("utf-8-sig")
    extra = "MP-NY;0200300400, salg;MobilePay;Overførsel;;;;Ny;90540000;;;;;;Kladde\r\n"
    rule_file(office).write_text(text + extra, "utf-8-sig", newline="")
    before = rule_file(office).read_bytes()
    words = ("posting", "rules", "activate", ROBOT, "MP-NY", "--reason", "x")

    refused = office.gevinst(*words)
    unchanged = rule_file(office).read_bytes()
    forced = office.gevinst(*words, "--accept-changes")

    assert refused.code == 6
    assert "CFG-073" in refused.err
    assert unchanged == before
    assert forced.code == 0, forced.said


def test_a_trial_of_rules_shows_the_difference_and_changes_nothing(
    office: TestOffice, tmp_path: Path
) -> None:
    before = rule_file(office).read_bytes()
    changed = tmp_path / "nye.csv"
    changed.write_bytes(before.replace(b"Gebyr;100;", b"Gebyr;1;"))

    done = office.gevinst("posting", "rules", "try", ROBOT, str(changed), "--json")

    [month] = json.loads(done.out)
    assert done.code == 3
    assert {one["rule_before"] for one in month["lost"]} == {"GEBYR"}
    assert (month["gained"], month["changed"]) == ([], [])
    assert rule_file(office).read_bytes() == before


def test_rules_are_listed_checked_and_suggested(office: TestOffice, tmp_path: Path) -> None:
    booked = tmp_path / "bogfoert.csv"
    ids = [
        one["id"] for one in office.run(ROBOT, "--trial").result["cases"] if one["cause"] == "no_posting_rule"
    ]
    lines = "".join(f"{one};90540000;;\n" for one in ids)
    booked.write_text("Referencenøgle;Artskonto;PSP-element;Omkostningssted\n" + lines, "utf-8")

    listed = json.loads(office.gevinst("posting", "rules", "list", ROBOT, "--json").out)
    checked = office.gevinst("posting", "rules", "check", ROBOT)
    suggested = office.gevinst("posting", "rules", "suggest", ROBOT, str(booked))

    assert {one["rule"]: one["taken"] for one in listed}["MP-AFFALD"] == 60
    assert checked.code == 3
    assert "HUSLEJE" in checked.out
    assert "POS-013" in checked.out
    assert "KANTINE-NORD" in checked.out
    assert 'sender = "borger"' in suggested.out or 'reference = "indbetaling"' in suggested.out
    assert 'status = "Kladde"' in suggested.out
