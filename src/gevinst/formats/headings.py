"""Header words: what a column is by its name, and the nearest name to one that is missing."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files

_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_CURRENCY = re.compile(r"\s*(?:[(\[]\s*(?:i\s+)?(?:dkk|kr\.?|kroner)\s*[)\]]|\b(?:i\s+)?(?:dkk|kr\.?))\s*$")
_MARKS = re.compile(r"[\s.:_\-*#'\"]+")
TIERS = ("best", "also", "last")


@lru_cache(maxsize=4096)  # the same few headers are held against each layout
def fold(name: str) -> str:
    """A header name as it is compared: no case, accents, marks, doubled spaces, or kroner at its end."""
    text = unicodedata.normalize("NFKC", name).casefold().translate(_LETTERS)
    bare = _CURRENCY.sub("", text) or text
    return _MARKS.sub(" ", bare).strip()


@lru_cache
def known_words() -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Folded word → (role, tier from 0) for each role that uses it, as words.toml says."""
    table = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    roles: dict[str, list[tuple[str, int]]] = {}
    for role, tiers in table.items():
        for rank, tier in enumerate(TIERS):
            for word in tiers.get(tier, ()):
                entry = (role, rank)
                if entry not in roles.setdefault(fold(word), []):
                    roles[fold(word)].append(entry)
    return {word: tuple(entries) for word, entries in roles.items()}


def roles_of(name: str) -> tuple[tuple[str, int], ...]:
    """The (role, tier) pairs of a header name; empty when it is not known."""
    return known_words().get(fold(name), ())


def by_tier(names: Sequence[str], role: str) -> list[list[int]]:
    """The columns named like a role, best tier first; tiers without a column are left out."""
    tiers: list[list[int]] = [[] for _ in TIERS]
    for index, name in enumerate(names):
        for named, rank in roles_of(name):
            if named == role:
                tiers[rank].append(index)
    return [tier for tier in tiers if tier]


def near_misses(wanted: str, names: Iterable[str]) -> list[str]:
    """Up to three existing names that are spelled nearly like the wanted one."""
    folded = {fold(name): name for name in names if name}
    return [folded[match] for match in get_close_matches(fold(wanted), folded, n=3, cutoff=0.6)]
