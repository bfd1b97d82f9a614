"""gevinst gain measure: a stopwatch for work by hand, or the times of an existing time sheet."""

import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from gevinst import bootstrap
from gevinst.app.gain_measure import Measured, chosen_case, keep_measurement
from gevinst.app.office import Office
from gevinst.bootstrap import gains
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.domain.gain_measure import Key, Stopwatch
from gevinst.domain.gain_records import GainError
from gevinst.domain.gains import SMALL_SAMPLE, Method
from gevinst.domain.robot import Robot
from gevinst.formats.gain_sheet import TimeColumns
from gevinst.formats.gain_write import NotWrittenError
from gevinst.formats.robot_folder import ROBOT_FILE, load_robot
from gevinst.texts import Texts

STOPWATCH = "stopwatch"
HUNDREDTHS = 100
#: How the times of a file may have been found.
MEASURED = tuple(map(str, (Method.SELF_REPORT, Method.TIMESTAMPS, Method.STOPWATCH)))


@click.command("measure", help=help_text("gain.measure"))
@click.argument("robot")
@click.option("--case", "case_type", default="", help=help_text("gain.case"))
@click.option("--file", "file", type=click.Path(dir_okay=False, path_type=Path), help=help_text("gain.file"))
@click.option("--sheet", default="", help=help_text("gain.sheet"))
@click.option("--minutes-column", default="", help=help_text("gain.minutes_column"))
@click.option("--start-column", default="", help=help_text("gain.start_column"))
@click.option("--end-column", default="", help=help_text("gain.end_column"))
@click.option("--where", default="", metavar="COLUMN=VALUE", help=help_text("gain.where"))
@click.option("--method", type=click.Choice(MEASURED), default=MEASURED[0], help=help_text("gain.method"))
@click.option("--write", is_flag=True, help=help_text("gain.write"))
@click.option("--no-input", is_flag=True, help=help_text("gain.no_input"))
def measure(
    robot: str, *, case_type: str, file: Path | None, write: bool, no_input: bool, **parts: Any
) -> None:
    """Measure work by hand."""
    office = bootstrap.office()
    found = load_robot(office, robot)
    case = chosen_case(found, case_type)
    if file is None and (no_input or not sys.stdin.readable()):
        raise GainError("GAI-014")
    method = Method(parts.pop("method")) if file else Method.STOPWATCH
    minutes = _of_file(file, **parts) if file else _by_stopwatch(Texts(language()))
    measured = keep_measurement(
        minutes,
        found,
        gains.gain_tools(office),
        case_type=case,
        method=method,
        source=file.name if file else STOPWATCH,
        who=bootstrap.user(),
        at=bootstrap.now(),
    )
    _show(measured, Texts(language()))
    _offer(office, found, measured, write=write, ask=not no_input and file is None)


def _of_file(file: Path, **parts: str) -> list[Decimal]:
    where = parts["where"].partition("=")
    columns = TimeColumns(
        minutes=parts["minutes_column"],
        start=parts["start_column"],
        end=parts["end_column"],
        where=(where[0], where[2]) if where[1] else None,
    )
    if not columns.minutes and not (columns.start and columns.end):
        raise click.UsageError("--minutes-column, --start-column --end-column")
    return gains.read_time_sheet(file, columns, parts["sheet"])


def _by_stopwatch(texts: Texts, clock: Callable[[], float] = time.monotonic) -> list[Decimal]:
    """Time items until the person says stop, or closes the input."""
    keys = {texts.get(f"cli.gain.keys.{key}"): key for key in (Key.PAUSE, Key.UNDO, Key.STOP)}
    click.echo(texts.get("cli.gain.start"))
    if _line() is None:
        return []
    watch = Stopwatch(started=clock())
    while True:
        paused, done = watch.paused_at is not None, len(watch.minutes)
        key = "cli.gain.paused" if paused else "cli.gain.running"
        click.echo(texts.get(key, number=len(watch.minutes) + 1) if not paused else texts.get(key))
        typed = _line()
        pressed = Key.STOP if typed is None else keys.get(typed, Key.NEXT)
        if pressed is Key.STOP:
            return watch.minutes
        watch.press(pressed, clock())
        if pressed is Key.UNDO:
            click.echo(texts.get("cli.gain.undone", number=len(watch.minutes) + 1))
        elif len(watch.minutes) > done:
            click.echo(
                texts.get(
                    "cli.gain.took", number=len(watch.minutes), minutes=_minutes(watch.minutes[-1], texts)
                )
            )


def _line() -> str | None:
    """What the person typed; None when the input has ended."""
    line = sys.stdin.readline()
    return line.strip().casefold() if line else None


def _minutes(value: Decimal, texts: Texts) -> str:
    """Minutes with two decimals and the language's marks."""
    return texts.amount(round(value * HUNDREDTHS))


def _show(measured: Measured, texts: Texts) -> None:
    baseline, summary = measured.baseline, measured.summary
    if baseline.interval:
        low, high = (_minutes(end, texts) for end in baseline.interval)
        interval = texts.get("cli.gain.result.interval", low=low, high=high)
    else:
        interval = texts.get("cli.gain.result.few", missing=SMALL_SAMPLE - summary.n)
    mean, sd = _minutes(summary.mean, texts), _minutes(summary.sd, texts)
    grade = baseline.grade(baseline.measured)
    click.echo(texts.get("cli.gain.result", n=summary.n, mean=mean, sd=sd, grade=grade, interval=interval))
    if summary.outliers:
        click.echo(texts.get("cli.gain.result.outliers", count=summary.outliers))
    click.echo(texts.get("cli.gain.kept", number=measured.kept.number))
    click.echo("\n".join([f"\n[{measured.table}]", *measured.lines, ""]))


def _offer(office: Office, robot: Robot, measured: Measured, *, write: bool, ask: bool) -> None:
    texts = Texts(language())
    file = f"robots/{robot.id}/{ROBOT_FILE}"
    if not write and not (ask and _agreed(texts, file)):
        return
    try:
        gains.write_baseline(office, robot.id, measured.table, measured.lines)
    except NotWrittenError as error:
        cause = texts.get(f"gain.write.{error.reason}", table=measured.table)
        raise GainError("GAI-020", file=file, cause=cause) from error
    load_robot(office, robot.id)  # says what the new figures contradict
    click.echo(texts.get("cli.gain.card_changed", file=file))


def _agreed(texts: Texts, file: str) -> bool:
    """Ask whether to write; anything but a yes is a no."""
    click.echo(texts.get("cli.gain.ask_write", file=file), nl=False)
    answer = _line() or ""
    return answer[:1] == texts.get("cli.gain.keys.yes")
