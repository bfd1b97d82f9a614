"""Figures for charts that are drawn on the server: lengths of bars, with words and figures beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gevinst.app.cases import CaseSums
from gevinst.domain.run import Run
from gevinst.texts import Texts

#: Upper ends of the age buckets in days, as on the run page; the last bucket has none.
AGE_LIMITS = (30, 60, 90, 180)
WIDEST = 190  # of a bar, in the units of the drawing
THOUSAND = 1_000


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar."""

    label: str
    width: int
    shown: str  #: what stands at its end
    figures: tuple[str, ...]  #: its row of the table


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Bars beneath each other."""

    id: str
    title: str
    what: str  #: what is drawn, in a sentence; also the caption of the table
    heads: tuple[str, ...]
    rows: Sequence[Bar]


def age_days(today: date) -> list[date]:
    """The earliest day of each bucket of age but the last, latest first."""
    return [today - timedelta(days=limit) for limit in AGE_LIMITS]


def ageing_chart(sums: Sequence[CaseSums], texts: Texts) -> Chart | None:
    """The cases by age; None when there are none."""
    most = max((one.count for one in sums), default=0)
    if not most:
        return None
    bars = [
        Bar(
            label=texts.get(f"chart.ageing.{key}"),
            width=_width(one.count, most),
            shown=texts.number(one.count),
            figures=(texts.number(one.count), texts.amount(one.amount)),
        )
        for key, one in zip((0, *AGE_LIMITS), sums, strict=True)
    ]
    return Chart(
        id="ageing",
        title=texts.get("chart.ageing"),
        what=texts.get("chart.ageing.what", total=sum(one.count for one in sums)),
        heads=(texts.get("chart.age"), texts.get("web.col.cases"), texts.get("web.col.amount")),
        rows=bars,
    )


def matched_chart(months: Sequence[Run], texts: Texts) -> Chart | None:
    """The share of items that the robot matched, by month; None when no month has items."""
    bars = [
        Bar(
            label=run.period,
            width=_width(run.matched, run.read),
            shown=texts.percent(share_of(run)),
            figures=(texts.percent(share_of(run)), texts.number(run.matched), texts.number(run.read)),
        )
        for run in months
        if run.read
    ]
    if not bars:
        return None
    heads = ("web.col.period", "chart.share", "chart.matched", "web.col.read")
    return Chart(
        id="matched",
        title=texts.get("chart.matched"),
        what=texts.get("chart.matched.what"),
        heads=tuple(map(texts.get, heads)),
        rows=bars,
    )


def share_of(run: Run) -> int:
    """Per mille of a run's items that were matched, rounded down: 999 until it is all."""
    return run.matched * THOUSAND // run.read


def _width(part: int, whole: int) -> int:
    """A bar of something is never nothing."""
    return -(-part * WIDEST // whole)
