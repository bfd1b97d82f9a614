"""The postings of an audit file, gathered column by column while the file is read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import pandas as pd

from gevinst.domain.audit_file import JournalSums
from gevinst.domain.finding import Finding
from gevinst.domain.item import ITEM_COLUMNS, items_frame
from gevinst.domain.masking import shown_value
from gevinst.domain.money import AmountError
from gevinst.domain.place import Place
from gevinst.domain.source import Assumption
from gevinst.formats.column_blocks import ENOUGH, ColumnBlocks
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


class Posting(NamedTuple):
    """An item on its way to the columns."""

    number: str  #: RecordID
    account: str
    booked: date
    value_date: date | None
    amount: int
    reference: str
    text: str
    counterparty: str
    document: str
    journal: str
    line: int
    cell: str
    raw: tuple[str, ...]


NUMBERS = ("amount", "line")
DAYS = ("booked", "value_date")
TEXTS = ("number", "account", "reference", "text", "counterparty", "document", "journal", "cell")


class Journal:
    """Takes lines and transactions in the order of the file; keeps items, sums and findings."""

    def __init__(self, intake: Intake, *, account: str, names: dict[str, str]) -> None:
        self._intake, self._account, self._names = intake, account, names
        self._pending: list[Line] = []
        self._faulty = 0  #: lines of the open transaction that cannot be used
        self._postings: list[Posting] = []  #: those that are no columns yet
        self._blocks = ColumnBlocks(numbers=NUMBERS, days=DAYS, texts=(*TEXTS, *RAW))
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
        journal = record.parent
        self._postings.append(
            Posting(
                number=line.number,
                account=line.account,
                booked=day,
                value_date=line.value_date,
                amount=line.debit - line.credit,
                reference=line.reference,
                text=line.text or record.texts.get("Description", ""),
                counterparty=self._names.get(line.counterparty, line.counterparty),
                document=record.texts.get("TransactionID", ""),
                journal=journal.texts.get("JournalID", "") if journal else "",
                line=line.line,
                cell=line.cell,
                raw=line.raw,
            )
        )
        if len(self._postings) == ENOUGH:
            self._settle()

    def _settle(self) -> None:
        """Make columns of the postings that wait."""
        if self._postings:
            fields = dict(zip(Posting._fields, zip(*self._postings, strict=True), strict=True))
            raw = zip(RAW, zip(*fields["raw"], strict=True), strict=True)
            self._blocks.add({**fields, **dict(raw)})
            self._postings.clear()

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

    def frame(self, currency: str) -> tuple[pd.DataFrame, pd.DataFrame, Assumption]:
        """The items, the postings as they stood, and how the ids were chosen."""
        self._settle()
        postings = self._blocks.frame()
        ids, reason = _ids(postings)
        items = {
            "item_id": ids,
            **{name: postings[name] for name in (*DAYS, *TEXTS, "amount") if name in ITEM_COLUMNS},
            "currency": currency,
            "place_file": self._intake.name,
            "place_line": postings["line"],
            "place_cell": postings["cell"],
        }
        return items_frame(items), postings[list(RAW)], reason

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


def _ids(postings: pd.DataFrame) -> tuple[Iterable[str], Assumption]:
    """Transaction and record number; with the journal in front where those repeat; else the row."""
    short = _joined(postings["document"], postings["number"])
    if _names_each(short):
        return short, _reason("TransactionID-RecordID")
    whole = _joined(postings["journal"], short)
    if _names_each(whole):
        return whole, _reason("JournalID-TransactionID-RecordID")
    rows = unique_ids([row_id(line) for line in postings["line"]], range(1, len(short) + 1))
    return rows, assume(subject="id", taken="row:N", because="id.row")


def _joined(first: "pd.Series[str]", second: "pd.Series[str]") -> "pd.Series[str]":
    """Both with a dash between them; "" where one is blank."""
    return (first + "-" + second).where((first != "") & (second != ""), "")


def _names_each(ids: "pd.Series[str]") -> bool:
    return len(ids) > 0 and bool((ids != "").all()) and len(ids.unique()) == len(ids)


def _reason(label: str) -> Assumption:
    return assume(subject="id", taken=label, because="id.element", facts={"column": label})
