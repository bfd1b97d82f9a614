"""What a controller reads about a file: every reason and finding has its sentence, with all that it names."""

import re
from itertools import chain
from pathlib import Path

import pytest

import gevinst.formats
from gevinst.domain.finding import Finding, InputRejectedError, Severity
from gevinst.domain.source import Assumption
from gevinst.formats.choosing import WORDED_ROLES
from gevinst.formats.dates import DateOrder
from gevinst.formats.reading import read_source
from gevinst.texts import Texts
from gevinst.texts.findings import finding_sentence

LANGUAGES = ("da", "en")
NAMED = ("date", "amount", *(role.value for role in WORDED_ROLES))
SOURCE = Path(gevinst.formats.__file__).parent
HEAD = "Dato;Tekst;Beløb\n"
STATEMENT = "<Document><BkToCstmrStmt>{}</BkToCstmrStmt></Document>"
ENTRY = "<Ntry><Amt>{}</Amt><CdtDbtInd>{}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{}</Dt></BookgDt></Ntry>"


def balance(code: str, amount: str) -> str:
    kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    return f"<Bal>{kind}<Amt Ccy='DKK'>{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"


def statement(number: int, opening: str, closing: str, *rest: str) -> str:
    head = f"<ElctrncSeqNb>{number}</ElctrncSeqNb>{balance('OPBD', opening)}{balance('CLBD', closing)}"
    return f"<Stmt>{head}{''.join(rest)}</Stmt>"


FILES: dict[str, str] = {
    "FIL-001": " ",
    "FIL-002": "%PDF-1.7",
    "FIL-003": HEAD + "15-01-2026;R\u00c3\u00b8d;1,00\n",
    "FIL-004": HEAD + "15-01-2026;a;1,00\n16-01-2026;b",
    "FIL-005": '<!DOCTYPE x [<!ENTITY a "b">]>' + STATEMENT.format(""),
    "LAY-002": "Dato;Tekst;Beløb;Beløb\n15-01-2026;a;1,00;2,00\n",
    "LAY-003": "Kode;Navn\n1;Skatter\n",
    "LAY-004": "Date,Text,Amount\n01/02/2026,a,1.00\n",
    "LAY-005": HEAD + "15-01-2026;a;1.234\n",
    "LAY-006": "Dato;Netto;Brutto\n15-01-2026;1,00;2,00\n",
    "CEL-001": HEAD + "15-01-2026;a;1O,00\n16-01-2026;a;1,00\n",
    "CEL-002": HEAD + "31-02-2026;a;1,00\n16-01-2026;a;1,00\n",
    "CEL-003": HEAD + "15-01-2026;a;#N/A\n16-01-2026;a;1,00\n",
    "CEL-005": HEAD + "15-01-2026;a;b;1,00\n16-01-2026;a;1,00\n",
    "CEL-006": HEAD + "15-01-2026;a\x01b;1,00\n",
    "CEL-007": HEAD + "15-01-2026;a;\n16-01-2026;a;1,00\n",
    "BNK-001": STATEMENT.format(statement(1, "1.00", "5.00", ENTRY.format("1.00", "CRDT", "2026-01-05"))),
    "BNK-002": STATEMENT.format(statement(1, "1.00", "1.00") + statement(3, "2.00", "2.00")),
    "BNK-003": STATEMENT.format(statement(1, "1.00", "1.00") * 2),
    "BNK-005": HEAD + "15-01-2026;a;1,00\nI alt;;2,00\n",
    "BNK-006": "Dato;Beløb;Valuta\n15-01-2026;1,00;DKK\n16-01-2026;1,00;EUR\n",
    "BNK-007": STATEMENT.format(
        statement(
            1, "1.00", "1.00", "<TxsSummry><TtlNtries><NbOfNtries>3</NbOfNtries></TtlNtries></TxsSummry>"
        )
    ),
}


def found_in(folder: Path, text: str) -> tuple[tuple[Finding, ...], tuple[Assumption, ...]]:
    file = folder / "fil.txt"
    file.write_text(text, encoding="utf-8", newline="")
    try:
        source = read_source(file)
    except InputRejectedError as refused:
        return refused.findings, ()
    return source.findings, source.assumptions


@pytest.mark.parametrize("code", FILES)
def test_each_finding_is_said_whole_in_both_languages(tmp_path: Path, code: str) -> None:
    findings, assumptions = found_in(tmp_path, FILES[code])

    assert code in {finding.code for finding in findings}
    for texts in map(Texts, LANGUAGES):
        sentences = [finding_sentence(finding, texts) for finding in findings]
        sentences += [texts.get(one.because, taken=one.taken, **one.facts) for one in assumptions]
        assert not [sentence for sentence in sentences if re.search(r"[{}]", sentence)]


@pytest.mark.parametrize(
    "code", ["FIL-006", "FIL-007", "FIL-008", "FIL-009", "LAY-001", "LAY-007", "LAY-008", "CEL-004"]
)
def test_findings_that_need_more_than_a_text_have_their_sentences(code: str) -> None:
    facts = {
        "folder": "ind",
        "size": 300,
        "limit": 250,
        "wanted": "x",
        "near": "y",
        "sheet": "Ark1",
        "count": 2,
        "column": "B",
    }

    for texts in map(Texts, LANGUAGES):
        assert all(texts.get(f"finding.{code}.{part}", **facts) for part in ("title", "expected", "do"))


def test_every_reason_in_the_readers_has_a_sentence() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCE.glob("*.py"))
    reasons = set(re.findall(r'because="([a-z_]+\.[a-z_]+)"', code))
    skipped = set(re.findall(r'"(skipped\.[a-z_]+)"', code))

    reasons |= {f"{role}.{how}" for role in NAMED for how in ("word", "told", "layout")}
    reasons |= {
        f"date_order.{why}_{order}"
        for why in ("only_reading", "shorter_span", "sorted", "undecided")
        for order in DateOrder
    }
    reasons -= {
        "date_order.only_reading",
        "date_order.shorter_span",
        "date_order.sorted",
        "date_order.undecided",
    }
    for texts in map(Texts, LANGUAGES):
        keys = chain((f"assumption.{reason}" for reason in reasons), skipped)
        assert [key for key in keys if not texts.has(key)] == []
    assert len(reasons) > len(LANGUAGES)


def test_a_finding_names_place_value_and_what_to_do(tmp_path: Path) -> None:
    findings, _ = found_in(tmp_path, FILES["CEL-001"])

    sentence = finding_sentence(findings[0], Texts("da"))

    assert sentence.startswith("CEL-001 fil.txt, celle C2: Beløbet i kolonnen »Beløb« kan ikke læses.")
    assert "1O,00" in sentence
    assert "1.234,50" in sentence
    assert findings[0].severity is Severity.ERROR
