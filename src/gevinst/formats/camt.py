"""camt.052, camt.053 and camt.054 of every version, by local names: statements, entries and their proof.

Elements are matched without namespace, since banks differ in version and some leave it out. Entries are read
one by one, so that a year of a large account fits in memory.
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd
from lxml import etree

from gevinst.domain.finding import Finding, Severity
from gevinst.domain.item import items_frame
from gevinst.domain.source import Assumption, RowCounts, SourceRead
from gevinst.domain.statement import Statement, balance_findings, chain_findings
from gevinst.formats.camt_entry import Entry, Movement, entry_of, movements_of, source_line
from gevinst.formats.camt_statement import Head, head_of, totals_findings
from gevinst.formats.identity import row_id, unique_ids
from gevinst.formats.intake import Intake
from gevinst.formats.plan import ALTERNATIVE_MARK, assume
from gevinst.formats.xml_safe import root_of, syntax_error

STATEMENTS = frozenset({"Stmt", "Rpt", "Ntfctn"})
MESSAGES = {"Stmt": "camt.053", "Rpt": "camt.052", "Ntfctn": "camt.054"}
_ENTRY = re.compile(rb"<(?:[\w.-]+:)?Ntry[\s>]")
SKIPPED = {"PDNG": "skipped.pending_entry", "FUTR": "skipped.pending_entry", "INFO": "skipped.info_entry"}


@dataclass(frozen=True, kw_only=True)
class _Read:
    """One statement of a file with its entries."""

    head: Head
    entries: Sequence[Entry]
    message: str


@dataclass(frozen=True, kw_only=True)
class _Use:
    """What became of a file's entries."""

    movements: list[Movement] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    rejected: int = 0


def read_camt(intake: Intake, *, detail: bool = False, account: str = "") -> SourceRead:
    """Read a camt file.

    Args:
        intake: the file.
        detail: one item for each TxDtls of an entry instead of one for each Ntry.
        account: the one account to take, where a file has several; the others' entries are left out and told.

    Raises:
        InputRejectedError: FIL-003 letters, FIL-004 cut or not well-formed, FIL-005 DTD, entities, too deep;
            LAY-003 no statement in it.
    """
    root_of(intake)  # refuses a DTD before any other parser sees the file
    found = list(_statements(intake))
    if not found:
        raise intake.rejected("LAY-003")
    reads = [read for read in found if _plain(read.head.account) == _plain(account)] or found
    use = _sort_entries(intake, reads, detail=detail)
    use.skipped.extend(_left_out(found, reads))
    statements = _statement_values(intake, reads)
    ids, id_reason = _ids(use.movements, count=sum(len(read.entries) for read in reads))
    frame = _frame(intake, use.movements, ids)
    return SourceRead(
        items=frame,
        statements=tuple(statements),
        findings=(
            *use.findings,
            *([] if use.rejected else _proof(intake, reads, statements)),
            *_currencies(intake, frame),
            *_account_doubt(intake, reads),
        ),
        rows=_counts(use),
        layout="camt_details" if detail else "camt",
        sha256=intake.sha256,
        file=intake.name,
        assumptions=(*_reasons(reads), *_account_reason(reads), id_reason),
        raw=pd.DataFrame([movement.raw for movement in use.movements], dtype=object),
        skipped=tuple(sorted(use.skipped)),
    )


def _proof(intake: Intake, reads: Sequence[_Read], statements: Sequence[Statement]) -> list[Finding]:
    totals = totals_findings(intake, [(read.head, read.entries) for read in reads])
    return [*balance_findings(statements), *_chain(statements), *totals]


def _plain(account: str) -> str:
    return account.replace(" ", "").upper()


def _left_out(found: Sequence[_Read], reads: Sequence[_Read]) -> list[tuple[int, str]]:
    taken = {read.head.number for read in reads}
    others = [read for read in found if read.head.number not in taken]
    return [(entry.line, "skipped.other_account") for read in others for entry in read.entries]


