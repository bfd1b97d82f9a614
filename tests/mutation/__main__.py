"""Break the matching engine on purpose, and see whether its fast tests notice: `python tests/mutation`.

A sample of mutants is drawn by a seed; each runs the tests in a process of its own, on the broken source in
memory: no file is changed. A mutant that no test notices is printed.
"""

import argparse
import ast
import os
import random
import sys
import time
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_loader
from pathlib import Path
from signal import SIGKILL
from types import CodeType, ModuleType

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests")]  # as pytest does: tests are no package

import hypothesis  # noqa: E402, F401 - loaded once, before the mutants fork
import numpy as np  # noqa: E402, F401 - as above
import pandas as pd  # noqa: E402, F401 - as above
import pyarrow.compute as pc  # noqa: E402, F401 - as above
import pytest  # noqa: E402 - found by the line above

from mutation.mutants import Mutant, mutant, places  # noqa: E402 - as above

ENGINE = ROOT / "src/gevinst/domain/matching"
PACKAGE = "gevinst.domain.matching"
TESTS = (
    "tests/unit/matching/test_evidence.py",
    "tests/unit/matching/test_parties.py",
    "tests/unit/matching/test_customers.py",
    "tests/unit/matching/test_decisions.py",
    "tests/unit/matching/test_budget.py",
    "tests/complaints/test_matching_complaints.py",
    "tests/complaints/test_undo_and_proof.py",
)
PROPERTIES = (
    "restores_exactly or overwrites or laws_of or in_any_order or four_thousand"  # slow: not run here
)
LONGEST = 120  # seconds; a mutant that never ends is noticed


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


def is_noticed(broken: Mutant | None) -> bool:
    """Whether a test fails on the mutant; None runs the engine as it is."""
    child = os.fork()
    if not child:
        os._exit(_run(broken))
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) != 0
        time.sleep(0.1)
    os.kill(child, SIGKILL)
    os.waitpid(child, 0)
    return True


def _run(broken: Mutant | None) -> int:
    """Run the tests in this process."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.chdir(ROOT)
    if broken:
        sys.meta_path.insert(0, Broken(broken))
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-k", f"not ({PROPERTIES})"]
    return int(pytest.main([*TESTS, *options]))


def main() -> None:
    """Draw the sample, run it, and print the score and what was not noticed."""
    parser = argparse.ArgumentParser(prog="python tests/mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--modules", nargs="+", default=[], help="names such as evidence; all of the engine")
    chosen = parser.parse_args()
    wanted = [
        path for path in sorted(ENGINE.glob("*.py")) if not chosen.modules or path.stem in chosen.modules
    ]
    every = [(path, at) for path in wanted for at in places(path)]
    drawn = random.Random(chosen.seed).sample(every, min(chosen.sample, len(every)))  # noqa: S311 - a sample
    if is_noticed(None):
        sys.exit("the tests fail on the engine as it is")
    noticed = 0
    for number, (path, at) in enumerate(drawn, 1):
        broken = mutant(path, at)
        if is_noticed(broken):
            noticed += 1
        else:
            say(f"{number}. {path.name}:{broken.line}: {broken.before}  →  {broken.after}")
    told = f"{noticed} of {len(drawn)} noticed"
    say(f"seed {chosen.seed}: {told}; {len(every)} mutants in {len(wanted)} modules")


def say(line: str) -> None:
    """Write a line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
