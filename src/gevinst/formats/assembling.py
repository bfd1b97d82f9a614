"""From a table and its plan to items: every row read, skipped with a reason, or named with its fault."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gevinst.domain.finding import Finding, Severity
from gevinst.domain.item import items_frame
from gevinst.domain.source import Assumption, RowCounts, SourceRead
from gevinst.domain.statement import balance_findings
from gevinst.formats.assembly import Assembly
from gevinst.formats.balances import statements_of, total_findings
from gevinst.formats.currency import OFFICE_CURRENCY, currency_code
from gevinst.formats.dates import read_dates
from gevinst.formats.faults import row_findings, trouble_findings
from gevinst.formats.grid import Cell, Syntax, cell_text, column_letter
from gevinst.formats.identity import item_ids
from gevinst.formats.plan import Role, assume
from gevinst.formats.rows import RowKind
from gevinst.formats.text_column import TextColumn, texts_at

TEXT_ROLES = {
    Role.REFERENCE: "reference",
    Role.TEXT: "text",
    Role.COUNTERPARTY: "counterparty",
    Role.DOCUMENT: "document",
}


def assemble(assembly: Assembly) -> SourceRead:
    """Read every row of a table by its plan."""
    ids, id_reason = item_ids(assembly.table, assembly.plan, assembly.items, told=assembly.id_told)
    faulty = assembly.of_kind(RowKind.FAULTY)
    statements = statements_of(assembly)
    findings = [finding for row in faulty for finding in row_findings(assembly, row)]
    if not faulty:
        # With a row left out no sum can be right; the row itself is the thing to mend.
        findings += [*balance_findings(statements), *total_findings(assembly)]
    texts = _text_columns(assembly, ids)
    findings += [*_currency_findings(assembly, texts["currency"]), *trouble_findings(assembly)]
    return SourceRead(
        items=_frame(assembly, texts),
        statements=tuple(statements),
        findings=(*findings, *assembly.plan.findings, *_hidden_findings(assembly)),
        rows=_counts(assembly, len(faulty)),
        layout=assembly.plan.layout,
        sha256=assembly.intake.sha256,
        file=assembly.intake.name,
        assumptions=(*assembly.plan.assumptions, id_reason, *_account_reason(assembly, texts["account"])),
        raw=_raw(assembly),
        skipped=_skipped(assembly),
    )


def _text_columns(assembly: Assembly, ids: TextColumn) -> dict[str, TextColumn]:
    rows = assembly.items
    return {
        "item_id": ids,
        "account": _texts(assembly, Role.ACCOUNT, assembly.plan.account),
        "currency": _currencies(assembly),
        **{name: _texts(assembly, role, "") for role, name in TEXT_ROLES.items()},
        "carried_from": TextColumn.repeated("", len(rows)),
        "place_file": TextColumn.repeated(assembly.intake.name, len(rows)),
        "place_sheet": TextColumn.repeated(assembly.table.grid.sheet, len(rows)),
        "place_cell": _cells(assembly),
    }


def _frame(assembly: Assembly, texts: Mapping[str, TextColumn]) -> pd.DataFrame:
    rows, plan = assembly.items, assembly.plan
    columns: dict[str, object] = {name: column.frame_column() for name, column in texts.items()}
    columns |= {
        "booked": assembly.dates.days[rows].astype("datetime64[s]"),
        "amount": assembly.amounts.ore[rows],
        "place_line": assembly.lines,
    }
    if plan.has(Role.VALUE_DATE):
        days = read_dates(assembly.table.columns[plan.columns[Role.VALUE_DATE]], plan.date_order)
        columns["value_date"] = days.days[rows].astype("datetime64[s]")
    return items_frame(columns)


def _texts(assembly: Assembly, role: Role, otherwise: str) -> TextColumn:
    index = assembly.plan.columns.get(role)
    if index is None:
        return TextColumn.repeated(otherwise, len(assembly.items))
    found = texts_at(assembly.table.columns[index], assembly.items)
    return found.with_blanks_as(otherwise) if otherwise else found


def _currencies(assembly: Assembly) -> TextColumn:
    """The code of each row; most files have one."""
    found = _texts(assembly, Role.CURRENCY, assembly.plan.currency or OFFICE_CURRENCY)
    words, codes = found.coded()
    known = [currency_code(word) for word in words]
    return found if known == words else TextColumn.of(known).ordered(codes)


def _cells(assembly: Assembly) -> TextColumn:
    """The cell of each amount, such as D17; a list has no cells but lines."""
    columns = assembly.plan.columns
    if assembly.table.grid.syntax is Syntax.LIST:
        return TextColumn.repeated("", len(assembly.items))
    if Role.AMOUNT in columns:
        return TextColumn.numbered(column_letter(columns[Role.AMOUNT]), assembly.lines)
    debit, credit = (
        TextColumn.numbered(column_letter(columns[role]), assembly.lines)
        for role in (Role.DEBIT, Role.CREDIT)
    )
    on_debit = assembly.reader.column(columns[Role.DEBIT])
    return debit.or_else(credit, (on_debit.ore != 0)[assembly.items])


def _counts(assembly: Assembly, rejected: int) -> RowCounts:
    grid = assembly.table.grid
    in_file = len(grid.rows) + len(grid.outside)
    read = len(assembly.items)
    return RowCounts(in_file=in_file, read=read, skipped=in_file - read - rejected, rejected=rejected)


def _skipped(assembly: Assembly) -> tuple[tuple[int, str], ...]:
    table = assembly.table
    above = [
        (table.grid.lines[index], "skipped.title")
        for index in range(table.first)
        if index != table.header and any(cell_text(cell) for cell in table.grid.rows[index])
    ]
    header = [(table.header_line, RowKind.HEADER.value)] if table.header is not None else []
    under = [
        (table.lines[row.index], row.kind.value)
        for row in assembly.others
        if row.kind not in {RowKind.BLANK, RowKind.FAULTY}
    ]
    return tuple(sorted([*table.grid.outside, *above, *header, *under]))


def _raw(assembly: Assembly) -> pd.DataFrame:
    """The movements' cells as they stood, under the names of their columns."""
    names: list[str] = []
    for index in range(assembly.table.width):
        label = assembly.table.label(index)
        names.append(f"{label} ({column_letter(index)})" if label in names else label)
    columns = (_raw_column(column, assembly.items) for column in assembly.table.columns)
    return pd.DataFrame(dict(zip(names, columns, strict=True)))


