"""The work list: what waits, who has it, and what becomes of it, on SQLite and PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from gevinst.app.cases import (
    CaseError,
    CaseFilter,
    CaseKey,
    Desk,
    ListedCase,
    agree,
    claim,
    note,
    release,
    settle,
    take_back,
    total,
)
from gevinst.app.decisions import Wish
from gevinst.app.office import ConfigurationError
from gevinst.app.signing import Account, Seen, Words, approve, check_run, prepare
from gevinst.domain.access import NotAllowedError, Person, Role
from gevinst.domain.case import Case, CaseItem, CaseKind, CaseState, case_subject, minutes_spent
from gevinst.domain.decision import DecisionError, DecisionKind
from gevinst.domain.run import Environment, Run, RunState
from gevinst.store import open_parts
from gevinst.store.opening import StoreParts
from runs import a_run, an_item, ended
from unattended import a_robot

NOW = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)
ANNE = Person(user="controller-1", roles=frozenset({Role.CONTROLLER}))
BO = Person(user="controller-2", roles=frozenset({Role.CONTROLLER}))
CHIEF = Person(user="approver", roles=frozenset({Role.APPROVER}))
READER = Person(user="auditor", roles=frozenset({Role.AUDITOR}))
LIMIT = 1_000_00


@pytest.fixture
def parts(database_url: str) -> Iterator[StoreParts]:
    opened = open_parts(database_url)
    yield opened
    opened.runs.close()


def an_item_of_a_case(name: str, amount: int) -> CaseItem:
    return CaseItem(
        side="left",
        item_id=name,
        booked=date(2026, 10, 5),
        amount=amount,
        currency="DKK",
        text="text",
        counterparty="Firma",
        reference="",
        document="",
        first_period="2026-10",
        age_bank_days=3,
        file="bank.csv",
        sheet="",
        line=3,
        cell="B3",
    )


def case_of(run: Run, number: int, name: str, amount: int = 100) -> Case:
    return Case(
        run_id=run.run_id,
        number=number,
        robot=run.robot,
        period=run.period,
        subject=case_subject(CaseKind.OPEN, [("left", "2026-10", name)]),
        kind=CaseKind.OPEN,
        cause="no_counterpart_bank" if number % 2 else "double",
        items=(an_item_of_a_case(name, amount),),
        counterparty="Firma",
        text="text",
        amount=amount,
        oldest=date(2026, 10, 1) + timedelta(days=(number * 7) % 5),
        first_period="2026-10",
    )


def done_run(parts: StoreParts, run_id: str = "r1", names: tuple[str, ...] = ("a", "b", "c")) -> Run:
    run = a_run(run_id)
    amounts = {name: LIMIT + 1 if name == "big" else 100 for name in names}
    parts.runs.start(run)
    parts.runs.save_open_items(run, [an_item(name, amount=amount) for name, amount in amounts.items()])
    cases = [case_of(run, number, name, amount) for number, (name, amount) in enumerate(amounts.items(), 1)]
    parts.runs.save_cases(run, cases)
    parts.runs.finish(ended(run, RunState.OPEN_ITEMS))
    return run


def desk(parts: StoreParts, person: Person = ANNE, now: datetime = NOW, *, locked: bool = False) -> Desk:
    return Desk(
        person=person,
        book=parts.cases,
        store=parts.runs,
        robot=replace(a_robot(), four_eyes_above=LIMIT),
        groups=lambda _: (),
        locked=lambda _robot, _period: locked,
        now=now,
    )


def listed(parts: StoreParts, number: int = 1, run_id: str = "r1") -> ListedCase:
    found = parts.cases.case(run_id, number)
    assert found
    return found


def accept(name: str, who: Person = ANNE, at: datetime = NOW) -> Wish:
    return Wish(kind=DecisionKind.ACCEPT, left=(name,), account="4711", reason="gebyr", who=who.user, at=at)


def test_the_list_is_read_by_key_whole_and_in_one_order(parts: StoreParts) -> None:
    run = done_run(parts, names=tuple(f"n{number}" for number in range(23)))

    found: list[ListedCase] = []
    key: CaseKey | None = None
    while page := parts.cases.cases([run.run_id], CaseFilter(), after=key, limit=5):
        found += page
        last = page[-1].case
        key = CaseKey(oldest=last.oldest, run_id=last.run_id, number=last.number)

    keys = [(one.case.oldest, one.case.number) for one in found]
    assert len(found) == 23
    assert all(before < after for before, after in pairwise(keys))


def test_an_office_of_many_robots_has_one_list(parts: StoreParts) -> None:
    done_run(parts)
    runs = ["r1", *(f"none-{number}" for number in range(600))]

    found = parts.cases.cases(runs, CaseFilter())

    assert found == parts.cases.cases(["r1"], CaseFilter())
    assert len(found) == 3


def test_the_list_is_filtered_and_summed(parts: StoreParts) -> None:
    run = done_run(parts, names=("a", "b", "big"))
    runs = [run.run_id]
    claim(desk(parts), listed(parts))

    free = parts.cases.cases(runs, CaseFilter(claimed_by=""))
    mine = parts.cases.cases(runs, CaseFilter(claimed_by=ANNE.user))
    large = parts.cases.cases(runs, CaseFilter(least=LIMIT))
    sums = parts.cases.sums(runs, CaseFilter())

    assert [len(free), len(mine), len(large)] == [2, 1, 1]
    assert (sums.count, sums.amount) == (3, LIMIT + 201)
    assert parts.cases.cases(["none"], CaseFilter()) == []


def test_a_case_is_taken_by_one_and_the_second_is_told_by_whom(parts: StoreParts) -> None:
    done_run(parts)
    seen = listed(parts)
    claim(desk(parts), seen)

    with pytest.raises(CaseError, match="CAS-001"):
        claim(desk(parts, BO), seen)
    with pytest.raises(CaseError, match="CAS-002 who=controller-1"):
        claim(desk(parts, BO), listed(parts))
    with pytest.raises(CaseError, match="CAS-002"):
        settle(desk(parts, BO), listed(parts), accept("a", BO))
    release(desk(parts), listed(parts))
    claim(desk(parts, BO), listed(parts))

    assert listed(parts).standing.claimed_by == BO.user


def test_an_approver_frees_a_case_that_another_holds(parts: StoreParts) -> None:
    done_run(parts)
    claim(desk(parts), listed(parts))

    with pytest.raises(CaseError, match="CAS-002"):
        release(desk(parts, BO), listed(parts))
    release(desk(parts, CHIEF), listed(parts))

    assert listed(parts).standing.claimed_by == ""


def test_who_may_only_look_changes_nothing(parts: StoreParts) -> None:
    done_run(parts)

    for act in (claim, release):
        with pytest.raises(NotAllowedError):
            act(desk(parts, READER), listed(parts))
    with pytest.raises(NotAllowedError):
        settle(desk(parts, READER), listed(parts), accept("a", READER))
    with pytest.raises(NotAllowedError):
        agree(desk(parts), listed(parts), "ok", decision=1)


def test_a_settled_case_leaves_the_list_and_comes_back_when_undone(parts: StoreParts) -> None:
    run = done_run(parts)

    made = settle(desk(parts), listed(parts), accept("a"))
    left = parts.cases.sums([run.run_id], CaseFilter()).count
    take_back(desk(parts), listed(parts), "forkert konto")

    assert made.number == 1
    assert left == 2
    assert listed(parts).standing.state is CaseState.TO_DO
    assert [one.kind for one in parts.runs.decisions(run.robot)] == [DecisionKind.ACCEPT, DecisionKind.UNDO]
    with pytest.raises(CaseError, match="CAS-005"):
        take_back(desk(parts), listed(parts), "igen")


def test_a_note_with_a_day_makes_the_case_wait(parts: StoreParts) -> None:
    done_run(parts)
    wish = Wish(
        kind=DecisionKind.NOTE,
        left=("a",),
        reason="spurgt banken",
        expected=date(2026, 11, 10),
        who=ANNE.user,
        at=NOW,
    )

    settle(desk(parts), listed(parts), wish)

    standing = listed(parts).standing
    assert (standing.state, standing.until) == (CaseState.WAITING, date(2026, 11, 10))


def test_a_decision_above_the_limit_waits_for_another_person(parts: StoreParts) -> None:
    done_run(parts, names=("big",))
    both = Person(user=ANNE.user, roles=frozenset({Role.CONTROLLER, Role.APPROVER}))

    settle(desk(parts), listed(parts), accept("big"))
    awaiting = listed(parts).standing.state
    with pytest.raises(DecisionError, match="DEC-012"):
        agree(desk(parts, both), listed(parts), "min egen", decision=1)
    agree(desk(parts, CHIEF), listed(parts), "set", decision=1)

    assert awaiting is CaseState.AWAITS_APPROVAL
    assert listed(parts).standing.state is CaseState.DECIDED
    with pytest.raises(CaseError, match="CAS-005"):
        agree(desk(parts, CHIEF), listed(parts), "igen", decision=1)


def test_nothing_is_decided_in_a_signed_period(parts: StoreParts) -> None:
    done_run(parts)

    with pytest.raises(CaseError, match="CAS-004"):
        settle(desk(parts, locked=True), listed(parts), accept("a"))

    assert parts.runs.decisions("hovedkonto") == []


def test_a_case_keeps_its_claim_in_the_next_run(parts: StoreParts) -> None:
    done_run(parts)
    claim(desk(parts), listed(parts))

    done_run(parts, "r2")

    assert listed(parts, run_id="r2").standing.claimed_by == ANNE.user


def test_what_was_done_stands_in_order_and_in_the_trail(parts: StoreParts) -> None:
    done_run(parts)
    claim(desk(parts), listed(parts))
    note(desk(parts), listed(parts), "ringet til banken")
    settle(desk(parts, now=NOW + timedelta(minutes=4)), listed(parts), accept("a", at=NOW))

    subject = listed(parts).case.subject
    events = parts.cases.events(listed(parts).case.robot, subject)
    assert [str(one.kind) for one in events] == ["claim", "note", "decide"]
    assert events[-1].hundredths == 400
    assert parts.cases.minutes(listed(parts).case.robot, "2026-10") == 400
    trail = [row.what for row in parts.runs.audit_rows()]
    assert [what for what in trail if what.startswith("case.")] == ["case.claim", "case.note", "case.decide"]
    with pytest.raises(CaseError, match="CAS-003"):
        note(desk(parts), listed(parts), "  ")


def test_the_history_of_a_counterparty_is_found(parts: StoreParts) -> None:
    done_run(parts)
    robot = listed(parts).case.robot

    assert len(parts.cases.of_counterparty(robot, "Firma")) == 3
    assert parts.cases.of_counterparty(robot, "Another") == []


def test_a_long_pause_counts_ten_minutes() -> None:
    moments = [NOW, NOW + timedelta(minutes=3), NOW + timedelta(hours=2)]

    assert minutes_spent(moments) == 1300


def test_a_case_has_one_name_whatever_the_order_and_the_period_behind_its_ids() -> None:
    one = case_subject(CaseKind.OPEN, [("left", "2026-09", "a"), ("right", "2026-10", "b")])
    two = case_subject(CaseKind.OPEN, [("right", "2026-10", "b"), ("left", "2026-09", "a (2026-09)")])

    assert one == two
    assert one != case_subject(CaseKind.PROPOSAL, [("left", "2026-09", "a"), ("right", "2026-10", "b")])


def test_a_case_that_waited_for_a_day_that_has_passed_is_to_do_again(parts: StoreParts) -> None:
    run = done_run(parts)
    day = date(2026, 11, 10)
    wish = Wish(kind=DecisionKind.NOTE, left=("a",), reason="spurgt", expected=day, who=ANNE.user, at=NOW)
    settle(desk(parts), listed(parts), wish)

    def numbers(today: date, state: CaseState) -> list[int]:
        found = parts.cases.cases([run.run_id], CaseFilter(state=state, today=today))
        return sorted(one.case.number for one in found)

    assert numbers(day, CaseState.TO_DO) == [2, 3]
    assert numbers(day, CaseState.WAITING) == [1]
    assert numbers(day + timedelta(days=1), CaseState.TO_DO) == [1, 2, 3]
    assert numbers(day + timedelta(days=1), CaseState.WAITING) == []


def test_alike_cases_are_counted_together(parts: StoreParts) -> None:
    run = done_run(parts, names=("a", "b", "big"))

    groups = parts.cases.groups([run.run_id], CaseFilter())

    assert [(one.cause, one.sums.count, one.sums.amount) for one in groups] == [
        ("no_counterpart_bank", 2, LIMIT + 101),
        ("double", 1, 100),
    ]


def test_counts_follow_what_another_process_does(parts: StoreParts, database_url: str) -> None:
    run = done_run(parts, names=("a", "b", "big"))
    other = open_parts(database_url)

    before = parts.cases.sums([run.run_id], CaseFilter())
    settle(desk(other), listed(other), accept("a"))
    after = parts.cases.sums([run.run_id], CaseFilter())
    other.runs.close()

    assert (before.count, after.count) == (3, 2)


def test_each_case_is_in_one_bucket_of_age(parts: StoreParts) -> None:
    run = done_run(parts)  # oldest days: 3rd, 5th and 2nd of October
    limits = (date(2026, 10, 5), date(2026, 10, 3))

    buckets = parts.cases.ageing([run.run_id, "none"], CaseFilter(), limits)[run.run_id]
    (whole,) = parts.cases.ageing([run.run_id], CaseFilter())[run.run_id]

    assert whole == total(buckets) == parts.cases.sums([run.run_id], CaseFilter())
    assert [one.count for one in buckets] == [1, 1, 1]


def test_no_production_run_starts_in_a_signed_period_but_a_trial_does(parts: StoreParts) -> None:
    run = done_run(parts)
    account = Account(id=run.robot, period=run.period, run_id=run.run_id)
    prepare(parts.signatures, account, Words(), seen=Seen(signatures=0, run_id=run.run_id), by=ANNE, now=NOW)
    check_run(parts.signatures, run)

    approve(parts.signatures, account, seen=Seen(signatures=1, run_id=run.run_id), by=CHIEF, now=NOW)

    with pytest.raises(ConfigurationError, match="CFG-031"):
        check_run(parts.signatures, run)
    check_run(parts.signatures, replace(run, environment=Environment.TRIAL))
    check_run(parts.signatures, replace(run, period="2026-11"))
