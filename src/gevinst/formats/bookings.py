"""Bookings: entries of a bank's own file as items, and the proof that the file's readers share.

MT940, OFX, BAI2, pain, FIK and Betalingsservice differ in how an entry is written, not in what it is.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from gevinst.domain.finding import Finding
from gevinst.domain.item import items_frame
from gevinst.domain.source import Assumption, RowCounts, SourceRead
from gevinst.domain.statement import Statement, balance_findings, chain_findings
from gevinst.formats.identity import row_id
from gevinst.formats.intake import Intake
from gevinst.formats.plan import assume

# What a bank writes where there is no reference, compared in capitals and without spaces.
NO_REFERENCE = frozenset(
    {"NONREF", "NOREF", "NOTPROVIDED", "NOTAVAILABLE", "KREF+", "EREF", "KREF", "MREF", "PREF", "CREF"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Booking:
    """One entry that can be used."""

    line: int  #: physical line from 1
    account: str
    booked: date
    amount: int  #: øre; money in > 0
    currency: str
    value_date: date | None = None
    reference: str = ""
    text: str = ""
    counterparty: str = ""
    document: str = ""
    bank_id: str = ""  #: the sender's own name for the entry
    cell: str = ""  #: element path, where a line says too little
    raw: Mapping[str, str] = field(default_factory=dict)  #: the entry as it stood


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a file's entries; filled while it is read."""

    bookings: list[Booking] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)  #: (line, reason key)
    rejected: list[int] = field(default_factory=list)  #: line of each entry that cannot be used
    assumptions: list[Assumption] = field(default_factory=list)

    @property
    def entries(self) -> int:
        """Entries met, whatever became of them."""
        return len(self.bookings) + len(self.skipped) + len(self.rejected)


def source_read(intake: Intake, outcome: Outcome, *, layout: str, id_name: str) -> SourceRead:
    """Hand on what was read, with the proofs that hold for every statement.

    Args:
        intake: the file.
        outcome: its entries and statements; at least one of either.
        layout: id of the layout.
        id_name: what the file calls the sender's own name of an entry, such as FITID.
    """
    ids, id_reason = _ids(outcome.bookings, id_name)
    proofs: list[Finding] = []
    if not outcome.rejected:
        proofs = [*balance_findings(outcome.statements), *chain_findings(in_order(outcome.statements))]
    return SourceRead(
        items=_frame(intake, outcome.bookings, ids),
        statements=tuple(outcome.statements),
        findings=(*outcome.findings, *proofs, *_currency_findings(intake, outcome.bookings)),
        rows=RowCounts(
            in_file=outcome.entries,
            read=len(outcome.bookings),
            skipped=len(outcome.skipped),
            rejected=len(outcome.rejected),
        ),
        layout=layout,
        sha256=intake.sha256,
        file=intake.name,
        assumptions=(*outcome.assumptions, id_reason),
        raw=pd.DataFrame([dict(booking.raw) for booking in outcome.bookings], dtype=object),
        skipped=tuple(outcome.skipped),
    )


def real_reference(text: str) -> str:
    """The reference, or "" where the bank only says that there is none."""
    cleaned = text.strip()
    return "" if cleaned.upper().replace(" ", "") in NO_REFERENCE else cleaned


def in_order(statements: Sequence[Statement]) -> list[Statement]:
    """Oldest first: a file may hold the newest statement first. Those of one day stay as they stand."""
    return sorted(statements, key=lambda statement: statement.last or statement.first or date.min)


def _ids(bookings: Sequence[Booking], id_name: str) -> tuple[list[str], Assumption]:
    """The sender's own names when they name every entry once, else `row:N` by line."""
    names = [booking.bank_id for booking in bookings]
    if names and all(names) and len(set(names)) == len(names):
        return names, assume(subject="id", taken=id_name, because="id.element", facts={"column": id_name})
    return _row_ids(bookings), assume(subject="id", taken="row:N", because="id.row")


def _row_ids(bookings: Sequence[Booking]) -> list[str]:
    """`row:N` by line; a line may hold more than one entry, and the second is `row:N/2`."""
    seen: Counter[int] = Counter()
    names: list[str] = []
    for booking in bookings:
        seen[booking.line] += 1
        again = seen[booking.line]
        names.append(row_id(booking.line) + (f"/{again}" if again > 1 else ""))
    return names


def _frame(intake: Intake, bookings: Sequence[Booking], ids: Sequence[str]) -> pd.DataFrame:
    return items_frame(
        {
            "item_id": list(ids),
            "account": [booking.account for booking in bookings],
            "booked": np.array([booking.booked for booking in bookings], dtype="datetime64[s]"),
            "value_date": np.array([booking.value_date for booking in bookings], dtype="datetime64[s]"),
            "amount": np.array([booking.amount for booking in bookings], dtype="int64"),
            "currency": [booking.currency for booking in bookings],
            "reference": [booking.reference for booking in bookings],
            "text": [booking.text for booking in bookings],
            "counterparty": [booking.counterparty for booking in bookings],
            "document": [booking.document for booking in bookings],
            "place_file": [intake.name] * len(bookings),
            "place_line": np.array([booking.line for booking in bookings], dtype="int64"),
            "place_cell": [booking.cell for booking in bookings],
        }
    )


def _currency_findings(intake: Intake, bookings: Sequence[Booking]) -> list[Finding]:
    found = sorted({booking.currency for booking in bookings})
    if len(found) <= 1:
        return []
    return [intake.finding("BNK-006", currencies=", ".join(found), count=len(found))]
