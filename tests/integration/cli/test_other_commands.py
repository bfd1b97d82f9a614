"""The other commands: what they print, for people and for machines, and how they refuse."""

import json
import re
import shlex
from pathlib import Path

import click
import pytest

from gevinst.cli import COMMANDS, SECTIONS, group
from gevinst.cli.examples import EXAMPLES
from integration.cli.conftest import Command, Done

ROOT = Path(__file__).parents[3]
ROBOT = ROOT / "robots" / "skattekonto"
FILE = ROOT / "fixtures" / "bank_reconciliation" / "late_payment" / "bank.csv"


@pytest.fixture
def robot_file(tmp_path: Path) -> Path:
    """The file of the one robot of an office in the test's folder."""
    (tmp_path / "gevinst.toml").write_text('[office]\nname = "Prøve"\ndata = "data"\n', encoding="utf-8")
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "bank_reconciliation.robot").write_text("*** Tasks ***\n", encoding="utf-8")
    folder = tmp_path / "robots" / "skattekonto"
    folder.mkdir(parents=True)
    for file in ("robot.toml", "rules.toml"):
        (folder / file).write_text((ROBOT / file).read_text(encoding="utf-8"), encoding="utf-8")
    return folder / "robot.toml"


def test_read_gives_items_statements_findings_and_rows(gevinst: Command) -> None:
    done = gevinst("read", str(FILE), "--json")

    found = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert set(found) == {"layout", "items", "statements", "findings", "rows"}
    assert set(found["items"][0]) == {
        *("id", "account", "booked", "value_date", "amount", "currency"),
        *("reference", "text", "counterparty", "document", "place"),
    }
    assert (found["items"][0]["booked"], found["items"][0]["amount"]) == ("2026-10-15", 147500)
    assert set(found["statements"][0]) >= {
        "account",
        "number",
        "opening",
        "closing",
        "currency",
        "from",
        "to",
    }
    assert found["rows"] == {"in_file": 4, "read": 3, "skipped": 1, "rejected": 0}


def test_read_refuses_a_file_with_its_findings_as_data(gevinst: Command) -> None:
    done = gevinst("read", str(FILE.parents[1] / "letter_in_amount" / "bank.csv"), "--json")

    [finding] = json.loads(done.out)["findings"]
    assert done.code == 4
    assert (finding["code"], finding["place"]["cell"], finding["found"]) == ("CEL-001", "C2", "1.25O,00")
    assert {"severity", "expected", "do"} <= set(finding)


def test_robots_are_listed_for_machines(gevinst: Command, robot_file: Path) -> None:
    done = gevinst("robots", "--json")

    [robot] = json.loads(done.out)
    assert robot_file.is_file()
    assert (done.code, done.err) == (0, "")
    assert robot["robot"] == "skattekonto"
    assert {"title", "phase", "benefit_owner", "schedule", "next_run", "last_run", "state"} <= set(robot)
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+00:00", robot["next_run"])
    assert (robot["phase"], robot["last_run"], robot["state"]) == ("production", None, None)


def test_no_colour_and_no_control_characters_are_printed(gevinst: Command, robot_file: Path) -> None:
    done = gevinst("robots")

    assert robot_file.is_file()
    assert "\x1b" not in done.out + done.err
    assert "Skattekonto mod finans" in done.out


def test_an_unknown_command_is_answered_with_the_nearest(gevinst: Command) -> None:
    done = gevinst("instal", "x")

    assert (done.code, "Der er ingen kommando instal. Mente du 'install'?" in done.err) == (2, True)


def test_an_unknown_robot_is_answered_with_the_nearest(gevinst: Command, robot_file: Path) -> None:
    done = gevinst("run", "skatekonto")

    assert robot_file.is_file()
    assert done.code == 2
    assert "Nærmest er: skattekonto" in done.err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "minutes = 3.0",
            'minutes = "tre"',
            "gain.case_types.payment.minutes er »tre«, men skal være et tal",
        ),
        (
            "minutes = 3.0",
            "minutes = 0",
            "gain.case_types.payment.minutes er »0«, men skal være større end 0",
        ),
        ('process_owner = "Leder af Løn"\n', "", "people.process_owner mangler"),
        ("process_owner", "proces_owner", "people.proces_owner kendes ikke (mente du process_owner?)"),
        ("review = 2027-06-30", 'review = "snart"', "passport.review er »snart«, men skal være en dato"),
        (
            'phase = "production"',
            'phase = "drift"',
            "phase er »drift«, men skal være en af disse: idea, trial",
        ),
        (
            'when = "3. bankdag kl. 06.00"',
            'when = "tit"',
            "schedule.when er »tit«, men skal være et tidspunkt",
        ),
        ("moves_money = false", "moves_money = nej", "linje 59, tegn 15, er ikke gyldig TOML"),
        (
            'flow = "',
            'flow = "../tasks/',
            "flow er »../tasks/bank_reconciliation«, men skal være små bogstaver",
        ),
        ("[sources.bank]", "[sources.balances]", "sources.bank mangler"),
        (
            "skattekonto_{period}.csv",
            "skattekonto_{month}.csv",
            "men skal være en sti, hvor kun {period} står i krøllede parenteser",
        ),
        ("skattekonto_{period}.csv", "skattekonto_{period.csv", "sources.bank.path er »"),
    ],
)
def test_a_wrong_robot_file_is_named_with_key_found_and_expected(
    gevinst: Command, robot_file: Path, old: str, new: str, said: str
) -> None:
    text = robot_file.read_text(encoding="utf-8")
    assert old in text
    robot_file.write_text(text.replace(old, new, 1), encoding="utf-8")

    done = gevinst("run", "skattekonto")

    assert done.code == 6
    assert done.err.startswith("CFG-002: ")
    assert "robot.toml" in done.err
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "skattekonto"', 'id = "andet"', "CFG-004: robots/skattekonto/robot.toml: id er »andet«"),
        ('flow = "bank_reconciliation"', 'flow = "mangler"', "CFG-005: "),
        ('phase = "production"', 'phase = "retired"', "CFG-007: Robotten »skattekonto« er i fasen retired"),
        (
            "review = 2027-06-30",
            "review = 2020-06-30",
            "CFG-009: Robotten »skattekonto« skulle være gennemgået",
        ),
    ],
)
def test_a_robot_that_may_not_run_says_why(
    gevinst: Command, robot_file: Path, old: str, new: str, said: str
) -> None:
    text = robot_file.read_text(encoding="utf-8")
    assert old in text
    robot_file.write_text(text.replace(old, new, 1), encoding="utf-8")

    done = gevinst("run", "skattekonto")

    assert (done.code, done.err[: len(said)]) == (6, said)
    assert not (robot_file.parents[2] / "data" / "koersler").exists()


