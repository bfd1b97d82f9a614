"""Fuzz one reader: `python tests/fuzz READER --seconds N`.

Bytes are changed at random, and those that reach new code are changed further, until something other than a
refusal is raised or a read takes too long. Atheris is no dependency of ours: `uv pip install atheris` first.
What is found is written to the current folder (`crash-…`, `timeout-…`, `oom-…`); `--try FILE` reads it again.
"""

import argparse
import importlib
import importlib.util
import os
import random
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

# Installed by whoever fuzzes.
atheris: Any = importlib.import_module("atheris") if importlib.util.find_spec("atheris") else None

sys.path[:0] = [str(Path(__file__).parents[1])]  # as pytest does: tests are no package

TARGETS = "fuzz.targets"  # found by the path above
LONGEST_INPUT = 50_000
LONGEST_READ = 10  # seconds
MOST_MEGABYTES = 3_000


def main() -> None:
    """Read the command line, and fuzz."""
    if atheris is None and "--try" not in sys.argv:
        raise SystemExit("atheris is not installed; uv pip install atheris")
    os.environ["RUST_BACKTRACE"] = "0"  # of a library that fails: slow, and nothing to us
    ours = _ours()
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("reader", choices=sorted(ours.TARGETS))
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--corpus", type=Path, default=None, help="folder to keep what reaches new code")
    options.add_argument("--try", type=Path, default=None, dest="file", help="read this file once")
    asked = options.parse_args()
    target = ours.TARGETS[asked.reader]
    if asked.file:
        ours.try_one(target, asked.file.read_bytes())
        return

    def mutate(content: bytes, most: int, seed: int) -> bytes:
        """Half of the time by what the format is made of, else any bytes."""
        chance = random.Random(seed)  # noqa: S311 - no secret
        changed = target.change(content, _changed, chance) if target.change and seed % 2 else None
        return bytes(atheris.Mutate(content, most) if changed is None else changed[:most])

    ours.workbook.try_out = ours.tried_in_fork  # a process from scratch for each input is too slow
    with tempfile.TemporaryDirectory() as scratch:
        corpus = asked.corpus or Path(scratch)
        corpus.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(target.beginnings()):
            (corpus / f"{number:03}").write_bytes(content)
        arguments = [
            sys.argv[0],
            str(corpus),
            f"-max_total_time={asked.seconds}",
            f"-max_len={LONGEST_INPUT}",
            f"-timeout={LONGEST_READ}",
            f"-rss_limit_mb={MOST_MEGABYTES}",
        ]
        atheris.Setup(arguments, lambda content: ours.try_one(target, content), custom_mutator=mutate)
        atheris.Fuzz()


def _changed(content: bytes) -> bytes:
    return bytes(atheris.Mutate(content, max(2 * len(content), 64)))


def _ours() -> ModuleType:
    """The targets, imported so that Atheris sees which lines of our readers are reached."""
    if atheris is None:
        return importlib.import_module(TARGETS)
    with atheris.instrument_imports(include=["gevinst"]):
        return importlib.import_module(TARGETS)


if __name__ == "__main__":
    main()
