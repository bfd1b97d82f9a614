"""Samples for human control: reproducible, by layers, and the error rate that they show."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gevinst.app.ports import RunStore
from gevinst.app.samples import KeptSamples, answer, draw_sample, find_sample, samples
from gevinst.domain.audit import verify
from gevinst.domain.run import RunState
from gevinst.domain.sampling import (
    STANDARD_SIZE,
    SampleMatch,
    draw,
    error_interval,
    numbers_of,
    numbers_words,
)
from gevinst.reports.sample_list import sample_json, write_sample
from gevinst.store.memory import MemoryRunStore
from runs import MORNING, a_run, kept


def a_match(number: int, *, rule: str = "reference", amount: int = 50_000) -> SampleMatch:
    return SampleMatch(
        pass_id=rule,
        left=(f"B{number}",),
        right=(f"L{number}",),
        amount=amount,
        difference=0,
        because=f"Samme nummer {number}",
    )


MONTH = [
    *(a_match(number) for number in range(900)),
    *(a_match(number, rule="amount", amount=-20_000_000) for number in range(900, 995)),
    *(a_match(number, rule="card-fee") for number in range(995, 1_000)),
]


def test_the_same_seed_draws_the_same_sample_in_any_order() -> None:
    assert draw(MONTH, 59, 7) == draw(MONTH[::-1], 59, 7)
    assert draw(MONTH, 59, 7) != draw(MONTH, 59, 8)


def test_each_layer_gives_its_share_and_at_least_one() -> None:
    drawn = Counter(match.pass_id for match in draw(MONTH, 59, 7))

    assert drawn == {"reference": 53, "amount": 5, "card-fee": 1}


@given(size=st.integers(1, 80), seed=st.integers(0, 9), sizes=st.lists(st.integers(1, 30), max_size=6))
def test_a_sample_has_the_wanted_size_and_no_match_twice(size: int, seed: int, sizes: list[int]) -> None:
    population = [
        a_match(1_000 * layer + number, rule=f"rule-{layer}")
        for layer, count in enumerate(sizes)
        for number in range(count)
    ]

    drawn = draw(population, size, seed)

    assert len(drawn) == len(set(drawn)) == min(size, len(population))


def test_no_error_in_fifty_nine_shows_under_five_percent() -> None:
    assert error_interval(0, STANDARD_SIZE) == (Decimal("0.0000"), Decimal("0.0496"))
    assert error_interval(0, STANDARD_SIZE - 1)[1] > Decimal("0.05")


@pytest.mark.parametrize(
    ("errors", "n", "low", "high"),
    [(1, 59, "0.0008", "0.0779"), (5, 100, "0.0199", "0.1023"), (10, 10, "0.7411", "1.0000")],
)
def test_the_interval_is_that_of_clopper_and_pearson(errors: int, n: int, low: str, high: str) -> None:
    found = error_interval(errors, n)

    assert found[0] == pytest.approx(Decimal(low), abs=Decimal("0.0002"))
    assert found[1] == pytest.approx(Decimal(high), abs=Decimal("0.0002"))


@given(numbers=st.sets(st.integers(1, 99)))
def test_numbers_survive_their_words(numbers: set[int]) -> None:
    assert numbers_of(numbers_words(numbers), 99) == numbers


@pytest.mark.parametrize("words", ["0", "60", "3-1", "x", "1-60", "1;2"])
def test_words_that_are_no_numbers_of_the_sample_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        numbers_of(words, 59)


@pytest.fixture
def store() -> RunStore:
    return MemoryRunStore()


def test_answers_are_kept_and_a_later_one_counts(store: RunStore) -> None:
    run = kept(store, a_run(), RunState.OPEN_ITEMS)
    sample = draw_sample(store, run, MONTH, size=59, seed=7, who="controller", at=MORNING).sample
    answer(store, sample, right=range(1, 59), wrong=[59], why="forkert kvittering", who="leder", at=MORNING)

    first = find_sample(store, sample.sample_id)
    assert first is not None
    assert (first.checked, first.wrong, first.done) == (59, frozenset({59}), True)

    last = answer(store, first, right=[59], wrong=[], why="set igen", who="leder", at=MORNING)
    assert last.wrong == frozenset()
    assert last.interval == (Decimal("0.0000"), Decimal("0.0496"))
    assert verify(store.audit_rows()) == []


def test_the_error_rate_of_a_robot_counts_what_is_checked(store: RunStore) -> None:
    run = kept(store, a_run(), RunState.OPEN_ITEMS)
    rates = KeptSamples(store)
    sample = draw_sample(store, run, MONTH, size=59, seed=7, who="controller", at=MORNING).sample
    assert rates.error_rate("hovedkonto", "") is None

    answer(store, sample, right=range(1, 21), wrong=[21], why="forkert", who="leder", at=MORNING)

    found = rates.error_rate("hovedkonto", "2026-10")
    assert found is not None
    assert (found.errors, found.n) == (1, 21)
    assert found.low < Decimal("0.0477") < found.high
    assert rates.error_rate("hovedkonto", "2026-09") is None
    assert rates.error_rate("anden", "") is None


def test_two_samples_of_a_run_have_names_of_their_own(store: RunStore) -> None:
    run = kept(store, a_run(), RunState.OPEN_ITEMS)
    for seed in (1, 2):
        draw_sample(store, run, MONTH, size=5, seed=seed, who="controller", at=MORNING)

    assert [one.sample_id for one in samples(store)] == ["run-1-s1", "run-1-s2"]


def test_the_list_shows_both_sides_and_is_harmless(store: RunStore, tmp_path: Path) -> None:
    run = kept(store, a_run(), RunState.OPEN_ITEMS)
    new = draw_sample(store, run, MONTH[:3], size=59, seed=7, who="controller", at=MORNING)
    bank = {f"B{number}": f"=cmd|' /C calc'!A{number}" for number in range(3)}

    write_sample(tmp_path / "s.xlsx", new, {"left": bank}, "da")

    sheet = openpyxl.load_workbook(tmp_path / "s.xlsx").active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == [1, 2, 3]
    assert {cell.data_type for cell in sheet["D"]} == {"s"}
    assert {str(row[4]) for row in rows} == {"L0", "L1", "L2"}
    assert f'"seed": {new.sample.seed}' in sample_json(new)
