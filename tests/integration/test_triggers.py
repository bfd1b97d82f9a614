"""What starts robots besides time: other robots, and files that arrive; and what has not come."""

import os
from collections.abc import Container, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from gevinst.app.arrivals import Arrivals, file_of, has_come
from gevinst.app.chains import Chains
from gevinst.app.deadlines import Deadlines
from gevinst.app.item_watch import ItemWatch
from gevinst.app.queue_port import LostLeadError
from gevinst.app.retry import retry
from gevinst.bootstrap import triggers
from gevinst.domain.alarm import AlarmKind
from gevinst.domain.arrival import ArrivalState, DropFolder, period_in
from gevinst.domain.chain import After, loop_from
from gevinst.domain.occurrence import OccurrenceState, Reason
from gevinst.domain.queue import Ticket
from gevinst.domain.robot import Phase, Robot, Source
from gevinst.domain.run import Environment, RunState, Trigger
from gevinst.domain.work_item import NewItem
from gevinst.runner.drop_folder import DropFolderOnDisk
from unattended import Installation, SetClock, a_robot

LEASE = timedelta(minutes=10)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Installation]:
    """An installation without robots, whose clock leads."""
    made = Installation(f"sqlite:///{(tmp_path / 'store.db').as_posix()}", tmp_path)
    assert fence(made) == 1
    yield made
    made.close()


def fence(office: Installation) -> int:
    found = office.parts.clock.lead("clock1", lease=LEASE)
    assert found is not None
    return found


def offered(office: Installation) -> list[Ticket]:
    return list(office.queue.tickets())[::-1]


# After another robot


def follower(*robots: str, states: frozenset[RunState] = frozenset({RunState.AGREED})) -> Robot:
    return replace(a_robot("samler", ""), after=After(robots=robots, states=states))


def chains(office: Installation, *robots: Robot, paused: Container[str] = ()) -> Chains:
    return Chains(
        book=office.parts.clock,
        queue=office.queue,
        store=office.parts.runs,
        robots=lambda: robots,
        paused=lambda robot: robot in paused,
        now=office.now,
    )


def ran(
    office: Installation,
    robot: str,
    state: RunState = RunState.AGREED,
    *,
    environment: Environment = Environment.TRIAL,
) -> None:
    office.now.forward(minutes=10)  # type: ignore[attr-defined] # a SetClock
    run = office.started_by_hand(robot, environment)
    office.run_finished(run, state)


def test_a_robot_runs_once_after_all_it_waits_for_have_ended(office: Installation) -> None:
    chain = chains(office, follower("bank", "skat"))
    chain.look(1)

    ran(office, "bank")
    chain.look(1)
    assert offered(office) == []
    ran(office, "skat")
    chain.look(1)
    chain.look(1)

    [ticket] = offered(office)
    assert (ticket.order.trigger, ticket.order.triggered_by) == (Trigger.AFTER, "bank, skat")
    assert ticket.order.period == "2026-10"


def test_the_next_time_it_waits_for_all_of_them_again(office: Installation) -> None:
    chain = chains(office, follower("bank", "skat"))
    chain.look(1)
    for robot in ("bank", "skat", "bank"):
        ran(office, robot)
        chain.look(1)
    assert len(offered(office)) == 1

    ran(office, "skat")
    chain.look(1)

    assert len(offered(office)) == 2


def test_an_end_that_is_not_named_starts_nothing(office: Installation) -> None:
    chain = chains(office, follower("bank"))
    chain.look(1)

    ran(office, "bank", RunState.OPEN_ITEMS)
    ran(office, "bank", RunState.FAILED)
    chain.look(1)

    assert offered(office) == []


def test_what_ended_before_the_chain_was_made_starts_nothing(office: Installation) -> None:
    ran(office, "bank")
    chain = chains(office, follower("bank"))
    chain.look(1)
    chain.look(1)

    assert offered(office) == []


def test_a_trial_starts_no_run_of_a_robot_in_production(office: Installation) -> None:
    robot = replace(follower("bank"), phase=Phase.PRODUCTION)
    chain = chains(office, robot)
    chain.look(1)

    ran(office, "bank")
    chain.look(1)
    assert offered(office) == []
    ran(office, "bank", environment=Environment.PRODUCTION)
    ran(office, "bank")
    chain.look(1)

    assert len(offered(office)) == 1


def test_a_pause_leaves_a_run_out_and_says_so(office: Installation) -> None:
    paused = {"samler"}
    chain = chains(office, follower("bank"), paused=paused)
    chain.look(1)
    ran(office, "bank")
    [left_out] = chain.look(1)
    paused.clear()
    chain.look(1)

    assert (left_out.state, left_out.reason) == (OccurrenceState.SKIPPED, Reason.PAUSED)
    assert offered(office) == []
    ran(office, "bank")
    chain.look(1)
    assert len(offered(office)) == 1


