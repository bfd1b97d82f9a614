"""What the use cases of gains need from outside."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Protocol

from gevinst.domain.gain_records import (
    GainSum,
    KeptCard,
    LedgerHole,
    LedgerSeal,
    Measurement,
    QuarterAnswer,
)


class GainBook(Protocol):
    """Gain cards, measurements, answers, and sums over the ledger. A method is one transaction.

    What is kept is never changed. Cards, measurements and answers are noted in the audit trail.
    """

    def keep_card(self, card: KeptCard) -> bool:
        """Keep a card unless it is the version that the robot's newest one has; says whether it was new."""

    def cards(self, robot: str) -> Sequence[KeptCard]:
        """The robot's cards, oldest first."""

    def keep_measurement(self, one: Measurement) -> Measurement:
        """Keep a measurement; gives it its number."""

    def measurements(self, robot: str) -> Sequence[Measurement]:
        """The robot's measurements, oldest first."""

    def keep_answer(self, answer: QuarterAnswer, *, seen: int) -> QuarterAnswer:
        """Keep a benefit owner's answer; gives it its number.

        Args:
            answer: without a number.
            seen: number of the newest answer to this quarter that the person knew of; 0 for none.

        Raises:
            GainError: GAI-008 someone has answered since.
        """

    def answers(self, robot: str | None = None) -> Sequence[QuarterAnswer]:
        """The answers of one robot or all, oldest first."""

    def sums(self) -> Sequence[GainSum]:
        """What stands in the ledger, by robot, period, case type and card version."""

    def seal(self, robot: str, periods: Sequence[str]) -> LedgerSeal:
        """The robot's entries of some months, and the hash of them in the order they were written."""

    def holes(self) -> Sequence[LedgerHole]:
        """Item keys whose entries do not count up from 1 with the signs changing; by robot and key."""

    def last_moment(self) -> datetime | None:
        """The latest moment of anything kept of gains; None for nothing."""


class ErrorRate(NamedTuple):
    """Errors that people found in a sample of a robot's matches, with the interval of the share."""

    errors: int
    n: int
    low: Decimal  #: share
    high: Decimal  #: share


class Samples(Protocol):
    """Samples of a robot's work that people have checked."""

    def error_rate(self, robot: str, period: str) -> ErrorRate | None:
        """What was found in a period's sample (period "" is all samples); None when none was checked."""
