"""The register of robots as a page, a table and values."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from gevinst.app.register import Register, RegisterEntry
from gevinst.reports.cells import harmless
from gevinst.reports.page import page_templates
from gevinst.texts import Language, Texts

TEMPLATE = "register.html.j2"
#: Facts of an entry in the order that the page and the table show them; register.<fact> of the catalogue.
FACTS = (
    "robot",
    "title",
    "phase",
    "process_owner",
    "benefit_owner",
    "controller_group",
    "erp_user",
    "systems",
    "schedule",
    "moves_money",
    "four_eyes_above",
    "risk",
    "controls",
    "legal_basis",
    "data_categories",
    "deletion",
    "exit_plan",
    "review",
    "missing",
    "version",
    "changes",
    "last_run",
)


def register_page(register: Register, language: Language | str) -> str:
    """The register as one HTML page that can be printed."""
    texts = Texts(language)
    entries = [_facts(entry, texts) for entry in register.entries]
    return (
        page_templates(texts.language)
        .get_template(TEMPLATE)
        .render(register=register, texts=texts, facts=FACTS, entries=entries)
    )


def register_csv(register: Register, language: Language | str) -> str:
    """One row for each robot: UTF-8 with a mark for spreadsheets, semicolons."""
    texts = Texts(language)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([texts.get(f"register.{name}") for name in FACTS])
    for entry in register.entries:
        facts = _facts(entry, texts)
        writer.writerow([harmless(facts[name]) for name in FACTS])
    return "\N{ZERO WIDTH NO-BREAK SPACE}" + text.getvalue()


def register_json(register: Register) -> str:
    """The register with stable keys; moments ISO 8601 in UTC, amounts in øre."""
    document = {
        "contract": "gevinst-register/1",
        "office": register.office,
        "day": register.day.isoformat(),
        "robots": [_values(entry) for entry in register.entries],
        "unreadable": list(register.unreadable),
        "public_keys": [
            {"fingerprint": name, "since": since.isoformat(timespec="seconds"), "pem": pem}
            for name, since, pem in register.keys
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _facts(entry: RegisterEntry, texts: Texts) -> Mapping[str, str]:
    """An entry's facts as a person reads them; several are on lines of their own."""
    robot, passport = entry.robot, entry.robot.passport
    words = {name: getattr(passport, name) if passport else "" for name in _PASSPORT}
    run = entry.last_run
    return words | {
        "robot": robot.id,
        "title": robot.title.get(texts.language, robot.title.get("da", robot.id)),
        "phase": texts.get(f"phase_of_robot.{robot.phase}"),
        "process_owner": robot.people.process_owner,
        "benefit_owner": robot.people.benefit_owner,
        "controller_group": robot.people.controller_group,
        "erp_user": robot.people.erp_user,
        "systems": "\n".join(entry.systems),
        "schedule": robot.schedule or texts.get("cli.robots.by_hand"),
        "moves_money": texts.get(f"register.{'yes' if passport.moves_money else 'no'}") if passport else "",
        "four_eyes_above": "" if robot.four_eyes_above is None else texts.amount(robot.four_eyes_above),
        "deletion": _deletion(entry, texts),
        "review": _review(entry, texts),
        "missing": ", ".join(entry.missing),
        "version": robot.version,
        "changes": "\n".join(
            f"{texts.moment(one.at)} {one.version} {one.who}: {', '.join(one.files)}".rstrip(": ")
            for one in entry.changes
        ),
        "last_run": f"{run.run_id} {texts.get(f'state_of_run.{run.state}')}" if run else "",
    }


_PASSPORT = ("risk", "controls", "legal_basis", "data_categories", "exit_plan")


def _deletion(entry: RegisterEntry, texts: Texts) -> str:
    passport = entry.robot.passport
    if passport is None:
        return ""
    own = [f"{texts.get(f'retention.kind.{kind}')}: {words}" for kind, words in passport.keep.items()]
    return "\n".join([passport.deletion, *own])


def _review(entry: RegisterEntry, texts: Texts) -> str:
    if entry.robot.passport is None:
        return ""
    day = texts.day(date.fromisoformat(entry.robot.passport.review))
    return texts.get("register.overdue", day=day) if entry.overdue else day


def _values(entry: RegisterEntry) -> dict[str, Any]:
    robot, passport = entry.robot, entry.robot.passport
    return {
        "robot": robot.id,
        "title": dict(robot.title),
        "phase": str(robot.phase),
        "process_owner": robot.people.process_owner,
        "benefit_owner": robot.people.benefit_owner,
        "controller_group": robot.people.controller_group,
        "erp_user": robot.people.erp_user,
        "systems": list(entry.systems),
        "schedule": robot.schedule,
        "four_eyes_above": robot.four_eyes_above,
        "passport": {
            "moves_money": passport.moves_money,
            **{name: getattr(passport, name) for name in _PASSPORT},
            "deletion": passport.deletion,
            "keep": {str(kind): words for kind, words in passport.keep.items()},
            "review": passport.review,
            "overdue": entry.overdue,
        }
        if passport
        else None,
        "missing": list(entry.missing),
        "version": robot.version,
        "changes": [
            {
                "at": one.at.isoformat(timespec="seconds"),
                "who": one.who,
                "version": one.version,
                "files": list(one.files),
            }
            for one in entry.changes
        ],
        "last_run": entry.last_run.run_id if entry.last_run else None,
    }
