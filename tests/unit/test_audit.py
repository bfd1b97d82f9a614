"""The chain of the audit trail shows every later change, and names the row."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gevinst.domain.audit import (
    FIRST_HASH,
    AuditAnchor,
    AuditEvent,
    AuditFault,
    AuditFaultKind,
    AuditRow,
    row_hash,
    sealed,
    verify,
)

AT = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


def test_a_chain_that_nobody_touched_is_whole() -> None:
    assert verify(chain(5)) == []
    assert verify([]) == []


def test_each_row_holds_the_hash_of_the_one_before() -> None:
    first, second = chain(2)

    assert (first.number, first.previous_hash) == (1, FIRST_HASH)
    assert (second.number, second.previous_hash) == (2, first.hash)


def test_anyone_can_recompute_a_hash_without_our_software() -> None:
    (row,) = chain(1)

    content = {
        "at": "2026-11-02T06:00:00.000000+00:00",
        "detail": {"open": 1, "sum": "æ"},
        "number": 1,
        "previous_hash": "0" * 64,
        "subject": "run-1",
        "what": "run.finished",
        "who": "controller",
        "why": "",
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    assert row.hash == sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"at": AT + timedelta(microseconds=1)},
        {"who": "other"},
        {"what": "run.stopped"},
        {"subject": "run-2"},
        {"detail": {"open": 0, "sum": "æ"}},
        {"why": "because"},
        {"previous_hash": "1" * 64},
        {"hash": "1" * 64},
    ],
)
def test_a_changed_row_is_named(change: dict[str, object]) -> None:
    rows = chain(5)
    rows[2] = replace(rows[2], **change)  # type: ignore[arg-type]

    assert verify(rows)[0] == changed(3)


def test_a_row_that_was_changed_together_with_its_hash_is_named() -> None:
    rows = chain(5)
    rows[2] = rehashed(replace(rows[2], who="other"))

    assert verify(rows) == [changed(3)]


def test_deleted_rows_are_named() -> None:
    rows = chain(6)

    assert verify([rows[0], rows[3], rows[5]]) == [missing(2, 3), missing(5, 5)]
    assert verify(rows[2:]) == [missing(1, 2)]


def test_deleted_rows_whose_gap_was_closed_are_found() -> None:
    first, _, third = chain(3)
    moved_up = rehashed(replace(third, number=2))

    assert verify([first, moved_up]) == [changed(1)]


def test_rows_in_another_order_are_named() -> None:
    rows = chain(4)
    rows[1], rows[2] = rows[2], rows[1]

    faults = verify(rows)

    assert AuditFault(number=2, kind=AuditFaultKind.REORDERED, last=2) in faults


def test_a_cut_tail_is_found_by_an_anchor_kept_elsewhere() -> None:
    rows = chain(5)
    anchor = AuditAnchor(number=5, hash=rows[4].hash)

    assert verify(rows, anchor) == []
    assert verify(rows[:3]) == []
    assert verify(rows[:3], anchor) == [missing(4, 5)]
    assert verify([], anchor) == [missing(1, 5)]


def test_a_chain_written_anew_is_found_by_an_anchor_kept_elsewhere() -> None:
    anchor = AuditAnchor(number=3, hash=chain(3)[2].hash)
    anew = chain(3, who="other")

    assert verify(anew) == []
    assert verify(anew, anchor) == [changed(3)]


def test_the_same_moment_in_another_zone_has_the_same_hash() -> None:
    (row,) = chain(1)

    assert row_hash(replace(row, at=AT.astimezone(timezone(timedelta(hours=1))))) == row.hash


def test_a_cpr_number_in_a_reason_is_masked_before_it_is_sealed() -> None:
    row = sealed(replace(an_event(), why="Rettet for 010180-1234"), None)

    assert row.why == "Rettet for 010180-XXXX"
    assert verify([row]) == []


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        replace(an_event(), at=datetime(2026, 11, 2))  # noqa: DTZ001 - the fault that is tested


@given(
    at=st.integers(0, 9),
    harm=st.sampled_from([lambda rows, at: rows.pop(at), lambda rows, at: rows.insert(at, rows[at])]),
)
def test_no_deletion_or_doubling_goes_unseen(at: int, harm: Callable[[list[AuditRow], int], object]) -> None:
    rows = chain(10)
    anchor = AuditAnchor(number=10, hash=rows[9].hash)

    harm(rows, at)

    assert verify(rows, anchor) != []


def an_event(who: str = "controller") -> AuditEvent:
    return AuditEvent(at=AT, who=who, what="run.finished", subject="run-1", detail={"open": 1, "sum": "æ"})


def chain(length: int, who: str = "controller") -> list[AuditRow]:
    rows: list[AuditRow] = []
    for _ in range(length):
        before = AuditAnchor(number=rows[-1].number, hash=rows[-1].hash) if rows else None
        rows.append(sealed(an_event(who), before))
    return rows


def rehashed(row: AuditRow) -> AuditRow:
    return replace(row, hash=row_hash(row))


def changed(number: int) -> AuditFault:
    return AuditFault(number=number, kind=AuditFaultKind.CHANGED, last=number)


def missing(first: int, last: int) -> AuditFault:
    return AuditFault(number=first, kind=AuditFaultKind.MISSING, last=last)
