"""Codes and words of one text: what two texts may have in common, with the usual damage mended.

A code is a number or a mix of letters and digits that can identify a payment: FIK number, invoice, terminal,
batch. Leading zeros, spaces, prefixes and punctuation are damage, not difference. A word is the stem of a
telling word. Dates and periods are neither.
"""

import re

SHORTEST_NUMBER = 4  # digits, leading zeros counted: lease 0019 is a number, 19 is not
SHORTEST_MIXED = 5  # letters and digits
FEWEST_DIGITS_MIXED = 2
FIK_LENGTH = 15  # payment id of card types 71 and 75 with its check digit
STEM = 6  # bank texts are cut; six letters tell words apart
SHORTEST_WORD = 4
SHORTEST_CORE = 5  # digits of a mixed code that identify without its letters: F8056355, INV8056355
DATE_LENGTHS = (6, 8)  # of numbers that may be dates
#: Stems that say what sort of row it is, not whom or what it is about.
ROW_WORDS = frozenset(
    word[:STEM]
    for word in (
        *(
            "BETALING",
            "BETALT",
            "BETALES",
            "INDBETALING",
            "UDBETALING",
            "INDBETALT",
            "UDBETALT",
            "OVERFØRSEL",
        ),
        *(
            "OVERFØRT",
            "KONTOOVERF",
            "INDSÆTNING",
            "HÆVNING",
            "POSTERING",
            "BILAG",
            "FAKTURA",
            "REGNING",
            "SALDO",
        ),
        *("KREDITNOTA", "KREDITOR", "DEBITOR", "KONTO", "BELØB", "VEDR", "VEDRØRENDE", "DIVERSE", "SAMLET"),
        *(
            "BUNDT",
            "REFERENCE",
            "KUNDE",
            "NUMMER",
            "DATO",
            "PAYMENT",
            "RECEIVED",
            "TRANSFER",
            "DEPOSIT",
            "FROM",
        ),
        *(
            "WITHDRAWAL",
            "POSTING",
            "INVOICE",
            "CREDIT",
            "DEBIT",
            "NOTE",
            "ACCOUNT",
            "AMOUNT",
            "BATCH",
            "TOTAL",
        ),
        *("SUNDRY", "CUSTOMER", "NUMBER", "DATE", "THANKS", "WITH"),
    )
)

# A day or a month that stands alone; IB20261001-03 is a batch number, not a day.
DATE_PATTERN = (
    r"[0-9]{1,2}[./-][0-9]{1,2}[./-](?:20)?[0-9]{2}|20[0-9]{2}[./-][0-9]{1,2}(?:[./-][0-9]{1,2})?"
    r"|[0-9]{1,2}[./-]20[0-9]{2}|20[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-3][0-9])?"
    r"|(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])20[0-9]{2}"
)
_DATES = re.compile(rf"(?<![0-9A-ZÆØÅ/_-])(?:{DATE_PATTERN})(?![0-9A-ZÆØÅ/_-])")
YEAR_PATTERN = r"(?:19[89][0-9]|20[0-4][0-9])"
_YEAR = re.compile(YEAR_PATTERN)
_TOKEN = re.compile(r"[0-9A-ZÆØÅÄÖ]+")
_COMPOUND = re.compile(r"[0-9A-ZÆØÅÄÖ]+(?:[-/_.][0-9A-ZÆØÅÄÖ]+)+")
_WORD = re.compile(r"[A-ZÆØÅÄÖ]{4,}")
_NAME = re.compile(r"[A-ZÆØÅÄÖ]{2,}")
_DIGIT = re.compile(r"\d")
_SHAPES = str.maketrans(
    dict.fromkeys("0123456789", "9") | dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅÄÖ", "A")
)
_DIGIT_RUN = re.compile(r"[0-9]+")


