"""What the commands of unattended running share: how they tell what happens, and how they stop."""

import signal
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING

import click

from gevinst import bootstrap
from gevinst.cli import language
from gevinst.domain.alarm import Alarm
from gevinst.domain.occurrence import Occurrence
from gevinst.domain.robot import Robot
from gevinst.texts import Texts

if TYPE_CHECKING:
    from gevinst.runner.worker import Ended


class Teller:
    """Tells on stderr what clock and worker do, one line for each event."""

    def __init__(self) -> None:
        self._texts = Texts(language())
        self._turn = threading.Lock()
        self._last_error = ""

    def say(self, key: str, **facts: str | int) -> None:
        """One line."""
        with self._turn:
            moment = self._texts.moment(bootstrap.now())
            click.echo(f"{moment}  {self._texts.get(key, **facts)}", err=True)

    def decided(self, occurrences: Sequence[Occurrence]) -> None:
        """What the clock has decided."""
        for one in occurrences:
            self.say(
                f"running.{one.state}",
                robot=one.robot,
                due=self._texts.moment(one.nominal),
                reason=occurrence_reason(one, self._texts),
            )

    def ended(self, ended: "Ended") -> None:
        """How a run ended, or what became of its ticket."""
        run = ended.run
        how = self._texts.get(f"state_of_run.{run.state}") if run else self._reason(ended.reason)
        next_step = self._texts.get(f"ticket.{ended.state}")
        self.say("running.ended", run=ended.claim.run_id, how=how, next=next_step)

    def seen_before(self, robot: Robot, file: str) -> None:
        """A file has arrived whose content came before."""
        self.say("running.file_seen", robot=robot.id, file=file)

    def failed(self, error: Exception) -> None:
        """The database did not answer; told once for each cause."""
        self._last_error, known = type(error).__name__, self._last_error
        if known != self._last_error:
            self.say("running.database", cause=self._last_error)

    def _reason(self, reason: str) -> str:
        return self._texts.get(reason) if self._texts.has(reason) else reason


def occurrence_reason(one: Occurrence, texts: Texts) -> str:
    """Why an occurrence is as it is, in a few words; "" when it is on time."""
    parts = [
        texts.get(f"occurrence.{one.reason}", planned=one.planned, minutes=one.late_minutes),
        texts.get("occurrence.more", count=one.count) if one.count > 1 else "",
    ]
    return " ".join(part for part in parts if part)


def tell_people(alarm: Alarm) -> bool:
    """Send an alarm by mail or hook; False when nobody has taken it."""
    texts = Texts(language())
    robot = alarm.robot or texts.get("alarm.installation")
    title = texts.get("alarm.subject", number=alarm.number, robot=robot)
    return bootstrap.notify(title, texts.get(f"alarm.{alarm.kind}", robot=robot, detail=alarm.detail))


def wait_for_stop() -> None:
    """Wait until a person or a service manager wants the process to stop."""
    signal.signal(signal.SIGTERM, _interrupt)
    over = threading.Event()
    try:
        while not over.wait(3600):
            pass
    except KeyboardInterrupt:
        return


def stop_in_two_steps(gently: Callable[[], None], at_once: Callable[[], None]) -> None:
    """Stop after the runs that go on; a second wish to stop ends them."""
    try:
        gently()
    except KeyboardInterrupt:
        at_once()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
