"""One entry (Ntry) of a camt file as values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
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
    return (element.findtext(_any(path)) or "").strip()


def texts_at(element: etree._Element, path: str) -> list[str]:
    """Every text at a path of local names, blanks left out."""
    return [text for found in element.findall(_any(path)) if (text := (found.text or "").strip())]


def source_line(element: etree._Element) -> int:
    """The line of an element's start tag, 0 when the parser does not know."""
    line: object = element.sourceline
    return line if isinstance(line, int) else 0


def _any(path: str) -> str:
    return "/".join(f"{{*}}{step}" for step in path.split("/"))


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

    Sign: CdtDbtInd says which way the money moved on the account, also when RvslInd is true. ISO 20022 defines
    RvslInd as "whether or not the entry is the result of a reversal": CRDT with RvslInd takes a former debit back
    and raises the balance. So a reversal is not turned once more.
    """
    faults: list[Fault] = []
    sign = _sign(element, faults)
    size = _size(element, faults)
    status = text_at(element, "Sts/Cd") or text_at(element, "Sts/Prtry") or text_at(element, "Sts")
    value_date = day_at(element, "ValDt")
    booked = day_at(element, "BookgDt") or value_date
    if booked is None:
        found = text_at(element, "BookgDt/Dt") or text_at(element, "BookgDt/DtTm")
        faults.append(
            Fault(code="CEL-002", element="BookgDt", found=shown_value(found), example="2026-12-31")
        )
    amount_element = element.find("{*}Amt")
    return Entry(
        number=number,
        in_statement=in_statement,
        line=line,
        amount=None if sign is None or size is None else sign * size,
        currency="" if amount_element is None else amount_element.get("Ccy", ""),
        status=status,
        booked=booked,
        value_date=value_date,
        entry_reference=text_at(element, "NtryRef"),
        servicer_reference=text_at(element, "AcctSvcrRef"),
        batch_reference=text_at(element, "NtryDtls/Btch/PmtInfId") or text_at(element, "NtryDtls/Btch/MsgId"),
        info=text_at(element, "AddtlNtryInf") or text_at(element, "BkTxCd/Prtry/Cd"),
        parts=[_part(details, sign or 1) for details in element.findall("{*}NtryDtls/{*}TxDtls")],
        faults=faults,
        raw=_raw(element, status),
    )


def _sign(element: etree._Element, faults: list[Fault]) -> int | None:
    indicator = text_at(element, "CdtDbtInd")
    if indicator not in SIGNS:
        faults.append(
            Fault(code="CEL-007", element="CdtDbtInd", found=shown_value(indicator), example="CRDT")
        )
    return SIGNS.get(indicator)


def _size(element: etree._Element, faults: list[Fault]) -> int | None:
    text = text_at(element, "Amt")
    try:
        return iso_amount(text)
    except AmountError:
        faults.append(Fault(code="CEL-001", element="Amt", found=shown_value(text), example="1234.50"))
        return None


def _part(details: etree._Element, entry_sign: int) -> Part:
    sign = SIGNS.get(text_at(details, "CdtDbtInd"), entry_sign)
    structured = texts_at(details, "RmtInf/Strd/CdtrRefInf/Ref")
    other = "Dbtr" if sign > 0 else "Cdtr"
    return Part(
        amount=_part_amount(details, sign),
        end_to_end=_reference(text_at(details, "Refs/EndToEndId")),
        creditor_reference=structured[0] if structured else "",
        text=" ".join(texts_at(details, "RmtInf/Ustrd")) or text_at(details, "AddtlTxInf"),
        counterparty=text_at(details, f"RltdPties/{other}/Pty/Nm")
        or text_at(details, f"RltdPties/{other}/Nm"),
    )


def _part_amount(details: etree._Element, sign: int) -> int | None:
    text = text_at(details, "Amt") or text_at(details, "AmtDtls/TxAmt/Amt")
    try:
        return sign * iso_amount(text)
    except AmountError:
        return None


def _reference(text: str) -> str:
    return "" if text.upper().replace(" ", "") in NO_REFERENCE else text


def _raw(element: etree._Element, status: str) -> dict[str, str]:
    return {
        "NtryRef": text_at(element, "NtryRef"),
        "Amt": text_at(element, "Amt"),
        "CdtDbtInd": text_at(element, "CdtDbtInd"),
        "RvslInd": text_at(element, "RvslInd"),
        "Sts": status,
        "BookgDt": text_at(element, "BookgDt/Dt") or text_at(element, "BookgDt/DtTm"),
        "ValDt": text_at(element, "ValDt/Dt") or text_at(element, "ValDt/DtTm"),
        "AcctSvcrRef": text_at(element, "AcctSvcrRef"),
    }


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
