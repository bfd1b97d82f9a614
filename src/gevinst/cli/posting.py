"""gevinst posting rules: list, check, try, activate, retire and suggest the rules that post bank lines."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import pandas as pd

from gevinst import bootstrap
from gevinst.app.office import ConfigurationError, Office
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.table import table
from gevinst.domain.audit import AuditEvent
from gevinst.domain.finding import InputRejectedError, Severity
from gevinst.domain.flows import bank_posting as flow
from gevinst.domain.journal import ACCOUNTS, read_chart, target_findings
from gevinst.domain.masking import mask_cpr
from gevinst.domain.money import kroner
from gevinst.domain.period import is_period, previous_period
from gevinst.domain.posting_match import Decided, decide
from gevinst.domain.posting_rules import RULES, STATUS_CELLS, PostingRule, RuleStatus, read_rules
from gevinst.domain.posting_trial import BOOKED, ChangedLine, RuleSuggestion, RuleTrial, compare, suggest
from gevinst.domain.posting_use import rule_use
from gevinst.domain.robot import Robot
from gevinst.domain.run import ExitCode
from gevinst.formats.posting_rule_file import change_rule
from gevinst.formats.robot_folder import load_robot
from gevinst.formats.table_source import read_tables
from gevinst.texts import Texts
from gevinst.texts.findings import finding_sentence

USUAL_MONTHS = 3
SHOWN = 10
LIST_HEADS = ("rule", "status", "asks", "target", "taken", "used", "version", "by")
KINDS = ("gained", "lost", "changed")
PERIODS = click.option("--periods", default="", help=help_text("posting.periods"))
JSON = click.option("--json", "as_json", is_flag=True, help=help_text("json"))
REASON = click.option("--reason", required=True, help=help_text("posting.reason"))


@click.group("posting", help=help_text("posting.help"))
def posting() -> None:
    """Posting of bank lines."""


@posting.group("rules", help=help_text("posting.rules"))
def rules_group() -> None:
    """The rules."""


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """A robot with its rule file and the bank's past lines."""

    office: Office
    robot: Robot

    @property
    def rule_file(self) -> Path:
        return self.office.data / self.robot.sources[flow.RULE_FILE].path

    def rules(self, file: Path | None = None) -> list[PostingRule]:
        """The rules of a file, the robot's own by default.

        Raises:
            InputRejectedError: with everything that is wrong with them.
        """
        rows = read_tables([file or self.rule_file], RULES).rows
        found, findings = read_rules(rows)
        if errors := [one for one in findings if one.severity is Severity.ERROR]:
            raise InputRejectedError(errors)
        return found

    def lines(self, period: str) -> pd.DataFrame | None:
        """The bank's lines of a month; None when there is no file of it."""
        path = self.robot.sources[flow.BANK].path_of(period)
        files = [one for one in sorted(self.office.data.glob(path)) if not one.name.startswith((".", "~$"))]
        return read_tables(files, flow.LINES).rows if files else None

    def months(self, wanted: str) -> dict[str, pd.DataFrame]:
        """Lines by month: the months that are asked for, else the last three that have files."""
        found: dict[str, pd.DataFrame] = {}
        for period in _asked(wanted) or _latest(USUAL_MONTHS * 4):
            lines = self.lines(period)
            if lines is not None and len(found) < (len(_asked(wanted)) or USUAL_MONTHS):
                found[period] = lines
        return dict(sorted(found.items()))


def _asked(text: str) -> list[str]:
    found = [part.strip() for part in text.split(",") if part.strip()]
    for period in found:
        if not is_period(period):
            raise ConfigurationError("CFG-006", period=period)
    return found


def _latest(count: int) -> list[str]:
    found = [f"{bootstrap.today():%Y-%m}"]
    while len(found) < count:
        found.append(previous_period(found[-1]))
    return found


def _desk(robot: str) -> _Desk:
    """The desk of a robot.

    Raises:
        ConfigurationError: CFG-071, it does not post bank lines.
    """
    office = bootstrap.office()
    found = load_robot(office, robot)
    if found.flow != flow.FLOW.id:
        raise ConfigurationError("CFG-071", robot=found.id, flow=found.flow)
    return _Desk(office=office, robot=found)


