"""Score the engine's answers against the truth, for each kind of event."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.reconciliation import ItemState, Reconciliation
from quality.files import Row, TwoFiles

Look = tuple[str, int, str, str, str]
Ends = tuple[tuple[Look, ...], tuple[Look, ...]]
DOUBTFUL = "(doubtful)"
MISSES_KEPT = 4


@dataclass(kw_only=True)
class Score:
    """What became of the events of one kind."""

    true: int = 0
    found: int = 0
    proposed: int = 0
    false: int = 0  #: groups made of this kind's items that are not true
    faults: int = 0  #: events with rows on both sides that must not be matched
    named: int = 0  #: … of which a suspect or a proposal shows a person the other side's row
    examples: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the groups made that are true; 1 where none was made."""
        made = self.found + self.false
        return self.found / made if made else 1

    @property
    def recall(self) -> float:
        """Share of the true groups that were made."""
        return self.found / self.true if self.true else 1

    @property
    def f1(self) -> float:
        """The harmonic mean of both; pairs that differ in amount count as true groups that were not made."""
        sought = self.true + self.faults
        return 2 * self.found / max(1, self.found + self.false + sought)

    def add(self, other: "Score") -> None:
        """Take in the score of another run."""
        self.true += other.true
        self.found += other.found
        self.proposed += other.proposed
        self.false += other.false
        self.faults += other.faults
        self.named += other.named
        every = [*self.examples, *other.examples]
        missed = [one for one in every if not one.startswith("FALSE")]
        self.examples = [one for one in every if one.startswith("FALSE")] + missed[:MISSES_KEPT]


@dataclass(frozen=True, kw_only=True)
class Group:
    """One group that the engine made."""

    left: list[str]
    right: list[str]
    said: str  #: pass and reason


def answer(files: TwoFiles) -> Reconciliation:
    """Reconcile two files by their rules."""
    return reconcile(
        SideInput(items=files.left),
        SideInput(items=files.right),
        rules=files.rules,
        calendar=BankCalendar(),
        as_of=files.as_of,
    )


def score(files: TwoFiles) -> Mapping[str, Score]:
    """Reconcile two files and score each kind of event."""
    result = answer(files)
    scores: dict[str, Score] = defaultdict(Score)
    made = _made(files, result)
    proposed = _proposed_events(files, result)
    left_over = Counter({ends: len(held) for ends, held in made.items()})
    for ends, places in _true(files).items():
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
    _score_faults(files, result, scores)
    return scores


def _score_faults(files: TwoFiles, result: Reconciliation, scores: dict[str, Score]) -> None:
    """Count the faults of which a person is shown the other side's row."""
    shown = _shown(files, result)
    for at, event in enumerate(files.events):
        if not event.matches and event.left and event.right:
            one = scores[event.kind]
            one.faults += 1
            one.named += at in shown
            if at not in shown:
                one.examples.append(f"not named {_looks(event.left)} {_looks(event.right)}")


def _shown(files: TwoFiles, result: Reconciliation) -> set[int]:
    """Events of which a suspect, or a proposal, puts rows of both sides together."""
    found = set()
    events = dict(zip(("left", "right"), files.event_of, strict=True))
    for name, side in (("left", result.left), ("right", result.right)):
        told = side[(side["suspect"] != "") & (side["suspect_side"] != name)]
        for item, suspect, other in zip(told["item_id"], told["suspect"], told["suspect_side"], strict=True):
            if events[name][item] == events[other][suspect]:
                found.add(events[name][item])
    for one in result.proposals:
        for left, right in one.alternatives:
            ends = [{events[name][item] for item in end} for name, end in (("left", left), ("right", right))]
            found |= ends[0] & ends[1]
    return found


def _kind(files: TwoFiles, at: int) -> str:
    event = files.events[at]
    return f"{event.kind} {DOUBTFUL}" if event.doubtful else event.kind


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


def total(scores: Mapping[str, Score], *, doubtful: bool | None = None) -> Score:
    """All kinds together; or those a person can decide, or those in doubt."""
    summed = Score()
    for kind, one in scores.items():
        if doubtful is None or kind.endswith(DOUBTFUL) == doubtful:
            summed.add(one)
    return summed
