"""A robot's file beside its earlier ones: what cannot be true is stopped, doubled rows are counted once."""

from collections.abc import Callable

from acceptance.offices import TestOffice

HEAD = "Dato;Tekst;Beløb;Reference"
ROWS = 20


def bank(month: str, *, amount: Callable[[int], str] = lambda at: f"{100 + 7 * at},25") -> str:
    rows = [f"{1 + at:02}-{month}-2026;Husleje lejemål {at};{amount(at)};B{month}{at}" for at in range(ROWS)]
    return "\n".join([HEAD, *rows, ""])


def ledger(month: str) -> str:
    rows = [f"{month}{at:02};{1 + at:02}-{month}-2026;Husleje {at};{100 + 7 * at},25" for at in range(ROWS)]
    return "\n".join(["Bilag;Dato;Tekst;Beløb", *rows, ""])


def october_run(office: TestOffice, *, source: str = "") -> str:
    robot = office.add_robot("konto", bank=source)
    office.put(robot, "bank", bank("10"))
    office.put(robot, "ledger", ledger("10"))
    assert office.run(robot).facts["matched"] == 2 * ROWS
    office.put(robot, "ledger", ledger("11"), period="2026-11")
    return robot


def test_amounts_a_hundred_times_too_large_stop_the_run(office: TestOffice) -> None:
    robot = october_run(office)
    office.put(robot, "bank", bank("11", amount=lambda at: f"{100 + 7 * at}25,00"), period="2026-11")

    ran = office.run(robot, period="2026-11")

    assert (ran.code, [one["code"] for one in ran.result["rejected"]]) == (4, ["DRF-002"])
    assert "DRF-002" in ran.err


def test_a_robot_that_only_warns_goes_on(office: TestOffice) -> None:
    robot = october_run(office, source='drift = "warn"')
    office.put(robot, "bank", bank("11", amount=lambda at: f"{100 + 7 * at}25,00"), period="2026-11")

    ran = office.run(robot, period="2026-11")

    assert ran.code == 3
    assert "DRF-002" in [one["code"] for one in ran.result["warnings"]]


def test_rows_of_an_overlapping_export_are_counted_as_doubles(office: TestOffice) -> None:
    robot = october_run(office)
    last_rows = bank("10").splitlines()[-5:]
    office.put(robot, "bank", bank("11") + "\n".join([*last_rows, ""]), period="2026-11")

    ran = office.run(robot, period="2026-11")

    left = ran.result["totals"]["left"]
    assert (left["rows_read"], left["matched"]["count"], left["duplicate"]["count"]) == (25, ROWS, 5)
    assert left["unplaced"] == {"count": 0, "sum": 0}
    assert {one["code"] for one in ran.result["warnings"]} == {"DRF-006", "DRF-010"}
    assert (ran.code, ran.result["bridge"]["difference"]) == (0, 0)
