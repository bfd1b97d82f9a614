"""Robots as the pages name them, find them, and ask for their runs."""

from http import HTTPStatus

from fastapi import HTTPException

from gevinst import bootstrap
from gevinst.app.request_run import RequestTools
from gevinst.app.signing import is_locked
from gevinst.domain.robot import Robot
from gevinst.texts import Texts
from gevinst.web.console import Console


def robot_title(robot: Robot, texts: Texts) -> str:
    """The robot's title in the reader's language."""
    return robot.title.get(str(texts.language)) or robot.title.get("da", robot.id)


def known_robot(console: Console, robot_id: str) -> Robot:
    """A robot of the office.

    Raises:
        HTTPException: 404, there is none.
        ConfigurationError: its folder cannot be read.
    """
    if robot_id not in bootstrap.robot_names(console.office):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return bootstrap.robot(console.office, robot_id)


def request_tools(console: Console) -> RequestTools:
    """What asking for a run needs."""
    parts = console.parts
    return RequestTools(
        queue=bootstrap.queue(parts),
        store=parts.runs,
        locked=lambda robot, period: is_locked(parts.signatures, robot, period),
        now=console.now(),
    )
