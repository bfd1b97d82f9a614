"""Where the bars of the gain report's charts stand, in the units of an SVG view box."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from gevinst.domain.gain_report import GainReport
from gevinst.reports.gain_words import GainWords
from gevinst.reports.numbers import period_words

LABEL_WIDTH, BAR_WIDTH, NUMBER_WIDTH = 210, 500, 90
ROW_HEIGHT, BAR_HEIGHT = 62, 15
TOP = 26
COLUMNS_HEIGHT, COLUMN_STEP, COLUMNS_LEFT = 190, 56, 60
STEPS = (1, 2, 5)


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A line of the scale."""

    at: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: from its left (or top) edge, so long; never negative."""

    at: float
    length: float
    label: str  #: the figure beside it


@dataclass(frozen=True, kw_only=True)
class BarRow:
    """One robot's bars."""

    title: str
    y: float
    planned: Bar
    calculated: Bar
    realised: Bar
    low: float
    high: float
    known: bool  #: low and high say something


@dataclass(frozen=True, kw_only=True)
class BarChart:
    """Bars from left to right, a row for each robot."""

    width: int
    height: int
    zero: float
    ticks: Sequence[Tick]
    rows: Sequence[BarRow]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One month."""

    x: float
    label: str
    bar: Bar
    planned: float  #: height of the plan's mark


@dataclass(frozen=True, kw_only=True)
class ColumnChart:
    """Columns from the bottom up, one for each month."""

    width: int
    height: int
    zero: float
    ticks: Sequence[Tick]
    columns: Sequence[Column]


def bar_chart(report: GainReport, words: GainWords) -> BarChart:
    """Planned, calculated and confirmed hours of each robot."""
    values = [
        value
        for one in report.robots
        for value in (one.planned, one.hours.low, one.hours.high, one.realised, Decimal(0))
    ]
    scale = _Scale(values, start=LABEL_WIDTH, length=BAR_WIDTH)
    rows = [
        BarRow(
            title=one.title_in(str(words.texts.language)),
            y=TOP + number * ROW_HEIGHT,
            planned=scale.bar(one.planned, words.whole(one.planned)),
            calculated=scale.bar(one.hours.middle, words.whole(one.hours.middle)),
            realised=scale.bar(one.realised, words.whole(one.realised)),
            low=scale.at(one.hours.low),
            high=scale.at(one.hours.high),
            known=one.hours.known,
        )
        for number, one in enumerate(report.robots)
    ]
    return BarChart(
        width=LABEL_WIDTH + BAR_WIDTH + NUMBER_WIDTH,
        height=TOP + len(rows) * ROW_HEIGHT,
        zero=scale.at(Decimal(0)),
        ticks=scale.ticks(words),
        rows=rows,
    )


def column_chart(report: GainReport, words: GainWords) -> ColumnChart:
    """Net hours of all robots by month, with the plan."""
    hours = [
        sum((robot.months[at].hours.middle for robot in report.robots), Decimal(0)) for at in _months(report)
    ]
    plans = [sum((robot.months[at].planned for robot in report.robots), Decimal(0)) for at in _months(report)]
    scale = _Scale([*hours, *plans, Decimal(0)], start=COLUMNS_HEIGHT, length=-(COLUMNS_HEIGHT - TOP))
    columns = [
        Column(
            x=COLUMNS_LEFT + at * COLUMN_STEP,
            label=period_words(report.months[at], words.texts)[:3],
            bar=scale.bar(hours[at], words.whole(hours[at])),
            planned=scale.at(plans[at]),
        )
        for at in _months(report)
    ]
    return ColumnChart(
        width=COLUMNS_LEFT + len(columns) * COLUMN_STEP,
        height=COLUMNS_HEIGHT + TOP,
        zero=scale.at(Decimal(0)),
        ticks=scale.ticks(words),
        columns=columns,
    )


def _months(report: GainReport) -> range:
    return range(len(report.months)) if report.robots else range(0)


class _Scale:
    """From hours to a place between a start and an end; zero is always within."""

    def __init__(self, values: Sequence[Decimal], *, start: float, length: float) -> None:
        self.step = _step(max(values) - min(values))
        self.low = self.step * int((min(values) / self.step).to_integral_value(rounding="ROUND_FLOOR"))
        self.high = self.step * int((max(values) / self.step).to_integral_value(rounding="ROUND_CEILING"))
        self.start, self.length = start, length

    def at(self, value: Decimal) -> float:
        """Where a value is."""
        span = (self.high - self.low) or Decimal(1)
        return round(self.start + float((value - self.low) / span) * self.length, 1)

    def bar(self, value: Decimal, label: str) -> Bar:
        """The bar from zero to a value."""
        ends = sorted((self.at(Decimal(0)), self.at(value)))
        return Bar(at=ends[0], length=round(ends[1] - ends[0], 1), label=label)

    def ticks(self, words: GainWords) -> list[Tick]:
        """The lines of the scale."""
        count = int((self.high - self.low) / self.step)
        values = [self.low + number * self.step for number in range(count + 1)]
        return [Tick(at=self.at(value), label=words.whole(value)) for value in values]


def _step(span: Decimal) -> Decimal:
    """A round step that gives some five lines."""
    wanted = span / 5
    power = Decimal(10) ** (wanted.adjusted() if wanted else 0)
    return next(
        (step * power for step in map(Decimal, STEPS) if step * power >= wanted), 10 * power
    ) or Decimal(1)
