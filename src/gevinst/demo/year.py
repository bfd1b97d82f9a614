"""A year of three robots' gains, put straight into the ledger: no robot runs, so it takes seconds.

October 2025 to September 2026, before the month that the demo's robots run. One robot does what was planned,
one less, and one costs more time than it saves. `facit/gevinster.json` holds the sums, counted apart from the
ledger.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from gevinst.app.gain_ports import GainBook
from gevinst.app.ports import RunStore
from gevinst.demo.dice import Dice
from gevinst.domain.gain_card import SUPERVISION, card_values, handling_of
from gevinst.domain.gain_quarters import months_of, months_until, quarter_of
from gevinst.domain.gain_records import KeptCard, QuarterAnswer, QuarterState
from gevinst.domain.gains import GainCard, GainEntry, credited_minutes, credits_for, to_hundredths
from gevinst.domain.period import period_end
from gevinst.domain.robot import Robot
from gevinst.domain.run import Environment, Run, RunState, Trigger

LAST = "2026-09"
MONTHS = months_until(LAST)
SEED = 2026
WORKER, OWNER = "rpa", "oekonomichef"
TRUTH = Path("facit") / "gevinster.json"


@dataclass(frozen=True, kw_only=True)
class _Year:
    """How a robot's year went."""

    items: Mapping[str, int]  #: a month, by case type
    spread: int  #: percent that a month may lie above or below
    supervision: int  #: minutes a month
    exceptions: tuple[str, int, int]  #: case type, items a month, minutes beyond the old way for each
    opened: int  #: items of a month that stay open
    first: str = MONTHS[0]


YEARS = {
    "hovedkonto": _Year(
        items={"payment": 1_720, "batch": 58},
        spread=7,
        supervision=95,
        exceptions=("payment", 14, 3),
        opened=31,
    ),
    "kortindloesning": _Year(
        items={"settlement": 425}, spread=9, supervision=70, exceptions=("settlement", 9, 4), opened=12
    ),
    "skattekonto": _Year(
        items={"payment": 21},
        spread=20,
        supervision=75,
        exceptions=("payment", 12, 4),
        opened=29,
        first="2026-01",
    ),
}
#: What the benefit owner has answered, by robot and quarter; the last quarter waits.
ANSWERS: Mapping[tuple[str, str], tuple[QuarterState, str]] = {
    ("hovedkonto", "2025-Q4"): (QuarterState.CONFIRMED, ""),
    ("hovedkonto", "2026-Q1"): (QuarterState.CONFIRMED, ""),
    ("hovedkonto", "2026-Q2"): (QuarterState.CONFIRMED, ""),
    ("kortindloesning", "2025-Q4"): (
        QuarterState.CONFIRMED,
        "Svømmehallen var lukket for renovering; der var færre dagssalg end planlagt.",
    ),
    ("kortindloesning", "2026-Q1"): (
        QuarterState.REJECTED,
        "Controllerne afstemte stadig gebyrerne i hånden ved siden af.",
    ),
    ("kortindloesning", "2026-Q2"): (
        QuarterState.CONFIRMED,
        "Tre terminaler er taget ned; planen skal nedjusteres.",
    ),
    ("skattekonto", "2026-Q1"): (
        QuarterState.REJECTED,
        "Robotten lagde flere poster til side, end den lukkede.",
    ),
}


def lay_out_year(folder: Path, robots: Sequence[Robot], *, store: RunStore, book: GainBook) -> bool:
    """Write the year of the robots that have one; False when it is there already.

    Args:
        folder: the office's data; the truth is written to `facit/gevinster.json` in it.
        robots: with their gain cards.
        store: takes runs and credits.
        book: takes cards and answers.
    """
    mine = [robot for robot in robots if robot.id in YEARS and robot.gain is not None]
    if any(store.find(_run_id(robot.id, month)) for robot in mine for month in MONTHS):
        return False
    truth: dict[str, Any] = {}
    for robot in mine:
        truth[robot.id] = _RobotYear(robot, YEARS[robot.id], store, book).write()
    (folder / TRUTH).parent.mkdir(parents=True, exist_ok=True)
    (folder / TRUTH).write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    return True


