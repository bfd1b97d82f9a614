"""Codes and words of a whole column of texts at once; what each text gives is said in `codes`.

Texts of plain letters are read by Arrow; the few with other letters, whose capitals are not so simple, are
read one by one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gevinst.domain.matching import codes

Indexes = NDArray[np.int64]
Mask = NDArray[np.bool_]
Reader = Callable[[str], Iterable[str]]
Texts: TypeAlias = pa.Array  # large_string, no nulls
TextColumn: TypeAlias = pd.arrays.ArrowStringArray  # as a frame has it

_LETTERS = "A-ZÆØÅÄÖ"
_TOKEN = f"0-9{_LETTERS}"
_ODD = "[^\\x00-\\x7FÆØÅÄÖÉÜæøåäöéü]"
_DATE_EDGE = "0-9A-ZÆØÅ/_-"
_DATE = f"(^|[^{_DATE_EDGE}])(?:{codes.DATE_PATTERN})([^{_DATE_EDGE}]|$)"
_WHOLE_DATE = f"^(?:{codes.DATE_PATTERN})$"
_JOINED = f"[{_TOKEN}][-/_.][{_TOKEN}]"
_ANY_LETTER = "ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅÄÖ"
_CHECK_WEIGHTS = np.array([1, 2] * 7 + [1])


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a column's texts give: one entry for each find, in any order; a text may give the same twice."""

    row: Indexes
    name: Texts  #: equal length

    def __len__(self) -> int:
        return len(self.row)

    def keep(self, mask: Mask) -> "Found":
        """Only the finds of the mask."""
        return Found(row=self.row[mask], name=self.name.filter(pa.array(mask)))

    def of(self, rows: Indexes) -> "Found":
        """The same finds, where row n was rows[n]."""
        return Found(row=rows[self.row], name=self.name)


def together(parts: Iterable[Found]) -> Found:
    """The finds of several columns of the same rows."""
    every = [part for part in parts if len(part)]
    if not every:
        return NOTHING
    return Found(
        row=np.concatenate([part.row for part in every]), name=pa.concat_arrays([part.name for part in every])
    )


def codes_of_column(texts: Texts) -> Found:
    """As codes.codes_of."""
    return _read(texts, _plain_codes, codes.codes_of)


def codes_of_texts(texts: Texts) -> Found:
    """As codes.text_codes."""
    found = codes_of_column(texts)
    return found.keep(~_holds(found.name, f"^{codes.YEAR_PATTERN}$"))


def codes_of_references(texts: Texts) -> Found:
    """As codes.reference_codes."""
    return _read(texts, _plain_reference_codes, codes.reference_codes)


def codes_of_ids(texts: Texts) -> Found:
    """As codes.id_codes."""
    return _read(texts, _plain_id_codes, codes.id_codes)


def words_of_column(texts: Texts) -> Found:
    """As codes.words_of; equal texts are looked at once."""
    coded = texts.dictionary_encode()
    found = _read(coded.dictionary, _plain_words, codes.words_of, holding=".")
    return _spread(found, coded.indices.to_numpy().astype(np.int64))


def _spread(found: Found, text_of_row: Indexes) -> Found:
    """The finds of each row, from those of each different text."""
    by_text = np.argsort(found.row, kind="stable")
    starts = np.searchsorted(found.row[by_text], np.arange(text_of_row.max(initial=-1) + 2))
    rows, at = ranges(starts[text_of_row], np.diff(starts)[text_of_row])
    return Found(row=rows, name=_taken(found.name, by_text[at]))


def ranges(starts: Indexes, counts: Indexes) -> tuple[Indexes, Indexes]:
    """Ranges one after the other, each of so many numbers from its start: which range, which number."""
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.repeat(starts - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())