def test_a_clock_that_lost_its_lead_offers_nothing(office: Installation) -> None:
    chain = chains(office, follower("bank"))
    chain.look(1)
    ran(office, "bank")

    with pytest.raises(LostLeadError):
        chain.look(7)
    assert offered(office) == []


def test_robots_that_wait_for_each_other_are_named() -> None:
    after = {"a": ["b"], "b": ["x", "c"], "c": ["a"], "x": []}

    assert loop_from("a", after) == ("a", "b", "c", "a")
    assert loop_from("x", after) == ()
    assert loop_from("a", {"a": ["a"]}) == ("a", "a")


# On a file's arrival


@pytest.fixture
def paused() -> set[str]:
    """Robots that a person has paused."""
    return set()


@pytest.fixture
def arrivals(office: Installation, paused: set[str]) -> Arrivals:
    """What looks at the drop folder of one robot."""
    robot = replace(
        a_robot("bank", ""), arrival=DropFolder(folder="indbakke", source="bank", pattern="*.xml")
    )
    drop = DropFolderOnDisk(folder=office.folder / "indbakke", pattern="*.xml", now=office.now)
    told: list[str] = []
    made = Arrivals(
        book=office.parts.arrivals,
        queue=office.queue,
        store=office.parts.runs,
        alarms=office.parts.alarms,
        robots=lambda: [robot],
        drop=lambda _: drop,
        paused=lambda robot: robot in paused,
        now=office.now,
        told=lambda _, name: told.append(name),
    )
    made.look(1)
    return made


def put(
    office: Installation, name: str = "udtog_2026-09.xml", text: str = "<a/>", *, folder: str = "indbakke"
) -> Path:
    path = office.folder / folder / "ind" / name
    path.write_text(text, encoding="utf-8")
    return path


def asking(arrivals: Arrivals, office: Installation, *names: str) -> Arrivals:
    """Robots that have done October in production, each with a folder of its name."""
    folders = {name: DropFolder(folder=name, source="bank", pattern="*.xml") for name in names}
    robots = [
        replace(a_robot(name, ""), phase=Phase.PRODUCTION, arrival=arrival)
        for name, arrival in folders.items()
    ]
    drops = {
        name: DropFolderOnDisk(folder=office.folder / name, pattern="*.xml", now=office.now) for name in names
    }
    for name in names:
        ran(office, name, environment=Environment.PRODUCTION)
    made = replace(arrivals, robots=lambda: robots, drop=lambda robot: drops[robot.id])
    made.look(1)
    return made


def inside(office: Installation) -> list[str]:
    folder = office.folder / "indbakke"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def looked(arrivals: Arrivals, office: Installation, times: int = 2) -> None:
    for _ in range(times):
        office.now.forward(seconds=2)  # type: ignore[attr-defined] # a SetClock
        arrivals.look(1)


def ends_as(office: Installation, state: RunState) -> None:
    office.worker(lambda run, *_: office.run_as(run, state)).drain()


def test_a_file_that_stands_still_starts_a_run_of_its_month(arrivals: Arrivals, office: Installation) -> None:
    put(office)
    looked(arrivals, office, 1)
    assert offered(office) == []
    looked(arrivals, office)

    [ticket] = offered(office)
    assert (ticket.order.trigger, ticket.order.period) == (Trigger.FILE, "2026-09")
    assert inside(office) == ["behandles/udtog_2026-09.xml"]
    arrival = file_of(ticket, office.parts.arrivals, office.queue)
    assert arrival is not None
    assert (arrival.source, Path(arrival.path).read_text(encoding="utf-8")) == ("bank", "<a/>")


def test_a_file_of_a_paused_robot_waits_where_it_is(
    arrivals: Arrivals, office: Installation, paused: set[str]
) -> None:
    paused.add("bank")
    put(office)
    looked(arrivals, office, 3)
    assert (offered(office), inside(office)) == ([], ["ind/udtog_2026-09.xml"])

    paused.clear()
    looked(arrivals, office)
    assert len(offered(office)) == 1


def test_a_file_that_still_grows_is_left(arrivals: Arrivals, office: Installation) -> None:
    for length in range(1, 5):
        put(office, text="<a/>" * length)
        looked(arrivals, office, 1)

    assert (offered(office), inside(office)) == ([], ["ind/udtog_2026-09.xml"])


