"""What is read by columns is what is read cell by cell, whatever the cells hold."""

from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gevinst.domain.money import NumberStyle
from gevinst.formats.amounts import amount_or_none, read_amounts
from gevinst.formats.dates import DateOrder, read_date, read_dates
from gevinst.formats.grid import blank_row
from gevinst.formats.rows import MAYBE
from gevinst.formats.splitting import UnclosedQuoteError, split_columns, split_records
from gevinst.formats.text_column import TextColumn, matching
from gevinst.formats.utf8_text import Utf8Text, is_utf8

SEPARATORS = st.sampled_from([";", "\t", "|", ","])
ODD_TEXTS = st.text(alphabet=';,"\t|\r\n aø1\x00\x0b\x1c\x85\u2028\ufeff\\', max_size=60)
RECORDS = st.lists(
    st.lists(st.text(alphabet=' aø1"-', max_size=4), min_size=2, max_size=4), min_size=1, max_size=12
)
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])
AMOUNT_TEXTS = st.text(alphabet="0123456789.,+-() kr\u2212\u00a0\u0661'", max_size=22) | st.builds(
    lambda whole, group, mark, part, sign, behind: f"{sign}{whole:{group}}{mark}{part}{behind}",
    st.integers(0, 10**19),
    st.sampled_from([",", "", "_"]),
    st.sampled_from([",", ".", ""]),
    st.sampled_from(["", "0", "05", "50", "500", "505"]),
    st.sampled_from(["", "-", "+", " ", "("]),
    st.sampled_from(["", "-", "+", " ", ")", " kr.", "\x1f"]),
)
DATE_TEXTS = st.text(alphabet="0123456789-/. :TZmajokt", max_size=24) | st.builds(
    lambda a, b, c, mark, rest: f"{a}{mark}{b}{mark}{c}{rest}",
    st.integers(0, 40),
    st.integers(0, 14),
    st.integers(0, 3000),
    st.sampled_from("-/. "),
    st.sampled_from(["", " 12:30", "T12:30:01", " 25:99", " 1.2", " x", "T12:30:00+01:00", " 12:30 Z"]),
)


def by_columns(text: str, separator: str, width: int) -> list[list[str]] | None:
    rows = split_columns(Utf8Text.of(text.encode()), separator, width)
    return None if rows is None else [[str(cell) for cell in row] for row in rows]


def by_rows(text: str, separator: str, width: int) -> tuple[list[list[str]], list[int]]:
    rows, lines = split_records(Utf8Text.of(text.encode()), separator, width)
    return [[str(cell) for cell in row] for row in rows], lines


def without_blanks(rows: Sequence[Sequence[str]]) -> list[tuple[int, list[str]]]:
    """A line that holds nothing is a row of no cell to one, of empty cells to the other."""
    return [(number, list(row)) for number, row in enumerate(rows, 1) if not blank_row(row)]


def check_same(text: str, separator: str, width: int) -> None:
    fast = by_columns(text, separator, width)
    if fast is None:
        return
    slow, lines = by_rows(text, separator, width)
    assert without_blanks(fast) == without_blanks(slow)
    assert len(fast) == len(slow)
    assert lines == list(range(1, len(fast) + 1))


@settings(max_examples=600, deadline=None)
@given(ODD_TEXTS, SEPARATORS, st.integers(2, 4))
@example('a;b\n1;"x\n', ";", 2)
@example('a;b\n1;"x;2\n', ";", 2)
@example('a;b\n1;"x\ny"\n2;3\n', ";", 2)
@example('a;b\n1; "x;y"\n', ";", 2)
@example('a;b\n1;2\n3;"', ";", 2)
def test_any_text_has_the_same_rows_and_lines(text: str, separator: str, width: int) -> None:
    check_same(text, separator, width)


@settings(max_examples=600, deadline=None)
@given(RECORDS, SEPARATORS, LINE_ENDS, st.integers(2, 4), st.booleans())
def test_any_records_have_the_same_rows_and_lines(
    records: list[list[str]],
    separator: str,
    line_end: str,
    width: int,
    ended: bool,  # noqa: FBT001 - hypothesis gives it
) -> None:
    text = line_end.join(separator.join(record) for record in records)
    check_same(text + line_end * ended, separator, width)


def test_rows_are_numbered_right_over_many_blocks() -> None:
    lines = [f"{number};{'x' * 90};{number % 7}" for number in range(20_000)]
    for number in (5, 9_000, 19_998):
        lines[number] = f"titel {number}"

    text = "\n".join(lines)

    assert by_columns(text, ";", 3) == by_rows(text, ";", 3)[0]


def test_a_cell_larger_than_any_text_is_not_read_by_columns() -> None:
    text = f"a;b\n1;{'x' * 1_100_000}\n"

    assert by_columns(text, ";", 2) is None
    with pytest.raises(UnclosedQuoteError):
        split_records(Utf8Text.of(text.encode()), ";", 2)


@settings(max_examples=800, deadline=None)
@given(st.lists(AMOUNT_TEXTS, max_size=8), st.sampled_from(NumberStyle))
def test_a_column_of_amounts_is_its_cells(texts: list[str], style: NumberStyle) -> None:
    assert list(read_amounts(TextColumn.of(texts), style)) == [amount_or_none(text, style) for text in texts]


@settings(max_examples=600, deadline=None)
@given(st.lists(DATE_TEXTS, max_size=8), st.sampled_from(DateOrder))
def test_a_column_of_days_is_its_cells(texts: list[str], order: DateOrder) -> None:
    assert list(read_dates(TextColumn.of(texts), order)) == [read_date(text.strip(), order) for text in texts]


@settings(max_examples=30, deadline=None)
@given(DATE_TEXTS, st.sampled_from(DateOrder))
def test_a_long_column_of_moments_is_its_cells(odd: str, order: DateOrder) -> None:
    texts = [f"03-04-2026 {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}" for n in range(2100)] + [odd]

    days = read_dates(TextColumn.of(texts), order)

    assert days[0] == read_date(texts[0], order)
    assert days[-1] == read_date(odd.strip(), order)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.text(max_size=6), max_size=6))
def test_a_column_without_outer_spaces_is_its_cells_without_them(texts: list[str]) -> None:
    column = TextColumn.of(texts)

    assert list(column.stripped()) == [text.strip() for text in texts]
    assert column.filled().tolist() == [bool(text.strip()) for text in texts]


@settings(max_examples=600, deadline=None)
@given(st.text(alphabet='" -*Ååpriusltn', max_size=12))
def test_the_first_look_for_a_balance_misses_none(text: str) -> None:
    assert matching([text], MAYBE.pattern, ignore_case=True)[0] or not MAYBE.match(text)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=12) | st.text(max_size=6).map(str.encode))
def test_bytes_are_utf8_where_python_says_so(content: bytes) -> None:
    try:
        content.decode()
    except UnicodeDecodeError:
        assert not is_utf8(content)
    else:
        assert is_utf8(content)
