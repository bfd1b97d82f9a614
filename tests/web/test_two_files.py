"""Reconcile two files now: what is taken, what is seen of it, how it is corrected, and who may see it."""

import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gevinst import bootstrap
from gevinst.app.two_files import KEPT, LARGEST, MOST_PAIRS, FileSide, TwoFilesError, Upload
from gevinst.domain.finding import InputRejectedError
from gevinst.domain.robot import Phase
from gevinst.store.uploads import PairFolder, upload_name
from gevinst.web.console import Console
from web.offices import EVERYTHING, Reader, reader

BANK = "Dato;Tekst;Beløb\n05-10-2026;Leje <b>;1.250,00\n16-10-2026;Gebyr;-45,00\n17-10-2026;Salg;300,00\n"
LEDGER = "Bogført;Tekst;Beløb\n05-10-2026;Leje;1.250,00\n17-10-2026;Salg;300,00\n"
UNSURE = "Dato;Tekst;Beløb A;Beløb B\n05-10-2026;Leje;1.250,00;45,00\n16-10-2026;Gebyr;-45,50;33,00\n"
NO_AMOUNT = "Dato;Tekst;Kroner og øre i alt\n15-10-2026;Leje;hej\n"
CPR = "010203-1234"  # no person's: the form of a number


@pytest.fixture
def controller(console: Console) -> Reader:
    return reader(console, "controller")


def sent(someone: Reader, left: str, right: str, names: tuple[str, str] = ("bank.csv", "finans.csv")) -> str:
    """The path of the page of two files."""
    files = {
        side: (name, text.encode(), "text/csv")
        for side, name, text in zip(("left", "right"), names, (left, right), strict=True)
    }
    csrf = someone.csrf("/to-filer")
    answer = someone.client.post("/to-filer", data={"csrf": csrf}, files=files)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_two_files_are_seen_run_and_given_back_as_excel(controller: Reader) -> None:
    path = sent(controller, BANK, LEDGER)
    seen = controller.get(path).text

    assert "Leje &lt;b&gt;" in seen
    assert "1.550,00" in seen  # money in
    assert "Afstem nu" in seen

    run = controller.post(f"{path}/afstem")
    result = controller.get(run.headers["location"]).text
    workbook = controller.get(f"{path}/filer/afstemning.xlsx")
    shown = controller.get(f"{path}/filer/koersel.html")

    assert "Åbne poster" in result
    assert "<iframe" in result
    assert "sandbox" in result
    assert workbook.content[:2] == b"PK"
    assert "attachment" in workbook.headers["content-disposition"]
    assert shown.headers["content-security-policy"].startswith("sandbox")


def test_what_a_file_leaves_open_is_asked_before_it_is_run(controller: Reader) -> None:
    path = sent(controller, UNSURE, LEDGER)
    asked = controller.get(path).text
    refused = controller.post(f"{path}/afstem")

    assert "Hvilken kolonne er beløbet?" in asked
    assert "Afstem nu" not in asked
    assert refused.status_code == 409

    controller.post(f"{path}/ret", **{"left.amount": ["Beløb A", ""]})  # the choice below it stays as found
    assert "Afstem nu" in controller.get(path).text
    assert controller.post(f"{path}/afstem").status_code == 303


def test_columns_are_corrected_and_the_correction_is_taken_back(controller: Reader) -> None:
    two = "Dato;Tekst;Beløb;Moms\n15-10-2026;Leje;1.250,00;250,00\n16-10-2026;Gebyr;-45,00;9,00\n"
    path = sent(controller, two, LEDGER)

    controller.post(f"{path}/ret", **{"left.amount": "Moms"})
    assert "259,00" in controller.get(path).text
    controller.post(f"{path}/ret", forfra="yes")
    assert "1.250,00" in controller.get(path).text


def test_a_file_that_cannot_be_used_says_why_and_can_be_helped(controller: Reader) -> None:
    path = sent(controller, NO_AMOUNT, LEDGER)
    seen = controller.get(path)

    assert seen.status_code == 200
    assert "Filen kan ikke bruges sådan" in seen.text
    controller.post(f"{path}/ret", **{"left.amount": "<script>"})
    assert "<script>alert" not in controller.get(path).text
    assert controller.get(path).status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("bank.exe", b"MZ", "af en anden slags"),
        ("bank.csv", b"", "mangler eller er tom"),
        ("bank.html", b"<p>", "af en anden slags"),
    ],
)
def test_what_is_not_taken_is_refused_with_what_is(
    controller: Reader, name: str, content: bytes, told: str
) -> None:
    files = {"left": (name, content), "right": ("finans.csv", LEDGER.encode())}
    refused = controller.client.post("/to-filer", data={"csrf": controller.csrf("/to-filer")}, files=files)

    assert refused.status_code == 422
    assert told in refused.text


