"""Betalingsservice status, delivery 0602: what debtors paid, refused and had paid back.

Records have 128 characters at fixed places. A payment carried out (0236 automatic, 0297 payment slip) is
money in, one paid back (0239, 0299) is money out, and one refused or cancelled (0237, 0238) moves nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gevinst.domain.finding import Finding
from gevinst.domain.masking import shown_value
from gevinst.domain.source import SourceRead
from gevinst.formats.bookings import Booking
from gevinst.formats.dates import DateOrder, read_date
from gevinst.formats.encoding import decode
from gevinst.formats.intake import Intake
from gevinst.formats.payment_records import CURRENCY, Codes, RecordFile, Section, is_whole
from gevinst.formats.physical_lines import physical_lines

CODES = Codes(start="BS002", section="BS012", payment="BS042", section_end="BS092", end="BS992")
AUTOMATIC, SLIP = "0211", "0215"  # the sections that a 0602 has
SIGNS = {"0236": 1, "0297": 1, "0239": -1, "0299": -1}
UNMOVED = {"0237": "skipped.refused_payment", "0238": "skipped.cancelled_payment"}
CREDITOR, KIND = slice(5, 13), slice(13, 17)
PAID, BOOKED, AMOUNT = slice(103, 109), slice(109, 115), slice(115, 128)
DELIVERY_SECTIONS, DELIVERY_PAYMENTS = slice(20, 31), slice(31, 42)
SECTION_PAYMENTS = slice(31, 42)
NO_DAY = "000000"


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
    delivery = RecordFile(intake=intake, codes=CODES)
    for number, line in lines:
        _take(delivery, number, line)
    outcome = delivery.outcome
    if not outcome.statements and not outcome.entries:
        raise intake.rejected("BNK-020", tag=CODES.section)
    if not delivery.ended:
        outcome.findings.append(intake.finding("BNK-020", line=lines[-1][0], tag=CODES.end))
    return delivery.read(decoded, layout="betalingsservice", message="Betalingsservice 0602")


def _take(delivery: RecordFile, number: int, line: str) -> None:
    code = CODES.of(line)
    if code == CODES.payment and delivery.section:
        _read_payment(delivery, delivery.section, number, line)
    elif code == CODES.section and line[KIND] in PLACES and not delivery.section:
        delivery.section = Section(kind=line[KIND], creditor=line[CREDITOR], line=number)
    elif code == CODES.section_end and delivery.section:
        _end_section(delivery, delivery.section, number, line)
    elif code == CODES.end and not delivery.section:
        _end_delivery(delivery, number, line)
    elif code != CODES.start or number != 1:
        delivery.refuse_line(number, line)


def _read_payment(delivery: RecordFile, section: Section, number: int, line: str) -> None:
    section.payments += 1
    kind = line[KIND]
    if kind in UNMOVED:
        delivery.outcome.skipped.append((number, UNMOVED[kind]))
        return
    day = _day(line[BOOKED]) or _day(line[PAID])
    findings = list(_payment_findings(delivery.intake, number, line, day=day))
    if findings or day is None:
        delivery.refuse(number, findings)
    else:
        delivery.book(section, _booking(section, number, line, day=day))


def _payment_findings(intake: Intake, number: int, line: str, *, day: date | None) -> Iterator[Finding]:
    if line[KIND] not in SIGNS:
        yield intake.finding("BNK-022", line=number, found=shown_value(line[KIND]), example="BS042 … 0236")
        return
    if day is None:
        found = shown_value(line[PAID.start : BOOKED.stop])
        yield intake.finding("CEL-002", line=number, found=found, column=CODES.payment, example="311226")
    if not is_whole(line[AMOUNT], AMOUNT):
        found = shown_value(line[AMOUNT])
        yield intake.finding(
            "CEL-001", line=number, found=found, column=CODES.payment, example="0000000123450"
        )


def _booking(section: Section, number: int, line: str, *, day: date) -> Booking:
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
        raw={CODES.payment: line.rstrip()},
    )


def _end_section(delivery: RecordFile, section: Section, number: int, line: str) -> None:
    delivery.check(number, line[SECTION_PAYMENTS], section.payments)
    delivery.close(section)


def _end_delivery(delivery: RecordFile, number: int, line: str) -> None:
    delivery.ended = True
    delivery.check(number, line[DELIVERY_SECTIONS], delivery.sections)
    delivery.check(number, line[DELIVERY_PAYMENTS], delivery.payments)


def _day(text: str) -> date | None:
    """A day as DDMMYY; None for 000000, which says that there is none."""
    return None if text == NO_DAY else read_date(text, DateOrder.DMY)
