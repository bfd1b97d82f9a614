"""BAI2: balance reports of American banks, with their control totals.

A report states the sum and the number of records of each account, group and file. All are checked, since a
report is often cut or put together from several.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from gevinst.domain.finding import Finding
from gevinst.domain.masking import shown_value
from gevinst.domain.source import SourceRead
from gevinst.domain.statement import Statement
from gevinst.formats.amounts import LARGEST_ORE
from gevinst.formats.bai2_records import Record, records_of
from gevinst.formats.bookings import Booking, Outcome, real_reference, source_read
from gevinst.formats.dates import DateOrder, read_date
from gevinst.formats.encoding import decode
from gevinst.formats.intake import Intake
from gevinst.formats.mt940_details import one_line
from gevinst.formats.plan import assume

OPENING, CLOSING, CREDITS, DEBITS = "010", "015", "100", "400"
CURRENCY = "USD"  # what the format takes for granted
#: Amounts have no decimal mark. Currencies without two decimals: øre for each unit, 0 where none is exact.
UNITS = {"JPY": 100, "KRW": 100, "CLP": 100, "ISK": 100, "VND": 100, "BHD": 0, "KWD": 0, "OMR": 0, "TND": 0}
#: How many more fields a funds type has.
FUNDS = {"": 0, "0": 0, "1": 0, "2": 0, "Z": 0, "V": 2, "S": 3}
DISTRIBUTED = "D"  # then a number, and twice as many fields
TRAILERS = {"03": "49", "02": "98", "01": "99"}
_NUMBER = re.compile(r"[+-]?\d{1,18}")
_KEYED = re.compile(r"\b(EREF|CRNM|DBNM|REMI): ?(.*?)(?=,(?:[A-Z]{4}: ?)|$)")


@dataclass(frozen=True, kw_only=True)
class _Summary:
    """One amount of an account's record: a balance or a total."""

    kind: str
    amount: int
    count: int | None


@dataclass(kw_only=True)
class _Account:
    """One account of one group, under way."""

    record: Record
    currency: str
    day: date | None
    control: int = 0  #: sum of all its amounts as they stand
    physical: int = 0
    summaries: list[_Summary] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)

    def summary(self, kind: str) -> _Summary | None:
        """The first summary of a type code."""
        return next((summary for summary in self.summaries if summary.kind == kind), None)


@dataclass(kw_only=True)
class _Level:
    """A group or the file, under way: what its trailer must state."""

    record: Record
    control: int = 0
    parts: int = 0
    physical: int = 1


