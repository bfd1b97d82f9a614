"""Samples of a robot's matches for human control: by layers, reproducible, with the error rate they show.

A match's turn comes from the hash of seed and match, so that anyone gets the same sample from the same seed,
in any program. Each layer (rule and size of amount) gives in proportion to its share, and at least one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from hashlib import sha256
from math import comb

#: With no error in 59, at most 5 % are wrong, at 95 % confidence: 0.95 ** 59 < 0.05.
STANDARD_SIZE = 59
#: Upper ends of the layers by amount, øre without sign.
AMOUNT_LAYERS = (100_000, 1_000_000, 10_000_000)
DOUBT = 0.05  # one-sided, at either end
PRECISION = Decimal("0.0001")
HALVINGS = 60
LARGEST_SAMPLE = 2_000


@dataclass(frozen=True, kw_only=True)
class SampleMatch:
    """A match of a run that may be drawn."""

    pass_id: str
    left: tuple[str, ...]  #: item ids
    right: tuple[str, ...]  #: item ids
    amount: int  #: øre, of the left side, or of the right where the left has no item
    difference: int  #: øre
    because: str  #: the evidence sentence, masked

    @property
    def layer(self) -> tuple[str, int]:
        """Rule and size of amount."""
        return self.pass_id, sum(abs(self.amount) >= end for end in AMOUNT_LAYERS)


def draw(matches: Sequence[SampleMatch], size: int, seed: int) -> list[SampleMatch]:
    """So many matches, or all when there are fewer; in the order in which the seed puts them.

    Args:
        matches: the population, in any order.
        size: wanted; each layer gives at least one as far as it goes.
        seed: the same seed draws the same matches.
    """
    turns = {_turn(match, seed): match for match in matches}
    layers: dict[tuple[str, int], list[str]] = {}
    for turn in sorted(turns):
        layers.setdefault(turns[turn].layer, []).append(turn)
    shares = _shares({layer: len(members) for layer, members in layers.items()}, min(size, len(turns)))
    drawn = [turn for layer, members in layers.items() for turn in members[: shares[layer]]]
    return [turns[turn] for turn in sorted(drawn)]


def _turn(match: SampleMatch, seed: int) -> str:
    key = "\x1f".join([str(seed), *match.left, "\x1e", *match.right])
    return sha256(key.encode()).hexdigest()


def _shares(layers: Mapping[tuple[str, int], int], size: int) -> dict[tuple[str, int], int]:
    """How many each layer gives: one, then by largest remainder; the sum is `size`."""
    total = sum(layers.values())
    first = dict.fromkeys(sorted(layers, key=lambda layer: (-layers[layer], layer))[:size], 1)
    shares = {layer: first.get(layer, 0) for layer in layers}
    wanted = {layer: Decimal(size * count) / total for layer, count in layers.items()} if total else {}
    while sum(shares.values()) < size:
        open_layers = [layer for layer in layers if shares[layer] < layers[layer]]
        layer = max(open_layers, key=lambda layer: (wanted[layer] - shares[layer], layer))
        shares[layer] += 1
    return shares


def error_interval(errors: int, n: int) -> tuple[Decimal, Decimal]:
    """Between which shares of errors lie, each end at 95 % confidence (Clopper and Pearson).

    Args:
        errors: found, 0 to n.
        n: checked, at least 1.

    Returns:
        Shares with four decimals, rounded outwards.
    """
    low = 0.0 if errors == 0 else _share_where(lambda share: 1 - _at_most(errors - 1, n, share), DOUBT)
    high = 1.0 if errors == n else _share_where(lambda share: -_at_most(errors, n, share), -DOUBT)
    return (
        Decimal(low).quantize(PRECISION, ROUND_FLOOR),
        Decimal(high).quantize(PRECISION, ROUND_CEILING),
    )


def _share_where(rising: Callable[[float], float], wanted: float) -> float:
    """The share at which a rising function has a value, by halving."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2


def _at_most(errors: int, n: int, share: float) -> float:
    """The chance of at most so many errors in n."""
    return sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(errors + 1))


def numbers_of(text: str, last: int) -> set[int]:
    """Numbers from words such as `1-20, 23`.

    Raises:
        ValueError: not such words, or a number outside 1 to `last`.
    """
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        first, mark, end = part.partition("-")
        span = range(int(first), int(end if mark else first) + 1)
        if not span or span[0] < 1 or span[-1] > last:
            raise ValueError(part)
        found.update(span)
    return found


def numbers_words(numbers: Iterable[int]) -> str:
    """The shortest words for some numbers: 1-20,23."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
