"""Journals for the ERP: balanced documents of lines, and what must be true of them before they leave."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from gevinst.domain.finding import Finding
from gevinst.domain.flow import ColumnKind, OutputFile, SentLine, SourceColumn, SourceShape
from gevinst.domain.flow_rows import place_of
from gevinst.domain.masking import mask_cpr
from gevinst.domain.place import Place
from gevinst.domain.posting_rules import LONGEST_TEXT

DEBIT, CREDIT = "debit", "credit"
#: An SAP document holds 999 lines; an even number below it keeps the two lines of an item together.
MOST_LINES = 998
#: Columns of a journal's lines; amounts are positive øre.
LINE_COLUMNS = (
    "document",  # int64, from 1
    "line",  # int64, from 1 within the document
    "account",  # str
    "cost_center",  # str
    "psp",  # str
    "side",  # DEBIT or CREDIT
    "amount",  # int64 øre > 0
    "text",  # str, at most LONGEST_TEXT
    "value_date",  # datetime64
    "reference",  # str: transaction id of the bank
)
PSP_FORM = re.compile(r"X[A-Z]-\d{1,10}-\d{1,5}")
COST_CENTER_FORM = re.compile(r"[0-9A-Za-z]{1,10}")
BALANCE_START = "9"

ACCOUNTS = SourceShape(
    columns=(
        SourceColumn(key="account", headings=("Artskonto", "Konto", "account"), filled=True),
        SourceColumn(key="name", headings=("Navn", "Kontonavn", "Betegnelse", "name")),
        SourceColumn(key="status", headings=("Status",), required=False),
        SourceColumn(
            key="closed_from", kind=ColumnKind.DAY, headings=("Lukket fra", "closed_from"), required=False
        ),
        SourceColumn(key="needs", headings=("Kræver", "needs"), required=False),
    )
)
CLOSED_WORDS = frozenset({"lukket", "spærret", "closed", "blocked"})
NEED_WORDS = {
    "psp": "psp",
    "psp-element": "psp",
    "omkostningssted": "cost_center",
    "cost_center": "cost_center",
    "ingen": "nothing",
    "nothing": "nothing",
    "": "",
}


@dataclass(frozen=True, kw_only=True)
class ChartAccount:
    """An account of the chart."""

    account: str
    name: str
    closed_from: date = date.max  #: the first day on which nothing can be posted to it
    needs: str = "either"  #: psp, cost_center, either of them, or nothing


def read_chart(rows: pd.DataFrame) -> tuple[dict[str, ChartAccount], list[Finding]]:
    """The chart by account, and what is wrong with its rows.

    Without a word in *Kræver*, a balance account (9…) takes neither PSP element nor cost centre, another one
    needs either of them. Source: the KMD Opus import format.
    """
    chart: dict[str, ChartAccount] = {}
    findings = []
    for row in rows.to_dict("records"):
        place = place_of(row)
        need = NEED_WORDS.get(row["needs"].casefold())
        if need is None:
            findings.append(Finding(code="POS-010", place=place, found=row["needs"]))
        if row["account"] in chart:
            findings.append(Finding(code="POS-011", place=place, found=row["account"]))
        closed = date.max if pd.isna(row["closed_from"]) else row["closed_from"].date()
        if row["status"].casefold() in CLOSED_WORDS and closed == date.max:
            closed = date.min
        chart[row["account"]] = ChartAccount(
            account=row["account"],
            name=row["name"],
            closed_from=closed,
            needs=need or ("nothing" if row["account"].startswith(BALANCE_START) else "either"),
        )
    return chart, findings


def target_findings(
    target: tuple[str, str, str], chart: Mapping[str, ChartAccount], *, day: date, place: Place, rule: str
) -> Iterator[Finding]:
    """What keeps a posting from its target.

    Args:
        target: account, PSP element, cost centre.
        chart: of the office.
        day: on which it is posted.
        place: of the rule or setting that names it.
        rule: its name.
    """
    account, psp, cost_center = target
    known = chart.get(account)
    if known is None:
        yield Finding(code="POS-012", place=place, found=account, facts={"rule": rule})
        return
    if day >= known.closed_from:
        yield Finding(code="POS-013", place=place, found=account, facts={"rule": rule, "name": known.name})
    facts = {"rule": rule, "account": account}
    if known.needs == "nothing" and (psp or cost_center):
        yield Finding(code="POS-014", place=place, found=psp or cost_center, facts=facts)
    lacks = {
        "psp": not psp,
        "cost_center": not cost_center,
        "either": not (psp or cost_center),
    }.get(known.needs, False)
    if lacks:
        yield Finding(code="POS-015", place=place, facts=facts)
    for value, form in ((psp, PSP_FORM), (cost_center, COST_CENTER_FORM)):
        if value and not form.fullmatch(value):
            yield Finding(code="POS-016", place=place, found=value, facts=facts)


@dataclass(frozen=True, kw_only=True)
class JournalHead:
    """What all documents of a journal share."""

    posted_on: date  #: booking date
    sender: str
    receiver: str
    municipality: str
    company_code: str
    code: str  #: the interface's code in the file name
    provider: str
    title: str  #: header text, at most 25 characters
    first: int = 1  #: number of its first document: those of a booking day are numbered on

    @property
    def file_name(self) -> str:
        """The name that the XML interface asks for."""
        moment = f"{self.posted_on:%Y%m%d}_{self.moment}"
        return f"ZFIR_KMD_Opus_Posteringer_IND_{self.code}_{self.provider}_{moment}.xml"

    @property
    def moment(self) -> str:
        """HHMMSS that tells the journals of a day apart, and is the same for one that is made again."""
        return time.strftime("%H%M%S", time.gmtime(self.first - 1))

    @property
    def batch(self) -> str:
        """What the ids of all documents of a booking day begin with."""
        return f"{self.provider}{self.posted_on:%Y%m%d}"

    def document_id(self, number: int) -> str:
        """The id by which the ERP refuses a document that it has received before."""
        return f"{self.batch}{number:03d}"


@dataclass(frozen=True, kw_only=True)
class Journal:
    """Documents that are posted together."""

    head: JournalHead
    lines: pd.DataFrame  #: LINE_COLUMNS

    @property
    def total(self) -> int:
        """Sum of the debit side in øre."""
        return int(self.lines.loc[self.lines["side"] == DEBIT, "amount"].sum())

    @property
    def documents(self) -> list[int]:
        """Numbers of its documents."""
        return [int(number) for number in self.lines["document"].unique()]

    @property
    def bank_side(self) -> pd.DataFrame:
        """The line of each item on its bank account; see two_lines_each."""
        return self.lines[self.lines["line"] % 2 == 1]

    @property
    def against(self) -> pd.DataFrame:
        """The line of each item that stands against its bank account."""
        return self.lines[self.lines["line"] % 2 == 0]

    def of_document(self, number: int) -> "Journal":
        """The journal with one document only."""
        return Journal(head=self.head, lines=self.lines[self.lines["document"] == number])


def two_lines_each(items: pd.DataFrame, *, first: int = 1) -> pd.DataFrame:
    """The lines of items that move money on a bank account: the account, and what stands against it.

    Args:
        items: columns bank_account, account, cost_center, psp (all str), amount (øre, money in > 0, not 0),
            text, value_date, reference, group (str: items of one group share documents).
        first: number of the first document.

    Returns:
        LINE_COLUMNS; groups in alphabetical order, items as they stood, the bank's line first.
    """
    ordered = items.sort_values("group", kind="stable")
    within = ordered.groupby("group").cumcount().to_numpy()
    chunk = within // (MOST_LINES // 2)
    document = pd.Series(list(zip(ordered["group"], chunk, strict=True)), dtype=object)
    money_in = (ordered["amount"] > 0).to_numpy()
    shared = {
        "document": pd.factorize(document)[0] + first,
        "amount": ordered["amount"].abs().to_numpy(dtype=np.int64),
        "text": posting_text(ordered["text"]).to_numpy(),
        "value_date": ordered["value_date"].to_numpy(),
        "reference": ordered["reference"].to_numpy(),
    }
    bank = pd.DataFrame(shared).assign(
        account=ordered["bank_account"].to_numpy(),
        cost_center="",
        psp="",
        side=np.where(money_in, DEBIT, CREDIT),
        line=2 * (within % (MOST_LINES // 2)) + 1,
    )
    against = pd.DataFrame(shared).assign(
        account=ordered["account"].to_numpy(),
        cost_center=ordered["cost_center"].to_numpy(),
        psp=ordered["psp"].to_numpy(),
        side=np.where(money_in, CREDIT, DEBIT),
        line=bank["line"] + 1,
    )
    both = pd.concat([bank, against]).sort_values(["document", "line"], kind="stable", ignore_index=True)
    return both[list(LINE_COLUMNS)]


def journal_files(journal: Journal, writers: Mapping[str, Callable[[Any], bytes]]) -> Iterator[OutputFile]:
    """A journal in both forms, each with the items that it holds; each form whose writer is there."""
    if journal.lines.empty:
        return
    head = journal.head
    held = _held_lines(journal)
    if "kmd_opus_csv" in writers:
        for number in journal.documents:
            one = journal.of_document(number)
            yield OutputFile(
                name=f"bilag_{head.posted_on:%Y%m%d}_{number:02d}.csv",
                content=writers["kmd_opus_csv"](one),
                control_total=one.total,
                lines=held[number],
            )
    if "kmd_opus_xml" in writers:
        yield OutputFile(
            name=head.file_name,
            content=writers["kmd_opus_xml"](journal),
            control_total=journal.total,
            lines=tuple(line for lines in held.values() for line in lines),
        )


def _held_lines(journal: Journal) -> dict[int, tuple[SentLine, ...]]:
    """The items by the number of the document that holds them."""
    rows = journal.against
    held: dict[int, list[SentLine]] = {}
    for number, item, account, side, amount in zip(
        *(rows[name].tolist() for name in ("document", "reference", "account", "side", "amount")), strict=True
    ):
        line = SentLine(
            document=journal.head.document_id(number),
            item=item,
            account=account,
            amount=amount if side == CREDIT else -amount,
        )
        held.setdefault(number, []).append(line)
    return {number: tuple(lines) for number, lines in held.items()}


def posting_text(texts: "pd.Series[str]") -> "pd.Series[str]":
    """Texts as a ledger may hold them: one line, no CPR number, at most LONGEST_TEXT characters."""
    one_line = texts.str.replace(r"[\x00-\x20\x7f-\x9f\ufffe\uffff]+", " ", regex=True).str.strip()
    return one_line.map(mask_cpr).astype("str").str.slice(0, LONGEST_TEXT)


def balances(lines: pd.DataFrame) -> "pd.Series[int]":
    """Debit less credit of each document, in øre."""
    signed = lines["amount"].where(lines["side"] == DEBIT, -lines["amount"])
    sums: pd.Series[int] = signed.groupby(lines["document"]).sum()
    return sums


def unbalanced(lines: pd.DataFrame) -> Sequence[int]:
    """Documents whose sides differ."""
    sums = balances(lines)
    return [int(number) for number in sums.index[sums != 0]]
