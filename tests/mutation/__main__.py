"""Break the matching engine on purpose, and see whether its fast tests notice: `python tests/mutation`.

A sample of mutants is drawn by a seed; each runs the tests in a process of its own, on the broken source in
memory: no file is changed. A mutant that no test notices is printed, and at the end a table of the modules.
"""

import argparse
import ast
import os
import random
import resource
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests")]  # as pytest does: tests are no package

import hypothesis  # noqa: E402, F401 - loaded once, before the mutants fork
import numpy as np  # noqa: E402, F401 - as above
import pandas as pd  # noqa: E402, F401 - as above
import pyarrow.compute as pc  # noqa: E402, F401 - as above
import pytest  # noqa: E402 - found by the line above

from mutation.mutants import Mutant, mutants  # noqa: E402 - as above

ENGINE = ROOT / "src/gevinst/domain/matching"
PACKAGE = "gevinst.domain.matching"
TESTS = (
    "tests/unit/matching/test_limits.py",
    "tests/unit/matching/test_suspects.py",
    "tests/unit/matching/test_evidence.py",
    "tests/unit/matching/test_parties.py",
    "tests/unit/matching/test_customers.py",
    "tests/unit/matching/test_decisions.py",
    "tests/unit/matching/test_budget.py",
    "tests/complaints/test_matching_complaints.py",
    "tests/complaints/test_undo_and_proof.py",
)
READING = ("tests/unit/matching/test_columns.py",)  # of codes and words
SLOW = "restores_exactly or overwrites or laws or in_any_order or four_thousand"  # not run here
LONGEST = 120  # seconds of the processor; a mutant that never ends is noticed


class Broken(MetaPathFinder):
    """Imports one module from its mutant's tree."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.name = f"{PACKAGE}.{mutant.path.stem}"

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The broken module, or None for every other."""
        del path, target
        if fullname != self.name:
            return None
        loader = _Loader(fullname, str(self.mutant.path), self.mutant.tree)
        return spec_from_loader(fullname, loader, origin=str(self.mutant.path))


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, tree: ast.Module) -> None:
        super().__init__(fullname, path)
        self.tree = tree

    def get_code(self, fullname: str) -> CodeType:
        del fullname
        return compile(self.tree, self.path, "exec")


def trials(mutants: Iterable[Mutant | None], *, jobs: int) -> Iterator[tuple[Mutant | None, bool]]:
    """Run the tests on each mutant, so many at once; None is the engine as it is.

    Returns:
        Each mutant as its tests end, and whether one of them failed.
    """
    running: dict[int, Mutant | None] = {}
    for broken in mutants:
        if len(running) >= jobs:
            yield _ended(running)
        child = os.fork()
        if not child:
            resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
            os._exit(_run(broken))
        running[child] = broken
    while running:
        yield _ended(running)


def _ended(running: dict[int, Mutant | None]) -> tuple[Mutant | None, bool]:
    """The next one that ends."""
    child, status = os.wait()
    return running.pop(child), os.waitstatus_to_exitcode(status) != 0


def _run(broken: Mutant | None) -> int:
    """Run the tests in this process."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.chdir(ROOT)
    if broken:
        sys.meta_path.insert(0, Broken(broken))
    tests = (*READING, *TESTS) if broken and broken.path.stem in ("codes", "columns") else TESTS
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-k", f"not ({SLOW})"]
    return int(pytest.main([*tests, *options]))


def main() -> None:
    """Draw the sample, run it, and print the score and what was not noticed."""
    parser = argparse.ArgumentParser(prog="python tests/mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="mutants at once")
    parser.add_argument("--lines", nargs="+", default=[], help="only these, such as evidence:209")
    parser.add_argument("--modules", nargs="+", default=[], help="names such as evidence; all of the engine")
    chosen = parser.parse_args()
    every = [
        found
        for path in sorted(ENGINE.glob("*.py"))
        if not chosen.modules or path.stem in chosen.modules
        for found in mutants(path)
        if not chosen.lines or f"{path.stem}:{found.line}" in chosen.lines
    ]
    drawn = random.Random(chosen.seed).sample(every, min(chosen.sample, len(every)))  # noqa: S311 - a sample
    if any(failed for _, failed in trials([None], jobs=1)):
        sys.exit("the tests fail on the engine as it is")
    noticed, missed = Counter[str](), Counter[str]()
    for broken, failed in trials(drawn, jobs=chosen.jobs):
        if broken:
            (noticed if failed else missed)[broken.path.stem] += 1
            if not failed:
                say(f"{broken.path.name}:{broken.line}: {broken.before}  →  {broken.after}")
    for module in sorted({*noticed, *missed}):
        say(f"{module:12} {noticed[module]:4} of {noticed[module] + missed[module]:4}")
    say(f"seed {chosen.seed}: {noticed.total()} of {len(drawn)} noticed; {len(every)} mutants in all")


def say(line: str) -> None:
    """Write a line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
