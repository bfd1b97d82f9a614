"""SAF-T: made-up files with known answers, real ones against an independent sum, and a large one."""

import json
import tracemalloc
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lxml import etree

from gevinst.domain.audit_file import AuditRead
from gevinst.domain.finding import Finding, InputRejectedError, Severity
from gevinst.domain.source import RowCounts
from gevinst.formats.reading import read_source
from gevinst.formats.saft import read_audit_file
from gevinst.reports.audit_json import audit_json
from gevinst.texts import Texts
from gevinst.texts.findings import finding_sentence

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "fixtures" / "formats" / "saft"
REAL = ROOT.parent / "shared" / "data" / "saft"
BALANCED = sorted(REAL.glob("*/Example Files__*.xml"))
GENERATED = sorted(REAL.glob("*/*generated*.xml")) + sorted(REAL.glob("*/*xmlSpy*.xml"))
NO_REAL = pytest.param(None, marks=pytest.mark.skip(reason="real SAF-T files are not at hand"))
BANK = "90510"
BYTES_A_POSTING = 1_200


def cases() -> Iterator[Any]:
    expected = json.loads((FIXTURES / "expected.json").read_text(encoding="utf-8"))
    for name, answer in expected.items():
        yield pytest.param(FIXTURES / name, answer, id=name)


def answer_of(path: Path) -> tuple[tuple[Finding, ...], AuditRead | None]:
    try:
        read = read_audit_file(path)
    except InputRejectedError as refused:
        return refused.findings, None
    return read.source.findings, read


@pytest.mark.parametrize(("path", "expected"), list(cases()))
def test_each_made_up_file_gives_what_its_folder_says(path: Path, expected: dict[str, Any]) -> None:
    findings, read = answer_of(path)

    assert [one.code for one in findings] == expected.get("findings", expected.get("rejected"))
    assert (read is None) == ("rejected" in expected)
    if "place" in expected:
        assert findings[0].place.cell == expected["place"]
    if read:
        rows = read.source.rows
        assert len(read.source.items) == rows.read == expected["lines"]
        assert rows.in_file == rows.read + rows.skipped + rows.rejected
    if read and "sum" in expected:
        assert (int(read.source.items["amount"].sum()), read.audit.sums.debit) == (
            expected["sum"],
            expected["debit"],
        )


@pytest.mark.parametrize(("path", "expected"), list(cases()))
def test_each_finding_and_reason_is_said_whole_in_both_languages(
    path: Path, expected: dict[str, Any]
) -> None:
    findings, read = answer_of(path)

    for texts in map(Texts, ("da", "en")):
        sentences = [finding_sentence(one, texts) for one in findings]
        if read:
            sentences += [texts.get(one.because, **one.facts) for one in read.source.assumptions]
        assert not [one for one in sentences if {"{", "}"} & set(one)]
    assert bool(findings) == bool(expected.get("findings") or expected.get("rejected"))


def test_every_made_up_file_has_an_answer() -> None:
    expected = json.loads((FIXTURES / "expected.json").read_text(encoding="utf-8"))

    assert {path.name for path in FIXTURES.glob("*.xml")} == set(expected)


def test_a_posting_has_everything_that_its_line_and_its_entry_say() -> None:
    source = read_source(FIXTURES / "danish.xml")

    first = source.items.iloc[0]
    assert (first["item_id"], first["document"], first["account"]) == ("1001-1", "1001", "95900")
    assert (first["booked"], first["value_date"]) == (pd.Timestamp("2026-03-04"), pd.Timestamp("2026-03-04"))
    assert (first["amount"], first["currency"], first["text"]) == (286250, "DKK", "Nordfjord, marts")
    assert (first["reference"], first["counterparty"]) == ("71-881", "Nordfjord Kontorartikler ApS")
    lines = (FIXTURES / "danish.xml").read_text(encoding="utf-8").splitlines()
    assert lines[first["place_line"] - 1].strip() == "<Line>"
    assert first["place_cell"] == "Journal[1]/Transaction[1]/Line[1]"
    assert source.raw.iloc[0]["DebitAmount"] == "2862.50"


def test_a_line_without_text_reference_and_posting_date_takes_those_of_its_entry() -> None:
    items = read_source(FIXTURES / "danish.xml").items.set_index("item_id")

    assert items.loc["1001-2", "text"] == "Betaling af faktura F-2026-0417"
    assert items.loc["1001-2", "reference"] == "F-2026-0417"
    assert items.loc["2001-1", "booked"] == pd.Timestamp("2026-03-31")


@pytest.mark.parametrize("name", ["norwegian.xml", "version_2.xml", "bare_amounts.xml", "lines_counted.xml"])
def test_every_dialect_gives_the_same_postings(name: str) -> None:
    shown = ["item_id", "account", "booked", "amount", "reference", "text", "counterparty", "document"]

    pd.testing.assert_frame_equal(
        read_source(FIXTURES / name).items[shown], read_source(FIXTURES / "danish.xml").items[shown]
    )


def test_one_account_is_read_with_its_balances() -> None:
    source = read_source(FIXTURES / "danish.xml", mapping={"account": BANK})

    assert source.rows == RowCounts(in_file=6, read=3, skipped=3, rejected=0)
    assert set(source.items["account"]) == {BANK}
    statement = source.statements[0]
    assert (statement.opening, statement.movements, statement.closing) == (1_000_000, -184_975, 815_025)
    assert source.findings == ()


