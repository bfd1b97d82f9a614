"""One entry (Ntry) of a camt file as values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from gevinst.domain.masking import shown_value
from gevinst.domain.money import AmountError, NumberStyle
from gevinst.formats.amounts import read_amount
from gevinst.formats.dates import DateOrder, read_date

_PLAIN_AMOUNT = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_DAY = len("2026-01-31")
SIGNS = {"CRDT": 1, "DBIT": -1}
# What a bank writes when the payer gave no reference.
NO_REFERENCE = frozenset({"NOTPROVIDED", "NOTAVAILABLE", "NONREF", "NOREF"})
# Branches that hold nothing an item shows; in real files they are half of an entry.
UNREAD = frozenset({"RltdAgts", "PstlAdr", "CtctDtls", "Domn", "Chrgs", "Tax", "Intrst", "CardTx", "RltdDts"})
# What the raw row of an entry shows.
RAW = {
    "NtryRef": ("NtryRef",),
    "Amt": ("Amt",),
    "CdtDbtInd": ("CdtDbtInd",),
    "RvslInd": ("RvslInd",),
    "Sts": ("Sts/Cd", "Sts/Prtry", "Sts"),
    "BookgDt": ("BookgDt/Dt", "BookgDt/DtTm"),
    "ValDt": ("ValDt/Dt", "ValDt/DtTm"),
    "AcctSvcrRef": ("AcctSvcrRef",),
}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something in an entry that cannot be used."""

    code: str
    element: str
    found: str
    example: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One transaction within an entry."""

    amount: int | None  #: øre with sign; None when the file does not say
    end_to_end: str
    creditor_reference: str
    text: str
    counterparty: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry, as it stands."""

    number: int  #: in the file, from 1
    in_statement: int  #: in its statement, from 1
    line: int
    amount: int | None  #: øre with sign
    currency: str
    status: str
    booked: date | None
    value_date: date | None
    entry_reference: str
    servicer_reference: str
    batch_reference: str
    info: str
    parts: Sequence[Part]
    faults: Sequence[Fault]
    raw: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Movement:
    """An item: a whole entry, or one transaction of it."""

    entry: int
    part: int  #: from 1; 0 for the whole entry
    account: str
    booked: date | None
    value_date: date | None
    amount: int
    currency: str
    reference: str
    document: str
    text: str
    counterparty: str
    entry_reference: str
    servicer_reference: str
    line: int
    cell: str
    raw: dict[str, str]


def text_at(element: etree._Element, path: str) -> str:
    """The text at a path of local names, or ""."""
    return (element.findtext("/".join(f"{{*}}{step}" for step in path.split("/"))) or "").strip()


def source_line(element: etree._Element) -> int:
    """The line of an element's start tag, 0 when the parser does not know."""
    line: object = element.sourceline
    return line if isinstance(line, int) else 0


