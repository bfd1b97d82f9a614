"""Bytes to text: a byte order mark, then strict UTF-8, then strict cp1252; anything else is refused."""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.source import Assumption
from gevinst.formats.intake import Intake
from gevinst.formats.plan import assume
from gevinst.formats.utf8_text import (
    CP1252,
    CP1252_ONLY,
    LINE_ENDS,
    PLAIN,
    UTF8,
    LettersError,
    Utf8Text,
    counted,
    head_of,
    holds,
    is_utf8,
    line_blocks,
    plain_utf8,
    transcoded,
)

BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# UTF-8 letters that were read as cp1252 and saved again, such as the two characters that stand for one ø.
MOJIBAKE = re.compile(
    "|".join([*(char.encode().decode("cp1252") for char in "æøåÆØÅéöäü§°\u00a0"), "\ufffd"])
)
# ø and å of the DOS code pages 850 and 865, read as cp1252; æ gives a quotation mark, which is no proof.
DOS_LETTERS = re.compile(f"[a-zA-Z][{'øå'.encode('cp865').decode('cp1252')}](?![^a-zA-Z ])")
CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1c-\x1f\x7f\ufffe\uffff]")
# The same as bytes, for a first look that makes no text of a large file.
SPACES = (0x09, 0x0E)  # TAB, line ends and the like
DELETE = b"\x7f"
FIRST_PRINTED = 0x20
NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
BROKEN_STARTS = ("Ã".encode(), "Â".encode(), "\ufffd".encode())
DANISH = tuple("æøåÆØÅ".encode("cp1252")[at : at + 1] for at in range(6))
DOS_BYTES = ("ø".encode("cp865"), "å".encode("cp865"))
MOJIBAKE_BYTES = (b"\xc2", b"\xc3")  # of the first letter, where a file has one byte for each
# More control characters than this share, and the file is no text at all.
BINARY_SHARE = 0.02
FEWEST_BINARY = 8
MOST_FINDINGS = 50
HEAD_BYTES = 200_000
BINARY_SAMPLE = 100_000  # bytes
LONGEST_LINE = 50_000_000
UTF16_SAMPLE = 400
UTF16_NULS = 0.35


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """The text of a file, with what was taken for granted and what was found."""

    intake: Intake = field(repr=False)
    utf8: Utf8Text
    encoding: str
    assumption: Assumption
    findings: tuple[Finding, ...] = ()

    @property
    def head(self) -> str:
        """The first letters, enough to tell what the text is."""
        return self.utf8.head(HEAD_BYTES).decode(errors="ignore")

    @cached_property
    def text(self) -> str:
        """The text as one str; a reader of columns does without.

        Raises:
            InputRejectedError: FIL-009 too large to be held.
        """
        self.intake.refuse_unless_held()
        return self.utf8.whole().decode()


def decode(intake: Intake, wanted: str | None = None) -> Decoded:
    """Decode a text file.

    Args:
        intake: the file.
        wanted: an encoding that a layout or a person names; nothing else is tried then.

    Raises:
        InputRejectedError: FIL-002 not a text, FIL-003 encoding, FIL-004 cut within a letter.
    """
    encoding, because = (wanted, "encoding.told") if wanted else _detected(intake)
    codec = _codec(intake, encoding)
    if codec == UTF8 and because in {"encoding.told", "encoding.mark"}:
        broken = _not_utf8(intake)
        if broken.line:
            raise intake.rejected("FIL-003", line=broken.line, encoding=encoding)
    encoding = encoding if wanted else encoding.removesuffix("-sig")
    look = _Look(intake, encoding, codec)
    look.through()
    return Decoded(
        intake=intake,
        utf8=Utf8Text(
            blocks=lambda: transcoded(intake.blocks(), codec), quoted=look.quoted, cut_last=look.cut_last
        ),
        encoding=encoding,
        assumption=assume(subject="encoding", taken=encoding, because=because, facts={"encoding": encoding}),
        findings=tuple(look.findings),
    )


