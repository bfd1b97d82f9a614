"""Codes and words of a whole column are those of each of its texts."""

from collections.abc import Callable, Iterable

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gevinst.domain.matching import codes, columns

PIECES = (
    *("01.02.2026", "2026-10-01", "202610", "20261001", "01102026", "10/2026", "1.2.26", "31.12.25"),
    *("F", "INV", "A1", "B22", "IB20261001-03", "L-10003", "row:12", "Faktura", "husleje", "Betaling"),
    *("0012345", "2026", "771", "2345", "3", "12", "00000", "712345678901234", "000000000000018", "+71<"),
    *("-", "/", "_", ".", " ", "  ", "\n", "æ", "Å", "ö", "é", "ß", "²", "ş", "ʼn", "１２", "٣٤٥٦"),  # noqa: RUF001
)
texts = st.lists(st.lists(st.sampled_from(PIECES), max_size=7).map("".join), max_size=12)
KINDS = [
    pytest.param(columns.codes_of_column, codes.codes_of, id="codes"),
    pytest.param(columns.codes_of_texts, codes.text_codes, id="codes of texts"),
    pytest.param(columns.codes_of_references, codes.reference_codes, id="codes of references"),
    pytest.param(columns.codes_of_ids, codes.id_codes, id="codes of ids"),
    pytest.param(columns.words_of_column, codes.words_of, id="words"),
]


@pytest.mark.parametrize(("whole", "one"), KINDS)
@given(said=texts)
@example(said=["01.02.2026 03.02.2026 5.3.2026", "1.2.26é12.01.02.2026"])
@example(said=["000000000000000", "999999999999999" * 2])
@example(said=["", "12345", ""])
def test_a_column_gives_what_each_of_its_texts_gives(
    whole: Callable[[columns.Texts], columns.Found],
    one: Callable[[str], Iterable[str]],
    said: list[str],
) -> None:
    found = whole(pa.array(said, type=pa.large_string()))

    by_row: list[set[str]] = [set() for _ in said]
    for row, name in zip(found.row.tolist(), found.name.to_pylist(), strict=True):
        by_row[row].add(name)
    assert by_row == [set(one(text)) for text in said]
