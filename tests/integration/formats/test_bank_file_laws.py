"""Laws of bank files: what is written comes back, and nothing but a refusal is raised, whatever the bytes."""

import json
import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gevinst.domain.finding import InputRejectedError
from gevinst.domain.source import SourceRead
from gevinst.formats.reading import read_source

FOLDER = Path(__file__).parents[3] / "fixtures" / "formats"
FILES = [
    folder.joinpath(name).read_bytes()
    for folder in (FOLDER / kind for kind in ("mt940", "ofx", "bai2", "pain", "fik", "betalingsservice"))
    for name in json.loads((folder / "expected.json").read_text(encoding="utf-8"))
]
BEGINNINGS = (
    b":20:X\n:25:1\n",
    b"OFXHEADER:100\n<OFX>",
    b"01,A,B,260106,0800,1,,,2/\n",
    b"<CstmrCdtTrfInitn>",
)
STARTS = (*BEGINNINGS, b"FI01012345678\n", b"BS00212345678BS10602\n")
MOST_SECONDS = 15  # of computing; each is read in one or two where nothing else runs
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ENTRIES = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from(["C", "D", "RC", "RD"]), st.integers(1, 10**11)),
    max_size=12,
)


def read_bytes(content: bytes) -> SourceRead | None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "fil.txt"
        file.write_bytes(content)
        try:
            return read_source(file)
        except InputRejectedError:
            return None


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A made-up file with some bytes changed, left out, doubled or swapped for others of the format."""
    content = bytearray(draw(st.sampled_from(FILES)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        end = at + draw(st.integers(0, 40))
        piece = draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from(
                    [b"\n", b":61:", b":20:", b"<", b"</OFX>", b"/", b"16,", b"\x00", b"9" * 30, b","]
                ),
                st.just(bytes(content[at:end]) * 2),
            )
        )
        content[at:end] = piece
    return bytes(content)


@FEW
@given(mutated())
def test_a_damaged_bank_file_is_read_or_refused(content: bytes) -> None:
    source = read_bytes(content)

    if source:
        rows = source.rows
        assert rows.in_file == rows.read + rows.skipped + rows.rejected


@FEW
@given(st.sampled_from(STARTS), st.binary(max_size=400))
def test_a_beginning_followed_by_anything_is_read_or_refused(start: bytes, rest: bytes) -> None:
    read_bytes(start + rest)


@FEW
@given(st.sampled_from(STARTS), st.text(alphabet=":6120589CDR,/\n<>STMRN-?{}+ ", max_size=300))
def test_a_beginning_followed_by_its_own_letters_is_read_or_refused(start: bytes, rest: str) -> None:
    read_bytes(start + rest.encode())


def written(entries: list[tuple[int, str, int]], opening: int) -> tuple[bytes, int]:
    """An MT940 of these entries, and its closing balance."""
    lines, balance = [], opening
    for days, mark, amount in entries:
        day = date(2026, 1, 5) + timedelta(days=days)
        balance += amount if mark in {"C", "RD"} else -amount
        lines.append(f":61:{day:%y%m%d}{day:%m%d}{mark}{amount // 100},{amount % 100:02d}NTRFNONREF")
    ends = [
        f"{'C' if ore >= 0 else 'D'}260105DKK{abs(ore) // 100},{abs(ore) % 100:02d}"
        for ore in (opening, balance)
    ]
    text = [":20:X", ":25:DK1", ":28C:1/1", f":60F:{ends[0]}", *lines, f":62F:{ends[1]}", "-", ""]
    return "\r\n".join(text).encode(), balance


@FEW
@given(ENTRIES, st.integers(-(10**11), 10**11))
def test_an_mt940_comes_back_as_it_was_and_proves_its_balance(
    entries: list[tuple[int, str, int]], opening: int
) -> None:
    content, closing = written(entries, opening)

    source = read_bytes(content)

    assert source
    assert source.findings == ()
    assert list(source.items["amount"]) == [ore if mark in {"C", "RD"} else -ore for _, mark, ore in entries]
    assert (source.statements[0].opening, source.statements[0].closing) == (opening, closing)


@FEW
@given(ENTRIES.filter(bool), st.data())
def test_an_mt940_that_lost_an_entry_never_passes(
    entries: list[tuple[int, str, int]], data: st.DataObject
) -> None:
    content, _ = written(entries, 0)
    lost = data.draw(st.integers(0, len(entries) - 1))
    lines = content.decode().split("\r\n")
    del lines[4 + lost]

    source = read_bytes("\r\n".join(lines).encode())

    assert source
    assert [finding.code for finding in source.findings] == ["BNK-001"]


@pytest.mark.parametrize("content", FILES)
def test_a_file_cut_anywhere_is_read_or_refused(content: bytes) -> None:
    for at in range(1, len(content), max(len(content) // 25, 1)):
        read_bytes(content[:at])


HOSTILE = {
    "carriage_returns": b":20:X\n:25:1\n" + b"\r" * 300_000,
    "lone_colons": b":20:X\n:25:1\n" + b":\n\n\n" * 100_000,
    "totals": b":20:X\n:25:1\n:34F:DKK0,\n" + b":61:260105C1,NTRF\n" * 20_000 + b":90C:1DKK1,\n" * 20_000,
    "statements": b":20:X\n:25:1\n:60F:C260105DKK1,\n:62F:C260105DKK1,\n" * 20_000,
    "number_of_no_digits": ":20:X\n:25:1\n:28C:²/1\n:60F:C260105DKK1,\n:62F:C260105DKK1,\n".encode() * 2,
    "long_entry": b":20:X\n:25:1\n:61:260105C1,NTRF" + b"A/" * 500_000,
    "name_without_end": b"<OFX>" + b"<a" + b"a" * 500_000 + b"</OFX>",
    "nested": b"<OFX>" + b"<A>" * 300_000 + b"</OFX>",
    "sections_without_end": b"<OFX>" + b"<![CDATA[" * 100_000 + b"</OFX>",
    "slashes": b"01,A,B,260106,0800,1,,,2/\n" + b"/ " * 300_000,
    "continuations": b"01,A,B,260106,0800,1,,,2/\n02,A,B,1,260105,,,/\n03,1,,\n"
    + b"88,190,1,D,99,\n" * 100_000,
    "keys": b"01,A,B,260106,0800,1,,,2/\n02,A,B,1,260105,,,/\n03,1,,/\n16,142,1,Z,,,"
    + b"EREF:" * 100_000
    + b"/\n49,1,3/",
    "payments": b"<CstmrCdtTrfInitn>" + b"<PmtInf>" * 100_000,
    "lines": b"FI01012345678\n" + b"x\n" * 50_000,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_file_built_to_take_long_does_not(content: bytes) -> None:
    start = time.process_time()

    read_bytes(content)

    assert time.process_time() - start < MOST_SECONDS
