"""Evidence that an auditor accepts: signed for every run, checked without our software, tampering named."""

import json
import shlex
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from acceptance.offices import Ran, TestOffice
from gevinst.domain.audit import AuditRow, row_hash
from gevinst.store import open_store

BANK = "Dato;Tekst;Beløb;Saldo;Reference\n05-10-2026;Faktura 20117;-400,00;9.600,00;F20117\n"
LEDGER = "Bilag;Dato;Tekst;Beløb;Reference\n4001;05-10-2026;Faktura 20117;-400,00;F20117\n"
SIGNATURE = (
    "openssl pkeyutl -verify -pubin -inkey public_key.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig"
)
SUMS = "sha256sum --check --strict --quiet SHA256SUMS"

needs_tools = pytest.mark.skipif(
    not (shutil.which("openssl") and shutil.which("sha256sum")), reason="no openssl or sha256sum here"
)


def account(office: TestOffice, name: str = "konto", *, ledger: str = LEDGER) -> str:
    office.add_robot(name)
    office.put(name, "bank", BANK)
    office.put(name, "ledger", ledger)
    return name


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> TestOffice:
    """An office with an agreed run, a rejected one and one that broke down; no test changes it."""
    office = TestOffice(tmp_path_factory.mktemp("kontor æøå")).furnish()
    office.run(account(office))
    office.run(account(office, "afvist", ledger=LEDGER.replace("-400,00", "-4OO,00")))
    words = office.folder / "resources" / "reconciliation.resource"
    text = words.read_text("utf-8")
    words.write_text(text.replace("    Write Run Page And Work List", "    Evaluate    1/0"), "utf-8")
    office.run(account(office, "braekker"))
    words.write_text(text, "utf-8")
    return office


@pytest.fixture
def changing(shared: TestOffice, tmp_path: Path) -> TestOffice:
    """A copy of that office, to be tampered with."""
    shutil.copytree(shared.folder, tmp_path / "kontor")
    return TestOffice(tmp_path / "kontor")


def folder_of(office: TestOffice, robot: str) -> Path:
    [found] = (office.data / "koersler" / robot / "2026-10").iterdir()
    return found


def shell(command: str, folder: Path) -> int:
    return subprocess.run(shlex.split(command), cwd=folder, capture_output=True, check=False).returncode


@needs_tools
@pytest.mark.parametrize("robot", ["konto", "afvist", "braekker"])
def test_every_run_is_signed_and_checked_with_standard_tools(shared: TestOffice, robot: str) -> None:
    folder = folder_of(shared, robot)

    assert (shell(SIGNATURE, folder), shell(SUMS, folder)) == (0, 0)
    assert shell(f"{shlex.quote(sys.executable)} -I -S verify.py", folder) == 0


@needs_tools
def test_the_standard_tools_find_a_changed_file_and_a_changed_list(changing: TestOffice) -> None:
    folder = folder_of(changing, "konto")
    (folder / "koersel.html").open("a", encoding="utf-8").write(" ")
    assert shell(SUMS, folder) != 0

    (folder / "SHA256SUMS").open("a", encoding="utf-8").write(f"{'0' * 64}  ny.txt\n")
    assert shell(SIGNATURE, folder) != 0


def test_the_office_knows_its_evidence_and_its_trail(shared: TestOffice) -> None:
    evidence, audit = shared.gevinst("evidence", "verify", "--all"), shared.gevinst("audit", "verify")

    assert (evidence.code, audit.code) == (0, 0), evidence.said + audit.said
    assert evidence.out.count("helt, som det blev forseglet") == 3


def test_a_run_by_plain_robot_is_sealed_when_it_ends(changing: TestOffice) -> None:
    robot = account(changing, "alene")
    suite = [
        "--variable",
        f"ROBOT:{robot}",
        "--variable",
        "PERIOD:2026-10",
        "tasks/bank_reconciliation.robot",
    ]
    subprocess.run(
        [sys.executable, "-m", "robot", "--outputdir", "ud", *suite],
        cwd=changing.folder,
        env=changing.environment(),
        capture_output=True,
        check=False,
    )

    done = changing.gevinst("evidence", "verify", str(changing.folder / "ud"))
    assert done.code == 0, done.said
    assert "log.html" in (changing.folder / "ud" / "SHA256SUMS").read_text("utf-8")
    assert changing.gevinst("audit", "verify", str(changing.folder / "ud")).code == 0


