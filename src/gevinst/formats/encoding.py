"""Bytes to text: a byte order mark, then strict UTF-8, then strict cp1252; anything else is refused."""

import codecs
import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.source import Assumption
from gevinst.formats.intake import Intake
from gevinst.formats.plan import assume

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
# The same as bytes of UTF-8, for a first look that makes no copy of a large file.
SPACES = (0x09, 0x0E)  # TAB, line ends and the like
DELETE = b"\x7f"
FIRST_PRINTED = 0x20
# The letters, as bytes, in which cp1252 is not latin-1, which Python reads many times faster.
CP1252_ONLY = (0x80, 0xA0)
NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
BROKEN_STARTS = ("Ã".encode(), "Â".encode(), "\ufffd".encode())
DANISH = "æøåÆØÅ"
# More control characters than this share, and the file is no text at all.
BINARY_SHARE = 0.02
FEWEST_BINARY = 8
MOST_FINDINGS = 50
UTF8_LONGEST = 4
HEAD_BYTES = 200_000
BLOCK = 1 << 20
UTF16_SAMPLE = 400
UTF16_NULS = 0.35


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """The text of a file, with what was taken for granted and what was found."""

    utf8: bytes  #: without byte order mark
    encoding: str
    assumption: Assumption
    findings: tuple[Finding, ...] = ()

    @property
    def head(self) -> str:
        """The first letters, enough to tell what the text is."""
        return self.utf8[:HEAD_BYTES].decode(errors="ignore")

    @cached_property
    def text(self) -> str:
        """The text as one str; a reader of columns does without."""
        return self.utf8.decode()


def decode(intake: Intake, wanted: str | None = None) -> Decoded:
    """Decode a text file.

    Args:
        intake: the file.
        wanted: an encoding that a layout or a person names; nothing else is tried then.

    Raises:
        InputRejectedError: FIL-002 not a text, FIL-003 encoding, FIL-004 cut within a letter.
    """
    utf8, encoding, because = _declared(intake, wanted) if wanted else _detected(intake)
    _refuse_broken_letters(intake, utf8, encoding)
    utf8 = utf8.removesuffix(b"\x1a")
    return Decoded(
        utf8=utf8,
        encoding=encoding,
        assumption=assume(subject="encoding", taken=encoding, because=because, facts={"encoding": encoding}),
        findings=_control_findings(intake, utf8),
    )


def _declared(intake: Intake, wanted: str) -> tuple[bytes, str, str]:
    try:
        utf8 = _as_utf8(intake.content, wanted)
    except LookupError as error:
        raise intake.rejected("FIL-003", found=wanted, encoding=wanted) from error
    except UnicodeDecodeError as error:
        line = intake.content[: error.start].count(b"\n") + 1
        raise intake.rejected("FIL-003", line=line, encoding=wanted) from error
    except UnicodeEncodeError as error:  # half of a pair that stands for one letter
        line = str(error.object).count("\n", 0, error.start) + 1
        raise intake.rejected("FIL-003", line=line, encoding=wanted) from error
    return utf8.removeprefix(codecs.BOM_UTF8), wanted, "encoding.told"


def _as_utf8(content: bytes, encoding: str) -> bytes:
    """The bytes in UTF-8; those that are so already are not copied."""
    if codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"} and is_utf8(content):
        return content
    return content.decode(encoding).encode()


def is_utf8(content: bytes) -> bool:
    """Whether bytes are strict UTF-8."""
    ends = np.array([0, len(content)], dtype=np.int64)
    text = pa.Array.from_buffers(pa.large_string(), 1, [None, pa.py_buffer(ends), pa.py_buffer(content)])
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _detected(intake: Intake) -> tuple[bytes, str, str]:
    content = intake.content
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return _declared(intake, encoding)[0], encoding.removesuffix("-sig"), "encoding.mark"
    if guess := _utf16_without_mark(content):
        return _declared(intake, guess)[0], guess, "encoding.zeros"
    if is_utf8(content):
        return content, "utf-8", "encoding.ascii" if content.isascii() else "encoding.utf8"
    return _not_utf8(intake), "cp1252", "encoding.not_utf8"


