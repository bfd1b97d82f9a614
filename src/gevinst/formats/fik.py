"""FIK deposit files (FI01 to FI09): payments on payment slips, one line for each, with the creditor's totals.

The columns are those that ERP systems read them by: date at 57, amount in øre at 65, both counted from 1.
"""

from collections.abc import Iterator

from gevinst.domain.finding import Finding
from gevinst.domain.masking import shown_value
from gevinst.domain.source import SourceRead
from gevinst.formats.bookings import Booking
from gevinst.formats.dates import DateOrder, read_date
from gevinst.formats.encoding import decode
from gevinst.formats.intake import Intake
from gevinst.formats.payment_records import CURRENCY, Codes, RecordFile, Section, is_whole
from gevinst.formats.physical_lines import physical_lines

CODES = Codes(start="FI01", section="FI02", payment="FI03", section_end="FI08", end="FI09")
CREDITOR, CARD, REFERENCE, DAY, AMOUNT = (
    slice(5, 13),
    slice(13, 15),
    slice(19, 34),
    slice(56, 64),
    slice(64, 79),
)
SECTION_COUNT, SECTION_TOTAL = slice(13, 24), slice(24, 39)
FILE_SECTIONS, FILE_COUNT = slice(33, 44), slice(44, 55)


def read_fik(intake: Intake, encoding: str | None = None) -> SourceRead:
    """Read a FIK deposit file, in an encoding that a person names or in the one it is found to have.

    Raises:
        InputRejectedError: FIL-003 letters, BNK-020 no creditor's section in it.
    """
    decoded = decode(intake, encoding)
    file = RecordFile(intake=intake, codes=CODES)
    for number, line in enumerate(physical_lines(decoded.text), start=1):
        if line.strip():
            _take(file, number, line.rstrip())
    outcome = file.outcome
    if not outcome.statements and not outcome.entries:
        raise intake.rejected("BNK-020", tag=CODES.section)
    if not file.ended or file.section:
        tag = CODES.section_end if file.section else CODES.end
        outcome.findings.append(intake.finding("BNK-020", tag=tag))
    return file.read(decoded, layout="fik", message="FIK (FI01-FI09)")


def _take(file: RecordFile, number: int, line: str) -> None:
    code = CODES.of(line)
    if code == CODES.payment and file.section:
        _read_payment(file, file.section, number, line)
    elif code == CODES.section and not file.section:
        file.section = Section(creditor=line[CREDITOR], line=number)
    elif code == CODES.section_end and file.section:
        _end_section(file, file.section, number, line)
    elif code == CODES.end and not file.section:
        _end_file(file, number, line)
    elif code != CODES.start or number != 1:
        file.refuse_line(number, line)


def _read_payment(file: RecordFile, section: Section, number: int, line: str) -> None:
    day, amount = read_date(line[DAY], DateOrder.YMD), line[AMOUNT]
    findings = list(_payment_findings(file.intake, number, line, has_day=day is not None))
    if findings or day is None:
        file.refuse(number, findings)
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
        raw={CODES.payment: line},
    )
    file.book(section, booking)


def _payment_findings(intake: Intake, number: int, line: str, *, has_day: bool) -> Iterator[Finding]:
    if not has_day:
        found = shown_value(line[DAY])
        yield intake.finding("CEL-002", line=number, found=found, column=CODES.payment, example="20261231")
    if not is_whole(line[AMOUNT], AMOUNT):
        found = shown_value(line[AMOUNT])
        yield intake.finding(
            "CEL-001", line=number, found=found, column=CODES.payment, example="000000000123450"
        )


def _end_section(file: RecordFile, section: Section, number: int, line: str) -> None:
    file.close(section)
    file.check(number, line[SECTION_COUNT], len(section.bookings))
    file.check(number, line[SECTION_TOTAL], sum(one.amount for one in section.bookings), code="BNK-005")


def _end_file(file: RecordFile, number: int, line: str) -> None:
    file.ended = True
    file.check(number, line[FILE_SECTIONS], file.sections)
    file.check(number, line[FILE_COUNT], len(file.outcome.bookings))
