"""Names that are alike in most of their letters: cut, glued together, or misspelt."""

from collections import Counter, defaultdict

import numpy as np

from gevinst.domain.matching.board import BoardSide
from gevinst.domain.matching.marks import Indexes

RUN = 3  # letters in a row
FEWEST_RUNS = 5  # a shorter name is like too many others
SHARE = 0.6  # of the shorter name's runs; one wrong letter breaks three


class NameIndex:
    """The items of one side by name and day, and the names by their runs of letters."""

    def __init__(self, side: BoardSide, items: Indexes) -> None:
        members: dict[str, list[int]] = defaultdict(list)
        for at in items.tolist():
            members[side.wording(at).letters].append(at)
        self._members = {name: _by_day(side, some) for name, some in members.items()}
        self._runs = {name: _runs(name) for name in members}
        self._by_run: dict[str, list[str]] = defaultdict(list)
        for name, runs in self._runs.items():
            for run in runs:
                self._by_run[run].append(name)
        self._asked: dict[str, list[str]] = {}

    def resembling(self, one: BoardSide, at: int, *, days: int) -> list[int]:
        """Items near in time whose name has most of the runs of another item's, or the other way about."""
        letters, day = one.wording(at).letters, int(one.day[at])
        if letters not in self._asked:
            self._asked[letters] = self._names_like(letters)
        found: list[int] = []
        for name in self._asked[letters]:
            members, their_days = self._members[name]
            low, high = np.searchsorted(their_days, [day - days, day + days + 1])
            found += members[low:high].tolist()
        return sorted(found)

    def _names_like(self, letters: str) -> list[str]:
        runs = _runs(letters)
        if len(runs) < FEWEST_RUNS:
            return []
        shared = Counter(name for run in runs for name in self._by_run.get(run, ()))
        sizes = {name: len(self._runs[name]) for name in shared}
        return [
            name
            for name, common in shared.items()
            if sizes[name] >= FEWEST_RUNS and common >= SHARE * min(len(runs), sizes[name])
        ]


def _by_day(side: BoardSide, items: list[int]) -> tuple[Indexes, Indexes]:
    """The items in order of their days, and those days."""
    members = np.array(items, dtype=np.int64)
    members = members[np.argsort(side.day[members], kind="stable")]
    return members, side.day[members]


def _runs(letters: str) -> frozenset[str]:
    return frozenset(letters[start : start + RUN] for start in range(len(letters) - RUN + 1))
