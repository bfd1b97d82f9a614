"""The demo office against its truth: every group found, none invented, every planted fault open."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest

from gevinst.demo import lay_out
from gevinst.domain.calendar import BankCalendar
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.period import period_end, previous_period
from gevinst.domain.reconciliation import ItemState, Reconciliation
from gevinst.formats.reading import read_source
from gevinst.formats.robot_folder import load_rules

ROBOTS = Path(__file__).parents[2] / "robots"
PERIOD = "2026-10"
ACCOUNTS = ("hovedkonto", "skattekonto", "kortindloesning", "gavekonto")
CASES = [(seed, account) for seed in (2026, 7) for account in ACCOUNTS]

Ends = tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the engine made of an account, and what is true of it."""

    result: Reconciliation
    truth: Mapping[str, Any]


@cache
def answers(seed: int) -> Mapping[str, Answer]:
    with TemporaryDirectory() as folder:
        office = lay_out(Path(folder), seed=seed, period=PERIOD)
        return {
            account: Answer(
                result=reconciled(account, office.inputs[account]),
                truth=json.loads(office.truths[account].read_text("utf-8")),
            )
            for account in ACCOUNTS
        }


def reconciled(account: str, files: Mapping[str, Path]) -> Reconciliation:
    frames = {name: read_source(files[name]).items for name in ("bank", "ledger", "carried") if name in files}
    ledger = [frames["ledger"]]
    if "carried" in frames:
        ledger.append(frames["carried"].assign(carried_from=previous_period(PERIOD)))
    return reconcile(
        SideInput(items=frames["bank"]),
        SideInput(items=pd.concat(ledger, ignore_index=True)),
        rules=load_rules(ROBOTS / account),
        calendar=BankCalendar(),
        as_of=period_end(PERIOD),
    )


def made_groups(result: Reconciliation) -> set[Ends]:
    ends: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, frame in enumerate((result.left, result.right)):
        matched = frame[frame["group"] >= 0]
        for item, group in zip(matched["item_id"], matched["group"], strict=True):
            ends[group][side].append(item)
    return {(frozenset(left), frozenset(right)) for left, right in ends.values()}


def true_groups(truth: Mapping[str, Any]) -> set[Ends]:
    return {(frozenset(group["left"]), frozenset(group["right"])) for group in truth["groups"]}


def by_look(result: Reconciliation, groups: set[Ends]) -> Counter[tuple[Any, ...]]:
    """The groups with each item as a person sees it, so that items which are alike may change places."""
    looks = []
    for frame in (result.left, result.right):
        rows = frame[["item_id", "booked", "amount", "counterparty"]].itertuples(index=False)
        looks.append({row[0]: row[1:] for row in rows})
    return Counter(
        tuple(tuple(sorted(look[item] for item in end)) for look, end in zip(looks, group, strict=True))
        for group in groups
    )


def not_matched(result: Reconciliation) -> Mapping[tuple[str, str], tuple[str, str]]:
    sides = (("left", result.left), ("right", result.right))
    return {
        (side, row["item_id"]): (row["state"], row["suspect"])
        for side, frame in sides
        for _, row in frame[frame["state"] != ItemState.MATCHED].iterrows()
    }


@pytest.mark.parametrize(("seed", "account"), CASES)
def test_every_true_group_is_found_and_no_other_is_made(seed: int, account: str) -> None:
    answer = answers(seed)[account]

    made, true = made_groups(answer.result), true_groups(answer.truth)

    assert by_look(answer.result, made - true) == by_look(answer.result, true - made)


@pytest.mark.parametrize(("seed", "account"), CASES)
def test_what_is_open_is_what_was_planted(seed: int, account: str) -> None:
    answer = answers(seed)[account]
    planted = {(item["side"], item["id"]) for item in answer.truth["open"]}
    doubtful = {
        (side, item) for one in answer.truth["proposals"] for side in ("left", "right") for item in one[side]
    }

    found = not_matched(answer.result)

    assert set(found) == planted | doubtful
    assert {end for end, (state, _) in found.items() if state == ItemState.PROPOSED} == doubtful


@pytest.mark.parametrize(("seed", "account"), CASES)
def test_a_planted_fault_is_named_with_its_suspect(seed: int, account: str) -> None:
    answer = answers(seed)[account]
    suspects = {
        (item["side"], item["id"]): item["suspect"] for item in answer.truth["open"] if item["suspect"]
    }

    found = not_matched(answer.result)

    assert {end: found[end][1] for end in suspects} == suspects