@dataclass(frozen=True, kw_only=True)
class Leaves:
    """The texts of an element by path of local names; each TxDtls has leaves of its own."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    details: list["Leaves"] = field(default_factory=list)

    def first(self, *paths: str) -> str:
        """The first text that one of the paths has, or ""."""
        for path in paths:
            if path in self.texts:
                return self.texts[path][0]
        return ""

    def all(self, path: str) -> list[str]:
        """Every text of a path."""
        return self.texts.get(path, [])

    def day(self, path: str) -> date | None:
        """The day of a date choice (Dt or DtTm)."""
        return iso_day(self.first(f"{path}/Dt", f"{path}/DtTm"))


def leaves_of(element: etree._Element) -> Leaves:
    """Gather the texts of an element in one walk: a hundred thousand entries are a usual year."""
    leaves = Leaves()
    _gather(element, "", leaves.texts, leaves.details)
    return leaves


def _gather(element: etree._Element, prefix: str, texts: dict[str, list[str]], details: list[Leaves]) -> None:
    for child in element.iterchildren("*"):
        name = str(child.tag).rpartition("}")[2]
        text = child.text
        if text and not text.isspace():
            texts.setdefault(prefix + name, []).append(text.strip())
        elif prefix == "NtryDtls/" and name == "TxDtls":
            details.append(leaves_of(child))
        elif name not in UNREAD:
            _gather(child, f"{prefix}{name}/", texts, details)


def iso_amount(text: str) -> int:
    """Read an ISO 20022 amount as øre: digits and a decimal point, no sign, no grouping.

    Raises:
        AmountError: anything else, or a part of an øre.
    """
    if not _PLAIN_AMOUNT.fullmatch(text):
        raise AmountError("not an ISO 20022 amount")
    return read_amount(text, NumberStyle.POINT)


def iso_day(text: str) -> date | None:
    """The day of an ISO date or date and time."""
    return read_date(text[:_DAY], DateOrder.YMD)


def day_at(element: etree._Element, path: str) -> date | None:
    """The day of a date choice (Dt or DtTm)."""
    return iso_day(text_at(element, f"{path}/Dt") or text_at(element, f"{path}/DtTm"))


def entry_of(element: etree._Element, *, number: int, in_statement: int, line: int) -> Entry:
    """Read one Ntry.

    Sign: CdtDbtInd says which way the money moved on the account, also when RvslInd is true. In ISO 20022,
    RvslInd tells that the entry is the result of a reversal: CRDT with RvslInd takes a former debit back and
    raises the balance. So a reversal is not turned once more.
    """
    leaves = leaves_of(element)
    faults: list[Fault] = []
    sign, size = _sign(leaves, faults), _size(leaves, faults)
    value_date = leaves.day("ValDt")
    booked = leaves.day("BookgDt") or value_date
    if booked is None:
        found = shown_value(leaves.first("BookgDt/Dt", "BookgDt/DtTm"))
        faults.append(Fault(code="CEL-002", element="BookgDt", found=found, example="2026-12-31"))
    amount = element.find("{*}Amt")
    return Entry(
        number=number,
        in_statement=in_statement,
        line=line,
        amount=None if sign is None or size is None else sign * size,
        currency="" if amount is None else amount.get("Ccy", ""),
        status=leaves.first("Sts/Cd", "Sts/Prtry", "Sts"),
        booked=booked,
        value_date=value_date,
        entry_reference=leaves.first("NtryRef"),
        servicer_reference=leaves.first("AcctSvcrRef"),
        batch_reference=leaves.first("NtryDtls/Btch/PmtInfId", "NtryDtls/Btch/MsgId"),
        info=leaves.first("AddtlNtryInf", "BkTxCd/Prtry/Cd"),
        parts=[_part(details, sign or 1) for details in leaves.details],
        faults=faults,
        raw={name: leaves.first(*paths) for name, paths in RAW.items()},
    )


def _sign(leaves: Leaves, faults: list[Fault]) -> int | None:
    indicator = leaves.first("CdtDbtInd")
    if indicator not in SIGNS:
        faults.append(
            Fault(code="CEL-007", element="CdtDbtInd", found=shown_value(indicator), example="CRDT")
        )
    return SIGNS.get(indicator)


def _size(leaves: Leaves, faults: list[Fault]) -> int | None:
    text = leaves.first("Amt")
    try:
        return iso_amount(text)
    except AmountError:
        faults.append(Fault(code="CEL-001", element="Amt", found=shown_value(text), example="1234.50"))
        return None


def _part(details: Leaves, entry_sign: int) -> Part:
    sign = SIGNS.get(details.first("CdtDbtInd"), entry_sign)
    other = "Dbtr" if sign > 0 else "Cdtr"
    return Part(
        amount=_part_amount(details, sign),
        end_to_end=_reference(details.first("Refs/EndToEndId")),
        creditor_reference=details.first("RmtInf/Strd/CdtrRefInf/Ref"),
        text=" ".join(details.all("RmtInf/Ustrd")) or details.first("AddtlTxInf"),
        counterparty=details.first(f"RltdPties/{other}/Pty/Nm", f"RltdPties/{other}/Nm"),
    )


def _part_amount(details: Leaves, sign: int) -> int | None:
    try:
        return sign * iso_amount(details.first("Amt", "AmtDtls/TxAmt/Amt"))
    except AmountError:
        return None


def _reference(text: str) -> str:
    return "" if text.upper().replace(" ", "") in NO_REFERENCE else text


def movements_of(
    entry: Entry, *, account: str, statement: int, detail: bool
) -> tuple[list[Movement], int | None]:
    """The items of an entry without faults, and the sum of its parts when that is not the entry's amount."""
    if not detail or not entry.parts:
        return [_whole(entry, account, statement)], None
    amounts = [part.amount for part in entry.parts]
    if len(amounts) == 1 or None in amounts:
        return [_whole(entry, account, statement)], None
    total = sum(amount for amount in amounts if amount is not None)
    parts = [
        _one(entry, number, account=account, statement=statement) for number in range(1, len(amounts) + 1)
    ]
    return parts, None if total == entry.amount else total


def _whole(entry: Entry, account: str, statement: int) -> Movement:
    parts = entry.parts
    single = parts[0] if len(parts) == 1 else None
    texts = dict.fromkeys(text for part in parts for text in (part.text,) if text)
    document = single.end_to_end if single else _shared([part.end_to_end for part in parts])
    reference = single.creditor_reference if single else _shared([part.creditor_reference for part in parts])
    return Movement(
        entry=entry.number,
        part=0,
        account=account,
        booked=entry.booked,
        value_date=entry.value_date,
        amount=entry.amount or 0,
        currency=entry.currency,
        reference=reference or entry.batch_reference or document,
        document=document,
        text=" ".join(texts) or entry.info,
        counterparty=single.counterparty if single else _shared([part.counterparty for part in parts]),
        entry_reference=entry.entry_reference,
        servicer_reference=entry.servicer_reference,
        line=entry.line,
        cell=f"Stmt[{statement}]/Ntry[{entry.in_statement}]",
        raw=entry.raw,
    )


def _shared(values: Sequence[str]) -> str:
    """The value that all parts have, or ""."""
    return values[0] if values and len(set(values)) == 1 else ""


def _one(entry: Entry, number: int, *, account: str, statement: int) -> Movement:
    part = entry.parts[number - 1]
    return Movement(
        entry=entry.number,
        part=number,
        account=account,
        booked=entry.booked,
        value_date=entry.value_date,
        amount=part.amount or 0,
        currency=entry.currency,
        reference=part.creditor_reference or part.end_to_end,
        document=part.end_to_end,
        text=part.text or entry.info,
        counterparty=part.counterparty,
        entry_reference=entry.entry_reference,
        servicer_reference=entry.servicer_reference,
        line=entry.line,
        cell=f"Stmt[{statement}]/Ntry[{entry.in_statement}]/TxDtls[{number}]",
        raw=entry.raw,
    )