def test_only_who_sent_files_sees_them(console: Console, controller: Reader) -> None:
    path = sent(controller, BANK, LEDGER)
    controller.post(f"{path}/afstem")
    other = reader(console, EVERYTHING)

    for way in ("", "/resultat", "/filer/afstemning.xlsx"):
        assert other.get(f"{path}{way}").status_code == 409
    assert path.rpartition("/")[2] not in other.get("/to-filer").text


@pytest.mark.parametrize("name", ["par.json", "..%2fpar.json", "result.json", "manifest.json"])
def test_no_other_file_is_given_out(controller: Reader, name: str) -> None:
    path = sent(controller, BANK, LEDGER)
    controller.post(f"{path}/afstem")

    assert controller.get(f"{path}/filer/{name}").status_code == 404


def test_the_trail_tells_who_reconciled_which_bytes(console: Console, controller: Reader) -> None:
    path = sent(controller, BANK, LEDGER)
    controller.post(f"{path}/afstem")

    [row] = console.parts.runs.audit_of(["files.reconciled"])
    assert (row.who, row.detail["state"]) == ("controller", "open_items")
    assert len(str(row.detail["left"])) == 64


def test_large_files_are_reconciled_apart_and_in_time(console: Console, controller: Reader) -> None:
    key = sent(controller, BANK, LEDGER).rpartition("/")[2]
    shelf_of = bootstrap.pair_shelf(console.office)
    pair = shelf_of.find("controller", key)
    assert pair

    with pytest.raises(TwoFilesError, match="TWO-010"):
        bootstrap.reconcile_bounded(console.office, console.parts, pair, apart_from=0, seconds=0.01)
    assert shelf_of.find("controller", key) == pair
    bootstrap.reconcile_bounded(console.office, console.parts, pair, apart_from=0)

    done = shelf_of.find("controller", key)
    assert done
    assert done.outcome == "open_items"


def test_a_large_file_that_cannot_be_read_any_more_is_told_of_as_a_small_one(
    console: Console, controller: Reader
) -> None:
    key = sent(controller, BANK, LEDGER).rpartition("/")[2]
    pair = bootstrap.pair_shelf(console.office).find("controller", key)
    assert pair
    pair.path(FileSide.LEFT).write_bytes(b"")
    told = []

    for apart_from in (1_000_000, 0):
        with pytest.raises(InputRejectedError) as refused:
            bootstrap.reconcile_bounded(console.office, console.parts, pair, apart_from=apart_from)
        told.append(refused.value.findings)

    assert told[0] == told[1] != ()


def test_one_person_reconciles_two_files_at_a_time(console: Console, controller: Reader) -> None:
    path = sent(controller, BANK, LEDGER)
    form = {"csrf": controller.csrf("/to-filer")}

    with console.reconciling.enter("controller"):
        waiting = controller.client.post(f"{path}/afstem", data=form)

    assert waiting.status_code == 503
    assert "Der afstemmes allerede" in waiting.text
    assert controller.client.post(f"{path}/afstem", data=form).status_code == 303


# The shelf itself


def shelf(folder: Path, at: datetime = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)) -> PairFolder:
    return PairFolder(data=folder, now=lambda: at)


def uploads(name: str = "bank.csv", content: bytes = b"x") -> dict[FileSide, Upload]:
    return {side: Upload(name=name, content=content) for side in FileSide}


def test_files_are_gone_after_a_day(tmp_path: Path) -> None:
    early = shelf(tmp_path)
    pair = early.keep("controller", uploads())
    late = shelf(tmp_path, pair.made + KEPT)

    assert early.find("controller", pair.key) == pair
    assert late.find("controller", pair.key) is None
    late.forget_old()
    assert list((tmp_path / "to-filer").iterdir()) == []


def test_what_a_writer_that_died_left_is_removed_too(tmp_path: Path) -> None:
    half = tmp_path / "to-filer" / ("x" * 22)
    half.mkdir(parents=True)

    shelf(tmp_path, datetime.now(UTC)).forget_old()
    assert half.exists()
    shelf(tmp_path, datetime.now(UTC) + timedelta(days=2)).forget_old()
    assert not half.exists()


def test_one_person_keeps_no_more_than_the_limit(tmp_path: Path) -> None:
    kept = shelf(tmp_path)
    for _ in range(MOST_PAIRS):
        kept.keep("controller", uploads())

    with pytest.raises(TwoFilesError, match="TWO-004"):
        kept.keep("controller", uploads())
    kept.keep("approver", uploads())


def test_a_file_is_as_large_as_the_limit_and_not_a_byte_more(tmp_path: Path) -> None:
    kept = shelf(tmp_path)
    kept.keep("controller", uploads(content=b"x" * LARGEST))

    with pytest.raises(TwoFilesError, match="TWO-003"):
        kept.keep("controller", uploads(content=b"x" * (LARGEST + 1)))


