"""Robots, rules and office settings from their TOML files."""

import hashlib
import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

import gevinst
from gevinst.app.office import (
    ConfigurationError,
    EvidenceSettings,
    ManualAccount,
    Office,
    SettingProblem,
    SettingsError,
)
from gevinst.app.period_folder import RECONCILING_FLOW
from gevinst.domain.flows import FLOW_IDS, flow_of
from gevinst.domain.matching.rules import STANDARD_PASSES, Key, MatchPass, PassKind, Rules
from gevinst.domain.occurrence import LatePolicy
from gevinst.domain.retention import DataKind, RetentionWordsError, retention_rule
from gevinst.domain.robot import Passport, People, Phase, Robot, Source
from gevinst.formats.chains import check_chain
from gevinst.formats.console_settings import CONSOLE_PARTS, ConsolePart
from gevinst.formats.gain_card import GAIN_PARTS, GainPart, amount_of, gain_card, gain_problems
from gevinst.formats.office_file import OFFICE_FILE, office_folder
from gevinst.formats.setting_problems import problems_of, syntax_problem
from gevinst.formats.work_settings import (
    WORK_PARTS,
    ArrivalPart,
    DeadlineWords,
    DeliveryPart,
    ItemsPart,
    SchedulePart,
    SecretPlacesPart,
    SecretsPart,
)

ROBOT_FILE = "robot.toml"
RULES_FILE = "rules.toml"
NEAREST = 3  # robots named when one is not found
ROBOT_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
HASH_SHOWN = 12
#: Sources that a flow cannot do without.
SOURCES_KNOWN = {RECONCILING_FLOW: ("bank", "ledger", "balances", "carried")}
SOURCES_OF_FLOW = {RECONCILING_FLOW: ("bank", "ledger")}
Model = TypeVar("Model", bound=BaseModel)
_RATE = re.compile(r"(\d{1,2})(?:,(\d{1,4}))? ?%")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _People(_Part):
    process_owner: str = Field(min_length=2)
    benefit_owner: str = Field(min_length=2)
    controller_group: str = Field(min_length=2)
    erp_user: str = ""


def _path_of_period(path: str) -> str:
    """A path whose only placeholders are {period} and {before}."""
    try:
        parts = {part[1:] for part in string.Formatter().parse(path) if part[1] is not None}
    except ValueError:
        parts = {("", "", "")}
    if parts - {("period", "", None), ("before", "", None)}:
        raise ValueError("a path whose only placeholders are {period} and {before}")
    return path


class _Source(_Part):
    path: Annotated[str, Field(min_length=1), AfterValidator(_path_of_period)]
    layout: str = ""
    account: str = ""
    mapping: dict[str, str] = {}
    drift: Literal["stop", "warn"] = "stop"
    deadline: DeadlineWords = ""
    min_rows: int = Field(default=0, ge=0)
    max_rows: int | None = Field(default=None, ge=0)


class _Limits(_Part):
    timeout_minutes: int = Field(default=30, ge=1, le=24 * 60)
    retries: int = Field(default=2, ge=0, le=10)


def _retention_words(words: str) -> str:
    try:
        retention_rule(words)
    except RetentionWordsError:
        known = '"5 år efter regnskabsårets udløb" or "6 måneder efter periodens udløb"'
        raise ValueError(f"a time to keep data, such as {known}") from None
    return words


class _Passport(_Part):
    moves_money: bool
    risk: str
    controls: str
    legal_basis: str
    data_categories: str
    deletion: str
    exit_plan: str
    review: date
    keep: dict[DataKind, Annotated[str, AfterValidator(_retention_words)]] = {}


class _Robot(_Part):
    id: str
    title: dict[Literal["da", "en"], str]
    flow: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    phase: Phase
    people: _People
    sources: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], _Source]
    settings: dict[str, Any] = {}
    schedule: SchedulePart = SchedulePart()
    limits: _Limits = _Limits()
    delivery: DeliveryPart = DeliveryPart()
    items: ItemsPart | None = None
    secrets: SecretsPart | None = None
    arrival: ArrivalPart | None = None
    gain: GainPart | None = None
    passport: _Passport | None = None


def _per_million(text: str) -> int:
    found = _RATE.fullmatch(text.strip())
    if not found:
        raise ValueError('a rate such as "0,85 %"')
    return int(found[1]) * 10_000 + int((found[2] or "").ljust(4, "0"))


class _Pass(_Part):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    kind: PassKind
    key: Key = Key.CODE
    days: int = Field(default=5, ge=0, le=250)
    far_days: int = Field(default=0, ge=0, le=250)
    title: str = ""
    tolerance: Annotated[str, AfterValidator(lambda text: str(amount_of(text)))] = "0"
    fee_rate: tuple[str, str] | None = None
    difference_account: str = ""
    text_contains: tuple[str, ...] = ()


class _Rules(_Part):
    standard: bool = True  #: the standard passes follow the office's own
    tolerance_budget: Annotated[str, AfterValidator(lambda text: str(amount_of(text)))] = "0"
    passes: list[_Pass] = Field(default=[], alias="pass")