def _read(
    texts: Texts, plain: Callable[[Texts], Found], one_by_one: Reader, *, holding: str = "[0-9]"
) -> Found:
    rows = np.flatnonzero(_holds(texts, holding))
    held = _taken(texts, rows)
    odd = _holds(held, _ODD)
    parts = [plain(_kept(held, ~odd)).of(rows[~odd])]
    if odd.any():
        parts.append(_each(_kept(held, odd), one_by_one).of(rows[odd]))
    return together(parts)


def _each(texts: Texts, reader: Reader) -> Found:
    found = [tuple(reader(text)) for text in texts.to_pylist()]
    names = pa.array(list(chain.from_iterable(found)), type=pa.large_string())
    return Found(row=np.repeat(np.arange(len(found)), [len(some) for some in found]), name=names)


def _plain_codes(texts: Texts) -> Found:
    cleaned = _without_dates(pc.utf8_upper(texts))
    joined = np.flatnonzero(_holds(cleaned, _JOINED))
    tokens = [_tokens(cleaned), _compounds(_taken(cleaned, joined)).of(joined)]
    return together(part for some in tokens for part in _variants(some))


def _plain_reference_codes(texts: Texts) -> Found:
    spaced = np.flatnonzero(_holds(texts, " "))
    closed = pc.replace_substring(_taken(texts, spaced), " ", "")
    return together([_plain_codes(texts), _plain_codes(closed).of(spaced)])


def _plain_id_codes(texts: Texts) -> Found:
    """The digits of the id alone are no code of it."""
    found = _plain_codes(texts)
    numbers = pc.replace_substring_regex(texts, "^[^0-9]+|[^0-9]+$", "")
    cores, are_cores = _cores(numbers)
    longer = _length(texts) > _length(numbers)
    own = _mask(pc.equal(found.name, _taken(cores, found.row)))
    return found.keep(~(own & (are_cores & longer)[found.row]))


def _plain_words(texts: Texts) -> Found:
    words = _split(pc.utf8_upper(texts), f"[^{_LETTERS}]+")
    long = words.keep(_mask(pc.greater_equal(pc.utf8_length(words.name), codes.SHORTEST_WORD)))
    stems = Found(row=long.row, name=pc.utf8_slice_codeunits(long.name, 0, codes.STEM))
    return stems.keep(~_mask(pc.is_in(stems.name, value_set=_texts(codes.ROW_WORDS))))


def _without_dates(texts: Texts) -> Texts:
    dated = _holds(texts, _DATE)
    whole = _kept(texts, dated)
    cleaned = pc.replace_substring_regex(whole, _DATE, r"\1 \2")
    # Arrow's expressions take the character before and after a date as part of it, so that two dates with one
    # character between them get in each other's way; those texts are read one by one.
    several = _mask(pc.greater(pc.count_substring_regex(whole, _DATE), 1)) | _holds(cleaned, _DATE)
    by_hand = _texts(map(codes.without_dates, _kept(whole, several).to_pylist()))
    return pc.replace_with_mask(
        texts, pa.array(dated), pc.replace_with_mask(cleaned, pa.array(several), by_hand)
    )


def _tokens(texts: Texts) -> Found:
    return _split(texts, f"[^{_TOKEN}]+")


def _compounds(texts: Texts) -> Found:
    """Tokens joined by single marks, such as F-2026/117, without the marks."""
    apart = pc.replace_substring_regex(texts, "[-/_.]{2,}", " ")
    found = _split(apart, f"[^{_TOKEN}/_.-]+")
    trimmed = Found(row=found.row, name=pc.ascii_trim(found.name, characters="-/_."))
    several = trimmed.keep(_holds(trimmed.name, "[-/_.]"))
    return Found(row=several.row, name=pc.replace_substring_regex(several.name, "[-/_.]", ""))


def _split(texts: Texts, between: str) -> Found:
    parts = pc.split_pattern_regex(texts, between)
    names = pc.list_flatten(parts).cast(pa.large_string())
    return Found(row=pc.list_parent_indices(parts).to_numpy().astype(np.int64), name=names)


