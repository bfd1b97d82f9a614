"""Statements: the balances that a file claims, and whether its movements prove them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gevinst.domain.finding import Finding
from gevinst.domain.place import Place

LONGEST_NUMBER = 18  # digits; a longer one is an id, not a running number


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of one account: a day, a month or a whole export."""

    account: str
    currency: str
    number: str = ""  #: the sender's running number or id; "" where the file has none
    opening: int | None = None  #: øre
    closing: int | None = None  #: øre
    movements: int = 0  #: øre, sum of its items as read
    rows: int = 0
    first: date | None = None  #: first booking day
    last: date | None = None  #: last booking day
    place: Place


def balance_findings(statements: Sequence[Statement]) -> list[Finding]:
    """BNK-001 for each statement whose opening and movements do not give its closing balance."""
    return [
        Finding(
            code="BNK-001",
            place=statement.place,
            facts={
                "number": statement.number,
                "opening": statement.opening,
                "movements": statement.movements,
                "closing": statement.closing,
                "difference": statement.closing - statement.opening - statement.movements,
            },
        )
        for statement in statements
        if statement.opening is not None
        and statement.closing is not None
        and statement.opening + statement.movements != statement.closing
    ]


def chain_findings(statements: Sequence[Statement]) -> list[Finding]:
    """Gaps and repeats between statements of the same account, in the order of the file.

    BNK-002: a running number is missing, or an opening balance is not the closing balance before it.
    BNK-003: the same number stands twice.
    """
    findings: list[Finding] = []
    latest: dict[tuple[str, str], Statement] = {}
    seen: set[tuple[str, str, str]] = set()
    for statement in statements:
        key = (statement.account, statement.currency)
        name = (*key, statement.number)
        if statement.number and name in seen:
            findings.append(
                Finding(code="BNK-003", place=statement.place, facts={"number": statement.number})
            )
            continue
        seen.add(name)
        before = latest.get(key)
        if before is not None and _is_gap(before, statement):
            findings.append(_gap(before, statement))
        latest[key] = statement
    return findings


def _is_gap(before: Statement, after: Statement) -> bool:
    known = before.closing is not None and after.opening is not None
    if known and before.closing != after.opening:
        return True
    last, this = _running_number(before), _running_number(after)
    if last is None or this is None or this == last + 1:
        return False
    return not (known and this == 1 and _new_year(before, after))  # many banks count from 1 each year


def _running_number(statement: Statement) -> int | None:
    text = statement.number
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def _new_year(before: Statement, after: Statement) -> bool:
    return before.last is not None and after.first is not None and before.last.year < after.first.year


def _gap(before: Statement, after: Statement) -> Finding:
    return Finding(
        code="BNK-002",
        place=after.place,
        facts={
            "before": before.number,
            "after": after.number,
            "closing": before.closing if before.closing is not None else 0,
            "opening": after.opening if after.opening is not None else 0,
        },
    )
