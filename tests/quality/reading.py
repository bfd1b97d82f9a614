"""Matches and open items of the demo office with reasons and rows, drawn by chance, for a person to read."""

import random
from collections.abc import Callable, Sequence
from itertools import islice, zip_longest

from gevinst.domain.reconciliation import ItemState, Reconciliation, Side
from gevinst.reports.items import Item, ItemBook, items_of
from gevinst.reports.sentences import because, cause, group_rows, proposal_because
from gevinst.texts import Texts
from quality.demo import accounts
from quality.score import answer

TEXTS = Texts()


Told = tuple[str, str]  # the reason or cause, and what a person reads


def read_aloud(count: int, *, seed: int, say: Callable[[str], None]) -> None:
    """Say so many matches, and so many items that are not matched, each with its reason.

    A draw from all would give nearly only pairs by number and sales of the last day: the reasons take turns.
    """
    chance = random.Random(seed)  # noqa: S311 - a sample to read
    matches, waiting = [], []
    for name, files in accounts(seed):
        result = answer(files)
        book = ItemBook(result)
        matches += [(reason, f"[{name}] {told}") for reason, told in _matches(result)]
        waiting += [(why, f"[{name}] {told}") for why, told in _waiting(result, book)]
    for title, told in (("matches", matches), ("items that are not matched", waiting)):
        drawn = _in_turn(told, count, chance)
        say(f"\nseed {seed}: {len(drawn)} of {len(told)} {title}")
        for at, one in enumerate(drawn, 1):
            say(f"{at}. {one}")


def _in_turn(told: Sequence[Told], count: int, chance: random.Random) -> list[str]:
    """So many, each reason in its turn, by chance within a reason."""
    by_reason: dict[str, list[str]] = {}
    for reason, words in chance.sample(told, len(told)):
        by_reason.setdefault(reason, []).append(words)
    rounds = zip_longest(*(by_reason[reason] for reason in sorted(by_reason)))
    return list(islice((one for some in rounds for one in some if one), count))


def _matches(result: Reconciliation) -> list[Told]:
    """Reason, and items with the sentence, of each group."""
    members: dict[int, list[Item]] = {}
    for side, frame in ((Side.LEFT, result.left), (Side.RIGHT, result.right)):
        for item in items_of(side, frame[frame["group"] >= 0]):
            members.setdefault(item.group, []).append(item)
    return [
        (group.reason, "\n".join((because(group, TEXTS), *map(_shown, members[group.group]))))
        for group in group_rows(result.groups)
    ]


def _waiting(result: Reconciliation, book: ItemBook) -> list[Told]:
    """Cause, and item with the sentence and what it is held up against, of each that is not matched."""
    return [
        (item.cause, "\n".join((cause(item, book, TEXTS), *_rows(item, result, book))))
        for side, frame in ((Side.LEFT, result.left), (Side.RIGHT, result.right))
        for item in items_of(side, frame[frame["state"] != ItemState.MATCHED])
    ]


def _rows(item: Item, result: Reconciliation, book: ItemBook) -> list[str]:
    """The item, and what it is held up against: its suspect, or the answers of its proposal."""
    suspect = book.find(item.suspect_side, item.suspect) if item.suspect else None
    rows = [_shown(item), *([_shown(suspect)] if suspect else [])]
    if item.proposal >= 0:
        proposal = result.proposals[item.proposal]
        rows.append(f"     {proposal_because(proposal, book, TEXTS)}")
        for left, right in proposal.alternatives:
            ends = book.find_all(Side.LEFT, left) + book.find_all(Side.RIGHT, right)
            rows += ["     –", *map(_shown, ends)]
    return rows


def _shown(item: Item) -> str:
    number = f" · {item.number}" if item.number else ""
    return f"     {item.side:5} {item.booked:%d-%m-%Y} {TEXTS.amount(item.amount):>16}  {item.text}{number}"
