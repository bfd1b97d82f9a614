"""The office: where its data, its robots and its flows are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from gevinst.domain.access import Role
from gevinst.domain.refusal import RefusedError
from gevinst.domain.secret import SecretPlace
from gevinst.texts import Texts


class ConfigurationError(RefusedError):
    """A setting, a robot's folder or its rules cannot be used."""


@dataclass(frozen=True, kw_only=True)
class SettingProblem:
    """One thing that is wrong in a settings file."""

    kind: str  #: setting.<kind> of the catalogue: missing, unknown, wrong, syntax …
    key: str  #: such as sources.bank.min_rows; the line for a file that is no TOML
    found: str = ""  #: as it may be shown
    expected: str = ""  #: setting.expected.<expected>
    limit: str = ""  #: the limit or the choices
    near: str = ""  #: the nearest known key


class SettingsError(ConfigurationError):
    """CFG-002: a settings file cannot be used, with all that is wrong in it."""

    def __init__(self, file: str, problems: Sequence[SettingProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("CFG-002", file=file, problem="; ".join(map(str, self.problems)))


def configuration_sentence(error: ConfigurationError, texts: Texts) -> str:
    """The error in one line: code, what is wrong and where, what to do."""
    facts = dict(error.facts)
    if isinstance(error, SettingsError):
        facts["problem"] = "; ".join(_problem_words(one, texts) for one in error.problems)
    return f"{error.code}: {texts.get(f'error.{error.code}', **facts)}"


def _problem_words(one: SettingProblem, texts: Texts) -> str:
    expected = texts.get(f"setting.expected.{one.expected}", limit=one.limit) if one.expected else ""
    near = texts.get("setting.near", near=one.near) if one.near else ""
    return texts.get(f"setting.{one.kind}", name=one.key, found=one.found, expected=expected, near=near)


@dataclass(frozen=True, kw_only=True)
class EvidenceSettings:
    """How evidence is sealed and kept: `[evidence]` of the settings file."""

    key: Path | None = None  #: the private key, kept outside; None lets the office make its own
    encryption_key: Path | None = None  #: 32 bytes in hex; None keeps evidence readable


@dataclass(frozen=True, kw_only=True)
class SecretSettings:
    """Where secrets are kept: `[secrets]` of the settings file."""

    order: tuple[SecretPlace, ...] = ()  #: the first that has a secret wins
    file: Path | None = None  #: only its owner may be able to read it


@dataclass(frozen=True, kw_only=True)
class SignInSettings:
    """The office's own sign-in by OpenID Connect: `[console.oidc]` of the settings file."""

    issuer: str  #: as the provider names itself, without a slash at its end
    client_id: str
    secret: str = ""  #: name of the client's secret among the office's secrets; "" for a public client
    scope: str
    user_claim: str
    name_claim: str
    roles_claim: str
    roles: Mapping[str, Role] = field(hash=False)  #: by the provider's word for it


@dataclass(frozen=True, kw_only=True)
class ConsoleSettings:
    """Where people reach the console, and how they sign in: `[console]` of the settings file."""

    url: str = ""  #: such as https://gevinst.kommune.example; "" on loopback
    sign_in: SignInSettings | None = None
    second_factor: frozenset[Role] = frozenset()  #: who has one, and a password, must have a device


@dataclass(frozen=True, kw_only=True)
class ManualAccount:
    """An account that a person reconciles without a robot; it is signed off with the others."""

    id: str
    title: Mapping[str, str] = field(hash=False)  #: by language
    person: str  #: role or title of who reconciles it


@dataclass(frozen=True, kw_only=True)
class Office:
    """One installation's folders and settings; hashable, so that what is read for an office can be kept."""

    name: str
    language: str  #: da or en
    data: Path  #: inputs (ind/), runs (koersler/) and the database
    robots: Path  #: one folder for each robot
    tasks: Path  #: the flows
    layouts: Path  #: the office's own layouts; the folder may be missing
    database: str = field(repr=False)  #: SQLAlchemy URL; may hold a password
    closed_days: frozenset[date] = frozenset()  #: the office's own: schedules take them for no bank days
    accounts: tuple[ManualAccount, ...] = ()  #: signed off beside those of the robots
    secrets: SecretSettings = field(default_factory=SecretSettings)
    evidence: EvidenceSettings = EvidenceSettings()
    console: ConsoleSettings = ConsoleSettings()

    @property
    def runs(self) -> Path:
        """Evidence folders."""
        return self.data / "koersler"

    @property
    def keys(self) -> Path:
        """The keys that seal evidence."""
        return self.data / "noegler"

    def run_folder(self, robot: str, period: str, run_id: str) -> Path:
        """The evidence folder of one run."""
        return self.runs / robot / period / run_id
