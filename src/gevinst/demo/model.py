"""What happens in a made-up office: events, with their bank lines, their postings and the true answer.

An event is one thing that happened: a citizen paid, a batch of invoices was paid, a posting was entered
twice. It carries both sides and says what a reconciliation should make of them, so that the files and the
truth come from one source.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum


@dataclass(frozen=True, kw_only=True)
class BankType:
    """A kind of bank line as the bank names it."""

    title: str  #: Danish, as on the statement
    family: str  #: ISO 20022 bank transaction code: domain.family.subfamily, such as PMNT.RCDT.DMCT


@dataclass(frozen=True, kw_only=True, eq=False)
class BankLine:
    """One line of a bank statement. Compared by identity: two alike lines are two lines."""

    booked: date
    amount: int  #: øre, money in > 0
    type: BankType
    text: str  #: what the bank shows; holds the reference where the bank has one
    reference: str = ""  #: end-to-end id, batch id or FIK reference; "" for none
    fik: bool = False  #: the reference is a 15-digit FIK reference of kind 71
    party: str = ""  #: the other party: a firm, an authority or a role
    batch: int = 0  #: number of payments that the bank booked as one line; 0 for a single payment
    reversal: bool = False  #: the bank takes back a line of its own


@dataclass(frozen=True, kw_only=True, eq=False)
class Posting:
    """One line of the ledger on the account. Compared by identity."""

    booked: date
    amount: int  #: øre, debit (money in) > 0
    type: str  #: Bilagsart: DZ money in, KZ money out, ZL salary, SA any other
    text: str  #: at most 50 characters
    reference: str = ""  #: at most 16 characters
    counter_account: str = ""  #: Modkonto, 8 digits
    document_days: int = 0  #: days from the document's date to the booking date
    voucher: str = ""  #: postings with the same mark share a voucher number; "" is a voucher of its own
    carried: bool = False  #: posted in an earlier period and still open at its end


Item = BankLine | Posting


class Outcome(Enum):
    """What a reconciliation should make of an event."""

    GROUP = "group"  #: one match of all its items
    PAIRS = "pairs"  #: alike items, paired in the order of the files; any other pairing is as right
    OPEN = "open"  #: every item stays open
    PROPOSAL = "proposal"  #: a person decides


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened, with the true answer."""

    kind: str  #: such as fik, nemkonto_batch, double_posting
    bank: Sequence[BankLine] = ()
    ledger: Sequence[Posting] = ()
    outcome: Outcome = Outcome.GROUP
    suspect: Item | None = None  #: an item of another event that this open one repeats
    fault: str = ""  #: what was planted, in one sentence; "" when nothing is wrong
