"""Credit a run's gain: each matched bank item once, and nothing for what people must handle."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd

from gevinst.app.ports import RunStore
from gevinst.app.run_report import CaseTypeGain, GainFact
from gevinst.domain.decision import DECIDED
from gevinst.domain.gains import FIXED_CASE, Baseline, GainCard, GainEntry, credited_minutes, credits_for
from gevinst.domain.item import ROW_ID
from gevinst.domain.reconciliation import ItemState, Reconciliation
from gevinst.domain.robot import Robot
from gevinst.domain.run import Environment, Run


def credit_gain(
    run: Run, robot: Robot, result: Reconciliation, store: RunStore, *, at: datetime
) -> GainFact | None:
    """Write a run's credits to the gain ledger, and undo those of items that are open again.

    `run` has the state it ends in, `at` is the moment of crediting with a zone. An item that a person matched
    earns nothing, nor does one carried in from an earlier period: that period has it. Without a gain card
    there is no gain to speak of (None); a run that is not in production credits nothing.
    """
    card = robot.gain
    if card is None:
        return None
    if run.environment is not Environment.PRODUCTION:
        return GainFact(note=str(run.environment))
    entries = credits_for(run, _items_by_case(run, robot, result), card, planned=True, at=at)
    _reverse_reopened(run, store, {one.item_key for one in entries}, at=at)
    new = store.credit(entries)
    mine = [one for one in store.gain_entries(robot.id, run.period) if one.run_id == run.run_id]
    return gain_fact(card, mine, already=len(entries) - new, at=at)


def _reverse_reopened(run: Run, store: RunStore, credited: set[str], *, at: datetime) -> None:
    standing: dict[str, int] = {}
    for entry in store.gain_entries(run.robot, run.period):
        standing[entry.item_key] = standing.get(entry.item_key, 0) + entry.sign
    reopened = [key for key, sign in standing.items() if sign > 0 and key not in credited]
    if reopened:
        store.reverse(run.robot, reopened, run_id=run.run_id, reason="reopened", at=at)


def write_credits(
    run: Run, card: GainCard, items: Mapping[str, Sequence[str]], store: RunStore, *, at: datetime
) -> GainFact:
    """Write the credits of handled items to the ledger, and say what came of it.

    Args:
        run: with the state that it ends in.
        card: has every case type of `items`.
        items: item keys by case type.
        store: with the ledger.
        at: now, UTC.
    """
    entries = credits_for(run, items, card, planned=True, at=at)
    new = store.credit(entries)
    mine = [one for one in store.gain_entries(run.robot, run.period) if one.run_id == run.run_id]
    return gain_fact(card, mine, already=len(entries) - new, at=at)


def gain_fact(card: GainCard, mine: Sequence[GainEntry], *, already: int, at: datetime) -> GainFact:
    """What a run has credited, as its page shows it; `already` items were credited by earlier runs."""
    minutes = credited_minutes(mine)
    baselines = {**card.case_types, FIXED_CASE: card.fixed}
    return GainFact(
        credited_items=sum(one.case_type != FIXED_CASE and one.sign > 0 for one in mine),
        already_credited=already,
        minutes_gross=minutes,
        minutes_net=minutes,
        case_types=tuple(
            _case_gain(name, baseline, [one for one in mine if one.case_type == name], at=at)
            for name, baseline in baselines.items()
            if baseline is not None
        ),
        note="" if mine else "nothing_new",
    )


def _case_gain(name: str, baseline: Baseline, entries: Sequence[GainEntry], *, at: datetime) -> CaseTypeGain:
    return CaseTypeGain(
        title=name,
        items=sum(one.sign for one in entries),
        baseline_minutes=baseline.minutes,
        measured=baseline.n,
        grade=str(baseline.grade(at.date())),
        minutes=credited_minutes(entries),
    )


def _items_by_case(run: Run, robot: Robot, result: Reconciliation) -> dict[str, list[str]]:
    left, groups = result.left, result.groups
    by_people = groups.loc[groups["pass_id"] == DECIDED, "group"]
    own = (left["state"] == ItemState.MATCHED) & ~left["group"].isin(by_people)
    matched = left[own & (left["carried_from"] == "")]
    texts = (matched["text"] + " " + matched["counterparty"]).str.casefold()
    by_case: dict[str, list[str]] = {}
    for key, text in zip(_item_keys(matched, run.period, robot.id), texts, strict=True):
        case = case_of(text, robot.case_texts)
        if case:
            by_case.setdefault(case, []).append(key)
    return by_case


def case_of(text: str, case_texts: Mapping[str, Sequence[str]]) -> str:
    """The case type by the words of a text in small letters, else the one without; "" earns nothing."""
    for name, words in case_texts.items():
        if any(word.casefold() in text for word in words):
            return name
    return next((name for name, words in case_texts.items() if not words), "")


def _item_keys(items: pd.DataFrame, period: str, robot: str) -> list[str]:
    """Keys of business items: account and id; where the id is only a row, its content and its occurrence."""
    seen: dict[str, int] = {}
    keys = []
    columns = ("item_id", "account", "booked", "amount", "reference", "text")
    for item_id, account, *content in zip(*(items[name].tolist() for name in columns), strict=True):
        name = item_id
        if item_id.startswith(ROW_ID):
            digest = hashlib.sha256("|".join(str(part) for part in content).encode()).hexdigest()[:16]
            seen[digest] = seen.get(digest, 0) + 1
            name = f"{digest}-{seen[digest]}"
        keys.append(f"{period}:{account or robot}:{name}")
    return keys