@rules_group.command("list", help=help_text("posting.list"))
@click.argument("robot")
@PERIODS
@JSON
def list_command(robot: str, *, periods: str, as_json: bool) -> None:
    """Show every rule in the order in which they count, with its use in past months."""
    desk = _desk(robot)
    rules = desk.rules()
    lines = _together(list(desk.months(periods).values()))
    decided = decide(lines, rules)
    use = rule_use(decided, lines).to_dict("records")
    idle = [rule for rule in rules if not rule.is_live]
    rows = [(rule, one) for rule, one in zip(decided.rules, use, strict=True)]
    if as_json:
        click.echo(json.dumps([_values(rule, one) for rule, one in rows], ensure_ascii=False, indent=2))
        return
    texts = Texts(language())
    heads = [texts.get(f"cli.posting.{name}") for name in LIST_HEADS]
    cells = [_row(rule, one, texts) for rule, one in rows] + [_row(rule, {}, texts) for rule in idle]
    click.echo(table(heads, cells, right=(4, 6)))


def _together(months: Sequence[pd.DataFrame]) -> pd.DataFrame:
    empty = read_tables([], flow.LINES).rows
    return pd.concat([empty, *months], ignore_index=True) if months else empty


def _values(rule: PostingRule, use: dict[Any, Any]) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "status": str(rule.status),
        "asks": _asks(rule),
        "target": list(rule.target),
        "hits": int(use["hits"]),
        "taken": int(use["taken"]),
        "amount": str(kroner(int(use["amount"]))),
        "last_used": None if pd.isna(use["last_used"]) else use["last_used"].date().isoformat(),
        "version": rule.version,
        "changed_by": rule.changed_by or None,
        "why": mask_cpr(rule.why) or None,
        "line": rule.place.line,
    }


def _row(rule: PostingRule, use: dict[Any, Any], texts: Texts) -> list[str]:
    used = use.get("last_used")
    return [
        rule.id,
        texts.get(f"cli.posting.status.{rule.status}"),
        _asks(rule),
        _target_words(rule.target, texts),
        texts.number(int(use["taken"])) if use else "–",
        texts.day(None if used is None or pd.isna(used) else used.date()),
        str(rule.version),
        rule.changed_by,
    ]


def _asks(rule: PostingRule) -> str:
    """The words and amounts of a rule, as its file has them."""
    words = [f"{name}={', '.join(found)}" for name, found in rule.words if found]
    if rule.amount_rule:
        limits = [str(kroner(rule.low)), *([str(kroner(rule.high))] if rule.high else [])]
        words.append(f"{rule.amount_rule} {'-'.join(limits)}")
    return mask_cpr("; ".join(words))


def _target_words(target: Sequence[str], texts: Texts) -> str:
    return " ".join(part for part in target if part) or texts.get("cli.posting.person")


@rules_group.command("check", help=help_text("posting.check"))
@click.argument("robot")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@PERIODS
@click.pass_context
def check_command(ctx: click.Context, robot: str, file: Path | None, *, periods: str) -> None:
    """Find wrong, unused, hidden and overlapping rules."""
    desk, texts = _desk(robot), Texts(language())
    rules = desk.rules(file)
    months = desk.months(periods)
    decided = decide(_together(list(months.values())), rules)
    told = [*_account_lines(desk, rules, texts), *(_doubts(decided, texts) if months else ())]
    click.echo(texts.get("cli.posting.checked", rules=len(decided.rules), months=", ".join(months) or "–"))
    for line in told:
        click.echo(line)
    ctx.exit(ExitCode.PEOPLE_NEEDED if told else ExitCode.DONE)


def _account_lines(desk: _Desk, rules: Sequence[PostingRule], texts: Texts) -> list[str]:
    """Accounts that live rules cannot post to today."""
    path = desk.office.data / desk.robot.sources[flow.CHART].path
    chart, findings = read_chart(read_tables([path], ACCOUNTS).rows)
    own = {one.account for one in flow.Settings(**desk.robot.settings).bank_accounts.values()}
    for rule in rules:
        if rule.is_live and rule.target[0] and rule.account not in own:
            findings += target_findings(
                rule.target, chart, day=bootstrap.today(), place=rule.place, rule=rule.id
            )
    return [finding_sentence(one, texts) for one in findings]


