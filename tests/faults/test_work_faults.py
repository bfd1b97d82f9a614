"""What a worker does with the ways in which a run can end, and with a database that does not answer."""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from gevinst.app.alarms import Watchman
from gevinst.app.office import ConfigurationError
from gevinst.app.ports import StoreShareError
from gevinst.app.queue_port import DeliveryState, UpkeepError
from gevinst.domain.alarm import Alarm, AlarmKind
from gevinst.domain.queue import TicketState, lane_of
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run, RunState
from gevinst.runner.heartbeat import Heartbeat
from gevinst.store import open_parts, shares, upkeep
from gevinst.store.engine import Database
from unattended import NO_FILE, NOON, Installation, SetClock, a_robot, an_order


def ends_as(office: Installation, state: RunState, summary: str = "") -> Callable[..., Run]:
    def run(started: Run, robot: Robot, stopping: Callable[[], bool]) -> Run:
        del robot, stopping
        return office.run_as(started, state, summary)

    return run


def rung(office: Installation) -> list[AlarmKind]:
    return [alarm.kind for alarm in office.parts.alarms.alarms()]


@pytest.mark.parametrize(
    ("state", "summary", "ticket", "failures"),
    [
        (RunState.AGREED, "", TicketState.DONE, 0),
        (RunState.OPEN_ITEMS, "", TicketState.DONE, 0),
        (RunState.REJECTED, "", TicketState.DONE, 0),
        (RunState.STOPPED, "", TicketState.STOPPED, 0),
        (RunState.FAILED, "failure.broke_down", TicketState.WAITING, 1),
        (RunState.FAILED, "failure.timeout", TicketState.FAILED, 0),
    ],
)
def test_fault_28_only_a_technical_failure_is_tried_again(
    office: Installation, state: RunState, summary: str, ticket: TicketState, failures: int
) -> None:
    office.queue.offer(an_order(1))

    office.worker(ends_as(office, state, summary)).drain()

    found = office.queue.find("run1")
    assert (found.state, found.failures) == (ticket, failures)
    assert (found.not_before > found.offered + timedelta(seconds=20)) == bool(failures)


@pytest.mark.parametrize(("summary", "attempts"), [("failure.broke_down", 3), ("failure.killed", 2)])
def test_fault_21_27_a_failure_that_lasts_is_given_up_and_told_once(
    office: Installation, monkeypatch: pytest.MonkeyPatch, summary: str, attempts: int
) -> None:
    monkeypatch.setattr("gevinst.app.work.wait_before", lambda failures: timedelta(0) * failures)
    office.robots = [a_robot("robot1", "", retries=2)]
    office.queue.offer(an_order(1))

    office.worker(ends_as(office, RunState.FAILED, summary)).drain()

    assert office.queue.find("run1").state is TicketState.FAILED
    assert len(office.parts.runs.list()) == attempts
    [alarm] = office.parts.alarms.alarms()
    assert (alarm.kind, alarm.count) == (AlarmKind.FAILED, 1)


def test_a_run_whose_file_had_not_come_is_told_and_not_tried_again(office: Installation) -> None:
    office.queue.offer(an_order(1))

    office.worker(ends_as(office, RunState.REJECTED, NO_FILE)).drain()

    assert (office.queue.find("run1").state, rung(office)) == (TicketState.DONE, [AlarmKind.NO_FILE])


def test_a_robot_that_cannot_be_read_is_given_up_and_told(office: Installation) -> None:
    def refuses(*_: object) -> Run:
        raise ConfigurationError("CFG-008", robot="robot1", missing="passport")

    office.queue.offer(an_order(1))
    office.worker(refuses).drain()

    assert (office.queue.find("run1").state, rung(office)) == (TicketState.FAILED, [AlarmKind.FAILED])


def test_a_run_that_someone_started_by_hand_is_waited_for(office: Installation) -> None:
    order = an_order(1)
    twin = office.started_by_hand(order.robot)
    office.queue.offer(order)

    office.worker().drain()

    ticket = office.queue.find("run1")
    assert (ticket.state, ticket.failures, ticket.outcome) == (TicketState.WAITING, 0, "STO-001")
    assert office.parts.runs.find(twin.run_id) == twin


