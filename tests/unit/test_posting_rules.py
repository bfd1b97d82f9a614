"""Posting rules: which words fit, who goes first, and what is never guessed."""

from typing import Any

import pandas as pd
import pytest

from gevinst.domain.posting_match import NONE, decide
from gevinst.domain.posting_rules import RULES, PostingRule, RuleStatus, in_order, read_rules
from gevinst.domain.posting_trial import NOWHERE, compare, suggest
from gevinst.formats.table_source import read_tables

EMPTY = read_tables([], RULES).rows
COLUMNS = [column.key for column in RULES.columns]


def rules(*rows: dict[str, Any]) -> list[PostingRule]:
    found, findings = read_rules(table(*rows))
    assert findings == []
    return found


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    text = {name: "" for name in COLUMNS if EMPTY[name].dtype == "str"}
    blank = {"low": pd.NA, "high": pd.NA, "priority": pd.NA, "version": pd.NA}
    days = {"valid_from": pd.NaT, "valid_to": pd.NaT}
    usual = {**text, **blank, **days, "account": "72000000", "place_file": "r.csv", "place_sheet": ""}
    made = [{**usual, "place_line": at, "id": f"R{at}", **row} for at, row in enumerate(rows, 2)]
    return pd.DataFrame(made)


def lines(*texts: str, amount: int = 100_00, **cells: Any) -> pd.DataFrame:
    usual = {"message": "", "sender": "", "type": "", "account": "B", "amount": amount, **cells}
    day = pd.Timestamp("2026-10-05")
    rows = [{"id": f"T{at}", "text": text, "day": day, **usual} for at, text in enumerate(texts)]
    return pd.DataFrame(rows)


def winners(found: list[PostingRule], bank: pd.DataFrame) -> list[str]:
    decided = decide(bank, found)
    return [decided.rules[at].id if sure else "" for at, sure in zip(decided.rule, decided.sure, strict=True)]


@pytest.mark.parametrize(
    ("cell", "text", "fits"),
    [
        ("husleje", "Betaling HUSLEJE 4", True),
        ("husleje, lejlighed", "husleje for lejlighed", True),
        ("husleje, lejlighed", "husleje for garage", False),
        ("hus*", "husleje", True),
        ("hus*", "ny husleje", False),
        ("*leje", "ny husleje", True),
        ("*leje", "husleje ny", False),
        ("*leje*", "husleje ny", True),
        ("1234567", "K 1234567", True),
        ("1234567", "K 81234567", False),
        ("1234567", "K 12345678", False),
        ("1234567", "ref:1234567.", True),
        ("a.b", "axb", False),
        ("(a)", "se (a)", True),
        ("æble", "ÆBLE", True),
        ("sag 5*", "Sag 5 af 7", True),
        ("*a.b (c)", "xa.b (c)", True),
        ("*a.b (c)", "xaxb (c)", False),
    ],
)
def test_a_word_fits_a_text(cell: str, text: str, *, fits: bool) -> None:
    assert winners(rules({"reference": cell}), lines(text)) == (["R2"] if fits else [""])


def test_a_reference_stands_in_the_text_or_in_the_advice() -> None:
    assert winners(rules({"reference": "sag 5"}), lines("x", message="Sag 5")) == ["R2"]


@pytest.mark.parametrize(("cell", "fits"), [("Gebyr", False), ("*gebyr", True), ("dankortsalg-gebyr", True)])
def test_a_posting_type_is_the_whole_field(cell: str, *, fits: bool) -> None:
    found = winners(rules({"type": cell}), lines("x", type="Dankortsalg-gebyr"))

    assert found == (["R2"] if fits else [""])


