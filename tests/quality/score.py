"""Score the engine's answers against the truth, for each kind of event."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import Rules
from gevinst.domain.reconciliation import ItemState, Reconciliation
from quality.two_files import Event, Row, TwoFiles, business_days

Look = tuple[str, int, str, str, str]
Ends = tuple[tuple[Look, ...], tuple[Look, ...]]
WINDOW = 6  #: bank days in which an equal amount makes a pair without any number doubtful
DOUBTFUL = "(doubtful)"


@dataclass(kw_only=True)
class Score:
    """What became of the events of one kind."""

    true: int = 0
    found: int = 0
    proposed: int = 0
    false: int = 0  #: groups made of this kind's items that are not true
    examples: list[str] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Take in the score of another run."""
        self.true += other.true
        self.found += other.found
        self.proposed += other.proposed
        self.false += other.false
        every = [*self.examples, *other.examples]
        missed = [one for one in every if one.startswith("missed")]
        self.examples = [one for one in every if one.startswith("FALSE")] + missed[:4]


@dataclass(frozen=True, kw_only=True)
class Group:
    """One group that the engine made."""

    left: list[str]
    right: list[str]
    said: str  #: pass and reason


def score(files: TwoFiles) -> Mapping[str, Score]:
    """Reconcile two files by the standard passes and score each kind."""
    result = reconcile(
        SideInput(items=files.left), SideInput(items=files.right), rules=Rules(), calendar=BankCalendar()
    )
    scores: dict[str, Score] = defaultdict(Score)
    true = _true(files)
    made = _made(files, result)
    proposed = _proposed_events(files, result)
    left_over = Counter({ends: len(held) for ends, held in made.items()})
    for ends, places in true.items():
        for at in places:
            one = scores[_kind(files, at)]
            one.true += 1
            if left_over[ends]:
                left_over[ends] -= 1
                one.found += 1
            else:
                one.proposed += at in proposed
                one.examples.append(f"missed {ends}")
    for ends, count in left_over.items():
        for held in made[ends][:count]:
            side, item = (0, held.left[0]) if held.left else (1, held.right[0])
            one = scores[_kind(files, files.event_of[side][item])]
            one.false += 1
            one.examples.append(f"FALSE {held.said} {ends}")
    return scores


def _kind(files: TwoFiles, at: int) -> str:
    event = files.events[at]
    return f"{event.kind} {DOUBTFUL}" if not _decidable(files, event) else event.kind


def _decidable(files: TwoFiles, event: Event) -> bool:
    """Whether a person could tell: a number, a common mark, or an amount that only these two have nearby."""
    if event.kind == "batch, nothing in common":
        return False
    if not event.kind.startswith("no reference"):
        return True
    (left,), (right,) = event.left, event.right
    if event.kind.endswith("standard amount") and not _named_on_both(left, right):
        return False
    return _alone(files.left, left) and _alone(files.right, right) and _alone_across(files, left, right)


def _named_on_both(left: Row, right: Row) -> bool:
    return bool(right.counterparty) and right.counterparty in f"{left.text} {left.counterparty}"


def _alone(side: pd.DataFrame, row: Row) -> bool:
    return _count(side, row) == 1


def _alone_across(files: TwoFiles, left: Row, right: Row) -> bool:
    return _count(files.right, left) == 1 and _count(files.left, right) == 1


def _count(side: pd.DataFrame, row: Row) -> int:
    low, high = (pd.Timestamp(business_days(row.booked, by)) for by in (-WINDOW, WINDOW))
    return int(((side["amount"] == row.amount) & side["booked"].between(low, high)).sum())


def _looks(rows: Iterable[Row]) -> tuple[Look, ...]:
    return tuple(sorted(_look(row) for row in rows))


def _look(row: Row) -> Look:
    booked = row.alike or f"{row.booked:%m-%d}"
    return booked, row.amount, row.text, row.reference, row.counterparty


def _true(files: TwoFiles) -> Mapping[Ends, list[int]]:
    """The true groups as a person sees their rows; rows that look alike are as good as one another."""
    found: dict[Ends, list[int]] = defaultdict(list)
    for at, event in enumerate(files.events):
        if event.matches:
            found[_looks(event.left), _looks(event.right)].append(at)
    return found


def _made(files: TwoFiles, result: Reconciliation) -> Mapping[Ends, list[Group]]:
    members: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for at, side in enumerate((result.left, result.right)):
        held = side[side["group"] >= 0]
        for group, item in zip(held["group"].tolist(), held["item_id"].tolist(), strict=True):
            members[group][at].append(item)
    said = dict(
        zip(result.groups["group"], result.groups["pass_id"] + " " + result.groups["reason"], strict=True)
    )
    made: dict[Ends, list[Group]] = defaultdict(list)
    for group, (left, right) in members.items():
        ends = _looks(files.row_of[0][item] for item in left), _looks(files.row_of[1][item] for item in right)
        made[ends].append(Group(left=left, right=right, said=said[group]))
    return made


def _proposed_events(files: TwoFiles, result: Reconciliation) -> set[int]:
    sides = zip((result.left, result.right), files.event_of, strict=True)
    return {
        event_of[item]
        for side, event_of in sides
        for item in side.loc[side["state"] == ItemState.PROPOSED, "item_id"]
    }


def total(scores: Mapping[str, Score], *, doubtful: bool) -> Score:
    """All kinds together: those a person can decide, or those in doubt."""
    summed = Score()
    for kind, one in scores.items():
        if kind.endswith(DOUBTFUL) == doubtful:
            summed.add(one)
    return summed