def decode_clean(intake: Intake) -> Decoded:
    """Decode a text for a reader that uses nothing of a file with a fault.

    Raises:
        InputRejectedError: as `decode`; CEL-006 control characters.
    """
    decoded = decode(intake)
    if decoded.findings:
        raise InputRejectedError(decoded.findings)
    return decoded


def _codec(intake: Intake, encoding: str) -> str:
    """The encoding as Python names it; UTF-8 with and without mark are one."""
    try:
        "".encode(encoding)  # there are codecs that make no text
        return codecs.lookup(encoding).name.removesuffix("-sig")
    except (LookupError, UnicodeError) as error:
        raise intake.rejected("FIL-003", found=encoding, encoding=encoding) from error


def _detected(intake: Intake) -> tuple[str, str]:
    """The encoding of a file of which nothing is told, and why it is taken for that."""
    for mark, encoding in BOMS:
        if intake.head.startswith(mark):
            return encoding, "encoding.mark"
    if guess := _utf16_without_mark(intake.head):
        return guess, "encoding.zeros"
    broken = _not_utf8(intake)
    if not broken.line:
        return "utf-8", "encoding.ascii" if broken.only_ascii else "encoding.utf8"
    if broken.cut and not broken.only_ascii:
        raise intake.rejected("FIL-004", line=broken.line)
    return "cp1252", "encoding.not_utf8"


@dataclass(frozen=True, kw_only=True)
class _Broken:
    """Where a file ceases to be UTF-8."""

    line: int  #: from 1; 0 when it is UTF-8 to its end
    only_ascii: bool  #: all letters before are ASCII
    letter: str = ""  #: what stands there, as latin-1
    cut: bool = False  #: the file ends within a letter


def _not_utf8(intake: Intake) -> _Broken:
    line, only_ascii = 1, True
    for block in line_blocks(intake.blocks()):
        if not block.isascii():
            if not is_utf8(block):
                return _broken_at(block, line, only_ascii=only_ascii)
            only_ascii = False
        line += block.count(b"\n")
    return _Broken(line=0, only_ascii=only_ascii)


def _broken_at(block: bytes, line: int, *, only_ascii: bool) -> _Broken:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError as error:
        return _Broken(
            line=line + block.count(b"\n", 0, error.start),
            only_ascii=only_ascii and block[: error.start].isascii(),
            letter=chr(block[error.start]),
            cut=error.reason == "unexpected end of data",  # blocks end with whole letters, but for the last
        )
    raise ValueError("these bytes are UTF-8")


def _utf16_without_mark(head: bytes) -> str:
    sample = head[:UTF16_SAMPLE]
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    if odd > len(sample) * UTF16_NULS and not even:
        return "utf-16-le"
    return "utf-16-be" if even > len(sample) * UTF16_NULS and not odd else ""


