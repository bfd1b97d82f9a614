"""The month that an office lives through: its days, and its bank days."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from gevinst.domain.calendar import BankCalendar

CALENDAR = BankCalendar()
MONTH_NAMES = (
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
)


@dataclass(frozen=True, kw_only=True)
class Month:
    """One accounting period of one calendar month."""

    period: str  #: such as 2026-10
    first: date
    last: date
    bank_days: tuple[date, ...]  #: in order

    @classmethod
    def of(cls, period: str) -> "Month":
        """The month of a period such as `2026-10`. Raises ValueError for anything else."""
        first = date.fromisoformat(f"{period}-01")
        last = first.replace(day=monthrange(first.year, first.month)[1])
        days = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
        return cls(
            period=period, first=first, last=last, bank_days=tuple(d for d in days if CALENDAR.is_bank_day(d))
        )

    @property
    def name(self) -> str:
        """The Danish name, such as oktober."""
        return MONTH_NAMES[self.first.month - 1]

    @property
    def before(self) -> "Month":
        """The month before."""
        return Month.of(f"{self.first - timedelta(days=1):%Y-%m}")

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of the month, in order."""
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    def shift(self, day: date, bank_days: int) -> date:
        """The bank day so many bank days after `day`, held within the month."""
        moved = CALENDAR.add_bank_days(day, bank_days)
        return min(max(moved, self.bank_days[0]), self.bank_days[-1])


def next_bank_day(day: date, count: int) -> date:
    """The bank day `count` bank days after `day`, in whatever month it falls.

    A day that is no bank day counts from the bank day before it, as a bank counts value days: what was sold
    on a Saturday is paid out together with what was sold on the Friday.
    """
    start = day
    while not CALENDAR.is_bank_day(start):
        start -= timedelta(days=1)
    return CALENDAR.add_bank_days(start, count)
