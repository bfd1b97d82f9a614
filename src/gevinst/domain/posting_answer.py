"""The ERP's answer to a journal: what it took, what it refused, and whether we ever sent it."""

from collections.abc import Iterator, Sequence
from datetime import date

import pandas as pd

from gevinst.domain.finding import Finding
from gevinst.domain.flow import Column, FlowCase, ResultTable, SentFile, SourceColumn, SourceShape
from gevinst.domain.flow_rows import joined_keys, place_of

#: Kinds of messages that say no: an error, and one that ends the work.
REFUSALS = ("E", "A")
KINDS = ("I", "S", "W", *REFUSALS)
#: Numbers by which KMD Opus says that it has the document: received without errors, and received before.
HAS_IT = ("305", "301")
#: States of a file that may have reached the ERP.
LEFT = ("delivered", "uncertain")

ANSWER = SourceShape(
    several=True,
    optional=True,
    form="kmd_answer",
    columns=(
        SourceColumn(key="file", headings=("FILE_NAME",), filled=True),
        SourceColumn(key="document", headings=("RECEIV_DOC",)),
        SourceColumn(key="kind", headings=("MESSAGE_TYPE",), filled=True),
        SourceColumn(key="number", headings=("MESSAGE_NUM",)),
        SourceColumn(key="message", headings=("MESSAGE_TEXT",)),
    ),
)
COLUMNS = (
    Column(key="sent_file"),
    Column(key="document"),
    Column(key="message_kind"),
    Column(key="message"),
)


def answer_findings(answers: pd.DataFrame, sent: Sequence[SentFile]) -> Iterator[Finding]:
    """An answer to a journal that was never sent, or of a kind that nobody knows."""
    names = sorted(set().union(*(one.names for one in sent if one.state in LEFT)))
    strange = answers[~answers["file"].isin(names)].drop_duplicates("file")
    for row in strange.to_dict("records"):
        yield Finding(
            code="POS-022",
            place=place_of(row),
            found=row["file"],
            facts={"sent": ", ".join(names) or "–"},
        )
    unknown = answers[~answers["kind"].isin(KINDS)]
    for row in unknown.to_dict("records"):
        yield Finding(
            code="POS-023", place=place_of(row), found=row["kind"], facts={"kinds": ", ".join(KINDS)}
        )


def refused_documents(answers: pd.DataFrame) -> frozenset[tuple[str, str]]:
    """File and document of what the ERP has refused and does not have: its lines can be posted again.

    A refusal that names no document frees nothing: nobody knows of which one it speaks.
    """
    named = answers[answers["document"] != ""]
    has = named["number"].str.lstrip("0").isin(HAS_IT)
    refused = named["kind"].isin(REFUSALS)
    return _keys(named[refused]) - _keys(named[has])


def _keys(rows: pd.DataFrame) -> frozenset[tuple[str, str]]:
    return frozenset(zip(rows["file"], rows["document"], strict=True))


def answer_cases(answers: pd.DataFrame, day: date) -> Iterator[FlowCase]:
    """One case for each message that refuses a document."""
    refused = answers[answers["kind"].isin(REFUSALS)]
    ids = joined_keys(refused, ("file", "document", "number"))
    for row, item_id in zip(refused.to_dict("records"), ids, strict=True):
        yield FlowCase(
            item_id=item_id,
            cause="journal_refused",
            day=day,
            text=row["message"],
            reference=row["file"],
            document=row["document"],
            place=place_of(row),
        )


def answer_table(answers: pd.DataFrame) -> ResultTable:
    """All that the ERP said."""
    rows = answers.rename(columns={"file": "sent_file", "kind": "message_kind"})
    return ResultTable(key="answers", columns=COLUMNS, rows=rows)
