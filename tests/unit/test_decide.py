"""A decision is checked against the run that stands: known items, nothing twice, four eyes on large ones."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from gevinst.app.decisions import Wish, approve, decide, list_decisions, undo
from gevinst.app.ports import KeptGroup, RunStore
from gevinst.domain.decision import Decision, DecisionError, DecisionKind, Standing, in_force
from gevinst.domain.reconciliation import Side
from gevinst.domain.robot import People, Phase, Robot
from gevinst.domain.run import Run, RunState
from gevinst.store.memory import MemoryRunStore
from gevinst.texts import Language, Texts
from runs import MORNING, a_run, an_item, ended, kept

NOON = MORNING + timedelta(hours=6)
ROBOT = Robot(
    id="hovedkonto",
    title={"da": "Hovedkonto"},
    flow="bank_reconciliation",
    phase=Phase.PRODUCTION,
    people=People(process_owner="Leder", benefit_owner="Chef", controller_group="Regnskab"),
    sources={},
    version="1",
    four_eyes_above=1_000_000,
)
MATCHED = [
    KeptGroup(left=("B7",), right=("L7",), made_by="reference", amount=100, difference=0),
    KeptGroup(left=("B8",), right=("L8",), made_by="decision", amount=100, difference=0),
]


@pytest.fixture
def store() -> RunStore:
    """Give a store whose October run left four items open."""
    opened = MemoryRunStore()
    run = a_run()
    opened.start(run)
    opened.save_open_items(
        run,
        [
            an_item("B1", amount=125_000),
            an_item("B2", amount=2_000_000),
            an_item("L1", side=Side.RIGHT, amount=124_950),
            an_item("L2", side=Side.RIGHT, amount=2_000_000),
        ],
    )
    opened.finish(ended(run, RunState.OPEN_ITEMS))
    return opened


def matched(_run: Run) -> Sequence[KeptGroup]:
    return MATCHED


def unsigned(_robot: str, _period: str) -> bool:
    return False


def signed(_robot: str, _period: str) -> bool:
    return True


def wish(kind: str = "match", **parts: Any) -> Wish:
    return Wish(kind=DecisionKind(kind), who="controller", at=NOON, **parts)


def take(store: RunStore, asked: Wish, period: str = "2026-10") -> Decision:
    return decide(asked, ROBOT, period, store=store, groups=matched, locked=unsigned)


def refusal(store: RunStore, asked: Wish, period: str = "2026-10") -> str:
    with pytest.raises(DecisionError) as refused:
        take(store, asked, period)
    for language in Language:
        assert Texts(language).get(f"error.{refused.value.code}", **refused.value.facts)
    return refused.value.code


WITH_DIFFERENCE = wish(left=("B1",), right=("L1",), account="øreafrunding", reason="aftalt")


def test_a_match_with_a_difference_is_kept_with_account_and_reason(store: RunStore) -> None:
    kept_as = take(store, WITH_DIFFERENCE)

    assert (kept_as.number, kept_as.difference, kept_as.run_id) == (1, 50, "run-1")
    assert in_force(store.decisions("hovedkonto")) == [kept_as]


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("DEC-002", wish(left=("B9",), right=("L1",))),
        ("DEC-002", wish(left=("L1",), right=("B1",))),
        ("DEC-003", wish(left=("B7",), right=("L1",))),
        ("DEC-003", wish("unmatch", left=("B8",), right=("L8",))),
        ("DEC-003", wish("accept", left=("B7",), account="konto", reason="gebyr")),
        ("DEC-006", replace(WITH_DIFFERENCE, run_id="run-0")),
        ("DEC-007", wish(left=("B1",), right=("L1",))),
        ("DEC-007", wish(left=("B1",), right=("L1",), account="konto")),
        ("DEC-008", wish(left=("B1",))),
        ("DEC-008", wish(left=("B1", "B1"))),
        ("DEC-008", wish("accept", left=("B1",), right=("L1",), account="konto", reason="x")),
        ("DEC-008", wish("accept", left=("B1",), reason="x")),
        ("DEC-008", wish("note", left=("B1",))),
        ("DEC-008", wish("undo", left=("B1",))),
    ],
)
def test_what_cannot_be_decided_is_refused_and_nothing_is_kept(
    store: RunStore, code: str, asked: Wish
) -> None:
    assert refusal(store, asked) == code
    assert list(store.decisions("hovedkonto")) == []
    assert list(store.audit_rows()) == []


def test_a_refusal_names_the_nearest_item(store: RunStore) -> None:
    with pytest.raises(DecisionError) as refused:
        take(store, wish(left=("B11",), right=("L1",)))

    assert "B1" in str(refused.value.facts["near"])


def test_nothing_is_decided_about_a_period_without_a_run_or_while_one_is_running(store: RunStore) -> None:
    assert refusal(store, WITH_DIFFERENCE, "2026-09") == "DEC-001"

    store.start(a_run("run-2", after=60))

    assert refusal(store, WITH_DIFFERENCE) == "DEC-004"


def test_an_item_is_decided_about_once_until_the_decision_is_undone(store: RunStore) -> None:
    take(store, WITH_DIFFERENCE)
    assert refusal(store, wish("accept", left=("B1",), account="konto", reason="gebyr")) == "DEC-005"
    assert take(store, wish("note", left=("B1",), reason="afventer bilag")).kind is DecisionKind.NOTE

    undo(1, robot="hovedkonto", reason="forkert", who="leder", at=NOON, store=store, locked=unsigned)

    assert take(store, WITH_DIFFERENCE).number == 4


def test_a_carried_item_is_known_by_its_first_id(store: RunStore) -> None:
    take(store, WITH_DIFFERENCE)
    run = a_run("run-2", period="2026-11", after=60)
    store.start(run)
    store.save_open_items(run, [an_item("B1 (2026-10)", amount=125_000), an_item("B2", amount=2_000_000)])
    store.finish(ended(run, RunState.OPEN_ITEMS))

    again = wish("accept", left=("B1 (2026-10)",), account="konto", reason="gebyr")

    assert refusal(store, again, "2026-11") == "DEC-005"
    assert take(store, replace(again, left=("B2",)), "2026-11").period == "2026-11"


def test_a_large_decision_counts_once_a_second_person_has_approved_it(store: RunStore) -> None:
    large = take(store, wish(left=("B2",), right=("L2",)))
    assert large.needs_approval
    assert in_force(store.decisions("hovedkonto")) == []

    with pytest.raises(DecisionError, match="DEC-012"):
        approve(1, robot="hovedkonto", reason="", who="controller", at=NOON, store=store, locked=unsigned)
    approve(1, robot="hovedkonto", reason="set", who="leder", at=NOON, store=store, locked=unsigned)

    assert in_force(store.decisions("hovedkonto")) == [large]
    with pytest.raises(DecisionError, match="DEC-011"):
        approve(1, robot="hovedkonto", reason="", who="chef", at=NOON, store=store, locked=unsigned)


def test_only_a_decision_that_stands_can_be_undone(store: RunStore) -> None:
    take(store, WITH_DIFFERENCE)
    undo(1, robot="hovedkonto", reason="forkert", who="controller", at=NOON, store=store, locked=unsigned)

    for number, code in ((1, "DEC-010"), (2, "DEC-009"), (9, "DEC-009")):
        with pytest.raises(DecisionError, match=code):
            undo(
                number, robot="hovedkonto", reason="", who="controller", at=NOON, store=store, locked=unsigned
            )


def test_the_list_says_what_counts_and_what_a_run_has_taken_in(store: RunStore) -> None:
    take(store, WITH_DIFFERENCE)
    take(store, wish("note", left=("B2",), reason="afventer", expected=date(2026, 11, 12)))
    undo(2, robot="hovedkonto", reason="", who="controller", at=NOON, store=store, locked=unsigned)

    before = list_decisions("hovedkonto", store=store)
    kept(store, a_run("run-2", after=7 * 60), RunState.OPEN_ITEMS)
    after = list_decisions("hovedkonto", store=store, period="2026-10")

    assert [(one.decision.number, one.standing, one.followed) for one in before] == [
        (1, Standing.IN_FORCE, False),
        (2, Standing.UNDONE, False),
    ]
    assert [one.followed for one in after] == [True, True]
    assert list_decisions("hovedkonto", store=store, period="2026-09") == []


def test_a_signed_period_is_left_alone_by_decision_undo_and_approval(store: RunStore) -> None:
    take(store, wish("accept", left=("B2",), account="4711", reason="gebyr"))
    person: dict[str, Any] = {"robot": "hovedkonto", "reason": "", "who": "leder", "at": NOON}

    acts: tuple[Callable[[], object], ...] = (
        lambda: decide(
            wish("note", left=("B1",), reason="x"),
            ROBOT,
            "2026-10",
            store=store,
            groups=matched,
            locked=signed,
        ),
        lambda: undo(1, **person, store=store, locked=signed),
        lambda: approve(1, **person, store=store, locked=signed),
    )
    for act in acts:
        with pytest.raises(DecisionError, match="DEC-013"):
            act()

    assert len(store.decisions("hovedkonto")) == 1