def _doubts(decided: Decided, texts: Texts) -> Any:
    for at, rule in enumerate(decided.rules):
        if not decided.hits[at]:
            yield texts.get("cli.posting.never", rule=rule.id, line=rule.place.line)
        elif not decided.taken[at]:
            yield texts.get(
                "cli.posting.hidden", rule=rule.id, line=rule.place.line, hits=int(decided.hits[at])
            )
    for (rule_at, before_at), count in decided.hidden.items():
        rule, before = decided.rules[rule_at], decided.rules[before_at]
        if rule.target != before.target:
            key = "rivals" if rule.rank == before.rank else "overlap"
            yield texts.get(f"cli.posting.{key}", rule=rule.id, before=before.id, count=count)


@rules_group.command("try", help=help_text("posting.try"))
@click.argument("robot")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@PERIODS
@JSON
@click.pass_context
def try_command(ctx: click.Context, robot: str, file: Path, *, periods: str, as_json: bool) -> None:
    """Show what a changed rule file would post otherwise in past months. Nothing is changed."""
    desk = _desk(robot)
    trials = _trials(desk, desk.rules(file), periods)
    click.echo(
        json.dumps([_trial_values(one) for one in trials], ensure_ascii=False, indent=2)
        if as_json
        else _trial_words(trials)
    )
    ctx.exit(ExitCode.PEOPLE_NEEDED if any(one.touches for one in trials) else ExitCode.DONE)


def _trials(desk: _Desk, then: Sequence[PostingRule], periods: str) -> list[RuleTrial]:
    now = desk.rules()
    return [compare(period, lines, now, then) for period, lines in desk.months(periods).items()]


def _trial_values(trial: RuleTrial) -> dict[str, Any]:
    return {
        "period": trial.period,
        "same": trial.same,
        **{kind: [_line_values(one) for one in getattr(trial, kind)] for kind in KINDS},
    }


def _line_values(one: ChangedLine) -> dict[str, Any]:
    return {
        "id": one.id,
        "amount": str(kroner(one.amount)),
        "before": list(one.before),
        "after": list(one.after),
        "rule_before": one.rule_before or None,
        "rule_after": one.rule_after or None,
    }


def _trial_words(trials: Sequence[RuleTrial]) -> str:
    texts = Texts(language())
    if not trials:
        return texts.get("cli.posting.no_months")
    names = ("period", "same", "gained", "gained_sum", "lost", "lost_sum", "changed", "changed_sum")
    rows = [_trial_row(one, texts) for one in trials]
    lines = [line for one in trials for line in _trial_lines(one, texts)]
    heads = [texts.get(f"cli.posting.{name}") for name in names]
    return "\n".join([table(heads, rows, right=range(1, len(names))), *lines])


def _trial_row(trial: RuleTrial, texts: Texts) -> list[str]:
    parts = [trial.gained, trial.lost, trial.changed]
    sums = [[texts.number(len(part)), texts.amount(sum(abs(one.amount) for one in part))] for part in parts]
    return [trial.period, texts.number(trial.same), *(cell for pair in sums for cell in pair)]


def _trial_lines(trial: RuleTrial, texts: Texts) -> Any:
    for kind in ("lost", "changed", "gained"):
        found: tuple[ChangedLine, ...] = getattr(trial, kind)
        for one in found[:SHOWN]:
            yield texts.get(
                f"cli.posting.line.{kind}",
                id=one.id,
                amount=texts.amount(one.amount),
                text=mask_cpr(one.text),
                before=_target_words(one.before, texts),
                after=_target_words(one.after, texts),
                old=one.rule_before or "–",
                new=one.rule_after or "–",
            )
        if len(found) > SHOWN:
            yield texts.get("cli.posting.more", count=len(found) - SHOWN)


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """What a person wants to become of a rule."""

    rule: str
    status: RuleStatus
    reason: str
    until: date | None = None  #: last day of a temporary rule
    accept: bool = False  #: also when lines that are posted now would be posted otherwise
    periods: str = ""


@rules_group.command("activate", help=help_text("posting.activate"))
@click.argument("robot")
@click.argument("rule")
@REASON
@click.option("--until", type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]), help=help_text("posting.until"))
@click.option("--accept-changes", is_flag=True, help=help_text("posting.accept_changes"))
@PERIODS
def activate(
    robot: str, rule: str, *, reason: str, until: datetime | None, accept_changes: bool, periods: str
) -> None:
    """Let a draft count from now on, once it is seen what it would have done."""
    wish = _Wish(
        rule=rule,
        status=RuleStatus.TEMPORARY if until else RuleStatus.ACTIVE,
        reason=reason,
        until=until.date() if until else None,
        accept=accept_changes,
        periods=periods,
    )
    _change(_desk(robot), wish)