def test_fault_25_a_stopped_run_ends_and_is_not_tried_again(office: Installation) -> None:
    office.queue.offer(an_order(1))

    def runs_until_stopped(started: Run, robot: Robot, stopping: Callable[[], bool]) -> Run:
        del robot
        office.parts.runs.start(started)
        office.queue.stop(office.queue.find("run1").number, by="controller")
        until = time.monotonic() + 10
        while not stopping() and time.monotonic() < until:
            time.sleep(0.05)
        office.run_finished(started, RunState.STOPPED)
        raise KeyboardInterrupt

    office.worker(runs_until_stopped).drain()

    ticket = office.queue.find("run1")
    assert (ticket.state, ticket.stop_by) == (TicketState.STOPPED, "controller")


def test_fault_31_a_worker_with_busy_slots_keeps_its_leases(office: Installation) -> None:
    lease = timedelta(seconds=2)
    office.queue.offer(an_order(1))
    claim = office.queue.claim("w1", capabilities=(), lease=lease)
    assert claim is not None
    beat = Heartbeat(queue=office.queue, owner="w1", lease=lease, errors=(OperationalError,)).start()
    held = beat.hold(claim)

    for _ in range(12):
        time.sleep(0.4)
        assert office.queue.lapsed(lease=lease) == []

    assert not held.must_end
    beat.close()


def test_a_worker_that_lost_its_lease_is_told_to_end_its_run(office: Installation) -> None:
    lease = timedelta(seconds=1)
    office.queue.offer(an_order(1))
    claim = office.queue.claim("w1", capabilities=(), lease=lease)
    assert claim is not None
    beat = Heartbeat(queue=office.queue, owner="w1", lease=lease, errors=(OperationalError,)).start()
    held = beat.hold(claim)
    office.queue.fail(claim, "failure.gone", again_in=timedelta(0))

    until = time.monotonic() + 10
    while not held.must_end and time.monotonic() < until:
        time.sleep(0.05)

    assert held.void
    beat.close()


def test_fault_10_a_full_disk_loses_nothing_and_the_worker_goes_on_when_there_is_room(
    office: Installation,
) -> None:
    office.queue.offer(an_order(1))
    with office.parts.queue._database.writing() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    path = Path(str(office.parts.queue._database.url.database))
    full = Database(f"sqlite:///{path.as_posix()}")
    with full.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        many = [(f"r{number}", "x" * 500, "2026") for number in range(10_000)]
        with pytest.raises(OperationalError, match="full"):
            connection.exec_driver_sql("INSERT INTO clock_seen VALUES (?, ?, ?)", many)
        connection.rollback()
    full.engine.dispose()

    office.worker().drain()

    assert office.queue.find("run1").state is TicketState.DONE
    assert upkeep.check(office.url).problems == []


def test_fault_10_a_delivery_on_a_full_disk_leaves_no_file(office: Installation) -> None:
    run = office.started_by_hand("robot1")

    def full(path: Path, content: bytes) -> None:
        path.write_bytes(content[:3])
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        office.outbox(write=full).deliver(
            b"100 lines", office.folder / "journal.txt", key="k", run_id=run.run_id, control_total=0
        )

    assert list(office.folder.glob("*journal*")) == []
    assert [one.state for one in office.parts.deliveries.deliveries()] == [DeliveryState.DROPPED]


def test_fault_18_a_worker_waits_for_another_that_holds_the_database(office: Installation) -> None:
    office.queue.offer(an_order(1))
    worker = office.worker().start()
    with office.parts.queue._database.writing():
        time.sleep(2)
    until = time.monotonic() + 20
    while office.queue.find("run1").state is not TicketState.DONE and time.monotonic() < until:
        time.sleep(0.1)
    worker.stop(at_once=True)

    assert office.queue.find("run1").state is TicketState.DONE


def test_fault_34_a_backup_is_whole_while_others_write_and_comes_back(
    office: Installation, tmp_path: Path
) -> None:
    office.queue.offer(an_order(1))
    office.worker().drain()
    made = upkeep.backup(office.url, tmp_path / "backup" / "gevinst.db")
    office.queue.offer(an_order(2))

    upkeep.restore(office.url, made, tmp_path / "before.db")

    again = open_parts(office.url)
    assert [one.order.run_id for one in again.queue.tickets()] == ["run1"]
    assert again.runs.find("run1") is not None
    again.runs.close()
    with closing(sqlite3.connect(tmp_path / "before.db")) as kept:
        assert kept.execute("SELECT count(*) FROM ticket").fetchone() == (2,)


