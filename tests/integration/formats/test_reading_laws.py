"""Laws of reading: what is written in any usual style comes back; nothing but a refusal is raised."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gevinst.domain.finding import InputRejectedError
from gevinst.formats.reading import read_source, unsure

TURNED = str.maketrans(",.", ".,")
WORDS = st.text(alphabet="abcdefæøåÆØÅ .-/", min_size=1, max_size=20).map(lambda text: f"Post {text.strip()}")


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a file is written."""

    separator: str
    encoding: str
    day: str
    point: bool
    grouped: bool
    trailing: bool
    line_end: str
    title: str


STYLES = st.builds(
    Style,
    separator=st.sampled_from([";", "\t", "|", ","]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    day=st.sampled_from(["%d-%m-%Y", "%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d/%m/%Y"]),
    point=st.booleans(),
    grouped=st.booleans(),
    trailing=st.booleans(),
    line_end=st.sampled_from(["\n", "\r\n"]),
    title=st.sampled_from(["", "Udskrevet fra netbank\n\n"]),
)
ROWS = st.lists(
    st.tuples(st.integers(0, 300), WORDS, st.integers(-(10**9), 10**9)), min_size=3, max_size=25
).filter(lambda rows: any(ore for _, _, ore in rows))


def amount_text(ore: int, style: Style) -> str:
    whole, part = divmod(abs(ore), 100)
    text = f"{whole:,}.{part:02d}" if style.grouped else f"{whole}.{part:02d}"
    text = text if style.point else text.translate(TURNED)
    sign = "-" if ore < 0 else ""
    return text + sign if style.trailing else sign + text


def quoted(text: str, style: Style) -> str:
    return f'"{text}"' if style.separator in text else text


def written(rows: list[tuple[int, str, int]], style: Style) -> bytes:
    lines = [style.separator.join(("Dato", "Tekst", "Beløb"))]
    for days, text, ore in rows:
        day = (date(2026, 1, 15) + timedelta(days=days)).strftime(style.day)
        lines.append(
            style.separator.join(quoted(cell, style) for cell in (day, text, amount_text(ore, style)))
        )
    return (style.title + style.line_end.join([*lines, ""])).encode(style.encoding)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, STYLES)
def test_a_table_comes_back_as_it_was_or_is_asked_about(
    rows: list[tuple[int, str, int]], style: Style
) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "tabel.csv"
        file.write_bytes(written(rows, style))
        source = read_source(file)
        answers = {question.subject: truth(question.subject, style) for question in unsure(source)}
        source = read_source(file, answers=answers)

    assert list(source.items["amount"]) == [ore for _, _, ore in rows]
    assert [day.date() for day in source.items["booked"]] == [
        date(2026, 1, 15) + timedelta(days=d) for d, _, _ in rows
    ]
    assert list(source.items["text"]) == [text.strip() for _, text, _ in rows]
    assert (source.findings, source.rows.rejected) == ((), 0)


def truth(subject: str, style: Style) -> str:
    if subject == "number_style":
        return "point" if style.point else "comma"
    return "ymd" if style.day.startswith("%Y") else "dmy"


def mutated(content: bytes, at: int, piece: bytes) -> bytes:
    place = at % (len(content) + 1)
    return content[:place] + piece + content[place + len(piece) // 2 :]


def camt(*entries: str) -> bytes:
    return (
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        "<BkToCstmrStmt><Stmt>"
        f"{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


SEEDS: tuple[Callable[[], bytes], ...] = (
    "Dato;Tekst;Beløb;Saldo\n05-01-2026;a;1,00;1,00\n06-01-2026;b;2,00;3,00\n".encode,
    lambda: b"---------\n|Bilag|Bogf.dato |Bel\xf8b |\n---------\n|1    |01.02.2026| 1,00-|\n---------\n",
    lambda: camt(
        "<Ntry><Amt>1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-01-05</Dt></BookgDt></Ntry>"
    ),
    lambda: b"",
    lambda: b"PK\x03\x04",
    lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1Workbook",
    lambda: b"\xff\xfe",
)


@pytest.mark.parametrize("seed", SEEDS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=30)), max_size=5))
def test_whatever_the_bytes_are_the_file_is_read_or_refused(
    seed: Callable[[], bytes], changes: list[tuple[int, bytes]]
) -> None:
    content = seed()
    for at, piece in changes:
        content = mutated(content, at, piece)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "fil.txt"
        file.write_bytes(content)
        try:
            source = read_source(file)
        except InputRejectedError as refused:
            assert refused.findings  # noqa: PT017 - either outcome is right
        else:
            assert source.rows.in_file == source.rows.read + source.rows.skipped + source.rows.rejected
            assert len(source.items) == source.rows.read
            assert source.items["item_id"].is_unique
            assert bool(source.rows.rejected) <= bool(source.findings)
