"""Merge two changes of one text: what a sender changed since, into what an office made of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher


@dataclass(frozen=True, kw_only=True)
class Clash:
    """Lines that both have changed: ours stand."""

    ours: str  #: "" where we have taken them out
    theirs: str


@dataclass(frozen=True, kw_only=True)
class Merged:
    """The merged text, and where both had changed the same."""

    lines: tuple[str, ...]
    clashes: tuple[Clash, ...] = ()


@dataclass(kw_only=True)
class _Merge:
    lines: list[str] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)

    def add(self, base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> None:
        """A stretch between two lines that all three have."""
        if ours in (base, theirs):
            self.lines += theirs
        elif theirs == base:
            self.lines += ours
        elif len(base) == len(ours) == len(theirs) > 1:
            for lines in zip(base, ours, theirs, strict=True):
                self.add(*([line] for line in lines))
        else:
            self.lines += ours
            self.clashes.append(Clash(ours="\n".join(ours), theirs="\n".join(theirs)))


def merge(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> Merged:
    """Take in what `theirs` changed of `base`; where `ours` changed the same lines, ours stand.

    Args:
        base: lines of the text that both began with.
        ours: as it is here.
        theirs: as it is there.
    """
    made = _Merge()
    at = (0, 0, 0)
    for places, length in _common(base, ours, theirs):
        texts = (base, ours, theirs)
        made.add(*(text[start:end] for text, start, end in zip(texts, at, places, strict=True)))
        made.lines += base[places[0] : places[0] + length]
        at = (places[0] + length, places[1] + length, places[2] + length)
    return Merged(lines=tuple(made.lines), clashes=tuple(made.clashes))


def _common(
    base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[tuple[int, int, int], int]]:
    """Stretches that stand unchanged in all three: where in each, and how many lines; the ends come last."""
    left, right = (
        SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks() for other in (ours, theirs)
    )
    for mine in left:
        for other in right:
            start = max(mine.a, other.a)
            length = min(mine.a + mine.size, other.a + other.size) - start
            if length > 0:
                yield (start, mine.b + start - mine.a, other.b + start - other.a), length
    yield (len(base), len(ours), len(theirs)), 0
