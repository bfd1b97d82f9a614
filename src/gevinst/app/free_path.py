"""Paths for files that must not be written over."""

from pathlib import Path


def free_path(wanted: Path) -> Path:
    """The path itself, or beside it the first that nothing has: `udtog.xml`, `udtog-2.xml` and so on."""
    target, number = wanted, 2
    while target.exists():
        target = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
        number += 1
    return target
