from datetime import date
from pathlib import Path

import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.domain.source import SourceRead
from gevinst.formats.reading import read_source, unsure

SPACES = {
    "camt.053.001.02": ' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"',
    "camt.053.001.08": ' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"',
    "none": "",
}


def entry(
    amount: str,
    *,
    sign: str = "CRDT",
    ref: str = "",
    more: str = "",
    status: str = "<Cd>BOOK</Cd>",
    day: str = "2026-01-05",
) -> str:
    return (
        f"<Ntry><Amt Ccy='DKK'>{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>{status}</Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef>{more}</Ntry>\n"
    )


def balance(code: str, amount: str, sign: str = "CRDT") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='DKK'>{amount}</Amt>"
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>2026-01-05</Dt></Dt></Bal>"
    )


def statement(*parts: str, number: int = 1) -> str:
    account = "<Acct><Id><IBAN>DK5000400440116243</IBAN></Id><Ccy>DKK</Ccy></Acct>"
    return f"<Stmt><Id>U{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>{account}{''.join(parts)}</Stmt>"


def read(
    folder: Path, *statements: str, space: str = "camt.053.001.08", layout: str | None = None
) -> SourceRead:
    file = folder / "udtog.xml"
    text = f"<Document{SPACES[space]}>\n<BkToCstmrStmt>\n{''.join(statements)}</BkToCstmrStmt></Document>"
    file.write_text(text, encoding="utf-8")
    return read_source(file, layout=layout)


@pytest.mark.parametrize("space", SPACES)
def test_every_version_is_read_by_the_names_of_its_elements(tmp_path: Path, space: str) -> None:
    source = read(
        tmp_path, statement(entry("10.50", ref="A"), entry("3.00", sign="DBIT", ref="B")), space=space
    )

    assert list(source.items["amount"]) == [1050, -300]
    assert list(source.items["item_id"]) == ["A", "B"]
    assert source.items["account"].unique().tolist() == ["DK5000400440116243"]


def test_a_statement_is_proved_by_its_balances(tmp_path: Path) -> None:
    right = read(tmp_path, statement(balance("OPBD", "100.00"), balance("CLBD", "110.50"), entry("10.50")))
    wrong = read(tmp_path, statement(balance("OPBD", "100.00"), balance("CLBD", "111.00"), entry("10.50")))

    assert (right.findings, right.statements[0].closing) == ((), 11050)
    assert [(one.code, one.facts["difference"]) for one in wrong.findings] == [("BNK-001", 50)]


def test_a_debit_balance_is_negative_and_prcd_stands_in_for_opbd(tmp_path: Path) -> None:
    source = read(
        tmp_path, statement(balance("PRCD", "5.00", "DBIT"), balance("CLBD", "2.00", "DBIT"), entry("3.00"))
    )

    assert (source.statements[0].opening, source.statements[0].closing, source.findings) == (-500, -200, ())


def test_a_reversal_moves_money_as_its_indicator_says(tmp_path: Path) -> None:
    taken_back = entry("40.00", sign="CRDT", more="<RvslInd>true</RvslInd>")
    source = read(tmp_path, statement(balance("OPBD", "0.00"), balance("CLBD", "40.00"), taken_back))

    assert (list(source.items["amount"]), source.findings) == ([4000], ())


def test_an_entry_that_is_not_booked_is_left_out_with_its_reason(tmp_path: Path) -> None:
    source = read(tmp_path, statement(entry("1.00", status="PDNG"), entry("2.00", status="<Cd>BOOK</Cd>")))

    assert (list(source.items["amount"]), source.skipped) == ([200], ((3, "skipped.pending_entry"),))
    assert (source.rows.in_file, source.rows.read, source.rows.skipped) == (2, 1, 1)


def test_each_item_knows_its_element_and_line(tmp_path: Path) -> None:
    source = read(tmp_path, statement(entry("1.00"), entry("2.00")), statement(entry("3.00"), number=2))

    assert list(source.items["place_cell"]) == ["Stmt[1]/Ntry[1]", "Stmt[1]/Ntry[2]", "Stmt[2]/Ntry[1]"]
    assert list(source.items["place_line"]) == [3, 4, 5]


def test_references_text_and_party_are_taken_from_the_details(tmp_path: Path) -> None:
    details = (
        "<NtryDtls><TxDtls><Refs><EndToEndId>E2E-7</EndToEndId></Refs>"
        "<RltdPties><Dbtr><Pty><Nm>Firma A/S</Nm></Pty></Dbtr></RltdPties>"
        "<RmtInf><Ustrd>Faktura 17</Ustrd>"
        "<Strd><CdtrRefInf><Ref>041200000000017</Ref></CdtrRefInf></Strd></RmtInf>"
        "</TxDtls></NtryDtls>"
    )
    item = read(tmp_path, statement(entry("1.00", more=details))).items.iloc[0]

    assert (item["reference"], item["document"], item["text"], item["counterparty"]) == (
        "041200000000017",
        "E2E-7",
        "Faktura 17",
        "Firma A/S",
    )


def test_a_batch_is_one_item_or_one_for_each_transaction(tmp_path: Path) -> None:
    part = "<TxDtls><Refs><EndToEndId>{}</EndToEndId></Refs><Amt Ccy='DKK'>{}</Amt></TxDtls>"
    parts = part.format("X", "1.00") + part.format("Y", "2.00")
    details = f"<NtryDtls><Btch><PmtInfId>B1</PmtInfId></Btch>{parts}</NtryDtls>"
    batch = statement(entry("3.00", ref="R", more=details))

    whole = read(tmp_path, batch)
    split = read(tmp_path, batch, layout="camt_details")

    assert (list(whole.items["item_id"]), list(whole.items["reference"])) == (["R"], ["B1"])
    assert (list(split.items["item_id"]), list(split.items["amount"])) == (["R/1", "R/2"], [100, 200])
    assert (split.rows.read, split.findings) == (2, ())


