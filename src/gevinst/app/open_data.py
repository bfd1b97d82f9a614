"""Open data: figures about the office's robots that anyone may see, once the office has said so.

Only counts by robot and month leave; no item, text, name or amount. A count of 1 to 4 is withheld, and so is
what it could be worked out from: with few, someone may know whom a row is about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gevinst.app.gain_report import GainTools, gain_report
from gevinst.domain.access import Action, Person, require
from gevinst.domain.audit import AuditEvent
from gevinst.domain.gain_quarters import last_ended_quarter, months_of, months_until
from gevinst.domain.gain_records import QuarterState
from gevinst.domain.period import previous_period
from gevinst.domain.refusal import RefusedError
from gevinst.domain.robot import Phase, Robot
from gevinst.domain.run import Environment, Run

SMALLEST = 5  # the least count that is shown, other than 0
PER_MILLE = 1_000
MONTHS_SHOWN = 60


class OpenDataError(RefusedError):
    """Something about open data that cannot be done."""


@dataclass(frozen=True, kw_only=True)
class Switch:
    """What the office has said of a data set, last."""

    on: bool
    who: str
    at: datetime  #: UTC


class PublishedBook(Protocol):
    """Which data sets are public. Each method is one transaction."""

    def switches(self) -> Mapping[str, Switch]:
        """What was said last, by data set; one that is not there was never public."""

    def switch(self, data_set: str, to: Switch, event: AuditEvent) -> None:
        """Make a data set public, or no longer, with its row of the audit trail."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """A column; open.field.<name> of the catalogue says what it is."""

    name: str
    type: str  #: of Frictionless Table Schema: string, integer, number, yearmonth


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """A table that may be public; open.<id>.title and .text of the catalogue."""

    id: str
    fields: Sequence[Field]
    key: Sequence[str]


Cell = str | int | None
Row = Mapping[str, Cell]  #: None: withheld, or not known

_ROBOT = (Field(name="robot", type="string"), Field(name="title", type="string"))
DATA_SETS = {
    one.id: one
    for one in (
        DataSet(
            id="koersler",
            fields=(
                *_ROBOT,
                Field(name="month", type="yearmonth"),
                Field(name="state", type="string"),
                Field(name="read", type="integer"),
                Field(name="matched", type="integer"),
                Field(name="open", type="integer"),
                Field(name="matched_share", type="number"),
            ),
            key=("robot", "month"),
        ),
        DataSet(
            id="gevinster",
            fields=(
                *_ROBOT,
                Field(name="quarter", type="string"),
                Field(name="planned_hours", type="integer"),
                Field(name="calculated_hours", type="integer"),
                Field(name="confirmed_hours", type="integer"),
                Field(name="answer", type="string"),
            ),
            key=("robot", "quarter"),
        ),
        DataSet(
            id="robotter",
            fields=(
                *_ROBOT,
                Field(name="phase", type="string"),
                Field(name="process_owner", type="string"),
                Field(name="moves_money", type="string"),
                Field(name="legal_basis", type="string"),
                Field(name="data_categories", type="string"),
                Field(name="review", type="date"),
            ),
            key=("robot",),
        ),
    )
}


def known_set(data_set: str) -> DataSet:
    """The data set of an id.

    Raises:
        OpenDataError: ODA-001 there is none.
    """
    if data_set not in DATA_SETS:
        raise OpenDataError("ODA-001", data_set=data_set, known=", ".join(DATA_SETS))
    return DATA_SETS[data_set]


def public_sets(book: PublishedBook) -> list[DataSet]:
    """The data sets that anyone may see now."""
    switches = book.switches()
    return [one for one in DATA_SETS.values() if one.id in switches and switches[one.id].on]


def publish(book: PublishedBook, data_set: str, *, on: bool, by: Person, why: str, now: datetime) -> None:
    """Make a data set public, or no longer.

    Raises:
        NotAllowedError: only an administrator may.
        OpenDataError: ODA-001 no such data set; ODA-002 no reason is given.
    """
    require(by, Action.PUBLISH)
    known = known_set(data_set)
    if not why.strip():
        raise OpenDataError("ODA-002")
    what = "publish.on" if on else "publish.off"
    event = AuditEvent(at=now, who=by.user, what=what, subject=known.id, why=why.strip())
    book.switch(known.id, Switch(on=on, who=by.user, at=now), event)


def rows_of_set(data_set: str, tools: GainTools) -> list[Row]:
    """The rows of a data set, as anyone may see them.

    Raises:
        OpenDataError: ODA-001 no such data set.
        GainError: the gains cannot be counted.
    """
    makers = {"koersler": _run_rows, "gevinster": _gain_rows, "robotter": _robot_rows}
    return makers[known_set(data_set).id](tools)


def _public_robots(tools: GainTools) -> list[Robot]:
    """Those in production or retired: an idea or a trial says nothing of the office's work."""
    return [robot for robot in tools.every if robot.phase in {Phase.PRODUCTION, Phase.RETIRED}]


def _facts(robot: Robot) -> dict[str, Cell]:
    return {"robot": robot.id, "title": robot.title.get("da", robot.id)}


def _run_rows(tools: GainTools) -> list[Row]:
    """Months that are over, so that a figure that was fetched does not change the next day."""
    last = previous_period(f"{tools.today:%Y-%m}")
    months = frozenset(months_until(last, MONTHS_SHOWN))
    return [
        _facts(robot) | _run_cells(run)
        for robot in _public_robots(tools)
        for run in tools.store.standing_runs(robot.id)
        if run.environment is Environment.PRODUCTION and run.period in months
    ]


def _run_cells(run: Run) -> dict[str, Cell]:
    few = any(0 < one < SMALLEST for one in (run.read, run.matched, run.open))
    return {
        "month": run.period,
        "state": str(run.state),
        "read": shown_count(run.read),
        # Two parts and the whole tell the third: when one part is small, the whole split is withheld.
        "matched": None if few else run.matched,
        "open": None if few else run.open,
        "matched_share": None if few or not run.read else _percent(run.matched, run.read),
    }


def shown_count(count: int) -> int | None:
    """A count as it may be shown; None when it is too small."""
    return None if 0 < count < SMALLEST else count


def _percent(part: int, whole: int) -> str:
    """A share in percent with one decimal."""
    per_mille = round(part * PER_MILLE / whole)
    return f"{per_mille // 10}.{per_mille % 10}"


def _gain_rows(tools: GainTools) -> list[Row]:
    last = months_of(last_ended_quarter(tools.today))[-1]
    report = gain_report(_public_robots(tools), months_until(last, MONTHS_SHOWN), tools)
    return [
        {
            "robot": row.robot,
            "title": row.title_in("da"),
            "quarter": one.quarter,
            "planned_hours": round(one.planned),
            "calculated_hours": round(one.hours),
            "confirmed_hours": round(one.realised) if one.state is QuarterState.CONFIRMED else None,
            "answer": str(one.state),
        }
        for row in report.robots
        for one in row.quarters
        if one.hours or one.planned
    ]


def _robot_rows(tools: GainTools) -> list[Row]:
    return [_facts(robot) | _passport_cells(robot) for robot in _public_robots(tools)]


def _passport_cells(robot: Robot) -> dict[str, Cell]:
    passport = robot.passport
    return {
        "phase": str(robot.phase),
        "process_owner": robot.people.process_owner,
        "moves_money": None if passport is None else ("yes" if passport.moves_money else "no"),
        "legal_basis": passport.legal_basis if passport else None,
        "data_categories": passport.data_categories if passport else None,
        "review": passport.review if passport else None,
    }
