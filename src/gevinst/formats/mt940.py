"""MT940 and MT942: statements, entries and their proof.

An entry counts only with its line, a statement only with its balances: opening plus entries must be the
closing balance, and every `:61:` of the raw text must have become of something.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from gevinst.domain.finding import Finding, Severity
from gevinst.domain.masking import shown_value
from gevinst.domain.money import AmountError
from gevinst.domain.source import Assumption, SourceRead
from gevinst.domain.statement import Statement
from gevinst.formats.bookings import Booking, Outcome, real_reference, source_read
from gevinst.formats.dates import DateOrder, read_date
from gevinst.formats.encoding import decode
from gevinst.formats.intake import Intake
from gevinst.formats.mt940_entry import EXPECTED, Entry, details_of_fields, entry_of, signed_ore
from gevinst.formats.mt940_fields import Field, Message, messages_of
from gevinst.formats.plan import assume

OPENING, CLOSING = ("60F", "60M", "60"), ("62F", "62M", "62")
INTERIM = ("34F", "13D", "13", "90C", "90D")
LONGEST_NUMBER = 18  # digits
EXAMPLE = ":61:2612311231C1234,50NTRF"
_BALANCE = re.compile(r"([DC])\s?(\d{6})\s?([A-Z]{3})?\s?(\d[\d,]*)", re.IGNORECASE)
_TOTAL = re.compile(r"(\d{1,9})\s?([A-Z]{3})?\s?(\d[\d,]*)", re.IGNORECASE)
_FLOOR = re.compile(r"([A-Z]{3})\s?([DC]?)\s?(\d[\d,]*)", re.IGNORECASE)
_ENTRY = re.compile(r"^[ \t]*:(?:\s*\n)?61:", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class _Balance:
    """One :60: or :62:."""

    amount: int
    day: date | None
    currency: str


@dataclass(frozen=True, kw_only=True)
class _Head:
    """What a message says of its account."""

    message: Message
    account: str
    currency: str
    opening: _Balance | None
    closing: _Balance | None


@dataclass(frozen=True, kw_only=True)
class _Total:
    """A :90: beside the entries of its side. With a floor, small entries are in the total only."""

    count: int
    stated: int  #: øre
    entries: int
    computed: int  #: øre


def read_mt940(intake: Intake, encoding: str | None = None) -> SourceRead:
    """Read an MT940 or MT942 file, in an encoding that a person names or in the one it is found to have.

    Raises:
        InputRejectedError: FIL-002, FIL-003 letters; BNK-020 no whole statement in it; BNK-007 an entry that
            stands where none can.
    """
    # The start and end marks of a transmission stand between messages and are no part of them.
    bare = intake.with_content(intake.content.translate(None, b"\x01\x03"))
    decoded = decode(bare, encoding)
    messages, stray = messages_of(decoded.text)
    if not messages or not any(message.has("25", "25P") for message in messages):
        raise intake.rejected("BNK-020", line=(stray[0].line if stray else 0), tag=":20: / :25:")
    outcome = Outcome(findings=list(decoded.findings))
    outcome.findings.extend(_stray_findings(intake, stray, outcome))
    for message in messages:
        _read_message(intake, message, outcome)
    _prove_count(intake, decoded.text, outcome)
    if not outcome.statements:
        raise intake.rejected("BNK-020", line=messages[0].line, tag=":60F:")
    outcome.assumptions.extend([decoded.assumption, _syntax(messages)])
    return source_read(intake, outcome, layout="mt940", id_name=":61:…//")


def _syntax(messages: Sequence[Message]) -> Assumption:
    interim = any(_is_interim(message) for message in messages)
    name = "MT942" if interim else "MT940"
    return assume(subject="syntax", taken="mt940", because="syntax.bank", facts={"message": name})


def _is_interim(message: Message) -> bool:
    return message.has(*INTERIM) and not message.has(*OPENING, *CLOSING)


def _prove_count(intake: Intake, text: str, outcome: Outcome) -> None:
    """Every :61: of the raw text must have become of something."""
    stated = len(_ENTRY.findall(text.replace("\r", "\n")))
    if stated != outcome.entries:
        raise intake.rejected("BNK-007", stated=stated, computed=outcome.entries)


def _stray_findings(intake: Intake, stray: Sequence[Field], outcome: Outcome) -> Iterator[Finding]:
    """Fields before the first :20: the beginning of their statement is missing."""
    outcome.rejected.extend(field.line for field in stray if field.tag == "61")
    if stray:
        yield intake.finding("BNK-021", line=stray[0].line, tag=f":{stray[0].tag}:")


def _read_message(intake: Intake, message: Message, outcome: Outcome) -> None:
    head = _head(message)
    outcome.findings.extend(_structure_findings(intake, head))
    first = len(outcome.bookings)
    for fields in _entries(message):
        _read_entry(intake, head, fields, outcome)
    bookings = outcome.bookings[first:]
    if head.opening or head.closing or bookings or _is_interim(message):
        outcome.statements.append(_statement(intake, head, bookings))
    if not outcome.rejected:
        outcome.findings.extend(_total_findings(intake, message, bookings))


def _head(message: Message) -> _Head:
    opening, closing = _balance(message.value(*OPENING)), _balance(message.value(*CLOSING))
    floor = _FLOOR.fullmatch(message.value("34F"))
    known = (
        opening.currency if opening else "",
        closing.currency if closing else "",
        floor[1] if floor else "",
    )
    return _Head(
        message=message,
        account=message.value("25", "25P"),
        currency=next((currency.upper() for currency in known if currency), ""),
        opening=opening,
        closing=closing,
    )


def _balance(text: str) -> _Balance | None:
    found = _BALANCE.fullmatch(text)
    if not found:
        return None
    try:
        amount = signed_ore(found[4], found[1])
    except AmountError:
        return None
    return _Balance(amount=amount, day=read_date(found[2], DateOrder.YMD), currency=found[3] or "")


def _structure_findings(intake: Intake, head: _Head) -> Iterator[Finding]:
    """BNK-020 a field that must be there is not, BNK-021 a field where it cannot stand, CEL-001 a balance."""
    message = head.message
    if not head.account:
        yield intake.finding("BNK-020", line=message.line, tag=":25:")
    if not _is_interim(message):
        for wanted, among, found in (
            (":60F:", OPENING, head.opening),
            (":62F:", CLOSING, head.closing),
        ):
            if not message.has(*among):
                yield intake.finding("BNK-020", line=message.line, tag=wanted)
            elif found is None:
                yield from _unread_balance(intake, message, among)
    entered = False
    for field in message.fields:
        entered = entered or field.tag == "61"
        if entered and field.tag in {"25", "25P", "28", "28C", "60F", "60M", "60", "34F"}:
            yield intake.finding("BNK-021", line=field.line, tag=f":{field.tag}:")


def _unread_balance(intake: Intake, message: Message, among: Sequence[str]) -> Iterator[Finding]:
    field = next(field for field in message.fields if field.tag in among)
    yield intake.finding(
        "CEL-001",
        line=field.line,
        found=shown_value(field.first),
        column=f":{field.tag}:",
        example="C261231DKK1234,50",
    )


def _entries(message: Message) -> Iterator[list[Field]]:
    """Each :61: and the fields that belong to it; those after a closing balance belong to the statement."""
    entry: list[Field] = []
    for field in message.fields:
        if field.tag == "61" or field.tag in CLOSING:
            if entry:
                yield entry
            entry = [field] if field.tag == "61" else []
        elif entry and field.tag in {"86", "NS"}:
            entry.append(field)
    if entry:
        yield entry


def _read_entry(intake: Intake, head: _Head, fields: Sequence[Field], outcome: Outcome) -> None:
    entry = entry_of(fields[0])
    if entry.mark in EXPECTED:
        outcome.skipped.append((entry.line, "skipped.pending_entry"))
        return
    if entry.booked is None or entry.amount is None:
        outcome.findings.extend(_entry_findings(intake, entry))
        outcome.rejected.append(entry.line)
        return
    told, raw = details_of_fields(fields[1:])
    end_to_end = real_reference(told.end_to_end)
    outcome.bookings.append(
        Booking(
            line=entry.line,
            account=head.account,
            booked=entry.booked,
            value_date=entry.value_date,
            amount=entry.amount,
            currency=head.currency,
            reference=entry.customer_reference or real_reference(told.own_reference) or end_to_end,
            document=end_to_end,
            text=told.text or entry.extra,
            counterparty=told.counterparty,
            bank_id=entry.bank_reference,
            raw={":61:": entry.raw, ":86:": raw},
        )
    )


def _entry_findings(intake: Intake, entry: Entry) -> Iterator[Finding]:
    found = shown_value(entry.shown)
    if not entry.mark:
        yield intake.finding("BNK-022", line=entry.line, found=found, example=EXAMPLE)
        return
    if entry.booked is None:
        yield intake.finding("CEL-002", line=entry.line, found=found, column=":61:", example="261231")
    if entry.amount is None:
        yield intake.finding("CEL-001", line=entry.line, found=found, column=":61:", example="1234,50")


def _statement(intake: Intake, head: _Head, bookings: Sequence[Booking]) -> Statement:
    days = sorted(booking.booked for booking in bookings)
    opening, closing = head.opening, head.closing
    ends = [balance.day for balance in (opening, closing) if balance and balance.day]
    return Statement(
        account=head.account,
        currency=head.currency,
        number=_number(head.message),
        opening=opening.amount if opening else None,
        closing=closing.amount if closing else None,
        movements=sum(booking.amount for booking in bookings),
        rows=len(bookings),
        first=days[0] if days else (ends[0] if ends else None),
        last=ends[-1] if closing and closing.day else (days[-1] if days else None),
        place=intake.place(line=head.message.line),
    )


def _number(message: Message) -> str:
    """The running number, with its page where a statement has several; "" for 0: the bank does not count."""
    given = message.value("28C", "28")
    number, _, page = given.partition("/")
    number, page = number.strip().lstrip("0"), page.strip().lstrip("0")
    if not number:
        return ""
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
        return f"Id {given}"
    whole = page in {"", "1"} and message.has("62F") and message.has("60F", "60")
    return number if whole or not page else f"{number}/{page}"


def _total_findings(intake: Intake, message: Message, bookings: Sequence[Booking]) -> Iterator[Finding]:
    """BNK-005 and BNK-007 when :90D: and :90C: do not say what the entries do."""
    for tag in ("90D", "90C"):
        amounts = [abs(one.amount) for one in bookings if (one.amount < 0) == (tag == "90D")]
        computed, floor = sum(amounts), _floor(message, tag[-1])
        for field in (field for field in message.fields if field.tag == tag):
            found = _TOTAL.fullmatch(field.first)
            stated = _total_ore(found[3]) if found else None
            if found and stated is not None:
                total = _Total(count=int(found[1]), stated=stated, entries=len(amounts), computed=computed)
                yield from _total_finding(intake, field, total, floor=floor)


def _total_finding(intake: Intake, field: Field, total: _Total, *, floor: int) -> Iterator[Finding]:
    difference = total.stated - total.computed
    if floor and total.count > total.entries and difference >= 0:
        yield intake.finding(
            "BNK-023",
            line=field.line,
            severity=Severity.WARNING,
            count=total.count - total.entries,
            amount=difference,
            floor=floor,
        )
        return
    if total.count != total.entries:
        yield intake.finding("BNK-007", line=field.line, stated=total.count, computed=total.entries)
    if difference:
        yield intake.finding(
            "BNK-005", line=field.line, stated=total.stated, computed=total.computed, difference=difference
        )


def _total_ore(text: str) -> int | None:
    try:
        return signed_ore(text, "C")
    except AmountError:
        return None


def _floor(message: Message, mark: str) -> int:
    """The limit under which entries of this side are left out, øre; 0 for none."""
    floors = [_FLOOR.fullmatch(field.first) for field in message.fields if field.tag == "34F"]
    return max(
        (_total_ore(found[3]) or 0 for found in floors if found and found[2].upper() in {"", mark}), default=0
    )