def test_a_full_disk_leaves_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        shelf(tmp_path).keep("controller", uploads())
    assert list((tmp_path / "to-filer").iterdir()) == []


def test_only_the_program_may_read_the_folder(tmp_path: Path) -> None:
    pair = shelf(tmp_path).keep("controller", uploads())

    assert stat.S_IMODE(pair.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("sent_as", "kept_as"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\x\\bank.csv", "bank.csv"),
        (".htaccess.csv", "htaccess.csv"),
        ("~$bank.xlsx", "bank.xlsx"),
        ("bank\u202evsc.csv", "bank_vsc.csv"),
        ("a" * 200 + ".csv", "a" * 76 + ".csv"),
    ],
)
def test_a_name_is_made_harmless(sent_as: str, kept_as: str) -> None:
    assert upload_name(sent_as).replace("$", "") == kept_as


def test_a_name_holds_no_cpr_number() -> None:
    assert CPR not in upload_name(f"lon {CPR}.csv")


def test_what_was_told_is_kept_with_the_files(tmp_path: Path) -> None:
    kept = shelf(tmp_path)
    pair = kept.keep("controller", uploads())
    kept.note(replace(pair, told={FileSide.LEFT: {"amount": "Moms"}}, same_sign=True))

    found = kept.find("controller", pair.key)
    assert found is not None
    assert (found.told, found.same_sign) == ({FileSide.LEFT: {"amount": "Moms"}}, True)


# A robot of two files

ROBOT = {
    "id": "loenkonto",
    "title": "Lønkonto mod finans",
    "process_owner": "Leder af Regnskab",
    "benefit_owner": "Økonomichef",
    "controller_group": "Regnskab",
    "schedule": "hver bankdag kl. 06.00",
    "minutes": "1,5",
    "period": "2026-10",
}


def test_two_files_become_a_robot_in_trial_that_can_be_run(console: Console, controller: Reader) -> None:
    path = sent(controller, UNSURE, LEDGER)
    controller.post(f"{path}/ret", **{"left.amount": "Beløb A"})

    made = controller.post(f"{path}/robot", **ROBOT)
    robot = bootstrap.robot(console.office, "loenkonto")
    asked = controller.get("/robotter/loenkonto/koer?period=2026-10").text

    assert made.headers["location"] == "/robotter/loenkonto"
    assert (robot.phase, robot.schedule) == (Phase.TRIAL, "hver bankdag kl. 06.00")
    assert "Mangler" not in asked
    [layout] = console.office.layouts.glob("*.toml")
    assert "Beløb A" in layout.read_text("utf-8")
    read = bootstrap.source_reader(console.office)(
        console.office.data / "ind/loenkonto/bank_2026-10.csv", layout=None, mapping=None
    )
    assert read.items["amount"].tolist() == [125_000, -45_50]
    assert [row.who for row in console.parts.runs.audit_of(["robot.made"])] == ["controller"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"id": "../x"}, "MAK-001"),
        ({"id": "hovedkonto"}, "MAK-002"),
        ({"title": " "}, "Udfyld alle felter"),
        ({"minutes": "mange"}, "er ikke minutter"),
        ({"period": "oktober"}, "er ikke en måned"),
        ({"schedule": "en gang imellem"}, "loenkonto"),
    ],
)
def test_a_robot_that_cannot_be_is_not_made_and_what_was_typed_stays(
    console: Console, controller: Reader, wrong: dict[str, str], told: str
) -> None:
    path = sent(controller, BANK, LEDGER)
    refused = controller.post(f"{path}/robot", **{**ROBOT, **wrong})

    assert refused.status_code == 409
    assert told in refused.text
    assert 'value="Økonomichef"' in refused.text
    assert not (console.office.robots / "loenkonto").exists()


def test_a_full_disk_is_told_as_such_and_the_files_stay(
    controller: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sent(controller, BANK, LEDGER)
    csrf = controller.csrf("/to-filer")

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        files = {side: (f"{side}.csv", BANK.encode()) for side in ("left", "right")}
        sending = controller.client.post("/to-filer", data={"csrf": csrf}, files=files)
    with monkeypatch.context() as patch:
        patch.setattr("gevinst.bootstrap.two_files.replace_reports", full)
        running = controller.post(f"{path}/afstem")

    assert (sending.status_code, running.status_code) == (422, 409)
    assert "No space left on device" in sending.text
    assert "No space left on device" in running.text
    assert controller.post(f"{path}/afstem").status_code == 303


def test_files_that_cannot_be_used_yet_become_no_robot(console: Console, controller: Reader) -> None:
    path = sent(controller, NO_AMOUNT, LEDGER)
    controller.post(f"{path}/ret", **{"left.text": "Tekst"})
    refused = controller.post(f"{path}/robot", **ROBOT)

    assert refused.status_code == 409
    assert not (console.office.robots / "loenkonto").exists()
