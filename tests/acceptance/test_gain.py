"""What a run credits to the ledger of gains: each item once, and nothing for what was not done."""

import sqlite3
from contextlib import suppress

from acceptance.offices import TestOffice
from acceptance.processes import kill, robots_in, wait_until

BANK = """Dato;Tekst;Beløb;Saldo;Reference
05-10-2026;Faktura 20115;-250,00;9.750,00;F20115
06-10-2026;Faktura 20116;-300,00;9.450,00;F20116
07-10-2026;Faktura 20117;-400,00;9.050,00;F20117
"""
LEDGER = """Bilag;Dato;Tekst;Beløb;Reference
4001;05-10-2026;Faktura 20115;-250,00;F20115
4002;06-10-2026;Faktura 20116;-300,00;F20116
4003;07-10-2026;Faktura 20117;-400,00;F20117
"""
WITHOUT_ONE = "".join(line for line in LEDGER.splitlines(keepends=True) if "4003" not in line)
TWO_MINUTES = 200


def account(office: TestOffice, robot: str, *, ledger: str = LEDGER) -> str:
    office.add_robot(robot)
    office.put(robot, "bank", BANK)
    office.put(robot, "ledger", ledger)
    return robot


def entries(office: TestOffice, robot: str) -> list[tuple[int, str]]:
    rows = office.database(f"SELECT sign, reason FROM gain WHERE robot = '{robot}' ORDER BY entry")  # noqa: S608
    return [(int(sign), str(reason)) for sign, reason in rows]


def test_a_rerun_credits_nothing_more_and_replaces_the_run_before(case_office: TestOffice) -> None:
    robot = account(case_office, "omkoersel")

    first = case_office.run(robot)
    second = case_office.run(robot)

    assert (first.code, first.facts["minutes_saved"]) == (0, "6.00")
    assert (second.code, second.facts["minutes_saved"]) == (0, "0.00")
    assert second.facts["replaces"] == first.facts["run_id"]
    assert case_office.minutes(robot) == 3 * TWO_MINUTES
    shown = case_office.gevinst("runs", "show", first.facts["run_id"])
    assert f"Erstattet af       {second.facts['run_id']}" in shown.out


def test_an_item_that_is_open_after_a_rerun_is_reversed(case_office: TestOffice) -> None:
    robot = account(case_office, "genaabnet")
    case_office.run(robot)
    case_office.put(robot, "ledger", WITHOUT_ONE)

    rerun = case_office.run(robot)

    assert (rerun.code, rerun.facts["open"]) == (3, 1)
    assert entries(case_office, robot)[3:] == [(-1, "reopened")]
    assert case_office.minutes(robot) == 2 * TWO_MINUTES


def test_an_item_that_is_matched_again_is_credited_again(case_office: TestOffice) -> None:
    robot = account(case_office, "lukket-igen", ledger=WITHOUT_ONE)
    case_office.run(robot)
    case_office.put(robot, "ledger", LEDGER)

    case_office.run(robot)

    assert case_office.minutes(robot) == 3 * TWO_MINUTES


def test_a_run_in_production_keeps_the_card_that_it_credits_by(case_office: TestOffice) -> None:
    robot = account(case_office, "kort")

    case_office.run(robot, "--trial")
    assert case_office.database("SELECT version FROM gain_card WHERE robot = 'kort'") == []
    case_office.run(robot)
    case_office.run(robot)

    kept = case_office.database("SELECT version FROM gain_card WHERE robot = 'kort'")
    credited_by = case_office.database("SELECT DISTINCT card_version FROM gain WHERE robot = 'kort'")
    assert len(kept) == 1
    assert kept == credited_by


def test_a_trial_credits_nothing(case_office: TestOffice) -> None:
    robot = account(case_office, "proeve")

    trial = case_office.run(robot, "--trial")

    assert (trial.code, trial.facts["environment"]) == (0, "trial")
    assert case_office.minutes(robot) == 0
    assert "Prøvekørsel" in trial.text("koersel.html")


def test_a_trial_does_not_replace_a_run_in_production(case_office: TestOffice) -> None:
    robot = account(case_office, "efterproevet")
    production = case_office.run(robot)

    trial = case_office.run(robot, "--trial")

    assert trial.facts["replaces"] is None
    shown = case_office.gevinst("runs", "show", production.facts["run_id"], "--json")
    assert '"replaced_by": null' in shown.out
    assert case_office.minutes(robot) == 3 * TWO_MINUTES


def test_a_rejected_run_credits_nothing(case_office: TestOffice) -> None:
    robot = account(case_office, "afvist", ledger=LEDGER.replace("-400,00", "-4O0,00"))

    ran = case_office.run(robot)

    assert ran.facts["state"] == "rejected"
    assert entries(case_office, robot) == []


def test_a_run_that_is_killed_after_crediting_is_failed_and_reversed(office: TestOffice) -> None:
    robot = account(office, "draebt")
    words = office.folder / "resources" / "reconciliation.resource"
    waiting = words.read_text(encoding="utf-8").replace(
        "    Write Run Page And Work List\n    Close Run",
        "    Evaluate    time.sleep(60)\n    Write Run Page And Work List\n    Close Run",
    )
    words.write_text(waiting, encoding="utf-8")

    running = office.start("run", robot, "--period", "2026-10")
    wait_until(lambda: credited(office, robot) == 3)
    kill(robots_in(office.data))
    out, err = running.communicate(timeout=60)

    assert running.returncode == 1, out + err
    assert office.states(robot) == ["failed"]
    assert entries(office, robot)[3:] == [(-1, "abandoned")] * 3
    assert office.minutes(robot) == 0


def credited(office: TestOffice, robot: str) -> int:
    with suppress(sqlite3.OperationalError):  # the database may not be there yet
        return len(entries(office, robot))
    return 0
