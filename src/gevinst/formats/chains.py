"""What robots run after, from their files: known robots, and no loop."""

import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from gevinst.app.office import ConfigurationError, Office
from gevinst.domain.chain import loop_from

ROBOT_FILE = "robot.toml"


def check_chain(office: Office, robot: str, after: Sequence[str]) -> None:
    """Refuse what can never come: an unknown robot, or robots that wait for each other.

    Raises:
        ConfigurationError: CFG-020 there is no such robot; CFG-021 a loop, with its robots.
    """
    if not after:
        return
    known = sorted(file.parent.name for file in office.robots.glob(f"*/{ROBOT_FILE}"))
    for one in after:
        if one not in known:
            near = get_close_matches(one, known, n=1)
            raise ConfigurationError(
                "CFG-020", robot=robot, after=one, near=near[0] if near else ", ".join(known)
            )
    chains = {one: _after_of(office.robots / one / ROBOT_FILE) for one in known}
    loop = loop_from(robot, {**chains, robot: tuple(after)})
    if loop:
        raise ConfigurationError("CFG-021", robot=robot, loop=" → ".join(loop))


def _after_of(file: Path) -> tuple[str, ...]:
    """What another robot runs after; nothing when its file cannot be read, which it says itself."""
    try:
        schedule = tomllib.loads(file.read_text(encoding="utf-8-sig")).get("schedule", {})
    except (OSError, ValueError):
        return ()
    after = schedule.get("after", ()) if isinstance(schedule, dict) else ()
    return tuple(map(str, after)) if isinstance(after, list) else ()
