"""The true answer of an account's month, as JSON for those who check a reconciliation against it."""

from collections.abc import Mapping, Sequence
from typing import Any

from gevinst.demo.account import Account
from gevinst.demo.model import BankLine, Event, Item, Outcome

LEFT = "left"
RIGHT = "right"


def truth(account: Account, *, other_ids: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, Any]:
    """What a reconciliation of the account should find; amounts in øre, left is the bank, right the ledger.

    Args:
        account: the month.
        other_ids: for each other form of a file, its id of an item by the id used here.
    """
    groups = [group for event in account.events for group in _groups(account, event)]
    open_items = [item for event in account.events for item in _open(account, event)]
    proposals = [_sides(account, event) for event in account.events if event.outcome is Outcome.PROPOSAL]
    return {
        "robot": account.robot,
        "period": account.month.period,
        "groups": groups,
        "open": open_items,
        "proposals": proposals,
        "faults": [_fault(account, event) for event in account.events if event.fault],
        "carried": [account.ids[posting] for posting in account.carried],
        "balances": _balances(account),
        "bridge": _bridge(account, groups),
        "ids": other_ids or {},
    }


def _groups(account: Account, event: Event) -> list[dict[str, Any]]:
    if event.outcome is Outcome.GROUP:
        difference = _sum(event.bank) - _sum(event.ledger)
        return [{**_sides(account, event), "kind": event.kind, "difference": difference}]
    if event.outcome is Outcome.PAIRS:
        pairs = zip(_ids(account, event.bank), _ids(account, event.ledger), strict=True)
        return [
            {"left": [left], "right": [right], "kind": event.kind, "difference": 0} for left, right in pairs
        ]
    return []


def _open(account: Account, event: Event) -> list[dict[str, Any]]:
    if event.outcome is not Outcome.OPEN:
        return []
    return [
        {
            "side": LEFT if isinstance(item, BankLine) else RIGHT,
            "id": account.ids[item],
            "kind": event.kind,
            "amount": item.amount,
            "suspect": _suspect(account, event, item),
        }
        for item in _items(event)
    ]


def _suspect(account: Account, event: Event, item: Item) -> str | None:
    """The item that a controller should look at beside this one: the other side's, or the one it repeats."""
    others = event.ledger if isinstance(item, BankLine) else event.bank
    suspect = others[0] if others else event.suspect
    return account.ids[suspect] if suspect is not None else None


def _fault(account: Account, event: Event) -> dict[str, Any]:
    items = _items(event)
    suspect = [event.suspect] if event.suspect is not None else []
    return {
        "kind": event.kind,
        "ids": [account.ids[item] for item in (*items, *suspect)],
        "amount": items[0].amount,
        "description": event.fault,
    }


def _items(event: Event) -> list[Item]:
    return [*event.bank, *event.ledger]


def _sides(account: Account, event: Event) -> dict[str, list[str]]:
    return {LEFT: _ids(account, event.bank), RIGHT: _ids(account, event.ledger)}


def _ids(account: Account, items: Sequence[Item]) -> list[str]:
    return sorted((account.ids[item] for item in items), key=_id_order)


def _id_order(item_id: str) -> tuple[int, str]:
    """`row:9` stands before `row:10`."""
    return (len(item_id), item_id)


def _balances(account: Account) -> dict[str, int]:
    return {
        "statement_opening": account.bank_opening,
        "statement_closing": account.bank_closing,
        "ledger_opening": account.ledger_opening,
        "ledger_closing": account.ledger_closing,
    }


def _bridge(account: Account, groups: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The proof: statement closing - ledger closing = open left - open right + accepted; proposed is open."""
    undecided = [event for event in account.events if event.outcome in (Outcome.OPEN, Outcome.PROPOSAL)]
    return {
        "open_left": sum(_sum(event.bank) for event in undecided),
        "open_right": sum(_sum(event.ledger) for event in undecided),
        "accepted": sum(group["difference"] for group in groups),
    }


def _sum(items: Sequence[Item]) -> int:
    return sum(item.amount for item in items)
