"""Open data of spend: what was bought, by month, area and supplier, with nobody to be recognised.

A supplier without a CVR number may be a person and is never named. A cell of fewer rows than the smallest is
put together with the area's others; an area whose rest is too small goes to the rest of all areas.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from pydantic import Field

from gevinst.domain.check_rules import cvr_problem
from gevinst.domain.flow import (
    Column,
    ColumnKind,
    Control,
    Flow,
    FlowCase,
    FlowInput,
    FlowResult,
    OutputFile,
    ResultTable,
    SourceColumn,
    SourceShape,
)
from gevinst.domain.flow_rows import place_of, total
from gevinst.domain.flow_settings import FlowSettings

SPEND = "spend"
PERSONS, OTHERS, ALL = "Uden CVR-nummer", "Øvrige", "Alle områder"
CSV_NAME = "indkoeb.csv"
KEY = ["month", "area", "supplier", "cvr"]
FIELDS = (*KEY, "count", "amount")


class Settings(FlowSettings):
    """The robot's [settings]."""

    smallest: int = Field(default=5, ge=3, le=100)  #: rows that a published cell has at least
    title: str = Field(default="Indkøb", min_length=2)
    license: str = "CC-BY-4.0"


SHAPE = SourceShape(
    columns=(
        SourceColumn(key="document", headings=("Bilagsnummer", "Bilag"), filled=True),
        SourceColumn(key="day", kind=ColumnKind.DAY, headings=("Bogføringsdato", "Dato"), filled=True),
        SourceColumn(key="area", headings=("Område", "Forvaltning", "Afdeling"), filled=True),
        SourceColumn(key="supplier", headings=("Leverandørnavn", "Leverandør", "Kreditornavn"), filled=True),
        SourceColumn(key="cvr", headings=("CVR-nummer", "CVR-nr.", "CVR")),
        SourceColumn(key="amount", kind=ColumnKind.AMOUNT, headings=("Beløb", "Nettobeløb"), filled=True),
    ),
    skip=("i alt", "sum", "total"),
)
CELLS = (
    Column(key="od_month"),
    Column(key="od_area"),
    Column(key="od_supplier"),
    Column(key="od_cvr"),
    Column(key="od_count", kind=ColumnKind.COUNT),
    Column(key="amount", kind=ColumnKind.AMOUNT),
)


@dataclass(frozen=True, kw_only=True)
class OpenSpend:
    """What is published of a month."""

    cells: pd.DataFrame  #: FIELDS
    settings: Settings
    period: str


def work_out(given: FlowInput) -> FlowResult:
    """Aggregate, hide small cells, and write CSV and its description; a wrong CVR number is a case."""
    settings: Settings = given.settings
    rows = _named(given.tables[SPEND])
    wrong = rows[rows["problem"] != ""]
    cells = published(rows, settings.smallest)
    amount = total(cells)
    return FlowResult(
        conclusion="open_data_spend",
        facts={
            "count": len(rows),
            "cells": len(cells),
            "amount": amount,
            "hidden": int(cells.loc[cells["supplier"].isin((OTHERS, ALL)), "count"].sum()),
            "smallest": settings.smallest,
        },
        controls=(
            Control(key="sum", expected=total(rows), found=amount),
            Control(key="rows", expected=len(rows), found=total(cells, "count"), is_amount=False),
            Control(key="od_small", expected=0, found=_too_small(cells, settings.smallest), is_amount=False),
        ),
        tables=(
            ResultTable(
                key="od_cells",
                columns=CELLS,
                rows=cells.rename(columns={name: f"od_{name}" for name in (*KEY, "count")}),
                summed=("amount",),
            ),
        ),
        cases=tuple(_case(row) for row in wrong.to_dict("records")),
        outputs=tuple(_outputs(OpenSpend(cells=cells, settings=settings, period=given.period), given)),
        done={"dataset": [given.period] if not len(wrong) else []},
    )


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows by month, with suppliers that may be named; `problem` of a CVR number that is none."""
    cvr = rows["cvr"].str.replace(" ", "")
    problems = cvr.map({text: cvr_problem(text) if text else "" for text in cvr.unique()})
    company = (cvr != "") & (problems == "")
    first = rows["supplier"].groupby(cvr).transform("min")  # one name for a number, whatever the rows call it
    return rows.assign(
        month=rows["day"].dt.strftime("%Y-%m"),
        supplier=first.where(company, PERSONS),
        cvr=cvr.where(company, ""),
        problem=problems,
    )


def published(rows: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """Cells with at least `smallest` rows each; the last one, of all areas, may hold fewer only if all do.

    Hiding one cell alone would let it be found as the difference, were the area's total known: so where one
    is hidden, the area's next smallest is hidden with it.
    """
    cells = _cells(rows, KEY)
    small = cells["count"] < smallest
    alone = small.groupby([cells["month"], cells["area"]]).transform("sum") == 1
    rank = cells["count"].groupby([cells["month"], cells["area"]]).rank(method="first")
    small |= alone & (rank == 2)  # noqa: PLR2004 - the second smallest
    cells = _merged(cells, small, supplier=OTHERS)
    rest = (cells["supplier"] == OTHERS) & (cells["count"] < smallest)
    cells = _merged(cells, rest, supplier=ALL, area=ALL)
    tail = (cells["supplier"] == ALL) & (cells["count"] < smallest)
    if tail.any() and len(cells) > 1:
        months = cells.loc[tail, "month"]
        smallest_other = (
            cells[~tail & cells["month"].isin(months)].sort_values("count").groupby("month").head(1)
        )
        cells = _merged(cells, tail | cells.index.isin(smallest_other.index), supplier=ALL, area=ALL)
    return cells.sort_values(KEY, ignore_index=True)


def _cells(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    counted = rows if "count" in rows else rows.assign(count=1)
    summed = counted.groupby(by, as_index=False)[["count", "amount"]].sum()
    return summed.astype({"count": "Int64", "amount": "Int64"})


def _merged(cells: pd.DataFrame, which: pd.Series, *, supplier: str, area: str = "") -> pd.DataFrame:
    names = {"supplier": supplier, "cvr": ""} | ({"area": area} if area else {})
    changed = cells.assign(**{name: cells[name].mask(which, text) for name, text in names.items()})
    return _cells(changed, KEY)


def _too_small(cells: pd.DataFrame, smallest: int) -> int:
    """Published cells that are too small, but where a month has no more rows than that."""
    months = cells.groupby("month")["count"].transform("sum")
    return int(((cells["count"] < smallest) & (months >= smallest)).sum())


def _outputs(book: OpenSpend, given: FlowInput) -> Iterator[OutputFile]:
    """The data and its description, each where the office has a writer for it."""
    for name, writer, control_total in (
        (CSV_NAME, "spend_csv", total(book.cells)),
        ("datapackage.json", "spend_package", 0),
    ):
        if writer in given.writers:
            yield OutputFile(name=name, content=given.writers[writer](book), control_total=control_total)


def _case(row: dict) -> FlowCase:  # type: ignore[type-arg] # a row of the spend
    return FlowCase(
        item_id=f"{row['document']}:{int(row['place_line'])}",
        cause="od_wrong_cvr",
        amount=int(row["amount"]),
        day=row["day"].date(),
        document=row["document"],
        reference=row["area"],
        place=place_of(row),
    )


FLOW = Flow(id="open_data_spend", sources={SPEND: SHAPE}, settings=Settings, work_out=work_out)
