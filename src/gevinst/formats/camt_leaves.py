"""Texts of camt elements by path of local names, and the values that ISO 20022 writes in them."""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from gevinst.domain.money import ORE_PER_KRONE, AmountError, NumberStyle
from gevinst.formats.amounts import read_amount
from gevinst.formats.dates import DateOrder, read_date

_PLAIN_AMOUNT = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_USUAL_AMOUNT = re.compile(r"([0-9]{1,12})\.([0-9]{2})")
_DAY = len("2026-01-31")
# Branches that hold nothing an item shows; in real files they are half of an entry.
UNREAD = frozenset({"RltdAgts", "PstlAdr", "CtctDtls", "Domn", "Chrgs", "Tax", "Intrst", "CardTx", "RltdDts"})
# Paths of texts that an entry, or a transaction of it, is made of.
USED = frozenset(
    {
        *("NtryRef", "Amt", "CdtDbtInd", "RvslInd", "Sts/Cd", "Sts/Prtry", "Sts", "AcctSvcrRef"),
        *("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm", "AddtlNtryInf", "BkTxCd/Prtry/Cd"),
        *("NtryDtls/Btch/PmtInfId", "NtryDtls/Btch/MsgId", "Refs/EndToEndId", "AmtDtls/TxAmt/Amt"),
        *("RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Ustrd", "AddtlTxInf"),
        *("RltdPties/Dbtr/Pty/Nm", "RltdPties/Dbtr/Nm", "RltdPties/Cdtr/Pty/Nm", "RltdPties/Cdtr/Nm"),
    }
)


def text_at(element: etree._Element, path: str) -> str:
    """The text at a path of local names, or ""."""
    return (element.findtext("/".join(f"{{*}}{step}" for step in path.split("/"))) or "").strip()


def source_line(element: etree._Element) -> int:
    """The line of an element's start tag, 0 when the parser does not know."""
    line: object = element.sourceline
    return line if isinstance(line, int) else 0


class Leaves(NamedTuple):
    """The texts of an element by path of local names; each TxDtls has leaves of its own."""

    texts: dict[str, list[str]]
    details: list["Leaves"]

    def first(self, *paths: str) -> str:
        """The first text that one of the paths has, or ""."""
        texts = self.texts
        for path in paths:
            if path in texts:
                return texts[path][0]
        return ""

    def all(self, path: str) -> list[str]:
        """Every text of a path."""
        return self.texts.get(path, [])

    def day(self, path: str) -> date | None:
        """The day of a date choice (Dt or DtTm)."""
        return iso_day(self.first(f"{path}/Dt", f"{path}/DtTm"))


class Source(NamedTuple):
    """One entry as it stands in the file."""

    leaves: Leaves
    currency: str
    line: int  #: of its start tag


def source_of(element: etree._Element, *, line: int) -> Source:
    """An entry from its element."""
    amount = element.find("{*}Amt")
    currency = "" if amount is None else amount.get("Ccy", "")
    return Source(leaves=leaves_of(element), currency=currency, line=line or source_line(element))


def leaves_of(element: etree._Element) -> Leaves:
    """Gather the texts of an element in one walk: a hundred thousand entries are a usual year."""
    leaves = Leaves(texts={}, details=[])
    _gather(element, "", leaves.texts, leaves.details)
    return leaves


def _gather(element: etree._Element, prefix: str, texts: dict[str, list[str]], details: list[Leaves]) -> None:
    for child in element.iterchildren("*"):
        name = str(child.tag).rpartition("}")[2]
        if prefix == "NtryDtls/" and name == "TxDtls":
            details.append(leaves_of(child))
            continue
        text = child.text
        if text and not text.isspace():
            texts.setdefault(prefix + name, []).append(text.strip())
        if len(child) and name not in UNREAD:
            _gather(child, f"{prefix}{name}/", texts, details)


def iso_amount(text: str) -> int:
    """Read an ISO 20022 amount as øre: digits and a decimal point, no sign, no grouping.

    Raises:
        AmountError: anything else, or a part of an øre.
    """
    if usual := _USUAL_AMOUNT.fullmatch(text):
        return int(usual[1]) * ORE_PER_KRONE + int(usual[2])
    if not _PLAIN_AMOUNT.fullmatch(text):
        raise AmountError("not an ISO 20022 amount")
    return read_amount(text, NumberStyle.POINT)


@lru_cache(maxsize=4096)
def iso_day(text: str) -> date | None:
    """The day of an ISO date or date and time."""
    return read_date(text[:_DAY], DateOrder.YMD)


def day_at(element: etree._Element, path: str) -> date | None:
    """The day of a date choice (Dt or DtTm)."""
    return iso_day(text_at(element, f"{path}/Dt") or text_at(element, f"{path}/DtTm"))
