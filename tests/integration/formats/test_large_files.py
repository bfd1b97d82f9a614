"""A file that is left on disk is read as one that is held; what must be held has a limit, and says so."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.workbooks import binary_book
from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.source import SourceRead
from gevinst.formats import camt, encoding, utf8_text, xml_safe
from gevinst.formats import intake as intakes
from gevinst.formats.detection import Told, read_known_or_unknown
from gevinst.formats.encoding import decode
from gevinst.formats.file_bytes import BLOCK, FileBytes, HeldBytes
from gevinst.formats.intake import Intake, take_in
from gevinst.formats.reading import read_source
from gevinst.formats.utf8_text import line_blocks

CSV = "Dato;Tekst;Beløb\n05-01-2026;Husleje;100,00\n06-01-2026;Gebyr;-20,00\n"
CAMT = Path(__file__).parents[3] / "fixtures/bank_reconciliation/statement_gap/bank.xml"
SAFT = Path(__file__).parents[3] / "fixtures/formats/saft/danish.xml"
MT940 = Path(__file__).parents[3] / "fixtures/formats/mt940/plain.sta"
PAIN = Path(__file__).parents[3] / "fixtures/formats/pain/count.xml"
FEW = 5  # bytes


class Crumbs(HeldBytes):
    """A file that comes a few bytes at a time, but for its head."""

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        return super().blocks(FEW if size == BLOCK else size)


@pytest.fixture
def left_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits so small that every file is a large one."""
    monkeypatch.setattr(intakes, "SMALL", 0)
    monkeypatch.setattr(intakes, "LARGEST_HELD", 50)


def written(folder: Path, content: bytes) -> Path:
    file = folder / "fil.txt"
    file.write_bytes(content)
    return file


def outcome(source: FileBytes) -> tuple[list[object], tuple[Finding, ...]]:
    """What is read of a file, or why nothing is."""
    intake = Intake(name="fil.txt", source=source, sha256="")
    try:
        read = read_known_or_unknown(intake, Told(mapping={}))
    except InputRejectedError as error:
        return [], error.findings
    return values(read), read.findings


def values(read: SourceRead) -> list[object]:
    return [*read.items.to_numpy().tolist(), *read.raw.to_numpy().tolist(), read.rows, read.assumptions]


@pytest.mark.parametrize("content", [CSV.encode("cp1252"), CAMT.read_bytes(), SAFT.read_bytes()])
def test_a_file_above_what_is_held_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    held, findings = outcome(HeldBytes(content))
    monkeypatch.setattr(intakes, "SMALL", 0)
    monkeypatch.setattr(intakes, "LARGEST_HELD", 50)

    read = read_source(written(tmp_path, content))

    assert (values(read), read.findings) == (held, findings)
    assert read.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.usefixtures("left_on_disk")
@pytest.mark.parametrize("content", [MT940.read_bytes(), binary_book(), PAIN.read_bytes()])
def test_a_file_that_must_be_held_is_refused_for_that_reason(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputRejectedError) as caught:
        read_source(written(tmp_path, content))

    assert [(one.code, one.facts["variant"]) for one in caught.value.findings] == [("FIL-009", "whole")]


COMMENTED = CAMT.read_bytes().replace(b"<Stmt>", b"<!-- kladde --><Stmt>", 1)


@pytest.mark.usefixtures("left_on_disk")
@pytest.mark.parametrize(
    ("content", "reason"), [(COMMENTED, ("FIL-009", "tree")), (CAMT.read_bytes()[:-30], ("FIL-004", ""))]
)
def test_a_large_statement_that_cannot_be_cut_says_why(
    tmp_path: Path, content: bytes, reason: tuple[str, str]
) -> None:
    with pytest.raises(InputRejectedError) as caught:
        read_source(written(tmp_path, content))

    assert [(one.code, one.facts.get("variant", "")) for one in caught.value.findings] == [reason]


