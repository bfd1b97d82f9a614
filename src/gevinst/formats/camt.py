"""camt.052, camt.053 and camt.054 of every version, by local names: statements, entries and their proof.

Elements are matched without namespace, since banks differ in version and some leave it out. Entries are read
one by one, so that a year of a large account fits in memory.
"""

import io
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import numpy as np
import pandas as pd
from lxml import etree

from gevinst.domain.finding import Finding, Severity
from gevinst.domain.item import items_frame
from gevinst.domain.source import Assumption, RowCounts, SourceRead
from gevinst.domain.statement import Statement, balance_findings, chain_findings
from gevinst.formats.camt_entry import RAW, Entry, Movement, entry_of, movements_of
from gevinst.formats.camt_leaves import Source, source_of
from gevinst.formats.camt_quick import UnusualError, cut
from gevinst.formats.camt_statement import Head, Tally, head_of, totals_findings
from gevinst.formats.dates import day_column
from gevinst.formats.identity import row_id, unique_ids
from gevinst.formats.intake import Intake
from gevinst.formats.plan import ALTERNATIVE_MARK, assume
from gevinst.formats.xml_safe import root_of, syntax_error

STATEMENTS = frozenset({"Stmt", "Rpt", "Ntfctn"})
MESSAGES = {"Stmt": "camt.053", "Rpt": "camt.052", "Ntfctn": "camt.054"}
_ENTRY = re.compile(rb"<(?:[\w.-]+:)?Ntry[\s>/]")
SKIPPED = {"PDNG": "skipped.pending_entry", "FUTR": "skipped.pending_entry", "INFO": "skipped.info_entry"}
#: Entries by their element: itself, or a run of those that it stands for.
Sources: TypeAlias = "Callable[[etree._Element], Iterable[Source]]"  # noqa: SLF001 - lxml has no other name for it


@dataclass(kw_only=True, slots=True)
class _Use:
    """What became of one statement's entries; filled while they are read, so that none is kept."""

    movements: list[Movement] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    lines: "array[int]" = field(default_factory=lambda: array("q"))  #: of every entry
    rejected: int = 0
    booked: Tally = field(default_factory=Tally)
    every: Tally = field(default_factory=Tally)
    currency: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, kw_only=True)
class _Read:
    """One statement of a file with what became of its entries."""

    head: Head
    use: _Use
    message: str


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
    found = _all_statements(intake, detail=detail)
    if not found:
        raise intake.rejected("LAY-003")
    reads = [read for read in found if _plain(read.head.account) == _plain(account)] or found
    movements = [movement for read in reads for movement in read.use.movements]
    statements = [_statement(intake, read) for read in reads]
    ids, id_reason = _ids(movements, count=sum(len(read.use.lines) for read in reads))
    rejected = sum(read.use.rejected for read in reads)
    frame = _frame(intake, reads, movements, ids)
    left_out = _left_out(found, reads)
    return SourceRead(
        items=frame,
        statements=tuple(statements),
        findings=(
            *(finding for read in reads for finding in read.use.findings),
            *([] if rejected else _proof(intake, reads, statements)),
            *_currencies(intake, frame),
            *_account_doubt(intake, reads),
        ),
        rows=_counts(reads, left_out=len(left_out)),
        layout="camt_details" if detail else "camt",
        sha256=intake.sha256,
        file=intake.name,
        assumptions=(*_reasons(reads), *_account_reason(reads), id_reason),
        raw=_raw(movements),
        skipped=tuple(sorted([*(one for read in reads for one in read.use.skipped), *left_out])),
    )


def _proof(intake: Intake, reads: Sequence[_Read], statements: Sequence[Statement]) -> list[Finding]:
    totals = [
        finding
        for read in reads
        for finding in totals_findings(intake, read.head, (read.use.booked, read.use.every))
    ]
    return [*balance_findings(statements), *_chain(statements), *totals]


def _plain(account: str) -> str:
    return account.replace(" ", "").upper()


def _left_out(found: Sequence[_Read], reads: Sequence[_Read]) -> list[tuple[int, str]]:
    taken = {read.head.number for read in reads}
    others = [read for read in found if read.head.number not in taken]
    return [(line, "skipped.other_account") for read in others for line in read.use.lines]


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


def _all_statements(intake: Intake, *, detail: bool) -> list[_Read]:
    """Every statement; entries are cut from the file where that is safe, else taken from a tree."""
    quick = cut(intake)
    if quick is not None:
        try:
            return list(_statements(intake, quick.skeleton, quick.sources, detail=detail))
        except (UnusualError, etree.XMLSyntaxError):
            pass  # the tree reads it, or says what is wrong
    lines = iter(_entry_lines(intake.content))
    try:
        by_tree: Sources = lambda element: [source_of(element, line=next(lines, 0))]  # noqa: E731
        return list(_statements(intake, intake.content, by_tree, detail=detail))
    except etree.XMLSyntaxError as error:
        raise syntax_error(intake, error) from error


