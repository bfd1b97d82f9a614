"""Laws of the gain ledger, whatever is credited and reversed in whatever order."""

from collections import defaultdict
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gevinst.app.ports import RunStore
from gevinst.store import open_store
from gevinst.store.memory import MemoryRunStore
from runs import MORNING, a_run, an_entry, kept

KEYS = st.lists(st.sampled_from("abcdef"), max_size=8)
ACTS = st.lists(st.tuples(st.sampled_from(["credit", "cost", "reverse"]), KEYS), max_size=10)


@settings(max_examples=40, deadline=None)
@given(acts=ACTS)
def test_no_item_ever_stands_twice_and_totals_are_what_stands(acts: list[tuple[str, list[str]]]) -> None:
    store = MemoryRunStore()
    kept(store, a_run())
    for act, keys in acts:
        do(store, act, keys)

        standing: dict[str, int] = defaultdict(int)
        for entry in store.gain_entries("hovedkonto"):
            standing[entry.item_key] += entry.sign
        assert set(standing.values()) <= {-1, 0, 1}
        assert store.gain_minutes("hovedkonto") * 2 == sum(standing.values()) * 13


def test_the_database_answers_as_the_memory_does(tmp_path: Path) -> None:
    database = open_store(f"sqlite:///{(tmp_path / 'store.db').as_posix()}")
    memory = MemoryRunStore()
    for store in (database, memory):
        kept(store, a_run())

    @settings(max_examples=40, deadline=None)
    @given(acts=ACTS)
    def same(acts: list[tuple[str, list[str]]]) -> None:
        for act, keys in acts:
            assert do(database, act, keys) == do(memory, act, keys)

    same()

    assert database.gain_entries("hovedkonto") == memory.gain_entries("hovedkonto")
    database.close()


def do(store: RunStore, act: str, keys: list[str]) -> int:
    if act == "reverse":
        return store.reverse("hovedkonto", keys, run_id="run-1", reason="reopened", at=MORNING)
    return store.credit([an_entry(key, a_run(), sign=1 if act == "credit" else -1) for key in keys])