def test_a_run_by_plain_robot_in_the_working_folder_says_why_it_is_not_sealed(changing: TestOffice) -> None:
    robot = account(changing, "alene")
    suite = [
        "--variable",
        f"ROBOT:{robot}",
        "--variable",
        "PERIOD:2026-10",
        "tasks/bank_reconciliation.robot",
    ]
    subprocess.run(
        [sys.executable, "-m", "robot", *suite],
        cwd=changing.folder,
        env=changing.environment(),
        capture_output=True,
        check=False,
    )

    [(detail,)] = changing.database(
        "SELECT detail FROM audit WHERE what = 'run.end' ORDER BY number DESC LIMIT 1"
    )
    assert "--outputdir" in json.loads(detail)["not_sealed"]
    assert not (changing.folder / "SHA256SUMS").exists()


def test_a_pack_is_whole_elsewhere_and_a_changed_one_is_named(changing: TestOffice, tmp_path: Path) -> None:
    run_id = folder_of(changing, "konto").name
    pack = tmp_path / "bevis.zip"
    assert changing.gevinst("evidence", "pack", run_id, "--out", str(pack)).code == 0
    assert changing.gevinst("evidence", "verify", str(pack)).code == 0

    with zipfile.ZipFile(pack, "a") as archive:
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("result.json", "{}")
        archive.writestr("nyt.txt", "x")

    done = changing.gevinst("evidence", "verify", str(pack))
    assert done.code == 3
    assert "result.json er ændret" in done.out
    assert "nyt.txt er lagt til" in done.out


def test_a_pack_is_neither_overwritten_nor_made_of_broken_evidence(
    changing: TestOffice, tmp_path: Path
) -> None:
    run_id = folder_of(changing, "konto").name
    pack = tmp_path / "bevis.zip"
    pack.write_text("en anden fil", "utf-8")
    done = changing.gevinst("evidence", "pack", run_id, "--out", str(pack))
    assert (done.code, pack.read_text("utf-8")) == (6, "en anden fil")
    assert "EVI-006" in done.err

    (folder_of(changing, "konto") / "result.json").unlink()
    done = changing.gevinst("evidence", "pack", run_id, "--out", str(tmp_path / "ny.zip"))
    assert done.code == 3
    assert "result.json mangler" in done.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bevis.zip", "kontor"]


def test_a_public_key_that_the_trail_does_not_know_is_named_and_not_trusted(
    changing: TestOffice, tmp_path: Path
) -> None:
    other = TestOffice(tmp_path / "fremmed").furnish()
    shown = other.gevinst("evidence", "key").out
    strange = next((other.data / "noegler" / "public").iterdir())
    shutil.copy(strange, changing.data / "noegler" / "public")

    done = changing.gevinst("audit", "verify")

    assert strange.stem in shown
    assert done.code == 3
    assert f"kender ikke den offentlige nøgle {strange.stem}" in done.out


def rewrite_trail(office: TestOffice, rows: Sequence[AuditRow]) -> None:
    """Write another trail, whose chain is whole in itself, past the program."""
    with closing(sqlite3.connect(office.data / "gevinst.db")) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM audit")
        connection.executemany(
            "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    row.number,
                    row.at.astimezone(UTC).isoformat(timespec="microseconds"),
                    row.who,
                    row.what,
                    row.subject,
                    json.dumps(dict(row.detail), sort_keys=True, separators=(",", ":")),
                    row.why,
                    row.previous_hash,
                    row.hash,
                )
                for row in rows
            ],
        )
        connection.commit()


def chained(rows: Sequence[AuditRow]) -> list[AuditRow]:
    """The rows with numbers and hashes that fit."""
    made: list[AuditRow] = []
    for number, row in enumerate(rows, start=1):
        draft = replace(row, number=number, previous_hash=made[-1].hash if made else "0" * 64, hash="")
        made.append(replace(draft, hash=row_hash(draft)))
    return made