class _Look:
    """Looks through a text once, block by block, for what is wrong with its letters."""

    def __init__(self, intake: Intake, encoding: str, codec: str) -> None:
        self._intake, self._encoding, self._codec = intake, encoding, codec
        self._line = 1  # on which the next block begins
        self._before = 0  # letters before it on that line
        self._endless = 0  # the same, where CR ends a line too
        self._danish = codec != CP1252  # or one that needs no look at letters of DOS
        self._dos: tuple[int, str] | None = None
        self.findings: list[Finding] = []
        self.quoted = self.cut_last = False

    def through(self) -> None:
        """Look.

        Raises:
            InputRejectedError: FIL-002 not a text, FIL-003 letters.
        """
        try:
            for raw, utf8 in self._blocks():
                self._take(raw, utf8)
        except LettersError as error:
            if _is_binary(self._intake.head.decode("latin-1")):
                raise self._intake.rejected("FIL-002", kind="binary") from error
            raise self._intake.rejected("FIL-003", line=error.line, encoding=self._encoding) from error
        if self._dos and not self._danish:
            line, found = self._dos
            raise self._intake.rejected("FIL-003", line=line, found=found, encoding=self._encoding)

    def _blocks(self) -> Iterator[tuple[bytes, Callable[[], bytes]]]:
        """Blocks in which ASCII is ASCII, and what makes UTF-8 of them."""
        if self._codec not in PLAIN:
            for utf8 in transcoded(self._intake.blocks(), self._codec):
                yield utf8, partial(bytes, utf8)
            return
        for number, raw in enumerate(line_blocks(self._intake.blocks())):
            yield raw, partial(plain_utf8, raw, self._codec, first=not number, line=self._line)

    def _take(self, raw: bytes, utf8: Callable[[], bytes]) -> None:
        self.quoted = self.quoted or b'"' in raw
        self.cut_last = not raw.endswith(LINE_ENDS)
        if self._codec == CP1252 and holds(raw, *CP1252_ONLY):
            utf8()  # some of them are no letters
        self._refuse_broken(raw, utf8)
        if not self._danish:
            self._look_for_dos(raw, utf8)
        if _holds_control(raw) and len(self.findings) < MOST_FINDINGS:
            self._control(utf8().decode())
        last = raw.rfind(b"\n") + 1
        self._before = len(raw) - last + (0 if last else self._before)
        self._line += raw.count(b"\n")
        ended = max(last, raw.rfind(b"\r") + 1)
        self._endless = len(raw) - ended + (0 if ended else self._endless)
        if self._endless > LONGEST_LINE:  # whoever reads lines would hold it whole
            raise self._intake.rejected("FIL-004", line=self._line)

    def _refuse_broken(self, raw: bytes, utf8: Callable[[], bytes]) -> None:
        if self._codec == CP1252 and not any(byte in raw for byte in MOJIBAKE_BYTES):
            return
        content = utf8()
        if not any(start in content for start in BROKEN_STARTS):
            return
        text = content.decode()
        if broken := MOJIBAKE.search(text):
            raise self._broken(text, broken)

    def _broken(self, text: str, found: re.Match[str]) -> InputRejectedError:
        """Of a text that is UTF-8 elsewhere, the line and the letter where it is not."""
        if self._codec == CP1252 and (other := _not_utf8(self._intake)).line:
            return self._intake.rejected("FIL-003", line=other.line, found=other.letter, encoding="utf-8")
        line = self._line + text.count("\n", 0, found.start())
        return self._intake.rejected("FIL-003", line=line, found=found[0].strip(), encoding=self._encoding)

    def _look_for_dos(self, raw: bytes, utf8: Callable[[], bytes]) -> None:
        self._danish = any(letter in raw for letter in DANISH)
        if self._dos is None and any(byte in raw for byte in DOS_BYTES):
            text = utf8().decode()
            if found := DOS_LETTERS.search(text):
                self._dos = self._line + text.count("\n", 0, found.start()), found[0].strip()

    def _head(self) -> str:
        blocks = transcoded(self._intake.blocks(), self._codec)
        return head_of(blocks, BINARY_SAMPLE).decode(errors="ignore")

    def _control(self, text: str) -> None:
        """CEL-006 for each line that holds a control character; a file full of them is no text."""
        if not self.findings and _is_binary(self._head()):
            raise self._intake.rejected("FIL-002", kind="binary")
        before = self._before
        for number, line in enumerate(text.split("\n"), start=self._line):
            bad = CONTROL.search(line)
            if bad:
                found, position = f"U+{ord(bad[0]):04X}", before + bad.start() + 1
                self.findings.append(
                    self._intake.finding("CEL-006", line=number, found=found, position=position)
                )
            before = 0
            if len(self.findings) == MOST_FINDINGS:
                break


def _is_binary(text: str) -> bool:
    return len(CONTROL.findall(text)) > max(FEWEST_BINARY, len(text) * BINARY_SHARE)


def _holds_control(content: bytes) -> bool:
    """A first look for control characters."""
    if DELETE in content or (b"\xef" in content and any(mark in content for mark in NONCHARACTERS)):
        return True
    return counted(content, 0, FIRST_PRINTED) != counted(content, *SPACES)
