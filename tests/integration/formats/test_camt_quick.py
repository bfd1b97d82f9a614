"""Entries cut from the text of a camt file, held against the same entries taken from a tree."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.source import SourceRead
from gevinst.formats import camt, camt_quick
from gevinst.formats.camt_cut import Piece, cut
from gevinst.formats.camt_quick import FIRST_BLOCK, OFTEN, Block, UnusualError
from gevinst.formats.file_bytes import BLOCK, HeldBytes
from gevinst.formats.intake import Intake, take_in

FEW = 7  # bytes
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
    "texts beside elements": PLAIN.replace("<NtryDtls>", "<NtryDtls> x ").replace("<TxDtls>", "<TxDtls> y"),
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


def refuse(_: Intake) -> Iterator[Piece]:
    raise UnusualError


def can_be_cut(intake: Intake) -> bool:
    try:
        return bool(list(cut(intake)))
    except (UnusualError, InputRejectedError):
        return False


def blocks_of(intake: Intake) -> Iterator[Block]:
    """The blocks that the runs of a file are read in."""
    parser = etree.XMLPullParser(events=("end",), tag="{*}Ntry")
    for piece in cut(intake):
        parser.feed(piece.xml)
        for _, element in parser.read_events():
            yield from piece.blocks(element)  # type: ignore[arg-type]


def answer(intake: Intake) -> SourceRead | list[Finding]:
    """What is read, or why nothing is."""
    try:
        return camt.read_camt(intake)
    except InputRejectedError as error:
        return list(error.findings)


def both(intake: Intake, monkeypatch: pytest.MonkeyPatch, *, detail: bool) -> tuple[SourceRead, SourceRead]:
    quick = camt.read_camt(intake, detail=detail)
    with monkeypatch.context() as patch:
        patch.setattr(camt, "cut", refuse)
        return quick, camt.read_camt(intake, detail=detail)


@pytest.mark.parametrize("detail", [False, True])
@pytest.mark.parametrize("name", CUT)
def test_entries_are_cut_as_a_tree_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, detail: bool
) -> None:
    intake = taken(tmp_path, CUT[name])

    assert list(blocks_of(intake))
    assert alike(*both(intake, monkeypatch, detail=detail))


class Crumbs(HeldBytes):
    """A file that comes a few bytes at a time."""

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        return super().blocks(FEW if size >= BLOCK else size)


@pytest.mark.parametrize("text", [*CUT.values(), *LEFT_TO_THE_TREE.values()])
def test_a_statement_is_the_same_however_it_comes_from_the_disk(text: str) -> None:
    reads = [
        answer(Intake(name="udtog.xml", source=source(text.encode()), sha256=""))
        for source in (HeldBytes, Crumbs)
    ]

    whole, crumbs = reads
    if isinstance(whole, SourceRead) and isinstance(crumbs, SourceRead):
        assert alike(whole, crumbs)
    else:
        assert whole == crumbs


@pytest.mark.parametrize("name", LEFT_TO_THE_TREE)
def test_what_cannot_be_cut_is_left_to_the_tree(tmp_path: Path, name: str) -> None:
    assert not can_be_cut(taken(tmp_path, LEFT_TO_THE_TREE[name]))


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

    with pytest.raises(UnusualError):
        list(blocks_of(intake))
    assert alike(*both(intake, monkeypatch, detail=True))


USUAL = (
    ("CRDT", "100.00", "BOOK", "2026-10-01", "1", "Husleje", "Lejer 1", ""),
    ("DBIT", "0.05", "BOOK", "2026-10-02", "2", "El &amp; vand", "Værk", "B1"),
    ("CRDT", "7.10", "BOOK", "2026-10-03", "NOTPROVIDED", " to  ord\n", "Lejer &#229;", " "),
)
VALUES = st.tuples(
    st.sampled_from(["CRDT", "DBIT", "", "BOTH", " CRDT "]),
    st.sampled_from(
        ["100.00", "3.5", "12", ".50", "1.005", "1,00", "", "-1.00", "1234567890123.00", " 8.00\n"]
    ),
    st.sampled_from(["BOOK", "PDNG", "INFO", "", "FUTR", "NEW"]),
    st.sampled_from(["2026-10-01", "2026-10-01T10:00:00", "2026-13-01", "", "01-10-2026"]),
    st.sampled_from(["E1", "E2", "", "NOTPROVIDED", "&#x45;"]),
    st.sampled_from(["Husleje", "", " a\r\nb ", "&lt;x&gt;", "blå", "&#32;"]),
    st.sampled_from(["Lejer", "", "&amp;"]),
    st.sampled_from(["", "B1", "\n"]),
)
HEAD = "<Ntry><NtryRef>{4}</NtryRef><Amt Ccy='DKK'>{1}</Amt><CdtDbtInd>{0}</CdtDbtInd><Sts><Cd>{2}</Cd></Sts>"
PLAIN_ENTRY = f"""{HEAD}<BookgDt><Dt>{{3}}</Dt></BookgDt><AcctSvcrRef>{{7}}</AcctSvcrRef>
<AddtlNtryInf>{{5}}</AddtlNtryInf></Ntry>"""
PAYMENT = """<Ntry><Amt Ccy='EUR'>{1}</Amt><CdtDbtInd>{0}</CdtDbtInd><Sts>{2}</Sts>
<ValDt><DtTm>{3}</DtTm></ValDt>
<NtryDtls><Btch><PmtInfId>{7}</PmtInfId></Btch><TxDtls><Refs><EndToEndId>{4}</EndToEndId></Refs>
<CdtDbtInd>{0}</CdtDbtInd><RltdPties><Dbtr><Nm>{6}</Nm></Dbtr><Cdtr><Pty><Nm>{6}</Nm></Pty></Cdtr></RltdPties>
<RmtInf><Ustrd>{5}</Ustrd><Ustrd>{6}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""
TWO_AMOUNTS = """<Ntry><Amt Ccy='DKK'>{1}</Amt><Amt Ccy='SEK'>2.00</Amt><CdtDbtInd>{0}</CdtDbtInd>
<Sts>{2}</Sts><BookgDt><DtTm>{3}</DtTm></BookgDt><ValDt><Dt>2026-10-09</Dt></ValDt><NtryDtls><TxDtls>
<RmtInf><Strd><CdtrRefInf><Ref>{4}</Ref></CdtrRefInf></Strd></RmtInf><AddtlTxInf>{5}</AddtlTxInf>
</TxDtls></NtryDtls></Ntry>"""
BATCH = f"""{HEAD}<BookgDt><Dt>{{3}}</Dt></BookgDt><NtryDtls><TxDtls><Amt Ccy='DKK'>4.00</Amt></TxDtls>
<TxDtls><Amt Ccy='DKK'>{{1}}</Amt><RmtInf><Ustrd>{{5}}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""
SHAPES = (PLAIN_ENTRY, PAYMENT, TWO_AMOUNTS, BATCH)


@pytest.mark.parametrize("detail", [False, True])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(odd=st.lists(st.tuples(st.sampled_from(SHAPES), VALUES), max_size=40), order=st.randoms())
def test_entries_read_by_the_thousand_are_what_a_tree_has(
    monkeypatch: pytest.MonkeyPatch, odd: list[tuple[str, tuple[str, ...]]], order: Random, *, detail: bool
) -> None:
    usual = [(shape, values) for shape in SHAPES for values in USUAL for _ in range(OFTEN)]
    order.shuffle(usual)
    entries = [*usual[:200], *odd, *usual[200:]]
    text = statement(*(shape.format(*values) + "\n" for shape, values in entries))
    intake = Intake.of("udtog.xml", text.encode())

    assert alike(*both(intake, monkeypatch, detail=detail))
    assert len(camt.read_camt(intake).items) > len(USUAL)


def test_entries_of_which_no_two_are_alike_are_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camt_quick, "MOST_SHAPES", 2)
    text = statement(*(entry(number, "<X/>" * number) for number in range(1, 10)))

    assert len(list(blocks_of(Intake.of("udtog.xml", text.encode())))) > 0
    assert alike(*both(Intake.of("udtog.xml", text.encode()), monkeypatch, detail=True))


def test_entries_that_come_again_and_again_are_read_by_a_pattern() -> None:
    text = statement(*(entry(number % 9 + 1, sign=("CRDT", "DBIT")[number % 2]) for number in range(200)))

    blocks = list(blocks_of(Intake.of("udtog.xml", text.encode())))

    assert sum(len(block.single) for block in blocks) < OFTEN * 2 + FIRST_BLOCK
    assert sum(len(one.numbers) for block in blocks for one in block.alike) > OFTEN


def test_each_statement_of_the_fixtures_is_cut_as_a_tree_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [file for file in FIXTURES.glob("bank_reconciliation/*/*.xml") if can_be_cut(take_in(file))]

    assert files
    assert all(alike(*both(take_in(file), monkeypatch, detail=True)) for file in files)
