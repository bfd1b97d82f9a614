"""Measuring work by hand: a stopwatch for a person who does it, and what the minutes come to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from gevinst.domain.gains import Baseline, Method, to_hundredths

SECONDS_PER_MINUTE = 60
VALID_YEARS = 2
#: Longest time that one item may have taken: a working day.
MOST_MINUTES = Decimal(480)
#: An item above so many times the mean is told: a pause was forgotten, or it is another case type.
OUTLIER = 3


class Key(StrEnum):
    """What the person says."""

    NEXT = "next"  #: this item is done, the next one begins; or go on after a pause
    PAUSE = "pause"
    UNDO = "undo"  #: throw the last item away, and time it anew
    STOP = "stop"  #: no more; the item under way is thrown away


@dataclass(kw_only=True)
class Stopwatch:
    """Times items one after the other; is told the seconds of a clock that never goes backwards."""

    started: float  #: when the item under way began
    paused_at: float | None = None
    away: float = 0.0  #: seconds of pause within the item under way
    minutes: list[Decimal] = field(default_factory=list)  #: of each item that is done, two decimals

    def press(self, key: Key, now: float) -> None:
        """Take what the person says."""
        if self.paused_at is not None:
            self.away += now - self.paused_at
            self.paused_at = None
            if key is not Key.UNDO:
                return
        if key is Key.PAUSE:
            self.paused_at = now
        elif key is Key.NEXT:
            self._done(now)
        elif key is Key.UNDO:
            if self.minutes:
                self.minutes.pop()
            self._begin(now)

    def _done(self, now: float) -> None:
        minutes = self._minutes(now)
        if minutes:  # else the key was pressed twice, and the item goes on
            self.minutes.append(minutes)
            self._begin(now)

    def _minutes(self, now: float) -> Decimal:
        seconds = max(0.0, now - self.started - self.away)
        return to_hundredths(Decimal(str(round(seconds, 3))) / SECONDS_PER_MINUTE)

    def _begin(self, now: float) -> None:
        self.started, self.away = now, 0.0


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What some measurements come to."""

    n: int
    mean: Decimal  #: minutes, two decimals
    sd: Decimal  #: of the sample (n - 1), two decimals; 0 for one
    outliers: int  #: items above OUTLIER times the mean


def summary_of(minutes: Sequence[Decimal]) -> Summary:
    """Mean and spread of at least one measurement."""
    n = len(minutes)
    mean = sum(minutes, Decimal(0)) / n
    squares = sum(((one - mean) ** 2 for one in minutes), Decimal(0))
    sd = (squares / (n - 1)).sqrt() if n > 1 else Decimal(0)
    outliers = sum(one > OUTLIER * mean for one in minutes)
    return Summary(n=n, mean=to_hundredths(mean), sd=to_hundredths(sd), outliers=outliers)


def baseline_of(summary: Summary, method: Method, measured: date) -> Baseline:
    """The baseline that a measurement gives; it counts for two years."""
    return Baseline(
        minutes=summary.mean,
        sd=summary.sd,
        n=summary.n,
        method=method,
        measured=measured,
        valid_until=_years_later(measured, VALID_YEARS),
    )


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def baseline_lines(baseline: Baseline) -> list[str]:
    """The baseline as the lines of a table of robot.toml."""
    return [
        f"minutes = {baseline.minutes}",
        f"sd = {baseline.sd}",
        f"n = {baseline.n}",
        f'method = "{baseline.method}"',
        f"measured = {baseline.measured.isoformat()}",
        f"valid_until = {baseline.valid_until.isoformat()}",
    ]
