"""What a person tells about a file: `date=Bogført, amount=4, id=B, date_order=dmy`."""

import re
from collections.abc import Mapping

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.money import NumberStyle
from gevinst.formats.choosing import SIGNS, Wishes
from gevinst.formats.columns import column_finding
from gevinst.formats.dates import DateOrder
from gevinst.formats.grid import column_index
from gevinst.formats.headings import fold
from gevinst.formats.intake import Intake
from gevinst.formats.money_columns import INDICATOR_WORDS, mark_key
from gevinst.formats.plan import OPTIONS, PAIR_MARK, Role
from gevinst.formats.table import Table
from gevinst.formats.text_column import unique_cells

PRINTED_SEPARATORS = (";", "|", ",")  # examples for whoever wrote another; TAB cannot be seen
_LETTER = re.compile(r"[A-Za-z]{1,3}")


class MappingError(ValueError):
    """A key or a value of a mapping that does not exist: whoever wrote the command mends it."""

    def __init__(self, key: str, value: str, choices: tuple[str, ...]) -> None:
        self.key, self.value, self.choices = key, value, choices
        super().__init__(f"{key}={value}")


def check_keys(told: Mapping[str, str]) -> None:
    """Refuse unknown keys and values.

    Raises:
        MappingError: no such role or option, or a value that the option does not have.
    """
    choices = {
        "date_order": tuple(DateOrder),
        "number_style": tuple(NumberStyle),
        "sign": SIGNS,
    }
    for key, value in told.items():
        if key not in OPTIONS and key not in set(Role):
            raise MappingError(key, value, (*Role, *sorted(OPTIONS)))
        if key == "separator" and len(value) != 1:
            raise MappingError(key, value, PRINTED_SEPARATORS)
        if key in choices and value not in choices[key]:
            raise MappingError(key, value, choices[key])


def wishes_for(intake: Intake, table: Table, told: Mapping[str, str]) -> Wishes:
    """The columns and options that a person names, found in a table.

    Raises:
        InputRejectedError: LAY-001 no such column, LAY-002 two columns of that name.
    """
    check_keys(told)
    findings: list[Finding] = []
    columns: dict[Role, int] = {}
    for key, value in told.items():
        if key == Role.AMOUNT and PAIR_MARK in value:
            columns |= _pair(table, value, intake.name, findings)
        elif key not in OPTIONS:
            columns[Role(key)] = _find(table, value, intake.name, findings)
    if findings:
        raise InputRejectedError(findings)
    sign = told.get("sign")
    return Wishes(
        columns=columns,
        date_order=DateOrder(told["date_order"]) if "date_order" in told else None,
        number_style=NumberStyle(told["number_style"]) if "number_style" in told else None,
        reversed_sign=None if sign is None else sign == "reversed",
    )


def _pair(table: Table, wanted: str, file: str, findings: list[Finding]) -> dict[Role, int]:
    """Two columns that make one amount: debit and credit, or an amount and its D/K column."""
    first, _, second = wanted.partition(PAIR_MARK)
    columns = [_find(table, name, file, findings) for name in (first, second)]
    marked = any(mark_key(cell) in INDICATOR_WORDS for cell in unique_cells(table.columns[columns[1]]))
    roles = (Role.AMOUNT, Role.INDICATOR) if marked else (Role.DEBIT, Role.CREDIT)
    return dict(zip(roles, columns, strict=True))


def _find(table: Table, wanted: str, file: str, findings: list[Finding]) -> int:
    """The column of a name, a number from 1 or a letter; a name wins over a letter."""
    named = [index for index, name in enumerate(table.names) if name and fold(name) == fold(wanted)]
    exact = [index for index in named if table.names[index].strip() == wanted.strip()]
    found = exact if len(exact) == 1 else named
    if not found:
        found = [index for index in _positions(wanted) if 0 <= index < table.width]
    if len(found) == 1:
        return found[0]
    findings.append(column_finding(table, wanted=wanted, found=found, file=file))
    return 0


def _positions(wanted: str) -> list[int]:
    if wanted.isdecimal():
        return [int(wanted) - 1]
    return [column_index(wanted)] if _LETTER.fullmatch(wanted) else []
