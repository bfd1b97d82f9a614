"""Lists about posting rules: how often each is used, and which want the same lines."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from gevinst.domain.flow import PLACE_COLUMNS, Column, ColumnKind
from gevinst.domain.posting_match import Decided
from gevinst.domain.posting_rules import STATUS_CELLS, PostingRule

RULE_COLUMNS = (
    Column(key="rule"),
    Column(key="rule_status"),
    Column(key="hits", kind=ColumnKind.COUNT),
    Column(key="taken", kind=ColumnKind.COUNT),
    Column(key="amount", kind=ColumnKind.AMOUNT),
    Column(key="artskonto"),
    Column(key="last_used", kind=ColumnKind.DAY),
    Column(key="version", kind=ColumnKind.COUNT),
    Column(key="changed_by"),
)
OVERLAP_COLUMNS = (
    Column(key="rule"),
    Column(key="goes_before"),
    Column(key="lines", kind=ColumnKind.COUNT),
    Column(key="same_target"),
)


def rule_use(decided: Decided, lines: pd.DataFrame) -> pd.DataFrame:
    """Each live rule, in order, with how often it fits, decides, and when last; those that never do too."""
    rules = decided.rules
    sure = lines[decided.sure].assign(at=decided.rule[decided.sure])
    by_rule = sure.groupby("at").agg(amount=("amount", "sum"), last=("day", "max")).reindex(range(len(rules)))
    return pd.DataFrame(
        {
            "rule": pd.Series([rule.id for rule in rules], dtype="str"),
            "rule_status": pd.Series([STATUS_CELLS[rule.status] for rule in rules], dtype="str"),
            "hits": pd.Series(decided.hits, dtype="Int64"),
            "taken": pd.Series(decided.taken, dtype="Int64"),
            "amount": by_rule["amount"].astype("Int64").fillna(0),
            "artskonto": pd.Series([rule.target[0] for rule in rules], dtype="str"),
            "last_used": by_rule["last"],
            "version": pd.Series([rule.version for rule in rules], dtype="Int64"),
            "changed_by": pd.Series([rule.changed_by for rule in rules], dtype="str"),
            **_rule_places(rules),
        }
    )


def overlaps(decided: Decided) -> pd.DataFrame:
    """Pairs of rules that want the same lines: which goes before, and whether it matters."""
    pairs = [(decided.rules[rule], decided.rules[before], n) for (rule, before), n in decided.hidden.items()]
    return pd.DataFrame(
        {
            "rule": pd.Series([rule.id for rule, _, _ in pairs], dtype="str"),
            "goes_before": pd.Series([before.id for _, before, _ in pairs], dtype="str"),
            "lines": pd.Series([count for _, _, count in pairs], dtype="Int64"),
            "same_target": pd.Series(
                ["=" if rule.target == before.target else "≠" for rule, before, _ in pairs], dtype="str"
            ),
            **_rule_places([rule for rule, _, _ in pairs]),
        }
    )


def _rule_places(rules: Sequence[PostingRule]) -> dict[str, "pd.Series[Any]"]:
    places = [(rule.place.file, rule.place.sheet, rule.place.line) for rule in rules]
    return {
        name: pd.Series([place[at] for place in places], dtype=kind)
        for at, (name, kind) in enumerate(zip(PLACE_COLUMNS, ("str", "str", "int64"), strict=True))
    }
