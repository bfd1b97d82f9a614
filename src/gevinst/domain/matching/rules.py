"""Match passes: the rules of a reconciliation as data, each a readable sentence with an id."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class PassKind(StrEnum):
    """What a pass looks for."""

    ONE_TO_ONE = "one-to-one"  #: one item a side, equal amounts
    BATCH = "batch"  #: one item against several whose sum is equal, either way, or several against several
    NET_OF_FEE = "net-of-fee"  #: a settlement less a fee against its gross amounts
    TOLERANCE = "tolerance"  #: one item a side, amounts that differ by at most the tolerance
    REVERSAL = "reversal"  #: two items of one side that cancel each other
    SUBSET = "subset"  #: one item against the only combination of a few that gives its sum


class Key(StrEnum):
    """What the items of a pass must share."""

    CODE = "code"  #: a number or code in document, reference or text, usual damage mended
    NEAR = "near"  #: a code that is alike but for a digit, a swap or a cut (one-to-one)
    TEXT = "text"  #: a telling word in text or counterparty
    DAY = "day"  #: the booking day (batches)
    NONE = "none"  #: amount and date alone


@dataclass(frozen=True, kw_only=True)
class MatchPass:
    """One pass. Passes run in order; an item matched by one is not seen by the next."""

    id: str
    kind: PassKind
    key: Key = Key.CODE
    days: int = 5  #: bank days between the two sides, both ends included
    #: Bank days for items of which no other can be meant; 0: no wider window. By code or text; batch by code.
    far_days: int = 0
    title: str = (
        ""  #: the pass as a sentence for controllers; "" takes the catalogue's sentence for kind and key
    )
    tolerance: int = 0  #: øre, TOLERANCE only
    fee_rate_low: int = 0  #: per million of the gross amount, NET_OF_FEE only
    fee_rate_high: int = 0  #: per million, both ends included
    difference_account: str = ""  #: where an accepted difference is booked
    text_contains: tuple[str, ...] = ()  #: only left items whose text holds one of these words (any case)


#: Serves an account with no rules of its own. Stronger evidence first.
STANDARD_PASSES: Sequence[MatchPass] = (
    MatchPass(id="reference", kind=PassKind.ONE_TO_ONE, key=Key.CODE, days=15, far_days=130),
    MatchPass(id="reference-near", kind=PassKind.ONE_TO_ONE, key=Key.NEAR, days=10),
    MatchPass(id="batch-reference", kind=PassKind.BATCH, key=Key.CODE, days=15, far_days=130),
    MatchPass(id="text-date", kind=PassKind.ONE_TO_ONE, key=Key.TEXT, days=6, far_days=15),
    MatchPass(id="amount-date", kind=PassKind.ONE_TO_ONE, key=Key.NONE, days=6),
    MatchPass(id="reversal", kind=PassKind.REVERSAL, key=Key.CODE, days=15),
    MatchPass(id="batch-text", kind=PassKind.BATCH, key=Key.TEXT, days=6),
    MatchPass(id="batch-day", kind=PassKind.BATCH, key=Key.DAY, days=6),
    MatchPass(id="subset", kind=PassKind.SUBSET, key=Key.TEXT, days=6),
)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The passes of one account, with their version."""

    passes: tuple[MatchPass, ...] = tuple(STANDARD_PASSES)
    version: str = "standard"  #: content hash of the rules file, or "standard"
    tolerance_budget: int = 0  #: øre accepted by TOLERANCE and NET_OF_FEE in all; 0 is no cap
