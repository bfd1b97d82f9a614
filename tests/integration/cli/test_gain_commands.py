"""gevinst gain as people use it: measure, confirm, report, weigh."""

import json
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import openpyxl
import pytest

from integration.cli.conftest import Command

ROOT = Path(__file__).parents[3]
IDEA = next(
    block
    for block in re.findall(
        r"```toml[^\n]*\n(.*?)```",
        (ROOT / "docs" / "how-to" / "weigh-an-idea.md").read_text("utf-8"),
        re.DOTALL,
    )
    if block.startswith("title")
)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Give an office in the test's folder with the demo's tax account."""
    (tmp_path / "gevinst.toml").write_text('[office]\nname = "Prøve"\ndata = "data"\n', encoding="utf-8")
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "bank_reconciliation.robot").write_text("*** Tasks ***\n", encoding="utf-8")
    folder = tmp_path / "robots" / "skattekonto"
    folder.mkdir(parents=True)
    for file in ("robot.toml", "rules.toml"):
        text = (ROOT / "robots" / "skattekonto" / file).read_text(encoding="utf-8")
        (folder / file).write_text(text, encoding="utf-8")
    return tmp_path


def card(office: Path) -> dict[str, object]:
    content = tomllib.loads((office / "robots/skattekonto/robot.toml").read_text("utf-8"))
    found: dict[str, object] = content["gain"]["case_types"]["payment"]
    return found


def sheet(office: Path, text: str) -> str:
    (office / "tider.csv").write_text(text, encoding="utf-8")
    return "tider.csv"


# --- Measure ---


def test_times_from_a_file_become_a_baseline_and_nothing_else_changes(gevinst: Command, office: Path) -> None:
    rows = "\n".join(f"skat;{minutes}" for minutes in ["2,5", "3", "3,5", "4", "3", "2", "3", "4", "3", "2"])
    file = sheet(office, f"Opgave;Minutter\n{rows}\nandet;99\n")
    robot = office / "robots/skattekonto/robot.toml"
    before = robot.read_text("utf-8").splitlines()

    done = gevinst(
        *("gain", "measure", "skattekonto", "--file", file, "--minutes-column", "minutter"),
        *("--where", "Opgave=skat", "--method", "timestamps", "--write"),
    )

    assert (done.code, done.err) == (0, "")
    assert "10 målinger: 3,00 minutter i gennemsnit, spredning 0,71. Karakter B." in done.out
    assert (card(office)["minutes"], card(office)["n"]) == (3.0, 10)
    gone = [line for line in before if line not in robot.read_text("utf-8").splitlines()]
    assert all(re.match(r"(minutes|sd|n|measured|measured_by|valid_until) = ", line) for line in gone)


def test_a_workbook_of_times_is_read_by_its_columns(gevinst: Command, office: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (["Start", "Slut"], ["08:00", "08:04"], ["08:10", "08:16"]):
        page.append(row)
    book.save(office / "tider.xlsx")

    done = gevinst(
        *("gain", "measure", "skattekonto", "--file", "tider.xlsx"),
        *("--start-column", "Start", "--end-column", "Slut"),
    )

    assert done.code == 0
    assert "2 målinger: 5,00 minutter" in done.out
    assert "Der skal 8 målinger mere" in done.out


def test_rows_that_cannot_be_right_are_named_and_nothing_is_kept(gevinst: Command, office: Path) -> None:
    rows = "08:00;08:04\n08:10;08:05\n08:20;x\n2026-10-01 08:00;2026-10-02 08:00\n"
    file = sheet(office, f"Start;Slut\n{rows}")

    done = gevinst(
        *("gain", "measure", "skattekonto", "--file", file, "--start-column", "Start", "--end-column", "Slut")
    )

    assert done.code == 4
    assert [line.split(":")[0] for line in done.err.splitlines()] == [
        "TID-003 tider.csv, celle B3",
        "TID-002 tider.csv, celle B4",
        "TID-005 tider.csv, celle B5",
    ]
    assert not (office / "data").exists()


def test_a_column_that_is_missing_is_named_with_those_there(gevinst: Command, office: Path) -> None:
    file = sheet(office, "Opgave;Minutter\nskat;3\n")

    done = gevinst("gain", "measure", "skattekonto", "--file", file, "--minutes-column", "Minuter")

    assert done.code == 4
    assert "TID-001" in done.err
    assert "Minuter (Minutter)" in done.err


def test_a_file_without_rows_is_refused(gevinst: Command, office: Path) -> None:
    file = sheet(office, "Minutter\n")

    done = gevinst("gain", "measure", "skattekonto", "--file", file, "--minutes-column", "Minutter")

    assert (done.code, done.err.split(" ")[0]) == (4, "TID-004")


def test_the_stopwatch_times_a_person(office: Path) -> None:
    command = [sys.executable, "-m", "gevinst.cli", "gain", "measure", "skattekonto"]
    with subprocess.Popen(
        command, cwd=office, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as person:
        assert person.stdin
        assert person.stdout
        assert "Klar" in person.stdout.readline()
        for typed, wait in (("", 1.3), ("", 1.3), ("p", 0.1), ("", 0.0), ("s", 0.0), ("n", 0.0)):
            person.stdin.write(f"{typed}\n")
            person.stdin.flush()
            time.sleep(wait)
        out, _ = person.communicate(timeout=30)

    assert person.returncode == 0
    assert "Post 1: 0,02 minutter." in out
    assert "Pause." in out
    assert "Gemt som måling nr. 1" in out
    assert card(office)["n"] == 24


def test_the_stopwatch_needs_a_person(gevinst: Command, office: Path) -> None:
    del office
    done = gevinst("gain", "measure", "skattekonto", "--no-input")

    assert (done.code, done.err.split(":")[0]) == (2, "GAI-014")


def test_no_item_keeps_nothing(gevinst: Command, office: Path) -> None:
    del office
    done = gevinst("gain", "measure", "skattekonto", answers="\ns\n")

    assert (done.code, done.err.split(":")[0]) == (2, "GAI-016")


def test_an_unknown_case_type_is_refused_with_those_there(gevinst: Command, office: Path) -> None:
    del office
    done = gevinst("gain", "measure", "skattekonto", "--case", "paymnt", answers="\n")

    assert done.code == 2
    assert "GAI-012" in done.err
    assert "payment, fixed" in done.err


# --- The card ---


def test_a_card_that_contradicts_itself_says_what_to_write(gevinst: Command, office: Path) -> None:
    robot = office / "robots/skattekonto/robot.toml"
    robot.write_text(robot.read_text("utf-8").replace("n = 24", "n = 1"), encoding="utf-8")

    done = gevinst("gain", "card", "skattekonto")

    assert done.code == 6
    assert "CFG-002" in done.err
    assert "gain.case_types.payment.n er 1, men metoden hævder at have målt. Mål mindst 10" in done.err


def test_a_robot_that_cannot_be_read_stops_the_report(gevinst: Command, office: Path) -> None:
    robot = office / "robots/skattekonto/robot.toml"
    robot.write_text(robot.read_text("utf-8").replace('"timestamps"', '"guesswork"'), encoding="utf-8")

    done = gevinst("gain", "report")

    assert done.code == 6
    assert "robots/skattekonto/robot.toml" in done.err
    assert not (office / "data" / "gevinster").exists()


def test_shared_keys_that_do_not_sum_to_1_are_refused(gevinst: Command, office: Path) -> None:
    with (office / "gevinst.toml").open("a", encoding="utf-8") as file:
        file.write('[[gain.shared_cost]]\nwhat = "Server"\nmonthly = "100,00"\nyear = 2026\n')
        file.write("keys = { skattekonto = 0.4 }\n")

    done = gevinst("gain", "report")

    assert done.code == 6
    assert "gain.shared_cost.0.keys summer til 0.4: nøglerne skal summe til 1" in done.err


def test_a_card_is_shown_with_its_version(gevinst: Command, office: Path) -> None:
    del office
    done = gevinst("gain", "card", "skattekonto", "--json")

    assert done.code == 0
    assert json.loads(done.out)["versions"] == []
    assert re.fullmatch(r"[0-9a-f]{12}", json.loads(done.out)["now"])


# --- Report and answers ---


def test_a_report_without_runs_says_so_and_writes_every_file(gevinst: Command, office: Path) -> None:
    done = gevinst("gain", "report", "--year", "2026")

    assert done.code == 0, done.err
    names = sorted(path.name for path in (office / "data" / "gevinster").iterdir())
    assert names == [
        *("gevinster.csv", "gevinster.en.html", "gevinster.html", "gevinster.json", "gevinster.xlsx"),
        "os2autoproces.json",
    ]
    assert done.out.count("Skrevet: ") == len(names)


def test_the_report_as_data_is_the_file(gevinst: Command, office: Path) -> None:
    gevinst("gain", "report", "--year", "2026")
    shown = gevinst("gain", "report", "--year", "2026", "--json")

    assert json.loads(shown.out) == json.loads((office / "data/gevinster/gevinster.json").read_text("utf-8"))


def test_who_is_not_the_owner_is_refused_in_words(gevinst: Command, office: Path) -> None:
    del office
    done = gevinst("gain", "confirm", "skattekonto", "2026-Q1")

    assert done.code == 2
    assert done.err.startswith("GAI-004: Kun Økonomichef kan svare for skattekonto")
    assert "[gain.owners]" in done.err


# --- Weigh ---


def test_the_answers_of_the_guide_give_a_business_case(gevinst: Command, office: Path) -> None:
    (office / "idé.toml").write_text(IDEA, encoding="utf-8")

    done = gevinst("gain", "plan", "idé.toml", "--no-input", "--out", "sag")

    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Prøv: Udlæg mod løn\n")
    assert json.loads((office / "sag/businesscase.json").read_text("utf-8"))["verdict"] == "trial"
    assert "Prøv: Udlæg mod løn" in (office / "sag/businesscase.html").read_text("utf-8")


def test_an_idea_without_an_investment_is_refused(gevinst: Command, office: Path) -> None:
    (office / "idé.toml").write_text(IDEA.replace("[[investment]]", "[[running_cost]]"), encoding="utf-8")

    done = gevinst("gain", "plan", "idé.toml", "--no-input")

    assert done.code == 6
    assert "investment" in done.err


def test_numbers_in_the_wrong_order_are_refused(gevinst: Command, office: Path) -> None:
    (office / "idé.toml").write_text(IDEA.replace("[400, 520, 650]", "[520, 400, 650]"), encoding="utf-8")

    done = gevinst("gain", "plan", "idé.toml", "--no-input")

    assert done.code == 6
    assert "items_per_month" in done.err


def test_an_idea_may_be_asked_for_and_a_wrong_answer_again(gevinst: Command, office: Path) -> None:
    del office
    answers = [
        *("Udlæg", "Løn", "Hurtigere svar", "400 520", "400 520 650", "2,5 4 6,5", "5 10 25", "6", "1,5"),
        *("345", "mange", "70.000,00", "2.400,00", "2", "3", ""),
    ]

    done = gevinst("gain", "plan", "--json", answers="\n".join(answers) + "\n")

    assert done.code == 0, done.err
    assert "Skriv tre tal" in done.out + done.err
    case = json.loads(done.out[done.out.index("{\n") :])
    assert case["cases"][1]["items_per_month"] == "520"
    assert case["cases"][0]["exceptions"] == "0.25"


def test_nothing_may_be_asked_without_a_file(gevinst: Command, office: Path) -> None:
    del office
    done = gevinst("gain", "plan", "--no-input")

    assert done.code == 2
    assert "weigh-an-idea.md" in done.err
