"""Check rules of Danish numbers: CVR, GLN (EAN), CPR by form, bank registration and account number."""

import re
from datetime import date

CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
CVR_DIVISOR = 11
REPLACEMENT_DAYS = 60  # a replacement CPR number has its day of birth plus 60
_CPR = re.compile(r"(\d{2})(\d{2})(\d{2})-?(\d)\d{3}")
_CENTURIES = (1800, 1900, 2000)


def cvr_problem(text: str) -> str:
    """What is wrong with a CVR number: form, check_digit, or "" for nothing.

    Source: eight digits, weights 2 7 6 5 4 3 2 1, sum divisible by 11.
    """
    if not re.fullmatch(r"[1-9]\d{7}", text):
        return "form"
    total = sum(int(digit) * weight for digit, weight in zip(text, CVR_WEIGHTS, strict=True))
    return "check_digit" if total % CVR_DIVISOR else ""


def gln_problem(text: str) -> str:
    """What is wrong with a GLN, called EAN location number in Denmark: form, check_digit, or "".

    Source: GS1, thirteen digits, weights 1 3 from the left, sum divisible by 10.
    """
    if not re.fullmatch(r"\d{13}", text):
        return "form"
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(text))
    return "check_digit" if total % 10 else ""


def cpr_problem(text: str) -> str:
    """What is wrong with a CPR number: form, date, or "".

    The check digit of modulus 11 is not asked for: numbers given since 2007 need not have it.
    Source: the CPR office on the structure of the number; digit 7 gives the century.
    """
    found = _CPR.fullmatch(text)
    if not found:
        return "form"
    day, month, year, seventh = (int(part) for part in found.groups())
    day -= REPLACEMENT_DAYS if day > REPLACEMENT_DAYS else 0
    return "" if any(_is_day(century + year, month, day) for century in _centuries(year, seventh)) else "date"


def _centuries(year: int, seventh: int) -> tuple[int, ...]:
    if seventh <= 3:  # noqa: PLR2004 - the CPR office's table
        return (1900,)
    if seventh in (4, 9):
        return (2000,) if year <= 36 else (1900,)  # noqa: PLR2004 - as above
    return (2000,) if year <= 57 else (1800,)  # noqa: PLR2004 - as above


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def bank_problem(registration: str, account: str) -> str:
    """What is wrong with a Danish account: registration, account, half, or "".

    Four digits that do not begin with 0, and 4 to 10 digits that are not all 0.
    """
    if not registration or not account:
        return "half"
    if not re.fullmatch(r"[1-9]\d{3}", registration):
        return "registration"
    return "" if re.fullmatch(r"\d{4,10}", account) and int(account) else "account"
