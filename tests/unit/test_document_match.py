"""Two lists of postings, document by document: every row has one kind, and the differences say all."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from gevinst.domain.document_match import AGREED, DocumentMatch, Kind, compare_documents

Row = tuple[str, int, int]


def table(*rows: Row) -> pd.DataFrame:
    """Rows of document, day of October and øre."""
    return pd.DataFrame(
        {
            "document": pd.Series([row[0] for row in rows], dtype="str"),
            "day": pd.to_datetime([f"2026-10-{row[1]:02}" for row in rows]),
            "amount": pd.Series([row[2] for row in rows], dtype="Int64"),
            "place_file": pd.Series(["list.csv"] * len(rows), dtype="str"),
            "place_sheet": pd.Series([""] * len(rows), dtype="str"),
            "place_line": pd.Series(range(2, len(rows) + 2), dtype="int64"),
        }
    )


def compared(left: list[Row], right: list[Row]) -> DocumentMatch:
    return compare_documents(table(*left), table(*right), ["document"])


def kinds(match: DocumentMatch) -> list[tuple[str, str, int]]:
    shown = match.differences[["document", "kind", "off_by"]]
    return [tuple(row) for row in shown.itertuples(index=False)]


def test_equal_rows_agree_whatever_their_order() -> None:
    match = compared([("B1", 1, 100), ("B2", 2, -50)], [("B2", 2, -50), ("B1", 1, 100)])

    assert set(match.left["kind"]) == {Kind.SAME}
    assert match.differences.empty


def test_what_stands_twice_on_one_side_needs_two_on_the_other() -> None:
    match = compared([("B1", 1, 100)], [("B1", 1, 100), ("B1", 1, 100)])

    assert kinds(match) == [("B1", Kind.TWICE_RIGHT, -100)]
    assert match.differences["place_line"].tolist() == [3]


def test_two_postings_agree_with_the_sum_of_a_document() -> None:
    match = compared([("B1", 1, 100)], [("B1", 1, 30), ("B1", 1, 70)])

    assert set(match.right["kind"]) == {Kind.SUM}
    assert match.differences.empty


def test_the_same_sum_on_another_day_is_a_difference_of_nothing() -> None:
    assert kinds(compared([("B1", 1, 100)], [("B1", 2, 100)])) == [("B1", Kind.DAY, 0)]


def test_an_empty_side_leaves_every_document_alone() -> None:
    assert kinds(compared([], [("B1", 1, 100)])) == [("B1", Kind.ONLY_RIGHT, -100)]
    assert kinds(compared([("B1", 1, 100)], [])) == [("B1", Kind.ONLY_LEFT, 100)]


ROWS = st.lists(
    st.tuples(st.sampled_from(["B1", "B2", "B3", ""]), st.integers(1, 3), st.integers(-3, 3)), max_size=8
)


@given(ROWS, ROWS)
def test_the_differences_are_the_difference_between_the_sides(left: list[Row], right: list[Row]) -> None:
    match = compared(left, right)

    apart = sum(row[2] for row in left) - sum(row[2] for row in right)
    assert sum(amount for _, _, amount in kinds(match)) == apart
    assert (len(match.left), len(match.right)) == (len(left), len(right))
    assert not match.left["kind"].isna().any()
    assert not match.right["kind"].isna().any()


@given(ROWS, ROWS)
def test_a_document_with_no_difference_agrees_in_every_row(left: list[Row], right: list[Row]) -> None:
    match = compared(left, right)

    named = set(match.differences["document"])
    rows = pd.concat([match.left, match.right])
    assert rows[~rows["document"].isin(named)]["kind"].isin(AGREED).all()
