"""`gevinst reconcile`: any two files."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from integration.cli.conftest import Command

BANK = """Bogført;Tekst;Beløb;Saldo
13-10-2026;Købsmoms Årslev;-1.250,00;8.750,00
14-10-2026;Indbetaling F12;400,00;9.150,00
20-10-2026;Husleje lejemål 7;6.125,00;15.275,00
"""
ROWS = (
    (4001, "13", "Købsmoms Årslev", -1250),
    (4002, "15", "Indbetaling F12", 400),
    (4003, "20", "Husleje", 6125),
)


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def plain(head: str, rows: str) -> str:
    return lines(head, *(rows.format(*row) for row in ROWS))


#: The ledger as other systems write it; the same three postings.
LEDGERS = {
    "comma_utf8": plain("voucher,text,amount,date", "{0},{2},{3}.00,2026-10-{1}"),
    "swapped_columns": plain("Beløb;Bilag;Tekst;Dato", "{3},00;{0};{2};{1}-10-2026"),
    "debit_credit_mark": lines(
        "Dato;Tekst;Beløb;D/K",
        "13-10-2026;Moms;1.250,00;K",
        "15-10-2026;F12;400,00;D",
        "20-10-2026;Leje;6.125,00;D",
    ),
    "opposite_signs": lines(
        "Bilag;Dato;Tekst;Beløb",
        "1;13-10-2026;Moms;1.250,00",
        "2;15-10-2026;F12;-400,00",
        "3;20-10-2026;Leje;-6.125,00",
    ),
    "no_header": plain("", "{1}-10-2026;{2};{3},00").lstrip(),
}
AMBIGUOUS = lines("Date,Text,Amount", "10/05/2026,Moms,-1250.00", "10/07/2026,F12,400.00")


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    path = tmp_path / "kontoudtog æøå.csv"
    path.write_text(BANK, encoding="cp1252")
    return path


def result(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize("form", LEDGERS)
def test_two_unknown_files_are_reconciled(gevinst: Command, bank: Path, tmp_path: Path, form: str) -> None:
    ledger = tmp_path / "finans.csv"
    ledger.write_text(LEDGERS[form], encoding="utf-8")

    done = gevinst("reconcile", str(bank), str(ledger), "--out", "ud", "--no-input")

    assert (done.code, done.err) == (0, "")
    found = result(tmp_path / "ud")
    assert (found["state"], len(found["groups"]), found["bridge"]["holds"]) == ("agreed", 3, True)
    assert "Afstemt. Alle 6 poster har deres modpost" in done.out
    names = {path.name for path in (tmp_path / "ud").iterdir()}
    assert {"result.json", "afstemning.xlsx", "koersel.html", "koersel.en.html"} <= names


def test_a_workbook_with_title_rows_is_reconciled(gevinst: Command, bank: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["Kontokort 9.22.05"], [], ["Bilag", "Dato", "Tekst", "Beløb"]):
        sheet.append(row)
    for voucher, day, text, amount in ROWS:
        sheet.append([voucher, dt.date(2026, 10, int(day)), text, amount])
    book.save(tmp_path / "finans.xlsx")

    done = gevinst("reconcile", str(bank), "finans.xlsx", "--out", "ud", "--no-input", "--json")

    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == result(tmp_path / "ud")
    assert [one["right"] for one in json.loads(done.out)["groups"]] == [["4001"], ["4002"], ["4003"]]


def test_what_was_taken_for_what_is_said(gevinst: Command, bank: Path, tmp_path: Path) -> None:
    (tmp_path / "finans.csv").write_text(LEDGERS["opposite_signs"], encoding="utf-8")

    done = gevinst("reconcile", str(bank), "finans.csv", "--out", "ud", "--no-input")

    assert "Windows-1252" in done.out
    assert "Kolonnen »Bogført« er datoen" in done.out
    assert "fortegnet er vendt" in done.out


def test_signs_are_kept_when_that_is_asked_for(gevinst: Command, bank: Path, tmp_path: Path) -> None:
    (tmp_path / "finans.csv").write_text(LEDGERS["opposite_signs"], encoding="utf-8")

    done = gevinst("reconcile", str(bank), "finans.csv", "--out", "ud", "--no-input", "--same-sign")

    assert done.code == 3
    assert result(tmp_path / "ud")["groups"] == []


def test_dates_that_can_be_read_in_two_ways_stop_where_nobody_may_be_asked(
    gevinst: Command, bank: Path, tmp_path: Path
) -> None:
    (tmp_path / "finans.csv").write_text(AMBIGUOUS, encoding="utf-8")

    done = gevinst("reconcile", str(bank), "finans.csv", "--out", "ud", "--no-input")

    assert done.code == 4
    assert done.err.startswith("LAY-004 finans.csv")
    assert "date_order=mdy" in done.err
    assert "finans.csv: skriv svaret efter --map-right, for eksempel --map-right date_order=dmy" in done.err
    assert result(tmp_path / "ud")["state"] == "rejected"


def test_the_answer_alone_is_mapping_enough(gevinst: Command, bank: Path, tmp_path: Path) -> None:
    (tmp_path / "finans.csv").write_text(AMBIGUOUS, encoding="utf-8")

    options = ("--no-input", "--map-right", "date_order=mdy", "--json")
    done = gevinst("reconcile", str(bank), "finans.csv", "--out", "ud", *options)

    sources = json.loads(done.out)["sources"]
    assert [one["first"] for one in sources if one["side"] == "right"] == ["2026-10-05"]


@pytest.mark.parametrize(("answer", "day"), [("dmy", "2026-05-10"), ("mdy", "2026-10-05")])
def test_a_person_is_asked_how_to_read_the_dates(
    gevinst: Command, bank: Path, tmp_path: Path, answer: str, day: str
) -> None:
    (tmp_path / "finans.csv").write_text(AMBIGUOUS, encoding="utf-8")

    done = gevinst("reconcile", str(bank), "finans.csv", "--out", "ud", "--json", answers=f"{answer}\n")

    assert "finans.csv: datoerne kan læses på flere måder." in done.err
    sources = json.loads(done.out)["sources"]
    assert [one["first"] for one in sources if one["side"] == "right"] == [day]


def test_a_question_without_an_answer_stops(gevinst: Command, bank: Path, tmp_path: Path) -> None:
    (tmp_path / "finans.csv").write_text(AMBIGUOUS, encoding="utf-8")

    done = gevinst("reconcile", str(bank), "finans.csv", "--out", "ud")

    assert done.code == 4
    assert "LAY-004" in done.err


def test_a_misspelt_column_is_answered_with_the_nearest(gevinst: Command, bank: Path) -> None:
    done = gevinst("reconcile", str(bank), str(bank), "--out", "ud", "--map-left", "date=Bogfrt")

    assert done.code == 4
    assert "»Bogfrt« findes ikke" in done.err
    assert "Bogført" in done.err


def test_a_misspelt_role_is_answered_with_the_nearest(gevinst: Command, bank: Path) -> None:
    done = gevinst("reconcile", str(bank), str(bank), "--out", "ud", "--map-left", "dato=Bogført")

    assert done.code == 2
    assert "»dato« er ikke en rolle" in done.err
    assert "Mente du »date«?" in done.err


def test_an_empty_file_is_named_and_the_page_written(gevinst: Command, bank: Path, tmp_path: Path) -> None:
    (tmp_path / "tom.csv").write_bytes(b"")

    done = gevinst("reconcile", str(bank), "tom.csv", "--out", "ud", "--json")

    assert (done.code, json.loads(done.out)["state"]) == (4, "rejected")
    assert done.err.startswith("FIL-001 tom.csv: Filen er tom.")
    assert "FIL-001" in (tmp_path / "ud" / "koersel.html").read_text(encoding="utf-8")


def test_the_same_file_on_both_sides_agrees(gevinst: Command, bank: Path) -> None:
    done = gevinst("reconcile", str(bank), str(bank), "--out", "ud")

    assert (done.code, done.err) == (0, "")


def test_what_an_earlier_reconciliation_wrote_is_replaced_whole(
    gevinst: Command, bank: Path, tmp_path: Path
) -> None:
    (tmp_path / "tom.csv").write_bytes(b"")
    (tmp_path / "ud").mkdir()
    (tmp_path / "ud" / "noter.txt").write_text("mine", encoding="utf-8")
    gevinst("reconcile", str(bank), str(bank), "--out", "ud")

    gevinst("reconcile", str(bank), "tom.csv", "--out", "ud")

    names = {path.name for path in (tmp_path / "ud").iterdir()}
    assert names == {
        "result.json",
        "afstemning.xlsx",
        "koersel.html",
        "koersel.en.html",
        "input",
        "noter.txt",
    }
    assert result(tmp_path / "ud")["state"] == "rejected"


def test_an_english_user_reads_english(gevinst: Command, bank: Path) -> None:
    done = gevinst("reconcile", str(bank), str(bank), "--out", "ud", GEVINST_LANGUAGE="en")

    assert "Agreed. All 6 items" in done.out
    assert "koersel.en.html" in done.out


def test_a_folder_that_is_a_file_is_said_plainly(gevinst: Command, bank: Path, tmp_path: Path) -> None:
    (tmp_path / "ud").touch()

    done = gevinst("reconcile", str(bank), str(bank), "--out", "ud")

    assert done.code == 6
    assert done.err.startswith("CFG-010: »")
    assert "Traceback" not in done.err


def test_a_missing_file_is_named_with_its_folder(gevinst: Command, bank: Path, tmp_path: Path) -> None:
    done = gevinst("reconcile", str(bank), "mangler.csv", "--out", "ud")

    assert done.code == 4
    assert (
        f"FIL-007 mangler.csv: Filen findes ikke. Forventet: En fil med det navn i mappen »{tmp_path.name}«"
        in done.err
    )


def test_an_invoice_number_beside_the_voucher_number_tells_equal_amounts_apart(
    gevinst: Command, tmp_path: Path
) -> None:
    bank = lines(
        "Dato;Tekst;Beløb;Reference", "13-10-2026;Rate;500,00;2266114", "14-10-2026;Rate;500,00;2266999"
    )
    ledger = lines(
        "Dok.nr.;Dato;Fakturanr.;Beløb", "71;13-10-2026;2266999;500,00", "72;14-10-2026;2266114;500,00"
    )
    (tmp_path / "bank.csv").write_text(bank, encoding="utf-8")
    (tmp_path / "finans.csv").write_text(ledger, encoding="utf-8")

    done = gevinst("reconcile", "bank.csv", "finans.csv", "--out", "ud", "--no-input")

    assert (done.code, done.err) == (0, "")
    pairs = [(one["left"], one["right"]) for one in result(tmp_path / "ud")["groups"]]
    assert sorted(pairs) == [(["2266114"], ["72"]), (["2266999"], ["71"])]


@pytest.mark.parametrize("heading", ["Medlemsnr.", "Customer ref", "XYZ"])
def test_numbers_in_a_column_of_any_name_tell_equal_amounts_apart(
    gevinst: Command, tmp_path: Path, heading: str
) -> None:
    bank = ("Dato;Tekst;Beløb;Note", "13-10-2026;Ind;500,00;nr 2266114", "13-10-2026;Ind;500,00;nr 2266999")
    ledger = (f"Bilag;Dato;{heading};Beløb", "71;13-10-2026;2266999;500,00", "72;13-10-2026;2266114;500,00")
    (tmp_path / "bank.csv").write_text(lines(*bank), encoding="utf-8")
    (tmp_path / "finans.csv").write_text(lines(*ledger), encoding="utf-8")

    gevinst("reconcile", "bank.csv", "finans.csv", "--out", "ud", "--no-input")

    pairs = [(one["left"], one["right"]) for one in result(tmp_path / "ud")["groups"]]
    assert sorted(pairs) == [(["row:2"], ["72"]), (["row:3"], ["71"])]


def test_an_item_of_the_last_days_is_not_said_to_wait_for_a_period_that_nobody_gave(
    gevinst: Command, bank: Path, tmp_path: Path
) -> None:
    short = "".join(LEDGERS["swapped_columns"].splitlines(keepends=True)[:-1])
    (tmp_path / "finans.csv").write_text(short, encoding="utf-8")

    done = gevinst("reconcile", str(bank), "finans.csv", "--out", "ud", "--no-input")

    assert done.code == 3
    assert "Ikke afstemt: 1 post, 6.125,00 kr." in done.out
    assert [one["because"] for one in result(tmp_path / "ud")["open"]] == ["Findes kun i venstre fil."]


def test_two_files_without_rows_agree_about_nothing(gevinst: Command, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("Dato;Tekst;Beløb\n", encoding="utf-8")

    done = gevinst("reconcile", "a.csv", "b.csv", "--out", "ud", "--no-input", "--json")

    assert (done.code, json.loads(done.out)["state"]) == (4, "rejected")
    assert "FIL-001 a.csv: Filen er tom." in done.err
    assert "FIL-001 b.csv: Filen er tom." in done.err


def test_a_rules_file_that_does_not_exist_is_not_passed_over(gevinst: Command, bank: Path) -> None:
    done = gevinst("reconcile", str(bank), str(bank), "--out", "ud", "--rules", "regler.toml")

    assert done.code == 2
    assert "'regler.toml' findes ikke" in done.err


def test_a_reconciliation_without_two_files_is_a_usage_error(gevinst: Command, bank: Path) -> None:
    assert gevinst("reconcile", str(bank), "--out", "ud").code == 2
