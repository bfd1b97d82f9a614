"""Trial balances: the opening and closing balance of a ledger account whose own export has none."""

from collections.abc import Sequence
from pathlib import Path

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.masking import shown_value
from gevinst.domain.money import AmountError, NumberStyle
from gevinst.domain.place import Place
from gevinst.domain.statement import Statement
from gevinst.formats.amounts import choose_style, read_amount
from gevinst.formats.delimited import read_delimited
from gevinst.formats.encoding import decode_clean
from gevinst.formats.grid import Cell, Grid, Row, cell_text
from gevinst.formats.intake import Intake, take_in
from gevinst.formats.workbook import read_workbook

KNOWN_NAMES = (
    ("konto", "kontonr", "kontonummer", "account", "account no"),
    ("primosaldo", "primo", "saldo primo", "opening balance", "opening"),
    ("ultimosaldo", "ultimo", "saldo ultimo", "closing balance", "closing"),
)
ZIP_START = b"PK"


def read_trial_balance(path: Path, account: str) -> Statement:
    """The balances of one account, as a statement without movements.

    Args:
        path: a text file or workbook with the columns account, opening and closing (Danish or English names).
        account: as the trial balance writes it.

    Raises:
        InputRejectedError: LAY-003 no such table, BAL-001 the account is not in it, BAL-002 a balance is
            no amount.
    """
    intake = take_in(path)
    for grid in _grids(intake):
        for place, row in enumerate(grid.rows):
            columns = _columns(row)
            if columns:
                return _statement(intake.name, grid, columns, header=place, account=account)
    raise intake.rejected("LAY-003")


def _grids(intake: Intake) -> list[Grid]:
    if intake.head.startswith(ZIP_START):
        return read_workbook(intake)
    grid, _ = read_delimited(decode_clean(intake).utf8)
    return [grid]


def _columns(row: Row) -> tuple[int, int, int] | None:
    names = [cell_text(cell).strip().rstrip(".").casefold() for cell in row]
    found = [next((names.index(name) for name in known if name in names), None) for known in KNOWN_NAMES]
    account, opening, closing = found
    return None if account is None or opening is None or closing is None else (account, opening, closing)


def _statement(
    file: str, grid: Grid, columns: tuple[int, int, int], *, header: int, account: str
) -> Statement:
    at, opening, closing = columns
    rows = [row for row in grid.rows[header + 1 :] if len(row) > max(columns)]
    lines = grid.lines[header + 1 :]
    style = choose_style([[row[column] for row in rows] for column in (opening, closing)]).style
    for line, row in zip(lines, rows, strict=False):
        if cell_text(row[at]).strip() == account:
            place = Place(file=file, sheet=grid.sheet, line=line)
            return Statement(
                account=account,
                currency="",
                opening=_balance(row[opening], style, place),
                closing=_balance(row[closing], style, place),
                place=place,
            )
    known = _some([cell_text(row[at]) for row in rows])
    place = Place(file=file, sheet=grid.sheet)
    raise InputRejectedError([Finding(code="BAL-001", place=place, found=known, facts={"account": account})])


def _some(accounts: Sequence[str]) -> str:
    return shown_value(", ".join(accounts))


def _balance(cell: Cell, style: NumberStyle, place: Place) -> int:
    try:
        return read_amount(cell, style)
    except AmountError:
        finding = Finding(code="BAL-002", place=place, found=shown_value(cell))
        raise InputRejectedError([finding]) from None
