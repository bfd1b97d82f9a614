"""gevinst new, check, pack, install: a robot is made, checked, and moved between offices unchanged."""

import json
import shutil
import tomllib
import zipfile
from pathlib import Path

import pytest

from integration.cli.conftest import Command, Done

ROOT = Path(__file__).parents[3]
BANK = "Dato;Tekst;Beløb;Saldo\n13-10-2026;Salg 4711;1.250,00;11.250,00\n14-10-2026;Gebyr;-40,00;11.210,00\n"
LEDGER = "Bilag;Dato;Tekst;Beløb\n1;13-10-2026;Salg 4711;1.250,00\n2;14-10-2026;Gebyr;-40,00\n"
ANSWERS = ("--owner", "Leder af Regnskab", "--schedule", "3. bankdag kl. 06.00", "--minutes", "2,5")
FILES = ("--file", "bank=ind/konto_2026-10.csv", "--file", "ledger=ind/finans_2026-10.csv")


def furnish(folder: Path) -> Path:
    """An office with flows, their cases, and two files."""
    for part in ("tasks", "resources", "fixtures"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "gevinst.toml").write_text('[office]\nname = "Prøve"\ndata = "data"\n', encoding="utf-8")
    (folder / "data" / "ind").mkdir(parents=True)
    (folder / "data" / "ind" / "konto_2026-10.csv").write_text(BANK, encoding="utf-8")
    (folder / "data" / "ind" / "finans_2026-10.csv").write_text(LEDGER, encoding="utf-8")
    return folder


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """The office that the commands stand in."""
    return furnish(tmp_path)


