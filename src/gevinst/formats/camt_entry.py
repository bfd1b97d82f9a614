"""One entry (Ntry) of a camt file as values."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from gevinst.domain.masking import shown_value
from gevinst.domain.money import AmountError
from gevinst.formats.camt_leaves import Leaves, Source, iso_amount

SIGNS = {"CRDT": 1, "DBIT": -1}
#: Statuses of entries that do not count, with the reason.
SKIPPED = {"PDNG": "skipped.pending_entry", "FUTR": "skipped.pending_entry", "INFO": "skipped.info_entry"}
# Where the other side of a payment is named.
PAYER = ("RltdPties/Dbtr/Pty/Nm", "RltdPties/Dbtr/Nm")
PAYEE = ("RltdPties/Cdtr/Pty/Nm", "RltdPties/Cdtr/Nm")
BATCH = ("NtryDtls/Btch/PmtInfId", "NtryDtls/Btch/MsgId")
INFO = ("AddtlNtryInf", "BkTxCd/Prtry/Cd")
# What a bank writes when the payer gave no reference.
NO_REFERENCE = frozenset({"NOTPROVIDED", "NOTAVAILABLE", "NONREF", "NOREF"})
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


class Fault(NamedTuple):
    """Something in an entry that cannot be used."""

    code: str
    element: str
    found: str
    example: str = ""


class Part(NamedTuple):
    """One transaction within an entry."""

    amount: int | None  #: øre with sign; None when the file does not say
    end_to_end: str
    creditor_reference: str
    text: str
    counterparty: str


class Entry(NamedTuple):
    """One entry, as it stands."""

    number: int  #: in the file, from 1
    in_statement: int  #: in its statement, from 1
    line: int
    amount: int | None  #: øre with sign
    currency: str
    status: str
    booked: date | None
    value_date: date | None
    batch_reference: str
    info: str
    parts: Sequence[Part]
    faults: Sequence[Fault]
    raw: tuple[str, ...]  #: the texts of RAW


class Movement(NamedTuple):
    """An item: a whole entry, or one transaction of it."""

    entry: int  #: in the file, from 1
    in_statement: int  #: the entry in its statement, from 1
    part: int  #: from 1; 0 for the whole entry
    booked: date | None
    value_date: date | None
    amount: int
    currency: str
    reference: str
    document: str
    text: str
    counterparty: str
    line: int
    raw: tuple[str, ...]  #: the texts of RAW


def entry_of(source: Source, *, number: int, in_statement: int) -> Entry:
    """Read one Ntry.

    Sign: CdtDbtInd says which way the money moved on the account, also when RvslInd is true. In ISO 20022,
    RvslInd tells that the entry is the result of a reversal: CRDT with RvslInd takes a former debit back and
    raises the balance. So a reversal is not turned once more.
    """
    leaves = source.leaves
    faults: list[Fault] = []
    sign, size = _sign(leaves, faults), _size(leaves, faults)
    value_date = leaves.day("ValDt")
    booked = leaves.day("BookgDt") or value_date
    if booked is None:
        found = shown_value(leaves.first("BookgDt/Dt", "BookgDt/DtTm"))
        faults.append(Fault(code="CEL-002", element="BookgDt", found=found, example="2026-12-31"))
    return Entry(
        number=number,
        in_statement=in_statement,
        line=source.line,
        amount=None if sign is None or size is None else sign * size,
        currency=source.currency,
        status=leaves.first(*RAW["Sts"]),
        booked=booked,
        value_date=value_date,
        batch_reference=leaves.first(*BATCH),
        info=leaves.first(*INFO),
        parts=[_part(details, sign or 1) for details in leaves.details],
        faults=faults,
        raw=tuple([leaves.first(*paths) for paths in RAW.values()]),
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
    return Part(
        amount=_part_amount(details, sign),
        end_to_end=plain_reference(details.first("Refs/EndToEndId")),
        creditor_reference=details.first("RmtInf/Strd/CdtrRefInf/Ref"),
        text=" ".join(details.all("RmtInf/Ustrd")) or details.first("AddtlTxInf"),
        counterparty=details.first(*(PAYER if sign > 0 else PAYEE)),
    )


def _part_amount(details: Leaves, sign: int) -> int | None:
    try:
        return sign * iso_amount(details.first("Amt", "AmtDtls/TxAmt/Amt"))
    except AmountError:
        return None


def plain_reference(text: str) -> str:
    """A payer's reference; "" where the bank says that there is none."""
    return "" if text.upper().replace(" ", "") in NO_REFERENCE else text


def movements_of(entry: Entry, *, detail: bool) -> tuple[list[Movement], int | None]:
    """The items of an entry without faults, and the sum of its parts when that is not the entry's amount."""
    if not detail or not entry.parts:
        return [_whole(entry)], None
    amounts = [part.amount for part in entry.parts]
    if len(amounts) == 1 or None in amounts:
        return [_whole(entry)], None
    total = sum(amount for amount in amounts if amount is not None)
    parts = [_one(entry, number) for number in range(1, len(amounts) + 1)]
    return parts, None if total == entry.amount else total


def _whole(entry: Entry) -> Movement:
    parts = entry.parts
    single = parts[0] if len(parts) == 1 else None
    texts = dict.fromkeys(text for part in parts for text in (part.text,) if text)
    document = single.end_to_end if single else _shared([part.end_to_end for part in parts])
    reference = single.creditor_reference if single else _shared([part.creditor_reference for part in parts])
    return Movement(
        entry=entry.number,
        in_statement=entry.in_statement,
        part=0,
        booked=entry.booked,
        value_date=entry.value_date,
        amount=entry.amount or 0,
        currency=entry.currency,
        reference=reference or entry.batch_reference or document,
        document=document,
        text=" ".join(texts) or entry.info,
        counterparty=single.counterparty if single else _shared([part.counterparty for part in parts]),
        line=entry.line,
        raw=entry.raw,
    )


def _shared(values: Sequence[str]) -> str:
    """The value that all parts have, or ""."""
    return values[0] if values and len(set(values)) == 1 else ""


def _one(entry: Entry, number: int) -> Movement:
    part = entry.parts[number - 1]
    return Movement(
        entry=entry.number,
        in_statement=entry.in_statement,
        part=number,
        booked=entry.booked,
        value_date=entry.value_date,
        amount=part.amount or 0,
        currency=entry.currency,
        reference=part.creditor_reference or part.end_to_end,
        document=part.end_to_end,
        text=part.text or entry.info,
        counterparty=part.counterparty,
        line=entry.line,
        raw=entry.raw,
    )
