"""The balances and totals that a table itself states, held against its movements."""

import numpy as np
from numpy.typing import NDArray

from gevinst.domain.finding import Finding
from gevinst.domain.money import NumberStyle
from gevinst.domain.place import Place
from gevinst.domain.statement import Statement
from gevinst.formats.amounts import amount_or_none
from gevinst.formats.assembly import Assembly
from gevinst.formats.currency import OFFICE_CURRENCY, currency_code
from gevinst.formats.grid import is_blank
from gevinst.formats.headings import fold
from gevinst.formats.plan import Role
from gevinst.formats.rows import RowKind, balance_kind
from gevinst.formats.table import Table
from gevinst.formats.text_column import texts_at
from gevinst.formats.value_columns import OreColumn


def statements_of(assembly: Assembly) -> list[Statement]:
    """The statement of a file of one account, when the file states an opening or a closing balance.

    Rows named as opening and closing balance win; else the running balance gives both ends.
    """
    accounts = _distinct(assembly, Role.ACCOUNT) or [assembly.plan.account]
    codes = _distinct(assembly, Role.CURRENCY) or [assembly.plan.currency or OFFICE_CURRENCY]
    currencies = sorted({currency_code(code) for code in codes})
    if len(accounts) > 1 or len(currencies) > 1:
        return []
    opening, closing = _running(assembly)
    turn = -1 if assembly.plan.turned_balance else 1
    opening = _stated(assembly, RowKind.OPENING, opening, turn)
    closing = _stated(assembly, RowKind.CLOSING, closing, turn)
    if opening is None and closing is None:
        return []
    days = assembly.dates.days[assembly.items]
    return [
        Statement(
            account=accounts[0],
            currency=currencies[0],
            opening=opening,
            closing=closing,
            movements=assembly.amounts.total(assembly.items),
            rows=len(assembly.items),
            first=days.min().item() if len(days) else None,
            last=days.max().item() if len(days) else None,
            place=_place(assembly, _first_break(assembly)),
        )
    ]


def _distinct(assembly: Assembly, role: Role) -> list[str]:
    index = assembly.plan.columns.get(role)
    if index is None:
        return []
    return sorted(set(texts_at(assembly.table.columns[index], assembly.items).unique()) - {""})


def _stated(assembly: Assembly, kind: RowKind, otherwise: int | None, turn: int) -> int | None:
    """The first opening row or the last closing row of the file."""
    above = stated_above(assembly.table, kind, assembly.plan.number_style)
    stated = above + [row.amount for row in assembly.of_kind(kind) if row.amount is not None]
    if not stated:
        return otherwise
    return turn * (stated[0] if kind is RowKind.OPENING else stated[-1])


def stated_above(table: Table, kind: RowKind, style: NumberStyle) -> list[int]:
    """Opening or closing balances in the lines above the header, øre."""
    stated: list[int] = []
    for row in table.grid.rows[: table.first if table.header is None else table.header]:
        filled = [cell for cell in row if not is_blank(cell)]
        if filled and isinstance(filled[0], str) and balance_kind(fold(filled[0])) is kind:
            stated += [amount for cell in filled[1:] if (amount := amount_or_none(cell, style)) is not None][
                :1
            ]
    return stated


def _running(assembly: Assembly) -> tuple[int | None, int | None]:
    """Opening and closing balance by the balance column: before the first movement, after the last."""
    column = assembly.plan.columns.get(Role.BALANCE)
    rows = _in_time(assembly)
    if column is None or not len(rows) or (not assembly.plan.balance_proved and len(rows) > 1):
        return None, None
    balances = _balances(assembly, column)
    at = np.flatnonzero(balances.known[rows])
    if not len(at):
        return None, None
    moved = assembly.amounts.total(rows[: at[0] + 1])
    return (balances[int(rows[at[0]])] or 0) - moved, balances[int(rows[-1])]


def _in_time(assembly: Assembly) -> NDArray[np.int64]:
    return assembly.items[::-1] if assembly.plan.newest_first else assembly.items


def _balances(assembly: Assembly, column: int) -> OreColumn:
    """The balance column as seen from the account."""
    balances = assembly.reader.column(column)
    return -balances if assembly.plan.turned_balance else balances


def _first_break(assembly: Assembly) -> int:
    """Line where the running balance first fails; 0 when it never does or there is none."""
    column = assembly.plan.columns.get(Role.BALANCE)
    if column is None or not assembly.plan.balance_proved:
        return 0
    balances, rows = _balances(assembly, column), _in_time(assembly)
    stated = rows[balances.known[rows]]
    moved = np.cumsum(assembly.amounts.ore[rows])[balances.known[rows]]
    breaks = stated[1:][np.diff(balances.ore[stated]) != np.diff(moved)]
    return assembly.table.lines[int(breaks[0])] if len(breaks) else 0


def total_findings(assembly: Assembly) -> list[Finding]:
    """BNK-005 for each total that is neither the sum since the last one nor the sum of all rows above."""
    findings: list[Finding] = []
    position, overall = 0, 0
    since: dict[int, int] = {}
    for total in assembly.of_kind(RowKind.TOTAL):
        before = int(np.searchsorted(assembly.items, total.index))
        part = assembly.amounts.total(assembly.items[position:before])
        position, overall = before, overall + part
        since = {level: value + part for level, value in since.items()}
        since.setdefault(total.level, overall)
        if total.amount is not None and total.amount not in {overall, since[total.level]}:
            findings.append(_total_finding(assembly, total.index, total.amount, since[total.level]))
        # A total of more stars closes the smaller ones too.
        since = {level: 0 if level <= total.level else value for level, value in since.items()}
    return findings


def _total_finding(assembly: Assembly, index: int, stated: int, computed: int) -> Finding:
    facts = {"stated": stated, "computed": computed, "difference": stated - computed}
    return Finding(code="BNK-005", place=_place(assembly, assembly.table.lines[index]), facts=facts)


def _place(assembly: Assembly, line: int) -> Place:
    return Place(file=assembly.intake.name, sheet=assembly.table.grid.sheet, line=line)
