"""How far a run has come, in words; and a line of it on a terminal while it goes on."""

import sys
from typing import Any

import click

from gevinst.app.progress import RunningRun
from gevinst.domain.progress import Progress
from gevinst.texts import Texts

SECONDS_PER_MINUTE = 60


def running_words(running: RunningRun, texts: Texts) -> str:
    """Phase, items and estimate of a run, as far as they are known."""
    parts = [progress_words(running.progress, texts)] if running.progress else []
    if running.seconds_left is not None:
        parts.append(left_words(running.seconds_left, texts))
    return ", ".join(part for part in parts if part)


def progress_values(running: RunningRun) -> dict[str, Any]:
    """The same with stable keys; None for what is not known."""
    progress = running.progress
    return {
        "phase": progress.phase or None if progress else None,
        "done": progress.done if progress else 0,
        "total": progress.total if progress else None,
        "at": progress.at.isoformat() if progress else None,
        "seconds_left": running.seconds_left,
    }


def progress_words(progress: Progress, texts: Texts) -> str:
    """Phase and items."""
    parts = [progress.phase]
    if progress.total is not None:
        parts.append(texts.get("progress.items_of", done=progress.done, total=progress.total))
    elif progress.done:
        parts.append(texts.get("progress.items", count=progress.done))
    return ", ".join(part for part in parts if part)


def left_words(seconds: int, texts: Texts) -> str:
    """About how long it takes yet."""
    if seconds < SECONDS_PER_MINUTE:
        return texts.get("progress.seconds_left")
    return texts.get("progress.minutes_left", count=round(seconds / SECONDS_PER_MINUTE))


class ProgressLine:
    """One line on stderr that is written over; nothing where stderr is no terminal."""

    def __init__(self) -> None:
        self._shown = 0
        self._wanted = sys.stderr.isatty()

    def say(self, words: str) -> None:
        """Write over what was shown."""
        if self._wanted:
            click.echo(f"\r{words.ljust(self._shown)}", nl=False, err=True)
            self._shown = len(words)

    def clear(self) -> None:
        """Leave an empty line."""
        if self._shown:
            click.echo(f"\r{' ' * self._shown}\r", nl=False, err=True)
            self._shown = 0
