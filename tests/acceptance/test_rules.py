"""Changed rules are tried on earlier periods before anyone uses them, and hand work suggests rules."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from acceptance.offices import Done, Ran, TestOffice

BANK = """Dato;Tekst;Beløb;Saldo;Reference
05-{month}-2026;Kort 551122;2.482,75;12.482,75;B-1
07-{month}-2026;Husleje lejemål 0012;6.125,37;18.608,12;B-3
08-{month}-2026;Faktura 70044;1.234,00;19.842,12;B-4
"""
LEDGER = """Bilag;Dato;Tekst;Beløb
4001;04-{month}-2026;Salg terminal 551122;2.500,00
4003;07-{month}-2026;Husleje lejemål 0012;6.125,37
4004;06-{month}-2026;Faktura 70044;1.234,00
"""
FEES = """
[[pass]]
id = "kort"
kind = "net-of-fee"
fee_rate = ["0,30 %", "1,30 %"]
difference_account = "gebyrer"
"""
ONLY_FEES = f"standard = false\n{FEES}"


def two_months(office: TestOffice) -> str:
    robot = office.add_robot("konto")
    for month in ("09", "10"):
        period = f"2026-{month}"
        office.put(robot, "bank", BANK.format(month=month), period=period)
        office.put(robot, "ledger", LEDGER.format(month=month), period=period)
        assert len(office.run(robot, period=period).result["groups"]) == 2
    return robot


def try_rules(office: TestOffice, robot: str, rules: str, *options: str) -> Done:
    file = office.folder / "nye.toml"
    file.write_text(rules, encoding="utf-8")
    return office.gevinst("rules", "try", robot, str(file), *options)


def test_new_matches_are_shown_for_each_period_and_change_nothing(office: TestOffice) -> None:
    robot = two_months(office)
    runs = office.database("SELECT count(*) FROM run")

    done = try_rules(office, robot, FEES, "--json")

    trials = json.loads(done.out)
    assert [one["period"] for one in trials] == ["2026-09", "2026-10"]
    assert [one["same"] for one in trials] == [2, 2]
    card_sale = {
        "left": ["B-1"],
        "right": ["4001"],
        "pass": "kort",
        "amount": "2482.75",
        "difference": "-17.25",
    }
    carried = card_sale | {"left": ["B-1 (2026-09)"], "right": ["4001 (2026-09)"]}
    assert [one["new"] for one in trials] == [[card_sale], [card_sale, carried]]
    assert (done.code, office.database("SELECT count(*) FROM run")) == (0, runs)


def test_rules_that_lose_what_stands_end_with_three_and_name_it(office: TestOffice) -> None:
    robot = two_months(office)

    done = try_rules(office, robot, ONLY_FEES, "--periods", "2026-10")

    assert done.code == 3
    assert "B-4 | 4004" in done.out
    assert "B-4  08.10.2026  1.234,00 kr.  Faktura 70044" in done.out
    assert "2026-09:" not in done.out


def test_the_inputs_as_they_were_are_used_and_a_changed_copy_is_not(office: TestOffice) -> None:
    robot = two_months(office)
    for path in (office.data / "ind").iterdir():
        path.unlink()
    [run] = office.database("SELECT folder FROM run WHERE period = '2026-09'")
    [copy] = (office.data / "koersler" / run[0] / "input").glob("*_bank_*")
    copy.write_text(copy.read_text(encoding="utf-8").replace("1.234,00", "1.235,00"), encoding="utf-8")

    done = try_rules(office, robot, FEES, "--json")

    assert [(one["problem"], one["same"]) for one in json.loads(done.out)] == [("inputs_gone", 0), (None, 2)]
    assert done.code == 4


def test_a_month_or_file_that_does_not_exist_is_refused(office: TestOffice) -> None:
    robot = two_months(office)

    assert try_rules(office, robot, FEES, "--periods", "2026-13").code == 2
    assert office.gevinst("rules", "try", robot, str(Path("intet.toml"))).code == 2


def test_too_little_hand_work_suggests_nothing(office: TestOffice) -> None:
    robot = two_months(office)

    done = office.gevinst("rules", "suggest", robot)

    assert (done.code, done.out) == (0, "")
    assert "0 hånd-match" in done.err


@pytest.mark.parametrize("robot", ["hovedkonto", "kortindloesning", "skattekonto"])
def test_the_rules_as_they_are_change_nothing_that_stands(
    demo_office: TestOffice, demo_runs: Mapping[str, Ran], robot: str
) -> None:
    rules = demo_office.folder / "robots" / robot / "rules.toml"

    done = demo_office.gevinst("rules", "try", robot, str(rules), "--json")

    [trial] = json.loads(done.out)
    assert (done.code, trial["same"]) == (0, len(demo_runs[robot].result["groups"]))
    assert [trial[part] for part in ("new", "lost", "changed", "touched")] == [[]] * 4
