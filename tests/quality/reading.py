"""Matches and open items of the demo office with their reasons, drawn by chance, for a person to read."""

import random
from collections.abc import Callable

from gevinst.domain.reconciliation import ItemState, Reconciliation, Side
from gevinst.reports.items import Item, ItemBook, items_of
from gevinst.reports.sentences import because, cause, group_rows, proposal_because
from gevinst.texts import Texts
from quality.demo import accounts
from quality.score import answer

TEXTS = Texts()


def read_aloud(count: int, *, seed: int, say: Callable[[str], None]) -> None:
    """Say so many matches, and so many items that are not matched, each with its reason.

    A draw from all matches would give nearly only pairs by number, so every second one is of another reason.
    """
    chance = random.Random(seed)  # noqa: S311 - a sample to read
    matches, waiting = [], []
    for name, files in accounts(seed):
        result = answer(files)
        book = ItemBook(result)
        matches += [(name, reason, told) for reason, told in _matches(result)]
        waiting += [(name, told) for told in _waiting(result, book)]
    plain = [one for one in matches if one[1] == "reference"]
    odd = [one for one in matches if one[1] != "reference"]
    half = count // 2
    say(f"seed {seed}: {count} of {len(matches)} matches")
    for at, (name, _, told) in enumerate(chance.sample(plain, count - half) + chance.sample(odd, half), 1):
        say(f"{at}. [{name}] {told}")
    say(f"\n{min(count, len(waiting))} of {len(waiting)} items that are not matched")
    for at, (name, told) in enumerate(chance.sample(waiting, min(count, len(waiting))), 1):
        say(f"{at}. [{name}] {told}")


def _matches(result: Reconciliation) -> list[tuple[str, str]]:
    """Reason, and items with the sentence, of each group."""
    members: dict[int, list[Item]] = {}
    for side, frame in ((Side.LEFT, result.left), (Side.RIGHT, result.right)):
        for item in items_of(side, frame[frame["group"] >= 0]):
            members.setdefault(item.group, []).append(item)
    return [
        (group.reason, "\n".join((because(group, TEXTS), *map(_shown, members[group.group]))))
        for group in group_rows(result.groups)
    ]


def _waiting(result: Reconciliation, book: ItemBook) -> list[str]:
    told = []
    for side, frame in ((Side.LEFT, result.left), (Side.RIGHT, result.right)):
        for item in items_of(side, frame[frame["state"] != ItemState.MATCHED]):
            lines = [cause(item, book, TEXTS)]
            if item.proposal >= 0:
                lines.append(proposal_because(result.proposals[item.proposal], book, TEXTS))
            told.append("\n".join((*lines, _shown(item))))
    return told


def _shown(item: Item) -> str:
    number = f" · {item.number}" if item.number else ""
    return f"     {item.side:5} {item.booked:%d-%m-%Y} {TEXTS.amount(item.amount):>16}  {item.text}{number}"
