"""Cells of open data: nobody stands alone, and nothing is lost."""

import csv
import io
import json
from datetime import date

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.flow import FlowInput, FlowResult
from gevinst.domain.flows.open_data_spend import FLOW, published
from gevinst.reports.writers import file_writers

SMALLEST = 5
CELL = st.tuples(st.sampled_from(["Skole", "Park", "Vej"]), st.sampled_from("ABCD"), st.integers(1, 12))


def rows(cells: list[tuple[str, str, int]]) -> pd.DataFrame:
    """Rows of one krone for each (area, supplier, count)."""
    flat = [(area, supplier) for area, supplier, count in cells for _ in range(count)]
    return pd.DataFrame(
        {
            "month": ["2026-10"] * len(flat),
            "area": [area for area, _ in flat],
            "supplier": [supplier for _, supplier in flat],
            "cvr": [supplier for _, supplier in flat],
            "amount": pd.Series([100] * len(flat), dtype="Int64"),
        }
    )


@given(st.lists(CELL, min_size=1, max_size=12))
def test_no_cell_is_small_and_the_sum_stays(cells: list[tuple[str, str, int]]) -> None:
    given_rows = rows(cells)

    found = published(given_rows, SMALLEST)

    assert int(found["amount"].sum()) == len(given_rows) * 100
    assert int(found["count"].sum()) == len(given_rows)
    assert (found["count"] >= min(SMALLEST, len(given_rows))).all()


def test_a_small_cell_that_stands_alone_takes_the_next_smallest_with_it() -> None:
    found = published(rows([("Skole", "A", 9), ("Skole", "B", 6), ("Skole", "C", 2)]), SMALLEST)

    assert list(zip(found["supplier"], found["count"], strict=True)) == [("A", 9), ("Øvrige", 8)]


def worked_out(supplier: str) -> FlowResult:
    count = 5
    spend = pd.DataFrame(
        {
            "document": [str(one) for one in range(count)],
            "day": pd.to_datetime([date(2026, 10, 5)] * count),
            "area": ["Skole"] * count,
            "supplier": [supplier] * count,
            "cvr": ["10000009"] * count,
            "amount": pd.Series([12_345] * count, dtype="Int64"),
            "place_file": ["a.csv"] * count,
            "place_sheet": [""] * count,
            "place_line": range(2, count + 2),
        }
    )
    return FLOW.work_out(
        FlowInput(
            tables={"spend": spend},
            files={},
            settings=FLOW.settings(),
            period="2026-10",
            as_of=date(2026, 10, 31),
            calendar=BankCalendar(),
            writers=file_writers(),
        )
    )


def test_the_csv_is_as_its_data_package_describes() -> None:
    files = {one.name: one.content for one in worked_out("Papirhuset").outputs}

    [row] = csv.DictReader(io.StringIO(files["indkoeb.csv"].decode()))
    [resource] = json.loads(files["datapackage.json"])["resources"]
    assert row == {
        "month": "2026-10",
        "area": "Skole",
        "supplier": "Papirhuset",
        "cvr": "10000009",
        "count": "5",
        "amount": "617.25",
    }
    assert [one["name"] for one in resource["schema"]["fields"]] == list(row)


def test_a_supplier_is_no_formula_in_a_spreadsheet() -> None:
    content = worked_out("=HYPERLINK(1)").outputs[0].content.decode()

    assert "'=HYPERLINK(1)" in content
