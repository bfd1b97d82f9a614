"""A large text takes the memory of its frame and a bounded number of bytes a row over that."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from gevinst.domain.source import SourceRead
from gevinst.formats.reading import read_source

ROWS = 60_000
HEAD = "Bogført;Tekst;Beløb;Saldo;Reference\r\n"
MOST_BYTES_A_ROW = 600


def plain(number: int) -> str:
    return f"05-01-2026;Husleje lejemål {number};1,00;{number + 1},00;R{number:08}\r\n"


def shortened(number: int) -> str:
    return plain(number) if number % 2 else f"05-01-2026;Husleje lejemål {number};1,00;{number + 1},00\r\n"


def wrapped(number: int) -> str:
    return plain(number).replace("Husleje lejemål", '"Husleje\nlejemål"')


def read_within(path: Path) -> tuple[SourceRead, int]:
    """The file read, and the bytes that were held at most: Python's and, at the end, Arrow's."""
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    read = read_source(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return read, peak + pa.total_allocated_bytes() - before


def lines(row: object) -> Iterator[str]:
    yield HEAD
    yield from (row(number) for number in range(ROWS))  # type: ignore[operator]


@pytest.mark.slow
@pytest.mark.parametrize("row", [plain, shortened, wrapped])
def test_memory_follows_the_frame(tmp_path: Path, row: object) -> None:
    path = tmp_path / "stor.csv"
    path.write_text("".join(lines(row)), encoding="cp1252", newline="")

    read, held = read_within(path)

    frame = sum(int(part.memory_usage(deep=True).sum()) for part in (read.items, read.raw))
    assert (len(read.items), read.findings) == (ROWS, ())
    assert int(read.items["amount"].sum()) == ROWS * 100
    assert held - frame < ROWS * MOST_BYTES_A_ROW
