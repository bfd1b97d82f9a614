"""Real public bank files, read where they are at hand: right, or refused for the true reason.

They are not part of the project. Counts and sums here come from the raw files by patterns alone, and for
MT940 also from the library's own reading of the whole file.
"""

import logging
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path

import mt940
import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.formats.reading import read_source

DATA = Path(__file__).parents[4] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real files (../shared/data) are not at hand")
MT940 = sorted(file for file in DATA.glob("mt940/*/*") if file.is_file())
OFX = sorted(DATA.glob("ofx/*/*.ofx"))
BAI2 = sorted(DATA.glob("bai2/*/*.txt"))
ENTRY = re.compile(
    r"^:(?:\s*\n)?61:\s*\d{6}(?:\d{4}|\s{4})?(?P<mark>R?[CD])[A-Z]?\s*(?P<amount>\d[\d,]*)", re.MULTILINE
)
#: MT940: files in which no entry or no statement is whole, letters that are lost, and 30 February.
NO_STATEMENT = re.compile(
    r"cmxl__(?!mt940)|betterplace__(?!sepa|with)|account_identification|sparkassen\.sta"
)
REFUSED = {
    "mt940_tests__sberbank__171011_01234945.sta": "FIL-003",
    "mt940_tests__self-provided__raiffeisen-cmi.sta": "FIL-003",
    "mt940_tests__self-provided__empty_non_swift.sta": "LAY-003",
    "mt940_tests__self-provided__invalid_statement.sta": "LAY-003",
    "mt940_tests__self-provided__february_30.sta": "CEL-002",
    "mt940_tests__self-provided__transaction_details_wrapped.sta": "CEL-002",
    "mt940_tests__self-provided__wrapped_timestamp.sta": "CEL-002",
}
#: OFX: refused, and why; the savings file has thousandths of a cent, in which no ledger is kept.
OFX_REFUSED = {
    "fixtures__fail_nice__date_missing.ofx": {"CEL-007", "CEL-002"},
    "fixtures__fail_nice__decimal_error.ofx": {"CEL-002", "CEL-001"},
    "tests__fixtures__account_listing_aggregation.ofx": {"BNK-025"},
    "tests__fixtures__bank_small.ofx": {"BNK-025"},
    "tests__fixtures__error_message.ofx": {"BNK-024"},
    "tests__fixtures__fidelity-savings.ofx": {"CEL-001"},
    "tests__fixtures__signon_fail.ofx": {"BNK-024"},
    "tests__fixtures__signon_success.ofx": {"BNK-025"},
    "tests__fixtures__signon_success_no_message.ofx": {"BNK-025"},
}


def codes_of(file: Path) -> set[str]:
    try:
        return {one.code for one in read_source(file).findings}
    except InputRejectedError as refused:
        return {one.code for one in refused.findings}


def ore(text: str) -> int:
    return int(Decimal(text.replace(",", ".")) * 100)


def raw_text(file: Path) -> str:
    content = file.read_bytes()
    try:
        return content.decode("utf-8").replace("\r", "")
    except UnicodeDecodeError:
        return content.decode("cp1252").replace("\r", "")


def read(file: Path) -> tuple[int, int]:
    source = read_source(file)
    return len(source.items), int(source.items["amount"].sum())


def as_refused(file: Path) -> str:
    """The code that a file must be refused with, or "" when it must be read."""
    return "BNK-020" if NO_STATEMENT.search(file.name) else REFUSED.get(file.name, "")


@pytest.mark.parametrize("file", MT940, ids=lambda file: file.name)
def test_a_real_mt940_is_read_right_or_refused_for_the_true_reason(file: Path) -> None:
    if as_refused(file):
        assert as_refused(file) in codes_of(file)
        return
    entries = list(ENTRY.finditer(raw_text(file)))
    signed = (ore(found["amount"]) * (1 if found["mark"] in {"C", "RD"} else -1) for found in entries)

    assert read(file) == (len(entries), sum(signed))


@pytest.mark.parametrize("file", MT940, ids=lambda file: file.name)
def test_mt_940_by_itself_reads_the_same_entries(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    if as_refused(file):
        return
    try:
        whole = mt940.parse(raw_text(file), options=mt940.Options.all())
    except (RuntimeError, ValueError, InvalidOperation):
        return  # it stops at balances of "null" and at long references, which are read here
    amounts = [int(entry.data["amount"].amount * 100) for entry in whole if "amount" in entry.data]

    assert read(file) == (len(amounts), sum(amounts))


@pytest.mark.parametrize("file", MT940, ids=lambda file: file.name)
def test_each_mt940_entry_stands_on_its_line(file: Path) -> None:
    if as_refused(file):
        return
    lines = raw_text(file).split("\n")

    assert all(lines[line - 1].startswith(":61:") for line in read_source(file).items["place_line"])


@pytest.mark.parametrize("file", OFX, ids=lambda file: file.name)
def test_a_real_ofx_is_read_right_or_refused_for_the_true_reason(file: Path) -> None:
    if file.name in OFX_REFUSED:
        assert codes_of(file) == OFX_REFUSED[file.name]
        return
    text = raw_text(file)
    amounts = [ore(found) for found in re.findall(r"<TRNAMT>\s*([+-]?[\d.,]+)", text)]

    assert read(file) == (text.count("<STMTTRN>"), sum(amounts))
    assert len(amounts) == text.count("<STMTTRN>")


@pytest.mark.parametrize("file", BAI2, ids=lambda file: file.name)
def test_a_real_bai2_is_read_right_or_refused_for_the_true_reason(file: Path) -> None:
    if "parseError" in file.name:
        assert codes_of(file) == {"LAY-003"}
        return
    entries = re.findall(r"(?:^|/\s+)16,(\d{3}),(\d+),", raw_text(file), re.MULTILINE)
    signed = (int(amount) * (1 if int(kind) < 400 else -1) for kind, amount in entries)

    assert read(file) == (len(entries), sum(signed))


def test_real_control_totals_of_bai2_hold() -> None:
    whole = [file for file in BAI2 if re.search(r"sample[13]\.txt$", file.name)]

    assert all(not codes_of(file) & {"BNK-005", "BNK-007", "BNK-020", "BNK-021"} for file in whole)
    assert len(whole) == 2


def test_the_real_payment_order_is_read_and_its_wrong_totals_are_found() -> None:
    file = next(DATA.glob("pain/*/*.xml"))
    amounts = re.findall(r"<InstdAmt[^>]*>([\d.]+)<", raw_text(file))

    assert read(file) == (len(amounts), -sum(map(ore, amounts)))
    assert codes_of(file) == {"BNK-003", "BNK-005", "BNK-007"}


def test_the_real_fik_file_is_read_and_its_bad_line_is_named() -> None:
    folder = DATA / "bank-csv-dk" / "microsoft__ALAppExtensions"

    assert read(folder / "fik_payments.txt") == (2, 2880813 + 131250)
    assert codes_of(folder / "fik_payments.txt") == {"BNK-005", "BNK-007"}  # cut down to two payments of 108
    bad = read_source(folder / "fik_payments_bad_line.txt").findings
    assert [(finding.code, finding.place.line) for finding in bad] == [("BNK-022", 3)]
