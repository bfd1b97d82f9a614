"""Open data: nothing before the office says so, then figures without small counts, for anyone."""

import csv
import io
import json
from dataclasses import replace

import pytest

from gains import a_card, a_month, keep
from gevinst.domain.run import Environment
from gevinst.web.console import Console
from runs import a_run, ended
from web.offices import Reader, reader


@pytest.fixture
def office(console: Console) -> Console:
    """Runs of three months: one common, one with few open items, one a trial."""
    store = console.parts.runs
    for number, (period, read, opened, environment) in enumerate(
        (
            ("2026-07", 1000, 40, Environment.PRODUCTION),
            ("2026-08", 1000, 3, Environment.PRODUCTION),
            ("2026-09", 77, 7, Environment.TRIAL),
        )
    ):
        run = a_run(f"run-{number}", period=period, environment=environment)
        store.start(run)
        store.finish(replace(ended(run), read=read, matched=read - opened, open=opened))
    return console


def publish(
    console: Console, data_set: str = "koersler", on: str = "yes", why: str = "Besluttet i udvalget"
) -> Reader:
    chief = reader(console, "administrator")
    chief.post("/aabne-data/udgivelse", data_set=data_set, on=on, why=why)
    return chief


def table(console: Console, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(reader(console).get(f"/aabne-data/{name}.csv").text)))


@pytest.mark.parametrize(
    "path", ["", "/koersler.csv", "/koersler.json", "/datapackage.json", "/nothing.csv", "/koersler.xlsx"]
)
def test_nothing_is_public_before_the_office_says_so(office: Console, path: str) -> None:
    assert reader(office).get(f"/aabne-data{path}").status_code == 404


def test_a_published_set_is_there_for_anyone_until_it_is_withdrawn(office: Console) -> None:
    publish(office)
    stranger = reader(office)

    assert "Hvad robotterne har afstemt" in stranger.get("/aabne-data").text
    assert stranger.get("/aabne-data/koersler.csv").headers["access-control-allow-origin"] == "*"
    assert stranger.get("/aabne-data/gevinster.csv").status_code == 404

    publish(office, on="no", why="Fejl i en titel")

    assert stranger.get("/aabne-data/koersler.csv").status_code == 404
    noted = office.parts.runs.audit_of(["publish.on", "publish.off"], "koersler")
    assert [(row.what, row.why) for row in noted] == [
        ("publish.on", "Besluttet i udvalget"),
        ("publish.off", "Fejl i en titel"),
    ]


def test_small_counts_are_withheld_with_what_they_could_be_worked_out_from(office: Console) -> None:
    publish(office)

    rows = {row["month"]: row for row in table(office, "koersler")}

    assert rows["2026-07"]["open"] == "40"
    assert rows["2026-07"]["matched_share"] == "96.0"
    few = rows["2026-08"]
    assert (few["read"], few["matched"], few["open"], few["matched_share"]) == ("1000", "", "", "")


def test_trials_and_months_that_go_on_are_not_shown(office: Console) -> None:
    run = a_run("run-now", period=f"{office.today():%Y-%m}")
    office.parts.runs.start(run)
    office.parts.runs.finish(replace(ended(run), read=500, matched=400, open=100))
    publish(office)

    assert [row["month"] for row in table(office, "koersler")] == ["2026-07", "2026-08"]


def test_the_package_describes_every_column(office: Console) -> None:
    publish(office)
    publish(office, "robotter")
    stranger = reader(office)

    package = json.loads(stranger.get("/aabne-data/datapackage.json").text)

    assert [one["name"] for one in package["resources"]] == ["koersler", "robotter"]
    for resource in package["resources"]:
        rows = table(office, resource["name"])
        assert [field["name"] for field in resource["schema"]["fields"]] == list(rows[0])
        assert all(field["description"] for field in resource["schema"]["fields"])
    assert package["licenses"][0]["name"] == "CC-BY-4.0"


def test_csv_and_json_hold_the_same(office: Console) -> None:
    publish(office)

    rows = json.loads(reader(office).get("/aabne-data/koersler.json").text)

    as_text = [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
    assert as_text == table(office, "koersler")


def test_gains_show_confirmed_hours_only_when_confirmed(office: Console) -> None:
    card = a_card()
    keep(office.parts, card)
    a_month(office.parts, replace(card, robot="skattekonto"), "2026-07", items=600)
    publish(office, "gevinster")

    rows = [row for row in table(office, "gevinster") if row["robot"] == "skattekonto"]

    assert rows
    assert {row["confirmed_hours"] for row in rows} == {""}
    assert any(int(row["calculated_hours"]) > 0 for row in rows)


def test_no_amount_and_no_text_of_an_item_leaves(office: Console) -> None:
    for name in ("koersler", "gevinster", "robotter"):
        publish(office, name)
    names = {field for name in ("koersler", "gevinster", "robotter") for field in table(office, name)[0]}

    assert not names & {"amount", "difference", "text", "counterparty", "summary", "value", "who"}


def test_publishing_needs_a_reason_and_an_administrator(office: Console) -> None:
    chief = publish(office, why="   ")

    assert chief.post("/aabne-data/udgivelse", data_set="koersler", on="yes", why="").status_code == 409
    assert (
        reader(office, "controller")
        .post("/aabne-data/udgivelse", data_set="koersler", on="yes", why="x")
        .status_code
        == 403
    )
    assert chief.post("/aabne-data/udgivelse", data_set="løn", on="yes", why="x").status_code == 409
    assert not office.parts.published.switches()


def test_the_accessibility_statement_is_public(office: Console) -> None:
    assert "Tilgængelighedserklæring" in reader(office).get("/tilgaengelighed").text
