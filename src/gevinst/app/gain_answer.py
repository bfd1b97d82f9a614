"""A benefit owner answers for a quarter: confirms the hours as realised, or rejects them with a reason."""

from dataclasses import dataclass
from datetime import datetime

from gevinst.app.gain_report import GainTools, gain_report
from gevinst.domain.gain_quarters import months_of, quarter_end, quarter_named
from gevinst.domain.gain_records import GainError, QuarterAnswer, QuarterState
from gevinst.domain.gain_report import QuarterGain
from gevinst.domain.gains import MINUTES_PER_HOUR, REALISED_HIGH, REALISED_LOW, to_hundredths
from gevinst.domain.robot import Robot

PER_MILLE = 1_000


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a benefit owner wants to answer."""

    quarter: str  #: as it was typed
    state: QuarterState  #: confirmed or rejected
    reason: str
    who: str  #: user name
    at: datetime  #: with a zone


def answer_quarter(wish: Wish, robot: Robot, tools: GainTools) -> QuarterAnswer:
    """Check the answer against the ledger, and keep it with the seal of what was answered.

    Raises:
        GainError: GAI-001 no quarter; GAI-002 it is not over; GAI-004 the person is not the owner; GAI-005
            a reason is wanted; GAI-006 it is answered already; GAI-007 the clock went backwards; GAI-008
            someone has answered meanwhile; GAI-009 the ledger has a hole; GAI-010 no gain card; GAI-011
            nothing to answer for.
    """
    quarter = _quarter(wish)
    check_clock(tools, wish.at)
    _check_owner(wish, robot, tools)
    _check_ledger(robot, tools)
    months = months_of(quarter)
    rows = gain_report([robot], months, tools).robots
    if not rows:
        raise GainError("GAI-010", robot=robot.id)
    found, earlier = rows[0].quarters[0], _earlier(robot, quarter, tools)
    seal = tools.book.seal(robot.id, months)
    if not seal.entries and not found.planned:
        raise GainError("GAI-011", robot=robot.id, quarter=quarter)
    if earlier and earlier.seal == seal.sha256:
        state, number = str(earlier.state), earlier.number
        raise GainError("GAI-006", robot=robot.id, quarter=quarter, state=state, number=number)
    _check_reason(wish, robot, found)
    answer = QuarterAnswer(
        robot=robot.id,
        quarter=quarter,
        state=wish.state,
        minutes=to_hundredths(found.hours * MINUTES_PER_HOUR),
        planned=to_hundredths(found.planned * MINUTES_PER_HOUR),
        entries=seal.entries,
        seal=seal.sha256,
        reason=wish.reason.strip(),
        who=wish.who,
        role=robot.people.benefit_owner,
        at=wish.at,
    )
    return tools.book.keep_answer(answer, seen=earlier.number if earlier else 0)


def _quarter(wish: Wish) -> str:
    quarter = quarter_named(wish.quarter)
    if not quarter:
        raise GainError("GAI-001", quarter=wish.quarter)
    end = quarter_end(quarter)
    if wish.at.date() <= end:
        raise GainError("GAI-002", quarter=quarter, end=end.isoformat())
    return quarter


def check_clock(tools: GainTools, at: datetime) -> None:
    """Refuse to write after a clock that was set back: what is kept would lie before what it follows.

    Raises:
        GainError: GAI-007.
    """
    last = tools.book.last_moment()
    if last is not None and at < last:
        shown = {
            name: f"{one.astimezone(at.tzinfo):%Y-%m-%d %H:%M}" for name, one in (("now", at), ("last", last))
        }
        raise GainError("GAI-007", **shown)


def _check_owner(wish: Wish, robot: Robot, tools: GainTools) -> None:
    owner = robot.people.benefit_owner
    if wish.who not in tools.settings.owners.get(owner, ()):
        raise GainError("GAI-004", owner=owner, robot=robot.id, who=wish.who)


def _check_ledger(robot: Robot, tools: GainTools) -> None:
    hole = next((one for one in tools.book.holes() if one.robot == robot.id), None)
    if hole is not None:
        raise GainError("GAI-009", key=hole.item_key, missing=hole.missing)


def _earlier(robot: Robot, quarter: str, tools: GainTools) -> QuarterAnswer | None:
    answers = [one for one in tools.book.answers(robot.id) if one.quarter == quarter]
    return answers[-1] if answers else None


def _check_reason(wish: Wish, robot: Robot, found: QuarterGain) -> None:
    far = found.share is not None and not REALISED_LOW <= found.share <= REALISED_HIGH
    if (far or wish.state is QuarterState.REJECTED) and not wish.reason.strip():
        raise GainError(
            "GAI-005",
            robot=robot.id,
            quarter=found.quarter,
            hours=int(found.hours.to_integral_value()),
            planned=int(found.planned.to_integral_value()),
            share=int((found.share or 0) * PER_MILLE),
        )
