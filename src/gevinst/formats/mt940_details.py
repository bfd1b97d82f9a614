"""The :86: of an MT940 entry: text, counterparty and references, structured or not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

FULL_LINE = 65  # a line this long was cut where it was full, within a word if need be
FULL_PART = 27  # the same for one ?20 to ?29
_CODED = re.compile(r"(?P<code>\d{3})(?P<mark>[?>^~<!@|])(?=\d{2})")
_SEPA = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|PURP|SVWZ|ABWA|ABWE|SQTP|COAM|OAMT|DDAT)\+")
_SLASHED = re.compile(
    r"/(EREF|KREF|PREF|MREF|MARF|CSID|TRTP|TRCD|REMI|ORDP|BENM|ULTD|ULTC|NAME|IBAN|ADDR|CRNM|DBNM|CACT|DACT"
    r"|CBIC|DBIC|BIC|OPRP|PURP|ISDT|RTRN|SVCL|OCMT|CHGS|OAMT|INIT)/"
)
_PURPOSE = frozenset(str(number) for number in (*range(20, 30), *range(60, 66)))
_NAMES = ("32", "33")


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """What an :86: says."""

    text: str = ""
    counterparty: str = ""
    end_to_end: str = ""
    own_reference: str = ""


def details_of(lines: Sequence[str]) -> Details:
    """Read the lines of one :86:."""
    tight = "".join(lines)
    coded = _CODED.match(tight)
    if coded:
        return _coded(tight[coded.end("code") :], coded["mark"])
    if _SLASHED.match(tight.lstrip()):
        return _slashed(tight)
    return Details(text=one_line(flowing(lines, FULL_LINE)))


def flowing(parts: Sequence[str], full: int) -> str:
    """Join parts as they were before they were cut: a full one runs on, a shorter one ends."""
    pieces: list[str] = []
    for part in parts:
        pieces += [part] if len(part) >= full else [part, " "]
    return "".join(pieces)


def one_line(text: str) -> str:
    """Text with single spaces."""
    return " ".join(text.split())


def _coded(text: str, mark: str) -> Details:
    """The German form: ?00 posting text, ?20 to ?29 purpose, ?32 and ?33 name."""
    pieces = re.split(rf"\{mark}(\d{{2}})", text)
    parts: dict[str, list[str]] = {}
    for key, value in zip(pieces[1::2], pieces[2::2], strict=True):
        parts.setdefault(key, []).append(value)
    purpose = flowing([value for key in sorted(_PURPOSE & parts.keys()) for value in parts[key]], FULL_PART)
    words = _keyed(_SEPA, purpose)
    free = one_line(words.get("SVWZ", "") or words.get("", ""))
    return Details(
        text=free or one_line("".join(parts.get("00", ()))),
        counterparty=one_line("".join(value for key in _NAMES for value in parts.get(key, ()))),
        end_to_end=one_line(words.get("EREF", "")),
        own_reference=one_line(words.get("KREF", "")),
    )


def _slashed(text: str) -> Details:
    """The form of slashes: /EREF/…/BENM//NAME/…/REMI/…."""
    words = _keyed(_SLASHED, text)
    names = (words.get(key, "") for key in ("NAME", "CRNM", "DBNM"))
    whole = one_line(text)
    return Details(
        text=one_line(words.get("REMI", "")).strip("/ ") or whole,
        counterparty=next((one_line(name).strip("/ ") for name in names if name.strip("/ ")), ""),
        end_to_end=one_line(words.get("EREF", "")).strip("/ "),
        own_reference=one_line(words.get("KREF", "") or words.get("PREF", "")).strip("/ "),
    )


def _keyed(pattern: re.Pattern[str], text: str) -> dict[str, str]:
    """Texts by the key before them, the first of each; "" is what stands before any key."""
    pieces = pattern.split(text)
    found = {"": pieces[0]}
    for key, value in zip(pieces[1::2], pieces[2::2], strict=True):
        found.setdefault(key, value)
    return found
