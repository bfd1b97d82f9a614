"""Sign off a period: each account is prepared by one person and approved by another, and is locked then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from gevinst.app.office import ConfigurationError
from gevinst.domain.access import Action, Person, require
from gevinst.domain.audit import AuditEvent
from gevinst.domain.refusal import RefusedError
from gevinst.domain.run import Environment, Run
from gevinst.domain.signature import Signature, SignatureKind, SignState, sign_state

#: Explanations of an open amount that an office may choose from: sign.reason.<key> of the catalogue.
EXPLANATIONS = ("in_transit", "next_period", "correction_posted", "awaits_bank", "awaits_unit", "other")


class SignatureError(RefusedError):
    """A signature that cannot be given."""


class SignedPeriodError(ConfigurationError):
    """A run in production of a period that both have signed."""

    def __init__(self, *, robot: str, period: str) -> None:
        super().__init__("CFG-031", robot=robot, period=period)


class SignatureBook(Protocol):
    """Where signatures are kept. Each method is one transaction."""

    def of_account(self, account: str, period: str) -> Sequence[Signature]:
        """Signatures of an account's period, oldest first."""

    def of_period(self, period: str) -> Sequence[Signature]:
        """Signatures of all accounts of a period, oldest first."""

    def stale(self, today: date) -> Sequence[Signature]:
        """The last signature of each account's period whose expected day has passed, oldest day first."""

    def sign(self, signature: Signature, event: AuditEvent, *, seen: int) -> bool:
        """Keep a signature; False when the period has another number of them than the person saw."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """What is signed: an account's period with its figures as the person sees them."""

    id: str  #: robot id, or the id of an account that a person reconciles
    period: str
    run_id: str = ""  #: the standing run; "" for an account without robot
    open_count: int = 0
    open_amount: int = 0  #: øre, sum without signs
    unexplained: int = 0  #: øre


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a preparer says of an open amount."""

    reason: str = ""  #: one of EXPLANATIONS
    explanation: str = ""
    expected: date | None = None


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a person had before them: it may be another account by the time that they sign."""

    signatures: int
    run_id: str = ""  #: of the standing run; "" for an account without robot, or without a run


def prepare(
    book: SignatureBook, account: Account, words: Words, *, seen: Seen, by: Person, now: datetime
) -> None:
    """Sign as preparer.

    Raises:
        NotAllowedError: the person may not sign.
        SignatureError: SIG-001 it is locked; SIG-002 something is open and not explained; SIG-003 someone
            has signed meanwhile; SIG-006 there is nothing to sign: no run of the period; SIG-010 it was run
            again meanwhile.
    """
    require(by, Action.SIGN)
    made = book.of_account(account.id, account.period)
    if sign_state(made) is SignState.LOCKED:
        raise SignatureError("SIG-001", account=account.id, period=account.period)
    if (account.open_count or account.unexplained) and not _explained(words):
        raise SignatureError("SIG-002", account=account.id)
    _sign(book, account, words, SignatureKind.PREPARE, seen=seen, by=by, now=now)


def _explained(words: Words) -> bool:
    in_words = words.reason != "other" or bool(words.explanation.strip())
    return words.reason in EXPLANATIONS and in_words and words.expected is not None


def approve(book: SignatureBook, account: Account, *, seen: Seen, by: Person, now: datetime) -> None:
    """Sign as the second person; the account's period is locked.

    Raises:
        NotAllowedError: the person may not approve.
        SignatureError: SIG-003 someone has signed meanwhile; SIG-004 it is not prepared, or was run again
            since; SIG-005 the person has prepared it; SIG-010 it was run again meanwhile.
    """
    require(by, Action.SIGN_OFF)
    made = book.of_account(account.id, account.period)
    if sign_state(made) is not SignState.PREPARED or made[-1].run_id != account.run_id:
        raise SignatureError("SIG-004", account=account.id)
    if made[-1].who == by.user:
        raise SignatureError("SIG-005", account=account.id)
    last = made[-1]
    words = Words(reason=last.reason, explanation=last.explanation, expected=last.expected)
    _sign(book, account, words, SignatureKind.APPROVE, seen=seen, by=by, now=now)


def reopen(book: SignatureBook, account: Account, why: str, *, seen: Seen, by: Person, now: datetime) -> None:
    """Unlock an account's period, for a reason.

    Raises:
        NotAllowedError: the person may not.
        SignatureError: SIG-003; SIG-007 no reason; SIG-008 nothing is signed; SIG-010.
    """
    require(by, Action.SIGN_OFF)
    if not why.strip():
        raise SignatureError("SIG-007")
    made = book.of_account(account.id, account.period)
    if sign_state(made) is SignState.OPEN:
        raise SignatureError("SIG-008", account=account.id)
    _sign(book, account, Words(explanation=why.strip()), SignatureKind.REOPEN, seen=seen, by=by, now=now)


def is_locked(book: SignatureBook, account: str, period: str) -> bool:
    """Whether an account's period is signed by both, so that nothing about it may change."""
    return sign_state(book.of_account(account, period)) is SignState.LOCKED


def check_run(book: SignatureBook, run: Run) -> None:
    """Let no run in production change what both have signed; a trial changes nothing.

    Raises:
        SignedPeriodError: CFG-031 the robot's period is signed.
    """
    if run.environment is Environment.PRODUCTION and is_locked(book, run.robot, run.period):
        raise SignedPeriodError(robot=run.robot, period=run.period)


def _sign(
    book: SignatureBook,
    account: Account,
    words: Words,
    kind: SignatureKind,
    *,
    seen: Seen,
    by: Person,
    now: datetime,
) -> None:
    if account.run_id != seen.run_id:
        raise SignatureError("SIG-010", account=account.id)
    signature = Signature(
        account=account.id,
        period=account.period,
        kind=kind,
        who=by.user,
        at=now,
        run_id=account.run_id,
        reason=words.reason,
        explanation=words.explanation,
        expected=words.expected,
        open_count=account.open_count,
        open_amount=account.open_amount,
        unexplained=account.unexplained,
    )
    event = AuditEvent(
        at=now,
        who=by.user,
        what=f"period.{kind}",
        subject=f"{account.id} {account.period}",
        detail={"run": account.run_id, "open": account.open_count, "open_amount": account.open_amount},
        why=words.explanation,
    )
    if not book.sign(signature, event, seen=seen.signatures):
        raise SignatureError("SIG-003", account=account.id)
