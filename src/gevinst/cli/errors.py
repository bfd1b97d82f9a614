"""The one place that maps an error to its message and exit code."""

import errno

import click

from gevinst import bootstrap
from gevinst.app.office import ConfigurationError, configuration_sentence
from gevinst.app.ports import AlreadyRunningError, StoreError
from gevinst.domain.decision import DecisionError
from gevinst.domain.finding import InputRejectedError
from gevinst.domain.gain_records import GainError
from gevinst.domain.refusal import RefusedError
from gevinst.domain.run import ExitCode
from gevinst.texts import Texts
from gevinst.texts.findings import finding_sentence

#: Errors in what the user has typed: an unknown robot, no month, an unknown run.
USAGE = frozenset(
    {
        "CFG-003",
        "CFG-006",
        "STO-003",
        "STO-009",
        "QUE-002",
        "QUE-003",
        "ITM-002",
        "ITM-003",
        "CFG-027",
        "MAK-001",
        "MAK-002",
        "INB-006",
    }
)
NOT_WRITTEN = "CFG-010"
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
#: Errors about gains that lie in the settings or the database, not in what was typed.
GAIN_SETTINGS = frozenset({"GAI-003", "GAI-009", "GAI-010", "GAI-013", "GAI-017"})


def exit_code_of(error: Exception | KeyboardInterrupt, language: str) -> int:
    """Tell the user what is wrong, on stderr, and give the exit code.

    Raises:
        Exception: the error itself, when it is none that we know: our bug, with its traceback.
    """
    texts = Texts(language)
    if isinstance(error, click.ClickException):
        error.show()
        return ExitCode.USAGE
    if isinstance(error, click.Abort | KeyboardInterrupt):
        click.echo(texts.get("cli.interrupted"), err=True)
        return ExitCode.INTERRUPTED
    if isinstance(error, InputRejectedError):
        for finding in error.findings:
            click.echo(finding_sentence(finding, texts), err=True)
        return ExitCode.INPUT
    if isinstance(error, RefusedError):
        return _told(error, texts)
    if isinstance(error, OSError) and (error.filename or error.errno in NO_ROOM):
        # A write names no file when the disk is full; what is written then lies below the data folder.
        path = str(error.filename or bootstrap.office().data)
        return _told(ConfigurationError(NOT_WRITTEN, path=path, cause=error.strerror or ""), texts)
    if trouble := _database_trouble(error):
        return _told(trouble, texts)
    raise error


def _database_trouble(error: BaseException) -> StoreError | None:
    if not type(error).__module__.startswith("sqlalchemy") or not isinstance(error, Exception):
        return None
    from gevinst.store.trouble import database_trouble  # noqa: PLC0415 - loaded already, when such an error comes

    return database_trouble(error, bootstrap.office().database)


def error_sentence(error: RefusedError, texts: Texts) -> str:
    """The error in one line, with its code."""
    if isinstance(error, ConfigurationError):
        return configuration_sentence(error, texts)
    return f"{error.code}: {texts.get(f'error.{error.code}', **error.facts)}"


def _told(error: RefusedError, texts: Texts) -> int:
    click.echo(error_sentence(error, texts), err=True)
    if isinstance(error, AlreadyRunningError):
        return ExitCode.ALREADY_RUNNING
    asked_wrong = isinstance(error, DecisionError) or error.code in USAGE
    if isinstance(error, GainError):
        asked_wrong = error.code not in GAIN_SETTINGS
    return ExitCode.USAGE if asked_wrong else ExitCode.CONFIGURATION