class _Office(_Part):
    name: str
    language: Literal["da", "en"] = "da"
    data: str = "output"
    robots: str = "robots"
    tasks: str = "tasks"
    layouts: str = "layouts"
    database: str = ""
    closed_days: tuple[date, ...] = ()


class _Account(_Part):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    title: dict[Literal["da", "en"], str]
    person: str = Field(min_length=2)


class _Evidence(_Part):
    key: str = ""
    encryption_key: str = ""


#: Every key of the files, to offer the nearest for one that is misspelt.
_KEYS = sorted(
    {
        field.alias or name
        for part in (*_Part.__subclasses__(), *GAIN_PARTS, *WORK_PARTS, *CONSOLE_PARTS)
        for name, field in part.model_fields.items()
    }
)


def find_office(start: Path, *, database: str = "") -> Office:
    """The office whose gevinst.toml is in `start` or the nearest folder above.

    Args:
        start: a folder, or the settings file itself.
        database: overrides the file's database.

    Raises:
        ConfigurationError: CFG-001 no such file; CFG-002 it cannot be read.
    """
    found = office_folder(start)
    if found is None:
        raise ConfigurationError("CFG-001", file=OFFICE_FILE, folder=str(start))
    parts = _toml(found / OFFICE_FILE)
    settings = _validated(_Office, parts.get("office", {}), OFFICE_FILE)
    evidence = _validated(_Evidence, parts.get("evidence", {}), OFFICE_FILE)
    accounts = [_validated(_Account, one, OFFICE_FILE) for one in parts.get("account", [])]
    secrets = _validated(SecretPlacesPart, parts.get("secrets", {}), OFFICE_FILE)
    console = _validated(ConsolePart, parts.get("console", {}), OFFICE_FILE)
    data = found / settings.data
    return Office(
        name=settings.name,
        language=settings.language,
        data=data,
        robots=found / settings.robots,
        tasks=found / settings.tasks,
        layouts=found / settings.layouts,
        database=database or settings.database or f"sqlite:///{(data / 'gevinst.db').as_posix()}",
        closed_days=frozenset(settings.closed_days),
        accounts=tuple(
            ManualAccount(
                id=one.id, title={str(key): text for key, text in one.title.items()}, person=one.person
            )
            for one in accounts
        ),
        secrets=secrets.settings(found),
        console=console.settings(),
        evidence=EvidenceSettings(
            key=found / evidence.key if evidence.key else None,
            encryption_key=found / evidence.encryption_key if evidence.encryption_key else None,
        ),
    )


def robot_parts(office: Office, robot_id: str) -> dict[str, str]:
    """SHA-256 of each file in a robot's folder by name, for the audit trail; hex."""
    folder = office.robots / robot_id
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def robot_ids(office: Office) -> list[str]:
    """Ids of the robots that the office has, by name."""
    if not office.robots.is_dir():
        return []
    return sorted(folder.name for folder in office.robots.iterdir() if (folder / ROBOT_FILE).is_file())


def load_robot(office: Office, robot_id: str, *, whole: bool = True) -> Robot:
    """Read a robot's folder.

    Args:
        office: where it is.
        robot_id: its folder's name.
        whole: whether its settings are held to its flow; the flow's module loads pandas, which a list of
            robots and the clock need not pay. What runs a robot asks for all of it.

    Raises:
        ConfigurationError: CFG-003 unknown robot (with the nearest), CFG-002 its file is wrong or lacks a
            source that its flow or its arrival names, CFG-020 what it runs after is no robot, CFG-021 robots
            run after each other in a loop, CFG-004 its id is not its folder's name, CFG-005 its flow does not
            exist.
    """
    folder = office.robots / robot_id
    if not ROBOT_ID.fullmatch(robot_id) or not (folder / ROBOT_FILE).is_file():
        near = get_close_matches(robot_id, robot_ids(office), n=NEAREST, cutoff=0)
        raise ConfigurationError("CFG-003", robot=robot_id, near=", ".join(near) or "–")
    place = f"robots/{robot_id}/{ROBOT_FILE}"
    parts = _validated(_Robot, _toml(folder / ROBOT_FILE), place)
    if parts.id != robot_id:
        raise ConfigurationError("CFG-004", file=place, found=parts.id, expected=robot_id)
    if not (office.tasks / f"{parts.flow}.robot").is_file():
        raise ConfigurationError("CFG-005", file=place, flow=parts.flow)
    if whole:
        _check_flow(parts, place)
    missing = [name for name in SOURCES_OF_FLOW.get(parts.flow, ()) if name not in parts.sources]
    if missing:
        raise SettingsError(place, [SettingProblem(kind="missing", key=f"sources.{one}") for one in missing])
    if parts.arrival and parts.arrival.source not in parts.sources:
        raise SettingsError(place, [SettingProblem(kind="missing", key=f"sources.{parts.arrival.source}")])
    check_chain(office, robot_id, parts.schedule.after)
    robot = _robot(parts, _version(office, folder, parts.flow))
    if parts.gain and robot.gain and (wrong := gain_problems(parts.gain, robot.gain)):
        raise SettingsError(place, wrong)
    return robot


