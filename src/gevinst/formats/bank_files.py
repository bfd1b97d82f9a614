"""Bank files that are no tables: which format a file is in, by its content, and who reads it."""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from gevinst.domain.source import SourceRead
from gevinst.formats.bai2 import read_bai2
from gevinst.formats.betalingsservice import read_betalingsservice
from gevinst.formats.fik import read_fik
from gevinst.formats.intake import Intake
from gevinst.formats.ofx import read_ofx

MT940, OFX, BAI2, PAIN, FIK, BETALINGSSERVICE = "mt940", "ofx", "bai2", "pain", "fik", "betalingsservice"
#: How each format begins, or what its first few thousand characters hold.
SIGNATURES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\{1:F\d\d|(?:^|\n):20:[^\n]*\r?\n(?:.*\n){0,6}?:(?:25P?|60F|60M|28C?):"), MT940),
    (re.compile(r"\A\s*:(?:13|2[0-9]|34|6[0-5]|86|90)[A-Z]?:"), MT940),
    (re.compile(r"\A\s*OFXHEADER|<OFX>", re.IGNORECASE), OFX),
    (re.compile(r"\A\s*01,[^,\n]*,[^,\n]*,\d{6},\d{0,4},"), BAI2),
    (re.compile(r"<(?:[\w.-]+:)?(?:CstmrCdtTrfInitn|CstmrPmtStsRpt|pain\.00[12]\.001\.02)\b"), PAIN),
    (re.compile(r"\AFI01\d{10}"), FIK),
    (re.compile(r"\ABS002\d{8}BS\w\d{4}"), BETALINGSSERVICE),
)
#: What people call a format whose id says something else.
TITLES = {PAIN: "ISO 20022 pain", BETALINGSSERVICE: "Betalingsservice"}

Reader: TypeAlias = Callable[[Intake, str | None], SourceRead]
READERS: Mapping[str, Reader] = {
    OFX: read_ofx,
    BAI2: read_bai2,
    FIK: read_fik,
    BETALINGSSERVICE: read_betalingsservice,
}


def bank_format(head: str) -> str:
    """The format of a file by its first characters: the id of its layout, or ""."""
    return next((name for pattern, name in SIGNATURES if pattern.search(head)), "")


def bank_title(head: str) -> str:
    """The format of a file as people say it, or ""."""
    name = bank_format(head)
    return TITLES.get(name, name.upper())


def read_bank_file(
    intake: Intake, head: str, *, wanted: str | None = None, encoding: str | None = None
) -> SourceRead:
    """Read a bank file by its own format.

    Args:
        intake: a file that has a `bank_format`.
        head: its first characters.
        wanted: the format that a layout names; another one is refused.
        encoding: of its letters, where a person names it.

    Raises:
        InputRejectedError: FIL-002 another format than wanted; and what the format's own reader raises.
    """
    name = bank_format(head)
    if wanted and wanted != name:
        raise intake.rejected("FIL-002", kind=bank_title(head))
    return _reader(name)(intake, encoding)


def _reader(name: str) -> Reader:
    if name == MT940:
        from gevinst.formats.mt940 import read_mt940  # noqa: PLC0415 - other files need no mt-940

        return read_mt940
    if name == PAIN:
        from gevinst.formats.pain import read_pain  # noqa: PLC0415 - other files need no lxml

        return read_pain
    return READERS[name]
