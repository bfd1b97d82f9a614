"""Betalingsservice status, delivery 0602: what debtors paid, refused and had paid back.

Records have 128 characters at fixed places. A payment carried out (0236 automatic, 0297 payment slip) is
money in, one paid back (0239, 0299) is money out, and one refused or cancelled (0237, 0238) moves nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from gevinst.domain.finding import Finding
from gevinst.domain.masking import shown_value
from gevinst.domain.source import SourceRead
from gevinst.domain.statement import Statement
from gevinst.formats.bookings import Booking, Outcome, source_read
from gevinst.formats.dates import DateOrder, read_date
from gevinst.formats.encoding import decode
from gevinst.formats.intake import Intake
from gevinst.formats.physical_lines import physical_lines
from gevinst.formats.plan import assume

START, SECTION, PAYMENT, SECTION_END, END = "BS002", "BS012", "BS042", "BS092", "BS992"
AUTOMATIC, SLIP = "0211", "0215"  # the sections that a 0602 has
CODE = 5
SIGNS = {"0236": 1, "0297": 1, "0239": -1, "0299": -1}
UNMOVED = {"0237": "skipped.refused_payment", "0238": "skipped.cancelled_payment"}
CREDITOR, KIND = slice(5, 13), slice(13, 17)
PAID, BOOKED, AMOUNT = slice(103, 109), slice(109, 115), slice(115, 128)
DELIVERY_SECTIONS, DELIVERY_PAYMENTS = slice(20, 31), slice(31, 42)
SECTION_PAYMENTS = slice(31, 42)
NO_DAY = "000000"
CURRENCY = "DKK"
EXAMPLE = "BS042…"
SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class _Places:
    """Where a section has what the other has elsewhere."""

    customer: slice
    ordered: slice  #: the day that the payment was ordered for
    reference: slice
    agreement: slice | None = None
    card: slice | None = None


PLACES = {
    AUTOMATIC: _Places(
        customer=slice(25, 40), agreement=slice(40, 49), ordered=slice(49, 55), reference=slice(69, 99)
    ),
    SLIP: _Places(customer=slice(29, 44), card=slice(44, 46), ordered=slice(52, 58), reference=slice(72, 81)),
}


@dataclass(kw_only=True)
class _Section:
    """The payments of one section, under way."""

    kind: str
    creditor: str
    line: int
    payments: int = 0
    bookings: list[Booking] = field(default_factory=list)


@dataclass(kw_only=True)
class _Delivery:
    """A file under way."""

    intake: Intake
    outcome: Outcome = field(default_factory=Outcome)
    section: _Section | None = None
    sections: int = 0
    payments: int = 0
    ended: bool = False


def read_betalingsservice(intake: Intake, encoding: str | None = None) -> SourceRead:
    """Read a delivery 0602, in an encoding that a person names or in the one it is found to have.

    Raises:
        InputRejectedError: FIL-002 another delivery, FIL-003 letters, BNK-020 no section in it.
    """
    decoded = decode(intake, encoding)
    lines = [(n, line) for n, line in enumerate(physical_lines(decoded.text), start=1) if line.strip()]
    delivery_type = lines[0][1][16:20]
    if delivery_type != "0602":
        raise intake.rejected("FIL-002", kind=f"Betalingsservice {shown_value(delivery_type)}")
    delivery = _Delivery(intake=intake)
    for number, line in lines:
        _take(delivery, number, line)
    outcome = delivery.outcome
    if not outcome.statements and not outcome.entries:
        raise intake.rejected("BNK-020", tag=SECTION)
    if not delivery.ended:
        outcome.findings.append(intake.finding("BNK-020", line=lines[-1][0], tag=END))
    outcome.findings.extend(decoded.findings)
    facts: dict[str, str | int] = {"message": "Betalingsservice 0602"}
    syntax = assume(subject="syntax", taken="betalingsservice", because="syntax.bank", facts=facts)
    outcome.assumptions.extend([decoded.assumption, syntax])
    return source_read(intake, outcome, layout="betalingsservice", id_name=PAYMENT)


def _take(delivery: _Delivery, number: int, line: str) -> None:
    code = line[:CODE]
    if code == PAYMENT and delivery.section:
        _read_payment(delivery, delivery.section, number, line)
    elif code == SECTION and line[KIND] in PLACES and not delivery.section:
        delivery.section = _Section(kind=line[KIND], creditor=line[CREDITOR], line=number)
    elif code == SECTION_END and delivery.section:
        _end_section(delivery, delivery.section, number, line)
    elif code == END and not delivery.section:
        _end_delivery(delivery, number, line)
    elif code != START or number != 1:
        _refuse_line(delivery, number, line)


def _refuse_line(delivery: _Delivery, number: int, line: str) -> None:
    """A record in the wrong place, or a line that is no record."""
    if line[:CODE] in {START, SECTION, PAYMENT, SECTION_END, END}:
        finding = delivery.intake.finding("BNK-021", line=number, tag=line[:CODE])
    else:
        found = shown_value(line[:SHOWN])
        finding = delivery.intake.finding("BNK-022", line=number, found=found, example=EXAMPLE)
    delivery.outcome.findings.append(finding)
    delivery.outcome.rejected.append(number)


def _read_payment(delivery: _Delivery, section: _Section, number: int, line: str) -> None:
    section.payments += 1
    kind = line[KIND]
    if kind in UNMOVED:
        delivery.outcome.skipped.append((number, UNMOVED[kind]))
        return
    day = _day(line[BOOKED]) or _day(line[PAID])
    findings = list(_payment_findings(delivery.intake, number, line, day=day))
    if findings or day is None:
        delivery.outcome.findings.extend(findings)
        delivery.outcome.rejected.append(number)
        return
    booking = _booking(section, number, line, day=day)
    section.bookings.append(booking)
    delivery.outcome.bookings.append(booking)


def _payment_findings(intake: Intake, number: int, line: str, *, day: date | None) -> Iterator[Finding]:
    if line[KIND] not in SIGNS:
        yield intake.finding("BNK-022", line=number, found=shown_value(line[KIND]), example="BS042 … 0236")
        return
    if day is None:
        found = shown_value(line[PAID.start : BOOKED.stop])
        yield intake.finding("CEL-002", line=number, found=found, column=PAYMENT, example="311226")
    if not _is_amount(line[AMOUNT]):
        found = shown_value(line[AMOUNT])
        yield intake.finding("CEL-001", line=number, found=found, column=PAYMENT, example="0000000123450")


def _booking(section: _Section, number: int, line: str, *, day: date) -> Booking:
    places = PLACES[section.kind]
    reference = line[places.reference].strip()
    customer = line[places.customer].strip()
    card = f"+{line[places.card]}<" if places.card else ""
    return Booking(
        line=number,
        account=section.creditor,
        booked=day,
        value_date=_day(line[places.ordered]),
        amount=SIGNS[line[KIND]] * int(line[AMOUNT]),
        currency=CURRENCY,
        reference=reference or customer,
        document=line[places.agreement].strip() if places.agreement else "",
        text=" ".join(part for part in (line[KIND], f"{card}{customer}", reference) if part),
        raw={PAYMENT: line.rstrip()},
    )


def _end_section(delivery: _Delivery, section: _Section, number: int, line: str) -> None:
    if not delivery.outcome.rejected:
        _check_count(delivery, number, line[SECTION_PAYMENTS], section.payments)
    _close(delivery, section)


def _close(delivery: _Delivery, section: _Section) -> None:
    days = [booking.booked for booking in section.bookings]
    delivery.outcome.statements.append(
        Statement(
            account=section.creditor,
            currency=CURRENCY,
            movements=sum(booking.amount for booking in section.bookings),
            rows=len(section.bookings),
            first=min(days, default=None),
            last=max(days, default=None),
            place=delivery.intake.place(line=section.line),
        )
    )
    delivery.sections += 1
    delivery.payments += section.payments
    delivery.section = None


def _end_delivery(delivery: _Delivery, number: int, line: str) -> None:
    delivery.ended = True
    if not delivery.outcome.rejected:
        _check_count(delivery, number, line[DELIVERY_SECTIONS], delivery.sections)
        _check_count(delivery, number, line[DELIVERY_PAYMENTS], delivery.payments)


def _check_count(delivery: _Delivery, number: int, text: str, computed: int) -> None:
    """BNK-007 when a count that the file states is not that of its records."""
    stated = int(text) if text.isascii() and text.isdecimal() else 0
    if stated != computed:
        finding = delivery.intake.finding("BNK-007", line=number, stated=stated, computed=computed)
        delivery.outcome.findings.append(finding)


def _day(text: str) -> date | None:
    """A day as DDMMYY; None for 000000, which says that there is none."""
    return None if text == NO_DAY else read_date(text, DateOrder.DMY)


def _is_amount(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) == AMOUNT.stop - AMOUNT.start
