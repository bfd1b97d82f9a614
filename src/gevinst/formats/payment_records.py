"""Files of payment records: sections of payments to one creditor, with counts and sums."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gevinst.domain.finding import Finding
from gevinst.domain.masking import shown_value
from gevinst.domain.source import SourceRead
from gevinst.domain.statement import Statement
from gevinst.formats.bookings import Booking, Outcome, source_read
from gevinst.formats.encoding import Decoded
from gevinst.formats.intake import Intake
from gevinst.formats.plan import assume

CURRENCY = "DKK"


@dataclass(frozen=True, kw_only=True)
class Codes:
    """What the records of a format begin with, all equally long."""

    start: str
    section: str
    payment: str
    section_end: str
    end: str

    @property
    def all(self) -> frozenset[str]:
        """Every code."""
        return frozenset({self.start, self.section, self.payment, self.section_end, self.end})

    def of(self, line: str) -> str:
        """What a line has in place of its code."""
        return line[: len(self.start)]


@dataclass(kw_only=True)
class Section:
    """The payments of one section, under way."""

    creditor: str
    line: int
    kind: str = ""
    payments: int = 0
    bookings: list[Booking] = field(default_factory=list)


@dataclass(kw_only=True)
class RecordFile:
    """A file under way."""

    intake: Intake
    codes: Codes
    outcome: Outcome = field(default_factory=Outcome)
    section: Section | None = None
    sections: int = 0
    payments: int = 0
    ended: bool = False

    def refuse(self, number: int, findings: Iterable[Finding]) -> None:
        """A line that cannot be used, and why."""
        self.outcome.findings.extend(findings)
        self.outcome.rejected.append(number)

    def refuse_line(self, number: int, line: str) -> None:
        """A record in the wrong place (BNK-021), or a line that is no record (BNK-022)."""
        code = self.codes.of(line)
        if code in self.codes.all:
            finding = self.intake.finding("BNK-021", line=number, tag=code)
        else:
            example = f"{self.codes.payment}…"
            finding = self.intake.finding("BNK-022", line=number, found=shown_value(code), example=example)
        self.refuse(number, [finding])

    def book(self, section: Section, booking: Booking) -> None:
        """A payment that moves money."""
        section.bookings.append(booking)
        self.outcome.bookings.append(booking)

    def close(self, section: Section) -> None:
        """The end of a section: its bookings are a statement without balances."""
        days = [booking.booked for booking in section.bookings]
        self.outcome.statements.append(
            Statement(
                account=section.creditor,
                currency=CURRENCY,
                movements=sum(booking.amount for booking in section.bookings),
                rows=len(section.bookings),
                first=min(days, default=None),
                last=max(days, default=None),
                place=self.intake.place(line=section.line),
            )
        )
        self.sections += 1
        self.payments += section.payments
        self.section = None

    def check(self, number: int, text: str, computed: int, *, code: str = "BNK-007") -> None:
        """What a line states against what the records come to; with a refused line they come to less."""
        stated = int(text) if text.isascii() and text.isdecimal() else 0
        if stated == computed or self.outcome.rejected:
            return
        facts = {"stated": stated, "computed": computed, "difference": stated - computed}
        place = self.intake.place(line=number)
        self.outcome.findings.append(Finding(code=code, place=place, facts=facts))

    def read(self, decoded: Decoded, *, layout: str, message: str) -> SourceRead:
        """What the file holds, once all lines are taken."""
        self.outcome.findings.extend(decoded.findings)
        syntax = assume(subject="syntax", taken=layout, because="syntax.bank", facts={"message": message})
        self.outcome.assumptions.extend([decoded.assumption, syntax])
        return source_read(self.intake, self.outcome, layout=layout, id_name=self.codes.payment)


def is_whole(text: str, columns: slice) -> bool:
    """Whether a text is digits only, in all of its columns."""
    return text.isascii() and text.isdecimal() and len(text) == columns.stop - columns.start
