"""Entries cut from the text of a camt file, held against the same entries taken from a tree."""

from pathlib import Path

import pytest
from lxml import etree

from gevinst.domain.source import SourceRead
from gevinst.formats import camt
from gevinst.formats.camt_quick import UnusualError, cut
from gevinst.formats.intake import Intake, take_in

FIXTURES = Path(__file__).parents[3] / "fixtures"
NAMESPACE = 'xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"'
DETAILS = """<NtryDtls><Btch><PmtInfId>B1</PmtInfId></Btch>
<TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs><Amt Ccy="DKK">60.00</Amt>
<RltdPties><Dbtr><Nm>Lejer &amp; co&#32;&#x00E5;</Nm><PstlAdr><Nm>Vej</Nm></PstlAdr></Dbtr></RltdPties>
<RmtInf><Ustrd>Husleje</Ustrd><Ustrd> oktober </Ustrd></RmtInf></TxDtls>
<TxDtls><Refs><EndToEndId>E2</EndToEndId></Refs><Amt Ccy="DKK">40.00</Amt></TxDtls></NtryDtls>"""


def entry(
    number: int, more: str = "", *, sign: str = "CRDT", status: str = "<Sts><Cd>BOOK</Cd></Sts>"
) -> str:
    return (
        f'<Ntry><NtryRef>{number}</NtryRef><Amt Ccy="DKK">100.00</Amt><CdtDbtInd>{sign}</CdtDbtInd>{status}\n'
        f"<BookgDt><Dt>2026-10-0{number}</Dt></BookgDt>\n\n<AcctSvcrRef>R{number}</AcctSvcrRef>{more}</Ntry>\n"
    )


def statement(*entries: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document {NAMESPACE}><BkToCstmrStmt>\n<Stmt><Id>1</Id>'
        f"<Acct><Id><IBAN>DK5000400440116243</IBAN></Id></Acct>\n{''.join(entries)}</Stmt>\n"
        f"<Stmt><Id>2</Id><Acct><Id><IBAN>DK5000400440116243</IBAN></Id></Acct>\n{entry(9)}</Stmt>\n"
        "</BkToCstmrStmt></Document>"
    )


PLAIN = statement(entry(1), entry(2, sign="DBIT"), entry(3, DETAILS))
CUT = {
    "plain": PLAIN,
    "line ends of Windows": PLAIN.replace("\n", "\r\n"),
    "prefixes": PLAIN.replace("</", "\0").replace("<", "<n:").replace("\0", "</n:").replace("<n:?", "<?")
    .replace(" xmlns=", " xmlns:n="),
    "attributes in an entry": PLAIN.replace("<Ntry>", "<Ntry  xml:lang='da' >"),
    "empty elements": PLAIN.replace("</BookgDt>", "</BookgDt><ValDt/><AddtlNtryInf />"),
    "blank texts": PLAIN.replace("</NtryRef>", "</NtryRef><RvslInd> \n </RvslInd>"),
    "pending": statement(entry(1, status="<Sts>PDNG</Sts>"), entry(2)),
    "no amount": statement(entry(1).replace('<Amt Ccy="DKK">100.00</Amt>', ""), entry(2)),
    "an impossible day": statement(entry(1).replace("10-01", "13-01"), entry(2)),
}  # fmt: skip
LEFT_TO_THE_TREE = {
    "a comment": PLAIN.replace("</Id>", "</Id><!-- <Ntry> -->", 1),
    "letters as they are": PLAIN.replace("Husleje", "<![CDATA[Husleje]]>"),
    "an instruction": PLAIN.replace("<Stmt>", "<?stop here?><Stmt>", 1),
    "another encoding": PLAIN.replace("UTF-8", "ISO-8859-1"),
    "an empty entry": PLAIN.replace("</Acct>", "</Acct><Ntry/>", 1),
    "an entry that is empty but for blanks": PLAIN.replace("</Acct>", "</Acct><Ntry />", 1),
    "a file that ends too early": PLAIN[: PLAIN.index("Husleje")],
}


def taken(folder: Path, text: str) -> Intake:
    file = folder / "udtog.xml"
    file.write_bytes(text.encode())
    return take_in(file)


def alike(one: SourceRead, other: SourceRead) -> bool:
    return (
        one.items.equals(other.items)
        and one.raw.equals(other.raw)
        and (one.findings, one.rows, one.skipped) == (other.findings, other.rows, other.skipped)
        and one.statements == other.statements
    )


def both(intake: Intake, monkeypatch: pytest.MonkeyPatch, *, detail: bool) -> tuple[SourceRead, SourceRead]:
    quick = camt.read_camt(intake, detail=detail)
    with monkeypatch.context() as patch:
        patch.setattr(camt, "cut", lambda _: None)
        return quick, camt.read_camt(intake, detail=detail)


@pytest.mark.parametrize("detail", [False, True])
@pytest.mark.parametrize("name", CUT)
def test_entries_are_cut_as_a_tree_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, detail: bool
) -> None:
    intake = taken(tmp_path, CUT[name])

    assert cut(intake) is not None
    assert alike(*both(intake, monkeypatch, detail=detail))


@pytest.mark.parametrize("name", LEFT_TO_THE_TREE)
def test_what_cannot_be_cut_is_left_to_the_tree(tmp_path: Path, name: str) -> None:
    assert cut(taken(tmp_path, LEFT_TO_THE_TREE[name])) is None


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace("Husleje", "mere > mindre"),
        PLAIN.replace("<RmtInf>", "<RmtInf note='a &lt; b'>"),
        PLAIN.replace("</Stmt>", f"{entry(8)}</Stmt>", 1)
        .replace(NAMESPACE, f"{NAMESPACE} {NAMESPACE.replace('=', ':m=')}")
        .replace("<Ntry><NtryRef>8", "<m:Ntry><NtryRef>8")
        .replace("R8</AcctSvcrRef></Ntry>", "R8</AcctSvcrRef></m:Ntry>"),
    ],
)
def test_an_entry_with_marks_that_mislead_is_read_from_the_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    intake = taken(tmp_path, text)
    found = cut(intake)

    assert found is not None
    with pytest.raises(UnusualError):
        [list(found.sources(element)) for element in etree.fromstring(found.skeleton).iter("{*}Ntry")]
    assert alike(*both(intake, monkeypatch, detail=True))


def test_each_statement_of_the_fixtures_is_cut_as_a_tree_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [file for file in FIXTURES.glob("bank_reconciliation/*/*.xml") if cut(take_in(file))]

    assert files
    assert all(alike(*both(take_in(file), monkeypatch, detail=True)) for file in files)
