"""Bytes to text: a byte order mark, then strict UTF-8, then strict cp1252; anything else is refused."""

import codecs
import re
from dataclasses import dataclass

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
C1 = re.compile("[\x80-\x9f]")
DANISH = re.compile("[æøåÆØÅ]")
# More control characters than this share, and the file is no text at all.
BINARY_SHARE = 0.02
FEWEST_BINARY = 8
MOST_FINDINGS = 50
UTF8_LONGEST = 4
UTF16_SAMPLE = 400
UTF16_NULS = 0.35


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """The text of a file, with what was taken for granted and what was found."""

    text: str
    encoding: str
    assumption: Assumption
    findings: tuple[Finding, ...] = ()


def decode(intake: Intake, wanted: str | None = None) -> Decoded:
    """Decode a text file.

    Args:
        intake: the file.
        wanted: an encoding that a layout or a person names; nothing else is tried then.

    Raises:
        InputRejectedError: FIL-002 not a text, FIL-003 encoding, FIL-004 cut within a letter.
    """
    text, encoding, because = _declared(intake, wanted) if wanted else _detected(intake)
    _refuse_broken_letters(intake, text, encoding)
    return Decoded(
        text=text.removesuffix("\x1a"),
        encoding=encoding,
        assumption=assume(subject="encoding", taken=encoding, because=because, facts={"encoding": encoding}),
        findings=_control_findings(intake, text.removesuffix("\x1a")),
    )


def _declared(intake: Intake, wanted: str) -> tuple[str, str, str]:
    try:
        return intake.content.decode(wanted).removeprefix("\ufeff"), wanted, "encoding.told"
    except LookupError as error:
        raise intake.rejected("FIL-003", found=wanted, encoding=wanted) from error
    except UnicodeDecodeError as error:
        line = intake.content[: error.start].count(b"\n") + 1
        raise intake.rejected("FIL-003", line=line, encoding=wanted) from error


def _detected(intake: Intake) -> tuple[str, str, str]:
    content = intake.content
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return _declared(intake, encoding)[0], encoding.removesuffix("-sig"), "encoding.mark"
    if guess := _utf16_without_mark(content):
        return _declared(intake, guess)[0], guess, "encoding.zeros"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(intake, error), "cp1252", "encoding.not_utf8"
    return text, "utf-8", "encoding.ascii" if text.isascii() else "encoding.utf8"


def _not_utf8(intake: Intake, error: UnicodeDecodeError) -> str:
    content = intake.content
    line = content[: error.start].count(b"\n") + 1
    cut = error.reason == "unexpected end of data" and len(content) - error.start < UTF8_LONGEST
    if cut and not content[: error.start].isascii():
        raise intake.rejected("FIL-004", line=line)
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as bad:
        line = content[: bad.start].count(b"\n") + 1
        if _is_binary(content.decode("latin-1")):
            raise intake.rejected("FIL-002", kind="binary") from bad
        raise intake.rejected("FIL-003", line=line, encoding="cp1252") from bad
    return text


def _utf16_without_mark(content: bytes) -> str:
    sample = content[:UTF16_SAMPLE]
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    if odd > len(sample) * UTF16_NULS and not even:
        return "utf-16-le"
    return "utf-16-be" if even > len(sample) * UTF16_NULS and not odd else ""


def _refuse_broken_letters(intake: Intake, text: str, encoding: str) -> None:
    broken = MOJIBAKE.search(text)
    if broken:
        if encoding == "cp1252" and (odd := _not_of_utf8(intake.content)):
            raise intake.rejected("FIL-003", line=odd[0], found=odd[1], encoding="utf-8")
        raise _refused(intake, text, broken, encoding=encoding)
    if encoding != "cp1252":
        return
    dos = DOS_LETTERS.search(text)
    if dos and not DANISH.search(text):
        raise _refused(intake, text, dos, encoding=encoding)
    if stray := C1.search(text):
        raise _refused(intake, text, stray, encoding=encoding)


def _not_of_utf8(content: bytes) -> tuple[int, str] | None:
    """The line and the letter where a text that is UTF-8 elsewhere is not."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1, chr(content[error.start])
    return None


def _refused(intake: Intake, text: str, at: re.Match[str], **facts: str) -> InputRejectedError:
    return intake.rejected("FIL-003", line=text.count("\n", 0, at.start()) + 1, found=at[0].strip(), **facts)


def _is_binary(text: str) -> bool:
    sample = text[:100_000]
    return len(CONTROL.findall(sample)) > max(FEWEST_BINARY, len(sample) * BINARY_SHARE)


def _control_findings(intake: Intake, text: str) -> tuple[Finding, ...]:
    """CEL-006 for each line that holds a control character; a file full of them is no text."""
    if not CONTROL.search(text):
        return ()
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