def _variants(tokens: Found) -> list[Found]:
    digits = _mask(pc.ascii_is_decimal(tokens.name))
    mixed = ~digits & _holds(tokens.name, "[0-9].*[0-9]")
    return [*_numbers(tokens.keep(digits)), *_mixed(tokens.keep(mixed))]


def _numbers(tokens: Found) -> list[Found]:
    long = tokens.keep(_length(tokens.name) >= codes.SHORTEST_NUMBER)
    numbers = Found(row=long.row, name=_without_zeros(long.name))
    fik = numbers.keep(_are_fik_ids(long.name))
    unchecked = Found(row=fik.row, name=pc.utf8_slice_codeunits(fik.name, 0, -1))
    return [some.keep(_length(some.name) > 0) for some in (numbers, unchecked)]


def _are_fik_ids(numbers: Texts) -> Mask:
    """As codes.is_fik_id for the numbers of its length."""
    result: Mask = _length(numbers) == codes.FIK_LENGTH
    blob = "".join(_kept(numbers, result).to_pylist()).encode()
    digits = np.frombuffer(blob, dtype=np.uint8).reshape(-1, codes.FIK_LENGTH).astype(np.int64) - ord("0")
    weighed = digits * _CHECK_WEIGHTS
    result[result] = (weighed - 9 * (weighed > 9)).sum(axis=1) % 10 == 0  # noqa: PLR2004 - digit sums
    return result


def _mixed(tokens: Found) -> list[Found]:
    long = tokens.keep(_mask(pc.greater_equal(pc.utf8_length(tokens.name), codes.SHORTEST_MIXED)))
    inner = pc.utf8_trim(long.name, characters=_ANY_LETTER)
    cores, are_cores = _cores(inner)
    return [long, Found(row=long.row, name=cores).keep(are_cores)]


def _cores(numbers: Texts) -> tuple[Texts, Mask]:
    """Numbers out of longer codes, without leading zeros, and which of them identify without the letters."""
    cores = _without_zeros(numbers)
    single = _mask(pc.ascii_is_decimal(numbers)) & ~_holds(numbers, _WHOLE_DATE)
    return cores, single & (_length(cores) >= codes.SHORTEST_CORE)


def _without_zeros(numbers: Texts) -> Texts:
    return pc.ascii_ltrim(numbers, characters="0")


def shapes_of(texts: Texts) -> Texts:
    """As codes.shape_of."""
    digits = pc.replace_substring_regex(texts, "[0-9]", "9")
    return pc.replace_substring_regex(digits, "[A-ZÆØÅÄÖ]", "A")


def as_texts(column: pd.Series | TextColumn) -> Texts:
    """A text column of a frame as Arrow has it."""
    found = pa.array(column, type=pa.large_string())
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def chosen(texts: Sequence[str], numbers: Indexes) -> TextColumn:
    """A text column of a frame that has texts[n] for each number."""
    return as_column(_texts(texts).take(pa.array(numbers)))


def as_column(texts: Texts) -> TextColumn:
    """Texts as a column of a frame."""
    column: TextColumn = pd.array(texts, dtype="str")
    return column


def _texts(values: Iterable[str]) -> Texts:
    return pa.array(list(values), type=pa.large_string())


def _mask(values: pa.Array) -> Mask:
    mask: Mask = values.to_numpy(zero_copy_only=False)
    return mask


def _holds(texts: Texts, pattern: str) -> Mask:
    return _mask(pc.match_substring_regex(texts, pattern))


def _length(texts: Texts) -> Indexes:
    """Bytes of each text, which are its characters where it is plain ASCII."""
    found: Indexes = pc.binary_length(texts).to_numpy()
    return found


def _taken(texts: Texts, rows: Indexes) -> Texts:
    return texts.take(pa.array(rows))


def _kept(texts: Texts, mask: Mask) -> Texts:
    return texts.filter(pa.array(mask))


NOTHING = Found(row=np.zeros(0, dtype=np.int64), name=_texts(()))
