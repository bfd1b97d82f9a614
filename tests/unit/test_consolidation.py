"""Many files as one: repeats, gaps and rows that are sent again."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from gevinst.domain.consolidation import (
    NamedFile,
    keyed_sums,
    missing_files,
    months,
    named_files,
    repeated_rows,
    repeats,
)
from gevinst.domain.flow import FileRead
from gevinst.domain.source import RowCounts


def file(name: str, sha256: str = "") -> FileRead:
    return FileRead(file=name, sha256=sha256 or name, counts=RowCounts(in_file=0, read=0, skipped=0))


def rows(*cells: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "key": pd.Series([key for _, key, _ in cells], dtype="str"),
            "amount": pd.Series([ore for _, _, ore in cells], dtype="Int64"),
            "place_file": pd.Series([name for name, _, _ in cells], dtype="str"),
            "place_sheet": "",
            "place_line": range(1, len(cells) + 1),
        }
    )


def test_a_name_says_unit_and_month() -> None:
    (named,) = named_files(
        [file("afd 1001 10-2026.csv")], r"(?P<unit>\d{4}) (?P<month>\d\d)-(?P<year>\d{4})"
    ).values()

    assert named == NamedFile(file="afd 1001 10-2026.csv", unit="1001", period="2026-10")


def test_a_month_that_there_is_not_is_no_month() -> None:
    (named,) = named_files([file("2026-13.csv")], r"(?P<period>\d{4}-\d{2})").values()

    assert named.period == ""


def test_the_same_rows_in_another_order_are_a_repeat() -> None:
    table = rows(("a", "x", 1), ("a", "y", 2), ("b", "y", 2), ("b", "x", 1))

    (found,) = repeats(table, [file("a"), file("b")])

    assert (found.file, found.same_as, found.how) == ("b", "a", "rows")


def test_files_without_rows_are_no_repeats_of_each_other() -> None:
    assert repeats(rows(), [file("a"), file("b")]) == ()


def test_a_row_twice_in_one_file_is_not_sent_again() -> None:
    same, changed = repeated_rows(rows(("a", "x", 1), ("a", "x", 1)), ["key"], ["amount"])

    assert not same.any()
    assert not changed.any()


def test_of_two_equal_rows_sent_once_more_only_as_many_are_repeats() -> None:
    same, _ = repeated_rows(rows(("a", "x", 1), ("b", "x", 1), ("b", "x", 1)), ["key"], ["amount"])

    assert same.tolist() == [False, True, False]


def test_another_amount_in_a_later_file_is_a_change() -> None:
    same, changed = repeated_rows(rows(("a", "x", 1), ("b", "x", 2)), ["key"], ["amount"])

    assert (same.tolist(), changed.tolist()) == ([False, False], [False, True])


def test_a_gap_names_unit_and_month() -> None:
    have = [NamedFile(file="a", unit="n", period="2026-01"), NamedFile(file="b", unit="s", period="2026-02")]

    assert missing_files(have, ["n", "s"], months("2026-01", "2026-02")) == [
        ("n", "2026-02"),
        ("s", "2026-01"),
    ]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(-(10**9), 10**9))))
def test_sums_by_key_are_the_sum_of_all(cells: list[tuple[str, str, int]]) -> None:
    summed = keyed_sums(rows(*cells), ["key"], ["amount"])

    assert int(summed["amount"].sum()) == sum(ore for _, _, ore in cells)
    assert int(summed["count"].sum()) == len(cells)
