"""The answer of KMD Opus to a journal, FinancePostingResponse, as a table of its messages."""

from typing import Any

from lxml import etree

from gevinst.formats.grid import Grid, Syntax
from gevinst.formats.intake import Intake

MESSAGE = ("RECEIV_DOC", "MESSAGE_TYPE", "MESSAGE_NUM", "MESSAGE_TEXT")
ROOT = "FinancePostingResponse"


def answer_grids(intake: Intake) -> list[Grid]:
    """One row for each RETURN, with the name of the file that it answers.

    Raises:
        InputRejectedError: POS-024 it is no such XML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(intake.content, parser)
    except etree.XMLSyntaxError as error:
        raise intake.rejected("POS-024", line=error.lineno or 0) from None
    name = root.find("{*}CONTROL_FIELDS/{*}FILE_NAME")
    if etree.QName(root).localname != ROOT or name is None:
        raise intake.rejected("POS-024", line=1)
    returns: list[Any] = root.findall("{*}RETURN")
    rows = [[_text(name), *(_text(one.find(f"{{*}}{tag}")) for tag in MESSAGE)] for one in returns]
    return [
        Grid(
            syntax=Syntax.DELIMITED,
            rows=[["FILE_NAME", *MESSAGE], *rows],
            lines=[_line(one) for one in (name, *returns)],
        )
    ]


def _line(element: Any) -> int:
    return int(element.sourceline or 1)


def _text(element: Any) -> str:
    return (element.text or "").strip() if element is not None else ""
