"""The work list: cases of the standing runs, who has taken them, and what people decide about them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from gevinst.app.decisions import RunItems, Wish, approve, decide, examine, undo
from gevinst.app.ports import CarriedItem, KeptGroup, RunStore
from gevinst.domain.access import Action, Person, require
from gevinst.domain.audit import AuditEvent
from gevinst.domain.case import (
    Case,
    CaseEvent,
    CaseEventKind,
    CaseItem,
    CaseKind,
    CaseStanding,
    CaseState,
    case_subject,
    minutes_spent,
)
from gevinst.domain.decision import Decision, DecisionKind
from gevinst.domain.refusal import RefusedError
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run

if TYPE_CHECKING:
    from gevinst.domain.reconciliation import Reconciliation

CASE_PAGE = 50
MOST_TRIES = 5


class CaseError(RefusedError):
    """Something about a case that cannot be done."""


@dataclass(frozen=True, kw_only=True)
class CaseFilter:
    """Which cases are listed; "" and None stand for all."""

    robot: str = ""
    cause: str = ""
    claimed_by: str | None = None  #: "" for those that nobody has taken
    state: CaseState | None = CaseState.TO_DO
    least: int = 0  #: øre, without sign
    today: date | None = None  #: a case that waited for an earlier day is to do again


@dataclass(frozen=True, kw_only=True)
class CaseKey:
    """Where a page of cases ended."""

    oldest: date
    run_id: str
    number: int


@dataclass(frozen=True, kw_only=True)
class ListedCase:
    """A case with where it is."""

    case: Case
    standing: CaseStanding


@dataclass(frozen=True, kw_only=True)
class CaseSums:
    """What a list comes to."""

    count: int
    amount: int  #: øre, sum without signs
    oldest: date | None


@dataclass(frozen=True, kw_only=True)
class CaseGroup:
    """Cases that have one cause, of one robot."""

    robot: str
    cause: str
    kind: CaseKind
    sums: CaseSums


def total(sums: Iterable[CaseSums]) -> CaseSums:
    """What several lists come to together."""
    known = [one for one in sums if one.count]
    return CaseSums(
        count=sum(one.count for one in known),
        amount=sum(one.amount for one in known),
        oldest=min((one.oldest for one in known if one.oldest), default=None),
    )


class CaseBook(Protocol):
    """Where cases are kept. Each method is one transaction."""

    def cases(
        self, runs: Sequence[str], wanted: CaseFilter, *, after: CaseKey | None = None, limit: int = CASE_PAGE
    ) -> Sequence[ListedCase]:
        """Cases of some runs, oldest first, after a key."""

    def sums(self, runs: Sequence[str], wanted: CaseFilter) -> CaseSums:
        """What the cases of some runs come to."""

    def groups(self, runs: Sequence[str], wanted: CaseFilter) -> Sequence[CaseGroup]:
        """The cases of some runs by robot and cause, most first."""

    def ageing(
        self, runs: Sequence[str], wanted: CaseFilter, limits: Sequence[date] = ()
    ) -> Mapping[str, Sequence[CaseSums]]:
        """The cases of each run that has some, by their oldest day.

        Args:
            runs: their ids.
            wanted: the filter.
            limits: days, latest first; a case is in the bucket of the first day that is not after its own,
                and in the last bucket, one more than there are days, when it is before them all.
        """

    def case(self, run_id: str, number: int) -> ListedCase | None:
        """One case."""

    def change(self, event: CaseEvent, before: CaseStanding, after: CaseStanding, noted: AuditEvent) -> None:
        """Keep an event, and where it puts its case.

        Raises:
            CaseError: CAS-001 someone else has changed the case since `before`.
        """

    def events(self, robot: str, subject: str) -> Sequence[CaseEvent]:
        """What people did with a case, oldest first."""

    def minutes(self, robot: str, period: str) -> int:
        """Hundredths of a minute that people spent on the cases of a robot's period."""

    def candidates(self, case: Case, *, limit: int = 8) -> Sequence[CarriedItem]:
        """Other open items of the case's run that a person may match with it, nearest amount first.

        Items of the other side, and those of the same side with the opposite sign.
        """

    def of_counterparty(self, robot: str, counterparty: str, *, limit: int = 20) -> Sequence[Case]:
        """Earlier cases of a counterparty, newest first."""


