"""The inbox: what lies in drop folders, what became of it, and how a person helps a file on its way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from gevinst import bootstrap
from gevinst.domain.arrival import Arrival, ArrivalState
from gevinst.domain.run import Environment, RunState
from gevinst.runner.inbox_folder import InboxFolder
from gevinst.web.console import Console
from runs import a_run, kept
from unattended import an_order
from web.offices import Reader, reader

ARRIVAL = '\n[arrival]\nfolder = "indbakke/hovedkonto"\nsource = "bank"\npattern = "*.xml"\n'
CAME = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def box(console: Console) -> Path:
    """The drop folder of the main account's robot."""
    passport = console.office.robots / "hovedkonto" / "robot.toml"
    passport.write_text(passport.read_text("utf-8") + ARRIVAL, "utf-8")
    folder = console.office.data / "indbakke" / "hovedkonto"
    for name in ("ind", "fejl"):
        (folder / name).mkdir(parents=True)
    return folder


def refused(console: Console, box: Path) -> Arrival:
    """A file that its run could not use."""
    run = kept(console.parts.runs, replace(a_run("run-9"), summary="Linje 3 <b>"), RunState.REJECTED)
    path = box / "fejl" / "udtog-2.xml"
    path.write_text("<x/>", "utf-8")
    one = Arrival(
        robot="hovedkonto",
        sha256="a" * 64,
        name="udtog.xml",
        source="bank",
        path=str(path),
        run_id=run.run_id,
        state=ArrivalState.TAKEN,
        arrived=CAME,
    )
    fence = console.parts.clock.lead("clock", lease=timedelta(minutes=5))
    assert fence
    console.parts.arrivals.take(fence, one, replace(an_order(1, robot="hovedkonto"), run_id=run.run_id))
    console.parts.arrivals.settle(one, ArrivalState.REFUSED, one.path)
    return one


def send(someone: Reader, name: str, content: bytes = b"<x/>") -> int:
    csrf = someone.csrf("/indbakke")
    answer = someone.client.post(
        "/indbakke/hovedkonto/upload", data={"csrf": csrf}, files={"fil": (name, content)}
    )
    return int(answer.status_code)


def test_an_office_without_drop_folders_is_told_how_to_get_one(console: Console) -> None:
    assert "[arrival]" in reader(console, "operator").get("/indbakke").text


def test_each_file_that_waits_says_what_it_waits_for(console: Console, box: Path) -> None:
    for name, content in {"a.xml": "x", "b.xml": "", "c.xml.part": "x", "d.csv": "x"}.items():
        (box / "ind" / name).write_text(content, "utf-8")

    shown = reader(console, "auditor").get("/indbakke").text

    for words in ("ikke har ændret sig", "Tom. Den tages", "Skrives stadig", "Navnet passer ikke"):
        assert words in shown
    assert "<form" not in shown.split("<main")[1]


def test_a_refused_file_says_why_and_is_tried_again(console: Console, box: Path) -> None:
    one = refused(console, box)
    operator = reader(console, "operator")
    shown = operator.get("/indbakke").text

    assert "Linje 3 &lt;b&gt;" in shown
    assert 'href="/koersler/run-9"' in shown

    done = operator.post("/indbakke/hovedkonto/igen", fil=one.sha256)
    assert done.headers["location"] == "/indbakke?told=again"
    assert [path.name for path in (box / "ind").iterdir()] == ["udtog.xml"]
    assert operator.post("/indbakke/hovedkonto/igen", fil=one.sha256).status_code == 409
    assert [row.what for row in console.parts.runs.audit_of(["file.again"])] == ["file.again"]


def test_who_may_not_help_a_file_cannot(console: Console, box: Path) -> None:
    one = refused(console, box)

    assert reader(console, "controller").post("/indbakke/hovedkonto/igen", fil=one.sha256).status_code == 403
    assert send(reader(console, "auditor"), "a.xml") == 403


def test_a_file_is_put_in_the_folder_and_never_over_another(console: Console, box: Path) -> None:
    operator = reader(console, "operator")

    assert [send(operator, "../../udtog.xml"), send(operator, "udtog.xml")] == [303, 303]
    assert sorted(path.name for path in (box / "ind").iterdir()) == ["udtog-2.xml", "udtog.xml"]
    [row, _] = console.parts.runs.audit_of(["file.upload"])
    assert (row.who, row.subject) == ("operator", "hovedkonto")


