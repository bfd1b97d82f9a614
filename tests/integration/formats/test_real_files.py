"""Real public files, read where they are at hand: right, or refused for the true reason.

They are not part of the project. Counts and sums here come from the raw files, by other means than the
readers.
"""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.formats.reading import read_source

DATA = Path(__file__).parents[4] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real files (../shared/data) are not at hand")
STATEMENTS = sorted(DATA.glob("camt/*/*.xml"))
BANK_CSV = DATA / "bank-csv-dk" / "microsoft__ALAppExtensions"
ENTRY = re.compile(r"<(?:\w+:)?Ntry>(.*?)</(?:\w+:)?Ntry>", re.DOTALL)
#: Refused or with entries that cannot be used, and why.
TRUE_REASONS = {
    "test__data__camt053.v2.wrong.xml": "LAY-003",
    "test_data__golden__camt053_garbled_amount.xml": "CEL-001",
    "test__data__camt052.v2.with-account-name.xml": "CEL-002",
    "test__data__camt054.v2.with-account-name.xml": "CEL-002",
    "test__data__camt054.v8-with-UETR.xml": "CEL-002",
    "test__data__camt054.v8-with-financial-institution.xml": "CEL-002",
}


def raw_sum(file: Path) -> tuple[int, int]:
    """Booked entries of a statement file and their signed sum in øre, by patterns alone."""
    count, ore = 0, 0
    for entry in ENTRY.findall(file.read_text(encoding="utf-8")):
        own = re.sub(r"<(?:\w+:)?NtryDtls>.*</(?:\w+:)?NtryDtls>", "", entry, flags=re.DOTALL)
        if re.search(r"<(?:\w+:)?Sts>\s*(?:<(?:\w+:)?Cd>\s*)?(?:PDNG|INFO|FUTR)", own):
            continue
        amount = re.search(r"<(?:\w+:)?Amt[^>]*>([^<]+)<", own)
        debit = re.search(r"<(?:\w+:)?CdtDbtInd>\s*DBIT", own)
        assert amount
        count += 1
        ore += int(Decimal(amount[1].strip()) * 100) * (-1 if debit else 1)
    return count, ore


def codes_of(file: Path) -> set[str]:
    try:
        return {one.code for one in read_source(file).findings}
    except InputRejectedError as refused:
        return {one.code for one in refused.findings}


@pytest.mark.parametrize("file", STATEMENTS, ids=lambda file: file.name)
def test_a_real_statement_is_read_right_or_refused_for_the_true_reason(file: Path) -> None:
    if file.name in TRUE_REASONS:
        assert TRUE_REASONS[file.name] in codes_of(file)
        return
    source = read_source(file)
    assert (len(source.items), int(source.items["amount"].sum())) == raw_sum(file)


@pytest.mark.parametrize(
    ("name", "layout", "rows", "ore"),
    [
        ("bankdata_v3.csv", "bankdata_csv", 2, 896800),
        ("bec.csv", "bec_csv", 5, 1400),
        ("danskebank_cmkv.csv", "danske_cmkv", 8, 2278927),
        ("danskebank_cmkxksx.csv", "danske_cmkxksx", 4, 19184),
        ("nordea_erhverv.csv", "nordea_erhverv_csv", 6, -232798),
        ("nordea_unitel_v3.csv", "nordea_unitel", 2, 553718),
        ("sdc.csv", "sdc_csv", 3, 2426365),
    ],
)
def test_a_real_danish_bank_file_is_recognised_and_read(name: str, layout: str, rows: int, ore: int) -> None:
    source = read_source(BANK_CSV / name)

    assert (source.layout, len(source.items), int(source.items["amount"].sum())) == (layout, rows, ore)


@pytest.mark.parametrize(
    ("name", "ore"), [("leeds__raw__2011-05.csv", 7729096866), ("leeds__raw__2012-01.csv", 7693397255)]
)
def test_a_councils_spending_is_read_to_the_penny(name: str, ore: int) -> None:
    source = read_source(DATA / "public-finance" / "odileeds__council-spending-data" / name)

    assert (int(source.items["amount"].sum()), source.findings) == (ore, ())


@pytest.mark.parametrize("file", sorted((DATA / "kontoplan").rglob("*.csv")), ids=lambda file: file.name)
def test_a_chart_of_accounts_is_no_list_of_movements(file: Path) -> None:
    with pytest.raises(InputRejectedError) as caught:
        read_source(file)

    assert [one.code for one in caught.value.findings] == ["LAY-003"]