def cases_of(result: "Reconciliation", run: Run) -> list[Case]:
    """The cases of a result: its proposals, then its open items, in their order."""
    members = _Members(result, run.period)
    proposed = [
        (CaseKind.PROPOSAL, proposal.reason, members.of(proposal.left, proposal.right), proposal.alternatives)
        for proposal in result.proposals
    ]
    opened = [(CaseKind.OPEN, cause, items, ()) for items, cause in members.open()]
    return [
        _case(
            run, number, kind, cause=cause, items=items, suspects=members.suspects(items), alternatives=pairs
        )
        for number, (kind, cause, items, pairs) in enumerate([*proposed, *opened], 1)
    ]


class _Members:
    """The items of a result that a case may show, by side and id."""

    def __init__(self, result: "Reconciliation", period: str) -> None:
        self._period = period
        self._frames = {"left": result.left, "right": result.right}
        self._rows = {
            side: {str(row["item_id"]): row for row in frame[frame["state"] != "matched"].to_dict("records")}
            for side, frame in self._frames.items()
        }

    def of(self, left: Sequence[str], right: Sequence[str]) -> tuple[CaseItem, ...]:
        """Items by their ids."""
        named = [("left", name) for name in left] + [("right", name) for name in right]
        return tuple(self._item(side, self._rows[side][name]) for side, name in named)

    def open(self) -> Iterator[tuple[tuple[CaseItem, ...], str]]:
        """The open items with their causes, the left side first; two that suspect each other are one case."""
        told: set[tuple[str, str]] = set()
        for side, rows in self._rows.items():
            for name, row in rows.items():
                if row["state"] != "open" or (side, name) in told:
                    continue
                together = [(side, name), *self._mutual(side, name, row)]
                told.update(together)
                yield tuple(self._item(of, self._rows[of][one]) for of, one in together), str(row["cause"])

    def _mutual(self, side: str, name: str, row: Mapping[Any, Any]) -> list[tuple[str, str]]:
        """The open item of the other side that suspects this one as this one suspects it."""
        other = _suspect_of(row)
        if other is None or other[0] == side:
            return []
        found = self._rows[other[0]].get(other[1])
        mutual = found is not None and found["state"] == "open" and _suspect_of(found) == (side, name)
        return [other] if mutual else []

    def suspects(self, items: Sequence[CaseItem]) -> tuple[CaseItem, ...]:
        """What the items may be mistaken for beside each other, each once; a suspect may be matched."""
        own = {(item.side, item.item_id) for item in items}
        found = dict.fromkeys(_suspect_of(self._rows[side][name]) for side, name in sorted(own))
        return tuple(self._suspect(*one) for one in found if one is not None and one not in own)

    def _suspect(self, side: str, name: str) -> CaseItem:
        known = self._rows[side].get(name)
        if known is None:
            frame = self._frames[side]
            known = frame[frame["item_id"] == name].to_dict("records")[0]
        return self._item(side, known)

    def _item(self, side: str, row: Mapping[Any, Any]) -> CaseItem:
        texts = ("item_id", "currency", "text", "counterparty", "reference", "document")
        return CaseItem(
            side=side,
            booked=row["booked"].date(),
            amount=int(row["amount"]),
            first_period=str(row["carried_from"]) or self._period,
            age_bank_days=int(row["age_bank_days"]),
            file=str(row["place_file"]),
            sheet=str(row["place_sheet"]),
            line=int(row["place_line"]),
            cell=str(row["place_cell"]),
            **{name: str(row[name]) for name in texts},
        )


def _suspect_of(row: Mapping[Any, Any]) -> tuple[str, str] | None:
    return (str(row["suspect_side"]), str(row["suspect"])) if row["suspect"] else None


