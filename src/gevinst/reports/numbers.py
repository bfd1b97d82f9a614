"""Periods and decimal numbers as people write them."""

from datetime import date, datetime
from decimal import Decimal

from gevinst.texts import Texts


def decimal_words(value: Decimal, texts: Texts) -> str:
    """A number with one decimal: 1.234,5 in Danish."""
    tenths = int((value * 10).to_integral_value())
    return texts.amount(tenths * 10)[:-1]


def period_words(period: str, texts: Texts) -> str:
    """A month as people say it, oktober 2026; any other period as it is."""
    try:
        month = datetime.strptime(period, "%Y-%m")  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return period
    from babel.dates import format_date  # noqa: PLC0415 - slow to load, and only reports need it

    return format_date(date(month.year, month.month, 1), "MMMM y", locale=str(texts.language))
