"""Many files of one kind as one: which file is of what unit and month, which came twice, which is missing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from gevinst.domain.finding import Finding
from gevinst.domain.flow import PLACE_COLUMNS, FileRead
from gevinst.domain.period import is_period

FILE, SHEET, LINE = PLACE_COLUMNS


@dataclass(frozen=True, kw_only=True)
class NamedFile:
    """What a file's name says."""

    file: str
    unit: str = ""  #: "" when the name says none
    period: str = ""  #: such as 2026-10


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """A file that says the same as another."""

    file: str
    same_as: str
    how: str  #: bytes or rows


def named_files(files: Iterable[FileRead], pattern: str) -> dict[str, NamedFile]:
    """What the names say, by name.

    Args:
        files: any order.
        pattern: regular expression with the groups `unit`, `period` (2026-10) or `year` and `month`.
    """
    return {one.file: _named(one.file, re.compile(pattern)) for one in files}


def _named(file: str, pattern: re.Pattern[str]) -> NamedFile:
    match = pattern.search(file)
    parts = match.groupdict(default="") if match else {}
    period = parts.get("period", "")
    if parts.get("year") and parts.get("month"):
        period = f"{parts['year']}-{parts['month'].zfill(2)}"
    return NamedFile(
        file=file, unit=parts.get("unit", "").strip(), period=period if is_period(period) else ""
    )


def repeats(
    rows: pd.DataFrame, files: Sequence[FileRead], *, before: Sequence[tuple[str, str]] = ()
) -> tuple[Repeat, ...]:
    """Files with the bytes or the rows of one that stands before them.

    Args:
        rows: all files' rows, with PLACE_COLUMNS.
        files: in the order in which they count; the first of two is kept.
        before: (file, fingerprint of bytes or rows) of files that count before all of these.
    """
    prints = content_prints(rows)
    known = {mark: name for name, mark in before}
    found = []
    for one in files:
        for mark, how in ((one.sha256, "bytes"), (prints.get(one.file, ""), "rows")):
            if mark and mark in known:
                found.append(Repeat(file=one.file, same_as=known[mark], how=how))
                break
        else:
            known |= {mark: one.file for mark in (one.sha256, prints.get(one.file, "")) if mark}
    return tuple(found)


def unusable_files(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The first finding of each file; a file is one matter for a person, however many cells are wrong."""
    firsts: dict[str, Finding] = {}
    for one in findings:
        firsts.setdefault(one.place.file, one)
    return tuple(firsts.values())


def content_prints(rows: pd.DataFrame) -> dict[str, str]:
    """A fingerprint of each file's rows, whatever their place and order; a file without rows has none."""
    if rows.empty:
        return {}
    hashes = pd.util.hash_pandas_object(rows.drop(columns=list(PLACE_COLUMNS)), index=False)
    marks = hashes.groupby(rows[FILE].to_numpy()).agg(
        lambda part: f"{len(part)}:{part.sum()}:{(part * part).sum()}"
    )
    return {str(name): str(mark) for name, mark in marks.items()}


def missing_files(
    named: Iterable[NamedFile], units: Sequence[str], periods: Sequence[str]
) -> list[tuple[str, str]]:
    """(unit, period) of files that should have come; a part that is not asked for is ""."""
    have = {(one.unit if units else "", one.period if periods else "") for one in named}
    return [
        (unit, period) for unit in units or ("",) for period in periods or ("",) if _asked(unit, period, have)
    ]


def _asked(unit: str, period: str, have: set[tuple[str, str]]) -> bool:
    return bool(unit or period) and (unit, period) not in have


def months(first: str, last: str) -> list[str]:
    """All months from the first to the last, both ends included."""
    start, end = (pd.Period(one, freq="M") for one in (first, last))
    return [str(one) for one in pd.period_range(start, end, freq="M")]


def repeated_rows(
    rows: pd.DataFrame, keys: Sequence[str], others: Sequence[str]
) -> tuple[pd.Series, pd.Series]:
    """Rows whose keys stand in an earlier file too: those that say the same, and those that say otherwise.

    Rows that are equal within one file are no repeats: only a second file can send a row again. The n-th
    equal row of a file repeats the n-th of the file before.

    Args:
        rows: with PLACE_COLUMNS, files in the order in which they count.
        keys: columns that name a row.
        others: columns that then must be equal.
    """
    within = rows.groupby([FILE, *keys, *others], dropna=False, sort=False).cumcount()
    whole = rows[[*keys, *others]].assign(nth=within)
    same = whole.duplicated()
    firsts = rows.groupby(list(keys), dropna=False, sort=False)[FILE].transform("first")
    return same, (firsts != rows[FILE]) & ~same


def keyed_sums(rows: pd.DataFrame, keys: Sequence[str], sums: Sequence[str]) -> pd.DataFrame:
    """Sums of amount columns by keys in order, with `count` of rows."""
    if not keys:
        total: Mapping[str, int] = {name: int(rows[name].sum()) for name in sums}
        return pd.DataFrame([{**total, "count": len(rows)}]).astype("Int64")
    grouped = rows.groupby(list(keys), dropna=False, sort=True)
    table = grouped[list(sums)].sum().astype("Int64")
    return table.assign(count=grouped.size().astype("Int64")).reset_index()
