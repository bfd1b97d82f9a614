import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gevinst.demo import DemoOffice, lay_out
from gevinst.demo.references import fik_reference, is_fik_reference
from gevinst.demo.words import CHARGES, FIRM_FORMS, FIRM_PLACES, FIRM_TRADES
from gevinst.domain.masking import mask_cpr
from unit.demo.plain_readers import (
    NAMES,
    camt_balance,
    camt_entries,
    camt_ore,
    camt_statements,
    camt_text,
    csv_rows,
    opus_lines,
    opus_postings,
    ore,
    sheet_rows,
)

Truth = Mapping[str, Any]
ROLES = {charge.payer for charge in CHARGES} | {
    "",
    "Ydelsesmodtager",
    "MobilePay",
    "Kortindløser",
    "Lejer",
    "Staten",
}


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_seed_gives_the_same_bytes(office: DemoOffice, tmp_path: Path) -> None:
    lay_out(tmp_path)

    assert content(tmp_path) == content(office.folder)


def test_another_seed_gives_other_files(office: DemoOffice, tmp_path: Path) -> None:
    lay_out(tmp_path, seed=2027)

    assert (
        content(tmp_path)["ind/bank/hovedkonto_2026-10.csv"]
        != content(office.folder)["ind/bank/hovedkonto_2026-10.csv"]
    )


def test_plain_text_is_the_same_on_every_machine(office: DemoOffice) -> None:
    """The digest was made on Linux with Python 3.11 and 3.13; a change in the generator changes it."""
    texts = {
        name: data
        for name, data in content(office.folder).items()
        if name.endswith((".csv", ".txt", ".json"))
    }
    digest = hashlib.sha256(b"".join(name.replace("\\", "/").encode() + data for name, data in texts.items()))

    assert digest.hexdigest() == "6c03328c25f8287f8b83659cb68beba8f88aad2dd7b98d4ab73e19be721b4947"


def test_the_office_says_where_each_file_is(office: DemoOffice) -> None:
    assert {robot: sorted(sources) for robot, sources in office.inputs.items()} == {
        "hovedkonto": ["bank", "bank_csv", "carried", "ledger", "ledger_xlsx"],
        "skattekonto": ["bank", "ledger"],
        "kortindloesning": ["bank", "carried", "ledger"],
        "gavekonto": ["bank", "ledger"],
    }
    assert all(path.is_file() for sources in office.inputs.values() for path in sources.values())


@pytest.mark.parametrize("period", ["2026-13", "oktober", ""])
def test_a_period_that_is_no_month_is_refused(period: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"month|isoformat"):
        lay_out(tmp_path, period=period)

    assert content(tmp_path) == {}


def test_the_volume_is_that_of_a_municipality(office: DemoOffice) -> None:
    inputs = office.inputs
    counts = {
        "hovedkonto": len(camt_entries(inputs["hovedkonto"]["bank"])),
        "skattekonto": len(csv_rows(inputs["skattekonto"]["bank"], "cp1252")),
        "kortindloesning": len(csv_rows(inputs["kortindloesning"]["bank"], "cp1252")),
        "gavekonto": len(csv_rows(inputs["gavekonto"]["bank"], "utf-8")),
    }

    assert 2300 <= counts["hovedkonto"] <= 2700
    assert 50 <= counts["skattekonto"] <= 70
    assert 280 <= counts["kortindloesning"] <= 320
    assert counts["gavekonto"] == 20


def test_each_statement_opens_with_what_the_one_before_closed_with(office: DemoOffice) -> None:
    statements = camt_statements(office.inputs["hovedkonto"]["bank"])
    numbers = [int(camt_text(s, "ElctrncSeqNb")) for s in statements]
    closings = [camt_balance(s, "CLBD") for s in statements]

    assert numbers == list(range(numbers[0], numbers[0] + 22))
    assert [camt_balance(s, "OPBD") for s in statements[1:]] == closings[:-1]


def test_each_statement_adds_up_and_agrees_with_its_summary(office: DemoOffice) -> None:
    for statement in camt_statements(office.inputs["hovedkonto"]["bank"]):
        amounts = [camt_ore(entry) for entry in statement.findall("c:Ntry", NAMES)]
        assert camt_balance(statement, "OPBD") + sum(amounts) == camt_balance(statement, "CLBD")
        assert int(camt_text(statement, "TxsSummry/TtlNtries/NbOfNtries")) == len(amounts)
        credit = ore(camt_text(statement, "TxsSummry/TtlCdtNtries/Sum").replace(".", ","))
        assert credit == sum(a for a in amounts if a > 0)


def test_every_entry_has_a_bank_reference_of_its_own(office: DemoOffice) -> None:
    references = [
        camt_text(entry, "AcctSvcrRef") for entry in camt_entries(office.inputs["hovedkonto"]["bank"])
    ]

    assert len(set(references)) == len(references)


def test_a_batch_says_how_many_payments_it_holds(office: DemoOffice, main: Truth) -> None:
    sizes = {
        group["left"][0]: len(group["right"]) for group in main["groups"] if group["kind"] == "fik_batch"
    }
    entries = {camt_text(e, "AcctSvcrRef"): e for e in camt_entries(office.inputs["hovedkonto"]["bank"])}

    assert sizes == {i: int(camt_text(entries[i], "NtryDtls/Btch/NbOfTxs")) for i in sizes}
    assert 5 <= min(sizes.values()) < max(sizes.values()) <= 40


def test_fik_references_have_a_right_check_digit(office: DemoOffice) -> None:
    path = "NtryDtls/TxDtls/RmtInf/Strd/CdtrRefInf/Ref"
    references = [camt_text(entry, path) for entry in camt_entries(office.inputs["hovedkonto"]["bank"])]
    used = [reference for reference in references if reference]

    assert len(used) > 1000
    assert all(is_fik_reference(reference) for reference in used)


