"""The morning digest: how much waits for each person, without amounts, names or texts of items."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gevinst.app.cases import CaseBook, CaseFilter
from gevinst.app.gain_report import GainTools, default_months, gain_report
from gevinst.app.queue_port import AlarmBook
from gevinst.app.signing import SignatureBook
from gevinst.domain.access import Action, Person
from gevinst.domain.account import Account
from gevinst.domain.case import CaseState
from gevinst.domain.signature import Signature, SignState, sign_state


class NeedKind(StrEnum):
    """What someone must do; digest.<kind> of the catalogue says it with its count."""

    CASES = "cases"
    APPROVALS = "approvals"
    SIGNATURES = "signatures"
    ALARMS = "alarms"
    QUARTERS = "quarters"


#: Where in the console each is done.
PLACES = {
    NeedKind.CASES: "/arbejde",
    NeedKind.APPROVALS: "/arbejde?state=awaits_approval",
    NeedKind.SIGNATURES: "/afstemning",
    NeedKind.ALARMS: "/",
    NeedKind.QUARTERS: "/gevinster",
}


@dataclass(frozen=True, kw_only=True)
class Need:
    """So much of one kind waits."""

    kind: NeedKind
    count: int


@dataclass(frozen=True, kw_only=True)
class DigestTools:
    """What the digest counts from."""

    cases: CaseBook
    runs: Sequence[str]  #: the robots' standing runs, whose cases count
    signatures: SignatureBook
    period: str  #: the month that is signed off now
    alarms: AlarmBook
    gains: Callable[[], GainTools]  #: asked for only when a benefit owner is among the people
    today: date


def needs_of(person: Person, tools: DigestTools) -> list[Need]:
    """What waits for a person; only what their roles may do, and only what is more than 0."""
    return [need for need in _needs(person, tools) if need.count]


def _needs(person: Person, tools: DigestTools) -> Iterator[Need]:
    if person.may(Action.DECIDE):
        own = (_cases(tools, holder) for holder in ("", person.user))
        yield Need(kind=NeedKind.CASES, count=sum(own))
    if person.may(Action.APPROVE):
        yield Need(kind=NeedKind.APPROVALS, count=_cases(tools, None, CaseState.AWAITS_APPROVAL))
    if person.may(Action.SIGN_OFF):
        yield Need(kind=NeedKind.SIGNATURES, count=_unsigned(person, tools))
    if person.may(Action.PAUSE):
        yield Need(kind=NeedKind.ALARMS, count=len(tools.alarms.alarms()))
    if person.may(Action.CONFIRM_GAINS):
        yield Need(kind=NeedKind.QUARTERS, count=_quarters(person, tools.gains()))


def _cases(tools: DigestTools, holder: str | None, state: CaseState = CaseState.TO_DO) -> int:
    wanted = CaseFilter(claimed_by=holder, state=state, today=tools.today)
    return tools.cases.sums(tools.runs, wanted).count if tools.runs else 0


def _unsigned(person: Person, tools: DigestTools) -> int:
    """Accounts that another has prepared and that wait for the second signature."""
    by_account: dict[str, list[Signature]] = {}
    for one in tools.signatures.of_period(tools.period):
        by_account.setdefault(one.account, []).append(one)
    return sum(
        sign_state(signed) is SignState.PREPARED and signed[-1].who != person.user
        for signed in by_account.values()
    )


def _quarters(person: Person, tools: GainTools) -> int:
    """Quarters that are over and wait for this person's answer."""
    report = gain_report(tools.every, default_months(tools.today), tools)
    mine = {title for title, users in tools.settings.owners.items() if person.user in users}
    return sum(one.waits for row in report.robots if row.owner in mine for one in row.quarters)


def readers(accounts: Sequence[Account]) -> list[Account]:
    """The accounts that get a mail."""
    return [one for one in accounts if one.email and not one.disabled]