def _raw_column(cells: Sequence[Cell], rows: NDArray[np.int64]) -> object:
    if isinstance(cells, TextColumn):
        return cells.taken(rows).frame_column()
    return pd.Series([cells[row] for row in rows], dtype=object)


def _currency_findings(assembly: Assembly, currency: TextColumn) -> list[Finding]:
    currencies = sorted(currency.unique())
    if len(currencies) < 2:  # noqa: PLR2004 - two is what "several" begins with
        return []
    return [assembly.intake.finding("BNK-006", currencies=", ".join(currencies), count=len(currencies))]


def _hidden_findings(assembly: Assembly) -> list[Finding]:
    hidden = assembly.table.grid.hidden_rows
    if not hidden:
        return []
    return [
        assembly.intake.finding(
            "LAY-008", severity=Severity.WARNING, count=hidden, sheet=assembly.table.grid.sheet
        )
    ]


def _account_reason(assembly: Assembly, of_rows: TextColumn) -> tuple[Assumption, ...]:
    """The account above the table; or that the table has several, which one reconciliation seldom should."""
    account, accounts = assembly.plan.account, of_rows.distinct()
    if account:
        return (
            assume(subject="account", taken=account, because="account.title", facts={"account": account}),
        )
    if accounts <= 1:
        return ()
    label = assembly.table.label(assembly.plan.columns[Role.ACCOUNT])
    facts: dict[str, str | int] = {"column": label, "count": accounts}
    return (assume(subject="account", taken=label, because="account.several", facts=facts),)
