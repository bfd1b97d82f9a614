"""Codes and words of items: what two texts may have in common, with the usual damage mended.

A code is a number or a mix of letters and digits that can identify a payment: FIK number, invoice, terminal,
batch. Leading zeros, spaces, prefixes and punctuation are damage, not difference. A word is the stem of a telling
word. Dates and periods are neither.
"""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CODE_COLUMNS = ("item_id", "document", "reference", "text", "counterparty")
WORD_COLUMNS = ("text", "counterparty")
SHORTEST_NUMBER = 4  # digits, leading zeros counted: lease 0019 is a number, 19 is not
SHORTEST_MIXED = 5  # letters and digits
FEWEST_DIGITS_MIXED = 2
FIK_LENGTH = 15  # payment id of card types 71 and 75 with its check digit
STEM = 6  # bank texts are cut; six letters tell words apart
SHORTEST_WORD = 4
COMMON_WORD_SHARE = 0.2  # a word on more than a fifth of a side's items tells nothing
COMMON_WORD_FLOOR = 20  # … but in a small file a word on few items always may

# A day or a month that stands alone; IB20261001-03 is a batch number, not a day.
_DATES = re.compile(
    r"(?<![0-9A-ZÆØÅ/_-])"
    r"(?:\d{1,2}[./-]\d{1,2}[./-](?:20)?\d{2}|20\d{2}[./-]\d{1,2}(?:[./-]\d{1,2})?|\d{1,2}[./-]20\d{2}"
    r"|20\d{2}(?:0[1-9]|1[0-2])(?:[0-3]\d)?|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])20\d{2})"
    r"(?![0-9A-ZÆØÅ/_-])"
)
_TOKEN = re.compile(r"[0-9A-ZÆØÅÄÖ]+")
_COMPOUND = re.compile(r"[0-9A-ZÆØÅÄÖ]+(?:[-/_.][0-9A-ZÆØÅÄÖ]+)+")
_WORD = re.compile(r"[A-ZÆØÅÄÖ]{4,}")
_ROW_ID = re.compile(r"row:\d+$")


def codes_of(text: str) -> set[str]:
    """The codes in one text, in capitals and without leading zeros."""
    cleaned = _DATES.sub(" ", text.upper())
    tokens = [
        *_TOKEN.findall(cleaned),
        *(re.sub(r"[-/_.]", "", found) for found in _COMPOUND.findall(cleaned)),
    ]
    codes: set[str] = set()
    for token in tokens:
        codes.update(_variants(token))
    return codes


def _variants(token: str) -> set[str]:
    digits = sum(char.isdigit() for char in token)
    if digits == len(token):
        number = token.lstrip("0")
        if len(token) < SHORTEST_NUMBER or not number:
            return set()
        is_fik = len(token) == FIK_LENGTH and is_fik_id(token)
        return {number, number[:-1]} if is_fik else {number}  # some ledgers leave the check digit out
    if digits >= FEWEST_DIGITS_MIXED and len(token) >= SHORTEST_MIXED:
        return {token}
    return set()


def is_fik_id(digits: str) -> bool:
    """Whether a payment id of card type 71 or 75 has the right check digit (modulus 10, weights 1 and 2)."""
    total = 0
    for position, char in enumerate(reversed(digits)):
        value = int(char) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - digit sum of a two-digit product
    return total % 10 == 0


def words_of(text: str) -> set[str]:
    """The stems of the telling words in one text."""
    return {word[:STEM] for word in _WORD.findall(text.upper())}


def shape_of(code: str) -> str:
    """A code's form: digits as 9, letters as A, so that numbers of one series look alike."""
    return re.sub(r"[^9]", "A", re.sub(r"\d", "9", code))


@dataclass(frozen=True, kw_only=True)
class Marks:
    """The codes, or the words, of one side: one row for each (item, mark).

    Marks are numbered over both sides, so that equal numbers are equal marks.
    """

    item: NDArray[np.int64]
    mark: NDArray[np.int64]
    names: NDArray[np.object_]  #: the mark of each number

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Columns item, mark (both int64)."""
        return pd.DataFrame({"item": self.item, "mark": self.mark})

    def sets(self, count: int) -> list[frozenset[int]]:
        """The marks of each of `count` items."""
        result: list[set[int]] = [set() for _ in range(count)]
        for item, mark in zip(self.item.tolist(), self.mark.tolist(), strict=True):
            result[item].add(mark)
        return [frozenset(marks) for marks in result]


def code_marks(left: pd.DataFrame, right: pd.DataFrame) -> tuple[Marks, Marks]:
    """The codes of both sides that occur on both; a code of one side links nothing."""
    return _shared_marks([_codes_by_item(left), _codes_by_item(right)])


def word_marks(left: pd.DataFrame, right: pd.DataFrame) -> tuple[Marks, Marks]:
    """The words of both sides that occur on both and are not on too many items to tell anything."""
    found = [_words_by_item(side) for side in (left, right)]
    telling = [_telling(words) for words in found]
    return _shared_marks(
        [[words & keep for words in side] for side, keep in zip(found, telling, strict=True)]
    )


def _codes_by_item(items: pd.DataFrame) -> list[set[str]]:
    result = []
    columns = [items[name].tolist() for name in CODE_COLUMNS]
    for item_id, document, reference, text, counterparty in zip(*columns, strict=True):
        own = "" if _ROW_ID.search(item_id) else item_id
        codes = codes_of(f"{own} ; {document} ; {text} ; {counterparty} ; {reference}")
        if " " in reference:
            codes |= codes_of(reference.replace(" ", ""))
        result.append(codes)
    return result


def _words_by_item(items: pd.DataFrame) -> list[set[str]]:
    known: dict[str, set[str]] = {}
    result = []
    for text, counterparty in zip(items["text"].tolist(), items["counterparty"].tolist(), strict=True):
        both = f"{text} {counterparty}"
        if both not in known:
            known[both] = words_of(both)
        result.append(known[both])
    return result


def _telling(words_by_item: list[set[str]]) -> set[str]:
    counts: dict[str, int] = {}
    for words in words_by_item:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    limit = max(COMMON_WORD_FLOOR, len(words_by_item) * COMMON_WORD_SHARE)
    return {word for word, count in counts.items() if count <= limit}


def _shared_marks(sides: list[list[set[str]]]) -> tuple[Marks, Marks]:
    both = set().union(*sides[0]) & set().union(*sides[1]) if sides[0] and sides[1] else set()
    names = sorted(both)
    number = {name: index for index, name in enumerate(names)}
    left, right = (_marks(side, number, np.array(names, dtype=object)) for side in sides)
    return left, right


def _marks(by_item: list[set[str]], number: dict[str, int], names: NDArray[np.object_]) -> Marks:
    rows = [
        (item, number[mark]) for item, marks in enumerate(by_item) for mark in sorted(marks) if mark in number
    ]
    array = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Marks(item=array[:, 0], mark=array[:, 1], names=names)
