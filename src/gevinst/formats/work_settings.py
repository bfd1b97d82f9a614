"""Settings of how robots work: items, secrets, arrivals, chains, deliveries."""

from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from gevinst.app.office import SecretSettings
from gevinst.domain.arrival import Again, DropFolder
from gevinst.domain.chain import After
from gevinst.domain.occurrence import ClosedDay, MissedPolicy, RunMonth
from gevinst.domain.robot import DeliveryPlan
from gevinst.domain.run import RunState
from gevinst.domain.schedule import ScheduleError, parse_schedule, parse_timing
from gevinst.domain.secret import SECRET_NAME, SecretPlace
from gevinst.domain.work_item import DEFAULT_TRIES, QUEUE_NAME, ItemRoute
from gevinst.formats.gain_card import Amount, Part

SECRETS_FILE = "hemmeligheder.env"
KNOWN_WORDS = '"3rd bank day 06:00", "last bank day 06:00" or "weekdays 06:00"'


def _schedule_words(words: str) -> str:
    if words:
        try:
            parse_timing(words)
        except ScheduleError as error:
            raise ValueError(f"{error}; write {KNOWN_WORDS}") from None
    return words


def _deadline_words(words: str) -> str:
    try:
        parse_schedule(words)
    except ScheduleError as error:
        raise ValueError(f"{error}; write {KNOWN_WORDS}") from None
    return words


def _inside(path: str) -> str:
    """A path below the office's data folder."""
    parts = PurePosixPath(path.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in path or not parts.parts:
        raise ValueError("a folder below the data folder")
    return str(parts)


def _plain_name(name: str) -> str:
    if not name or "/" in name or "\\" in name or name.startswith("."):
        raise ValueError("the name of a file of the run's folder")
    return name


#: When a file must have come, in words; "" is never.
DeadlineWords = Annotated[str, AfterValidator(_deadline_words)]
Inside = Annotated[str, AfterValidator(_inside)]
QueueName = Annotated[str, Field(pattern=f"^({QUEUE_NAME.pattern})?$")]
SecretName = Annotated[str, Field(pattern=f"^{SECRET_NAME.pattern}$")]


class SchedulePart(Part):
    """`[schedule]`: when a robot is due, or what it runs after."""

    when: Annotated[str, AfterValidator(_schedule_words)] = ""
    closed_day: ClosedDay = ClosedDay.RUN
    month: RunMonth = RunMonth.BEFORE
    missed: MissedPolicy = MissedPolicy.ONCE
    grace_minutes: int = Field(default=5, ge=0, le=24 * 60)
    after: tuple[str, ...] = ()
    after_states: tuple[Literal["agreed", "open_items", "rejected", "failed", "stopped"], ...] = Field(
        default=("agreed", "open_items"), min_length=1
    )

    @field_validator("after")
    @classmethod
    def _one_of_both(cls, after: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if after and info.data.get("when"):
            raise ValueError("either `when` or `after`")
        return after

    def chain(self) -> After | None:
        """What the robot runs after."""
        if not self.after:
            return None
        return After(robots=self.after, states=frozenset(map(RunState, self.after_states)))


class ItemsPart(Part):
    """`[items]`: which queues a robot takes its work from, and gives new work to."""

    takes: QueueName = ""
    gives: QueueName = Field(default="", validate_default=True)
    key: str = ""
    priority: str = ""
    deadline: str = ""
    tries: int = Field(default=DEFAULT_TRIES, ge=1, le=20)

    @field_validator("gives")
    @classmethod
    def _one_at_least(cls, gives: str, info: ValidationInfo) -> str:
        if not gives and not info.data.get("takes"):
            raise ValueError("`takes`, `gives` or both")
        return gives

    def route(self) -> ItemRoute:
        """As the robot has it."""
        return ItemRoute(**self.model_dump())


class SecretsPart(Part):
    """`[secrets]` of a robot: the names of what it needs, never a value."""

    names: tuple[SecretName, ...] = Field(min_length=1)


class SecretPlacesPart(Part):
    """`[secrets]` of the office: where secrets are looked for, in this order."""

    order: tuple[SecretPlace, ...] = Field(default=(SecretPlace.SYSTEMD, SecretPlace.KEYRING), min_length=1)
    file: str = SECRETS_FILE

    def settings(self, folder: Path) -> SecretSettings:
        """As the office has it; a file's path counts from the office's folder."""
        return SecretSettings(order=self.order, file=folder / self.file)


class ArrivalPart(Part):
    """`[arrival]`: the folder in which a file's arrival starts the robot."""

    folder: Inside
    source: str = Field(min_length=1)
    pattern: str = Field(default="*", min_length=1)
    again: Again = Again.ASK

    def drop(self) -> DropFolder:
        """As the robot has it."""
        return DropFolder(folder=self.folder, source=self.source, pattern=self.pattern, again=self.again)


class DeliveryPart(Part):
    """`[delivery]`: what leaves the run's folder, where to, and when two people must have seen it."""

    four_eyes_above: Amount | None = None
    folder: Inside | None = None
    files: tuple[Annotated[str, AfterValidator(_plain_name)], ...] = ("afstemning.xlsx",)
    own_names: bool = False

    def plan(self) -> DeliveryPlan | None:
        """As the robot has it; None when nothing is delivered."""
        if not self.folder:
            return None
        return DeliveryPlan(folder=self.folder, files=self.files, own_names=self.own_names)


WORK_PARTS: tuple[type[Part], ...] = (
    SchedulePart,
    ItemsPart,
    SecretsPart,
    SecretPlacesPart,
    ArrivalPart,
    DeliveryPart,
)