@pytest.fixture
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another office, with the same flows and none of our robots."""
    return furnish(tmp_path_factory.mktemp("andet"))


def made(gevinst: Command, robot: str = "konto") -> Done:
    done = gevinst("new", robot, "--flow", "bank_reconciliation", *FILES, *ANSWERS, "--no-input")
    assert done.code == 0, done.err
    return done


def passport(office: Path, robot: str = "konto") -> dict[str, object]:
    text = (office / "robots" / robot / "robot.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def test_a_new_robot_is_in_trial_and_its_paths_follow_the_month(office: Path, gevinst: Command) -> None:
    done = made(gevinst)

    written = passport(office)
    assert written["phase"] == "trial"
    assert written["sources"] == {
        "bank": {"path": "ind/konto_{period}.csv", "min_rows": 1},
        "ledger": {"path": "ind/finans_{period}.csv", "min_rows": 1},
    }
    assert "gevinst run konto --period 2026-10" in done.out


def test_a_new_robot_runs_and_passes_its_check(office: Path, gevinst: Command) -> None:
    made(gevinst)

    checked = gevinst("check", "konto", "--json")
    ran = gevinst("run", "konto", "--period", "2026-10", "--json")

    marks = [(one["part"], one["mark"]) for one in json.loads(checked.out)]
    assert checked.code == 0
    assert ("test", "fine") in marks
    assert ("production", "note") in marks
    assert ("readme", "note") in marks  # nobody has written what was before and after
    assert json.loads(ran.out)["state"] == "agreed"
    assert (office / "robots" / "konto" / "README.md").is_file()


def test_what_is_not_said_is_asked(office: Path, gevinst: Command) -> None:
    files = "~/ingen.csv\n'ind/konto_2026-10.csv'\ntasks/\nind/finans_2026-10.csv"
    answers = f"afstem\n1\n{files}\nLeder\ni morgen\n\nx\n3\n"

    done = gevinst("new", "konto", answers=answers)

    assert done.code == 0, done.err
    assert "5 af 5" in done.out
    assert all(f"»{wrong}«" in done.err for wrong in ("afstem", "~/ingen.csv", "tasks/", "i morgen", "x"))
    assert "schedule" not in passport(office)  # "i morgen" is none; then it was left empty
    assert passport(office)["gain"]["case_types"]["payment"]["minutes"] == 3  # type: ignore[index]


@pytest.mark.parametrize("option", ["--flow", "--owner", "--minutes"])
def test_without_questions_a_missing_answer_is_named_and_nothing_is_written(
    office: Path, gevinst: Command, option: str
) -> None:
    given = ["--flow", "bank_reconciliation", *FILES, *ANSWERS]
    at = given.index(option)

    done = gevinst("new", "konto", *given[:at], *given[at + 2 :], "--no-input")

    assert (done.code, option in done.err) == (2, True)
    assert not (office / "robots" / "konto").exists()


def test_a_file_that_cannot_be_read_makes_no_robot(office: Path, gevinst: Command) -> None:
    (office / "data" / "ind" / "konto_2026-10.csv").write_text("Dato;Beløb\n13-10-2026;1.250,0O\n", "utf-8")

    done = gevinst("new", "konto", "--flow", "bank_reconciliation", *FILES, *ANSWERS, "--no-input")

    assert done.code == 4
    assert "konto_2026-10.csv" in done.err
    assert not (office / "robots" / "konto").exists()


def test_a_file_from_elsewhere_is_copied_to_the_office(
    office: Path, gevinst: Command, tmp_path_factory: pytest.TempPathFactory
) -> None:
    download = tmp_path_factory.mktemp("Overførsler") / "liste_2026-10.csv"
    download.write_text(BANK, encoding="utf-8")

    done = gevinst(
        "new",
        "konto",
        "--flow",
        "bank_reconciliation",
        "--file",
        f"bank={download}",
        *FILES[2:],
        *ANSWERS,
        "--no-input",
    )

    assert done.code == 0, done.err
    assert (office / "data/ind/konto/bank/liste_2026-10.csv").read_text("utf-8") == BANK
    assert passport(office)["sources"]["bank"]["path"] == "ind/konto/bank/liste_{period}.csv"  # type: ignore[index]


def test_many_files_of_a_flow_over_tables_are_one_source(office: Path, gevinst: Command) -> None:
    case = "fixtures/municipal_settlement/normal"
    files = ("--file", f"ours={case}/ours.csv", "--file", f"theirs={case}/theirs/*.csv")
    flow = ("--flow", "municipal_settlement", "--set", "own_code=751")

    done = gevinst("new", "kommuner", *flow, *files, *ANSWERS, "--no-input")

    assert done.code == 0, done.err
    assert passport(office, "kommuner")["sources"] == {
        "ours": {"path": "ind/kommuner/ours/ours.csv", "min_rows": 1},
        "theirs": {"path": "ind/kommuner/theirs/*.csv", "min_rows": 1},
    }
    assert len(list((office / "data/ind/kommuner/theirs").iterdir())) == 2
    assert gevinst("check", "kommuner").code == 0
    assert (
        json.loads(gevinst("run", "kommuner", "--period", "2026-10", "--json").out)["state"] == "open_items"
    )


@pytest.mark.parametrize("value", ["75", "[1]"])
def test_a_setting_that_the_flow_refuses_makes_no_robot(office: Path, gevinst: Command, value: str) -> None:
    files = ("--file", "ours=ind/konto_2026-10.csv", "--file", "theirs=ind/finans_2026-10.csv")

    done = gevinst(
        "new",
        "k",
        "--flow",
        "municipal_settlement",
        "--set",
        f"own_code={value}",
        *files,
        *ANSWERS,
        "--no-input",
    )

    assert (done.code, "own_code" in done.err) == (6, True)
    assert not (office / "robots" / "k").exists()


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("name", ["Konto", "../konto", "konto 1", "a" * 41])
def test_an_id_that_is_no_folder_is_refused(gevinst: Command, name: str) -> None:
    done = gevinst("new", name, "--no-input")

    assert (done.code, "MAK-001" in done.err) == (2, True)


def test_a_robot_is_not_written_over_another(office: Path, gevinst: Command) -> None:
    made(gevinst)
    before = (office / "robots" / "konto" / "robot.toml").read_bytes()

    done = gevinst("new", "konto", "--flow", "bank_reconciliation", *FILES, *ANSWERS, "--no-input")

    assert (done.code, "MAK-002" in done.err) == (2, True)
    assert (office / "robots" / "konto" / "robot.toml").read_bytes() == before


def test_a_case_that_comes_out_otherwise_fails_the_check(office: Path, gevinst: Command) -> None:
    made(gevinst)
    ledger = office / "robots/konto/tests/agreed/ledger.csv"
    ledger.write_text(ledger.read_text("utf-8").replace("6.125,00", "6.215,00"), encoding="utf-8")

    done = gevinst("check", "konto")

    assert done.code == 6
    assert 'agreed: state er "open_items", men "agreed" var forventet' in done.out


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("robot.toml", "id = ", "robot.toml"),
        ("rules.toml", '[[pass]]\nid = "x"\nkind = "magi"\n', "rules.toml"),
        ("tests/agreed/expected.json", "{", "expected.json"),
    ],
)
def test_a_file_that_cannot_be_used_fails_the_check(
    office: Path, gevinst: Command, file: str, text: str, said: str
) -> None:
    made(gevinst)
    (office / "robots" / "konto" / file).write_text(text, encoding="utf-8")

    done = gevinst("check", "konto")

    assert (done.code, said in done.out) == (6, True)


def packed(gevinst: Command, office: Path) -> tuple[Path, str]:
    """A pack of a new robot, and the fingerprint that the sender reads out."""
    made(gevinst)
    done = gevinst("pack", "konto", "--out", "konto.gevinst")
    assert done.code == 0, done.err
    return office / "konto.gevinst", done.out.split()[-1]


def in_office(gevinst: Command, folder: Path, *arguments: str) -> Done:
    return gevinst(*arguments, GEVINST_OFFICE=str(folder))


def test_a_pack_is_taken_in_by_an_office_that_trusts_its_key(
    office: Path, other: Path, gevinst: Command
) -> None:
    file, fingerprint = packed(gevinst, office)

    unknown = in_office(gevinst, other, "install", str(file))
    wrong = in_office(gevinst, other, "install", str(file), "--trust", "0" * 64)
    trusted = in_office(gevinst, other, "install", str(file), "--trust", fingerprint)
    again = in_office(gevinst, other, "install", str(file), "--as", "konto2")

    assert [(one.code, "MAK-011" in one.err) for one in (unknown, wrong)] == [(6, True), (6, True)]
    assert fingerprint in unknown.err
    assert (trusted.code, again.code) == (0, 0), trusted.err + again.err
    assert (passport(other)["id"], passport(other, "konto2")["id"]) == ("konto", "konto2")
    assert in_office(gevinst, other, "check", "konto2").code == 0
    assert in_office(gevinst, other, "audit", "verify").code == 0


def test_a_robot_in_production_comes_in_trial(office: Path, other: Path, gevinst: Command) -> None:
    made(gevinst)
    file = office / "robots" / "konto" / "robot.toml"
    file.write_text(file.read_text("utf-8").replace('phase = "trial"', 'phase = "production"'), "utf-8")
    fingerprint = gevinst("pack", "konto", "--out", "konto.gevinst").out.split()[-1]

    done = in_office(gevinst, other, "install", str(office / "konto.gevinst"), "--trust", fingerprint)

    assert done.code == 0, done.err
    assert passport(other)["phase"] == "trial"


def rewritten(file: Path, changes: dict[str, bytes | None]) -> Path:
    """The pack with other contents of some names; None leaves one out."""
    with zipfile.ZipFile(file) as archive:
        contents: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    target = file.with_name("changed.gevinst")
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in (contents | changes).items():
            if content is not None:
                archive.writestr(name, content)
    return target


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"robot/robot.toml": b'id = "konto"\n'}, "MAK-007"),
        ({"robot/README.md": None}, "MAK-007"),
        ({"robot/rules.toml": b""}, "MAK-007"),
        ({"SHA256SUMS.sig": bytes(64)}, "MAK-007"),
        ({"SHA256SUMS.sig": None}, "MAK-007"),
        ({"robot/../../evil.toml": b""}, "MAK-006"),
        ({"tasks/bank_reconciliation.robot": b""}, "MAK-006"),
        ({"robot/robot.py\n": b""}, "MAK-006"),
        ({"manifest.json": b"{}"}, "MAK-006"),
        ({"robot/big.toml": bytes(20_000_001)}, "MAK-006"),
    ],
)
def test_a_changed_pack_is_refused_and_nothing_is_taken_in(
    office: Path, other: Path, gevinst: Command, changes: dict[str, bytes | None], code: str
) -> None:
    file, fingerprint = packed(gevinst, office)

    done = in_office(gevinst, other, "install", str(rewritten(file, changes)), "--trust", fingerprint)

    assert (done.code, code in done.err) == (6, True), done.err
    assert list(other.glob("robots/*")) == []


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("kontoudtog.csv", "Dato;Beløb\n", "MAK-008"),
        ("tests/agreed/mere.csv", "CPR\n010180-1234\n", "MAK-009"),
        ("rules.toml", "# 0101801234\n", "MAK-009"),
    ],
)
def test_what_may_be_data_stops_the_pack(
    office: Path, gevinst: Command, name: str, content: str, code: str
) -> None:
    made(gevinst)
    (office / "robots" / "konto" / name).write_text(content, encoding="utf-8")

    done = gevinst("pack", "konto", "--out", "konto.gevinst")

    assert (done.code, code in done.err) == (6, True)
    assert not (office / "konto.gevinst").exists()


@pytest.mark.parametrize("path", ["/etc/passwd", "../andre/konto.csv", "C:/konto.csv"])
def test_a_robot_that_reads_elsewhere_does_not_move(office: Path, gevinst: Command, path: str) -> None:
    made(gevinst)
    file = office / "robots" / "konto" / "robot.toml"
    file.write_text(file.read_text("utf-8").replace("ind/konto_{period}.csv", path), "utf-8")

    done = gevinst("pack", "konto", "--out", "konto.gevinst")

    assert (done.code, "MAK-014" in done.err) == (6, True)


def test_a_cpr_number_is_found_in_a_file_of_two_bytes_a_letter(office: Path, gevinst: Command) -> None:
    made(gevinst)
    (office / "robots/konto/tests/agreed/mere.txt").write_text("010180-1234", encoding="utf-16")

    done = gevinst("pack", "konto", "--out", "konto.gevinst")

    assert (done.code, "MAK-009" in done.err) == (6, True)


def test_a_file_that_a_run_has_read_stops_the_pack(office: Path, gevinst: Command) -> None:
    made(gevinst)
    gevinst("run", "konto", "--period", "2026-10")
    shutil.copy(office / "data/ind/konto_2026-10.csv", office / "robots/konto/tests/agreed/bank.csv")

    done = gevinst("pack", "konto", "--out", "konto.gevinst")

    assert (done.code, "MAK-010" in done.err) == (6, True)


def test_a_pack_overwrites_no_file(office: Path, gevinst: Command) -> None:
    file, _ = packed(gevinst, office)
    before = file.read_bytes()

    done = gevinst("pack", "konto", "--out", "konto.gevinst")

    assert (done.code, "MAK-005" in done.err) == (6, True)
    assert file.read_bytes() == before