@pytest.mark.parametrize(
    "name", ["~$udtog.xml", "udtog.xml.filepart", "udtog.xml.tmp", ".udtog.xml", "notat.txt"]
)
def test_a_file_that_is_being_written_or_is_another_kind_is_left(
    arrivals: Arrivals, office: Installation, name: str
) -> None:
    put(office, name)
    looked(arrivals, office, 3)

    assert inside(office) == [f"ind/{name}"]


@pytest.mark.skipif(os.name == "nt", reason="Windows needs a right to make links")
def test_a_link_is_not_followed(arrivals: Arrivals, office: Installation) -> None:
    (office.folder / "secret.xml").write_text("<a/>", encoding="utf-8")
    (office.folder / "indbakke" / "ind" / "link.xml").symlink_to(office.folder / "secret.xml")
    looked(arrivals, office, 3)

    assert offered(office) == []


def test_a_used_file_goes_to_the_archive_and_is_not_used_again(
    arrivals: Arrivals, office: Installation
) -> None:
    put(office)
    looked(arrivals, office)
    ends_as(office, RunState.OPEN_ITEMS)
    looked(arrivals, office)
    put(office, "samme_igen.xml")
    looked(arrivals, office, 3)

    assert inside(office) == ["arkiv/2026/11/samme_igen.xml", "arkiv/2026/11/udtog_2026-09.xml"]
    assert len(offered(office)) == 1
    assert [row.what for row in office.parts.runs.audit_rows()].count("file.seen") == 1


def test_a_file_that_could_not_be_used_may_come_again(arrivals: Arrivals, office: Installation) -> None:
    put(office)
    looked(arrivals, office)
    ends_as(office, RunState.REJECTED)
    looked(arrivals, office)
    assert inside(office) == ["fejl/udtog_2026-09.xml"]

    put(office)
    looked(arrivals, office)

    assert len(offered(office)) == 2
    assert inside(office) == ["behandles/udtog_2026-09.xml", "fejl/udtog_2026-09.xml"]


def test_a_file_that_was_claimed_when_the_clock_died_is_found_again(
    arrivals: Arrivals, office: Installation
) -> None:
    put(office).rename(office.folder / "indbakke" / "behandles" / "udtog_2026-09.xml")
    looked(arrivals, office, 1)

    assert len(offered(office)) == 1


def test_two_files_of_one_name_are_both_kept(arrivals: Arrivals, office: Installation) -> None:
    for text in ("<a/>", "<b/>"):
        put(office, text=text)
        looked(arrivals, office)

    assert inside(office) == ["behandles/udtog_2026-09-2.xml", "behandles/udtog_2026-09.xml"]
    assert len(offered(office)) == 2


def test_a_run_again_has_the_same_file(arrivals: Arrivals, office: Installation) -> None:
    put(office)
    looked(arrivals, office)
    ends_as(office, RunState.REJECTED)
    looked(arrivals, office)
    [ticket] = offered(office)
    again = retry(
        office.queue,
        office.parts.runs,
        office.parts.deliveries,
        str(ticket.number),
        who="controller",
        at=office.now(),
        checked=False,
    )

    arrival = file_of(office.queue.find(again.run_id), office.parts.arrivals, office.queue)

    assert arrival is not None
    assert (arrival.state, Path(arrival.path).is_file()) == (ArrivalState.REFUSED, True)


def test_the_month_of_a_file_is_in_its_name_or_the_one_before() -> None:
    today = datetime(2026, 11, 2, tzinfo=UTC).date()

    assert [
        period_in(name, today) for name in ("udtog_2026-09.xml", "k202608.txt", "4110202609.csv", "a.xml")
    ] == [
        "2026-09",
        "2026-08",
        "2026-10",
        "2026-10",
    ]


