"""Signatures under an account's reconciliation of a period: prepared by one, approved by another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class SignatureKind(StrEnum):
    """What was signed."""

    PREPARE = "prepare"  #: the preparer stands for figures and explanation
    APPROVE = "approve"  #: a second person agrees; the period of the account is locked
    REOPEN = "reopen"  #: it was unlocked, for a reason


class SignState(StrEnum):
    """How far an account's period has come."""

    OPEN = "open"
    PREPARED = "prepared"
    LOCKED = "locked"


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One signature; never changed or removed."""

    account: str  #: robot id, or the id of an account that a person reconciles
    period: str
    kind: SignatureKind
    who: str
    at: datetime  #: UTC
    run_id: str = ""  #: the standing run that was signed; "" for an account without robot
    reason: str = ""  #: a key of the catalogue of explanations (sign.reason.<key>), or why it was reopened
    explanation: str = ""  #: in words; may name a person: masked where it is shown
    expected: date | None = None  #: when the open amount should be settled
    open_count: int = 0
    open_amount: int = 0  #: øre, sum without signs
    unexplained: int = 0  #: øre


def sign_state(signatures: Sequence[Signature]) -> SignState:
    """Where an account's period is after its signatures, oldest first."""
    if not signatures:
        return SignState.OPEN
    after = {
        SignatureKind.PREPARE: SignState.PREPARED,
        SignatureKind.APPROVE: SignState.LOCKED,
        SignatureKind.REOPEN: SignState.OPEN,
    }
    return after[signatures[-1].kind]