@pytest.mark.parametrize("start", [b"", b"<!-- -->"])
def test_a_statement_of_more_than_entries_is_refused(monkeypatch: pytest.MonkeyPatch, start: bytes) -> None:
    monkeypatch.setattr(camt, "MOST_ELEMENTS", 200)
    content = CAMT.read_bytes().replace(b"</Stmt>", start + b"<Bal/>" * 200 + b"</Stmt>")

    assert [one.code for one in outcome(HeldBytes(content))[1]] == ["FIL-005"]


def test_a_payment_of_endless_texts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_safe, "LONGEST_JOINED", 200)
    content = PAIN.read_bytes().replace(b"</Ustrd>", b"</Ustrd>" + b"<Ustrd>Husleje</Ustrd>" * 40, 1)

    assert [one.code for one in outcome(HeldBytes(content))[1]] == ["FIL-005"]


def test_a_line_that_no_reader_could_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "LONGEST_LINE", 50)
    content = CSV.encode() + b"08-01-2026;" + b"x" * 60

    assert [(one.code, one.place.line) for one in outcome(HeldBytes(content))[1]] == [("FIL-004", 4)]


@pytest.mark.usefixtures("left_on_disk")
def test_a_file_that_is_written_to_while_it_is_read_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, CAMT.read_bytes())
    intake = take_in(file)
    file.write_bytes(CAMT.read_bytes().replace(b"CRDT", b"DBIT"))

    with pytest.raises(InputRejectedError) as caught:
        read_known_or_unknown(intake, Told(mapping={}))

    assert {one.code for one in caught.value.findings} == {"FIL-006"}


ENCODED = [
    *(CSV.encode(encoding) for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le")),
    CSV.replace("\n", "\r\n").encode() + b"\x1a",
    CSV.replace("\n", "\r").encode("cp1252"),
    CSV.replace("Husleje", '"Hus\nleje"').encode(),
    CSV.replace("Husleje", 'Hus "A"').encode(),
    b"sep=;\n" + CSV.encode(),
    CSV.encode() + "08-01-2026;Gebyr;æ".encode()[:-1],
    CSV.replace("Husleje", "Hus€leje – §").encode("cp1252"),
    CSV.replace("Husleje", "Hus\x01leje").encode(),
    CSV.replace("Husleje", "Løn".encode().decode("cp1252")).encode(),
    CSV.replace("Beløb", "Belob").encode() + b"07-01-2026;L\x9bn;1,00\n",
    CSV.encode("cp1252") + b"07-01-2026;\x81;1,00\n",
    CSV.encode("utf-16")[:-1],
    bytes(range(256)) * 4,
]


@pytest.mark.parametrize("content", ENCODED)
def test_a_text_is_the_same_however_it_comes_from_the_disk(content: bytes) -> None:
    assert outcome(Crumbs(content)) == outcome(HeldBytes(content))


def decoded(source: FileBytes, told: str | None) -> object:
    """The letters of a text and what was found in them, or why it is none."""
    try:
        found = decode(Intake(name="fil.txt", source=source, sha256=""), told)
    except InputRejectedError as error:
        return error.findings
    return found.text, found.encoding, found.findings, found.utf8.quoted, found.utf8.cut_last


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(st.text(alphabet='aæ€;"\n\r\x1a\ufeff😀', max_size=9), max_size=4),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-8 told"]),
)
def test_odd_letters_are_the_same_however_they_come_from_the_disk(lines: list[str], encoding: str) -> None:
    name, _, told = encoding.partition(" ")
    content = "\n".join(["Dato;Tekst", *lines]).encode(name)

    crumbs, held = (decoded(source(content), name if told else None) for source in (Crumbs, HeldBytes))

    assert crumbs == held


def test_a_line_without_end_is_cut_within_no_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(utf8_text, "ENDLESS", FEW)
    text = "aæ€😀" * 9 + "\x1a"

    pieces = list(line_blocks(Crumbs(text.encode()).blocks()))

    assert len(pieces) > FEW
    assert "".join(piece.decode() for piece in pieces) == text.removesuffix("\x1a")


def test_a_file_above_every_limit_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intakes, "LARGEST_BYTES", 50)

    with pytest.raises(InputRejectedError) as caught:
        read_source(written(tmp_path, CSV.encode()))

    assert [(one.code, "variant" in one.facts) for one in caught.value.findings] == [("FIL-009", False)]
