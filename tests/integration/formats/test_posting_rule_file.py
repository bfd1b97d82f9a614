"""One rule of a rule file is changed, and all else in the file stands as it stood."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from gevinst.app.office import ConfigurationError
from gevinst.domain.posting_rules import RULES, PostingRule, RuleStatus, read_rules
from gevinst.formats.posting_rule_file import change_rule
from gevinst.formats.table_source import read_tables

CSV = "Regel;Reference;Afsender;Posteringstype;Artskonto\nA;#gebyr, #bank;;;90540000\nB;leje;;;90540000\n"
TOML = """# Rules of the office.
[[rules]]
rule = "A"
reference = "#gebyr, #bank"
sender = ""
type = ""
account = "90540000"

[[rules]]  # the second
rule = "B"
reference = "leje"
sender = ""
type = ""
account = "90540000"
status = "Aktiv"
"""


def rules_of(path: Path) -> list[PostingRule]:
    rules, findings = read_rules(read_tables([path], RULES).rows)
    assert findings == []
    return rules


def changed(path: Path, rule: int, changes: Mapping[str, str]) -> list[PostingRule]:
    change_rule(path, rules_of(path)[rule], changes, rules_of)
    return rules_of(path)


@pytest.fixture(params=["csv", "toml"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"regler.{request.param}"
    path.write_text(CSV if request.param == "csv" else TOML, "utf-8")
    return path


def test_a_draft_becomes_active_and_loses_its_mark(file: Path) -> None:
    first, second = changed(file, 0, {"status": "Aktiv", "version": "2", "changed_by": "ann"})

    assert (first.status, first.version, first.changed_by) == (RuleStatus.ACTIVE, 2, "ann")
    assert dict(first.words)["reference"] == ("gebyr", "bank")
    assert (second.id, second.version) == ("B", 1)


def test_a_value_that_is_there_is_put_in_its_place(file: Path) -> None:
    changed(file, 1, {"status": "Udgået"})
    first, second = changed(file, 1, {"status": "Aktiv", "valid_to": "31.12.2026"})

    assert first.status is RuleStatus.DRAFT
    assert (second.status, second.valid_to.isoformat()) == (RuleStatus.ACTIVE, "2026-12-31")


def test_the_file_as_it_stood_is_kept(file: Path) -> None:
    before = file.read_bytes()

    changed(file, 1, {"status": "Udgået"})

    assert [one.read_bytes() for one in (file.parent / "historik").iterdir()] == [before]


def test_a_reason_does_not_become_a_formula_or_a_row(file: Path) -> None:
    _, second = changed(file, 1, {"why": '=1+1\nC;x;"y'})

    assert second.why == '1+1 C;x;"y'


def test_a_change_that_makes_the_rules_wrong_changes_nothing(file: Path) -> None:
    before = file.read_bytes()

    def refuse(_draft: Path) -> None:
        raise ValueError("wrong rules")

    with pytest.raises(ValueError, match="wrong rules"):
        change_rule(file, rules_of(file)[0], {"status": "Aktiv"}, refuse)

    assert file.read_bytes() == before
    assert not list(file.parent.glob(".*"))


def test_a_workbook_is_changed_by_people_only(tmp_path: Path, file: Path) -> None:
    book = tmp_path / "regler.xlsx"
    book.write_bytes(b"PK")

    with pytest.raises(ConfigurationError, match="CFG-070"):
        change_rule(book, rules_of(file)[0], {"status": "Aktiv"}, rules_of)