def _accounts(reads: Sequence[_Read]) -> list[str]:
    return list(dict.fromkeys(read.head.account for read in reads))


def _account_reason(reads: Sequence[_Read]) -> list[Assumption]:
    """Entries of several accounts are not one side of a reconciliation: a person says which is meant."""
    accounts = _accounts(reads)
    if len(accounts) <= 1:
        return []
    facts: dict[str, str | int] = {"count": len(accounts), "alternatives": ALTERNATIVE_MARK.join(accounts)}
    return [
        assume(subject="account", taken=accounts[0], because="account.undecided", facts=facts, sure=False)
    ]


def _account_doubt(intake: Intake, reads: Sequence[_Read]) -> list[Finding]:
    return [
        Finding(
            code="LAY-006",
            place=intake.place(),
            severity=Severity.WARNING,
            facts={**one.facts, "subject": one.subject, "taken": one.taken},
        )
        for one in _account_reason(reads)
    ]


def _statements(intake: Intake) -> Iterator[_Read]:
    lines = _entry_lines(intake.content)
    entries: list[Entry] = []
    number, seen = 0, 0
    try:
        for element in _elements(intake.content):
            name = etree.QName(element).localname
            if name == "Ntry" and _parent_name(element) in STATEMENTS:
                line = lines[seen] if seen < len(lines) else source_line(element)
                seen += 1
                entries.append(entry_of(element, number=seen, in_statement=len(entries) + 1, line=line))
                element.clear()
            elif name in STATEMENTS and _parent_name(element).startswith("BkToCstmr"):
                number += 1
                yield _Read(
                    head=head_of(element, name=name, number=number), entries=entries, message=MESSAGES[name]
                )
                entries = []
                element.clear()
    except etree.XMLSyntaxError as error:
        raise syntax_error(intake, error) from error


