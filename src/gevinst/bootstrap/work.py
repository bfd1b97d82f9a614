"""The parts of how robots work: secrets, work items, progress."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from gevinst.app.office import Office
from gevinst.bootstrap.here import now
from gevinst.domain.secret import SecretPlace
from gevinst.texts import OFFICE_ZONE

if TYPE_CHECKING:
    from gevinst.app.deliver_run import DeliveryTools
    from gevinst.app.item_port import ItemBook
    from gevinst.app.progress import ProgressBook
    from gevinst.app.queue_port import Delivery
    from gevinst.domain.flow import SentFile, SentLine
    from gevinst.domain.progress import Progress
    from gevinst.domain.robot import Robot
    from gevinst.domain.run import Run
    from gevinst.runner.item_lease import ItemLease
    from gevinst.runner.run_work import RunWork
    from gevinst.runner.secret_places import Place, SecretBook
    from gevinst.store.opening import StoreParts


def secret_book(of: Office) -> "SecretBook":
    """The office's secrets, in the places it has declared."""
    from gevinst.runner import secret_places  # noqa: PLC0415 - loads keyring

    made: dict[SecretPlace, Callable[[], Place]] = {
        SecretPlace.SYSTEMD: secret_places.Systemd,
        SecretPlace.KEYRING: lambda: secret_places.SystemKeyring(f"gevinst:{of.name}"),
        SecretPlace.FILE: lambda: secret_places.SecretsFile(of.secrets.file or Path("hemmeligheder.env")),
    }
    return secret_places.SecretBook([made[place]() for place in of.secrets.order])


def secrets_of(of: Office, robot: "Robot") -> Mapping[str, Mapping[str, str]]:
    """What a robot needs; nothing is looked at for one that needs none.

    Raises:
        ConfigurationError: see SecretBook.needed.
    """
    return secret_book(of).needed(robot.id, robot.secrets) if robot.secrets else {}


@lru_cache(maxsize=1)
def item_book(of: Office) -> "ItemBook":
    """The office's work items; opened once."""
    from gevinst.bootstrap.unattended import parts  # noqa: PLC0415 - loads SQLAlchemy

    return parts(of).items


@lru_cache(maxsize=1)
def progress_book(of: Office) -> "ProgressBook":
    """How far runs have come; opened once."""
    from gevinst.bootstrap.unattended import parts  # noqa: PLC0415 - loads SQLAlchemy

    return parts(of).progress


def run_work(of: Office, tell: "Callable[[Progress], object]") -> "RunWork":
    """What a run has besides its flow."""
    from gevinst.bootstrap.unattended import database_errors  # noqa: PLC0415 - loads SQLAlchemy
    from gevinst.reports.items_page import conclude_items, write_items  # noqa: PLC0415 - loads the templates
    from gevinst.runner.run_work import RunWork  # noqa: PLC0415 - only what runs robots needs it

    return RunWork(
        secrets=lambda robot: secrets_of(of, robot),
        items=item_book(of),
        progress=progress_book(of),
        credit=lambda run, robot: _credit_items(of, run, robot),
        conclude=lambda tally: conclude_items(tally, "da"),
        write=lambda folder, report: write_items(folder, replace(report, office=of.name)),
        tell=tell,
        errors=database_errors(),
    )


def _credit_items(of: Office, run: "Run", robot: "Robot") -> str:
    from gevinst.app.credit_items import credit_items  # noqa: PLC0415 - loads pandas
    from gevinst.bootstrap.gains import keep_card  # noqa: PLC0415 - as above
    from gevinst.bootstrap.unattended import parts  # noqa: PLC0415 - loads SQLAlchemy
    from gevinst.domain.run import Environment  # noqa: PLC0415 - quick to start

    if robot.gain is None:
        return ""
    if run.environment is Environment.PRODUCTION:
        keep_card(of, robot.gain)
    opened = parts(of)
    gain = credit_items(run, robot, opened.items, opened.runs, at=now())
    return str(gain.minutes_net) if gain else ""


