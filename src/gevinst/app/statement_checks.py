"""Checks of a robot's input against what is known: account, earlier statements and files, row limits."""

from collections.abc import Iterator, Sequence

from gevinst.app.ports import RunStore, SeenStatement
from gevinst.domain.finding import Finding
from gevinst.domain.masking import shown_value
from gevinst.domain.place import Place
from gevinst.domain.robot import Source
from gevinst.domain.run import Run
from gevinst.domain.source import SourceRead
from gevinst.domain.statement import Statement

USED = "used"  # of BNK-003: not twice in the file, but in a run before


def input_findings(run: Run, source: Source, read: SourceRead, store: RunStore) -> list[Finding]:
    """What is wrong with a file beyond its own content.

    BNK-003: the file or a statement in it was used in another period. BNK-002: its opening balance is not the
    closing balance of the statement before. BNK-004: it is of another account. ROB-001: too few or too many
    rows.
    """
    return [
        *(_used_before(run, read, store) or _statement_findings(run, read.statements, store)),
        *_account_findings(source, read),
        *_row_findings(source, read),
    ]


def _used_before(run: Run, read: SourceRead, store: RunStore) -> list[Finding]:
    for run_id in store.runs_with_input(run.robot, read.sha256):
        earlier = store.find(run_id)
        if earlier and earlier.period != run.period:
            facts = {"variant": USED, "number": "", "period": earlier.period, "run_id": run_id}
            return [Finding(code="BNK-003", place=Place(file=read.file), facts=facts)]
    return []


def _statement_findings(run: Run, statements: Sequence[Statement], store: RunStore) -> Iterator[Finding]:
    for account, currency in sorted({(one.account, one.currency) for one in statements if one.account}):
        own = [one for one in statements if (one.account, one.currency) == (account, currency)]
        seen = [one for one in store.seen_statements(account, currency) if one.period != run.period]
        numbers = {(one.number, one.first, one.last): one for one in seen if one.number}
        for statement in own:
            twin = numbers.get((statement.number, statement.first, statement.last))
            if twin:
                again = {"number": statement.number, "period": twin.period, "run_id": twin.run_id}
                again["variant"] = USED
                yield Finding(code="BNK-003", place=statement.place, facts=again)
        yield from _gap_before(own[0], seen)


def _gap_before(statement: Statement, seen: Sequence[SeenStatement]) -> Iterator[Finding]:
    first = statement.first
    earlier = [one for one in seen if first and one.last and one.last < first and one.closing is not None]
    if not earlier or statement.opening is None:
        return
    latest = max(earlier, key=lambda one: (one.last is not None and one.last, one.number))
    if latest.closing is not None and latest.closing != statement.opening:
        facts: dict[str, str | int] = {
            "before": latest.number or latest.period,
            "after": statement.number or str(first),
            "closing": latest.closing,
            "opening": statement.opening,
        }
        yield Finding(code="BNK-002", place=statement.place, facts=facts)


def _account_findings(source: Source, read: SourceRead) -> Iterator[Finding]:
    expected = _bare(source.account)
    named = {one.account: one.place for one in read.statements if one.account}
    for account, place in named.items():
        if expected and not _bare(account).endswith(expected) and not expected.endswith(_bare(account)):
            yield Finding(
                code="BNK-004", place=place, found=shown_value(account), facts={"expected": source.account}
            )


def _bare(account: str) -> str:
    return "".join(char for char in account.upper() if char.isalnum()).lstrip("0")


def _row_findings(source: Source, read: SourceRead) -> Iterator[Finding]:
    rows, most = read.rows.read, source.max_rows
    if rows < source.min_rows or (most is not None and rows > most):
        facts = {"rows": rows, "low": source.min_rows, "high": most if most is not None else 0}
        yield Finding(code="ROB-001", place=Place(file=read.file), found=str(rows), facts=facts)