def _case(
    run: Run, number: int, kind: CaseKind, *, cause: str, items: tuple[CaseItem, ...], **found: Any
) -> Case:
    counted = items[0].side  # proposals name their left items first
    return Case(
        run_id=run.run_id,
        number=number,
        robot=run.robot,
        period=run.period,
        subject=case_subject(kind, [(item.side, item.first_period, item.item_id) for item in items]),
        kind=kind,
        cause=cause,
        items=items,
        counterparty=items[0].counterparty,
        text=items[0].text,
        amount=sum(item.amount for item in items if item.side == counted),
        oldest=min(item.booked for item in items),
        first_period=min(item.first_period for item in items),
        **found,
    )


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where a person works on a case."""

    person: Person
    book: CaseBook
    store: RunStore
    robot: Robot
    groups: Callable[[Run], Sequence[KeptGroup]]
    locked: Callable[[str, str], bool]  #: whether the robot's period is signed
    now: datetime
    items: RunItems | None = None  #: of the run at hand, when many of its cases are settled together


def with_items(desk: Desk, run_id: str) -> Desk:
    """The desk with the run's items at hand, read once for many cases."""
    run = desk.store.find(run_id)
    return replace(desk, items=RunItems(run, desk.store, desk.groups) if run else None)


def claim(desk: Desk, seen: ListedCase) -> None:
    """Take a case.

    Raises:
        NotAllowedError: the person may not decide.
        CaseError: CAS-001 it changed meanwhile; CAS-002 another has it.
    """
    require(desk.person, Action.DECIDE)
    holder = seen.standing.claimed_by
    if holder and holder != desk.person.user:
        raise CaseError("CAS-002", who=holder)
    after = replace(seen.standing, claimed_by=desk.person.user, claimed_at=desk.now)
    _change(desk, seen, after, CaseEventKind.CLAIM)


def release(desk: Desk, seen: ListedCase) -> None:
    """Give a case back; an approver may free another's.

    Raises:
        NotAllowedError, CaseError: as claim; CAS-002 another has it.
    """
    require(desk.person, Action.DECIDE)
    another = seen.standing.claimed_by not in ("", desk.person.user)
    if another and not desk.person.may(Action.APPROVE):
        raise CaseError("CAS-002", who=seen.standing.claimed_by)
    _change(desk, seen, replace(seen.standing, claimed_by="", claimed_at=None), CaseEventKind.RELEASE)


def note(desk: Desk, seen: ListedCase, text: str, *, attachment: str = "", name: str = "") -> None:
    """Write something on a case, with a file perhaps.

    Raises:
        NotAllowedError, CaseError: as claim; CAS-003 nothing was written.
    """
    require(desk.person, Action.DECIDE)
    if not text.strip() and not attachment:
        raise CaseError("CAS-003")
    kind = CaseEventKind.ATTACH if attachment else CaseEventKind.NOTE
    _change(desk, seen, seen.standing, kind, text=text.strip(), attachment=attachment, attachment_name=name)


def settle(desk: Desk, seen: ListedCase, wish: Wish) -> Decision:
    """Decide about a case's items: what the person wants is kept, and the next run follows it.

    Raises:
        NotAllowedError: the person may not decide.
        CaseError: CAS-001 it changed meanwhile; CAS-002 another has it; CAS-004 the period is signed.
        DecisionError, DecidedMeanwhileError: see decisions.decide.
    """
    require(desk.person, Action.DECIDE)
    _check_open(desk, seen)
    made = decide(
        wish,
        desk.robot,
        seen.case.period,
        store=desk.store,
        groups=desk.groups,
        locked=desk.locked,
        items=desk.items,
    )
    waits = made.kind is DecisionKind.NOTE and made.expected is not None
    state = CaseState.WAITING if waits else CaseState.DECIDED
    if made.needs_approval:
        state = CaseState.AWAITS_APPROVAL
    changes = {"claimed_by": desk.person.user, "state": state, "until": made.expected}
    _follow(desk, seen, CaseEventKind.DECIDE, made, reason=wish.reason, **changes, decision=made.number)
    return made


def check_settle(desk: Desk, seen: ListedCase, wish: Wish) -> None:
    """Whether `settle` would do it now; nothing is kept.

    Raises:
        NotAllowedError, CaseError, DecisionError: see settle.
    """
    require(desk.person, Action.DECIDE)
    _check_open(desk, seen)
    examine(
        wish,
        desk.robot,
        seen.case.period,
        store=desk.store,
        groups=desk.groups,
        locked=desk.locked,
        items=desk.items,
    )