def codes_of(text: str) -> set[str]:
    """The codes in one text, in capitals and without leading zeros."""
    if text.isalnum() and text.isascii():  # most references: one token
        return set() if len(text) in DATE_LENGTHS and _DATES.fullmatch(text) else _variants(text.upper())
    if not _DIGIT.search(text):
        return set()
    cleaned = without_dates(text.upper())
    tokens = [
        *_TOKEN.findall(cleaned),
        *(re.sub(r"[-/_.]", "", found) for found in _COMPOUND.findall(cleaned)),
    ]
    codes: set[str] = set()
    for token in tokens:
        codes.update(_variants(token))
    return codes


def without_dates(text: str) -> str:
    """A text in capitals with a space for each date."""
    return _DATES.sub(" ", text)


def text_codes(text: str) -> set[str]:
    """The codes in a text for people: a year that stands there is a period, not a number."""
    return {code for code in codes_of(text) if not _YEAR.fullmatch(code)}


def id_codes(item_id: str) -> set[str]:
    """The codes of an item's own id. Its digits alone are none: B100023 and L100023 only count rows."""
    whole = item_id.upper()
    return {
        code
        for code in codes_of(item_id)
        if whole.isdigit() or not code.isdigit() or code not in _core(whole)
    }


def reference_codes(reference: str) -> set[str]:
    """The codes of a reference, which may be written in groups: 491 1835."""
    codes = codes_of(reference)
    return codes | codes_of(reference.replace(" ", "")) if " " in reference else codes


def _variants(token: str) -> set[str]:
    if token.isdigit():
        number = token.lstrip("0")
        if len(token) < SHORTEST_NUMBER or not number:
            return set()
        is_fik = len(token) == FIK_LENGTH and is_fik_id(token)
        return {number, number[:-1]} if is_fik else {number}  # some ledgers leave the check digit out
    if len(token) >= SHORTEST_MIXED and len(_DIGIT.findall(token)) >= FEWEST_DIGITS_MIXED:
        return {token, *_core(token)}
    return set()


def _core(token: str) -> set[str]:
    """The number of a code with letters around it, which the other side may write alone."""
    runs = _DIGIT_RUN.findall(token)
    if len(runs) != 1 or _DATES.fullmatch(runs[0]):
        return set()
    number = runs[0].lstrip("0")
    return {number} if len(number) >= SHORTEST_CORE else set()


def is_fik_id(digits: str) -> bool:
    """Whether a payment id of card type 71 or 75 has the right check digit (modulus 10, weights 1 and 2)."""
    total = 0
    for position, char in enumerate(reversed(digits)):
        value = int(char) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - digit sum of a two-digit product
    return total % 10 == 0


def words_of(text: str) -> set[str]:
    """The stems of the telling words in one text."""
    return {word[:STEM] for word in _WORD.findall(text.upper())} - ROW_WORDS


def names_of(text: str) -> tuple[str, ...]:
    """The words of one text that may name someone, in order: whole, short ones too, none of the row's own."""
    return tuple(word for word in _NAME.findall(text.upper()) if word[:STEM] not in ROW_WORDS)


def shape_of(code: str) -> str:
    """A code's form: digits as 9, letters as A, so that numbers of one series look alike."""
    return code.translate(_SHAPES)


def near_codes(one: str, other: str) -> str:
    """How two different codes are alike but for usual damage.

    Returns:
        "cut" when one is the other's beginning or end, "swap" when two neighbouring digits changed places,
        "digit" for one digit that differs, "" for codes that are not near.
    """
    if min(len(one), len(other)) < SHORTEST_CORE:
        return ""
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        return "cut" if long.startswith(short) or long.endswith(short) else ""
    apart = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(apart) == 1:
        return "digit"
    if len(apart) != 2 or apart[1] != apart[0] + 1:  # noqa: PLR2004 - a swap changes two places
        return ""
    first, second = apart
    return "swap" if (one[first], one[second]) == (other[second], other[first]) else ""
