"""Invoices that may stand twice: which are found, why, and which are none."""

import pandas as pd
import pytest

from gevinst.domain.duplicates import (
    MOST_IN_BLOCK,
    RANKS,
    Reason,
    find_duplicates,
    left_uncompared,
    mended_number,
    without_reversed,
)

Row = tuple[str, str, int, int]


def ledger(*rows: Row) -> pd.DataFrame:
    """Rows of supplier, number, day of October and øre."""
    return pd.DataFrame(
        {
            "supplier": pd.Series([row[0] for row in rows], dtype="str"),
            "number": pd.Series([row[1] for row in rows], dtype="str"),
            "day": pd.to_datetime([f"2026-10-{row[2]:02}" for row in rows]),
            "amount": pd.Series([row[3] for row in rows], dtype="Int64"),
            "place_file": pd.Series(["ledger.csv"] * len(rows), dtype="str"),
            "place_line": pd.Series(range(2, len(rows) + 2), dtype="int64"),
        }
    )


def found(*rows: Row) -> list[tuple[int, int, Reason]]:
    reasons = {rank: reason for reason, rank in RANKS.items()}
    pairs = find_duplicates(ledger(*rows))
    columns = (pairs[name].tolist() for name in ("first", "again", "rank"))
    return [(first, again, reasons[rank]) for first, again, rank in zip(*columns, strict=True)]


@pytest.mark.parametrize(
    ("again", "reason"),
    [
        (("S1", "40712", 1, 100), Reason.SAME_ALL),
        (("S1", "40712", 9, 100), Reason.SAME_NUMBER),
        (("S1", "0040-712", 9, 100), Reason.DAMAGED_NUMBER),
        (("S1", "4O712", 9, 100), Reason.DAMAGED_NUMBER),
        (("S1", "47012", 1, 100), Reason.NEAR_NUMBER),
        (("S2", "40712", 1, 100), Reason.OTHER_SUPPLIER),
        (("S1", "40712", 9, 200), Reason.OTHER_AMOUNT),
    ],
)
def test_an_invoice_that_repeats_another_is_found_with_the_surest_reason(again: Row, reason: Reason) -> None:
    assert found(("S1", "40712", 1, 100), again) == [(0, 1, reason)]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(("S1", "40713", 1, 100), id="the next of a series"),
        pytest.param(("S1", "88123", 1, 100), id="another number"),
        pytest.param(("S1", "47012", 2, 100), id="nearly the same number on another day"),
        pytest.param(("S2", "40712", 2, 100), id="another supplier on another day"),
        pytest.param(("S1", "", 1, 100), id="no number"),
    ],
)
def test_an_invoice_that_only_looks_like_another_is_none(other: Row) -> None:
    assert found(("S1", "40712", 1, 100), other) == []


def test_a_number_that_lost_its_end_is_near() -> None:
    rows = (("S1", "9040712", 1, 100), ("S1", "904071", 1, 100))

    assert found(*rows) == [(0, 1, Reason.NEAR_NUMBER)]


def test_invoices_with_no_number_do_not_repeat_each_other() -> None:
    assert found(("S1", "", 1, 100), ("S1", "", 1, 100), ("S1", "-", 1, 100), ("S1", "-", 1, 100)) == []


def test_the_third_of_three_repeats_the_first_too() -> None:
    rows = [("S1", "40712", day, 100) for day in (1, 1, 2)]

    assert found(*rows) == [(0, 1, Reason.SAME_ALL), (0, 2, Reason.SAME_NUMBER)]


def test_a_credit_takes_back_the_latest_of_equal_invoices() -> None:
    rows = ledger(("S1", "40712", 1, 100), ("S1", "40712", 5, 100), ("S1", "40-712", 6, -100))

    assert without_reversed(rows).tolist() == [True, False, False]


def test_a_credit_of_another_size_takes_nothing_back() -> None:
    rows = ledger(("S1", "40712", 1, 100), ("S1", "40712", 6, -60))

    assert without_reversed(rows).tolist() == [True, False]


def test_a_word_in_a_number_keeps_its_letters() -> None:
    numbers = mended_number(pd.Series(["FA-10O24", "BOLIG7", "007"], dtype="str"))

    assert numbers.tolist() == ["FA10024", "BOLIG7", "7"]


def test_more_alike_invoices_than_are_compared_are_counted() -> None:
    rows = [("S1", str(40_000 + 37 * at), 1, 100) for at in range(MOST_IN_BLOCK + 1)]

    assert left_uncompared(ledger(*rows)) == MOST_IN_BLOCK + 1
    assert left_uncompared(ledger(*rows[:-1])) == 0
