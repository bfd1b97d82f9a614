"""The postings of an audit file, gathered column by column while the file is read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from gevinst.domain.audit_file import JournalSums
from gevinst.domain.finding import Finding
from gevinst.domain.item import items_frame
from gevinst.domain.masking import shown_value
from gevinst.domain.money import AmountError
from gevinst.domain.place import Place
from gevinst.domain.source import Assumption
from gevinst.formats.identity import row_id, unique_ids
from gevinst.formats.intake import Intake
from gevinst.formats.plan import assume
from gevinst.formats.xml_safe import Record
from gevinst.formats.xml_values import TooLargeError, exact_ore, iso_date

OTHER_ACCOUNT = "skipped.other_account"
EXAMPLE_DAY = "2026-12-31"
EXAMPLE_AMOUNT = "1234.50"
SIDES = ("DebitAmount", "CreditAmount")
# What the raw row of a posting shows.
RAW = (
    "RecordID",
    "AccountID",
    "DebitAmount",
    "CreditAmount",
    "Description",
    "SourceDocumentID",
    "ReferenceNumber",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One posting whose transaction is not read to its end."""

    number: str  #: RecordID
    account: str
    debit: int
    credit: int
    value_date: date | None
    text: str
    reference: str
    counterparty: str
    line: int
    cell: str
    raw: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The items, as lists of equal length."""

    number: list[str] = field(default_factory=list)
    account: list[str] = field(default_factory=list)
    booked: list[date] = field(default_factory=list)
    value_date: list[date | None] = field(default_factory=list)
    amount: list[int] = field(default_factory=list)
    reference: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    counterparty: list[str] = field(default_factory=list)
    document: list[str] = field(default_factory=list)
    journal: list[str] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    raw: list[tuple[str, ...]] = field(default_factory=list)


class Journal:
    """Takes lines and transactions in the order of the file; keeps items, sums and findings."""

    def __init__(self, intake: Intake, *, account: str, names: dict[str, str]) -> None:
        self._intake, self._account, self._names = intake, account, names
        self._pending: list[Line] = []
        self._faulty = 0  #: lines of the open transaction that cannot be used
        self.columns = Columns()
        self.findings: list[Finding] = []
        self.skipped: list[tuple[int, str]] = []
        self.movements: dict[str, int] = {}
        self.seen: dict[str, Place] = {}  #: account → its first posting
        self.transactions = self.lines = self.rejected = 0
        self.debit = self.credit = 0
        self._unbalanced: list[tuple[Place, int]] = []
        self.dated_by_posting = 0

    def take_line(self, record: Record) -> None:
        """A posting; it waits for the end of its transaction, which has the day."""
        self.lines += 1
        texts, before = record.texts, len(self.findings)
        debit, credit = (self._amount(record, side) for side in SIDES)
        if not _given(texts, "DebitAmount") and not _given(texts, "CreditAmount"):
            self._fault(record, "CEL-007", "DebitAmount", "")
        account = texts.get("AccountID", "")
        if not account:
            self._fault(record, "CEL-007", "AccountID", "")
        value_date = self._day(record, "ValueDate") if "ValueDate" in texts else None
        if len(self.findings) > before:
            self._faulty += 1
            return
        self._pending.append(
            Line(
                number=texts.get("RecordID", ""),
                account=account,
                debit=debit,
                credit=credit,
                value_date=value_date,
                text=texts.get("Description", ""),
                reference=record.first("ReferenceNumber", "CID", "SourceDocumentID"),
                counterparty=record.first("CustomerID", "SupplierID"),
                line=record.line,
                cell=record.path,
                raw=tuple(record.first(name, f"{name}/Amount") for name in RAW),
            )
        )

    def take_transaction(self, record: Record) -> None:
        """The end of a transaction: its lines become items, or are rejected when it has no day."""
        self.transactions += 1
        element = "GLPostingDate" if "GLPostingDate" in record.texts else "TransactionDate"
        self.dated_by_posting += element == "GLPostingDate"
        day = self._day(record, element)
        if day is None:
            self.rejected += len(self._pending)
        else:
            self._book(record, day)
        self.rejected += self._faulty
        self._faulty = 0
        self._pending.clear()

    def _book(self, record: Record, day: date) -> None:
        difference = 0
        for line in self._pending:
            amount = line.debit - line.credit
            difference += amount
            self.debit += line.debit
            self.credit += line.credit
            self.movements[line.account] = self.movements.get(line.account, 0) + amount
            if line.account not in self.seen:
                self.seen[line.account] = self._intake.place(line=line.line, cell=line.cell)
            if self._account and line.account != self._account:
                self.skipped.append((line.line, OTHER_ACCOUNT))
            else:
                self._append(line, record, day=day)
        if difference and not self._faulty:
            self._unbalanced.append((self._intake.place(line=record.line, cell=record.path), difference))

    def _append(self, line: Line, record: Record, *, day: date) -> None:
        columns, journal = self.columns, record.parent
        columns.number.append(line.number)
        columns.account.append(line.account)
        columns.booked.append(day)
        columns.value_date.append(line.value_date)
        columns.amount.append(line.debit - line.credit)
        columns.reference.append(line.reference)
        columns.text.append(line.text or record.texts.get("Description", ""))
        columns.counterparty.append(self._names.get(line.counterparty, line.counterparty))
        columns.document.append(record.texts.get("TransactionID", ""))
        columns.journal.append(journal.texts.get("JournalID", "") if journal else "")
        columns.line.append(line.line)
        columns.cell.append(line.cell)
        columns.raw.append(line.raw)

    def sums(self) -> JournalSums:
        """What was counted."""
        place, difference = self._unbalanced[0] if self._unbalanced else (None, 0)
        return JournalSums(
            transactions=self.transactions,
            lines=self.lines,
            debit=self.debit,
            credit=self.credit,
            movements=self.movements,
            unbalanced=len(self._unbalanced),
            first_unbalanced=place,
            first_difference=difference,
        )

    def frame(self, currency: str) -> tuple[pd.DataFrame, Assumption]:
        """The items, and how their ids were chosen."""
        columns = self.columns
        ids, reason = _ids(columns)
        frame = items_frame(
            {
                "item_id": ids,
                "account": columns.account,
                "booked": np.array(columns.booked, dtype="datetime64[s]"),
                "value_date": np.array(columns.value_date, dtype="datetime64[s]"),
                "amount": np.array(columns.amount, dtype="int64"),
                "currency": [currency] * len(ids),
                "reference": columns.reference,
                "text": columns.text,
                "counterparty": columns.counterparty,
                "document": columns.document,
                "place_file": [self._intake.name] * len(ids),
                "place_line": columns.line,
                "place_cell": columns.cell,
            }
        )
        return frame, reason

    def raw(self) -> pd.DataFrame:
        """The postings as they stood, one for each item."""
        return pd.DataFrame(self.columns.raw, columns=list(RAW), dtype=object)

    def _amount(self, record: Record, side: str) -> int:
        """Øre of one side: an amount structure in the official schemas, a bare figure in some exports."""
        texts = record.texts
        text = texts.get(f"{side}/Amount") or texts.get(side, "")
        if not text:
            return 0
        try:
            return exact_ore(text)
        except TooLargeError:
            self._fault(record, "DOC-001", side, text)
        except AmountError:
            self._fault(record, "CEL-001", side, text, example=EXAMPLE_AMOUNT)
        return 0

    def _day(self, record: Record, element: str) -> date | None:
        text = record.texts.get(element, "")
        day = iso_date(text)
        if day is None:
            self._fault(record, "CEL-002", element, text, example=EXAMPLE_DAY)
        return day

    def _fault(self, record: Record, code: str, element: str, text: str, **facts: str) -> None:
        place = self._intake.place(line=record.line, cell=f"{record.path}/{element}")
        found = shown_value(text) if text else ""
        self.findings.append(Finding(code=code, place=place, found=found, facts={"column": element, **facts}))


def _given(texts: dict[str, str], side: str) -> bool:
    return side in texts or f"{side}/Amount" in texts


def _ids(columns: Columns) -> tuple[list[str], Assumption]:
    """Transaction and record number; with the journal in front where those repeat; else the row."""
    short = [f"{a}-{b}" if a and b else "" for a, b in zip(columns.document, columns.number, strict=True)]
    if _names_each(short):
        return short, _reason("TransactionID-RecordID")
    whole = [f"{a}-{b}" if a and b else "" for a, b in zip(columns.journal, short, strict=True)]
    if _names_each(whole):
        return whole, _reason("JournalID-TransactionID-RecordID")
    rows = unique_ids([row_id(line) for line in columns.line], range(1, len(short) + 1))
    return rows, assume(subject="id", taken="row:N", because="id.row")


def _names_each(ids: Sequence[str]) -> bool:
    return bool(ids) and all(ids) and len(set(ids)) == len(ids)


def _reason(label: str) -> Assumption:
    return assume(subject="id", taken=label, because="id.element", facts={"column": label})