@pytest.mark.parametrize(
    ("name", "content"), [("udtog.csv", b"x"), ("udtog.xml", b""), (".xml", b"x"), ("a.xml.part", b"x")]
)
def test_a_file_that_would_not_be_taken_is_refused(
    console: Console, box: Path, name: str, content: bytes
) -> None:
    assert send(reader(console, "operator"), name, content) == 409
    assert list((box / "ind").iterdir()) == []


def test_a_robot_without_a_drop_folder_takes_none(console: Console) -> None:
    operator = reader(console, "operator")

    assert operator.post("/indbakke/hovedkonto/igen", fil="x").status_code == 404
    assert operator.post("/indbakke/ukendt/igen", fil="x").status_code == 404


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        InboxFolder(folder=tmp_path, pattern="*").put("a.xml", b"x")
    assert list((tmp_path / "ind").iterdir()) == []


def test_only_files_of_its_own_refused_folder_are_put_back(tmp_path: Path) -> None:
    other = tmp_path / "andet" / "hemmelig.xml"
    other.parent.mkdir()
    other.write_text("x", "utf-8")
    (tmp_path / "fejl").mkdir()
    (tmp_path / "fejl" / "link.xml").symlink_to(other)
    box = InboxFolder(folder=tmp_path, pattern="*")

    assert not box.put_back(str(other), "hemmelig.xml")
    assert not box.put_back(str(tmp_path / "fejl" / "link.xml"), "link.xml")
    assert other.exists()


def test_a_folder_that_cannot_be_written_is_told_as_such(
    console: Console, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    operator = reader(console, "operator")
    csrf = operator.csrf("/indbakke")
    monkeypatch.setattr(Path, "write_bytes", full)
    answer = operator.client.post(
        "/indbakke/hovedkonto/upload", data={"csrf": csrf}, files={"fil": ("a.xml", b"x")}
    )

    assert answer.status_code == 409
    assert "No space left on device" in answer.text
    assert list((box / "ind").iterdir()) == []


def corrected(console: Console, box: Path) -> str:
    """A file for October, which is done; its hash."""
    done = replace(a_run("run-8"), environment=Environment.PRODUCTION)
    kept(console.parts.runs, done, RunState.AGREED)
    path = box / "behandles" / "udtog_2026-10.xml"
    path.parent.mkdir()
    path.write_text("<ny/>", "utf-8")
    return sha256(b"<ny/>").hexdigest()


def test_a_corrected_file_is_shown_first_and_runs_on_a_persons_word(console: Console, box: Path) -> None:
    digest = corrected(console, box)
    operator = reader(console, "operator")
    shown = operator.get("/indbakke").text
    assert "Rettet fil: venter på dig" in shown
    assert 'href="/koersler/run-8"' in shown

    assert operator.post("/indbakke/hovedkonto/rettet", fil=digest, act="take").status_code == 409
    done = operator.post("/indbakke/hovedkonto/rettet", fil=digest, act="take", hvorfor="Ny fra banken")

    assert done.headers["location"] == "/indbakke?told=take"
    [ticket] = bootstrap.queue(console.parts).tickets()
    assert (ticket.order.robot, ticket.order.period) == ("hovedkonto", "2026-10")
    assert "Rettet fil" not in operator.get("/indbakke").text
    again = operator.post("/indbakke/hovedkonto/rettet", fil=digest, act="refuse", hvorfor="Fortrudt")
    assert again.status_code == 409


def test_a_corrected_file_is_put_away_by_one_who_may_run(console: Console, box: Path) -> None:
    digest = corrected(console, box)
    answer = {"fil": digest, "act": "refuse", "hvorfor": "Forkert konto"}

    assert reader(console, "auditor").post("/indbakke/hovedkonto/rettet", **answer).status_code == 403
    done = reader(console, "operator").post("/indbakke/hovedkonto/rettet", **answer)

    assert done.headers["location"] == "/indbakke?told=refuse"
    assert (box / "fejl" / "udtog_2026-10.xml").read_text("utf-8") == "<ny/>"
