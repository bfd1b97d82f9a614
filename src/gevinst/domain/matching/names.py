"""Names that are alike in most of their letters: cut, glued together, or misspelt."""

from collections import Counter, defaultdict

from gevinst.domain.matching.board import BoardSide
from gevinst.domain.matching.marks import Indexes

RUN = 3  # letters in a row
FEWEST_RUNS = 5  # a shorter name is like too many others
SHARE = 0.6  # of the shorter name's runs; one wrong letter breaks three


class NameIndex:
    """The items of one side by the runs of letters in their names."""

    def __init__(self, side: BoardSide, items: Indexes) -> None:
        self.by_run: dict[str, list[int]] = defaultdict(list)
        self.counts: dict[int, int] = {}
        for at in items.tolist():
            runs = _runs(side, at)
            self.counts[at] = len(runs)
            for run in runs:
                self.by_run[run].append(at)

    def resembling(self, one: BoardSide, at: int) -> set[int]:
        """Items whose name has most of the runs of another side's item, or the other way about."""
        runs = _runs(one, at)
        if len(runs) < FEWEST_RUNS:
            return set()
        shared = Counter(item for run in runs for item in self.by_run.get(run, ()))
        return {
            item
            for item, common in shared.items()
            if self.counts[item] >= FEWEST_RUNS and common >= SHARE * min(len(runs), self.counts[item])
        }


def _runs(side: BoardSide, at: int) -> frozenset[str]:
    letters = "".join(side.naming(at))
    return frozenset(letters[start : start + RUN] for start in range(len(letters) - RUN + 1))
