"""What the pages where people decide share: which cases are meant, the desk, and who proves who they are."""

from collections.abc import Mapping

from gevinst import bootstrap
from gevinst.app.accounts import prove_again
from gevinst.app.cases import CaseFilter, Desk, ListedCase
from gevinst.app.signing import is_locked
from gevinst.domain.case import CaseState
from gevinst.domain.money import AmountError, parse_amount
from gevinst.domain.robot import Robot
from gevinst.web.console import Console
from gevinst.web.visit import Visit

LIST = "/arbejde"
ALL, FREE, MINE = "alle", "ledige", "mine"
LARGEST_AMOUNT = 2**63 - 1  # øre; what a column of the database holds
FILTERS = ("robot", "who", "state", "least", "cause")


def standing_ids(console: Console, robot: str = "") -> list[str]:
    """The runs whose cases wait: the standing run of each robot's latest period, or of one robot's."""
    names = [name for name in bootstrap.robot_names(console.office) if robot in ("", name)]
    found = console.parts.view.standing_each(names)
    return [run.run_id for run in found.values()]


def asked_filter(visit: Visit) -> tuple[CaseFilter, str]:
    """The filter of an address or a form, and whose cases are meant in the words of the page."""
    who = visit.typed("who") or ALL
    state = visit.typed("state") or CaseState.TO_DO
    wanted = CaseFilter(
        robot=visit.typed("robot"),
        cause=visit.typed("cause"),
        claimed_by={FREE: "", MINE: visit.person.user}.get(who),
        state=CaseState(state) if state in set(CaseState) else None,
        least=_least(visit.typed("least")),
        today=visit.today,
    )
    return wanted, who


def kept_filter(visit: Visit) -> Mapping[str, str]:
    """The filter as it was asked for, to ask for it again."""
    return {name: visit.typed(name) for name in FILTERS if visit.typed(name)}


def desk_of(visit: Visit, seen: ListedCase) -> Desk:
    """Where the person works on a case.

    Raises:
        ConfigurationError: the folder of the case's robot is gone or cannot be read.
    """
    console = visit.console
    return Desk(
        person=visit.person,
        book=console.parts.cases,
        store=console.parts.runs,
        robot=robot_of(console, seen),
        groups=lambda run: bootstrap.kept_groups(console.office, run),
        locked=lambda robot, period: is_locked(console.parts.signatures, robot, period),
        now=visit.now,
    )


def prove(visit: Visit) -> None:
    """Check the password that an approval asks for, when the person gave theirs too long ago.

    Raises:
        AccountError: see accounts.prove_again.
    """
    if visit.session.must_prove_again(visit.now):
        door, address = visit.console.door, visit.address
        prove_again(door, visit.seen, password=visit.password, address=address, now=visit.now)


def robot_of(console: Console, seen: ListedCase) -> Robot:
    """The case's robot.

    Raises:
        ConfigurationError: its folder is gone or cannot be read.
    """
    return bootstrap.robot(console.office, seen.case.robot)


def _least(text: str) -> int:
    try:
        return min(abs(parse_amount(text)), LARGEST_AMOUNT) if text else 0
    except AmountError:
        return 0