class _Reader:
    """Reads the records of one file in order."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.outcome = Outcome()
        self._file: _Level | None = None
        self._group: _Level | None = None
        self._account: _Account | None = None

    def read(self, text: str) -> Outcome:
        """Read all records and check that each level is closed."""
        actions = {
            "01": self._begin_file,
            "02": self._begin_group,
            "03": self._begin_account,
            "16": self._entry,
            "49": self._end_account,
            "98": self._end_group,
            "99": self._end_file,
        }
        for record in records_of(text):
            action = actions.get(record.code)
            if action:
                action(record)
            else:
                self._misplaced(record)
        self._drop_account()
        for level in (self._group, self._file):
            if level:
                self._unended(level.record)
        return self.outcome

    def _begin_file(self, record: Record) -> None:
        if self._file:
            self._misplaced(record)
        self._file = _Level(record=record)

    def _begin_group(self, record: Record) -> None:
        if self._group or not self._file:
            self._misplaced(record)
        self._group = _Level(record=record, physical=record.physical)

    def _begin_account(self, record: Record) -> None:
        self._drop_account()
        if not self._group:
            self._misplaced(record)
            return
        head = self._group.record
        day = read_date(head.get(3), DateOrder.YMD)
        if day is None:
            self._add("CEL-002", head, found=head.get(3), column="02", example="261231")
        currency = record.get(1) or head.get(5) or CURRENCY
        account = _Account(record=record, currency=currency.upper(), day=day, physical=record.physical)
        self._account = account
        for summary in self._summaries(record):
            account.summaries.append(summary)
            account.control += summary.amount

    def _summaries(self, record: Record) -> Iterator[_Summary]:
        index = 2
        while index < len(record.fields):
            kind, text, count = record.get(index), record.get(index + 1), record.get(index + 2)
            index += 3 + self._funds(record, index + 3)
            if text and not _NUMBER.fullmatch(text):
                self._add("CEL-001", record, found=text, column="03", example="123450")
            elif text:
                counted = int(count) if count.isdecimal() else None
                yield _Summary(kind=kind, amount=int(text), count=counted)

    def _funds(self, record: Record, index: int) -> int:
        """How many fields the funds type at this index takes up; some banks leave it out with its comma."""
        text = record.get(index).upper()
        if text == DISTRIBUTED:
            parts = record.get(index + 1)
            return 2 + 2 * int(parts) if parts.isdecimal() and len(parts) <= len("99") else 2
        return 1 + FUNDS[text] if text in FUNDS else 0

    def _entry(self, record: Record) -> None:
        account = self._account
        if account is None:
            self.outcome.rejected.append(record.line)
            self._misplaced(record)
            return
        account.physical += record.physical
        text = record.get(1)
        if not _NUMBER.fullmatch(text):
            self._reject("CEL-001", record, found=text, column="16", example="123450")
            return
        account.control += int(text)
        sign = sign_of(record.get(0))
        amount = in_ore(int(text), account.currency)
        if sign is None:
            self._reject("BNK-027", record, found=record.get(0))
        elif amount is None:
            self._reject("CEL-001", record, found=text, column="16", example="123450")
        elif account.day is None:
            self.outcome.rejected.append(record.line)
        elif sign:
            account.bookings.append(self._booking(account, record, amount=sign * amount, day=account.day))
        else:
            self.outcome.skipped.append((record.line, "skipped.info_entry"))

    def _booking(self, account: _Account, record: Record, *, amount: int, day: date) -> Booking:
        start = 2 + self._funds(record, 2)
        value = record.get(3) if record.get(2).upper() == "V" else ""
        text = one_line(",".join(record.fields[start + 2 :]))
        keyed = {key: value.strip() for key, value in _KEYED.findall(text)}
        other = keyed.get("DBNM" if amount > 0 else "CRNM", "")
        end_to_end = real_reference(keyed.get("EREF", ""))
        return Booking(
            line=record.line,
            account=account.record.get(0),
            booked=day,
            value_date=read_date(value, DateOrder.YMD) if value else None,
            amount=amount,
            currency=account.currency,
            reference=real_reference(record.get(start + 1)) or end_to_end,
            document=end_to_end,
            text=text,
            counterparty=other,
            bank_id=real_reference(record.get(start)),
            raw={"16": "\n".join(record.lines), "type": record.get(0)},
        )

    def _end_account(self, record: Record) -> None:
        account = self._account
        if account is None:
            self._misplaced(record)
            return
        self._check(record, control=account.control, counts=((1, account.physical + record.physical),))
        self._check_totals(account)
        self.outcome.bookings.extend(account.bookings)
        self.outcome.statements.append(self._statement(account))
        if self._group:
            self._group.control += _number(record.get(0))
            self._group.parts += 1
            self._group.physical += account.physical + record.physical
        self._account = None

    def _end_group(self, record: Record) -> None:
        self._drop_account()
        group = self._group
        if group is None:
            self._misplaced(record)
            return
        records = group.physical + record.physical
        self._check(record, control=group.control, counts=((1, group.parts), (2, records)))
        if self._file:
            self._file.control += _number(record.get(0))
            self._file.parts += 1
            self._file.physical += records
        self._group = None

    def _end_file(self, record: Record) -> None:
        if self._group:
            self._unended(self._group.record)
            self._group = None
        whole = self._file
        if whole is None:
            self._misplaced(record)
            return
        records = whole.physical + record.physical
        self._check(record, control=whole.control, counts=((1, whole.parts), (2, records)))
        self._file = None

    def _check(self, record: Record, *, control: int, counts: tuple[tuple[int, int], ...]) -> None:
        """BNK-005 and BNK-007 for what a trailer states and its records do not give."""
        stated = _number(record.get(0))
        if stated != control:
            self._add("BNK-005", record, stated=stated, computed=control, difference=stated - control)
        for index, computed in counts:
            count = _number(record.get(index))
            if count != computed:
                self._add("BNK-007", record, stated=count, computed=computed)

    def _check_totals(self, account: _Account) -> None:
        """The account's own totals of credits and debits, where it states them and lists entries."""
        for kind, sign in ((CREDITS, 1), (DEBITS, -1)):
            summary = account.summary(kind)
            amounts = [booking.amount for booking in account.bookings if booking.amount * sign > 0]
            stated = in_ore(summary.amount, account.currency) if summary else None
            if summary is None or stated is None or self.outcome.rejected:
                continue
            total = abs(sum(amounts))
            if abs(stated) != total:
                difference = abs(stated) - total
                self._add(
                    "BNK-005", account.record, stated=abs(stated), computed=total, difference=difference
                )
            elif summary.count is not None and summary.count != len(amounts):
                self._add("BNK-007", account.record, stated=summary.count, computed=len(amounts))

    def _statement(self, account: _Account) -> Statement:
        opening, closing = account.summary(OPENING), account.summary(CLOSING)
        return Statement(
            account=account.record.get(0),
            currency=account.currency,
            opening=in_ore(opening.amount, account.currency) if opening else None,
            closing=in_ore(closing.amount, account.currency) if closing else None,
            movements=sum(booking.amount for booking in account.bookings),
            rows=len(account.bookings),
            first=account.day,
            last=account.day,
            place=self.intake.place(line=account.record.line),
        )

    def _misplaced(self, record: Record) -> None:
        if record.code:
            self._add("BNK-021", record, tag=record.code)
        else:
            self._add("BNK-022", record, found=record.lines[0][:8], example="16,195,123450,Z,,,TEXT/")

    def _drop_account(self) -> None:
        """An account that is never ended: its entries cannot be used."""
        if self._account:
            self.outcome.rejected.extend(booking.line for booking in self._account.bookings)
            self._unended(self._account.record)
            self._account = None

    def _unended(self, record: Record) -> None:
        self._add("BNK-020", record, tag=TRAILERS[record.code])

    def _reject(self, code: str, record: Record, *, found: str, **facts: str | int) -> None:
        self.outcome.rejected.append(record.line)
        self._add(code, record, found=found, **facts)

    def _add(self, code: str, record: Record, *, found: str = "", **facts: str | int) -> None:
        place = self.intake.place(line=record.line)
        self.outcome.findings.append(Finding(code=code, place=place, found=shown_value(found), facts=facts))