def test_fault_34_a_damaged_backup_is_refused_and_the_database_stays(
    office: Installation, tmp_path: Path
) -> None:
    office.queue.offer(an_order(1))
    made = upkeep.backup(office.url, tmp_path / "backup.db")
    content = bytearray(made.read_bytes())
    content[4096:12288] = os.urandom(8192)
    made.write_bytes(content)

    with pytest.raises(UpkeepError):
        upkeep.restore(office.url, made, tmp_path / "before.db")

    assert office.queue.find("run1").state is TicketState.WAITING


def test_a_database_is_not_replaced_while_a_worker_holds_a_run(office: Installation, tmp_path: Path) -> None:
    office.queue.offer(an_order(1))
    made = upkeep.backup(office.url, tmp_path / "backup.db")
    office.queue.claim("w1", capabilities=(), lease=timedelta(seconds=30))

    with pytest.raises(UpkeepError, match="run1"):
        upkeep.restore(office.url, made, tmp_path / "before.db")


def test_every_row_moves_to_postgresql_and_work_goes_on_there(
    office: Installation, postgres_url: str, tmp_path: Path
) -> None:
    for number in (1, 2):
        office.queue.offer(an_order(number))
    office.worker().drain()
    office.queue.offer(an_order(3))

    copied = upkeep.copy_to(office.url, postgres_url)

    moved = Installation(postgres_url, tmp_path)
    assert (copied["ticket"], copied["run"]) == (3, 2)
    moved.queue.nudge()
    moved.queue.offer(an_order(4))
    moved.worker().drain()
    assert {one.state for one in moved.queue.tickets()} == {TicketState.DONE}
    moved.close()


def test_fault_35_a_sqlite_database_on_a_network_share_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shares, "filesystem_of", lambda *_: "cifs")

    with pytest.raises(StoreShareError):
        open_parts(f"sqlite:///{(tmp_path / 'gevinst.db').as_posix()}")


def test_fault_40_an_alarm_is_told_when_the_mail_server_is_back_and_only_once(office: Installation) -> None:
    office.parts.alarms.ring(AlarmKind.FAILED, "run1", robot="r", detail="d", at=NOON)
    office.parts.alarms.ring(AlarmKind.FAILED, "run1", robot="r", detail="d", at=NOON)
    answers, told = [False, True, True], list[Alarm]()

    def tell(alarm: Alarm) -> bool:
        told.append(alarm)
        return answers[len(told) - 1]

    watchman = Watchman(
        queue=office.queue, alarms=office.parts.alarms, robots=list, tell=tell, now=office.now
    )
    for _ in range(3):
        watchman.look()

    assert [alarm.count for alarm in told] == [2, 2]
    assert office.parts.alarms.close_alarm(1, by="controller", why="mended", at=NOON)
    assert office.parts.alarms.alarms() == []


def test_an_alarm_that_rings_on_uses_up_no_numbers(either: Installation) -> None:
    for subject in ("run1",) * 20 + ("run2",):
        either.parts.alarms.ring(AlarmKind.LATE, subject, robot="r", detail="d", at=NOON)

    assert [(one.number, one.count) for one in either.parts.alarms.alarms()] == [(2, 1), (1, 20)]


def test_a_run_that_waits_beyond_its_grace_is_told_as_late(office: Installation) -> None:
    office.queue.offer(an_order(1))
    now = SetClock(office.queue.find("run1").offered + timedelta(hours=1))
    watchman = Watchman(queue=office.queue, alarms=office.parts.alarms, robots=list, tell=bool, now=now)

    watchman.look()
    watchman.look()

    [alarm] = office.parts.alarms.alarms()
    assert (alarm.kind, alarm.count) == (AlarmKind.LATE, 2)


def test_robots_that_log_in_as_one_user_share_a_lane() -> None:
    assert lane_of("a", "RPA-01") == lane_of("b", "RPA-01") != lane_of("a", "")


def test_fault_33_a_later_database_is_refused_by_an_older_worker(office: Installation) -> None:
    with office.parts.queue._database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(Exception, match="STO-005"):
        open_parts(office.url)
