"""A file that cannot be used: the run says which, where, what and what to do, and nothing is half done."""

import re
from pathlib import Path

import pytest

from acceptance.offices import CASES, Ran, TestOffice, cases, expected

each_bad_case = pytest.mark.parametrize("case", cases("rejected"), ids=lambda case: case.name)
MARKS = {"da": ("Forventet:", "Fundet:"), "en": ("Expected:", "Found:")}


@each_bad_case
def test_a_bad_file_rejects_the_run_with_its_own_code(case_office: TestOffice, case: Path) -> None:
    ran = case_office.run_case(case)

    assert (ran.code, ran.facts["state"]) == (4, "rejected")
    assert {one["code"] for one in ran.result["rejected"]} >= set(expected(case)["finding_codes"])


@each_bad_case
def test_the_message_says_file_place_expected_and_what_to_do(case_office: TestOffice, case: Path) -> None:
    answer, ran = expected(case), case_office.run_case(case)
    [code] = answer["finding_codes"]

    [line] = [line for line in ran.err.splitlines() if line.startswith(code)][:1]

    assert re.match(rf"{code} (bank|ledger)\.\w+", line)
    assert "Forventet: " in line
    assert re.search(r"Intet|Ingen linje", line)
    assert place_in(case) in line


def place_in(case: Path) -> str:
    """The faulty place as the message names it."""
    others = {"doubled_column": "celle E1", "mixed_encoding": "linje "}
    cell = expected(case).get("cell", "")
    return others.get(case.name) or (f"celle {cell}" if cell else "")


@each_bad_case
def test_each_finding_has_all_its_sentences_in_both_languages(case_office: TestOffice, case: Path) -> None:
    for one in case_office.run_case(case).result["rejected"]:
        for part in ("title", "expected", "do"):
            assert one[part]
            assert one[f"{part}_en"]
            assert one[part] != one[f"{part}_en"]


@each_bad_case
def test_the_run_page_of_a_rejected_run_has_each_finding(case_office: TestOffice, case: Path) -> None:
    ran = case_office.run_case(case)

    for page in ("koersel.html", "koersel.en.html"):
        assert {one["code"] for one in ran.result["rejected"]} <= set(
            re.findall(r"[A-Z]{3}-\d{3}", ran.text(page))
        )


@each_bad_case
def test_nothing_of_a_rejected_run_is_kept(case_office: TestOffice, case: Path) -> None:
    run_id = case_office.run_case(case).facts["run_id"]

    for table in ("gain", "open_item", "statement"):
        assert case_office.database(f"SELECT * FROM {table} WHERE run_id = '{run_id}'") == []  # noqa: S608


def test_an_english_user_reads_the_finding_in_english(case_office: TestOffice) -> None:
    ran = case_office.run_case(CASES / "letter_in_amount")

    shown = case_office.gevinst("runs", "show", ran.facts["run_id"], GEVINST_LANGUAGE="en")

    assert "CEL-001 bank.csv, cell C2: The amount" in shown.out
    assert "Found: “1.25O,00”. Expected: An amount" in shown.out


STATEMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>M{number}</MsgId><CreDtTm>2026-{month}-28T06:00:00</CreDtTm></GrpHdr>
<Stmt><Id>S{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>
<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{opening}.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-{month}-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{closing}.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-{month}-28</Dt></Dt></Bal>
<Ntry><Amt Ccy="{currency}">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-{month}-05</Dt></BookgDt><ValDt><Dt>2026-{month}-05</Dt></ValDt>
<AcctSvcrRef>R{number}</AcctSvcrRef><AddtlNtryInf>Indbetaling F{number}</AddtlNtryInf></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""
LEDGER = "Bilag;Dato;Tekst;Beløb;Reference\n{number};05-{month}-2026;Indbetaling;100,00;F{number}\n"
ACCOUNT = "DK4999990000220501"


def statement(
    office: TestOffice,
    robot: str,
    *,
    month: str = "09",
    number: int = 9,
    opening: int = 1000,
    account: str = ACCOUNT,
    currency: str = "DKK",
) -> dict[str, Path]:
    facts = {"month": month, "number": number, "account": account, "currency": currency}
    bank = office.data / f"{robot}_{number}.xml"
    text = STATEMENT.format(opening=opening, closing=opening + 100, **facts)
    bank.write_text(text, encoding="utf-8")
    ledger = office.data / f"{robot}_{number}.csv"
    ledger.write_text(LEDGER.format(**facts), encoding="utf-8")
    return {"bank": bank, "ledger": ledger}


def codes(ran: Ran) -> list[str]:
    return [one["code"] for one in ran.result["rejected"]]


def test_the_same_statement_given_for_the_next_month_is_refused(office: TestOffice) -> None:
    robot = office.add_robot("samme-udtog")
    files = statement(office, robot)
    first = office.run(robot, period="2026-09", files=files)
    files["ledger"] = statement(office, robot, month="10", number=10)["ledger"]

    second = office.run(robot, period="2026-10", files=files)

    assert first.facts["state"] == "agreed"
    assert second.code == 4
    assert codes(second).count("BNK-003") == 1
    assert first.facts["run_id"] in second.err
    assert "2026-09" in second.err


def test_a_statement_that_does_not_begin_where_last_months_ended_is_refused(office: TestOffice) -> None:
    robot = office.add_robot("hul")
    office.run(robot, period="2026-09", files=statement(office, robot))

    ran = office.run(
        robot, period="2026-10", files=statement(office, robot, month="10", number=10, opening=1250)
    )

    assert (ran.code, codes(ran)) == (4, ["BNK-002"])
    assert "1.100,00" in ran.err
    assert "1.250,00" in ran.err


def test_the_next_statement_is_read_when_it_begins_where_the_last_ended(office: TestOffice) -> None:
    robot = office.add_robot("ubrudt")
    office.run(robot, period="2026-09", files=statement(office, robot))

    ran = office.run(
        robot, period="2026-10", files=statement(office, robot, month="10", number=10, opening=1100)
    )

    assert (ran.code, ran.facts["state"]) == (0, "agreed")


def test_another_accounts_statement_is_refused(case_office: TestOffice) -> None:
    robot = case_office.add_robot("anden-konto", bank=f'account = "{ACCOUNT}"')

    ran = case_office.run(robot, files=statement(case_office, robot, account="DK7299990000220502"))

    assert (ran.code, codes(ran)) == (4, ["BNK-004"])
    assert ACCOUNT in ran.err


def test_a_statement_in_another_currency_is_refused(case_office: TestOffice) -> None:
    robot = case_office.add_robot("valuta")
    files = statement(case_office, robot, currency="EUR")
    files["ledger"].write_text(
        "Bilag;Dato;Tekst;Beløb;Valuta\n9;05-09-2026;Indbetaling;100,00;DKK\n", encoding="utf-8"
    )

    ran = case_office.run(robot, period="2026-09", files=files)

    assert (ran.code, codes(ran)) == (4, ["ROB-002"])
    assert "DKK, EUR" in ran.err


def test_a_missing_file_is_named_with_the_path_where_it_was_expected(case_office: TestOffice) -> None:
    robot = case_office.add_robot("mangler")
    case_office.put(robot, "ledger", LEDGER.format(number=1, month="10"))

    ran = case_office.run(robot)

    assert (ran.code, codes(ran)) == (4, ["FIL-007"])
    assert "mangler_bank_2026-10.csv" in ran.err
    assert "mappen »ind«" in ran.err


@pytest.mark.parametrize("name", ["udtog.csv.part", "~$udtog.csv", "udtog.csv.filepart"])
def test_a_file_that_is_still_being_written_is_refused(
    case_office: TestOffice, tmp_path: Path, name: str
) -> None:
    robot = case_office.add_robot(f"undervejs-{re.sub(r'[^a-z]', '', name)}")
    ledger = case_office.put(robot, "ledger", LEDGER.format(number=1, month="10"))
    (tmp_path / name).write_text("Dato;Tekst;Beløb\n05-10-2026;Indbetaling;100,00\n", encoding="utf-8")

    ran = case_office.run(robot, files={"bank": tmp_path / name, "ledger": ledger})

    assert (ran.code, codes(ran)) == (4, ["FIL-006"])


def test_a_file_with_too_few_rows_is_refused(case_office: TestOffice) -> None:
    robot = case_office.add_robot("faa-raekker", bank="min_rows = 3")
    case_office.put(robot, "bank", "Dato;Tekst;Beløb\n05-10-2026;Indbetaling F1;100,00\n")
    case_office.put(robot, "ledger", LEDGER.format(number=1, month="10"))

    ran = case_office.run(robot)

    assert (ran.code, codes(ran)) == (4, ["ROB-001"])
    assert "mindst 3" in ran.err


def test_all_that_is_wrong_is_said_at_once(case_office: TestOffice) -> None:
    robot = case_office.add_robot("flere-fejl")
    bank = "Dato;Tekst;Beløb\n05-10-2026;Leje;1OO,00\n32-10-2026;Leje;200,00\n06-10-2026;Leje;5,00\n"
    case_office.put(robot, "bank", bank)

    ran = case_office.run(robot)

    assert sorted(codes(ran)) == ["CEL-001", "CEL-002", "FIL-007"]
    assert len(ran.err.splitlines()) == 3


def test_a_missing_file_given_by_hand_is_named_with_its_folder(
    case_office: TestOffice, tmp_path: Path
) -> None:
    robot = case_office.add_robot("mangler-i-haanden")
    ledger = case_office.put(robot, "ledger", LEDGER.format(number=1, month="10"))

    ran = case_office.run(robot, files={"bank": tmp_path / "udtog.csv", "ledger": ledger})

    assert (ran.code, codes(ran)) == (4, ["FIL-007"])
    assert f"mappen »{tmp_path.as_posix()}«" in ran.err
