"""FIK deposit files (FI01 to FI09): payments on payment slips, one line for each, with the creditor's totals.

The columns are those that ERP systems read them by: date at 57, amount in øre at 65, both counted from 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

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

START, SECTION, PAYMENT, SECTION_END, END = "FI01", "FI02", "FI03", "FI08", "FI09"
CREDITOR, CARD, REFERENCE, DAY, AMOUNT = (
    slice(5, 13),
    slice(13, 15),
    slice(19, 34),
    slice(56, 64),
    slice(64, 79),
)
SECTION_COUNT, SECTION_TOTAL = slice(13, 24), slice(24, 39)
FILE_SECTIONS, FILE_COUNT = slice(33, 44), slice(44, 55)
CODE = 4
CURRENCY = "DKK"
EXAMPLE = "FI03…"
SHOWN = 4  # of a line that is none of the format's: what it has in place of its code


@dataclass(kw_only=True)
class _Section:
    """The payments to one creditor number, under way."""

    creditor: str
    line: int
    bookings: list[Booking] = field(default_factory=list)


@dataclass(kw_only=True)
class _File:
    """A file under way."""

    intake: Intake
    outcome: Outcome = field(default_factory=Outcome)
    section: _Section | None = None
    sections: int = 0
    ended: bool = False


def read_fik(intake: Intake, encoding: str | None = None) -> SourceRead:
    """Read a FIK deposit file, in an encoding that a person names or in the one it is found to have.

    Raises:
        InputRejectedError: FIL-003 letters, BNK-020 no creditor's section in it.
    """
    decoded = decode(intake, encoding)
    file = _File(intake=intake)
    for number, line in enumerate(physical_lines(decoded.text), start=1):
        if line.strip():
            _take(file, number, line.rstrip())
    outcome = file.outcome
    if not outcome.statements and not outcome.entries:
        raise intake.rejected("BNK-020", tag=SECTION)
    if not file.ended or file.section:
        outcome.findings.append(intake.finding("BNK-020", tag=SECTION_END if file.section else END))
    outcome.findings.extend(decoded.findings)
    syntax = assume(
        subject="syntax", taken="fik", because="syntax.bank", facts={"message": "FIK (FI01-FI09)"}
    )
    outcome.assumptions.extend([decoded.assumption, syntax])
    return source_read(intake, outcome, layout="fik", id_name=PAYMENT)


def _take(file: _File, number: int, line: str) -> None:
    code = line[:CODE]
    if code == PAYMENT and file.section:
        _read_payment(file, file.section, number, line)
    elif code == SECTION and not file.section:
        file.section = _Section(creditor=line[CREDITOR], line=number)
    elif code == SECTION_END and file.section:
        _end_section(file, file.section, number, line)
    elif code == END and not file.section:
        _end_file(file, number, line)
    elif code != START or number != 1:
        _refuse_line(file, number, line)


def _refuse_line(file: _File, number: int, line: str) -> None:
    """A line of the format in the wrong place, or one that is none of the format's."""
    if line[:CODE] in {START, SECTION, PAYMENT, SECTION_END, END}:
        finding = file.intake.finding("BNK-021", line=number, tag=line[:CODE])
    else:
        found = shown_value(line[:SHOWN])
        finding = file.intake.finding("BNK-022", line=number, found=found, example=EXAMPLE)
    file.outcome.findings.append(finding)
    file.outcome.rejected.append(number)


def _read_payment(file: _File, section: _Section, number: int, line: str) -> None:
    day, amount = read_date(line[DAY], DateOrder.YMD), line[AMOUNT]
    findings = list(_payment_findings(file.intake, number, line, has_day=day is not None))
    if findings or day is None:
        file.outcome.findings.extend(findings)
        file.outcome.rejected.append(number)
        return
    reference = line[REFERENCE].strip()
    booking = Booking(
        line=number,
        account=section.creditor,
        booked=day,
        amount=int(amount),
        currency=CURRENCY,
        reference=reference,
        document=reference,
        text=f"+{line[CARD]}<{reference}+{section.creditor}<",
        raw={PAYMENT: line},
    )
    section.bookings.append(booking)
    file.outcome.bookings.append(booking)


def _payment_findings(intake: Intake, number: int, line: str, *, has_day: bool) -> Iterator[Finding]:
    if not has_day:
        found = shown_value(line[DAY])
        yield intake.finding("CEL-002", line=number, found=found, column=PAYMENT, example="20261231")
    if not _is_number(line[AMOUNT], AMOUNT):
        found = shown_value(line[AMOUNT])
        yield intake.finding("CEL-001", line=number, found=found, column=PAYMENT, example="000000000123450")


def _end_section(file: _File, section: _Section, number: int, line: str) -> None:
    total = sum(booking.amount for booking in section.bookings)
    days = [booking.booked for booking in section.bookings]
    file.outcome.statements.append(
        Statement(
            account=section.creditor,
            currency=CURRENCY,
            movements=total,
            rows=len(section.bookings),
            first=min(days, default=None),
            last=max(days, default=None),
            place=file.intake.place(line=section.line),
        )
    )
    file.sections += 1
    file.section = None
    if not file.outcome.rejected:
        _check(file, number, line[SECTION_COUNT], len(section.bookings), code="BNK-007")
        _check(file, number, line[SECTION_TOTAL], total, code="BNK-005")


def _end_file(file: _File, number: int, line: str) -> None:
    file.ended = True
    if not file.outcome.rejected:
        _check(file, number, line[FILE_SECTIONS], file.sections, code="BNK-007")
        _check(file, number, line[FILE_COUNT], len(file.outcome.bookings), code="BNK-007")


def _check(file: _File, number: int, text: str, computed: int, *, code: str) -> None:
    """What the file states against what its lines come to."""
    stated = int(text) if text.isascii() and text.isdecimal() else 0
    if stated != computed:
        facts = {"stated": stated, "computed": computed, "difference": stated - computed}
        place = file.intake.place(line=number)
        file.outcome.findings.append(Finding(code=code, place=place, facts=facts))


def _is_number(text: str, columns: slice) -> bool:
    return text.isascii() and text.isdecimal() and len(text) == columns.stop - columns.start
