"""Robots that run after other robots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gevinst.domain.run import RunState


@dataclass(frozen=True, kw_only=True)
class After:
    """What a robot runs after."""

    robots: tuple[str, ...]  #: all of them must have ended since it last ran
    states: frozenset[RunState] = frozenset({RunState.AGREED, RunState.OPEN_ITEMS})  #: that count as ended

    @property
    def words(self) -> str:
        """As the clock notes how far it has looked: another chain is looked at anew."""
        return f"after {', '.join(self.robots)}: {', '.join(sorted(self.states))}"


def loop_from(robot: str, after: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The first loop that a robot is in, from itself to itself; () when there is none.

    Args:
        robot: its id.
        after: what each robot runs after.
    """
    return _loop((robot,), after, seen=set())


def _loop(path: tuple[str, ...], after: Mapping[str, Sequence[str]], seen: set[str]) -> tuple[str, ...]:
    for before in after.get(path[-1], ()):
        if before == path[0]:
            return (*path, before)
        if before in seen:
            continue
        seen.add(before)
        found = _loop((*path, before), after, seen)
        if found:
            return found
    return ()