def test_a_fik_reference_with_a_changed_digit_is_wrong() -> None:
    assert fik_reference(1234567890123) == "012345678901237"
    assert not is_fik_reference("012345678901227")


def test_the_csv_has_the_lines_of_the_camt_file(office: DemoOffice, main: Truth) -> None:
    inputs = office.inputs["hovedkonto"]
    in_csv = {
        f"row:{n}": ore(row["Beløb"]) for n, row in enumerate(csv_rows(inputs["bank_csv"], "utf-8-sig"), 2)
    }
    in_camt = {camt_text(entry, "AcctSvcrRef"): camt_ore(entry) for entry in camt_entries(inputs["bank"])}

    assert {main["ids"]["csv"][i]: amount for i, amount in in_camt.items()} == in_csv


@pytest.mark.parametrize(
    ("robot", "source", "encoding", "newest_first"),
    [
        ("hovedkonto", "bank_csv", "utf-8-sig", True),
        ("skattekonto", "bank", "cp1252", True),
        ("kortindloesning", "bank", "cp1252", False),
        ("gavekonto", "bank", "utf-8", False),
    ],
)
def test_a_running_balance_has_no_gap(
    office: DemoOffice, *, robot: str, source: str, encoding: str, newest_first: bool
) -> None:
    rows = csv_rows(office.inputs[robot][source], encoding)
    ordered = rows[::-1] if newest_first else rows
    balances = [ore(row["Saldo"]) for row in ordered]

    assert [b + ore(row["Beløb"]) for b, row in zip(balances, ordered[1:], strict=False)] == balances[1:]


def test_the_opus_list_adds_up_by_page_and_in_all(office: DemoOffice, main: Truth) -> None:
    page = total = 0
    for cells in opus_lines(office.inputs["hovedkonto"]["ledger"]):
        amount = ore(cells[7])
        if cells[0] == "*":
            assert amount == page
            page = 0
        elif cells[0] == "**":
            assert amount == total
        else:
            page += amount
            total += amount

    assert main["balances"]["ledger_opening"] + total == main["balances"]["ledger_closing"]


def test_the_opus_list_has_what_makes_it_hard_to_read(office: DemoOffice) -> None:
    text = office.inputs["hovedkonto"]["ledger"].read_bytes().decode("cp1252")
    postings = opus_postings(office.inputs["hovedkonto"]["ledger"])

    assert text.count("Dynamisk listevisning") == text.count("|Bilagsnummer|") > 50
    assert any("|" in cells[6] for cells in postings)
    assert any(cells[7].endswith("-") for cells in postings)
    assert max(len(cells[6]) for cells in postings) <= 50
    assert max(len(cells[5]) for cells in postings) <= 16


def test_the_workbook_has_the_postings_of_the_list(office: DemoOffice, main: Truth) -> None:
    inputs = office.inputs["hovedkonto"]
    values = sheet_rows(inputs["ledger_xlsx"])
    in_sheet = [(f"{row[0]}-{row[1]}", round(row[7] * 100)) for row in values[4:-1]]

    assert in_sheet == [
        (f"{cells[0]}-{cells[1]}", ore(cells[7])) for cells in opus_postings(inputs["ledger"])
    ]
    assert values[2] == (None,) * 10
    assert values[3][0] == "Bilagsnummer"
    assert round(values[-1][7] * 100) == sum(amount for _, amount in in_sheet)
    assert round(values[1][3] * 100) == main["balances"]["ledger_closing"]


def test_the_tax_ledger_has_debit_credit_and_a_running_balance(
    office: DemoOffice, truths: Mapping[str, Truth]
) -> None:
    values = sheet_rows(office.inputs["skattekonto"]["ledger"])
    balance = truths["skattekonto"]["balances"]["ledger_opening"]
    for _, _, _, debit, credit, shown in values[1:]:
        assert (debit is None) != (credit is None)
        balance += round((debit or 0) * 100) - round((credit or 0) * 100)
        assert round(shown * 100) == balance


def test_the_trial_balance_has_every_accounts_opening_and_closing(
    office: DemoOffice, truths: Mapping[str, Truth]
) -> None:
    rows = csv_rows(office.balances, "cp1252")
    expected = [truth["balances"] for truth in truths.values()]

    assert [ore(row["Primosaldo"]) for row in rows] == [b["ledger_opening"] for b in expected]
    assert [ore(row["Ultimosaldo"]) for row in rows] == [b["ledger_closing"] for b in expected]


def workbook_text(path: Path) -> str:
    return "\n".join(str(cell) for row in sheet_rows(path) for cell in row)


def test_no_number_looks_like_a_cpr_number(office: DemoOffice) -> None:
    for path in office.folder.rglob("*.*"):
        text = (
            workbook_text(path) if path.suffix == ".xlsx" else path.read_bytes().decode("cp1252", "replace")
        )
        assert mask_cpr(text) == text, path.name


def is_role_or_firm(party: str) -> bool:
    firm = any(
        party == f"{place} {trade} {form}"
        for place in FIRM_PLACES
        for trade in FIRM_TRADES
        for form in FIRM_FORMS
    )
    return firm or party in ROLES


def test_parties_are_roles_or_made_up_firms(office: DemoOffice) -> None:
    rows = csv_rows(office.inputs["hovedkonto"]["bank_csv"], "utf-8-sig")

    assert {row["Navn"] for row in rows if not is_role_or_firm(row["Navn"])} == set()


def test_many_payments_have_the_same_price(office: DemoOffice) -> None:
    amounts = Counter(camt_ore(entry) for entry in camt_entries(office.inputs["hovedkonto"]["bank"]))

    assert amounts[51000] > 30
