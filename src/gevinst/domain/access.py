"""Who may do what: roles, actions, and the one table that joins them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is in the office; one may be several."""

    CONTROLLER = "controller"  #: works the list, runs robots, signs as preparer
    APPROVER = "approver"  #: the second person: approves decisions and signs off periods
    OPERATOR = "operator"  #: sees that robots run: run, stop, pause, files that came
    BENEFIT_OWNER = "benefit_owner"  #: confirms gains
    DEVELOPER = "developer"  #: makes robots; changes nothing in production
    AUDITOR = "auditor"  #: sees everything, changes nothing
    ADMINISTRATOR = "administrator"  #: accounts and settings; no finance work by that


class Action(StrEnum):
    """Something that a role may do."""

    SEE = "see"  #: overview, robots, runs, calendar
    SEE_ITEMS = "see_items"  #: items with texts and names, and the evidence of runs
    DECIDE = "decide"
    APPROVE = "approve"
    RUN = "run"  #: start a robot, run it again, reconcile two files
    STOP = "stop"
    PAUSE = "pause"  #: pause and move planned runs; files that were refused
    SIGN = "sign"  #: prepare and sign a period's accounts
    SIGN_OFF = "sign_off"  #: the second signature, and reopening
    SEE_GAINS = "see_gains"
    CONFIRM_GAINS = "confirm_gains"
    SEE_TRAIL = "see_trail"
    PUBLISH = "publish"  #: switch the publishing of a data set
    ADMINISTER = "administer"


_ALL = frozenset(Role)
_WORK = frozenset({Role.CONTROLLER, Role.APPROVER})

#: The roles that may do an action; what is not here nobody may.
MAY: Mapping[Action, frozenset[Role]] = {
    Action.SEE: _ALL,
    Action.SEE_ITEMS: _WORK | {Role.AUDITOR},
    Action.DECIDE: _WORK,
    Action.APPROVE: frozenset({Role.APPROVER}),
    Action.RUN: _WORK | {Role.OPERATOR},
    Action.STOP: _WORK | {Role.OPERATOR},
    Action.PAUSE: frozenset({Role.OPERATOR}),
    Action.SIGN: _WORK,
    Action.SIGN_OFF: frozenset({Role.APPROVER}),
    Action.SEE_GAINS: _ALL,
    Action.CONFIRM_GAINS: frozenset({Role.BENEFIT_OWNER}),
    Action.SEE_TRAIL: frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
    Action.PUBLISH: frozenset({Role.ADMINISTRATOR}),
    Action.ADMINISTER: frozenset({Role.ADMINISTRATOR}),
}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who asks for something, with what that person may do."""

    user: str  #: the name that stands in the audit trail
    roles: frozenset[Role]

    def may(self, action: Action) -> bool:
        """Whether one of the person's roles may do it."""
        return not self.roles.isdisjoint(MAY.get(action, frozenset()))


class NotAllowedError(Exception):
    """A person asked for what none of their roles may do."""

    def __init__(self, person: Person, action: Action) -> None:
        self.person = person
        self.action = action
        super().__init__(f"{person.user} may not {action}")


def require(person: Person, action: Action) -> None:
    """Go on only if the person may do it.

    Raises:
        NotAllowedError: none of the person's roles may.
    """
    if not person.may(action):
        raise NotAllowedError(person, action)
