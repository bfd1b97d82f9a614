"""An audit file (SAF-T) for machines. The contract is docs/reference/invoices.md, part SAF-T."""

from dataclasses import asdict
from datetime import date
from typing import Any

from gevinst.domain.audit_file import (
    AuditFile,
    AuditHeader,
    AuditRead,
    LedgerAccount,
    TaxCode,
    TradingParty,
)
from gevinst.reports.finding_json import finding_json, place_json
from gevinst.texts import Texts

CONTRACT = "gevinst-audit-file/1"


def audit_json(read: AuditRead, texts: Texts | None = None) -> dict[str, Any]:
    """Head, master data, control totals and findings. The postings are items, as of any other source.

    Amounts are integer øre, debit positive; days ISO 8601.
    """
    audit, source = read.audit, read.source
    movements = audit.sums.movements
    return {
        "contract": CONTRACT,
        "file": source.file,
        "sha256": source.sha256,
        "header": _header(audit.header),
        "accounts": [_account(one, movements.get(one.account, 0)) for one in audit.accounts],
        "customers": [_party(one) for one in audit.customers],
        "suppliers": [_party(one) for one in audit.suppliers],
        "tax_codes": [_tax_code(one) for one in audit.tax_codes],
        **_sums(audit),
        "rows": asdict(source.rows),
        "findings": [finding_json(one, texts or Texts()) for one in source.findings],
    }


def _header(head: AuditHeader) -> dict[str, str | None]:
    return {
        "version": head.version,
        "country": head.country,
        "created": _day(head.created),
        "software": head.software,
        "company": head.company,
        "registration": head.registration,
        "currency": head.currency,
        "first": _day(head.first),
        "last": _day(head.last),
    }


def _sums(audit: AuditFile) -> dict[str, Any]:
    """What the file states of its postings, and what was counted."""
    totals, sums = audit.totals, audit.sums
    return {
        "stated": {"entries": totals.entries, "debit": totals.debit, "credit": totals.credit},
        "counted": {
            "transactions": sums.transactions,
            "lines": sums.lines,
            "debit": sums.debit,
            "credit": sums.credit,
            "unbalanced": sums.unbalanced,
        },
    }


def _account(one: LedgerAccount, movements: int) -> dict[str, Any]:
    return {
        "account": one.account,
        "text": one.text,
        "standard": one.standard,
        "kind": one.kind,
        "opening": one.opening,
        "movements": movements,
        "closing": one.closing,
        "place": place_json(one.place),
    }


def _party(one: TradingParty) -> dict[str, str]:
    return {"id": one.party, "name": one.name, "registration": one.registration}


def _tax_code(one: TaxCode) -> dict[str, str | None]:
    percent = None if one.percent is None else f"{one.percent:f}"
    return {"code": one.code, "text": one.text, "percent": percent, "standard": one.standard}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