def _not_utf8(intake: Intake) -> bytes:
    content, error = intake.content, _utf8_error(intake.content)
    line = content.count(b"\n", 0, error.start) + 1
    cut = error.reason == "unexpected end of data" and len(content) - error.start < UTF8_LONGEST
    if cut and not content[: error.start].isascii():
        raise intake.rejected("FIL-004", line=line)
    try:
        return content.decode("cp1252" if _holds(content, *CP1252_ONLY) else "latin-1").encode()
    except UnicodeDecodeError as bad:
        line = content[: bad.start].count(b"\n") + 1
        if _is_binary(content.decode("latin-1")):
            raise intake.rejected("FIL-002", kind="binary") from bad
        raise intake.rejected("FIL-003", line=line, encoding="cp1252") from bad


def _utf8_error(content: bytes) -> UnicodeDecodeError:
    """What bytes that are not UTF-8 break it with."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return error
    raise ValueError("these bytes are UTF-8")


def _utf16_without_mark(content: bytes) -> str:
    sample = content[:UTF16_SAMPLE]
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    if odd > len(sample) * UTF16_NULS and not even:
        return "utf-16-le"
    return "utf-16-be" if even > len(sample) * UTF16_NULS and not odd else ""


def _refuse_broken_letters(intake: Intake, utf8: bytes, encoding: str) -> None:
    if _may_be_broken(intake.content, utf8, encoding):
        text = utf8.decode()
        broken = MOJIBAKE.search(text)
        if broken and encoding == "cp1252" and not is_utf8(intake.content):
            raise _not_of_utf8(intake)
        if broken:
            raise _refused(intake, text, broken, encoding=encoding)
    if encoding != "cp1252" or any(letter.encode("cp1252") in intake.content for letter in DANISH):
        return
    text = utf8.decode()
    if dos := DOS_LETTERS.search(text):
        raise _refused(intake, text, dos, encoding=encoding)


def _not_of_utf8(intake: Intake) -> InputRejectedError:
    """The refusal of a text that is UTF-8 elsewhere, with the line and the letter where it is not."""
    start = _utf8_error(intake.content).start
    line = intake.content.count(b"\n", 0, start) + 1
    return intake.rejected("FIL-003", line=line, found=chr(intake.content[start]), encoding="utf-8")


def _may_be_broken(content: bytes, utf8: bytes, encoding: str) -> bool:
    """A first look for letters that were broken on the way; in one byte a letter, two bytes give it away."""
    if encoding == "cp1252" and b"\xc2" not in content and b"\xc3" not in content:
        return False
    return any(start in utf8 for start in BROKEN_STARTS if start[:1] in utf8)


def _refused(intake: Intake, text: str, at: re.Match[str], **facts: str) -> InputRejectedError:
    return intake.rejected("FIL-003", line=text.count("\n", 0, at.start()) + 1, found=at[0].strip(), **facts)


def _is_binary(text: str) -> bool:
    sample = text[:100_000]
    return len(CONTROL.findall(sample)) > max(FEWEST_BINARY, len(sample) * BINARY_SHARE)


def _control_findings(intake: Intake, utf8: bytes) -> tuple[Finding, ...]:
    """CEL-006 for each line that holds a control character; a file full of them is no text."""
    if not _holds_control(utf8):
        return ()
    text = utf8.decode()
    if _is_binary(text):
        raise intake.rejected("FIL-002", kind="binary")
    findings: list[Finding] = []
    for number, line in enumerate(text.split("\n"), start=1):
        bad = CONTROL.search(line)
        if bad:
            findings.append(
                intake.finding("CEL-006", line=number, found=f"U+{ord(bad[0]):04X}", position=bad.start() + 1)
            )
        if len(findings) == MOST_FINDINGS:
            break
    return tuple(findings)


def _holds_control(utf8: bytes) -> bool:
    """A first look for control characters, which makes no copy of a large file."""
    if DELETE in utf8 or (b"\xef" in utf8 and any(mark in utf8 for mark in NONCHARACTERS)):
        return True
    return _count(utf8, 0, FIRST_PRINTED) != _count(utf8, *SPACES)


def _holds(content: bytes, first: int, end: int) -> bool:
    return _count(content, first, end) > 0


def _count(content: bytes, first: int, end: int) -> int:
    """How many bytes are from `first` to before `end`."""
    letters = np.frombuffer(content, dtype=np.uint8)
    blocks = (letters[at : at + BLOCK] for at in range(0, len(letters), BLOCK))
    # What is below `first` turns into a large number.
    return sum(int(np.count_nonzero((block - np.uint8(first)) < end - first)) for block in blocks)