def test_a_refused_file_that_cannot_be_put_away_is_not_worked_on_again(
    arrivals: Arrivals, office: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def open_elsewhere(path: Path, target: Path) -> Path:
        if target.parent.name == "fejl":
            raise PermissionError(13, "open elsewhere", str(path))
        return rename(path, target)

    put(office)
    looked(arrivals, office)
    ends_as(office, RunState.REJECTED)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", open_elsewhere)
        looked(arrivals, office, 3)
    tickets = offered(office)
    looked(arrivals, office)

    assert len(tickets) == 1
    assert [one.kind for one in office.parts.alarms.alarms()] == [AlarmKind.NO_FOLDER]
    assert inside(office) == ["fejl/udtog_2026-09.xml"]


def test_a_folder_that_is_away_stops_no_other_robots_files(arrivals: Arrivals, office: Installation) -> None:
    both = asking(arrivals, office, "bank", "skat")
    (office.folder / "bank" / "ind").rmdir()
    (office.folder / "bank" / "ind").touch()
    put(office, folder="skat")
    looked(both, office)

    assert [one.order.robot for one in offered(office)] == ["skat"]
    [alarm] = office.parts.alarms.alarms()
    assert (alarm.kind, alarm.subject) == (AlarmKind.NO_FOLDER, str(office.folder / "bank" / "ind"))


def test_the_same_corrected_file_of_two_robots_calls_a_person_to_each(
    arrivals: Arrivals, office: Installation
) -> None:
    both = asking(arrivals, office, "bank", "skat")
    for name in ("bank", "skat"):
        put(office, "udtog_2026-10.xml", folder=name)
    looked(both, office, 3)

    alarms = office.parts.alarms.alarms()
    assert {(one.kind, one.robot, one.count) for one in alarms} == {
        (AlarmKind.CORRECTED, "bank", 1),
        (AlarmKind.CORRECTED, "skat", 1),
    }


def test_a_file_that_was_refused_and_comes_again_calls_a_person_again(
    arrivals: Arrivals, office: Installation
) -> None:
    bank = asking(arrivals, office, "bank")
    for _ in range(2):
        put(office, "udtog_2026-10.xml", folder="bank")
        looked(bank, office, 3)
        [alarm] = office.parts.alarms.alarms()
        office.parts.alarms.close_alarm(alarm.number, by="controller", why="nej", at=office.now())
        looked(bank, office)
        assert office.parts.alarms.alarms() == []
        [waits] = (office.folder / "bank" / "behandles").iterdir()
        waits.rename(office.folder / waits.name)
        looked(bank, office)


def test_a_file_without_a_month_waits_for_the_one_in_which_a_person_was_called(
    arrivals: Arrivals, office: Installation
) -> None:
    bank = asking(arrivals, office, "bank")
    put(office, "udtog.xml", folder="bank")
    looked(bank, office)
    [alarm] = office.parts.alarms.alarms()
    office.parts.alarms.close_alarm(alarm.number, by="controller", why="set", at=office.now())
    office.now.forward(days=30)  # type: ignore[attr-defined] # a SetClock
    looked(bank, office)

    assert (alarm.kind, offered(office)) == (AlarmKind.CORRECTED, [])


# What has not come


def test_a_file_has_come_for_the_month_that_its_run_was_for_unless_it_could_not_be_used(
    arrivals: Arrivals, office: Installation
) -> None:
    office.now.moment = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # type: ignore[attr-defined] # in December here
    put(office, "udtog.xml")
    looked(arrivals, office)

    [ticket] = offered(office)
    assert ticket.order.period == "2026-11"
    assert has_come(office.parts.arrivals, "bank", "bank", "2026-11")
    assert not has_come(office.parts.arrivals, "bank", "bank", "2026-10")

    ends_as(office, RunState.REJECTED)
    looked(arrivals, office)
    assert not has_come(office.parts.arrivals, "bank", "bank", "2026-11")


def test_a_file_that_has_not_come_by_its_deadline_is_told_once(office: Installation) -> None:
    source = Source(name="bank", path="ind/bank_{period}.xml", deadline="1st bank day 09:00")
    there: list[str] = []
    deadlines = Deadlines(
        alarms=office.parts.alarms,
        robots=lambda: [replace(a_robot("bank", ""), sources={"bank": source})],
        firings=partial(triggers._deadline_firings, frozenset()),
        has_come=lambda _robot, _source, period: period in there,
        now=office.now,
    )
    deadlines.look()
    [alarm] = office.parts.alarms.alarms()
    assert (alarm.kind, alarm.detail) == (AlarmKind.FILE_LATE, "bank 2026-10")

    office.parts.alarms.close_alarm(alarm.number, by="controller", why="", at=office.now())
    deadlines.look()
    assert office.parts.alarms.alarms() == []

    there.append("2026-11")
    office.now.forward(days=29)  # type: ignore[attr-defined] # a SetClock
    deadlines.look()
    assert office.parts.alarms.alarms() == []


def test_items_beyond_their_deadline_are_told_once(office: Installation) -> None:
    watch = ItemWatch(book=office.parts.items, alarms=office.parts.alarms, now=SetClock())
    old = datetime(2026, 1, 1, tzinfo=UTC)
    office.parts.items.add(NewItem(queue="faktura", key="F-1", payload="{}", deadline=old))
    watch.look()
    watch.look()

    [alarm] = office.parts.alarms.alarms()
    assert (alarm.kind, alarm.count) == (AlarmKind.ITEMS_LATE, 1)