def take_back(desk: Desk, seen: ListedCase, reason: str) -> Decision:
    """Undo what was decided about a case.

    Raises:
        NotAllowedError, CaseError: as settle; CAS-005 nothing is decided.
        DecisionError: see decisions.undo.
    """
    require(desk.person, Action.DECIDE)
    _check_open(desk, seen)
    if not seen.standing.decision:
        raise CaseError("CAS-005")
    made = _revise(undo, desk, seen, reason)
    _follow(
        desk, seen, CaseEventKind.UNDO, made, reason=reason, state=CaseState.TO_DO, until=None, decision=0
    )
    return made


def agree(desk: Desk, seen: ListedCase, reason: str, *, decision: int) -> Decision:
    """Approve a decision above the limit, as the second person.

    Args:
        desk: the person's.
        seen: the case.
        reason: "" for none.
        decision: number of the one that the person has read; the case may have another by now.

    Raises:
        NotAllowedError: the person may not approve.
        CaseError: CAS-001 something else is decided by now; CAS-004; CAS-005 nothing waits for approval.
        DecisionError: DEC-012 it is the person's own, and others of decisions.approve.
    """
    require(desk.person, Action.APPROVE)
    if desk.locked(seen.case.robot, seen.case.period):
        raise CaseError("CAS-004", period=seen.case.period)
    if seen.standing.state is not CaseState.AWAITS_APPROVAL:
        raise CaseError("CAS-005")
    if seen.standing.decision != decision:
        raise CaseError("CAS-001")
    made = _revise(approve, desk, seen, reason)
    _follow(desk, seen, CaseEventKind.APPROVE, made, reason=reason, state=CaseState.DECIDED)
    return made


def _revise(act: Callable[..., Decision], desk: Desk, seen: ListedCase, reason: str) -> Decision:
    """Undo or approve what stands about a case; see decisions."""
    return act(
        seen.standing.decision,
        robot=desk.robot.id,
        reason=reason,
        who=desk.person.user,
        at=desk.now,
        store=desk.store,
        locked=desk.locked,
    )


def _check_open(desk: Desk, seen: ListedCase) -> None:
    holder = seen.standing.claimed_by
    if holder not in ("", desk.person.user):
        raise CaseError("CAS-002", who=holder)
    if desk.locked(seen.case.robot, seen.case.period):
        raise CaseError("CAS-004", period=seen.case.period)


def _follow(
    desk: Desk, seen: ListedCase, kind: CaseEventKind, made: Decision, /, *, reason: str, **changes: Any
) -> None:
    """Put a case where a decision, which is kept by now, puts it, whatever someone else did meanwhile."""
    for _ in range(MOST_TRIES):
        after = replace(seen.standing, **changes)
        try:
            _change(desk, seen, after, kind, text=reason, decision=made.number)
        except CaseError:
            seen = desk.book.case(seen.case.run_id, seen.case.number) or seen
        else:
            return
    raise CaseError("CAS-001")


def _change(
    desk: Desk, seen: ListedCase, after: CaseStanding, kind: CaseEventKind, **facts: str | int
) -> None:
    event = CaseEvent(
        robot=seen.case.robot,
        subject=seen.case.subject,
        run_id=seen.case.run_id,
        kind=kind,
        who=desk.person.user,
        at=desk.now,
        hundredths=_hundredths(desk, seen) if kind is CaseEventKind.DECIDE else 0,
        **facts,  # type: ignore[arg-type] # texts and one number, by the event's own names
    )
    noted = AuditEvent(
        at=desk.now,
        who=desk.person.user,
        what=f"case.{kind}",
        subject=seen.case.key,
        detail={"robot": seen.case.robot, "decision": event.decision},
    )
    desk.book.change(event, seen.standing, replace(after, version=seen.standing.version + 1), noted)


def _hundredths(desk: Desk, seen: ListedCase) -> int:
    """What the person spent since their last decision about the case."""
    moments = [desk.now]
    for event in reversed(desk.book.events(seen.case.robot, seen.case.subject)):
        if event.kind in (CaseEventKind.DECIDE, CaseEventKind.RELEASE):
            break
        if event.who == desk.person.user:
            moments.append(event.at)
    return minutes_spent(moments)