def test_the_account_that_is_read_must_agree() -> None:
    for name, severity in (("closing_balance.xml", Severity.ERROR), ("danish.xml", None)):
        findings = read_source(FIXTURES / name, mapping={"account": BANK}).findings
        assert [one.severity for one in findings] == ([severity] if severity else [])


def test_an_account_that_is_not_there_is_refused_with_those_that_are_near() -> None:
    with pytest.raises(InputRejectedError) as caught:
        read_source(FIXTURES / "danish.xml", mapping={"account": "90501"})

    assert caught.value.findings[0].code == "SAF-006"
    assert BANK in str(caught.value.findings[0].facts["near"])


def test_the_master_data_come_along() -> None:
    audit = read_audit_file(FIXTURES / "danish.xml").audit

    head = audit.header
    assert (head.version, head.country, head.currency, head.registration) == ("1.0", "DK", "DKK", "87654324")
    assert (head.first, head.last) == (date(2026, 3, 1), date(2026, 3, 31))
    assert [(one.account, one.opening, one.closing) for one in audit.accounts] == [
        ("90510", 1_000_000, 815_025),
        ("95900", -286_250, 0),
        ("22050", 0, -101_275),
    ]
    assert [one.name for one in (*audit.customers, *audit.suppliers)] == [
        "Havnens Fiskehus I/S",
        "Nordfjord Kontorartikler ApS",
    ]
    assert [(one.code, one.percent, one.standard) for one in audit.tax_codes] == [("I25", Decimal(25), "K1")]


def test_the_json_has_what_is_stated_and_what_was_counted() -> None:
    found = audit_json(read_audit_file(FIXTURES / "total_debit.xml"), Texts("en"))

    assert (found["stated"]["debit"], found["counted"]["debit"]) == (394_275, 392_475)
    assert found["findings"][0]["code"] == "SAF-001"
    assert json.loads(json.dumps(found)) == found


def sums_by_xpath(path: Path) -> tuple[Decimal, Decimal, int]:
    root = etree.parse(path).getroot()

    def total(side: str) -> Decimal:
        found = root.xpath(
            f"//*[local-name()='Line']/*[local-name()='{side}']/*[local-name()='Amount']/text()"
        )
        return sum((Decimal(str(one)) for one in found), Decimal(0))  # type: ignore[union-attr]

    return (
        total("DebitAmount"),
        total("CreditAmount"),
        int(float(str(root.xpath("count(//*[local-name()='Line'])")))),
    )


@pytest.mark.parametrize("path", BALANCED or [NO_REAL], ids=lambda path: path.name[-36:] if path else "none")
def test_each_real_file_balances_with_its_header_and_an_independent_sum(path: Path) -> None:
    read = read_audit_file(path)
    debit, credit, lines = sums_by_xpath(path)

    sums, stated = read.audit.sums, read.audit.totals
    assert (sums.debit, sums.credit) == (int(debit * 100), int(credit * 100))
    assert (stated.debit, stated.credit, stated.entries) == (sums.debit, sums.credit, sums.transactions)
    assert (len(read.source.items), int(read.source.items["amount"].sum())) == (lines, 0)
    assert {one.code for one in read.source.findings} == {"SAF-004"}
    assert {one.severity for one in read.source.findings} == {Severity.WARNING}


@pytest.mark.parametrize("path", GENERATED or [NO_REAL], ids=lambda path: path.name[-24:] if path else "none")
def test_a_file_of_generated_noise_is_read_with_the_true_fault(path: Path) -> None:
    codes = {one.code for one in read_audit_file(path).source.findings}

    assert codes == ({"DOC-001"} if "generated" in path.name else {"SAF-002"})


def large_file(path: Path, entries: int) -> None:
    """Entries of two lines each."""
    text = (FIXTURES / "danish.xml").read_text(encoding="utf-8")
    start, rest = text.split("      <Transaction>\n", 1)
    entry = "      <Transaction>\n" + rest.split("      <Transaction>\n", 1)[0]
    start = start.replace("<NumberOfEntries>3", f"<NumberOfEntries>{entries}")
    start = start.replace("3924.75", f"{Decimal('2862.50') * entries}")
    with path.open("w", encoding="utf-8") as file:
        file.write(start)
        for number in range(entries):
            file.write(entry.replace("<TransactionID>1001", f"<TransactionID>{number}"))
        file.write("    </Journal>\n  </GeneralLedgerEntries>\n</AuditFile>\n")


@pytest.mark.slow
def test_memory_follows_the_postings_and_not_the_file(tmp_path: Path) -> None:
    large_file(tmp_path / "stor.xml", entries=10_000)
    size = (tmp_path / "stor.xml").stat().st_size

    tracemalloc.start()
    read = read_audit_file(tmp_path / "stor.xml")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(read.source.items) == 20_000
    assert {one.code for one in read.source.findings} == {"SAF-004"}
    # The bytes of the file, and the columns as Python values while they become a frame.
    assert peak < size + 20_000 * BYTES_A_POSTING
