"""The head of a camt statement: account, number, balances, and the totals that the bank states."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lxml import etree

from gevinst.domain.finding import Finding
from gevinst.domain.money import AmountError
from gevinst.formats.camt_entry import SIGNS
from gevinst.formats.camt_leaves import day_at, iso_amount, iso_day, source_line, text_at
from gevinst.formats.intake import Intake


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What TxsSummry states; None where it does not."""

    net: int | None = None  #: øre with sign
    credit: int | None = None
    debit: int | None = None  #: øre, positive
    credit_count: int | None = None
    debit_count: int | None = None
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class Head:
    """All of a statement but its entries."""

    number: int  #: in the file, from 1
    line: int
    account: str
    currency: str
    sequence: str  #: the bank's number, or its id
    opening: int | None
    closing: int | None
    first: date | None
    last: date | None
    totals: Totals


def head_of(element: etree._Element, *, name: str, number: int) -> Head:
    """Read the head of a Stmt, Rpt or Ntfctn once its entries are read."""
    balances = dict(_balances(element))
    opening = balances.get("OPBD", balances.get("PRCD"))
    closing = balances.get("CLBD")
    return Head(
        number=number,
        line=source_line(element),
        account=text_at(element, "Acct/Id/IBAN")
        or text_at(element, "Acct/Id/Othr/Id")
        or text_at(element, "Acct/Id/BBAN"),
        currency=text_at(element, "Acct/Ccy") or _balance_currency(element),
        sequence=_sequence(element) if name == "Stmt" else "",
        opening=opening,
        closing=closing,
        first=iso_day(text_at(element, "FrToDt/FrDtTm") or text_at(element, "FrToDt/FrDt")),
        last=iso_day(text_at(element, "FrToDt/ToDtTm") or text_at(element, "FrToDt/ToDt"))
        or day_at(element, "Bal/Dt"),
        totals=_totals(element),
    )


def _sequence(element: etree._Element) -> str:
    """The running number, with its page where a statement has several; else the id, marked as one.

    An id may be all digits, such as a time stamp; it must not be taken for a number that counts on.
    """
    running = text_at(element, "ElctrncSeqNb") or text_at(element, "LglSeqNb")
    page = text_at(element, "StmtPgntn/PgNb")
    if running:
        last = text_at(element, "StmtPgntn/LastPgInd") == "true"
        return running if not page or (page == "1" and last) else f"{running}/{page}"
    given = text_at(element, "Id")
    return f"Id {given}" if given else ""


def _balances(element: etree._Element) -> Iterator[tuple[str, int]]:
    """Each balance code with its øre; the first of its kind, a debit balance negative."""
    seen: set[str] = set()
    for balance in element.findall("{*}Bal"):
        code = text_at(balance, "Tp/CdOrPrtry/Cd") or text_at(balance, "Tp/Cd")
        sign = SIGNS.get(text_at(balance, "CdtDbtInd"))
        amount = _amount_or_none(text_at(balance, "Amt"))
        if code not in seen and sign is not None and amount is not None:
            seen.add(code)
            yield code, sign * amount


def _balance_currency(element: etree._Element) -> str:
    amount = element.find("{*}Bal/{*}Amt")
    return "" if amount is None else amount.get("Ccy", "")


def _totals(element: etree._Element) -> Totals:
    summary = element.find("{*}TxsSummry")
    if summary is None:
        return Totals()
    net = _amount_or_none(
        text_at(summary, "TtlNtries/TtlNetNtry/Amt") or text_at(summary, "TtlNtries/TtlNetNtryAmt")
    )
    sign = SIGNS.get(
        text_at(summary, "TtlNtries/TtlNetNtry/CdtDbtInd") or text_at(summary, "TtlNtries/CdtDbtInd")
    )
    return Totals(
        net=None if net is None or sign is None else sign * net,
        credit=_amount_or_none(text_at(summary, "TtlCdtNtries/Sum")),
        debit=_amount_or_none(text_at(summary, "TtlDbtNtries/Sum")),
        credit_count=_count_or_none(text_at(summary, "TtlCdtNtries/NbOfNtries")),
        debit_count=_count_or_none(text_at(summary, "TtlDbtNtries/NbOfNtries")),
        count=_count_or_none(text_at(summary, "TtlNtries/NbOfNtries")),
    )


def _amount_or_none(text: str) -> int | None:
    try:
        return iso_amount(text)
    except AmountError:
        return None


def _count_or_none(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


@dataclass(kw_only=True, slots=True)
class Tally:
    """Sums and counts of a statement's entries, filled while they are read."""

    credit: int = 0  #: øre
    debit: int = 0  #: øre, positive
    credit_count: int = 0
    debit_count: int = 0

    def add(self, amounts: Sequence[int]) -> None:
        """Count entries by their signed øre."""
        positive = [amount for amount in amounts if amount >= 0]
        self.credit += sum(positive)
        self.debit += sum(positive) - sum(amounts)
        self.credit_count += len(positive)
        self.debit_count += len(amounts) - len(positive)

    @property
    def net(self) -> int:
        """Credits less debits, øre."""
        return self.credit - self.debit

    @property
    def count(self) -> int:
        """All entries."""
        return self.credit_count + self.debit_count


def totals_findings(intake: Intake, head: Head, readings: Sequence[Tally]) -> list[Finding]:
    """BNK-005 for each sum that the bank states and its entries do not give; BNK-007 for a count.

    Banks differ in whether entries that are not booked yet count; either reading makes a total right.
    """
    findings: list[Finding] = []
    for code, stated, computed in _comparisons(head.totals, readings):
        if stated is not None and stated not in computed:
            facts = {"stated": stated, "computed": computed[0], "difference": stated - computed[0]}
            place = intake.place(line=head.line, cell=f"Stmt[{head.number}]/TxsSummry")
            findings.append(Finding(code=code, place=place, facts=facts))
    return findings


def _comparisons(totals: Totals, readings: Sequence[Tally]) -> Iterator[tuple[str, int | None, list[int]]]:
    yield "BNK-005", totals.net, [one.net for one in readings]
    yield "BNK-005", totals.credit, [one.credit for one in readings]
    yield "BNK-005", totals.debit, [one.debit for one in readings]
    yield "BNK-007", totals.count, [one.count for one in readings]
    yield "BNK-007", totals.credit_count, [one.credit_count for one in readings]
    yield "BNK-007", totals.debit_count, [one.debit_count for one in readings]
