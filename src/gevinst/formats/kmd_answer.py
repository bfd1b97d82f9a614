"""The answer of KMD Opus to a journal, FinancePostingResponse, as a table of its messages."""

from gevinst.formats.grid import Grid, Syntax
from gevinst.formats.intake import Intake
from gevinst.formats.xml_node import Node
from gevinst.formats.xml_safe import tree_of

MESSAGE = ("RECEIV_DOC", "MESSAGE_TYPE", "MESSAGE_NUM", "MESSAGE_TEXT")
ROOT = "FinancePostingResponse"


def answer_grids(intake: Intake) -> list[Grid]:
    """One row for each RETURN, with the name of the file that it answers.

    Raises:
        InputRejectedError: POS-024 it is another XML; else as `tree_of`.
    """
    root = Node(element=tree_of(intake), path="")
    name = root.node("CONTROL_FIELDS/FILE_NAME")
    if root.name != ROOT or name is None:
        raise intake.rejected("POS-024", line=1)
    returns = root.nodes("RETURN")
    rows = [[name.own_text(), *map(one.text, MESSAGE)] for one in returns]
    return [
        Grid(
            syntax=Syntax.DELIMITED,
            rows=[["FILE_NAME", *MESSAGE], *rows],
            lines=[one.line for one in (name, *returns)],
        )
    ]
