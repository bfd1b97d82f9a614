"""Drift: a file's profile, and how it differs from the robot's earlier files of the same source.

A profile holds counts, sums and forms of text, no text of an item. Most differences are told (warning). Two
mean that the file cannot be what it says, and stop the run unless the robot's file says otherwise: amounts
off by a factor of 100, and no rows where many are usual.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from statistics import median

import pandas as pd

from gevinst.domain.file_profile import FileProfile
from gevinst.domain.finding import Finding, Severity
from gevinst.domain.place import Place
from gevinst.domain.source import SourceRead

#: Codes that stop a run unless the robot says otherwise.
STOPPING = frozenset({"DRF-001", "DRF-002"})
TEXTS = ("reference", "text", "counterparty", "document")
MOST_SHAPES = 200
LONGEST_SHAPE = 40
PER_MILLE = 1000
FEW_ROWS = 10  # a share of fewer rows says nothing
ENOUGH_PERIODS = 3  # before "normal" has a meaning
FACTOR_LOW, FACTOR_HIGH = 40, 250  # around 100: 9,00 read as 900
STEADY = 8  # accounts whose own mean amounts differ by more than this say nothing about a factor
ROWS_SLACK = 500  # per mille of the usual rows
SPREADS = 4  # median absolute deviations
NEW_SHAPE_SHARE = 50  # per mille
BLANK_CHANGE = 500  # per mille
SIGN_CHANGE = 400  # per mille
OUTSIDE_SHARE = 50  # per mille of the rows, beyond what was usual

_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
_BLANKS = re.compile(r"\s+")


def profile_of(source: str, read: SourceRead, period: str) -> FileProfile:
    """The profile of a file.

    Args:
        source: name of the robot's source.
        read: the file as read.
        period: the run's month; rows of another are counted as outside.
    """
    items = read.items
    amounts, booked = items["amount"], items["booked"]
    sizes = amounts.abs()
    return FileProfile(
        source=source,
        layout=read.layout,
        columns=tuple(str(name) for name in read.raw.columns),
        rows=len(items),
        sum=int(amounts.sum()),
        volume=int(sizes.sum()),
        median=_quantile(sizes, 0.5),
        quartiles=(_quantile(sizes, 0.25), _quantile(sizes, 0.75)),
        positive=_share(int((amounts > 0).sum()), len(items)),
        first=booked.min().date().isoformat() if len(items) else "",
        last=booked.max().date().isoformat() if len(items) else "",
        outside=int((booked.dt.strftime("%Y-%m") != period).sum()),
        blank={name: _share(int((items[name] == "").sum()), len(items)) for name in TEXTS},
        accounts=int(items["account"].nunique()),
        shapes=_shapes(items["text"]),
    )


def _quantile(sizes: pd.Series, at: float) -> int:
    return int(sizes.quantile(at, interpolation="lower")) if len(sizes) else 0


def _share(part: int, whole: int) -> int:
    return part * PER_MILLE // whole if whole else 0


def shape_of_text(text: str) -> str:
    """The form of a text: numbers become 9, words A, several words one A; it tells nothing of a person."""
    form = _DIGITS.sub("9", _LETTERS.sub("A", _BLANKS.sub(" ", text.strip())))
    form = re.sub(r"A(?:[ .'-]+A)+", "A", form)
    return form[:LONGEST_SHAPE]


def _shapes(texts: "pd.Series[str]") -> dict[str, int]:
    counts = texts.map(shape_of_text).value_counts()
    ranked = sorted(counts.items(), key=lambda pair: (-int(pair[1]), str(pair[0])))
    return {str(shape): int(count) for shape, count in ranked[:MOST_SHAPES]}


def drift_findings(
    profile: FileProfile, history: Sequence[FileProfile], *, file: str, period: str, stops: bool = True
) -> list[Finding]:
    """How a file differs from the source's earlier files.

    DRF-001 no rows where many are usual, DRF-002 amounts off by a factor of 100 (both errors when `stops`);
    warnings: DRF-003 far more or fewer rows, DRF-004 other columns, DRF-005 a form of text never seen,
    DRF-006 days outside the period, DRF-007 a column filled or emptied, DRF-008 another mix of signs, DRF-009
    another number of accounts.

    Args:
        profile: of this file.
        history: of the earlier periods, newest first, at most 12.
        file: name of the file, for the place.
        period: the run's month.
        stops: whether the two that cannot be true reject the input.
    """
    found = [*_outside(profile, history, period)]
    if history:
        found += _rows(profile, history)
        found += _columns(profile, history)
        if profile.rows >= FEW_ROWS:
            found += [*_factor(profile, history), *_new_shapes(profile, history), *_mix(profile, history)]
    return [
        replace(one, place=Place(file=file), severity=_severity(one.code, stops=stops))
        for one in sorted(found, key=lambda one: one.code)
    ]


def _severity(code: str, *, stops: bool) -> Severity:
    return Severity.ERROR if stops and code in STOPPING else Severity.WARNING


def _finding(code: str, found: object = "", **facts: str | int) -> Finding:
    return Finding(code=code, place=Place(file=""), found=str(found), facts=facts)


def _rows(profile: FileProfile, history: Sequence[FileProfile]) -> Iterator[Finding]:
    counts = [one.rows for one in history]
    usual = int(median(counts))
    if usual < FEW_ROWS:
        return
    if profile.rows == 0:
        yield _finding("DRF-001", 0, usual=usual, periods=len(history))
        return
    spread = int(median(abs(count - usual) for count in counts))
    slack = max(usual * ROWS_SLACK // PER_MILLE, SPREADS * spread)
    if len(history) >= ENOUGH_PERIODS and abs(profile.rows - usual) > slack:
        yield _finding("DRF-003", profile.rows, rows=profile.rows, usual=usual, periods=len(history))


def _factor(profile: FileProfile, history: Sequence[FileProfile]) -> Iterator[Finding]:
    """Both the mean and the median amount are some hundred times, or a hundredth of, what they were."""
    before = [one for one in history if one.rows >= FEW_ROWS and one.volume and one.median]
    if not before or not profile.volume or not profile.median:
        return
    means = [one.volume // one.rows for one in before]
    if max(means) > STEADY * max(1, min(means)):
        return
    usual_mean, usual_median = int(median(means)), int(median(one.median for one in before))
    mean = profile.volume // profile.rows
    for larger in (True, False):
        pairs = ((mean, usual_mean), (profile.median, usual_median))
        ratios = [now // max(1, then) if larger else then // max(1, now) for now, then in pairs]
        if all(FACTOR_LOW <= ratio <= FACTOR_HIGH for ratio in ratios):
            facts = {"mean": mean, "usual": usual_mean, "sum": profile.sum, "periods": len(before)}
            yield _finding("DRF-002", **facts)


def _columns(profile: FileProfile, history: Sequence[FileProfile]) -> Iterator[Finding]:
    known = {(one.layout, one.columns) for one in history}
    if not profile.columns or (profile.layout, profile.columns) in known:
        return
    latest = history[0]
    added = [name for name in profile.columns if name not in latest.columns]
    missing = [name for name in latest.columns if name not in profile.columns]
    yield _finding(
        "DRF-004",
        ", ".join(profile.columns),
        layout=profile.layout,
        before=latest.layout,
        added=", ".join(added) or "–",
        missing=", ".join(missing) or "–",
    )


def _new_shapes(profile: FileProfile, history: Sequence[FileProfile]) -> Iterator[Finding]:
    known = {shape for one in history for shape in one.shapes}
    for shape, count in profile.shapes.items():
        share = _share(count, profile.rows)
        if shape not in known and share > NEW_SHAPE_SHARE:
            yield _finding("DRF-005", shape, rows=count, share=share, periods=len(history))


def _outside(profile: FileProfile, history: Sequence[FileProfile], period: str) -> Iterator[Finding]:
    usual = max((_share(one.outside, one.rows) for one in history), default=0)
    share = _share(profile.outside, profile.rows)
    if profile.outside and share > usual + (OUTSIDE_SHARE if history else 0):
        days = f"{profile.first} – {profile.last}"
        yield _finding("DRF-006", days, rows=profile.outside, period=period)


def _mix(profile: FileProfile, history: Sequence[FileProfile]) -> Iterator[Finding]:
    for name in TEXTS:
        shares = [one.blank.get(name, PER_MILLE) for one in history]
        change = _distance(profile.blank[name], shares)
        if change > BLANK_CHANGE:
            yield _finding("DRF-007", column=name, share=profile.blank[name], usual=int(median(shares)))
    signs = [one.positive for one in history]
    if _distance(profile.positive, signs) > SIGN_CHANGE:
        yield _finding("DRF-008", share=profile.positive, usual=int(median(signs)))
    accounts = {one.accounts for one in history}
    if len(history) >= ENOUGH_PERIODS and len(accounts) == 1 and profile.accounts not in accounts:
        yield _finding("DRF-009", profile.accounts, accounts=profile.accounts, usual=accounts.pop())


def _distance(value: int, others: Iterable[int]) -> int:
    """How far a value is from the nearest of others."""
    return min((abs(value - other) for other in others), default=0)
