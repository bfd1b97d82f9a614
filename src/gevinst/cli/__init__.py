"""The command `gevinst`: reads the request, calls one use case, shows the answer.

Sub-commands are loaded when they are called, so that the command is quick to start.
"""

import sys
from importlib import import_module

import click

import gevinst
from gevinst import bootstrap
from gevinst.cli.click_words import speak_danish
from gevinst.cli.examples import EXAMPLES

#: Sub-commands: module and name; the catalogue has cli.<name>.help.
COMMANDS = {
    "alarms": "gevinst.cli.alarms:alarms",
    "audit": "gevinst.cli.audit:audit",
    "check": "gevinst.cli.making:check",
    "clock": "gevinst.cli.clock:clock",
    "console": "gevinst.web.serve:console",
    "db": "gevinst.cli.db:db",
    "decide": "gevinst.cli.decide:decide_group",
    "deliveries": "gevinst.cli.deliveries:deliveries",
    "demo": "gevinst.cli.demo:demo",
    "digest": "gevinst.cli.digest:digest",
    "evidence": "gevinst.cli.evidence:evidence",
    "export": "gevinst.cli.leave:export",
    "files": "gevinst.cli.files:files",
    "gain": "gevinst.cli.gain:gain",
    "install": "gevinst.cli.moving:install",
    "items": "gevinst.cli.items:items",
    "layouts": "gevinst.cli.layouts:layouts",
    "new": "gevinst.cli.making:new",
    "pack": "gevinst.cli.moving:pack",
    "posting": "gevinst.cli.posting:posting",
    "put-back": "gevinst.cli.moving:put_back",
    "read": "gevinst.cli.read:read",
    "reconcile": "gevinst.cli.reconcile:reconcile",
    "retention": "gevinst.cli.retention:retention",
    "retry": "gevinst.cli.retry:retry",
    "robots": "gevinst.cli.robots:robots",
    "rules": "gevinst.cli.rules:rules",
    "run": "gevinst.cli.run:run",
    "runs": "gevinst.cli.runs:runs",
    "samples": "gevinst.cli.samples:samples_group",
    "schedule": "gevinst.cli.schedule:schedule",
    "secrets": "gevinst.cli.secrets:secrets",
    "start": "gevinst.cli.start:start",
    "stop": "gevinst.cli.stop:stop",
    "worker": "gevinst.cli.worker:worker",
}


#: How the help orders the commands: cli.section.<key> of the catalogue, in the order in which an office meets
#: them.
SECTIONS = {
    "begin": ("demo", "reconcile", "read", "new", "check", "run"),
    "daily": (
        *("start", "console", "robots", "schedule", "runs", "items", "decide", "files", "deliveries"),
        *("alarms", "retry", "stop"),
    ),
    "rules": ("rules", "posting", "layouts"),
    "gains": ("gain", "samples"),
    "move": ("pack", "install", "put-back"),
    "trust": ("evidence", "audit", "retention", "export"),
    "operate": ("clock", "worker", "db", "secrets", "digest"),
}


class LazyGroup(click.Group):
    """A group whose sub-commands are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the sub-commands."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The sub-command of a name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            return None
        if cmd_name in EXAMPLES:
            command.epilog = "\b\n" + "\n".join(EXAMPLES[cmd_name])
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The sub-command that the first argument names.

        Raises:
            click.NoSuchCommand: there is none; with those of nearly that name.
        """
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.exceptions.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by what they are for, each with the first sentence of its help."""
        from gevinst.texts import Texts  # noqa: PLC0415 - as below

        texts = Texts(language())
        self.epilog = "\b\n" + texts.get("cli.exit_codes")
        for section, names in SECTIONS.items():
            found = [(name, self.get_command(ctx, name)) for name in names]
            with formatter.section(texts.get(f"cli.section.{section}")):
                formatter.write_dl([(name, _first_sentence(one)) for name, one in found if one])

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help in the user's language; made when it is asked for."""
        from gevinst.texts import Texts  # noqa: PLC0415 - reads the catalogue

        texts = Texts(language())
        self.help = texts.get("cli.help")
        for option in self.params:
            if isinstance(option, click.Option) and option.name == "version":
                option.help = texts.get("cli.version")
        super().format_help_text(ctx, formatter)


def _first_sentence(command: click.Command) -> str:
    return (command.help or "").partition(". ")[0].partition("\n\n")[0].rstrip(".") + "."


def language() -> str:
    """The language of the commands; see bootstrap.language."""
    return bootstrap.language()


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(gevinst.__version__, prog_name="gevinst")
def group() -> None:
    """Robots for finance."""


def main() -> None:
    """Run the command; every known error becomes a message on stderr and its exit code."""
    from gevinst.cli.errors import exit_code_of  # noqa: PLC0415 - after click has answered --version

    gevinst.collect_seldom()
    if language() == "da":
        speak_danish()
    try:
        code = group.main(standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - maps errors to exit codes; unknown ones rise
        code = exit_code_of(error, language())
    sys.exit(code or 0)
