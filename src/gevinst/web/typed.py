"""What stands in an address or a form, read as what it should be; None for anything else."""

from datetime import UTC, date, datetime, time

from gevinst.texts import OFFICE_ZONE

LONGEST_NUMBER = 9  # digits; more than any run has cases, or any trail rows


def small_number(text: str) -> int | None:
    """A number that a case, a row or a list may have; none is longer."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def day_of(text: str) -> date | None:
    """A day as a form sends it, or as a Dane writes it."""
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def moment_of(text: str) -> datetime | None:
    """A moment as an earlier page gave it, with its zone; in UTC."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def moment_on(day: date, at: time) -> datetime | None:
    """A moment of the office's wall clock, in UTC; None beyond the first and the last that there is."""
    try:
        return datetime.combine(day, at, OFFICE_ZONE).astimezone(UTC)
    except OverflowError:
        return None