def _check_flow(parts: _Robot, place: str) -> None:
    """Sources and settings are those that the flow knows.

    Raises:
        SettingsError: one is not, or is wrong.
    """
    if parts.flow not in FLOW_IDS:
        known = SOURCES_KNOWN.get(parts.flow)
        unknown = sorted(set(parts.sources) - set(known)) if known else []
        found = [SettingProblem(kind="unknown", key=f"sources.{one}") for one in unknown]
        found += [SettingProblem(kind="unknown", key=f"settings.{one}") for one in parts.settings]
    else:
        flow = flow_of(parts.flow)
        unknown = sorted(set(parts.sources) - set(flow.sources))
        needed = [name for name, shape in flow.sources.items() if not shape.optional]
        found = [SettingProblem(kind="unknown", key=f"sources.{one}") for one in unknown]
        found += [
            SettingProblem(kind="missing", key=f"sources.{one}") for one in needed if one not in parts.sources
        ]
        found += _settings_problems(flow.settings, parts.settings)
    if found:
        raise SettingsError(place, found)


def _settings_problems(model: type[BaseModel], settings: Mapping[str, Any]) -> list[SettingProblem]:
    try:
        model(**settings)
    except ValidationError as error:
        return [
            replace(one, key=f"settings.{one.key}")
            for one in problems_of(error, known=sorted(model.model_fields))
        ]
    return []


def load_rules(folder: Path) -> Rules:
    """The rules of a robot's folder, or of a rules file; the standard passes when there are none.

    Raises:
        ConfigurationError: CFG-002.
    """
    file = folder / RULES_FILE if folder.is_dir() else folder
    if not file.is_file():
        return Rules()
    parts = _validated(_Rules, _toml(file), file.name)
    own = tuple(_match_pass(part) for part in parts.passes)
    own_ids = {rule.id for rule in own}
    standard = [rule for rule in STANDARD_PASSES if rule.id not in own_ids] if parts.standard else []
    version = hashlib.sha256(file.read_bytes()).hexdigest()[:HASH_SHOWN]
    return Rules(passes=(*own, *standard), version=version, tolerance_budget=int(parts.tolerance_budget))


def _match_pass(part: _Pass) -> MatchPass:
    low, high = (_per_million(rate) for rate in part.fee_rate) if part.fee_rate else (0, 0)
    return MatchPass(
        id=part.id,
        kind=part.kind,
        key=part.key,
        days=part.days,
        far_days=part.far_days,
        title=part.title,
        tolerance=int(part.tolerance),
        fee_rate_low=low,
        fee_rate_high=high,
        difference_account=part.difference_account,
        text_contains=part.text_contains,
    )


def _robot(parts: _Robot, version: str) -> Robot:
    return Robot(
        id=parts.id,
        title={str(language): title for language, title in parts.title.items()},
        flow=parts.flow,
        phase=parts.phase,
        people=People(**parts.people.model_dump()),
        sources={name: _source(name, source) for name, source in parts.sources.items()},
        settings=parts.settings,
        schedule=parts.schedule.when,
        closed_day=parts.schedule.closed_day,
        month=parts.schedule.month,
        late=LatePolicy(missed=parts.schedule.missed, grace=timedelta(minutes=parts.schedule.grace_minutes)),
        timeout_minutes=parts.limits.timeout_minutes,
        retries=parts.limits.retries,
        four_eyes_above=int(parts.delivery.four_eyes_above) if parts.delivery.four_eyes_above else None,
        gain=gain_card(parts.id, parts.gain) if parts.gain else None,
        case_texts={name: case.text_contains for name, case in parts.gain.case_types.items()}
        if parts.gain
        else {},
        passport=_passport(parts.passport) if parts.passport else None,
        after=parts.schedule.chain(),
        items=parts.items.route() if parts.items else None,
        secrets=parts.secrets.names if parts.secrets else (),
        arrival=parts.arrival.drop() if parts.arrival else None,
        delivery=parts.delivery.plan(),
        version=version,
    )


def _source(name: str, part: _Source) -> Source:
    return Source(name=name, drift_stops=part.drift == "stop", **part.model_dump(exclude={"drift"}))


def _passport(part: _Passport) -> Passport:
    return Passport(**{**part.model_dump(), "review": part.review.isoformat()})


def _version(office: Office, folder: Path, flow: str) -> str:
    """Content hash of the robot's folder, its flow, the words it uses, and the package's version."""
    digest = hashlib.sha256(gevinst.__version__.encode())
    for path in _version_files(office, folder, flow):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:HASH_SHOWN]


def _version_files(office: Office, folder: Path, flow: str) -> Iterator[Path]:
    yield from sorted(path for path in folder.iterdir() if path.is_file())
    yield office.tasks / f"{flow}.robot"
    yield from sorted((office.tasks.parent / "resources").glob("*.resource"))


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(path.name, [syntax_problem(error)]) from error


def _validated(model: type[Model], values: Mapping[str, Any], file: str) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise SettingsError(file, problems_of(error, _KEYS)) from error
