"""Small differences (F5): which balances of a debtor list may be posted to the difference account.

A proposal list: the robot posts nothing. As offices do it by hand: balances between -10,00 and -0,01 with the
status *Fri* are posted to the ledger key `diff`.
"""

from collections.abc import Iterator
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
from gevinst.domain.flow_rows import joined_keys, place_of, total
from gevinst.domain.flow_settings import FlowSettings

LIST = "list"
KEYS = ("account", "document", "day", "amount")


class Settings(FlowSettings):
    """The robot's [settings]."""

    most: Decimal = Field(
        default=Decimal("10.00"), gt=0, le=100
    )  #: kroner; the largest difference, without sign
    free_status: str = "Fri"  #: the status of a balance that nothing blocks
    account: str = Field(min_length=4, max_length=10)  #: the difference account


SHAPE = SourceShape(
    columns=(
        SourceColumn(key="account", headings=("Aftale", "Konto", "Debitorkonto"), filled=True),
        SourceColumn(key="document", headings=("Bilagsnummer", "Bilag"), required=False),
        SourceColumn(key="status", headings=("Status",), filled=True),
        SourceColumn(key="day", kind=ColumnKind.DAY, headings=("Dato", "Bogføringsdato"), filled=True),
        SourceColumn(key="amount", kind=ColumnKind.AMOUNT, headings=("Saldo", "Beløb"), filled=True),
    ),
    skip=("i alt", "sum", "total"),
)
COLUMNS = (
    Column(key="account"),
    Column(key="document"),
    Column(key="day", kind=ColumnKind.DAY),
    Column(key="amount", kind=ColumnKind.AMOUNT),
    Column(key="post_to"),
)


def work_out(given: FlowInput) -> FlowResult:
    """Split the list: proposed for posting, blocked (a case for a person), and too large to be one."""
    settings: Settings = given.settings
    rows = given.tables[LIST]
    limit = int(settings.most * 100)
    small = rows["amount"].abs().between(1, limit)
    free = rows["status"].str.casefold() == settings.free_status.casefold()
    proposed = rows[small & free].assign(post_to=settings.account)
    blocked, other = rows[small & ~free], rows[~small]
    parts = (proposed, blocked, other)
    return FlowResult(
        conclusion="small_differences",
        facts={
            "count": len(proposed),
            "amount": total(proposed),
            "blocked": len(blocked),
            "other": len(other),
        },
        controls=(
            Control(key="rows", expected=len(rows), found=sum(map(len, parts)), is_amount=False),
            Control(key="sum", expected=total(rows), found=sum(map(total, parts))),
        ),
        tables=(
            ResultTable(key="proposed", columns=COLUMNS, rows=proposed, summed=("amount",)),
            ResultTable(key="other", columns=COLUMNS[:-1], rows=other, summed=("amount",)),
        ),
        cases=tuple(_cases(blocked)),
        done={"difference": list(joined_keys(proposed, KEYS))},
    )


def _cases(blocked: pd.DataFrame) -> Iterator[FlowCase]:
    for row, item_id in zip(blocked.to_dict("records"), joined_keys(blocked, KEYS), strict=True):
        yield FlowCase(
            item_id=item_id,
            cause="blocked_balance",
            amount=int(row["amount"]),
            day=row["day"].date(),
            text=str(row["status"]),
            reference=str(row["account"]),
            document=str(row["document"]),
            place=place_of(row),
        )


FLOW = Flow(id="small_differences", sources={LIST: SHAPE}, settings=Settings, work_out=work_out)
