"""Inter-municipal settlement (mellemkommunal afregning): our claims against the other municipalities' lists.

Both sides are compared per municipality and case reference. The net of each municipality is what is settled
once the cases are decided.
"""

from decimal import Decimal

import pandas as pd
from pydantic import Field

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
from gevinst.domain.flow_rows import place_of, total
from gevinst.domain.flow_settings import FlowSettings
from gevinst.domain.keyed_comparison import BOTH, ONE, compare

OURS, THEIRS = "ours", "theirs"
KEYS = ("municipality", "reference")


class Settings(FlowSettings):
    """The robot's [settings]."""

    own_code: str = Field(pattern=r"^\d{3}$")  #: our municipality code, which no claim may be against
    tolerance: Decimal = Field(default=Decimal(0), ge=0, le=100)  #: kroner that a case may differ


def _shape(*, several: bool) -> SourceShape:
    return SourceShape(
        columns=(
            SourceColumn(key="municipality", headings=("Kommunekode", "Kommunenr."), filled=True),
            SourceColumn(key="reference", headings=("Sagsnummer", "Sag", "Reference"), filled=True),
            SourceColumn(key="day", kind=ColumnKind.DAY, headings=("Dato", "Fakturadato"), filled=True),
            SourceColumn(key="amount", kind=ColumnKind.AMOUNT, headings=("Beløb",), filled=True),
        ),
        several=several,
        skip=("i alt", "sum", "total"),
    )


CASES = (
    Column(key="ms_municipality"),
    Column(key="ms_reference"),
    Column(key="ms_ours", kind=ColumnKind.AMOUNT),
    Column(key="ms_theirs", kind=ColumnKind.AMOUNT),
    Column(key="ms_difference", kind=ColumnKind.AMOUNT),
)
NETS = (CASES[0], *CASES[2:])
_AMOUNTS = ("ms_ours", "ms_theirs", "ms_difference")
_NAMES = {
    "municipality": "ms_municipality",
    "reference": "ms_reference",
    "one": "ms_ours",
    "other": "ms_theirs",
    "difference": "ms_difference",
}
_CAUSES = {BOTH: "ms_differs", ONE: "ms_only_ours"}


def work_out(given: FlowInput) -> FlowResult:
    """Compare per case; what differs, and a claim against ourselves, is a case for a person."""
    settings: Settings = given.settings
    ours, theirs = (_coded(given.tables[name]) for name in (OURS, THEIRS))
    pairs = compare(ours, theirs, by=KEYS).keys
    own = pairs["municipality"] == settings.own_code
    within = (pairs["where"] == BOTH) & (pairs["difference"].abs() <= int(settings.tolerance * 100)) & ~own
    differing, agreed = pairs[~within], pairs[within]
    nets = pairs.groupby("municipality", as_index=False)[["one", "other", "difference"]].sum()
    return FlowResult(
        conclusion="municipal_settlement",
        facts={
            "municipalities": len(nets),
            "count": len(pairs),
            "differing": len(differing),
            "amount": total(differing, "difference"),
        },
        controls=(
            Control(key="ms_ours_sum", expected=total(ours), found=total(nets, "one")),
            Control(key="ms_theirs_sum", expected=total(theirs), found=total(nets, "other")),
            Control(
                key="ms_bridge",
                expected=total(theirs) - total(ours),
                found=total(differing, "difference") + total(agreed, "difference"),
            ),
        ),
        tables=(
            ResultTable(key="ms_nets", columns=NETS, rows=nets.rename(columns=_NAMES), summed=_AMOUNTS),
            ResultTable(
                key="ms_differing", columns=CASES, rows=differing.rename(columns=_NAMES), summed=_AMOUNTS
            ),
        ),
        cases=tuple(_case(row, settings) for row in differing.to_dict("records")),
        done={"settlement": (agreed["municipality"] + ":" + agreed["reference"]).tolist()},
    )


def _coded(rows: pd.DataFrame) -> pd.DataFrame:
    """Municipality codes with three digits: a workbook may hold 101 as a number, and lose a leading zero."""
    return rows.assign(municipality=rows["municipality"].str.zfill(3))


def _case(row: dict, settings: Settings) -> FlowCase:  # type: ignore[type-arg] # a row of the comparison
    own = row["municipality"] == settings.own_code
    return FlowCase(
        item_id=f"{row['municipality']}:{row['reference']}",
        cause="ms_own" if own else _CAUSES.get(row["where"], "ms_only_theirs"),
        amount=int(row["difference"]),
        day=row["day"].date(),
        counterparty=row["municipality"],
        reference=row["reference"],
        place=place_of(row),
    )


FLOW = Flow(
    id="municipal_settlement",
    sources={OURS: _shape(several=False), THEIRS: _shape(several=True)},
    settings=Settings,
    work_out=work_out,
)