def item_lease(book: "ItemBook", owner: str) -> "ItemLease":
    """Keeps what a run holds, once it is started."""
    from gevinst.bootstrap.unattended import database_errors  # noqa: PLC0415 - loads SQLAlchemy
    from gevinst.runner.item_lease import ItemLease  # noqa: PLC0415 - only robots with items need it

    return ItemLease(book=book, owner=owner, errors=database_errors())


def items_to_do(book: "ItemBook", queue: str) -> int:
    """How many items of a queue wait or are worked on."""
    from gevinst.domain.work_item import ItemState  # noqa: PLC0415 - quick to start

    found = [one.counts for one in book.counts() if one.queue == queue]
    return sum(counts.get(state, 0) for counts in found for state in (ItemState.WAITING, ItemState.CLAIMED))


def delivery_tools(of: Office) -> "DeliveryTools":
    """What deliveries need."""
    from gevinst.app.deliver_run import DeliveryTools  # noqa: PLC0415 - only what delivers needs it
    from gevinst.bootstrap.unattended import outbox, parts  # noqa: PLC0415 - loads SQLAlchemy

    opened = parts(of)
    return DeliveryTools(
        sender=outbox(opened), book=opened.deliveries, alarms=opened.alarms, data=of.data, now=now
    )


def deliver(
    of: Office,
    run: "Run",
    robot: "Robot",
    folder: Path,
    *,
    totals: Mapping[str, int] = MappingProxyType({}),
) -> "Sequence[str]":
    """Deliver what a run has to; the database is opened only for a robot that delivers.

    Args:
        of: the office.
        run: as it ends.
        robot: of the run.
        folder: of the run.
        totals: see deliver_run.
    """
    from gevinst.app.deliver_run import deliver_run  # noqa: PLC0415 - as above

    return deliver_run(run, robot, folder, delivery_tools(of), totals=totals) if robot.delivery else []


def sent_files(of: Office, robot: str, period: str) -> "tuple[SentFile, ...]":
    """What a robot has delivered, or is delivering; the lines of the files of a period.

    What a run left half delivered when it died is settled first: book and disk say together whether it left.
    """
    from gevinst.app.queue_port import DeliveryState  # noqa: PLC0415 - as above
    from gevinst.bootstrap.unattended import outbox, parts  # noqa: PLC0415 - loads SQLAlchemy

    opened = parts(of)
    for one in opened.deliveries.deliveries((DeliveryState.PREPARED,)):
        if one.key.startswith(f"{robot}:") and opened.deliveries.abandoned(one.key):
            outbox(opened).recover(one.run_id)
    standing = [state for state in DeliveryState if state is not DeliveryState.DROPPED]
    return tuple(
        _sent_file(of, opened, one, period)
        for one in opened.deliveries.deliveries(standing)
        if one.key.startswith(f"{robot}:")
    )


def _sent_file(of: Office, opened: "StoreParts", one: "Delivery", period: str) -> "SentFile":
    from gevinst.domain.flow import SentFile  # noqa: PLC0415 - loads pandas

    _, month, name = one.key.split(":", 2)
    return SentFile(
        name=name,
        target=Path(one.target).name,
        period=month,
        run_id=one.run_id,
        day=(one.ended or one.prepared).astimezone(OFFICE_ZONE).date(),
        state=str(one.state),
        lines=_lines_of(of, opened, one, name) if month == period else (),
    )


def _lines_of(of: Office, opened: "StoreParts", one: "Delivery", name: str) -> "tuple[SentLine, ...] | None":
    from gevinst.formats.kept_run import kept_lines  # noqa: PLC0415 - quick to start

    run = opened.runs.find(one.run_id)
    return kept_lines(of.runs / run.folder, name, one.sha256) if run and run.folder else None