class _RobotYear:
    """One robot's year, month by month."""

    def __init__(self, robot: Robot, year: _Year, store: RunStore, book: GainBook) -> None:
        card = robot.gain
        if card is None:
            raise ValueError("a robot without a gain card has no year")
        self.robot, self.year, self.store, self.book = robot, year, store, book
        self.card: GainCard = card
        self.dice = Dice(SEED, f"year:{robot.id}")

    def write(self) -> dict[str, Any]:
        """Write all; gives the truth."""
        begun = datetime.combine(date.fromisoformat(f"{self.year.first}-01"), datetime.min.time(), UTC)
        content = card_values(self.card)
        kept = KeptCard(robot=self.robot.id, version=self.card.version, content=content, who=WORKER, at=begun)
        self.book.keep_card(kept)
        months = {month: self._month(month) for month in MONTHS if month >= self.year.first}
        return {"months": months, "hours": str(sum(Decimal(one["hours"]) for one in months.values()))}

    def _month(self, month: str) -> dict[str, Any]:
        counts = {case: self._about(count) for case, count in self.year.items.items()}
        run = self._run(month, sum(counts.values()))
        self.store.start(replace(run, state=RunState.RUNNING, ended=None))
        keys = {
            case: [f"{month}:demo:{self.robot.id}:{case}{number}" for number in range(count)]
            for case, count in counts.items()
        }
        at = run.started + timedelta(minutes=2)
        entries = credits_for(run, keys, self.card, planned=True, at=at)
        entries += self._costs(run, at)
        self.store.credit(entries)
        self.store.finish(replace(run, minutes_saved=str(credited_minutes(entries))))
        self._answer(month)
        return {"items": sum(counts.values()), "hours": str(self._true_hours(counts))}

    def _about(self, count: int) -> int:
        spread = count * self.year.spread // 100
        return count + self.dice.between(-spread, spread)

    def _true_hours(self, counts: Mapping[str, int]) -> Decimal:
        """Net hours from the counts alone."""
        baselines = {case: one.minutes for case, one in self.card.case_types.items() if one}
        minutes = sum((count * baselines[case] for case, count in counts.items()), Decimal(0))
        minutes += self.card.fixed.minutes if self.card.fixed else Decimal(0)
        _, exceptions, beyond = self.year.exceptions
        return (minutes - self.year.supervision - exceptions * beyond) / 60

    def _run(self, month: str, matched: int) -> Run:
        started = datetime.combine(period_end(month) + timedelta(days=4), datetime.min.time(), UTC)
        return Run(
            run_id=_run_id(self.robot.id, month),
            robot=self.robot.id,
            robot_version=self.robot.version,
            period=month,
            environment=Environment.PRODUCTION,
            trigger=Trigger.SCHEDULE,
            triggered_by=WORKER,
            state=RunState.OPEN_ITEMS,
            started=started + timedelta(hours=5),
            ended=started + timedelta(hours=5, minutes=3),
            summary="Demo",
            read=2 * (matched + self.year.opened),
            matched=2 * matched,
            open=2 * self.year.opened,
        )

    def _costs(self, run: Run, at: datetime) -> list[GainEntry]:
        case, count, beyond = self.year.exceptions
        supervision = [(SUPERVISION, Decimal(self.year.supervision))]
        handled = [(handling_of(case), Decimal(beyond))] * count
        return [
            GainEntry(
                robot=run.robot,
                item_key=f"cost:{run.period}:{run.robot}:{number}",
                case_type=what,
                period=run.period,
                card_version=self.card.version,
                run_id=run.run_id,
                sign=-1,
                minutes=to_hundredths(minutes),
                reason=what.partition(":")[0],
                at=at,
            )
            for number, (what, minutes) in enumerate([*supervision, *handled])
        ]

    def _answer(self, month: str) -> None:
        quarter = quarter_of(month)
        answer = ANSWERS.get((self.robot.id, quarter))
        if answer is None or month != months_of(quarter)[-1]:
            return
        state, reason = answer
        periods = [one for one in months_of(quarter) if one >= self.year.first]
        entries = [one for period in periods for one in self.store.gain_entries(self.robot.id, period)]
        seal = self.book.seal(self.robot.id, months_of(quarter))
        plan = self.card.terms.plan
        planned = plan.hours_per_month * 60 * len(periods) if plan else Decimal(0)
        kept = QuarterAnswer(
            robot=self.robot.id,
            quarter=quarter,
            state=state,
            minutes=credited_minutes(entries),
            planned=to_hundredths(planned),
            entries=seal.entries,
            seal=seal.sha256,
            reason=reason,
            who=OWNER,
            role=self.robot.people.benefit_owner,
            at=datetime.combine(period_end(month) + timedelta(days=20), datetime.min.time(), UTC),
        )
        self.book.keep_answer(kept, seen=0)


def _run_id(robot: str, month: str) -> str:
    return f"{month.replace('-', '')}-{robot}-demo"