def _statements(intake: Intake, content: bytes, sources: Sources, *, detail: bool) -> Iterator[_Read]:
    use = _Use()
    number, seen = 0, 0
    for element in _elements(content):
        name = etree.QName(element).localname
        if name == "Ntry":
            if _parent_name(element) in STATEMENTS:
                for source in sources(element):
                    seen += 1
                    entry = entry_of(source, number=seen, in_statement=len(use.lines) + 1)
                    _take(intake, use, entry, statement=number + 1, detail=detail)
            _forget(element)
        elif _parent_name(element).startswith("BkToCstmr"):
            number += 1
            yield _Read(head=head_of(element, name=name, number=number), use=use, message=MESSAGES[name])
            use = _Use()
            element.clear()


def _forget(element: etree._Element) -> None:
    """Let go of an entry that is read, and of those before it."""
    element.clear()
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None and parent is not None and etree.QName(previous).localname == "Ntry":
        parent.remove(previous)


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


def _take(intake: Intake, use: _Use, entry: Entry, *, statement: int, detail: bool) -> None:
    """Put one entry where it belongs."""
    use.lines.append(entry.line)
    use.every.add(entry.amount or 0)
    if entry.status in SKIPPED:
        use.skipped.append((entry.line, SKIPPED[entry.status]))
        return
    if entry.faults:
        use.findings.extend(_entry_findings(intake, statement, entry))
        use.rejected += 1
        return
    _count(use, entry)
    parts, mismatch = movements_of(entry, detail=detail)
    use.movements.extend(parts)
    if mismatch is not None:
        use.findings.append(_detail_finding(intake, statement, entry, mismatch))


def _count(use: _Use, entry: Entry) -> None:
    use.booked.add(entry.amount or 0)
    use.currency = use.currency or entry.currency
    if day := entry.booked:
        use.first = day if use.first is None or day < use.first else use.first
        use.last = day if use.last is None or day > use.last else use.last


def _entry_findings(intake: Intake, statement: int, entry: Entry) -> list[Finding]:
    return [
        Finding(
            code=fault.code,
            place=intake.place(
                line=entry.line, cell=f"{_path(statement, entry.in_statement)}/{fault.element}"
            ),
            found=fault.found,
            facts={"column": fault.element, "example": fault.example},
        )
        for fault in entry.faults
    ]


def _path(statement: int, entry: int, part: int = 0) -> str:
    whole = f"Stmt[{statement}]/Ntry[{entry}]"
    return f"{whole}/TxDtls[{part}]" if part else whole


def _detail_finding(intake: Intake, statement: int, entry: Entry, mismatch: int) -> Finding:
    """BNK-005: the details of an entry do not add up to it."""
    amount = entry.amount or 0
    place = intake.place(line=entry.line, cell=_path(statement, entry.in_statement))
    facts = {"stated": amount, "computed": mismatch, "difference": amount - mismatch}
    return Finding(code="BNK-005", place=place, facts=facts)


def _statement(intake: Intake, read: _Read) -> Statement:
    head, use = read.head, read.use
    return Statement(
        account=head.account,
        currency=head.currency or use.currency,
        number=head.sequence,
        opening=head.opening,
        closing=head.closing,
        movements=use.booked.net,
        rows=use.booked.count,
        first=use.first or head.first,
        last=use.last or head.last,
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


def _frame(
    intake: Intake, reads: Sequence[_Read], movements: Sequence[Movement], ids: Sequence[str]
) -> pd.DataFrame:
    return items_frame(
        {
            "item_id": ids,
            "account": [read.head.account for read in reads for _ in read.use.movements],
            "booked": day_column([m.booked for m in movements]),
            "value_date": day_column([m.value_date for m in movements]),
            "amount": np.array([m.amount for m in movements], dtype="int64"),
            "currency": [m.currency for m in movements],
            "reference": [m.reference for m in movements],
            "text": [m.text for m in movements],
            "counterparty": [m.counterparty for m in movements],
            "document": [m.document for m in movements],
            "place_file": [intake.name] * len(movements),
            "place_line": np.array([m.line for m in movements], dtype="int64"),
            "place_cell": [
                _path(read.head.number, m.in_statement, m.part) for read in reads for m in read.use.movements
            ],
        }
    )


def _raw(movements: Sequence[Movement]) -> pd.DataFrame:
    """The texts of each item's entry as they stood."""
    columns = {name: [m.raw[at] for m in movements] for at, name in enumerate(RAW)}
    return pd.DataFrame(columns if movements else {}, dtype=object)


def _counts(reads: Sequence[_Read], *, left_out: int) -> RowCounts:
    """Rows are items: entries, or the transactions of an entry where those are asked for."""
    read = sum(len(one.use.movements) for one in reads)
    skipped = left_out + sum(len(one.use.skipped) for one in reads)
    rejected = sum(one.use.rejected for one in reads)
    return RowCounts(in_file=read + skipped + rejected, read=read, skipped=skipped, rejected=rejected)


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
