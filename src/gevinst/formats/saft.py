"""SAF-T Financial, Danish and Norwegian, 1.x and 2.x, by local names: head, master data and postings.

The file is read element by element; memory holds the postings and nothing of the tree. `SourceDocuments`,
which 2.x has beside the journal, repeats what the journal books and is passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from gevinst.domain.audit_file import (
    AuditFile,
    AuditHeader,
    AuditRead,
    ControlTotals,
    LedgerAccount,
    TaxCode,
    TradingParty,
    account_findings,
    balance_findings,
    balances_stated,
    total_findings,
    unknown_accounts,
)
from gevinst.domain.finding import Finding, Severity
from gevinst.domain.masking import shown_value
from gevinst.domain.money import AmountError
from gevinst.domain.place import Place
from gevinst.domain.source import Assumption, RowCounts, SourceRead
from gevinst.domain.statement import Statement
from gevinst.formats.headings import near_misses
from gevinst.formats.intake import Intake, take_in
from gevinst.formats.plan import assume
from gevinst.formats.saft_journal import EXAMPLE_AMOUNT, Journal
from gevinst.formats.xml_safe import Record, records_of
from gevinst.formats.xml_values import TooLargeError, exact_number, exact_ore, iso_date

ROOT = "AuditFile"
WANTED = {
    "Header": frozenset({ROOT}),
    "Account": frozenset({"GeneralLedgerAccounts"}),
    "Customer": frozenset({"Customers"}),
    "Supplier": frozenset({"Suppliers"}),
    "TaxCodeDetails": frozenset({"TaxTableEntry", "TaxTable"}),
    "GeneralLedgerEntries": frozenset({ROOT}),
    "Journal": frozenset({"GeneralLedgerEntries"}),
    "Transaction": frozenset({"Journal"}),
    "Line": frozenset({"Transaction", "Lines"}),
}
WITHOUT = frozenset({"SourceDocuments"})
CURRENCIES = {"DK": "DKK", "NO": "NOK"}


@dataclass(kw_only=True)
class _Parts:
    """What was read so far."""

    header: AuditHeader | None = None
    accounts: list[LedgerAccount] = field(default_factory=list)
    customers: list[TradingParty] = field(default_factory=list)
    suppliers: list[TradingParty] = field(default_factory=list)
    tax_codes: list[TaxCode] = field(default_factory=list)
    totals: ControlTotals | None = None
    names: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_audit_file(path: Path, *, account: str = "") -> AuditRead:
    """Read a SAF-T file with its master data.

    Args:
        path: the file.
        account: the account whose postings become items; "" for all of them.

    Raises:
        InputRejectedError: as `read_audit`, and FIL-001, FIL-006, FIL-007, FIL-009 for the file itself.
    """
    return read_audit(take_in(path), account=account)


def read_saft(intake: Intake, *, account: str = "") -> SourceRead:
    """The postings of a SAF-T file as items: amount = debit − credit, document = TransactionID."""
    return read_audit(intake, account=account).source


def read_audit(intake: Intake, *, account: str = "") -> AuditRead:
    """Read a SAF-T file.

    Raises:
        InputRejectedError: FIL-003 letters, FIL-004 cut, FIL-005 unsafe, SAF-006 no such account,
            SAF-007 no posting.
    """
    parts = _Parts()
    journal = Journal(intake, account=account, names=parts.names)
    for record in records_of(intake, WANTED, without=WITHOUT):
        _take(intake, record, parts, journal)
    if not journal.lines:
        raise intake.rejected("SAF-007")
    _refuse_unknown(intake, account, parts, journal)
    audit = _audit(intake, parts, journal)
    return AuditRead(audit=audit, source=_source(intake, audit, journal, account=account, own=parts.findings))


def _take(intake: Intake, record: Record, parts: _Parts, journal: Journal) -> None:
    name = record.name
    if name == "Line":
        journal.take_line(record)
    elif name == "Transaction":
        journal.take_transaction(record)
    elif name == "Account":
        parts.accounts.append(_account(intake, record, parts.findings))
    elif name in {"Customer", "Supplier"}:
        party = _party(intake, record)
        (parts.customers if name == "Customer" else parts.suppliers).append(party)
        parts.names.setdefault(party.party, party.name or party.party)
    elif name == "TaxCodeDetails":
        parts.tax_codes.append(_tax_code(intake, record))
    elif name == "Header":
        parts.header = _header(record)
    elif name == "GeneralLedgerEntries":
        parts.totals = _totals(intake, record, parts.findings)


def _header(record: Record) -> AuditHeader:
    country = record.first("AuditFileCountry")
    return AuditHeader(
        version=record.first("AuditFileVersion"),
        country=country,
        created=iso_date(record.first("AuditFileDateCreated")),
        software=record.first("SoftwareID", "SoftwareCompanyName"),
        company=record.first("Company/Name", "Company/CompanyName"),
        registration=record.first("Company/RegistrationNumber", "CompanyID"),
        currency=record.first("DefaultCurrencyCode") or CURRENCIES.get(country, ""),
        first=_selected(record, "Start"),
        last=_selected(record, "End"),
    )


def _selected(record: Record, end: str) -> date | None:
    """First or last day of the selection, where days are given; some files give periods instead."""
    names = (f"Selection{end}Date", f"Period{end}")
    return iso_date(record.first(*(f"SelectionCriteria/{name}" for name in names)))


def _account(intake: Intake, record: Record, findings: list[Finding]) -> LedgerAccount:
    return LedgerAccount(
        account=record.first("AccountID"),
        text=record.first("AccountDescription"),
        standard=record.first("StandardAccountID", "GroupingCode"),
        kind=record.first("AccountType"),
        opening=_balance(intake, record, "Opening", findings),
        closing=_balance(intake, record, "Closing", findings),
        place=_place(intake, record),
    )


def _balance(intake: Intake, record: Record, end: str, findings: list[Finding]) -> int | None:
    debit = _stated(intake, record, f"{end}DebitBalance", findings)
    credit = _stated(intake, record, f"{end}CreditBalance", findings)
    return None if debit is None and credit is None else (debit or 0) - (credit or 0)


def _stated(intake: Intake, record: Record, element: str, findings: list[Finding]) -> int | None:
    """A balance or total as øre; None where it is left out, or cannot be read and a finding says so."""
    text = record.first(element, f"{element}/Amount")
    if not text:
        return None
    try:
        return exact_ore(text)
    except AmountError as error:
        code = "DOC-001" if isinstance(error, TooLargeError) else "CEL-001"
        place = intake.place(line=record.line, cell=f"{record.path}/{element}")
        facts = {"column": element, "example": EXAMPLE_AMOUNT}
        findings.append(Finding(code=code, place=place, found=shown_value(text), facts=facts))
        return None


def _party(intake: Intake, record: Record) -> TradingParty:
    return TradingParty(
        party=record.first(f"{record.name}ID"),
        name=record.first("Name", "CompanyName"),
        registration=record.first("RegistrationNumber", f"{record.name}TaxID"),
        place=_place(intake, record),
    )


def _tax_code(intake: Intake, record: Record) -> TaxCode:
    try:
        percent = exact_number(record.first("TaxPercentage"))
    except AmountError:
        percent = None  # a code by flat rate, or none; the postings state their own tax
    return TaxCode(
        code=record.first("TaxCode"),
        text=record.first("Description"),
        percent=percent,
        standard=record.first("StandardTaxCode"),
        place=_place(intake, record),
    )


def _totals(intake: Intake, record: Record, findings: list[Finding]) -> ControlTotals:
    entries = record.first("NumberOfEntries")
    return ControlTotals(
        entries=int(entries) if entries.isascii() and entries.isdecimal() else None,
        debit=_stated(intake, record, "TotalDebit", findings),
        credit=_stated(intake, record, "TotalCredit", findings),
        place=intake.place(line=record.line, cell=record.name),
    )


def _place(intake: Intake, record: Record) -> Place:
    return intake.place(line=record.line, cell=record.path)


def _refuse_unknown(intake: Intake, account: str, parts: _Parts, journal: Journal) -> None:
    known = dict.fromkeys([*(one.account for one in parts.accounts), *journal.movements])
    if account and account not in known:
        near = ", ".join(near_misses(account, list(known)) or list(known)[:3])
        raise intake.rejected("SAF-006", account=account, near=near)


def _audit(intake: Intake, parts: _Parts, journal: Journal) -> AuditFile:
    return AuditFile(
        header=parts.header or AuditHeader(version="", country=""),
        accounts=tuple(parts.accounts),
        customers=tuple(parts.customers),
        suppliers=tuple(parts.suppliers),
        tax_codes=tuple(parts.tax_codes),
        totals=parts.totals or ControlTotals(place=intake.place()),
        sums=journal.sums(),
        balances_stated=balances_stated(parts.accounts),
    )


def _source(
    intake: Intake, audit: AuditFile, journal: Journal, *, account: str, own: list[Finding]
) -> SourceRead:
    frame, raw, id_reason = journal.frame(audit.header.currency)
    checks = [] if journal.rejected else list(_checks(audit, journal, account))
    return SourceRead(
        items=frame,
        statements=_statements(audit, journal, account, frame),
        findings=(*journal.findings, *own, *checks),
        rows=RowCounts(
            in_file=journal.lines, read=len(frame), skipped=len(journal.skipped), rejected=journal.rejected
        ),
        layout="saft",
        sha256=intake.sha256,
        file=intake.name,
        assumptions=(*_reasons(audit, journal, account), id_reason),
        raw=raw,
        skipped=tuple(journal.skipped),
    )


def _checks(audit: AuditFile, journal: Journal, account: str) -> Iterator[Finding]:
    yield from total_findings(audit.totals, audit.sums)
    yield from balance_findings(audit.sums)
    if audit.balances_stated:
        yield from account_findings(audit.accounts, audit.sums.movements, chosen=account)
    if unknown := unknown_accounts(audit.accounts, audit.sums.movements):
        facts: dict[str, str | int] = {"account": shown_value(unknown[0]), "count": len(unknown)}
        place = journal.seen[unknown[0]]
        yield Finding(code="SAF-005", place=place, severity=Severity.WARNING, facts=facts)


def _statements(
    audit: AuditFile, journal: Journal, account: str, items: pd.DataFrame
) -> tuple[Statement, ...]:
    """The balances of the one account that was read; several accounts have no balance together."""
    wanted = account or (next(iter(journal.movements)) if len(journal.movements) == 1 else "")
    stated = next((one for one in audit.accounts if one.account == wanted), None)
    if not wanted or stated is None:
        return ()
    days = items["booked"]
    kept = audit.balances_stated
    statement = Statement(
        account=wanted,
        currency=audit.header.currency,
        opening=stated.opening if kept else None,
        closing=stated.closing if kept else None,
        movements=sum(items["amount"].tolist()),  # exact, however large
        rows=len(days),
        first=days.min().date() if len(days) else audit.header.first,
        last=days.max().date() if len(days) else audit.header.last,
        place=stated.place,
    )
    return (statement,)


def _reasons(audit: AuditFile, journal: Journal, account: str) -> list[Assumption]:
    head = audit.header
    message = " ".join(part for part in ("SAF-T", head.country, shown_value(head.version)) if part)
    element = "GLPostingDate" if journal.dated_by_posting else "TransactionDate"
    reasons = [
        assume(subject="encoding", taken="xml", because="encoding.xml"),
        assume(subject="syntax", taken="saft", because="syntax.saft", facts={"message": message}),
        assume(subject="date", taken=element, because="saft.date", facts={"column": element}),
    ]
    if account:
        told = {"account": account}
        reasons.append(assume(subject="account", taken=account, because="saft.account", facts=told))
    elif len(journal.movements) > 1:
        several: dict[str, str | int] = {"column": "AccountID", "count": len(journal.movements)}
        reasons.append(assume(subject="account", taken="AccountID", because="account.several", facts=several))
    return reasons
