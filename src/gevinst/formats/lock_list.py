"""SAP's list of reminder locks (FPLKA, lock type 51, exported as a spreadsheet: text with tabulators).

A line of its own names the business partner; the lines below it begin with the key of what is locked: the
number of the agreement, filled with zeros, and twelve digits for the item. Source: what public robots of a
Danish municipality read of it.
"""

import re
from collections.abc import Iterator

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.masking import shown_value
from gevinst.formats.encoding import decode_clean
from gevinst.formats.grid import Grid, Syntax
from gevinst.formats.headings import fold
from gevinst.formats.intake import Intake
from gevinst.formats.physical_lines import printed_lines

UNREADABLE = "TAB-045"
HEADINGS = ("ForretnPartner", "Aftale")
ITEM_DIGITS = 12
_PARTNER = fold("ForretnPartner:")
_KEY = re.compile(rf"0*([1-9]\d*?)\d{{{ITEM_DIGITS}}}")


def lock_grids(intake: Intake) -> list[Grid]:
    """Partner and agreement of each lock; no grid when no line names a partner.

    Raises:
        InputRejectedError: TAB-045 lines that begin with a digit, but name no agreement of a partner.
    """
    rows: list[list[str]] = [list(HEADINGS)]
    lines, outside, findings, partner = [1], [], [], None
    for number, cells in _filled_lines(intake):
        if fold(cells[0]) == _PARTNER:
            partner = cells[1].lstrip("0") if len(cells) > 1 else ""
            outside.append((number, "header"))
        elif not cells[0][0].isdigit():
            outside.append((number, "header"))
        elif (key := _KEY.fullmatch(cells[0])) and partner:
            rows.append([partner, key[1]])
            lines.append(number)
        else:
            place = intake.place(line=number)
            findings.append(Finding(code=UNREADABLE, place=place, found=shown_value(cells[0])))
    if findings:
        raise InputRejectedError(findings)
    if partner is None:
        return []
    return [Grid(syntax=Syntax.DELIMITED, rows=rows, lines=lines, outside=outside)]


def _filled_lines(intake: Intake) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line, without the empty ones."""
    for number, line in enumerate(printed_lines(decode_clean(intake).text), 1):
        cells = [cell.strip() for cell in line.split("\t") if cell.strip()]
        if cells:
            yield number, cells
