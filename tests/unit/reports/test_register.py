"""The register of robots: everything an auditor asks for, and what is missing."""

import csv
import json
from dataclasses import replace
from datetime import date

import pytest

from gevinst.app.changes import ROBOT_CHANGED, note_change
from gevinst.app.register import Register, register_entries
from gevinst.domain.robot import Passport, People, Phase, Robot, Source
from gevinst.reports.register import FACTS, register_csv, register_json, register_page
from gevinst.store.memory import MemoryRunStore
from gevinst.texts import Language
from runs import MORNING

TODAY = date(2026, 11, 25)
PASSPORT = Passport(
    moves_money=True,
    risk="Mellem: <b>beløb</b> kan gå forkert",
    controls="To personer",
    legal_basis="Regulativ",
    data_categories="Navne",
    deletion="5 år",
    exit_plan="robot alene",
    review="2027-06-30",
    keep={"inputs": "1 år"},
)


def a_robot(passport: Passport | None = PASSPORT) -> Robot:
    return Robot(
        id="udbetaling",
        title={"da": "Udbetalinger", "en": "Payments"},
        flow="bank_reconciliation",
        phase=Phase.PRODUCTION,
        people=People(
            process_owner="Leder", benefit_owner="Chef", controller_group="Regnskab", erp_user="RPA-1"
        ),
        sources={"bank": Source(name="bank", path="ind/bank_{period}.csv", account="DK1")},
        four_eyes_above=5_000_000,
        passport=passport,
        version="b2",
    )


def a_register(robot: Robot, store: MemoryRunStore | None = None) -> Register:
    return Register(
        office="Demokommunen",
        day=TODAY,
        entries=register_entries(store or MemoryRunStore(), [robot], TODAY),
        unreadable=["CFG-002: robots/x/robot.toml kan ikke læses"],
        keys=[("ab" * 32, MORNING, "-----BEGIN PUBLIC KEY-----\n…")],
    )


def changed_twice() -> MemoryRunStore:
    store = MemoryRunStore()
    first = {"version": "a1", "robot.toml": "1", "rules.toml": "1", "old.md": "1"}
    second = {"version": "b2", "robot.toml": "1", "rules.toml": "2"}
    for parts in (first, first, second):
        note_change(store, ROBOT_CHANGED, "udbetaling", parts, who="udvikler", at=MORNING)
    return store


def test_a_change_is_noted_once_with_the_files_that_changed() -> None:
    (entry,) = register_entries(changed_twice(), [a_robot()], TODAY)

    assert [(one.version, one.files) for one in entry.changes] == [
        ("a1", ("old.md", "robot.toml", "rules.toml")),
        ("b2", ("old.md", "rules.toml")),
    ]


def test_the_table_has_every_fact_in_words() -> None:
    text = register_csv(a_register(a_robot(), changed_twice()), Language.DANISH)

    heads, row = csv.reader(text.removeprefix("\ufeff").splitlines(), delimiter=";")
    facts = dict(zip(FACTS, row, strict=True))
    assert len(heads) == len(FACTS)
    assert facts["moves_money"] == "Ja"
    assert facts["four_eyes_above"] == "50.000,00"
    assert facts["deletion"] == "5 år Modtagne filer: 1 år"
    assert facts["review"] == "30.06.2027"
    assert "b2 udvikler: old.md, rules.toml" in facts["changes"]


@pytest.mark.parametrize("language", list(Language))
def test_the_page_shows_keys_and_folders_that_cannot_be_read(language: Language) -> None:
    page = register_page(a_register(a_robot()), language)

    assert "ab" * 32 in page
    assert "CFG-002" in page
    assert "&lt;b&gt;beløb" in page


def test_an_overdue_review_and_empty_parts_are_shown() -> None:
    old = replace(PASSPORT, review="2026-11-24", risk="")
    register = a_register(a_robot(old))
    values = json.loads(register_json(register))["robots"][0]

    assert values["passport"]["overdue"] is True
    assert values["missing"] == ["gain", "passport.risk"]
    assert "overskredet" in register_page(register, Language.DANISH)
    assert "passport.risk" in register_page(register, Language.ENGLISH)


def test_a_robot_without_a_passport_is_in_the_register() -> None:
    register = a_register(a_robot(passport=None))

    assert json.loads(register_json(register))["robots"][0]["passport"] is None
    assert "passport" in register_csv(register, Language.ENGLISH)


def test_values_have_keys_that_stay() -> None:
    values = json.loads(register_json(a_register(a_robot())))

    assert values["contract"] == "gevinst-register/1"
    assert values["public_keys"][0]["fingerprint"] == "ab" * 32
    assert values["robots"][0]["passport"]["keep"] == {"inputs": "1 år"}