@rules_group.command("retire", help=help_text("posting.retire"))
@click.argument("robot")
@click.argument("rule")
@REASON
def retire(robot: str, rule: str, *, reason: str) -> None:
    """Let a rule count no longer; it stays in the file."""
    _change(_desk(robot), _Wish(rule=rule, status=RuleStatus.RETIRED, reason=reason, accept=True))


def _change(desk: _Desk, wish: _Wish) -> None:
    """Show the difference, write the rule's row, and note who, why and the hashes of both files.

    Raises:
        ConfigurationError: CFG-072 no such rule; CFG-073 lines that are posted now would be posted otherwise.
        InputRejectedError: the rules would be wrong after the change, such as two that ask for the same.
    """
    rules = desk.rules()
    rule = next((one for one in rules if one.id == wish.rule), None)
    if rule is None:
        raise ConfigurationError("CFG-072", rule=wish.rule, file=desk.rule_file.name)
    for_a_person = wish.status is RuleStatus.ACTIVE and not rule.account
    status = RuleStatus.EXCEPTION if for_a_person else wish.status
    trials = _trials(desk, _with_status(rules, rule, status, wish.until), wish.periods)
    click.echo(_trial_words(trials))
    counts = {kind: sum(len(getattr(one, kind)) for one in trials) for kind in KINDS}
    if not wish.accept and (counts["lost"] or counts["changed"]):
        raise ConfigurationError("CFG-073", rule=rule.id, lost=counts["lost"], changed=counts["changed"])
    _write(desk, rule, replace(wish, status=status), counts)
    facts = {"rule": rule.id, "version": rule.version + 1, "file": desk.rule_file.name}
    click.echo(Texts(language()).get(f"cli.posting.done.{status}", **facts))


def _write(desk: _Desk, rule: PostingRule, wish: _Wish, counts: dict[str, int]) -> None:
    who, version = bootstrap.user(), rule.version + 1
    cells = {
        "status": STATUS_CELLS[wish.status],
        "version": str(version),
        "changed_by": who,
        "why": wish.reason,
        **({"valid_to": f"{wish.until:%d.%m.%Y}"} if wish.until else {}),
    }
    done = change_rule(desk.rule_file, rule, cells, desk.rules)
    bootstrap.store(desk.office).append_audit(
        AuditEvent(
            at=bootstrap.now(),
            who=who,
            what=f"posting_rule.{wish.status}",
            subject=f"{desk.robot.id}:{rule.id}",
            detail={"version": version, "file_before": done.before, "file_after": done.after, **counts},
            why=wish.reason,
        )
    )


def _with_status(
    rules: Sequence[PostingRule], changed: PostingRule, status: RuleStatus, until: date | None
) -> list[PostingRule]:
    new = replace(changed, status=status, valid_to=until or changed.valid_to)
    return [new if one is changed else one for one in rules]


@rules_group.command("suggest", help=help_text("posting.suggest"))
@click.argument("robot")
@click.argument("booked", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@PERIODS
def suggest_command(robot: str, booked: Path, *, periods: str) -> None:
    """Write the rules that people's postings of open lines speak for, as drafts in TOML."""
    desk, texts = _desk(robot), Texts(language())
    lines = _together(list(desk.months(periods).values()))
    found = suggest(lines, read_tables([booked], BOOKED).rows, desk.rules())
    if not found:
        click.echo(texts.get("cli.posting.nothing"), err=True)
    for number, one in enumerate(found, 1):
        click.echo(_toml_of(one, number, texts))


def _toml_of(one: RuleSuggestion, number: int, texts: Texts) -> str:
    account, psp, cost_center = one.target
    cells = {
        "rule": f"FORSLAG-{number}",
        "reference": "",
        "sender": "",
        "type": "",
        one.field: mask_cpr(one.word),
        "account": account,
        "psp": psp,
        "cost_center": cost_center,
        "status": "Kladde",
    }
    said = texts.get("cli.posting.evidence", right=one.right, tried=one.right + one.wrong, bound=one.bound)
    keys = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in cells.items()]
    return "\n".join([f"# {said}", "[[rules]]", *keys, ""])
