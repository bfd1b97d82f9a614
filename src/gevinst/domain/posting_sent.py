"""Bank lines that a journal of the month holds already: they are not proposed again."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from gevinst.domain.finding import Finding
from gevinst.domain.flow import Column, ColumnKind, FlowCase, ResultTable, SentFile
from gevinst.domain.place import Place

#: One row for each bank line that stands in a journal.
COLUMNS = ("id", "journal", "document", "journal_day", "delivery_state", "posted_to", "sent_amount")
KEPT_COLUMNS = (
    Column(key="transaction"),
    Column(key="day", kind=ColumnKind.DAY),
    Column(key="amount", kind=ColumnKind.AMOUNT),
    Column(key="posted_to"),
    Column(key="journal"),
    Column(key="journal_day", kind=ColumnKind.DAY),
    Column(key="document"),
    Column(key="delivery_state", worded=True),
)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What earlier runs have put into journals of the month."""

    files: Sequence[SentFile]  #: of the month; delivered, or on their way
    lines: pd.DataFrame  #: COLUMNS, one row for each id

    def next_document(self, batch: str) -> int:
        """The first number that no document of a batch has, from 1."""
        documents = {line.document for file in self.files for line in file.lines or ()}
        mine = [int(one.removeprefix(batch)) for one in documents if one.startswith(batch)]
        return 1 + max(mine, default=0)


def sent_before(sent: Sequence[SentFile], period: str, refused: Collection[tuple[str, str]]) -> Sent:
    """The lines that stand in journals of a month; those of a document that the ERP refused are free again.

    Args:
        sent: all files of the robot.
        period: the month.
        refused: file and document, as the ERP's answers name them.
    """
    files = sorted((one for one in sent if one.period == period), key=lambda one: (one.day, one.name))
    rows = [
        (line.item, file.name, line.document, file.day, file.state, line.account, line.amount)
        for file in files
        for line in file.lines or ()
        if not {(name, line.document) for name in file.names}.intersection(refused)
    ]
    lines = pd.DataFrame(rows, columns=list(COLUMNS)).drop_duplicates("id", keep="last", ignore_index=True)
    texts = [one for one in COLUMNS if one not in ("journal_day", "sent_amount")]
    kinds = {**dict.fromkeys(texts, "str"), "sent_amount": "Int64", "journal_day": "datetime64[s]"}
    return Sent(files=files, lines=lines.astype(kinds))


def sent_findings(sent: Sent) -> Iterator[Finding]:
    """A journal of the month whose lines nobody knows: proposing now could post them twice."""
    for file in sent.files:
        if file.lines is None:
            yield Finding(code="POS-026", place=Place(file=file.name), facts={"run": file.run_id})


def kept_table(kept: pd.DataFrame) -> ResultTable:
    """Lines that are not proposed, with the journal that holds each."""
    return ResultTable(
        key="in_journal", columns=KEPT_COLUMNS, rows=kept, summed=("amount",), note="in_journal"
    )


def sent_cases(lines: pd.DataFrame, sent: Sent, day: date) -> Iterator[FlowCase]:
    """What the bank says otherwise now than when the journal was made: another amount, or no such line.

    Args:
        lines: of the bank; id and amount.
        sent: the journals of the month.
        day: of the run's journal.
    """
    amounts: dict[str, int] = dict(zip(lines["id"], lines["amount"], strict=True))
    for row in sent.lines.to_dict("records"):
        now, then = amounts.get(row["id"]), int(row["sent_amount"])
        if now != then:
            yield FlowCase(
                item_id=f"sent:{row['journal']}:{row['id']}:{now}",
                cause="line_gone_after_journal" if now is None else "line_changed_after_journal",
                amount=int(now or 0) - then,
                day=day,
                text=row["id"],
                reference=row["journal"],
                document=row["document"],
                place=Place(file=row["journal"]),
            )
