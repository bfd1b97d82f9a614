"""Rows of an overlapping export are counted by occurrence: doubles go, true equal rows stay."""

from collections import Counter

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from gevinst.domain.overlap import without_overlap
from unit.matching.builders import frame

Made = list[tuple[int, str, str]]
ROWS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(["100,00", "-50,00"]), st.sampled_from(["A", "B"])),
    max_size=12,
)


def rows(made: Made) -> pd.DataFrame:
    return frame(
        [f"row:{at} 2026-10-{day:02} {amount} {text}" for at, (day, amount, text) in enumerate(made)]
    )


def content(items: pd.DataFrame) -> Counter[tuple[object, ...]]:
    return Counter(zip(items["booked"], items["amount"], items["text"], strict=True))


@given(ROWS, ROWS)
def test_both_parts_together_are_the_file(now: Made, before: Made) -> None:
    items, earlier = rows(now), rows(before)

    found = without_overlap(items, earlier)

    assert content(found.items) + content(found.duplicate) == content(items)
    assert content(found.duplicate) <= content(earlier)


@given(ROWS, ROWS)
def test_of_each_row_as_many_are_doubles_as_the_earlier_file_had(now: Made, before: Made) -> None:
    items, earlier = rows(now), rows(before)

    found = without_overlap(items, earlier)

    assert content(found.duplicate) == content(items) & content(earlier)


@given(ROWS)
def test_equal_rows_of_one_file_are_never_doubles_of_each_other(made: Made) -> None:
    assert without_overlap(rows(made), rows([])).duplicate.empty


def test_rows_that_the_bank_gives_different_ids_are_different_rows() -> None:
    now, before = frame(["REF-2 2026-10-05 100,00 A"]), frame(["REF-1 2026-10-05 100,00 A"])

    assert without_overlap(now, before).duplicate.empty
    assert len(without_overlap(before, before).duplicate) == 1


def test_a_row_after_the_earlier_file_s_last_day_is_new() -> None:
    before = frame(["row:2 2026-10-05 100,00 A"])
    now = frame(["row:2 2026-10-05 100,00 A", "row:3 2026-10-06 100,00 A"])

    found = without_overlap(now, before)

    assert list(found.items["item_id"]) == ["row:3"]