def trail_of(office: TestOffice) -> list[AuditRow]:
    store = open_store(f"sqlite:///{office.data / 'gevinst.db'}")
    rows = list(store.audit_rows())
    store.close()
    return rows


def test_a_trail_that_was_rewritten_whole_is_found_by_the_anchors(changing: TestOffice) -> None:
    rows = trail_of(changing)
    rewrite_trail(changing, chained([replace(row, who="nobody") for row in rows]))

    done = changing.gevinst("audit", "verify")

    assert done.code == 3
    assert "Revisionssporet er skrevet om eller afkortet" in done.out


def test_a_trail_that_was_cut_is_found_by_the_anchors(changing: TestOffice) -> None:
    rewrite_trail(changing, trail_of(changing)[:3])

    done = changing.gevinst("audit", "verify")

    assert done.code == 3
    assert "afkortet" in done.out


def test_evidence_that_is_gone_or_is_another_is_named(changing: TestOffice) -> None:
    gone, other = folder_of(changing, "konto"), folder_of(changing, "afvist")
    shutil.rmtree(gone)
    manifest = json.loads((other / "manifest.json").read_text("utf-8"))
    (other / "manifest.json").write_text(json.dumps(manifest), "utf-8")

    done = changing.gevinst("audit", "verify")

    assert done.code == 3
    assert f"Beviset for kørsel {gone.name} er væk" in done.out
    assert f"Beviset for kørsel {other.name} er ikke det" in done.out


def test_a_figure_edited_in_the_database_is_named(changing: TestOffice) -> None:
    with closing(sqlite3.connect(changing.data / "gevinst.db")) as connection:
        connection.execute("UPDATE run SET difference = 1 WHERE robot = 'konto'")
        connection.commit()

    done = changing.gevinst("audit", "verify")

    assert done.code == 3
    assert f"Tabellen run er rettet uden om programmet: {folder_of(changing, 'konto').name}" in done.out


def test_a_change_of_robot_or_settings_is_noted_at_the_next_run(changing: TestOffice) -> None:
    rules = changing.folder / "robots" / "konto" / "rules.toml"
    rules.write_text('tolerance_budget = "1,00"\n', "utf-8")
    settings = changing.folder / "gevinst.toml"
    settings.write_text(settings.read_text("utf-8") + "# ny linje\n", "utf-8")

    changing.run("konto")

    acts = [
        row[0]
        for row in changing.database("SELECT what FROM audit WHERE subject IN ('konto', 'gevinst.toml')")
    ]
    assert acts.count("robot.change") == 2
    assert acts.count("settings.change") == 2
    register = json.loads(changing.gevinst("robots", "register", "--json").out)
    [entry] = [one for one in register["robots"] if one["robot"] == "konto"]
    assert entry["changes"][-1]["files"] == ["rules.toml"]


def test_the_trail_is_exported_by_what_is_asked_and_that_is_noted(changing: TestOffice) -> None:
    out = changing.folder / "spor.json"
    done = changing.gevinst(
        "audit", "export", "--robot", "konto", "--what", "run", "--format", "json", "--out", str(out)
    )
    assert done.code == 0, done.said

    rows = json.loads(out.read_text("utf-8"))
    assert [row["what"] for row in rows] == ["run.start", "run.kept", "run.end"]
    assert {row["subject"] for row in rows} == {folder_of(changing, "konto").name}
    [noted] = changing.database("SELECT detail FROM audit WHERE what = 'audit.export'")
    assert json.loads(noted[0]) == {"asked_robot": "konto", "asked_what": "run", "rows": 3}
    assert changing.gevinst("audit", "verify").code == 0


def test_rows_of_another_day_or_person_are_left_out(shared: TestOffice) -> None:
    assert shared.gevinst("audit", "export", "--to", "2020-01-01", "--format", "json").out.strip() == "[]"
    assert shared.gevinst("audit", "export", "--who", "ingen", "--format", "json").out.strip() == "[]"


