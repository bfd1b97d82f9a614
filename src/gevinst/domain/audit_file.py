"""An audit file (SAF-T Financial): head, master data, control totals, and whether its postings prove them.

Source: OECD Standard Audit File for Tax 2.0; Danish SAF-T Financial (Erhvervsstyrelsen) and Norwegian SAF-T
Financial (Skatteetaten), which share their element names.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gevinst.domain.finding import Finding, Severity
from gevinst.domain.place import Place
from gevinst.domain.source import SourceRead

# More accounts than this that do not add up have one cause, and one finding says so.
MOST_ACCOUNTS_NAMED = 20


@dataclass(frozen=True, kw_only=True)
class AuditHeader:
    """Who made the file, for whom, and for which period."""

    version: str  #: of the format, as stated
    country: str  #: ISO 3166, two letters
    created: date | None = None
    software: str = ""
    company: str = ""
    registration: str = ""  #: CVR number or its like abroad
    currency: str = ""  #: ISO 4217; every amount of the file is in it
    first: date | None = None  #: first day of the selection
    last: date | None = None


@dataclass(frozen=True, kw_only=True)
class LedgerAccount:
    """One account of the chart, with the balances that the file states."""

    account: str
    text: str
    standard: str = ""  #: account of the common chart that it belongs to
    kind: str = ""
    opening: int | None = None  #: øre, debit positive
    closing: int | None = None  #: øre, debit positive
    place: Place


@dataclass(frozen=True, kw_only=True)
class TradingParty:
    """A customer or a supplier of the master data."""

    party: str  #: id that postings refer to
    name: str
    registration: str = ""
    place: Place


@dataclass(frozen=True, kw_only=True)
class TaxCode:
    """One VAT code."""

    code: str
    text: str
    percent: Decimal | None = None
    standard: str = ""  #: code of the authority
    place: Place


@dataclass(frozen=True, kw_only=True)
class ControlTotals:
    """What the file says of its own postings; None where it does not."""

    entries: int | None = None  #: transactions; some systems count lines
    debit: int | None = None  #: øre
    credit: int | None = None  #: øre
    place: Place


@dataclass(frozen=True, kw_only=True)
class JournalSums:
    """What was counted while the postings were read."""

    transactions: int
    lines: int
    debit: int  #: øre
    credit: int  #: øre
    movements: Mapping[str, int]  #: account → øre, debit − credit
    unbalanced: int = 0  #: transactions whose debit is not their credit
    first_unbalanced: Place | None = None
    first_difference: int = 0  #: øre, debit − credit of that transaction


@dataclass(frozen=True, kw_only=True)
class AuditFile:
    """All of an audit file but its postings."""

    header: AuditHeader
    accounts: tuple[LedgerAccount, ...] = ()
    customers: tuple[TradingParty, ...] = ()
    suppliers: tuple[TradingParty, ...] = ()
    tax_codes: tuple[TaxCode, ...] = ()
    totals: ControlTotals
    sums: JournalSums
    balances_stated: bool = True  #: False where every balance is 0,00: the system keeps none


@dataclass(frozen=True, kw_only=True)
class AuditRead:
    """An audit file as read: its postings as a source like any other, and the rest beside them."""

    audit: AuditFile
    source: SourceRead


def total_findings(stated: ControlTotals, counted: JournalSums) -> Iterator[Finding]:
    """SAF-001 for a sum, SAF-002 for a count that the postings do not give; SAF-008 where none is stated."""
    if stated.debit is None and stated.credit is None and stated.entries is None:
        yield Finding(code="SAF-008", place=stated.place, severity=Severity.WARNING)
    for element, total, computed in (
        ("TotalDebit", stated.debit, counted.debit),
        ("TotalCredit", stated.credit, counted.credit),
    ):
        if total is not None and total != computed:
            facts: dict[str, str | int] = {
                "element": element,
                "stated": total,
                "computed": computed,
                "difference": total - computed,
            }
            yield Finding(code="SAF-001", place=stated.place, facts=facts)
    if stated.entries is not None and stated.entries not in {counted.transactions, counted.lines}:
        entries = {"stated": stated.entries, "computed": counted.transactions, "lines": counted.lines}
        yield Finding(code="SAF-002", place=stated.place, facts=entries)


def balance_findings(counted: JournalSums) -> Iterator[Finding]:
    """SAF-003, a warning, when transactions do not balance: how many, and the first."""
    if counted.first_unbalanced is not None:
        facts = {"count": counted.unbalanced, "difference": counted.first_difference}
        yield Finding(code="SAF-003", place=counted.first_unbalanced, severity=Severity.WARNING, facts=facts)


def account_findings(
    accounts: Sequence[LedgerAccount], movements: Mapping[str, int], *, chosen: str = ""
) -> list[Finding]:
    """SAF-004 for each account whose opening balance and movements do not give its closing balance.

    Args:
        accounts: as stated; those without both balances are passed over.
        movements: account → øre of all its postings.
        chosen: the account that the file is read for. It must add up, so its finding is an error; without a
            choice, findings are warnings, and SAF-010 stands for more than `MOST_ACCOUNTS_NAMED` of them.
    """
    looked_at = [one for one in accounts if not chosen or one.account == chosen]
    wrong = [one for one in looked_at if _difference(one, movements)]
    if len(wrong) > MOST_ACCOUNTS_NAMED:
        facts = {"count": len(wrong), "accounts": len(looked_at)}
        return [Finding(code="SAF-010", place=wrong[0].place, severity=Severity.WARNING, facts=facts)]
    severity = Severity.ERROR if chosen else Severity.WARNING
    return [_account_finding(one, movements, severity) for one in wrong]


def unknown_accounts(accounts: Sequence[LedgerAccount], movements: Mapping[str, int]) -> list[str]:
    """Accounts that postings use and the chart does not have; none when the file has no chart at all."""
    known = {one.account for one in accounts}
    return [account for account in movements if account not in known] if known else []


def balances_stated(accounts: Sequence[LedgerAccount]) -> bool:
    """Whether any account has a balance other than 0,00.

    A system that keeps no balances writes 0,00 for all of them, since the schema demands a figure.
    """
    return any(one.opening or one.closing for one in accounts)


def _difference(account: LedgerAccount, movements: Mapping[str, int]) -> int:
    if account.opening is None or account.closing is None:
        return 0
    return account.closing - account.opening - movements.get(account.account, 0)


def _account_finding(account: LedgerAccount, movements: Mapping[str, int], severity: Severity) -> Finding:
    facts: dict[str, str | int] = {
        "account": account.account,
        "opening": account.opening or 0,
        "movements": movements.get(account.account, 0),
        "closing": account.closing or 0,
        "difference": _difference(account, movements),
    }
    return Finding(code="SAF-004", place=account.place, severity=severity, facts=facts)