@pytest.mark.parametrize(
    ("rule", "low", "high", "amounts"),
    [
        ("Lig med", 100, None, [-100, 100]),
        ("Større end", 100, None, [101]),
        ("Mindre end", 100, None, [99]),
        ("Mellem", 99, 100, [99, -100, 100]),
    ],
)
def test_an_amount_rule_looks_at_the_amount_without_its_sign(
    rule: str, low: int, high: int | None, amounts: list[int]
) -> None:
    found = rules({"amount_rule": rule, "low": low, "high": pd.NA if high is None else high})
    bank = pd.concat([lines("x", amount=amount) for amount in (99, -100, 100, 101)])

    decided = decide(bank, found)

    assert bank["amount"][decided.rule != NONE].tolist() == amounts


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"priority": 1, "reference": "a"}, {"reference": "aaa, bbb"}),
        ({"account": "", "reference": "a"}, {"reference": "aaa, bbb"}),
        (
            {"status": "midlertidig", "valid_to": pd.Timestamp("2026-12-31"), "reference": "a"},
            {"reference": "aaa, bbb"},
        ),
        ({"bank_account": "B", "reference": "a"}, {"reference": "aaa, bbb"}),
        ({"reference": "a, b"}, {"reference": "aaa"}),
        ({"reference": "a", "amount_rule": "lig med", "low": 1}, {"reference": "aaa"}),
        ({"reference": "aaa"}, {"reference": "aa"}),
    ],
)
def test_the_order_does_not_depend_on_the_file(first: dict[str, Any], second: dict[str, Any]) -> None:
    one = rules({**first, "id": "X"}, {**second, "id": "A"})
    other = rules({**second, "id": "A"}, {**first, "id": "X"})

    assert [rule.id for rule in in_order(one)] == ["X", "A"]
    assert [rule.id for rule in in_order(other)] == ["X", "A"]


def test_equal_rules_that_go_different_places_decide_nothing() -> None:
    found = rules({"reference": "abc"}, {"reference": "xyz", "account": "79000000"})

    assert winners(found, lines("abc xyz", "abc", "xyz")) == ["", "R2", "R3"]


def test_equal_rules_that_go_to_one_place_decide() -> None:
    assert winners(rules({"reference": "abc"}, {"reference": "xyz"}), lines("abc xyz")) == ["R2"]


@pytest.mark.parametrize("cells", [{"status": "kladde"}, {"status": "udgået"}, {"reference": "# abc"}])
def test_what_is_no_live_rule_decides_nothing(cells: dict[str, Any]) -> None:
    assert winners(rules({"reference": "abc", **cells}), lines("abc")) == [""]


def test_a_temporary_rule_ends_with_its_last_day() -> None:
    found = rules({"reference": "abc", "status": "midlertidig", "valid_to": pd.Timestamp("2026-10-04")})

    assert winners(found, lines("abc")) == [""]


def test_a_rule_without_account_is_an_exception() -> None:
    assert rules({"reference": "abc", "account": ""})[0].status is RuleStatus.EXCEPTION


def test_hidden_lines_are_counted_by_the_rule_that_took_them() -> None:
    decided = decide(lines("abcd", "abc"), rules({"reference": "abc"}, {"reference": "abcd"}))

    assert [rule.id for rule in decided.rules] == ["R3", "R2"]
    assert decided.hits.tolist() == [1, 2]
    assert decided.taken.tolist() == [1, 1]
    assert dict(decided.hidden) == {(1, 0): 1}


def test_a_trial_tells_gained_lost_and_changed_lines_apart() -> None:
    now = rules({"reference": "abc"}, {"reference": "xyz"})
    then = rules({"reference": "abc", "account": "79000000"}, {"reference": "new"})

    found = compare("2026-10", lines("abc", "xyz", "new", "other"), now, then)

    assert found.same == 1
    assert [(one.id, one.after) for one in found.changed] == [("T0", ("79000000", "", ""))]
    assert [(one.id, one.after) for one in found.lost] == [("T1", NOWHERE)]
    assert [(one.id, one.before) for one in found.gained] == [("T2", NOWHERE)]


def test_rules_are_suggested_from_what_people_booked() -> None:
    bank = lines(*["Gave museet"] * 6, *["Gave skolen"] * 3)
    booked = pd.DataFrame({"id": [f"T{at}" for at in range(9)], "account": ["7900"] * 6 + ["4000"] * 3})
    booked = booked.assign(psp="", cost_center="")

    [one] = suggest(bank, booked, [])

    assert (one.word, one.target, one.right, one.wrong) == ("museet", ("7900", "", ""), 6, 0)


def test_a_line_that_people_booked_on_several_accounts_suggests_nothing() -> None:
    booked = pd.DataFrame({"id": ["T0", "T0"], "account": ["1", "2"], "psp": "", "cost_center": ""})

    assert suggest(lines("Gave museet"), booked, []) == []
