"""OFX 1.x (SGML) and 2.x (XML): statements of bank and card accounts, and the cash of investment accounts.

OFX states no opening balance, so a statement cannot be proved here; the reconciliation's bridge does it.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from gevinst.domain.finding import Finding, InputRejectedError, Severity
from gevinst.domain.masking import shown_value
from gevinst.domain.money import AmountError, NumberStyle
from gevinst.domain.source import SourceRead
from gevinst.domain.statement import Statement
from gevinst.formats.amounts import read_amount
from gevinst.formats.bookings import Booking, Outcome, real_reference, source_read
from gevinst.formats.dates import DateOrder, read_date
from gevinst.formats.encoding import decode
from gevinst.formats.intake import Intake
from gevinst.formats.ofx_elements import Element, TooDeepError, UnendedError, elements_of
from gevinst.formats.plan import assume

STATEMENTS = frozenset({"STMTRS", "CCSTMTRS", "INVSTMTRS"})
ACCOUNTS = ("BANKACCTFROM/ACCTID", "CCACCTFROM/ACCTID", "INVACCTFROM/ACCTID")
TRADE = "skipped.security_trade"
RAW = ("TRNTYPE", "DTPOSTED", "DTAVAIL", "TRNAMT", "FITID", "CHECKNUM", "REFNUM", "NAME", "MEMO")
_ENTRY = re.compile(r"<STMTTRN\b", re.IGNORECASE)
_BEGIN = re.compile(r"<OFX>", re.IGNORECASE)
_END = re.compile(r"</OFX>\s*\Z", re.IGNORECASE)
_AMOUNT = re.compile(r"[+-]?\d*(?:[.,]\d*)?")
_DAY = re.compile(r"(\d{8})(?:\d{2,6})?(?:[.:]\d{1,6})?\s*(?:\[[^\]]*\])?")
_LONGEST_TAIL = 200  # characters at the end of a file in which </OFX> is looked for


@dataclass(frozen=True, kw_only=True)
class _Under:
    """A statement under way: its account and balance come beside its entries, some after them."""

    entries: list[Element] = field(default_factory=list)
    trades: list[Element] = field(default_factory=list)


def read_ofx(intake: Intake, encoding: str | None = None) -> SourceRead:
    """Read an OFX file, in an encoding that a person names or in the one it is found to have.

    Raises:
        InputRejectedError: FIL-003 letters, FIL-004 cut, FIL-005 too deep; BNK-007 an entry that never ends;
            BNK-024 the bank's answer is an error; BNK-025 no statement in it.
    """
    decoded = decode(intake, encoding)
    text = decoded.text
    if not _END.search(text[-_LONGEST_TAIL:]):
        raise intake.rejected("FIL-004", line=text.count("\n") + 1)
    outcome = Outcome(findings=list(decoded.findings))
    try:
        _read_all(intake, text, outcome)
    except UnendedError as error:
        raise intake.rejected("FIL-004", line=error.line) from error
    except TooDeepError as error:
        raise intake.rejected("FIL-005", what="OFX") from error
    if not outcome.statements:
        _refuse_empty(intake, outcome)
    _prove_count(intake, text, outcome)
    version = "OFX 2 (XML)" if text.lstrip().startswith("<?") else "OFX 1 (SGML)"
    syntax = assume(subject="syntax", taken="ofx", because="syntax.bank", facts={"message": version})
    outcome.assumptions.extend([decoded.assumption, syntax])
    return source_read(intake, outcome, layout="ofx", id_name="FITID")


def _read_all(intake: Intake, text: str, outcome: Outcome) -> None:
    begin = _BEGIN.search(text)
    under = _Under()
    for element in elements_of(text, begin.start() if begin else 0):
        if element.tag == "STMTTRN":
            under.entries.append(element)
        elif element.within == "INVTRANLIST" and element.tag != "INVBANKTRAN":
            under.trades.append(element)
        elif element.tag in STATEMENTS:
            _read_statement(intake, element, under, outcome)
            under = _Under()
        elif element.tag == "SONRS" or element.tag.endswith("TRNRS"):
            outcome.findings.extend(_status_findings(intake, element))


def _status_findings(intake: Intake, element: Element) -> list[Finding]:
    """BNK-024 for an answer of the bank that says it went wrong."""
    code, severity = element.get("STATUS/CODE"), element.get("STATUS/SEVERITY").upper()
    if severity != "ERROR" and code in {"", "0"}:
        return []
    level = Severity.ERROR if severity == "ERROR" else Severity.WARNING
    return [
        intake.finding(
            "BNK-024",
            line=element.line,
            severity=level,
            found=shown_value(element.get("STATUS/MESSAGE")),
            status=code,
        )
    ]


def _refuse_empty(intake: Intake, outcome: Outcome) -> None:
    errors = [finding for finding in outcome.findings if finding.severity is Severity.ERROR]
    if errors:
        raise InputRejectedError(errors)
    raise intake.rejected("BNK-025")


def _prove_count(intake: Intake, text: str, outcome: Outcome) -> None:
    """An entry whose end tag is missing would swallow the one after it."""
    stated = len(_ENTRY.findall(text))
    trades = sum(reason == TRADE for _, reason in outcome.skipped)
    if stated != outcome.entries - trades:
        raise intake.rejected("BNK-007", stated=stated, computed=outcome.entries - trades)


def _read_statement(intake: Intake, element: Element, under: _Under, outcome: Outcome) -> None:
    account = element.get(*ACCOUNTS)
    currency = element.get("CURDEF").upper()
    first = len(outcome.bookings)
    for entry in under.entries:
        _read_entry(intake, entry, account=account, currency=currency, outcome=outcome)
    outcome.skipped.extend((trade.line, TRADE) for trade in under.trades)
    if under.trades:
        outcome.findings.append(
            intake.finding(
                "BNK-026",
                line=under.trades[0].line,
                severity=Severity.WARNING,
                count=len(under.trades),
            )
        )
    closing, findings = _closing(intake, element)
    outcome.findings.extend(findings)
    bookings = outcome.bookings[first:]
    days = sorted(booking.booked for booking in bookings)
    outcome.statements.append(
        Statement(
            account=account,
            currency=currency,
            closing=closing,
            movements=sum(booking.amount for booking in bookings),
            rows=len(bookings),
            first=days[0] if days else None,
            last=days[-1] if days else None,
            place=intake.place(line=element.line),
        )
    )


def _closing(intake: Intake, element: Element) -> tuple[int | None, list[Finding]]:
    """The ledger balance; an unreadable one is an error, an empty one a warning."""
    if not any(name.startswith("LEDGERBAL/") for name in element.values):
        return None, []
    text = element.get("LEDGERBAL/BALAMT")
    if not text:
        severity = Severity.WARNING
        return None, [intake.finding("CEL-007", line=element.line, severity=severity, column="BALAMT")]
    amount = ofx_ore(text)
    if amount is not None:
        return amount, []
    return None, [_amount_finding(intake, element, "BALAMT", text)]


def _read_entry(intake: Intake, entry: Element, *, account: str, currency: str, outcome: Outcome) -> None:
    booked, amount = ofx_day(entry.get("DTPOSTED")), ofx_ore(entry.get("TRNAMT"))
    if booked is None or amount is None:
        outcome.findings.extend(_entry_findings(intake, entry, booked=booked, amount=amount))
        outcome.rejected.append(entry.line)
        return
    name, memo = entry.get("NAME", "PAYEE/NAME"), entry.get("MEMO")
    number = entry.get("CHECKNUM")
    outcome.bookings.append(
        Booking(
            line=entry.line,
            account=account,
            booked=booked,
            value_date=ofx_day(entry.get("DTAVAIL")),
            amount=amount,
            currency=entry.get("CURRENCY/CURSYM").upper() or currency,
            reference=real_reference(number if number.strip("0") else entry.get("REFNUM")),
            text=memo if memo.startswith(name) else f"{name} {memo}".strip(),
            counterparty=name,
            bank_id=entry.get("FITID"),
            raw={tag: entry.get(tag) for tag in RAW},
        )
    )


def _entry_findings(
    intake: Intake, entry: Element, *, booked: date | None, amount: int | None
) -> list[Finding]:
    findings: list[Finding] = []
    if booked is None:
        findings.append(_date_finding(intake, entry))
    if amount is None:
        text = entry.get("TRNAMT")
        findings.append(
            _amount_finding(intake, entry, "TRNAMT", text) if text else _missing(intake, entry, "TRNAMT")
        )
    return findings


def _date_finding(intake: Intake, entry: Element) -> Finding:
    text = entry.get("DTPOSTED")
    if not text:
        return _missing(intake, entry, "DTPOSTED")
    return intake.finding(
        "CEL-002", line=entry.line, found=shown_value(text), column="DTPOSTED", example="20261231"
    )


def _missing(intake: Intake, entry: Element, column: str) -> Finding:
    return intake.finding("CEL-007", line=entry.line, column=column)


def _amount_finding(intake: Intake, element: Element, column: str, text: str) -> Finding:
    return intake.finding(
        "CEL-001", line=element.line, found=shown_value(text), column=column, example="-1234.50"
    )


def ofx_ore(text: str) -> int | None:
    """An amount as øre: a point or a comma before the decimals, no thousands; None for anything else."""
    if not _AMOUNT.fullmatch(text):
        return None
    try:
        return read_amount(text.rstrip(".,").replace(",", "."), NumberStyle.POINT)
    except AmountError:
        return None


def ofx_day(text: str) -> date | None:
    """The day as the bank wrote it; time and zone are not used, since a posting's day is the bank's own."""
    found = _DAY.fullmatch(text)
    return read_date(found[1], DateOrder.YMD) if found else None