def test_a_period_that_is_no_month_is_refused_with_an_example(gevinst: Command, robot_file: Path) -> None:
    done = gevinst("run", "skattekonto", "--period", "2026-13")

    assert robot_file.is_file()
    assert (done.code, done.err[:36]) == (2, "CFG-006: »2026-13« er ikke en måned.")
    assert "2026-10" in done.err


def test_a_run_s_id_without_show_is_told_the_command_that_shows_it(gevinst: Command) -> None:
    done = gevinst("runs", "20261102T060000-konto-1a2b")

    assert (done.code, done.out) == (2, "")
    assert "»gevinst runs show 20261102T060000-konto-1a2b«" in done.err


def test_an_unknown_run_is_answered_with_the_command_that_lists_them(
    gevinst: Command, robot_file: Path
) -> None:
    done = gevinst("runs", "show", "../hovedkonto")

    assert robot_file.is_file()
    assert (done.code, done.err[:8]) == (2, "STO-003:")
    assert "»gevinst runs«" in done.err


def test_all_that_is_wrong_in_a_robot_file_is_said_at_once(gevinst: Command, robot_file: Path) -> None:
    text = robot_file.read_text(encoding="utf-8")
    robot_file.write_text(text.replace("flow =", "flov ="), encoding="utf-8")

    done = gevinst("run", "skattekonto")

    assert "flow mangler; flov kendes ikke (mente du flow?)" in done.err


def test_the_office_decides_the_language_and_the_user_before_it(gevinst: Command, robot_file: Path) -> None:
    settings = robot_file.parents[2] / "gevinst.toml"
    settings.write_text('[office]\nname = "Prøve"\nlanguage = "en"\n', encoding="utf-8")

    assert gevinst("run", "skatekonto").err.startswith("CFG-003: There is no robot")
    assert gevinst("run", "skatekonto", GEVINST_LANGUAGE="da").err.startswith("CFG-003: Der er ingen robot")


def test_a_folder_without_an_office_says_where_to_go(gevinst: Command) -> None:
    done = gevinst("robots")

    assert done.code == 6
    assert done.err.startswith("CFG-001: Der er ingen gevinst.toml i ")


def helped(gevinst: Command, command: str, language: str) -> Done:
    return gevinst(*([command] if command else []), "--help", GEVINST_LANGUAGE=language)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_in_the_users_language(gevinst: Command, command: str) -> None:
    danish, english = (helped(gevinst, command, language) for language in ("da", "en"))

    assert (danish.code, english.code) == (0, 0)
    assert danish.out != english.out
    assert re.search("[æøåÆØÅ]", danish.out)
    assert not re.search(r"\b(Usage|Options|Commands|Show this)\b", danish.out)
    assert "Show this message and exit." in english.out


def test_every_command_stands_once_in_the_help() -> None:
    assert sorted(name for names in SECTIONS.values() for name in names) == sorted(COMMANDS)


@pytest.mark.parametrize("example", [one for some in EXAMPLES.values() for one in some])
def test_an_example_is_a_command_that_is_understood(example: str) -> None:
    [program, *words] = shlex.split(example)
    command: click.Command = group
    for word in words:
        inner = (
            command.get_command(click.Context(command), word) if isinstance(command, click.Group) else None
        )
        command = inner or command

    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    assert (program, command is group) == ("gevinst", False)
    assert {word for word in words if word.startswith("--")} <= known


def test_a_wrong_option_is_refused_in_danish(gevinst: Command) -> None:
    done = gevinst("runs", "--limt", "3")

    assert done.code == 2
    assert "Fejl: Der er ingen valgmulighed --limt. Mente du '--limit'?" in done.err
