"""The one place that maps an error to its message and exit code."""

import click

from gevinst.app.office import ConfigurationError
from gevinst.app.ports import AlreadyRunningError, StoreError
from gevinst.domain.finding import InputRejectedError
from gevinst.domain.run import ExitCode
from gevinst.texts import Texts
from gevinst.texts.findings import finding_sentence


def exit_code_of(error: Exception, language: str) -> int:
    """Tell the user what is wrong, on stderr, and give the exit code.

    Raises:
        Exception: the error itself, when it is none that we know: our bug, with its traceback.
    """
    texts = Texts(language)
    if isinstance(error, click.ClickException):
        error.show()
        return ExitCode.USAGE
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    if isinstance(error, InputRejectedError):
        for finding in error.findings:
            click.echo(finding_sentence(finding, texts), err=True)
        return ExitCode.INPUT
    if isinstance(error, AlreadyRunningError):
        click.echo(f"{error.code}: {texts.get(f'error.{error.code}', **error.facts)}", err=True)
        return ExitCode.ALREADY_RUNNING
    if isinstance(error, ConfigurationError | StoreError):
        click.echo(f"{error.code}: {texts.get(f'error.{error.code}', **error.facts)}", err=True)
        return ExitCode.CONFIGURATION
    raise error
