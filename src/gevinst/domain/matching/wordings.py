"""What the items of a side say in text and counterparty: each different wording is read once, when asked."""

from collections import Counter
from functools import cached_property

import numpy as np

from gevinst.domain.matching.codes import names_of, words_of
from gevinst.domain.matching.columns import Texts
from gevinst.domain.matching.marks import Indexes


class Wording:
    """Text and counterparty of an item, and what stands in them."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def words(self) -> frozenset[str]:
        """All telling words, whether the other side has them or not."""
        return frozenset(words_of(self.text))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The words that may name someone, short ones too, as they stand."""
        return names_of(self.text)

    @cached_property
    def letters(self) -> str:
        """The names without anything between them."""
        return "".join(self.names)


class Wordings:
    """The wordings of one side."""

    def __init__(self, texts: Texts) -> None:
        coded = texts.dictionary_encode()
        self._number: Indexes = coded.indices.to_numpy()
        self._different: Texts = coded.dictionary
        self._read: dict[int, Wording] = {}

    def of(self, at: int) -> Wording:
        """The wording of an item."""
        number = self._number.item(at)
        if number not in self._read:
            self._read[number] = Wording(self._different[number].as_py())
        return self._read[number]

    def word_times(self) -> Counter[str]:
        """How many items have each word."""
        times: Counter[str] = Counter()
        counts = np.bincount(self._number, minlength=len(self._different)).tolist()
        for text, count in zip(self._different.to_pylist(), counts, strict=True):
            for word in set(words_of(text)):
                times[word] += count
        return times