def read_bai2(intake: Intake, encoding: str | None = None) -> SourceRead:
    """Read a BAI2 file, in an encoding that a person names or in the one it is found to have.

    Raises:
        InputRejectedError: FIL-003 letters, BNK-020 no account in it.
    """
    decoded = decode(intake, encoding)
    outcome = _Reader(intake).read(decoded.text)
    if not outcome.statements:
        raise intake.rejected("BNK-020", line=1, tag="49")
    outcome.findings.extend(decoded.findings)
    syntax = assume(subject="syntax", taken="bai2", because="syntax.bank", facts={"message": "BAI2"})
    outcome.assumptions.extend([decoded.assumption, syntax])
    return source_read(intake, outcome, layout="bai2", id_name="16/5")


def sign_of(kind: str) -> int | None:
    """Which way a type code moves money: 1 in, -1 out, 0 not at all; None when only the bank knows."""
    if not kind.isdecimal():
        return None
    number = int(kind)
    ranges: Mapping[range, int] = {range(100, 400): 1, range(400, 700): -1, range(890, 900): 0}
    return next((sign for numbers, sign in ranges.items() if number in numbers), None)


def in_ore(amount: int, currency: str) -> int | None:
    """A whole number of a currency's smallest unit as øre; None when it is too large or not exact."""
    unit = UNITS.get(currency, 1)
    return amount * unit if unit and abs(amount * unit) <= LARGEST_ORE else None


def _number(text: str) -> int:
    """A stated number; 0 where there is none, which then agrees with nothing but 0."""
    return int(text) if _NUMBER.fullmatch(text) else 0
