"""Why banks are closed on a day, in words; see calendar.py for the rule."""

from datetime import date, timedelta

from gevinst.domain.calendar import bank_holidays

#: Days that banks add to the public holidays, by month and day; calendar.closed.<key> of the catalogue.
ADDED = {(6, 5): "constitution", (12, 24): "christmas_eve", (12, 31): "new_years_eve"}
AFTER_ASCENSION = "after_ascension"
LANGUAGES = {"da": "da", "en": "en_US"}  # as the package names them


def closed_day_names(first: date, last: date, language: str) -> dict[date, str]:
    """The closed days that are no weekends, from one day to another, both ends included.

    Returns:
        The public holiday's name in the language; `=key` for a day that banks add.
    """
    import holidays  # noqa: PLC0415 - loads every country; only a page of the calendar needs the names

    years = range(first.year, last.year + 1)
    public = holidays.country_holidays("DK", years=years, language=LANGUAGES[language])
    closed = sorted(day for year in years for day in bank_holidays(year) if first <= day <= last)
    return {day: public.get(day) or f"={ADDED.get((day.month, day.day), AFTER_ASCENSION)}" for day in closed}


def days_of_month(period: str) -> tuple[date, date]:
    """The first and the last day of a month such as 2026-11."""
    first = date(int(period[:4]), int(period[5:]), 1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
