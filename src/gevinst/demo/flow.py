"""What every flow of the main account draws from, and the shapes that many of them share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gevinst.demo.dice import Amounts, Dice
from gevinst.demo.model import BankType
from gevinst.demo.month import Month

MONEY_IN = "DZ"
MONEY_OUT = "KZ"
SALARY = "ZL"
OTHER = "SA"

FIK_IN = BankType(title="FI-indbetaling", family="PMNT.RCDT.VCOM")
DIRECT_DEBIT = BankType(title="Betalingsservice", family="PMNT.IDDT.PMDD")
TRANSFER_IN = BankType(title="Overførsel", family="PMNT.RCDT.DMCT")
TRANSFER_OUT = BankType(title="Overførsel", family="PMNT.ICDT.DMCT")
NEMKONTO = BankType(title="NemKonto", family="PMNT.ICDT.DMCT")
RETURNED = BankType(title="Retur", family="PMNT.ICDT.RRTN")
SUPPLIER = BankType(title="Leverandørservice", family="PMNT.ICDT.VCOM")
PAYROLL = BankType(title="Lønoverførsel", family="PMNT.ICDT.SALA")
CARDS = BankType(title="Dankort-salg", family="PMNT.MCRD.POSP")
MOBILEPAY = BankType(title="MobilePay", family="PMNT.MCRD.SMCD")
CASH = BankType(title="Pengeautomat", family="PMNT.CNTR.CDPT")
OWN_IN = BankType(title="Egen konto", family="PMNT.RCDT.BOOK")
OWN_OUT = BankType(title="Egen konto", family="PMNT.ICDT.BOOK")
CHARGED = BankType(title="Gebyr", family="ACMT.MDOP.CHRG")
INTEREST = BankType(title="Kreditrente", family="ACMT.MCOP.INTR")


@dataclass(frozen=True, kw_only=True)
class Flow:
    """The month, the dice of one flow, and the amounts that all flows share."""

    month: Month
    dice: Dice
    amounts: Amounts
    times: int = 1  #: how many times as many single payments there are

    def days(self, count: int) -> Sequence[date]:
        """`count` bank days of the month for each of `times`, in order."""
        return self.dice.days(self.month, count * self.times)

    def late(self, day: date, low: int, high: int) -> date:
        """A bank day that many bank days after `day`, within the month."""
        return self.month.shift(day, self.dice.between(low, high))

    def amount(self, low: int, high: int, *, step: int = 1) -> int:
        """An amount in øre that no other item of the office has; limits in kroner."""
        return self.amounts.draw(self.dice, low, high, step=step)


class Numbers:
    """Running numbers within a day, for references such as `NKS20261005-014`."""

    def __init__(self, prefix: str, digits: int) -> None:
        self._prefix = prefix
        self._digits = digits
        self._last: dict[date, int] = {}

    def next(self, day: date) -> str:
        """The next reference of that day."""
        self._last[day] = self._last.get(day, 0) + 1
        return f"{self._prefix}{day:%Y%m%d}-{self._last[day]:0{self._digits}d}"
