"""What a controller decides is followed by the next run, follows a carried item, and can be undone."""

import json
from typing import Any

from acceptance.offices import Ran, TestOffice

BANK = """Dato;Tekst;Beløb;Saldo;Reference
05-10-2026;Indbetaling kunde A;1.000,50;11.000,50;B-1
06-10-2026;Gebyr;-45,00;10.955,50;B-2
07-10-2026;Husleje lejemål 0012;6.125,37;17.080,87;B-3
"""
LEDGER = """Bilag;Dato;Tekst;Beløb
4001;28-10-2026;Salg af inventar;1.000,00
4003;07-10-2026;Husleje lejemål 0012;6.125,37
"""
NEXT_BANK = """Dato;Tekst;Beløb;Saldo;Reference
05-11-2026;Indbetaling kunde B;77,00;17.157,87;B-9
"""
NEXT_LEDGER = """Bilag;Dato;Tekst;Beløb
4010;05-11-2026;Indbetaling kunde B;77,00
"""
LIMIT = '[delivery]\nfour_eyes_above = "5.000,00"\n'


def robot_with_files(office: TestOffice, *, more: str = "") -> str:
    robot = office.add_robot("konto", more=more)
    office.put(robot, "bank", BANK)
    office.put(robot, "ledger", LEDGER)
    return robot


def settled(ran: Ran) -> list[tuple[Any, ...]]:
    return [
        (one["left"], one["right"], one["difference"], one["difference_account"])
        for one in ran.result["groups"]
        if one["evidence"]["reason"] in ("decision", "decision_accepted")
    ]


def test_a_decided_match_is_made_by_the_next_run_and_gone_after_an_undo(office: TestOffice) -> None:
    robot = robot_with_files(office)
    first = office.run(robot)
    [left] = [one["id"] for one in first.result["open"] if one["amount"] == 100_050]
    [right] = [one["id"] for one in first.result["open"] if one["amount"] == 100_000]
    match = ("decide", robot, "--period", "2026-10", "match", "--left", left, "--right", right)

    refused = office.gevinst(*match)
    kept = office.gevinst(*match, "--account", "øreafrunding", "--reason", "aftalt")
    second = office.run(robot)
    undone = office.gevinst("decide", robot, "undo", "1", "--reason", "forkert post")
    third = office.run(robot)

    assert (refused.code, refused.err.startswith("DEC-007"), kept.code, undone.code) == (2, True, 0, 0)
    assert settled(second) == [([left], [right], 50, "øreafrunding")]
    assert second.result["bridge"]["accepted"] == 50
    assert "Beslutning 1 · " in second.text("koersel.html")
    assert settled(third) == []
    for part in ("groups", "open", "proposals", "totals", "bridge", "notes"):
        assert third.result[part] == first.result[part]


def test_what_people_have_split_is_not_matched_again(office: TestOffice) -> None:
    robot = robot_with_files(office)
    [group] = office.run(robot).result["groups"]
    decide = ("decide", robot, "--period", "2026-10")

    office.gevinst(*decide, "unmatch", "--left", group["left"][0], "--right", group["right"][0])
    second = office.run(robot)

    assert second.result["groups"] == []
    assert len(second.result["open"]) == 5


def test_a_note_follows_its_item_and_says_when_its_date_has_passed(office: TestOffice) -> None:
    robot = robot_with_files(office)
    first = office.run(robot)
    [fee] = [one["id"] for one in first.result["open"] if one["amount"] == -4_500]
    decide = ("decide", robot, "--period", "2026-10")
    noted = office.gevinst(
        *decide, "note", "--left", fee, "--text", "Afventer bilag", "--expected", "2026-11-12"
    )
    assert noted.code == 0, noted.said

    october = office.run(robot)
    office.put(robot, "bank", NEXT_BANK, period="2026-11")
    office.put(robot, "ledger", NEXT_LEDGER, period="2026-11")
    november = office.run(robot, period="2026-11")

    assert "Afventer bilag" in october.text("koersel.html")
    assert "ikke udlignet" not in october.text("koersel.html")
    assert "Ventede 12.11.2026, ikke udlignet" in november.text("koersel.html")
    assert "Expected 2026-11-12, not settled" in november.text("koersel.en.html")


def test_a_decision_taken_after_the_close_settles_the_item_in_the_next_period(office: TestOffice) -> None:
    robot = robot_with_files(office)
    first = office.run(robot)
    [fee] = [one["id"] for one in first.result["open"] if one["amount"] == -4_500]
    office.gevinst(
        *("decide", robot, "--period", "2026-10", "accept", "--left", fee),
        *("--account", "gebyrer", "--reason", "bankgebyr"),
    )
    office.put(robot, "bank", NEXT_BANK, period="2026-11")
    office.put(robot, "ledger", NEXT_LEDGER, period="2026-11")

    november = office.run(robot, period="2026-11")

    assert settled(november) == [([fee], [], -4_500, "gebyrer")]
    assert november.result["totals"]["left"]["unplaced"] == {"count": 0, "sum": 0}


def test_a_large_decision_waits_for_a_second_person(office: TestOffice) -> None:
    robot = robot_with_files(office, more=LIMIT)
    [group] = office.run(robot).result["groups"]
    decide = ("decide", robot, "--period", "2026-10")
    ends = ("--left", group["left"][0], "--right", group["right"][0])
    office.gevinst(*decide, "unmatch", *ends)
    office.run(robot)
    matched = office.gevinst_as("controller", *decide, "match", *ends)
    assert matched.code == 0, matched.said

    assert settled(office.run(robot)) == []
    own = office.gevinst_as("controller", "decide", robot, "approve", "2")
    still = json.loads(office.gevinst("decide", robot, "list", "--json").out)
    other = office.gevinst_as("leder", "decide", robot, "approve", "2")

    assert "approve 2" in matched.out
    assert (own.code, own.err.split(":")[0], other.code) == (2, "DEC-012", 0)
    assert [(one["number"], one["standing"]) for one in still] == [(1, "in_force"), (2, "awaits_approval")]
    assert len(settled(office.run(robot))) == 1


def test_people_s_matches_earn_the_robot_nothing(office: TestOffice) -> None:
    robot = robot_with_files(office)
    first = office.run(robot)
    by_amount = {one["amount"]: one["id"] for one in first.result["open"]}
    earned = office.minutes(robot)

    ends = ("--left", by_amount[100_050], "--right", by_amount[100_000])
    why = ("--account", "øre", "--reason", "aftalt")
    office.gevinst("decide", robot, "--period", "2026-10", "match", *ends, *why)
    office.run(robot)

    assert earned == office.minutes(robot) > 0
