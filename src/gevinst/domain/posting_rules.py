"""Posting rules: what a row of the office's rule file means, and which rule decides about a line of the bank.

The columns are those that finance offices keep in Excel. A word must occur in its field; `,` between words
means all of them, `*` after a word that the field begins with it, before it that the field ends with it. A
word of digits is a whole number: 1234567 does not occur in 81234567. A posting type without `*` is the whole
field. Amount rules look at the amount without its sign. `#` before a word makes the rule inactive.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import pandas as pd

from gevinst.domain.finding import Finding
from gevinst.domain.flow import ColumnKind, SourceColumn, SourceShape
from gevinst.domain.flow_rows import place_of
from gevinst.domain.masking import shown_value
from gevinst.domain.place import Place

LONGEST_TEXT = 50
USUAL_PRIORITY = 100
INACTIVE = "#"


class RuleStatus(StrEnum):
    """Where a rule is in its life."""

    DRAFT = "draft"  #: written, and posts nothing
    ACTIVE = "active"
    TEMPORARY = "temporary"  #: active until its last day
    EXCEPTION = "exception"  #: its lines go to a person
    RETIRED = "retired"  #: posts nothing any more


LIVE = (RuleStatus.ACTIVE, RuleStatus.TEMPORARY, RuleStatus.EXCEPTION)
#: As the rule file writes them.
STATUS_CELLS = {
    RuleStatus.DRAFT: "Kladde",
    RuleStatus.ACTIVE: "Aktiv",
    RuleStatus.TEMPORARY: "Midlertidig",
    RuleStatus.EXCEPTION: "Undtagelse",
    RuleStatus.RETIRED: "Udgået",
}
STATUS_WORDS = {word.casefold(): status for status, word in STATUS_CELLS.items()} | {
    str(status): status for status in RuleStatus
}


class AmountRule(StrEnum):
    """How an amount is limited; the more exact, the higher in AMOUNT_ORDER."""

    ANY = ""
    ABOVE = "above"
    BELOW = "below"
    BETWEEN = "between"  #: both ends included
    EQUAL = "equal"


AMOUNT_WORDS = {
    "": AmountRule.ANY,
    "større end": AmountRule.ABOVE,
    "mindre end": AmountRule.BELOW,
    "mellem": AmountRule.BETWEEN,
    "lig med": AmountRule.EQUAL,
} | {str(rule): rule for rule in AmountRule}
AMOUNT_ORDER = (AmountRule.EQUAL, AmountRule.BETWEEN, AmountRule.BELOW, AmountRule.ABOVE, AmountRule.ANY)


class TextFrom(StrEnum):
    """Where the text of a posting comes from."""

    FIXED = "fixed"
    BANK = "text"  #: column of the bank's lines
    ADVICE = "message"
    SENDER = "sender"


TEXT_WORDS = {
    "tekst fra bank": TextFrom.BANK,
    "advis fra bank": TextFrom.ADVICE,
    "afsender fra bank": TextFrom.SENDER,
    "": TextFrom.BANK,
}

RULES = SourceShape(
    columns=(
        SourceColumn(key="id", headings=("Regel", "Regel-id", "Id", "rule"), required=False),
        SourceColumn(key="reference", headings=("Reference",)),
        SourceColumn(key="sender", headings=("Afsender", "sender")),
        SourceColumn(key="type", headings=("Posteringstype", "type")),
        SourceColumn(
            key="low", kind=ColumnKind.AMOUNT, headings=("Beløb1", "Beløb 1", "amount1"), required=False
        ),
        SourceColumn(
            key="high", kind=ColumnKind.AMOUNT, headings=("Beløb2", "Beløb 2", "amount2"), required=False
        ),
        SourceColumn(
            key="amount_rule", headings=("beløb_regel", "Beløbsregel", "amount_rule"), required=False
        ),
        SourceColumn(key="text", headings=("Posteringstekst", "text"), required=False),
        SourceColumn(key="account", headings=("Artskonto", "account")),
        SourceColumn(key="psp", headings=("PSP", "PSP-element"), required=False),
        SourceColumn(key="cost_center", headings=("Omkostningssted", "cost_center"), required=False),
        SourceColumn(key="sio", headings=("SIO",), required=False),
        SourceColumn(key="note", headings=("Notat", "note"), required=False),
        SourceColumn(key="bank_account", headings=("Bankkonto", "bank_account"), required=False),
        SourceColumn(key="status", headings=("Status",), required=False),
        SourceColumn(
            key="valid_from", kind=ColumnKind.DAY, headings=("Gyldig fra", "valid_from"), required=False
        ),
        SourceColumn(
            key="valid_to", kind=ColumnKind.DAY, headings=("Gyldig til", "valid_to"), required=False
        ),
        SourceColumn(
            key="priority", kind=ColumnKind.COUNT, headings=("Prioritet", "priority"), required=False
        ),
        SourceColumn(key="version", kind=ColumnKind.COUNT, headings=("Version",), required=False),
        SourceColumn(key="changed_by", headings=("Ændret af", "changed_by"), required=False),
        SourceColumn(key="why", headings=("Begrundelse", "why"), required=False),
    )
)
WORD_FIELDS = ("reference", "sender", "type")


@dataclass(frozen=True, kw_only=True)
class PostingRule:
    """One rule."""

    id: str  #: the file's own, or R and the row
    words: tuple[tuple[str, tuple[str, ...]], ...]  #: by field of WORD_FIELDS, case folded; * as written
    amount_rule: AmountRule = AmountRule.ANY
    low: int = 0  #: øre
    high: int = 0  #: øre; of BETWEEN only
    text_from: TextFrom = TextFrom.BANK
    text: str = ""  #: of FIXED
    account: str = ""  #: "" sends the line to a person
    psp: str = ""
    cost_center: str = ""
    bank_account: str = ""  #: "" for every one
    status: RuleStatus = RuleStatus.ACTIVE
    valid_from: date = date.min
    valid_to: date = date.max  #: included
    priority: int = USUAL_PRIORITY
    version: int = 1
    changed_by: str = ""
    why: str = ""
    note: str = ""
    place: Place = field(compare=False)

    @property
    def is_live(self) -> bool:
        """Whether it decides about lines."""
        return self.status in LIVE

    @property
    def target(self) -> tuple[str, str, str]:
        """Where its lines go: account, PSP element, cost centre."""
        if self.status is RuleStatus.EXCEPTION:
            return "", "", ""
        return self.account, self.psp, self.cost_center

    @property
    def conditions(self) -> tuple[Any, ...]:
        """What a line must be; equal for rules that no line can tell apart."""
        words = tuple((name, tuple(sorted(set(found)))) for name, found in self.words)
        return words, self.amount_rule, self.low, self.high, self.bank_account

    @property
    def rank(self) -> tuple[int, ...]:
        """Who goes first, lowest first: see `in_order`."""
        found = [word for _, words in self.words for word in words]
        return (
            self.priority,
            int(self.status is not RuleStatus.EXCEPTION),
            int(self.status is not RuleStatus.TEMPORARY),
            int(not self.bank_account),
            -len(found),
            AMOUNT_ORDER.index(self.amount_rule),
            -sum(map(len, found)),
        )


def in_order(rules: Sequence[PostingRule]) -> list[PostingRule]:
    """Live rules, the one that decides first in front.

    The order does not depend on the file's: priority (low first), exceptions, temporary rules, rules of one
    bank account, more words, the more exact amount rule, longer words. Rules that are equal in all of these
    and send a line to different accounts decide nothing: the line goes to a person.
    """
    return sorted((rule for rule in rules if rule.is_live), key=lambda rule: (rule.rank, rule.id))


def read_rules(rows: pd.DataFrame) -> tuple[list[PostingRule], list[Finding]]:
    """The rules of a table of the shape RULES, and what is wrong with them."""
    rules, findings = [], []
    for row in rows.to_dict("records"):
        rule, wrong = _rule(row)
        rules.append(rule)
        findings += wrong
    return rules, findings + list(_doubles(rules))


def _rule(row: Mapping[Any, Any]) -> tuple[PostingRule, list[Finding]]:
    place = place_of(row)
    kind, mode = row["status"].casefold(), row["amount_rule"].casefold()
    wrong = []
    if kind and kind not in STATUS_WORDS:
        wrong.append(_wrong("POS-002", place, kind, choices=", ".join(list(STATUS_WORDS)[:5])))
    if mode not in AMOUNT_WORDS:
        wrong.append(_wrong("POS-003", place, row["amount_rule"]))
    low, high = _amount(row["low"]), _amount(row["high"])
    rule = PostingRule(
        id=row["id"] or f"R{place.line}",
        words=tuple((name, _words(row[name])) for name in WORD_FIELDS),
        amount_rule=AMOUNT_WORDS.get(mode, AmountRule.ANY),
        low=low or 0,
        high=high or 0,
        text_from=TEXT_WORDS.get(row["text"].casefold(), TextFrom.FIXED),
        text=row["text"],
        status=_status(row, kind),
        place=place,
        **_target(row),
        **_life(row),
    )
    return rule, [*wrong, *_rule_findings(rule, low, high, row["sio"])]


def _target(row: Mapping[Any, Any]) -> dict[str, Any]:
    names = ("account", "psp", "cost_center", "bank_account", "changed_by", "why", "note")
    return {name: row[name] for name in names}


def _life(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "valid_from": date.min if pd.isna(row["valid_from"]) else row["valid_from"].date(),
        "valid_to": date.max if pd.isna(row["valid_to"]) else row["valid_to"].date(),
        "priority": USUAL_PRIORITY if pd.isna(row["priority"]) else int(row["priority"]),
        "version": 1 if pd.isna(row["version"]) else int(row["version"]),
    }


def _status(row: Mapping[Any, Any], word: str) -> RuleStatus:
    if any(part.strip().startswith(INACTIVE) for name in WORD_FIELDS for part in row[name].split(",")):
        return RuleStatus.DRAFT
    status = STATUS_WORDS.get(word, RuleStatus.ACTIVE)
    return RuleStatus.EXCEPTION if status in LIVE and not row["account"] else status


def _amount(value: Any) -> int | None:
    return None if pd.isna(value) else abs(int(value))


def _words(cell: str) -> tuple[str, ...]:
    parts = (part.strip().removeprefix(INACTIVE).strip().casefold() for part in cell.split(","))
    return tuple(part for part in parts if part.strip("*"))


def _rule_findings(rule: PostingRule, low: int | None, high: int | None, sio: str) -> Iterator[Finding]:
    if not any(words for _, words in rule.words) and rule.amount_rule is AmountRule.ANY:
        yield _wrong("POS-004", rule.place, rule.id)
    if rule.amount_rule is not AmountRule.ANY and (
        low is None or (rule.amount_rule is AmountRule.BETWEEN and (high is None or high < low))
    ):
        yield _wrong("POS-003", rule.place, str(rule.amount_rule))
    if rule.amount_rule is AmountRule.ANY and (low is not None or high is not None):
        yield _wrong("POS-003", rule.place, rule.id)
    if rule.status is RuleStatus.TEMPORARY and rule.valid_to == date.max:
        yield _wrong("POS-005", rule.place, rule.id)
    if rule.valid_from > rule.valid_to:
        yield _wrong("POS-006", rule.place, rule.id)
    if rule.text_from is TextFrom.FIXED and len(rule.text) > LONGEST_TEXT:
        yield _wrong("POS-007", rule.place, str(len(rule.text)), limit=LONGEST_TEXT)
    if rule.is_live and sio:
        yield _wrong("POS-008", rule.place, sio)


def _wrong(code: str, place: Place, found: str, **facts: str | int) -> Finding:
    return Finding(code=code, place=place, found=shown_value(found), facts=facts)


def _doubles(rules: Sequence[PostingRule]) -> Iterator[Finding]:
    """Two rules of one id, and live rules of one kind and rank that ask the same of a line."""
    ids: dict[str, PostingRule] = {}
    asked: dict[tuple[Any, ...], list[PostingRule]] = {}
    for rule in rules:
        if rule.id in ids:
            yield _wrong("POS-009", rule.place, rule.id, line=ids[rule.id].place.line)
        ids.setdefault(rule.id, rule)
        if rule.is_live:
            same = asked.setdefault((rule.conditions, rule.rank), [])
            for other in same:
                if rule.valid_from <= other.valid_to and other.valid_from <= rule.valid_to:
                    yield _wrong("POS-001", rule.place, rule.id, other=other.id, line=other.place.line)
            same.append(rule)