def test_a_key_that_cannot_be_used_leaves_the_run_unsealed_and_says_so(changing: TestOffice) -> None:
    settings = changing.folder / "gevinst.toml"
    settings.write_text(settings.read_text("utf-8") + '[evidence]\nkey = "mangler.key"\n', "utf-8")

    ran = changing.run("konto")

    assert ran.facts["state"] == "agreed"
    [(detail,)] = changing.database(
        "SELECT detail FROM audit WHERE what = 'run.end' ORDER BY number DESC LIMIT 1"
    )
    assert json.loads(detail)["not_sealed"] == "EVI-001"
    assert "EVI-001" in changing.gevinst("evidence", "key").err


def old_run(office: TestOffice) -> Ran:
    """A run of a period that is long over, and a newer one that goes on from it."""
    robot = account(office, "gammel")
    words = office.folder / "robots" / robot / "robot.toml"
    words.write_text(words.read_text("utf-8").replace('deletion = "5 år"', 'deletion = "1 år"'), "utf-8")
    for period in ("2020-10", "2020-11"):
        for source, text in (("bank", BANK), ("ledger", LEDGER)):
            office.put(
                robot, source, text.replace("2026", "2020").replace("-10-", f"-{period[-2:]}-"), period=period
            )
    first = office.run(robot, period="2020-10")
    office.run(robot, period="2020-11")
    return first


def test_what_is_due_is_deleted_and_the_proof_stays(changing: TestOffice) -> None:
    first = old_run(changing)
    shown = json.loads(changing.gevinst("retention", "--json").out)["due"]
    assert {(one["run"], one["kept_because"]) for one in shown} >= {(first.facts["run_id"], None)}

    done = changing.gevinst("retention", "--carry-out")

    assert done.code == 0, done.said
    left = {path.name for path in first.folder.iterdir()}
    assert {"manifest.json", "SHA256SUMS", "slettet.json", "verify.py"} <= left
    assert not left & {"koersel.html", "result.json", "input", "log.html", "poster_venstre.csv"}
    assert not (changing.data / "ind" / "gammel_bank_2020-10.csv").exists()
    assert (changing.data / "ind" / "gammel_bank_2020-11.csv").exists()
    for command in (
        ["evidence", "verify", "--all"],
        ["audit", "verify"],
        ["runs", "show", first.facts["run_id"]],
    ):
        checked = changing.gevinst(*command)
        assert checked.code == 0, checked.said
    assert shell(f"{shlex.quote(sys.executable)} -I -S verify.py", first.folder) == 0


def test_what_is_held_stays_until_it_is_released(changing: TestOffice) -> None:
    first = old_run(changing)
    assert changing.gevinst("retention", "hold", "gammel").code == 2  # no reason
    assert changing.gevinst("retention", "hold", "ukendt", "--why", "x").code == 2
    assert changing.gevinst("retention", "hold", "gammel", "--why", "Sag hos revisionen").code == 0

    changing.gevinst("retention", "--carry-out")
    assert (first.folder / "koersel.html").exists()
    assert "Sag hos revisionen" in changing.gevinst("retention", "hold").out

    assert changing.gevinst("retention", "release", "gammel", "--why", "Sagen er slut").code == 0
    changing.gevinst("retention", "--carry-out")
    assert not (first.folder / "koersel.html").exists()


def test_evidence_that_is_not_whole_is_not_deleted(changing: TestOffice) -> None:
    first = old_run(changing)
    (first.folder / "koersel.html").write_text("rettet", "utf-8")

    done = changing.gevinst("retention", "--carry-out")

    assert done.code == 6
    assert "EVI-007" in done.err
    assert (first.folder / "input").exists()


def test_encrypted_evidence_is_read_however_it_is_named(changing: TestOffice, tmp_path: Path) -> None:
    key, folder = changing.folder / "laas.key", folder_of(changing, "konto")
    key.write_text("7" * 64, "ascii")
    key.chmod(0o600)
    with (changing.folder / "gevinst.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[evidence]\nencryption_key = "laas.key"\n')

    locked = changing.gevinst("evidence", "lock", str(folder / "input" / ".."))
    shutil.copytree(folder, tmp_path / "kopi")

    assert (locked.code, (folder / "koersel.html").exists()) == (0, False), locked.said
    for place in (folder.name, str(tmp_path / "kopi")):
        assert changing.gevinst("evidence", "verify", place).code == 0
    assert [row.subject for row in trail_of(changing) if row.what == "evidence.lock"] == [folder.name]
