"""Numbers with check digits, as Danish payments have them."""

FIK_DIGITS = 15
IBAN_MODULUS = 97
CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
CVR_MODULUS = 11


def fik_reference(number: int) -> str:
    """A FIK reference of kind 71: 14 digits and a modulus-10 check digit.

    Args:
        number: from 0 to 14 digits; filled with zeros on the left.

    Source: the payment slip rules for card kinds 71 and 73 (weights 1 and 2 by turns, cross sum, modulus 10).
    """
    body = f"{number:0{FIK_DIGITS - 1}d}"
    return body + str(-_luhn_sum(body + "0") % 10)


def is_fik_reference(text: str) -> bool:
    """Whether the text is 15 digits whose check digit is right."""
    return len(text) == FIK_DIGITS and text.isdigit() and _luhn_sum(text) % 10 == 0


def _luhn_sum(digits: str) -> int:
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled)


def danish_iban(bank: str, account: str) -> str:
    """The IBAN of a Danish account: DK, two check digits, 4-digit bank number, 10-digit account number."""
    body = bank.zfill(4) + account.zfill(10)
    check = IBAN_MODULUS + 1 - int(f"{body}132000") % IBAN_MODULUS  # D is 13, K is 20
    return f"DK{check:02d}{body}"


def no_company_number(start: int) -> str:
    """An 8-digit number in the shape of a CVR or SE number that no company can have: its check fails."""
    number = start
    while (
        sum(weight * int(digit) for weight, digit in zip(CVR_WEIGHTS, f"{number:08d}", strict=True))
        % CVR_MODULUS
        == 0
    ):
        number += 1
    return f"{number:08d}"
