"""camt.052, camt.053 and camt.054 of every version, by local names: statements, entries and their proof.

Elements are matched without namespace, since banks differ in version and some leave it out. Entries are read
one by one, so that a year of a large account fits in memory.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from lxml import etree

from gevinst.domain.finding import Finding, InputRejectedError, Severity
from gevinst.domain.item import items_frame
from gevinst.domain.source import Assumption, RowCounts, SourceRead
from gevinst.domain.statement import Statement, balance_findings, chain_findings
from gevinst.formats.camt_cut import Blocks, Piece, cut, uncut
from gevinst.formats.camt_entry import RAW
from gevinst.formats.camt_movements import DAYS, TEXTS
from gevinst.formats.camt_quick import UnusualError
from gevinst.formats.camt_statement import Head, head_of, totals_findings
from gevinst.formats.camt_use import Taking, Use, entry_path
from gevinst.formats.identity import row_id
from gevinst.formats.intake import Intake
from gevinst.formats.plan import ALTERNATIVE_MARK, assume
from gevinst.formats.text_column import TextColumn
from gevinst.formats.xml_safe import MOST_ELEMENTS, root_of, syntax_error

STATEMENTS = frozenset({"Stmt", "Rpt", "Ntfctn"})
MESSAGES = {"Stmt": "camt.053", "Rpt": "camt.052", "Ntfctn": "camt.054"}


@dataclass(frozen=True, kw_only=True)
class _Read:
    """One statement of a file with what became of its entries."""

    head: Head
    use: Use
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
    movements = _movements(reads)
    statements = [_statement(intake, read) for read in reads]
    ids, id_reason = _ids(movements, count=sum(len(read.use.lines) for read in reads))
    rejected = sum(read.use.rejected for read in reads)
    frame = _frame(intake, movements, ids)
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
        raw=movements[list(RAW)],
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
    try:
        return list(_statements(intake, cut(intake), detail=detail))
    except InputRejectedError:
        if not intake.can_be_held:
            raise
    except (UnusualError, etree.XMLSyntaxError):
        intake.refuse_unless_held("tree")
    try:  # the tree reads it, or says what is wrong
        return list(_statements(intake, uncut(intake), detail=detail))
    except etree.XMLSyntaxError as error:
        raise syntax_error(intake, error) from error


def _statements(intake: Intake, pieces: Iterable[Piece], *, detail: bool) -> Iterator[_Read]:
    use = Use()
    number, seen = 0, 0
    for element, blocks in _elements(intake, pieces):
        name = etree.QName(element).localname
        if name == "Ntry":
            if _parent_name(element) in STATEMENTS:
                for block in blocks(element):
                    seen += Taking(
                        intake=intake, use=use, statement=number + 1, detail=detail, seen=seen
                    ).take(block)
            _forget(element)
        elif _parent_name(element).startswith("BkToCstmr"):
            number += 1
            yield _Read(head=head_of(element, name=name, number=number), use=use, message=MESSAGES[name])
            use = Use()
            element.clear()


def _forget(element: etree._Element) -> None:
    """Let go of an entry that is read, and of those before it."""
    element.clear()
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None and parent is not None and etree.QName(previous).localname == "Ntry":
        parent.remove(previous)


def _elements(intake: Intake, pieces: Iterable[Piece]) -> Iterator[tuple[etree._Element, Blocks]]:
    """Each entry and statement once it has ended, with what reads the entries; whoever takes it clears it."""
    held = 0  # elements of the tree
    parser = etree.XMLPullParser(
        events=("end",),
        tag=("{*}Ntry", "{*}Stmt", "{*}Rpt", "{*}Ntfctn"),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    for piece in pieces:
        held += piece.xml.count(b"<") - piece.xml.count(b"</")
        if held > MOST_ELEMENTS:
            raise intake.rejected("FIL-005", what="XML")
        parser.feed(piece.xml)
        for _, element in parser.read_events():
            if isinstance(element, etree._Element):  # noqa: SLF001 - other events hold other things
                held -= sum(1 for _ in element.iter())
                yield element, piece.blocks
    parser.close()


def _parent_name(element: etree._Element) -> str:
    parent = element.getparent()
    return "" if parent is None else etree.QName(parent).localname


def _statement(intake: Intake, read: _Read) -> Statement:
    head, movements = read.head, read.use.movements.frame()
    days = movements["booked"]
    return Statement(
        account=head.account,
        currency=head.currency or next(filter(None, movements["currency"]), ""),
        number=head.sequence,
        opening=head.opening,
        closing=head.closing,
        movements=read.use.booked.net,
        rows=read.use.booked.count,
        first=days.min().date() if len(days) else head.first,
        last=days.max().date() if len(days) else head.last,
        place=intake.place(line=head.line, cell=f"Stmt[{head.number}]"),
    )


def _chain(statements: Sequence[Statement]) -> list[Finding]:
    """Gaps and repeats in order of day; a file may hold the newest statement first."""
    return chain_findings(sorted(statements, key=lambda statement: statement.first or date.min))


def _movements(reads: Sequence[_Read]) -> pd.DataFrame:
    """The movements of all statements, each with its account and the number of its statement."""
    frames = [
        read.use.movements.frame().assign(account=read.head.account, statement=read.head.number)
        for read in reads
    ]
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _ids(movements: pd.DataFrame, *, count: int) -> tuple[Iterable[str], Assumption]:
    """The bank's own reference, else the entry's, when it names every entry once; parts are numbered."""
    whole = ~movements["entry"].duplicated()
    for element in ("AcctSvcrRef", "NtryRef"):
        names = movements.loc[whole, element]
        if len(names) and len(names.unique()) == len(names) and (names != "").all():
            because = assume(subject="id", taken=element, because="id.element", facts={"column": element})
            return _with_parts(movements[element], movements["part"]), because
    numbers = _with_parts([row_id(entry) for entry in movements["entry"]], movements["part"])
    return numbers, assume(subject="id", taken="row:N", because="id.entry", facts={"count": count})


def _with_parts(names: Iterable[str], parts: "pd.Series[int]") -> Iterable[str]:
    if not parts.any():
        return names
    return [f"{name}/{part}" if part else name for name, part in zip(names, parts, strict=True)]


def _frame(intake: Intake, movements: pd.DataFrame, ids: Iterable[str]) -> pd.DataFrame:
    places = zip(*(movements[name] for name in ("statement", "in_statement", "part")), strict=True)
    return items_frame(
        {
            "item_id": ids,
            **{name: movements[name] for name in ("account", *DAYS, *TEXTS, "amount")},
            "place_file": intake.name,
            "place_line": movements["line"],
            "place_cell": TextColumn.of(entry_path(*place) for place in places).frame_column(),
        }
    )


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