def test_transactions_that_do_not_add_up_to_their_entry_are_a_finding(tmp_path: Path) -> None:
    details = "<NtryDtls><TxDtls><Amt>1.00</Amt></TxDtls><TxDtls><Amt>2.50</Amt></TxDtls></NtryDtls>"
    source = read(tmp_path, statement(entry("3.00", more=details)), layout="camt_details")

    assert [(one.code, one.facts["computed"]) for one in source.findings] == [("BNK-005", 350)]


@pytest.mark.parametrize(("first", "second", "codes"), [(1, 2, []), (1, 3, ["BNK-002"]), (1, 1, ["BNK-003"])])
def test_statements_follow_each_other(tmp_path: Path, first: int, second: int, codes: list[str]) -> None:
    source = read(
        tmp_path,
        statement(balance("OPBD", "0.00"), balance("CLBD", "1.00"), entry("1.00"), number=first),
        statement(
            balance("OPBD", "1.00"), balance("CLBD", "3.00"), entry("2.00", day="2026-01-06"), number=second
        ),
    )

    assert [finding.code for finding in source.findings] == codes


def test_the_newest_statement_may_stand_first(tmp_path: Path) -> None:
    source = read(
        tmp_path,
        statement(
            balance("OPBD", "1.00"), balance("CLBD", "3.00"), entry("2.00", day="2026-01-06"), number=2
        ),
        statement(balance("OPBD", "0.00"), balance("CLBD", "1.00"), entry("1.00"), number=1),
    )

    assert source.findings == ()


def test_the_banks_own_totals_are_checked(tmp_path: Path) -> None:
    totals = (
        "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><TtlNetNtryAmt>1.00</TtlNetNtryAmt>"
        "<CdtDbtInd>CRDT</CdtDbtInd></TtlNtries><TtlCdtNtries><Sum>9.00</Sum></TtlCdtNtries></TxsSummry>"
    )
    source = read(tmp_path, statement(totals, entry("3.00"), entry("2.00", sign="DBIT")))

    assert [(one.code, one.facts["stated"], one.facts["computed"]) for one in source.findings] == [
        ("BNK-005", 900, 300)
    ]


@pytest.mark.parametrize(
    ("bad", "code", "element"),
    [
        (entry("12..34"), "CEL-001", "Amt"),
        (entry("1,00"), "CEL-001", "Amt"),
        (entry("1.005"), "CEL-001", "Amt"),
        (entry("-1.00"), "CEL-001", "Amt"),
        (entry("1.00", day="2026-02-30"), "CEL-002", "BookgDt"),
        (entry("1.00", sign="CREDIT"), "CEL-007", "CdtDbtInd"),
    ],
)
def test_an_entry_that_cannot_be_used_is_a_finding_at_its_element(
    tmp_path: Path, bad: str, code: str, element: str
) -> None:
    source = read(tmp_path, statement(balance("OPBD", "0.00"), balance("CLBD", "9.00"), entry("1.00"), bad))

    assert [(one.code, one.place.cell) for one in source.findings] == [(code, f"Stmt[1]/Ntry[2]/{element}")]
    assert (source.rows.read, source.rows.rejected) == (1, 1)


def test_ids_that_repeat_give_way_to_the_number_of_the_entry(tmp_path: Path) -> None:
    source = read(tmp_path, statement(entry("1.00", ref="SAME"), entry("1.00", ref="SAME")))

    assert list(source.items["item_id"]) == ["row:1", "row:2"]


def test_a_day_without_entries_is_a_statement_all_the_same(tmp_path: Path) -> None:
    source = read(tmp_path, statement(balance("OPBD", "7.00"), balance("CLBD", "7.00")))

    assert (len(source.items), source.statements[0].closing, source.findings) == (0, 700, ())


def test_a_file_without_statements_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError) as caught:
        read(tmp_path, "")

    assert [finding.code for finding in caught.value.findings] == ["LAY-003"]


def test_a_time_is_read_as_its_day(tmp_path: Path) -> None:
    file = tmp_path / "udtog.xml"
    text = statement(entry("1.00").replace("<Dt>2026-01-05</Dt>", "<DtTm>2026-01-05T23:59:00+01:00</DtTm>"))
    file.write_text(f"<Document><BkToCstmrStmt>{text}</BkToCstmrStmt></Document>", encoding="utf-8")

    assert read_source(file).items["booked"][0].date() == date(2026, 1, 5)


def test_one_of_several_accounts_is_asked_for_and_taken(tmp_path: Path) -> None:
    other = statement(entry("9.00"), number=1).replace("DK5000400440116243", "DK8030000001234567")
    file = tmp_path / "udtog.xml"
    text = f"<Document><BkToCstmrStmt>{statement(entry('1.00'))}{other}</BkToCstmrStmt></Document>"
    file.write_text(text, encoding="utf-8")

    asked = unsure(read_source(file))
    taken = read_source(file, answers={"account": "DK80 3000 0001 2345 67"})

    assert [one.alternatives for one in asked] == [("DK5000400440116243", "DK8030000001234567")]
    assert (list(taken.items["amount"]), unsure(taken)) == ([900], [])
    assert [reason for _, reason in taken.skipped] == ["skipped.other_account"]
    assert (taken.rows.in_file, taken.rows.read, taken.rows.skipped) == (2, 1, 1)
