"""Project postings (F12, CJI3): a spool whose records take two lines, as one table.

The reader stops when it is unsure where a record's columns stand; nothing is then read.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from gevinst.domain.consolidation import keyed_sums
from gevinst.domain.flow import (
    Column,
    ColumnKind,
    Control,
    Flow,
    FlowCase,
    FlowInput,
    FlowResult,
    ResultTable,
    SourceColumn,
    SourceShape,
)
from gevinst.domain.flow_rows import place_of
from gevinst.domain.flow_settings import FlowSettings

SPOOL = "spool"
PROJECT, WBS, ELEMENT, AMOUNT = "project", "wbs", "cost_element", "amount"
LAST_MONTH = 12


class Settings(FlowSettings):
    """The robot's [settings]: there are none."""


SHAPE = SourceShape(
    columns=(
        SourceColumn(key="document", headings=("Bilagsnummer",), filled=True),
        SourceColumn(key=WBS, headings=("PSP-element", "Objekt"), filled=True),
        SourceColumn(key=PROJECT, headings=("Projektdefinition",), required=False),
        SourceColumn(key="posting_period", kind=ColumnKind.COUNT, headings=("Periode",), filled=True),
        SourceColumn(key="posting_day", kind=ColumnKind.DAY, headings=("Bogføringsdato",), filled=True),
        SourceColumn(key=ELEMENT, headings=("Omk.art", "Omkostningsart"), filled=True),
        SourceColumn(
            key="cost_text", headings=("OmkArtsbetegnelse", "Omkostningsartsbetegnelse"), required=False
        ),
        SourceColumn(
            key=AMOUNT,
            kind=ColumnKind.AMOUNT,
            headings=("Vrd./CO-områdevaluta", "Værdi/CO-områdevaluta"),
            filled=True,
        ),
        SourceColumn(key="text", headings=("Betegnelse", "Objektbetegnelse"), required=False),
    ),
    several=True,
    form="project_list",
)
COLUMNS = tuple(Column(key=one.key, kind=one.kind) for one in SHAPE.columns)


def work_out(given: FlowInput) -> FlowResult:
    """All records, and their sums by element and cost element; what looks wrong is a case, and counts."""
    rows = given.tables[SPOOL]
    sums = keyed_sums(rows, (PROJECT, WBS, ELEMENT), (AMOUNT,))
    cases = (*_other_period(rows), *_again(rows))
    total = int(rows[AMOUNT].sum())
    heads = (Column(key=PROJECT), Column(key=WBS), Column(key=ELEMENT))
    return FlowResult(
        conclusion="project_postings",
        facts={
            "rows": len(rows),
            "projects": rows[PROJECT].nunique(),
            "amount": total,
            "open": len(cases),
        },
        controls=(
            Control(key="rows", expected=len(rows), found=int(sums["count"].sum()), is_amount=False),
            Control(key="project_sums", expected=total, found=int(sums[AMOUNT].sum())),
        ),
        tables=(
            ResultTable(
                key="project_sums",
                columns=(
                    *heads,
                    Column(key="count", kind=ColumnKind.COUNT),
                    Column(key=AMOUNT, kind=ColumnKind.AMOUNT),
                ),
                rows=sums,
                summed=(AMOUNT,),
            ),
            ResultTable(key="project_rows", columns=COLUMNS, rows=rows, summed=(AMOUNT,)),
        ),
        cases=cases,
        done={"posting": _marks(rows)},
    )


def _marks(rows: pd.DataFrame) -> list[str]:
    """A key of each record that is the same in every run; equal records are numbered."""
    keys = ["document", WBS, ELEMENT, AMOUNT]
    numbers = rows.groupby(keys, dropna=False).cumcount()
    parts = zip(*(rows[key].astype("str") for key in keys), numbers.astype("str"), strict=True)
    return [":".join(part) for part in parts]


def _other_period(rows: pd.DataFrame) -> Iterator[FlowCase]:
    """Records of a day in another month than their period; special periods (13-16) belong to no month."""
    month = rows["posting_day"].dt.month
    off = rows[(rows["posting_period"] <= LAST_MONTH) & (rows["posting_period"] != month)]
    yield from _cases(off, "project_period_differs", "period")


def _again(rows: pd.DataFrame) -> Iterator[FlowCase]:
    """Records with the document, element, cost element, day and amount of one before them."""
    keys = ["document", WBS, ELEMENT, "posting_day", AMOUNT, "text"]
    yield from _cases(rows[rows.duplicated(keys)], "project_document_again", "again")


def _cases(rows: pd.DataFrame, cause: str, mark: str) -> Iterator[FlowCase]:
    found: list[dict[Any, Any]] = rows.to_dict("records")
    for row in found:
        place = place_of(row)
        yield FlowCase(
            item_id=f"{mark}:{place}",
            cause=cause,
            amount=int(row[AMOUNT]),
            day=row["posting_day"].date(),
            text=str(row["text"]),
            reference=str(row[WBS]),
            document=str(row["document"]),
            place=place,
        )


FLOW = Flow(id="project_postings", sources={SPOOL: SHAPE}, settings=Settings, work_out=work_out)
