"""Statements as ISO 20022 camt.053.001.08: one Stmt a bank day, balances that chain, totals that prove."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lxml import etree

from gevinst.demo.model import BankLine
from gevinst.domain.money import kroner

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
CURRENCY = "DKK"
CREDIT = "CRDT"
DEBIT = "DBIT"
NO_REFERENCE = "NOTPROVIDED"


@dataclass(frozen=True, kw_only=True)
class CamtAccount:
    """The account that the statements are of."""

    iban: str
    owner: str
    bank: str  #: BIC


@dataclass(frozen=True, kw_only=True)
class DayStatement:
    """One statement. What it claims is not derived from its lines, so that a wrong one can be written too."""

    number: int  #: ElctrncSeqNb
    day: date
    opening: int  #: øre
    closing: int  #: øre
    lines: Sequence[tuple[str, BankLine]]  #: with the bank's id of each


def camt053(account: CamtAccount, statements: Sequence[DayStatement]) -> bytes:
    """The whole message, UTF-8, indented."""
    document = etree.fromstring(f'<Document xmlns="{NAMESPACE}"/>')
    body = _add(document, "BkToCstmrStmt")
    last = statements[-1].day
    head = _add(body, "GrpHdr")
    _add(head, "MsgId", f"{account.bank}-{last:%Y%m%d}")
    _add(head, "CreDtTm", f"{last.isoformat()}T23:45:00")
    for statement in statements:
        _statement(body, account, statement)
    return bytes(etree.tostring(document, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _add(parent: etree._Element, path: str, text: str | None = None, **attributes: str) -> etree._Element:
    """Append the elements of a path such as `Acct/Id/IBAN`; the text goes to the last."""
    element = parent
    for name in path.split("/"):
        element = etree.SubElement(element, f"{{{NAMESPACE}}}{name}")
    element.text = text
    for name, value in attributes.items():
        element.set(name, value)
    return element


def _statement(body: etree._Element, account: CamtAccount, statement: DayStatement) -> None:
    element = _add(body, "Stmt")
    _add(element, "Id", f"{account.iban[-10:]}-{statement.number:06d}")
    _add(element, "ElctrncSeqNb", str(statement.number))
    _add(element, "LglSeqNb", str(statement.number))
    _add(element, "CreDtTm", f"{statement.day.isoformat()}T23:30:00")
    span = _add(element, "FrToDt")
    _add(span, "FrDtTm", f"{statement.day.isoformat()}T00:00:00")
    _add(span, "ToDtTm", f"{statement.day.isoformat()}T23:59:59")
    _account(element, account)
    _balance(element, "OPBD", statement.opening, statement.day)
    _balance(element, "CLBD", statement.closing, statement.day)
    _summary(element, [line.amount for _, line in statement.lines])
    for number, (line_id, line) in enumerate(statement.lines, 1):
        _entry(element, number, line_id=line_id, line=line)


def _account(statement: etree._Element, account: CamtAccount) -> None:
    element = _add(statement, "Acct")
    _add(element, "Id/IBAN", account.iban)
    _add(element, "Ccy", CURRENCY)
    _add(element, "Ownr/Nm", account.owner)
    _add(element, "Svcr/FinInstnId/BICFI", account.bank)


def _amount(parent: etree._Element, ore: int, *, path: str = "Amt") -> None:
    """An amount without sign, and beside it the direction of the money."""
    _add(parent, path, f"{kroner(abs(ore)):.2f}", Ccy=CURRENCY)
    _add(parent, "CdtDbtInd", DEBIT if ore < 0 else CREDIT)


def _balance(statement: etree._Element, code: str, ore: int, day: date) -> None:
    element = _add(statement, "Bal")
    _add(element, "Tp/CdOrPrtry/Cd", code)
    _amount(element, ore)
    _add(element, "Dt/Dt", day.isoformat())


def _summary(statement: etree._Element, amounts: Sequence[int]) -> None:
    element = _add(statement, "TxsSummry")
    total = _add(element, "TtlNtries")
    _add(total, "NbOfNtries", str(len(amounts)))
    _add(total, "Sum", f"{kroner(sum(abs(ore) for ore in amounts)):.2f}")
    net = _add(total, "TtlNetNtry")
    _add(net, "Amt", f"{kroner(abs(sum(amounts))):.2f}")
    _add(net, "CdtDbtInd", DEBIT if sum(amounts) < 0 else CREDIT)
    for name, part in (
        ("TtlCdtNtries", [a for a in amounts if a >= 0]),
        ("TtlDbtNtries", [-a for a in amounts if a < 0]),
    ):
        side = _add(element, name)
        _add(side, "NbOfNtries", str(len(part)))
        _add(side, "Sum", f"{kroner(sum(part)):.2f}")


def _entry(statement: etree._Element, number: int, *, line_id: str, line: BankLine) -> None:
    element = _add(statement, "Ntry")
    _add(element, "NtryRef", str(number))
    _amount(element, line.amount)
    if line.reversal:
        _add(element, "RvslInd", "true")
    _add(element, "Sts/Cd", "BOOK")
    _add(element, "BookgDt/Dt", line.booked.isoformat())
    _add(element, "ValDt/Dt", line.booked.isoformat())
    _add(element, "AcctSvcrRef", line_id)
    domain, family, subfamily = line.type.family.split(".")
    code = _add(element, "BkTxCd/Domn")
    _add(code, "Cd", domain)
    names = _add(code, "Fmly")
    _add(names, "Cd", family)
    _add(names, "SubFmlyCd", subfamily)
    _details(_add(element, "NtryDtls"), line)
    _add(element, "AddtlNtryInf", line.type.title)


def _details(details: etree._Element, line: BankLine) -> None:
    if line.batch:
        batch = _add(details, "Btch")
        _add(batch, "PmtInfId", line.reference)
        _add(batch, "NbOfTxs", str(line.batch))
        _amount(batch, line.amount, path="TtlAmt")
    transaction = _add(details, "TxDtls")
    _add(transaction, "Refs/EndToEndId", NO_REFERENCE if line.fik or not line.reference else line.reference)
    _amount(transaction, line.amount)
    if line.party:
        _add(transaction, f"RltdPties/{'Cdtr' if line.amount < 0 else 'Dbtr'}/Pty/Nm", line.party)
    remittance = _add(transaction, "RmtInf")
    _add(remittance, "Ustrd", line.text)
    if line.fik:
        reference = _add(remittance, "Strd/CdtrRefInf")
        _add(reference, "Tp/CdOrPrtry/Prtry", "FIK71")
        _add(reference, "Ref", line.reference)


def day_statements(
    lines: Sequence[BankLine],
    *,
    ids: Mapping[BankLine, str],
    days: Sequence[date],
    opening: int,
    first_number: int,
) -> list[DayStatement]:
    """One statement for each bank day, numbered in order, each opening with what the last one closed with."""
    statements = []
    balance = opening
    for number, day in enumerate(days, first_number):
        of_day = [(ids[line], line) for line in lines if line.booked == day]
        closing = balance + sum(line.amount for _, line in of_day)
        statements.append(
            DayStatement(number=number, day=day, opening=balance, closing=closing, lines=of_day)
        )
        balance = closing
    return statements
