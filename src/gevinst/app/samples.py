"""Samples of a robot's matches: drawn, checked by people, and what they show; kept in the audit trail."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from gevinst.app.gain_ports import ErrorRate
from gevinst.app.ports import RunStore
from gevinst.domain.audit import AuditEvent, AuditRow
from gevinst.domain.run import Run
from gevinst.domain.sampling import SampleMatch, draw, error_interval, numbers_of, numbers_words

DRAWN, ANSWERED = "sample.draw", "sample.answer"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A sample as the trail has it."""

    sample_id: str
    run_id: str
    robot: str
    period: str
    seed: int
    size: int
    population: int  #: matches that it was drawn from
    right: frozenset[int]  #: numbers that people found right
    wrong: frozenset[int]

    @property
    def checked(self) -> int:
        """How many people have answered."""
        return len(self.right) + len(self.wrong)

    @property
    def done(self) -> bool:
        """Whether every match of it is answered."""
        return self.checked == self.size

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """Shares of errors, each end at 95 %; None before anything is checked."""
        return error_interval(len(self.wrong), self.checked) if self.checked else None


@dataclass(frozen=True, kw_only=True)
class NewSample:
    """A sample that has just been drawn, with its matches in their order."""

    sample: Sample
    matches: Sequence[SampleMatch]


def draw_sample(
    store: RunStore, run: Run, matches: Sequence[SampleMatch], *, size: int, seed: int, who: str, at: datetime
) -> NewSample:
    """Draw a sample of a run's matches, and note seed, size and the drawn list's hash in the trail."""
    drawn = draw(matches, size, seed)
    sample_id = f"{run.run_id}-s{len(samples(store, run.robot, run.period)) + 1}"
    listed = "\n".join("\x1f".join([*one.left, "\x1e", *one.right]) for one in drawn)
    detail: dict[str, str | int] = {
        "robot": run.robot,
        "period": run.period,
        "run": run.run_id,
        "seed": seed,
        "size": len(drawn),
        "population": len(matches),
        "list": sha256(listed.encode()).hexdigest(),
    }
    row = store.append_audit(AuditEvent(at=at, who=who, what=DRAWN, subject=sample_id, detail=detail))
    return NewSample(sample=_sample(row, []), matches=drawn)


def answer(
    store: RunStore,
    sample: Sample,
    *,
    right: Collection[int],
    wrong: Collection[int],
    why: str,
    who: str,
    at: datetime,
) -> Sample:
    """Keep what a person found; a later answer about a match replaces an earlier one."""
    detail: dict[str, str | int] = {
        "robot": sample.robot,
        "period": sample.period,
        "right": numbers_words(right),
        "wrong": numbers_words(wrong),
    }
    event = AuditEvent(at=at, who=who, what=ANSWERED, subject=sample.sample_id, detail=detail, why=why)
    store.append_audit(event)
    return find_sample(store, sample.sample_id) or sample


def samples(store: RunStore, robot: str = "", period: str = "") -> list[Sample]:
    """The samples of a robot and a period, or of all, oldest first."""
    answers: dict[str, list[AuditRow]] = {}
    for row in store.audit_of([ANSWERED]):
        answers.setdefault(row.subject, []).append(row)
    found = (_sample(row, answers.get(row.subject, [])) for row in store.audit_of([DRAWN]))
    return [one for one in found if robot in ("", one.robot) and period in ("", one.period)]


def find_sample(store: RunStore, sample_id: str) -> Sample | None:
    """The sample of an id."""
    return next((one for one in samples(store) if one.sample_id == sample_id), None)


class KeptSamples:
    """What the checked samples show, for the gains: see app.gain_ports.Samples."""

    def __init__(self, store: RunStore) -> None:
        self._store = store

    def error_rate(self, robot: str, period: str) -> ErrorRate | None:
        """Errors and checks of a robot's samples together (period "" is all); None when none is checked."""
        found = samples(self._store, robot, period)
        checked, errors = sum(one.checked for one in found), sum(len(one.wrong) for one in found)
        if not checked:
            return None
        low, high = error_interval(errors, checked)
        return ErrorRate(errors=errors, n=checked, low=low, high=high)


def _sample(row: AuditRow, answers: Sequence[AuditRow]) -> Sample:
    size = int(row.detail["size"])
    state: dict[int, bool] = {}
    for one in answers:
        state |= dict.fromkeys(numbers_of(str(one.detail["right"]), size), True)
        state |= dict.fromkeys(numbers_of(str(one.detail["wrong"]), size), False)
    return Sample(
        sample_id=row.subject,
        run_id=str(row.detail["run"]),
        robot=str(row.detail["robot"]),
        period=str(row.detail["period"]),
        seed=int(row.detail["seed"]),
        size=size,
        population=int(row.detail["population"]),
        right=frozenset(number for number, is_right in state.items() if is_right),
        wrong=frozenset(number for number, is_right in state.items() if not is_right),
    )