def _elements(content: bytes) -> Iterator[etree._Element]:
    parsed = etree.iterparse(
        io.BytesIO(content),
        events=("end",),
        tag=("{*}Ntry", "{*}Stmt", "{*}Rpt", "{*}Ntfctn"),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _, element in parsed:
        yield element


def _parent_name(element: etree._Element) -> str:
    parent = element.getparent()
    return "" if parent is None else etree.QName(parent).localname


def _entry_lines(content: bytes) -> list[int]:
    """The line of each entry's start tag. lxml's own line numbers stop at 65,535."""
    lines: list[int] = []
    line, before = 1, 0
    for found in _ENTRY.finditer(content):
        line += content.count(b"\n", before, found.start())
        before = found.start()
        lines.append(line)
    return lines


def _sort_entries(intake: Intake, reads: Sequence[_Read], *, detail: bool) -> _Use:
    use = _Use()
    rejected = 0
    for read in reads:
        for entry in read.entries:
            if entry.status in SKIPPED:
                use.skipped.append((entry.line, SKIPPED[entry.status]))
                continue
            faults = _entry_findings(intake, read.head, entry)
            if faults:
                use.findings.extend(faults)
                rejected += 1
                continue
            parts, mismatch = movements_of(
                entry, account=read.head.account, statement=read.head.number, detail=detail
            )
            use.movements.extend(parts)
            use.findings.extend(_detail_findings(intake, read.head, entry, mismatch))
    return replace(use, rejected=rejected)


def _entry_findings(intake: Intake, head: Head, entry: Entry) -> list[Finding]:
    return [
        Finding(
            code=fault.code,
            place=intake.place(
                line=entry.line, cell=f"Stmt[{head.number}]/Ntry[{entry.in_statement}]/{fault.element}"
            ),
            found=fault.found,
            facts={"column": fault.element, "example": fault.example},
        )
        for fault in entry.faults
    ]


def _detail_findings(intake: Intake, head: Head, entry: Entry, mismatch: int | None) -> list[Finding]:
    """BNK-005 when the details of an entry do not add up to it."""
    if mismatch is None or entry.amount is None:
        return []
    place = intake.place(line=entry.line, cell=f"Stmt[{head.number}]/Ntry[{entry.in_statement}]")
    facts = {"stated": entry.amount, "computed": mismatch, "difference": entry.amount - mismatch}
    return [Finding(code="BNK-005", place=place, facts=facts)]


def _statement_values(intake: Intake, reads: Sequence[_Read]) -> list[Statement]:
    return [_statement(intake, read) for read in reads]


def _statement(intake: Intake, read: _Read) -> Statement:
    booked = [entry for entry in read.entries if entry.status not in SKIPPED and not entry.faults]
    days = sorted(day for entry in booked if (day := entry.booked))
    head = read.head
    currency = head.currency or next((entry.currency for entry in booked if entry.currency), "")
    return Statement(
        account=head.account,
        currency=currency,
        number=head.sequence,
        opening=head.opening,
        closing=head.closing,
        movements=sum(entry.amount or 0 for entry in booked),
        rows=len(booked),
        first=days[0] if days else head.first,
        last=days[-1] if days else head.last,
        place=intake.place(line=head.line, cell=f"Stmt[{head.number}]"),
    )


def _chain(statements: Sequence[Statement]) -> list[Finding]:
    """Gaps and repeats in order of day; a file may hold the newest statement first."""
    return chain_findings(sorted(statements, key=lambda statement: statement.first or date.min))


def _ids(movements: Sequence[Movement], *, count: int) -> tuple[list[str], Assumption]:
    """The bank's own reference, else the entry's, when it names every entry once; parts are numbered."""
    for element, values in (
        ("AcctSvcrRef", [movement.servicer_reference for movement in movements]),
        ("NtryRef", [movement.entry_reference for movement in movements]),
    ):
        whole = dict.fromkeys(
            (movement.entry, value) for movement, value in zip(movements, values, strict=True)
        )
        names = [value for _, value in whole]
        if names and all(names) and len(set(names)) == len(names):
            ids = [
                f"{value}/{m.part}" if m.part else value for m, value in zip(movements, values, strict=True)
            ]
            return ids, assume(subject="id", taken=element, because="id.element", facts={"column": element})
    numbers = [row_id(m.entry) + (f"/{m.part}" if m.part else "") for m in movements]
    return unique_ids(numbers, range(1, len(numbers) + 1)), assume(
        subject="id", taken="row:N", because="id.entry", facts={"count": count}
    )


def _frame(intake: Intake, movements: Sequence[Movement], ids: Sequence[str]) -> pd.DataFrame:
    return items_frame(
        {
            "item_id": list(ids),
            "account": [m.account for m in movements],
            "booked": np.array([m.booked for m in movements], dtype="datetime64[s]"),
            "value_date": np.array([m.value_date for m in movements], dtype="datetime64[s]"),
            "amount": np.array([m.amount for m in movements], dtype="int64"),
            "currency": [m.currency for m in movements],
            "reference": [m.reference for m in movements],
            "text": [m.text for m in movements],
            "counterparty": [m.counterparty for m in movements],
            "document": [m.document for m in movements],
            "place_file": [intake.name] * len(movements),
            "place_line": [m.line for m in movements],
            "place_cell": [m.cell for m in movements],
        }
    )


def _counts(use: _Use) -> RowCounts:
    """Rows are items: entries, or the transactions of an entry where those are asked for."""
    read, skipped = len(use.movements), len(use.skipped)
    return RowCounts(in_file=read + skipped + use.rejected, read=read, skipped=skipped, rejected=use.rejected)


def _reasons(reads: Sequence[_Read]) -> list[Assumption]:
    message = ", ".join(dict.fromkeys(read.message for read in reads))
    return [
        assume(subject="encoding", taken="xml", because="encoding.xml"),
        assume(subject="syntax", taken="camt", because="syntax.camt", facts={"message": message}),
    ]


def _currencies(intake: Intake, frame: pd.DataFrame) -> list[Finding]:
    found = sorted(frame["currency"].unique())
    if len(found) <= 1:
        return []
    return [intake.finding("BNK-006", severity=Severity.ERROR, currencies=", ".join(found), count=len(found))]
